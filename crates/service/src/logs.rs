use std::io;
use std::panic::{self, PanicHookInfo};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat, LogLevel};

/// Starts the process's logs on standard error. A second call changes nothing.
///
/// A panic is logged by its place alone: its message may carry what nobody should read.
pub fn start_logs(log: &Log) {
    let level = match log.level {
        LogLevel::Debug => "debug",
        LogLevel::Error => "error",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
    };
    // Other crates may put network addresses into their chattier levels.
    let others = if log.level == LogLevel::Error {
        "error"
    } else {
        "warn"
    };
    let ours = OURS.map(|name| format!("{name}={level}")).join(",");
    let subscriber = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(EnvFilter::new(format!("{others},{ours}")));
    let started = match log.format {
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
        LogFormat::Pretty => subscriber.compact().try_init(),
    };
    if started.is_ok() {
        panic::set_hook(Box::new(log_panic));
    }
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "a defect stopped this work");
}

const OURS: [&str; 8] = [
    "demo", "fetch", "issuer", "loadtest", "service", "status", "store", "verifier",
];
