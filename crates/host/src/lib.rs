//! What a process asks its machine for: its arguments, the time, randomness, its configuration,
//! private files.
//!
//! Knows nothing of credentials, services or wallets. It is the only place that reads the clock,
//! the operating system's randomness or the environment; everything below the sans-IO line takes
//! `now` and `rng` as arguments, and a door asks here for both.

mod arguments;
mod clock;
mod command;
pub mod config;
mod folder;
mod key_file;
mod output;
mod places;
mod randomness;

pub use crate::arguments::{Completions, Man, parse};
pub use crate::clock::{Clock, ManualClock, SystemClock};
pub use crate::command::{CommandError, Kind, block_on, causes, locale};
pub use crate::folder::{Access, Folder, FolderError, replace};
pub use crate::key_file::{KeyFileError, read_certificates, read_secret, secret_line};
pub use crate::output::Output;
pub use crate::places::{config_folder, data_folder, runtime_folder};
pub use crate::randomness::{SystemRng, system_rng};
