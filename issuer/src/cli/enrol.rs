use clap::Args;
use fast_qr::QRBuilder;
use host::{Clock as _, CommandError, Kind, Output};

use crate::cli::Shared;
use crate::cli::document::Document;
use crate::cli::revoke::read_handle;
use crate::http::OfferMessage;
use crate::usecases::enrol::{EnrolError, Enrolled, Likeness};

/// Enrol the holder of a document: prints an offer as link and QR code, and a transaction code
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Enrol {
    #[command(flatten)]
    document: Document,
    /// Put the whole offer into the link: longer, but the wallet need not fetch it
    #[arg(long)]
    by_value: bool,
    /// Somebody is enrolled with the same name, birth date, sex and nationality: it is another person
    #[arg(long, conflicts_with = "same_as")]
    different_person: bool,
    /// It is the person of this enrolment, who has a new document
    ///
    /// If the person has a net certificate, the wallet has to prove it nevertheless.
    #[arg(long, value_name = "HANDLE")]
    same_as: Option<String>,
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
        let likeness = match &self.same_as {
            Some(name) => Likeness::Same(read_handle(name, output)?),
            None if self.different_person => Likeness::Different,
            None => Likeness::Ask,
        };
        let app = shared.open(output).await?;
        let enrolled = app.enrol_as(&document, &likeness).await;
        app.close().await;
        let enrolled = enrolled.map_err(|error| failed(&error, output))?;
        output.data(&OfferMessage::from(&enrolled), || {
            self.words(&enrolled, output)
        })?;
        if enrolled.anchored {
            output.remark("issuer-enrol-anchored", &[]);
        }
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

fn failed(error: &EnrolError, output: &Output) -> CommandError {
    let failed = |kind| CommandError::from_error(kind, error);
    match error {
        EnrolError::Alike(_) => failed(Kind::User).hint(output.text("issuer-hint-alike", &[])),
        EnrolError::Claims => failed(Kind::Defect),
        EnrolError::TwoEnrolments | EnrolError::Unknown => {
            failed(Kind::User).hint(output.text("issuer-hint-list", &[]))
        }
        EnrolError::Busy
        | EnrolError::CoolingDown(_)
        | EnrolError::Offer(_)
        | EnrolError::Specimen
        | EnrolError::Store(_)
        | EnrolError::Tags(_) => failed(Kind::User),
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer enrol --mrz passport.txt
  pessoa-issuer enrol --mrz - < passport.txt
  pessoa-issuer enrol --record person.json --json
  pessoa-issuer enrol --mrz new-passport.txt --same-as 7k2m-q9rt-0xwe-5hc3

A record is a JSON object:
  {\"issuing_state\": \"UTO\", \"number\": \"L898902C3\", \"surname\": \"Eriksson\",
   \"given_names\": \"Anna Maria\", \"nationality\": \"UTO\", \"birth_date\": \"1974-08-12\",
   \"sex\": \"F\", \"expires_on\": \"2032-04-15\"}";
