use clap::Args;
use evidence::IdentityDocument;
use host::{Clock as _, CommandError, Kind, Output};
use jiff::Timestamp;

use crate::app::App;
use crate::cli::Shared;
use crate::cli::document::Document;
use crate::handle::{Handle, NotAHandle};
use crate::usecases::revoke::{Revocation, RevokeError};

/// Revoke an enrolment, by its handle or by the document
///
/// Copies are marked in the status lists, which are published at once. A net certificate is renewed
/// no more, and ends with the last epoch that the wallet has one for: this says when.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Revoke {
    #[command(flatten)]
    chosen: Chosen,
}

/// Whose enrolment.
#[derive(Args, Debug)]
pub(super) struct Chosen {
    /// The handle that enrol and list show
    #[arg(long, value_name = "HANDLE", conflicts_with_all = ["mrz", "record"])]
    handle: Option<String>,
    #[command(flatten)]
    document: Document,
}

/// An enrolment by its name, or by the document that it has.
#[derive(Debug)]
pub(super) enum Named {
    Document(Box<IdentityDocument>),
    Handle(Handle),
}

impl Chosen {
    pub(super) fn read(
        &self,
        output: &Output,
        hint: &str,
        now: Timestamp,
    ) -> Result<Named, CommandError> {
        match &self.handle {
            Some(name) => Ok(Named::Handle(read_handle(name, output)?)),
            None => {
                let document = self.document.read(output, hint, now)?;
                Ok(Named::Document(Box::new(document)))
            }
        }
    }
}

impl Named {
    pub(super) async fn handle(self, app: &App) -> Result<Handle, RevokeError> {
        match self {
            Self::Document(document) => app.holder(&document).await,
            Self::Handle(handle) => Ok(handle),
        }
    }
}

pub(super) fn read_handle(name: &str, output: &Output) -> Result<Handle, CommandError> {
    name.parse().map_err(|error: NotAHandle| {
        CommandError::from_error(Kind::User, &error).hint(output.text("issuer-hint-list", &[]))
    })
}

impl Revoke {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let now = host::SystemClock.now();
        let chosen = self.chosen.read(output, "issuer-hint-revoke", now)?;
        let app = shared.open(output).await?;
        let revoked = match chosen.handle(&app).await {
            Ok(handle) => app.revoke(&handle).await,
            Err(error) => Err(error),
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
    warn_of_net_certificate(revocation.net_certificates_until.as_deref(), output);
    Ok(())
}

/// Says until when a net certificate is good all the same.
pub(super) fn warn_of_net_certificate(until: Option<&str>, output: &Output) {
    if let Some(until) = until {
        output.remark("issuer-revoke-net", &[("until", until.to_owned().into())]);
    }
}

pub(super) fn failed(error: &RevokeError, output: &Output) -> CommandError {
    let failed = CommandError::from_error(Kind::User, error);
    match error {
        RevokeError::Unknown => failed.hint(output.text("issuer-hint-list", &[])),
        RevokeError::Unpublished(_) => failed.hint(output.text("issuer-hint-publish", &[])),
        RevokeError::Busy | RevokeError::Store(_) | RevokeError::Tags(_) => failed,
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer revoke --handle 7k2m-q9rt-0xwe-5hc3
  pessoa-issuer revoke --mrz stolen-passport.txt";
