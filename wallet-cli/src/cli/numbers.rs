use clap::Args;
use host::CommandError;

use crate::foreign::plain;
use crate::session::Session;
use crate::shape::{Number, Numbers as Shown};
use crate::view::{columns, moment};

/// List your net numbers: which platform has seen which, and when
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Numbers {}

impl Numbers {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        let wallet = session.open()?;
        let net = wallet.net_certificates().iter();
        let mut numbers: Vec<Number<'_>> = net
            .flat_map(|held| held.numbers().iter().map(move |number| (held, number)))
            .map(|(held, number)| Number {
                platform: &number.platform,
                purpose: number.scope.as_deref(),
                number: number.number().grouped(),
                certificate: &held.id,
                first_shown: number.first_shown,
                last_shown: number.last_shown,
            })
            .collect();
        numbers.sort_by(|one, other| {
            (one.platform, one.purpose).cmp(&(other.platform, other.purpose))
        });
        let data = Shown { numbers };
        session.data(&data, |session| words(session, &data.numbers))
    }
}

fn words(session: &Session<'_>, numbers: &[Number<'_>]) -> String {
    if numbers.is_empty() {
        return session.text("numbers-none", &[]);
    }
    let rows: Vec<_> = numbers
        .iter()
        .map(|one| {
            let platform = match one.purpose {
                None => plain(one.platform),
                Some(purpose) => format!("{} ({})", plain(one.platform), plain(purpose)),
            };
            let times = [
                ("first", moment(one.first_shown).into()),
                ("last", moment(one.last_shown).into()),
            ];
            let times = session.text("numbers-times", &times);
            (platform, format!("{}  {times}", one.number))
        })
        .collect();
    columns(&rows).join("\n")
}

const EXAMPLES: &str = "\
Examples:
  pessoa numbers
  pessoa numbers --json";
