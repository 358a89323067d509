//! The issuer: a service that enrols people and issues credentials, and its command line.
//!
//! It does not know proofs or SQL: those are floors below. It keeps no person: the database has
//! keyed tags and ciphertext, and claims travel in sealed tokens that the wallet holds
//! (`docs/architecture.md`).
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! let clock = Arc::new(host::SystemClock);
//! issuer::init(Path::new("office"), &issuer::InitOptions::default(), &*clock)?;
//! let config = issuer::Config::read(Path::new("office"))?;
//! let app = issuer::App::open(config, clock).await?;
//! issuer::run(app, &service::Stop::on_signals()?).await?;
//! # Ok(())
//! # }
//! ```

mod app;
mod certificate;
pub mod cli;
mod config;
mod credential_type;
mod disclosing_keys;
mod epochs;
mod handle;
mod http;
mod identity;
mod keyring;
mod mechanisms;
mod messages;
mod mint;
mod person;
mod recent;
mod records;
mod secret_keys;
mod serve;
mod setup;
mod status_files;
mod status_lists;
mod tags;
mod topic;
mod usecases;

pub use app::{App, OpenError};
pub use config::{Config, IssuerConfig, NetCertificateConfig, StatusConfig};
pub use credential_type::{CredentialType, Identification, Suite};
pub use epochs::EpochsError;
pub use handle::{Handle, NotAHandle};
pub use http::{openapi, router};
pub use keyring::KeyringError;
pub use messages::MessagesError;
pub use operator::{BadConfig, MakeError};
pub use person::ClaimName;
pub use secret_keys::{Change, KeyState, KeySummary, NewSecretKey, SecretKeysError};
pub use serve::{RunError, run, run_on};
pub use setup::{Init, InitError, InitOptions, init};
pub use status_lists::StatusListsError;
pub use tags::{Rotation, TagsError};
pub use usecases::enrol::{EnrolError, Enrolled, Likeness};
pub use usecases::list::{EnrolmentPage, EnrolmentSummary};
pub use usecases::message::{MessageError, Telling};
pub use usecases::revoke::{Revocation, RevokeError};
pub use usecases::scrub::Leftovers;
pub use usecases::suspend::Suspension;
pub use usecases::withdraw::Withdrawal;
