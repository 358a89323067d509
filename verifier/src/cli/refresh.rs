use clap::Args;
use fetch::{Client, FetchError};
use host::{CommandError, Kind, Output};
use http::header::{ACCEPT, AUTHORIZATION};
use http::{Request, StatusCode};
use keys::token::BearerToken;
use serde::{Deserialize, Serialize};
use strict_json::Limits;

use crate::cli::Shared;
use crate::config::Config;

/// Have the running service ask the issuers for lists and epochs now
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Refresh {
    /// An admin token
    #[arg(
        long,
        value_name = "TOKEN",
        allow_hyphen_values = true,
        env = "PESSOA_VERIFIER_ADMIN_TOKEN",
        hide_env_values = true
    )]
    token: String,
}

/// What the service answers.
#[derive(Deserialize, Serialize)]
struct Refreshed {
    lists: usize,
    profiles: usize,
    failed: Vec<String>,
}

impl Refresh {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let config = shared.config(output)?;
        let token = BearerToken::from(self.token);
        let refreshed = ask(&config, &token).await.map_err(|error| {
            let refused = CommandError::from_error(Kind::User, &error);
            match error {
                RefreshError::Answered(StatusCode::UNAUTHORIZED) => {
                    refused.hint(output.text("verifier-hint-admin-token", &[]))
                }
                RefreshError::Fetch(_) => refused.hint(output.text("verifier-hint-serve", &[])),
                RefreshError::Address | RefreshError::Answered(_) | RefreshError::Json(_) => {
                    refused
                }
            }
        })?;
        let variables = [
            ("lists", refreshed.lists.into()),
            ("profiles", refreshed.profiles.into()),
        ];
        let mut lines = vec![output.text("verifier-refreshed", &variables)];
        lines.extend(refreshed.failed.iter().map(|what| {
            let said = output.text("verifier-not-refreshed", &[("what", what.as_str().into())]);
            format!("  {said}")
        }));
        output.data(&refreshed, || lines.join("\n"))
    }
}

async fn ask(config: &Config, token: &BearerToken) -> Result<Refreshed, RefreshError> {
    let client = Client::new(fetch::Options {
        dev_loopback: config.service.dev,
        ..fetch::Options::default()
    })?;
    let request = Request::post(format!("{}/refresh", config.service.public_base()))
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, format!("Bearer {}", token.expose()))
        .body(Vec::new())
        .map_err(|_| RefreshError::Address)?;
    let answer = client.send(request).await?;
    match answer.status() {
        StatusCode::OK => Ok(strict_json::from_slice(answer.body(), Limits::default())?),
        status => Err(RefreshError::Answered(status)),
    }
}

#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error("the service's address cannot be asked")]
    Address,
    #[error("the service answered with the status {0}")]
    Answered(StatusCode),
    #[error("the service does not answer")]
    Fetch(#[from] FetchError),
    #[error("the service's answer cannot be read")]
    Json(#[from] strict_json::JsonError),
}

const EXAMPLES: &str = "\
Examples:
  PESSOA_VERIFIER_ADMIN_TOKEN=TOKEN pessoa-verifier refresh
  pessoa-verifier refresh --token TOKEN --json";
