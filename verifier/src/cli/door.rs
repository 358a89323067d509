use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use host::{CommandError, Kind, Output};
use jiff::Timestamp;
use openid4vp::door::DoorError;
use serde_json::json;

use crate::app::App;
use crate::cli::Shared;
use crate::http::{Drawing, draw};
use crate::usecases::door::DoorRefused;

/// Show a door's own QR code, anew every half minute; wallets answer it without a network
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Door {
    /// The policy by which to ask: for one net certificate
    #[arg(long, value_name = "NAME", default_value = "login")]
    policy: String,
    /// Show one code and end
    #[arg(long)]
    once: bool,
    /// A code for paper, that does not change: answers to it can be shown again by anybody
    #[arg(long)]
    printed: bool,
    /// Write the code as a picture (SVG) into a file, over and over
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Door {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let shown = self.show(&app, output).await;
        app.close().await;
        shown
    }

    async fn show(&self, app: &App, output: &Output) -> Result<(), CommandError> {
        let language = output.catalogue().language().tag();
        loop {
            let code = app.door_code(&self.policy, Some(language), self.printed);
            let (code, until) = code.map_err(|error| refused(&error, output))?;
            if let Some(file) = &self.out {
                write(file, &draw(&code, Drawing::Svg).unwrap_or_default())
                    .map_err(|error| CommandError::from_error(Kind::User, &error))?;
            }
            let data = json!({
                "code": code,
                "until": until.map(|until| until.to_string()),
            });
            output.data(&data, || words(&code, until, output))?;
            let Some(until) = until.filter(|_| !self.once && !output.is_json()) else {
                return Ok(());
            };
            let left = until.duration_since(app.now()).as_secs().clamp(1, 60);
            tokio::time::sleep(Duration::from_secs(left.unsigned_abs())).await;
        }
    }
}

/// Whoever looks at the file sees the code before or the one after.
fn write(file: &Path, picture: &str) -> std::io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, picture)?;
    std::fs::rename(&beside, file)
}

fn words(code: &str, until: Option<Timestamp>, output: &Output) -> String {
    let said = match until {
        None => output.text("verifier-door-printed", &[]),
        Some(until) => {
            let until = until.strftime("%H:%M:%S UTC").to_string();
            output.text("verifier-door-until", &[("until", until.into())])
        }
    };
    let drawn = draw(code, Drawing::Text).unwrap_or_default();
    [said, code.to_owned(), drawn].join("\n")
}

/// Words a refusal, of a door or of what is shown there.
pub(super) fn refused(error: &DoorRefused, output: &Output) -> CommandError {
    let kind = match error {
        DoorRefused::Answer(_) | DoorRefused::ShownBefore => Kind::Peer,
        DoorRefused::Blocked => Kind::Refused,
        DoorRefused::Busy
        | DoorRefused::Door(_)
        | DoorRefused::Policy(_)
        | DoorRefused::Store(_)
        | DoorRefused::UnknownPolicy => Kind::User,
        DoorRefused::Sign(_) => Kind::Defect,
    };
    let refused = CommandError::from_error(kind, error);
    match error {
        DoorRefused::UnknownPolicy | DoorRefused::Door(DoorError::Policy) => {
            refused.hint(output.text("verifier-hint-policies", &[]))
        }
        DoorRefused::Answer(openid4vp::door::AnswerFault::UnknownProfile) => {
            refused.hint(output.text("verifier-hint-epochs", &[]))
        }
        _ => refused,
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier door
  pessoa-verifier door --policy login --out /var/www/door.svg
  pessoa-verifier door --printed --out poster.svg";
