use clap::Args;
use fast_qr::QRBuilder;
use host::{Clock as _, CommandError, Kind, Output};

use crate::cli::Shared;
use crate::cli::document::Document;
use crate::http::OfferMessage;
use crate::usecases::enrol::{EnrolError, Enrolled};

/// Enrol the holder of a document: prints an offer as link and QR code, and a transaction code
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Enrol {
    #[command(flatten)]
    document: Document,
    /// Put the whole offer into the link: longer, but the wallet need not fetch it
    #[arg(long)]
    by_value: bool,
}

impl Enrol {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let now = host::SystemClock.now();
        let document = self
            .document
            .read(output, "issuer-hint-document", now)?
            .judge(now)
            .map_err(|error| {
                CommandError::new(Kind::User, output.text("issuer-document-refused", &[]))
                    .because(Some(&error))
            })?;
        let app = shared.open(output).await?;
        let enrolled = app.enrol(&document).await;
        app.close().await;
        let enrolled = enrolled.map_err(|error| failed(&error))?;
        output.data(&OfferMessage::from(&enrolled), || {
            self.words(&enrolled, output)
        })?;
        output.remark("issuer-enrol-next", &[]);
        Ok(())
    }

    fn words(&self, enrolled: &Enrolled, output: &Output) -> String {
        let link = if self.by_value {
            &enrolled.link_by_value
        } else {
            &enrolled.link
        };
        let done = if enrolled.again {
            "issuer-enrol-again"
        } else {
            "issuer-enrol-done"
        };
        let mut lines = vec![
            output.text(
                done,
                &[("handle", enrolled.handle.as_str().to_owned().into())],
            ),
            String::new(),
            output.text(
                "issuer-enrol-offer",
                &[(
                    "until",
                    enrolled
                        .expires_at
                        .strftime("%Y-%m-%d %H:%M UTC")
                        .to_string()
                        .into(),
                )],
            ),
            link.expose().to_owned(),
        ];
        // A link too long for a QR code is still a link.
        if let Ok(code) = QRBuilder::new(link.expose()).build() {
            lines.extend([String::new(), code.to_str()]);
        }
        if let Some(code) = &enrolled.tx_code {
            let code = output.text("issuer-enrol-code", &[("code", code.expose().into())]);
            lines.extend([String::new(), code]);
        }
        lines.join("\n")
    }
}

fn failed(error: &EnrolError) -> CommandError {
    let kind = match error {
        EnrolError::Claims => Kind::Defect,
        EnrolError::Busy | EnrolError::Offer(_) | EnrolError::Store(_) => Kind::User,
    };
    CommandError::from_error(kind, error)
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer enrol --mrz passport.txt
  pessoa-issuer enrol --mrz - < passport.txt
  pessoa-issuer enrol --record person.json --json

A record is a JSON object:
  {\"issuing_state\": \"UTO\", \"number\": \"L898902C3\", \"surname\": \"Eriksson\",
   \"given_names\": \"Anna Maria\", \"nationality\": \"UTO\", \"birth_date\": \"1974-08-12\",
   \"sex\": \"F\", \"expires_on\": \"2032-04-15\"}";
