use std::path::PathBuf;
use std::sync::Arc;

use host::{Clock, SystemClock};
use vault::Cost;

/// What a command asks its machine for.
#[derive(Debug)]
pub struct Machine {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What one guess of a new wallet's passphrase shall cost.
    pub cost: Cost,
    /// Where a person's programs are configured, systemd's timers among them.
    pub config_folder: Option<PathBuf>,
    /// Where the wallet lies unless it is said.
    pub data_folder: Option<PathBuf>,
    /// This program, for a timer to start.
    pub program: Option<PathBuf>,
    /// Where the key of an unlocked wallet may lie: in memory, the person's alone.
    pub runtime_folder: Option<PathBuf>,
    /// The locale, as in `LANG`.
    pub locale: Option<String>,
}

impl Default for Machine {
    /// The real one.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            cost: Cost::standard(),
            config_folder: host::config_folder(),
            data_folder: host::data_folder().map(|folder| folder.join("pessoa")),
            program: std::env::current_exe().ok(),
            runtime_folder: host::runtime_folder(),
            locale: host::locale(),
        }
    }
}
