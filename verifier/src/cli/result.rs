use clap::Args;
use host::{CommandError, Kind, Output};
use keys::token::BearerToken;
use openid4vp::verifier::{Answer, Failure, TakeError};
use serde_json::Value;

use crate::cli::Shared;
use crate::http::ResultMessage;
use crate::usecases::result::{Outcome, ResultError};

/// Take the result of a request, once
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Result {
    /// The request's identifier
    id: String,
    /// The result token that came with the request
    #[arg(
        long,
        value_name = "TOKEN",
        allow_hyphen_values = true,
        env = "PESSOA_VERIFIER_RESULT_TOKEN",
        hide_env_values = true
    )]
    token: String,
    /// In the same-device flow: the response_code with which the browser came back
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    response_code: Option<String>,
}

impl Result {
    pub(super) async fn run(
        self,
        shared: &Shared,
        output: &Output,
    ) -> std::result::Result<(), CommandError> {
        let app = shared.open(output).await?;
        let token = BearerToken::from(self.token);
        let code = self.response_code.map(BearerToken::from);
        let outcome = app.result(&self.id, &token, code.as_ref()).await;
        app.close().await;
        tell(outcome.map_err(|error| failed(&error, output))?, output)
    }
}

/// Prints a result; a failure is an error too, by who said no.
pub(super) fn tell(outcome: Outcome, output: &Output) -> std::result::Result<(), CommandError> {
    let failure = match &outcome {
        Outcome::Answered(_) => None,
        Outcome::Failed(failure) => Some(*failure),
    };
    if let Some(failure) = failure {
        if output.is_json() {
            output.data(&ResultMessage::from(outcome), String::new)?;
        }
        let kind = match failure {
            Failure::HolderDeclined => Kind::Refused,
            _ => Kind::Peer,
        };
        return Err(CommandError::new(kind, output.text(reason(failure), &[])));
    }
    let text = match &outcome {
        Outcome::Answered(answer) => words(answer, output),
        Outcome::Failed(_) => String::new(),
    };
    output.data(&ResultMessage::from(outcome), || text)
}

pub(super) fn failed(error: &ResultError, output: &Output) -> CommandError {
    let failed = CommandError::from_error(Kind::User, error);
    match error {
        ResultError::Take(TakeError::Code) => {
            failed.hint(output.text("verifier-hint-response-code", &[]))
        }
        ResultError::Take(TakeError::NotAnswered) => {
            failed.hint(output.text("verifier-hint-not-answered", &[]))
        }
        ResultError::Take(_) | ResultError::Unknown => {
            failed.hint(output.text("verifier-hint-again", &[]))
        }
        ResultError::Store(_) | ResultError::Watched => failed,
    }
}

pub(super) fn words(answer: &Answer, output: &Output) -> String {
    let mut lines = Vec::new();
    for credential in &answer.credentials {
        let variables = [
            ("type", credential.types.join(", ").into()),
            ("issuer", credential.issuer.as_str().into()),
        ];
        lines.push(output.text("verifier-result-credential", &variables));
        if let Some(shown) = &credential.net_certificate {
            if let Some(pseudonym) = &shown.pseudonym {
                let number = netcert::NetNumber::parse(&pseudonym.net_number);
                let number =
                    number.map_or_else(|_| pseudonym.net_number.clone(), |one| one.grouped());
                let said = output.text("verifier-result-number", &[("number", number.into())]);
                lines.push(format!("  {said}"));
                if pseudonym.first_visit == Some(true) {
                    let said = output.text("verifier-result-first-visit", &[]);
                    lines.push(format!("  {said}"));
                }
            }
            if shown.superseded {
                let said = output.text("verifier-result-superseded", &[]);
                lines.push(format!("  {said}"));
            }
        }
        for id in &credential.unjudged {
            let id = plain(&Value::from(id.as_str()));
            let said = output.text("verifier-result-unjudged", &[("id", id.into())]);
            lines.push(format!("  {said}"));
        }
        for told in &credential.messages {
            let said = match (&told.message, told.status) {
                (Some(message), Some(status)) => {
                    let message = plain(&Value::String(message.clone()));
                    let variables = [("message", message.into()), ("status", status.into())];
                    output.text("verifier-result-message", &variables)
                }
                _ => output.text("verifier-result-message-unknown", &[]),
            };
            lines.push(format!("  {said}"));
        }
        for claim in &credential.claims {
            let values: Vec<String> = claim.values.iter().map(plain).collect();
            lines.push(format!("  {}: {}", claim.path, values.join(", ")));
        }
    }
    lines.join("\n")
}

/// Without control characters, so that a claim cannot speak to the terminal.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.chars().filter(|char| !char.is_control()).collect(),
        other => other.to_string(),
    }
}

fn reason(failure: Failure) -> &'static str {
    match failure {
        Failure::Blocked => "verifier-failure-blocked",
        Failure::CredentialRefused => "verifier-failure-credential",
        Failure::HolderDeclined => "verifier-failure-declined",
        Failure::IssuerNotTrusted => "verifier-failure-issuer",
        Failure::MessageRefused => "verifier-failure-message",
        Failure::NotAnAnswer => "verifier-failure-not-an-answer",
        Failure::Revoked => "verifier-failure-revoked",
        Failure::StatusMissing => "verifier-failure-status",
        Failure::Suspended => "verifier-failure-suspended",
        Failure::WalletFailed => "verifier-failure-wallet",
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier result 4fJ0yZk0Nv2l8cQ1mE7s9w --token TOKEN
  PESSOA_VERIFIER_RESULT_TOKEN=TOKEN pessoa-verifier result 4fJ0yZk0Nv2l8cQ1mE7s9w --json";
