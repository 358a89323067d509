//! What every service needs to boot, watch itself and stop.
//!
//! Knows nothing of credentials, protocols or storage: a door brings its routes, and this crate
//! puts around them what all doors share. The clock, the randomness and the configuration file are
//! in `host`.
//!
//! ```no_run
//! # async fn run(config: service::Config, routes: axum::Router, rng: &mut impl rand_core::CryptoRng)
//! # -> Result<(), service::BootError> {
//! service::install_tls_provider();
//! service::start_logs(&config.log);
//! let listener = service::Listener::bind(&config).await?;
//! let router = service::Service::new("issuer", routes)
//!     .ready(|| async { true })
//!     .router(&config, rng);
//! listener.serve(router, &service::Stop::on_signals()?).await
//! # }
//! ```

mod address;
mod admin;
mod boot;
mod config;
mod front;
mod local;
mod logs;
mod network;
mod openapi;
mod operations;
mod problem;
mod rate;
mod request_log;
mod shield;
mod stop;
mod watch;

pub use crate::address::ClientAddress;
pub use crate::admin::{AdminTokens, AdminTokensError, TokenLine, bearer_token, require_admin};
pub use crate::boot::{BootError, Listener, install_tls_provider};
pub use crate::config::{
    Config, ConfigRefused, DatabaseUrl, Limits, Log, LogFormat, LogLevel, Tls,
};
pub use crate::local::{require_json, require_local};
pub use crate::logs::start_logs;
pub use crate::network::{Network, NotANetwork};
pub use crate::openapi::{BearerSchemes, StatusWords};
pub use crate::operations::Service;
pub use crate::problem::{Problem, ProblemDocument};
pub use crate::request_log::{RequestLog, note_request};
pub use crate::stop::Stop;
