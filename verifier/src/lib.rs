//! The verifier: a service that asks holders for presentations, and its command line.
//!
//! It does not know proofs or SQL: those are floors below. It asks no issuer while somebody
//! presents: keys and status lists are fetched on a schedule (`docs/architecture.md`), and of a
//! presentation it keeps what was asked for, until that is taken or expires.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! let clock = Arc::new(host::SystemClock);
//! verifier::init(Path::new("shop"), &verifier::InitOptions::default())?;
//! let config = verifier::Config::read(Path::new("shop"))?;
//! let app = verifier::App::open(config, clock).await?;
//! let created = app.request("age-over-18", &verifier::Wish::default()).await?;
//! println!("{}", created.link.expose());
//! verifier::run(app, &service::Stop::on_signals()?).await?;
//! # Ok(())
//! # }
//! ```

mod app;
pub mod cli;
mod config;
mod http;
mod identity;
mod judges;
mod outcomes;
mod policy;
mod recent;
mod records;
mod serve;
mod setup;
mod trust;
mod usecases;
mod watchers;

pub use app::{App, OpenError};
pub use config::{Config, TrustedIssuer, VerifierConfig};
pub use http::{openapi, router};
pub use identity::KeyError;
pub use operator::{BadConfig, Made, MakeError};
pub use policy::{ClientIdPrefix, FlowKind, NamedPolicy, PolicyRefused, Query};
pub use serve::{RunError, run, run_on};
pub use setup::{InitError, InitOptions, init};
pub use trust::{ProfileMessage, Refreshed};
pub use usecases::accounts::{Account, AccountError, AccountsPage};
pub use usecases::door::DoorRefused;
pub use usecases::request::{Created, RequestError, Wish};
pub use usecases::result::{Outcome, Progress, ResultError};
