use clap::Args;
use host::{Clock as _, CommandError, Output};

use crate::app::App;
use crate::cli::Shared;
use crate::cli::revoke::{Chosen, failed};
use crate::usecases::revoke::RevokeError;
use crate::usecases::suspend::Suspension;

/// Put an enrolment on hold, by its handle or by the document
///
/// Copies are marked as suspended in the status lists, which are published at once. Nothing is
/// issued or renewed until `resume`; net certificates that the wallet holds stay good until their
/// epochs end.
#[derive(Args, Debug)]
#[command(after_help = SUSPEND)]
pub(super) struct Suspend {
    #[command(flatten)]
    chosen: Chosen,
}

/// End what suspend began
///
/// Copies are good again, as soon as verifiers have fetched the new lists. A wallet that was refused
/// meanwhile renews its net certificate when its holder says so.
#[derive(Args, Debug)]
#[command(after_help = RESUME)]
pub(super) struct Resume {
    #[command(flatten)]
    chosen: Chosen,
}

impl Suspend {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let now = host::SystemClock.now();
        let chosen = self.chosen.read(output, "issuer-hint-revoke", now)?;
        let app = shared.open(output).await?;
        let suspended = match chosen.handle(&app).await {
            Ok(handle) => app.suspend(&handle).await,
            Err(error) => Err(error),
        };
        let messages = ["issuer-suspend-done", "issuer-suspend-already"];
        finish(app, suspended, messages, output).await
    }
}

impl Resume {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let now = host::SystemClock.now();
        let chosen = self.chosen.read(output, "issuer-hint-revoke", now)?;
        let app = shared.open(output).await?;
        let resumed = match chosen.handle(&app).await {
            Ok(handle) => app.resume(&handle).await,
            Err(error) => Err(error),
        };
        let messages = ["issuer-resume-done", "issuer-resume-already"];
        finish(app, resumed, messages, output).await
    }
}

async fn finish(
    app: App,
    changed: Result<Suspension, RevokeError>,
    [done, already]: [&str; 2],
    output: &Output,
) -> Result<(), CommandError> {
    app.close().await;
    let changed = changed.map_err(|error| failed(&error, output))?;
    output.data(&changed, || {
        let id = if changed.already { already } else { done };
        let (handle, copies) = (changed.handle.clone(), changed.copies);
        output.text(id, &[("handle", handle.into()), ("copies", copies.into())])
    })?;
    if changed.copies > 0 {
        output.remark("issuer-suspend-next", &[]);
    }
    Ok(())
}

const SUSPEND: &str = "\
Examples:
  pessoa-issuer suspend --handle 7k2m-q9rt-0xwe-5hc3
  pessoa-issuer suspend --mrz lost-passport.txt";
const RESUME: &str = "\
Examples:
  pessoa-issuer resume --handle 7k2m-q9rt-0xwe-5hc3
  pessoa-issuer resume --mrz found-passport.txt";
