use clap::Args;
use host::{CommandError, Kind, Output};
use openid4vp::verifier::Phase;

use crate::app::App;
use crate::cli::Shared;
use crate::cli::result::{failed, tell};
use crate::http::{CreatedMessage, Drawing, draw};
use crate::policy::FlowKind;
use crate::usecases::request::{Created, RequestError, Wish};

/// Ask for a presentation: prints a link and a QR code for the holder's wallet
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Request {
    /// The policy by which to ask; see `pessoa-verifier policies`
    #[arg(long, value_name = "NAME")]
    policy: String,
    /// The wallet is on the device of the browser, which goes on at the policy's return_url
    #[arg(long)]
    same_device: bool,
    /// Wait for the answer and show it; with --json, request and result are two documents
    #[arg(long)]
    wait: bool,
}

impl Request {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let done = self.ask(&app, output).await;
        app.close().await;
        done
    }

    async fn ask(&self, app: &App, output: &Output) -> Result<(), CommandError> {
        let wish = Wish {
            flow: self.same_device.then_some(FlowKind::SameDevice),
            language: Some(output.catalogue().language().tag().to_owned()),
        };
        let created = app.request(&self.policy, &wish).await;
        let created = created.map_err(|error| refused(&error, output))?;
        let data = CreatedMessage::new(&created, None);
        output.data(&data, || words(&created, output))?;
        if !self.wait {
            let variables = [("id", created.id.as_str().into())];
            output.remark("verifier-request-next", &variables);
            return Ok(());
        }
        output.remark("verifier-request-waiting", &[]);
        let answered = app.answered(&created.id, &created.token).await;
        if answered.map_err(|error| failed(&error, output))? == Phase::Expired {
            let message = output.text("verifier-failure-expired", &[]);
            return Err(CommandError::new(Kind::Peer, message));
        }
        let outcome = app.result(&created.id, &created.token, None).await;
        tell(outcome.map_err(|error| failed(&error, output))?, output)
    }
}

fn words(created: &Created, output: &Output) -> String {
    let link = created.link.expose();
    let until = created
        .expires_at
        .strftime("%Y-%m-%d %H:%M UTC")
        .to_string();
    let mut lines = vec![
        output.text("verifier-request-link", &[("until", until.into())]),
        link.to_owned(),
    ];
    if let Some(code) = draw(link, Drawing::Text) {
        lines.extend([String::new(), code]);
    }
    let variables = [
        ("id", created.id.as_str().into()),
        ("token", created.token.expose().into()),
    ];
    lines.extend([
        String::new(),
        output.text("verifier-request-token", &variables),
    ]);
    lines.join("\n")
}

fn refused(error: &RequestError, output: &Output) -> CommandError {
    let refused = CommandError::from_error(Kind::User, error);
    match error {
        RequestError::Flow(_) => refused.hint(output.text("verifier-hint-return", &[])),
        RequestError::UnknownPolicy => refused.hint(output.text("verifier-hint-policies", &[])),
        RequestError::Policy(_) | RequestError::Store(_) => refused,
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier request --policy age-over-18 --wait
  pessoa-verifier request --policy identity --json
  pessoa-verifier request --policy age-over-18 --same-device";
