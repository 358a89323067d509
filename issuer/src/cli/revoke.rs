use clap::Args;
use host::{Clock as _, CommandError, Kind, Output};

use crate::app::App;
use crate::cli::Shared;
use crate::cli::document::Document;
use crate::handle::Handle;
use crate::usecases::revoke::{Revocation, RevokeError};

/// Revoke an enrolment, by its handle or by the document
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Revoke {
    /// The handle that enrol and list show
    #[arg(long, value_name = "HANDLE", conflicts_with_all = ["mrz", "record"])]
    handle: Option<String>,
    #[command(flatten)]
    document: Document,
}

impl Revoke {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let handle = self.handle.as_deref().map(str::parse::<Handle>).transpose();
        let handle = handle.map_err(|error| {
            CommandError::from_error(Kind::User, &error).hint(output.text("issuer-hint-list", &[]))
        })?;
        let document = match handle {
            Some(_) => None,
            None => {
                let now = host::SystemClock.now();
                Some(self.document.read(output, "issuer-hint-revoke", now)?)
            }
        };
        let app = shared.open(output).await?;
        let revoked = match (&handle, &document) {
            (Some(handle), _) => app.revoke(handle).await,
            (None, Some(document)) => app.revoke_document(document).await,
            (None, None) => Err(RevokeError::Unknown),
        };
        finish(app, revoked, output).await
    }
}

async fn finish(
    app: App,
    revoked: Result<Revocation, RevokeError>,
    output: &Output,
) -> Result<(), CommandError> {
    app.close().await;
    let revocation = revoked.map_err(|error| failed(&error, output))?;
    output.data(&revocation, || {
        let id = if revocation.already {
            "issuer-revoke-already"
        } else {
            "issuer-revoke-done"
        };
        let (handle, copies) = (revocation.handle.clone(), revocation.copies);
        output.text(id, &[("handle", handle.into()), ("copies", copies.into())])
    })?;
    if revocation.copies > 0 {
        output.remark("issuer-revoke-next", &[]);
    }
    Ok(())
}

fn failed(error: &RevokeError, output: &Output) -> CommandError {
    let failed = CommandError::from_error(Kind::User, error);
    match error {
        RevokeError::Unknown => failed.hint(output.text("issuer-hint-list", &[])),
        RevokeError::Unpublished(_) => failed.hint(output.text("issuer-hint-publish", &[])),
        RevokeError::Busy | RevokeError::Store(_) => failed,
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer revoke --handle 7k2m-q9rt-0xwe-5hc3
  pessoa-issuer revoke --mrz stolen-passport.txt";
