use clap::Args;
use host::{Clock as _, CommandError, Kind, Output};

use crate::app::App;
use crate::cli::Shared;
use crate::cli::revoke::{Chosen, failed};
use crate::usecases::message::{MessageError, Telling};

/// Let an enrolment's W3C credentials say something, by its handle or by the document
///
/// What can be said stands in the configuration, in the list `messages` of `[status]`, and in the credentials. Everybody who
/// sees a copy can read it in the status lists, which are published at once. It makes no credential
/// good or bad: that is for revoke and suspend. Copies that are issued later say it, too.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Message {
    /// The place of the message in the configuration, from 0 on; 0 is what all say at first
    code: u8,
    #[command(flatten)]
    chosen: Chosen,
}

impl Message {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let now = host::SystemClock.now();
        let chosen = self.chosen.read(output, "issuer-hint-revoke", now)?;
        let app = shared.open(output).await?;
        let told = match chosen.handle(&app).await {
            Ok(handle) => app.tell(&handle, self.code).await,
            Err(error) => Err(error.into()),
        };
        finish(app, told, output).await
    }
}

async fn finish(
    app: App,
    told: Result<Telling, MessageError>,
    output: &Output,
) -> Result<(), CommandError> {
    app.close().await;
    let told = told.map_err(|error| refused(&error, output))?;
    output.data(&told, || {
        let variables = [
            ("handle", told.handle.as_str().into()),
            ("message", told.message.as_str().into()),
            ("copies", told.copies.into()),
        ];
        output.text("issuer-message-done", &variables)
    })?;
    if told.silent > 0 {
        output.remark("issuer-message-silent", &[("copies", told.silent.into())]);
    }
    if told.copies > 0 {
        output.remark("issuer-suspend-next", &[]);
    }
    Ok(())
}

fn refused(error: &MessageError, output: &Output) -> CommandError {
    match error {
        MessageError::Code(_) | MessageError::NotConfigured => {
            CommandError::from_error(Kind::User, error)
                .hint(output.text("issuer-hint-messages", &[]))
        }
        MessageError::Enrolment(error) => failed(error, output),
        MessageError::Withdrawn => CommandError::from_error(Kind::User, error),
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer message 2 --handle 7k2m-q9rt-0xwe-5hc3
  pessoa-issuer message 0 --handle 7k2m-q9rt-0xwe-5hc3     what all say at first
  pessoa-issuer message 1 --mrz passport.txt --json";
