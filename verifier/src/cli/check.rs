use clap::Args;
use host::{CommandError, Output};
use openid4vp::door::{DoorAnswer, Freshness};
use serde_json::json;

use crate::cli::Shared;
use crate::cli::door::refused;
use crate::cli::result::words;

/// Judge the QR code that a wallet shows at a door, without a network
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// The text of the wallet's code
    #[arg(value_name = "TEXT")]
    text: String,
    /// The policy by which the door asked
    #[arg(long, value_name = "NAME", default_value = "login")]
    policy: String,
    /// The door's code is on paper (`door --printed`): the answer may be somebody else's picture
    #[arg(long)]
    printed: bool,
}

impl Check {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let language = output.catalogue().language().tag();
        let text = self.text.as_str();
        let judged = app
            .check(text, &self.policy, Some(language), self.printed)
            .await;
        app.close().await;
        tell(&judged.map_err(|error| refused(&error, output))?, output)
    }
}

fn tell(judged: &DoorAnswer, output: &Output) -> Result<(), CommandError> {
    let (freshness, said) = match judged.freshness {
        Freshness::Fresh => ("fresh", "verifier-check-fresh"),
        Freshness::Replayable => ("replayable", "verifier-check-replayable"),
    };
    let data = json!({"freshness": freshness, "answer": judged.answer});
    output.data(&data, || {
        format!(
            "{}\n{}",
            output.text(said, &[]),
            words(&judged.answer, output)
        )
    })
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier check 'NC1:…'
  pessoa-verifier check --policy login --printed 'NC1:…' --json";
