//! A service as a process of its own, so that what it uses is told apart from what asks it.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child as Running, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::process::Process;

/// A child process. It stops when its standard input ends: with this value, however that ends.
pub(crate) struct Child {
    running: Running,
    lifeline: Option<ChildStdin>,
    log: PathBuf,
}

impl Child {
    /// Starts this program in another role, on so many cores, and waits for the first thing that
    /// it says.
    ///
    /// # Errors
    /// [`ChildError`]
    pub(crate) fn start<T: DeserializeOwned>(
        role: &[&str],
        cores: usize,
        folder: &Path,
        environment: &[(&str, &str)],
    ) -> Result<(Self, T), ChildError> {
        let log = folder.join(format!("{}.log", role.first().unwrap_or(&"child")));
        // It becomes the program, so that its number stays.
        let mut command = Command::new("taskset");
        command
            .args(["--cpu-list", &format!("0-{}", cores.saturating_sub(1))])
            .arg(std::env::current_exe()?)
            .arg("as")
            .args(role)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut running = command.spawn().map_err(ChildError::Taskset)?;
        let (lifeline, said) = (running.stdin.take(), running.stdout.take());
        let child = Self {
            running,
            lifeline,
            log,
        };
        let mut line = String::new();
        if let Some(said) = said {
            BufReader::new(said).read_line(&mut line)?;
        }
        match serde_json::from_str(&line) {
            Ok(said) => Ok((child, said)),
            Err(_) => Err(child.failed()),
        }
    }

    /// The process.
    pub(crate) fn process(&self) -> Process {
        Process::new(self.running.id())
    }

    fn failed(&self) -> ChildError {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        ChildError::Failed(log.lines().last().unwrap_or_default().to_owned())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let deadline = Instant::now() + PATIENCE;
        while let Ok(None) = self.running.try_wait() {
            if Instant::now() > deadline {
                // Whatever this says, nothing more can be done.
                let _ = self.running.kill();
                let _ = self.running.wait();
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// What a service says first.
#[derive(Clone, Copy, Debug, serde::Deserialize, serde::Serialize)]
pub(crate) struct Listening {
    /// Where.
    pub(crate) address: SocketAddr,
}

/// Why a child does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// It ended before it had anything to say.
    #[error("a service under test did not start: {0}")]
    Failed(String),
    /// The machine refused.
    #[error("cannot start a service under test")]
    Start(#[from] io::Error),
    /// The program that keeps a service to some cores does not run.
    #[error("cannot run taskset, of util-linux")]
    Taskset(#[source] io::Error),
}

const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);
