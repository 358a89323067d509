//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use catalogue::{Catalogue, Language};
use clap::{CommandFactory as _, Parser};
use host::{CommandError, Kind, Output, SystemClock};
use service::Stop;
use vault::Cost;

use crate::broken::{Broken, Why};
use crate::by_hand;
use crate::stage::{Place, Stage};
use crate::story::play;
use crate::teller::Teller;
use crate::transcript::{TRANSCRIPT, Transcript};

/// Runs a command line, the program's name first, and returns how the process ends.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let demo = match Demo::try_parse_from(arguments) {
        Ok(demo) => demo,
        Err(usage) => {
            // Nothing is left to say it to if the terminal is gone.
            let _ = usage.print();
            return u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let wanted = demo.language.as_deref().and_then(Language::parse);
    let language = Language::choose(wanted, host::locale().as_deref());
    let output = Output::new(Catalogue::new(language), demo.json);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(demo.perform(&output)),
        Err(error) => Err(CommandError::from_error(Kind::Defect, &error)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            error.exit_code()
        }
    }
}

/// The command line's description: for manual pages and shell completions.
#[must_use]
pub fn command() -> clap::Command {
    Demo::command()
}

/// Tells the whole story on this machine: one passport, and a number for each platform.
///
/// Starts an issuer and the verifiers of two platforms on loopback, plays the story with a wallet
/// over HTTP, and judges every step by what really happened: enrolment, two numbers at two platforms,
/// a second wallet, a lost device, a blocked number, the next epoch, a revocation. What lies weeks
/// ahead is played on a copy, whose clock is moved. Ends with 0 only if all held.
#[derive(Debug, Parser)]
#[command(name = "pessoa-demo", version, after_help = EXAMPLES)]
struct Demo {
    /// Keep everything running afterwards, and print links and commands to try by hand
    #[arg(long, conflicts_with = "json")]
    serve: bool,
    /// Print one transcript as JSON instead of the story
    #[arg(long)]
    json: bool,
    /// Keep what the parties have in this folder; a later run goes on with it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The language of the story: en or zh; that of the environment unless given
    #[arg(long, value_name = "TAG", value_parser = ["en", "zh"], hide_possible_values = true)]
    language: Option<String>,
}

impl Demo {
    async fn perform(self, output: &Output) -> Result<(), CommandError> {
        let stop =
            Stop::on_signals().map_err(|error| CommandError::from_error(Kind::User, &error))?;
        let place = match &self.data {
            Some(folder) => Place::kept(folder),
            None => Place::passing(),
        };
        let place = place.map_err(|error| CommandError::from_error(Kind::User, &error))?;
        let catalogue = output.catalogue();
        let mut teller = Teller::new(catalogue, !self.json);
        teller.say(&format!("{}\n", catalogue.text("demo-title", &[])));
        let began = Instant::now();
        let (tag, clock) = (catalogue.language().tag(), Arc::new(SystemClock));
        let played = tokio::select! {
            played = play(place, tag, Cost::standard(), clock, &mut teller) => played,
            () = stop.wished() => {
                teller.end();
                let stopped = catalogue.text("demo-stopped", &[]);
                return Err(CommandError::new(Kind::User, stopped));
            }
        };
        teller.end();
        let seconds = (began.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        if self.json {
            let transcript = Transcript {
                transcript: TRANSCRIPT,
                held: played.is_ok(),
                seconds,
                steps: &teller.told,
                failure: played.as_ref().err().map(Into::into),
            };
            output.data(&transcript, String::new)?;
        }
        let stage = played.map_err(|broken| failed(&broken, catalogue))?;
        let seconds = format!("{seconds:.1}");
        let held = catalogue.text("demo-held", &[("seconds", seconds.into())]);
        let left = self.left(&stage, catalogue);
        if self.serve {
            teller.say(&format!("\n{held} {left}"));
            by_hand::invite(&stage, &teller, catalogue, &stop).await?;
        }
        let cleared = stage.clear().await;
        cleared.map_err(|error| CommandError::from_error(Kind::User, &error))?;
        if !self.serve {
            teller.say(&format!("\n{held} {left}"));
            output.remark("demo-next", &[]);
        }
        Ok(())
    }

    /// What is left of the story afterwards.
    fn left(&self, stage: &Stage, catalogue: &Catalogue) -> String {
        match stage.place() {
            Place::Kept(folder) => {
                let folder = folder.display().to_string();
                catalogue.text("demo-held-kept", &[("dir", folder.into())])
            }
            Place::Passing(_) if self.serve => catalogue.text("demo-held-meanwhile", &[]),
            Place::Passing(_) => catalogue.text("demo-held-passing", &[]),
        }
    }
}

fn failed(broken: &Broken, catalogue: &Catalogue) -> CommandError {
    let (kind, hint) = match &broken.why {
        Why::Stage(error) if error.is_address_taken() => (Kind::User, "demo-hint-address"),
        Why::Stage(_) | Why::Files(_) => (Kind::User, "demo-hint-machine"),
        Why::Account(_)
        | Why::Enrol(_)
        | Why::Present(_)
        | Why::Publish(_)
        | Why::Receive(_)
        | Why::Request(_)
        | Why::Result(_)
        | Why::Revoke(_)
        | Why::Specimen(_)
        | Why::Unmet(_) => (Kind::Defect, "demo-hint-defect"),
    };
    let step = broken.step.number().into();
    CommandError::new(kind, catalogue.text("demo-broken", &[("step", step)]))
        .because(Some(&broken.why))
        .hint(catalogue.text(hint, &[]))
}

const EXAMPLES: &str = "\
Examples:
  pessoa-demo                                the story, in a folder that is deleted afterwards
  pessoa-demo --serve                        then try it by hand with `pessoa`
  pessoa-demo --data ~/pessoa-demo --serve   the same, and go on another day
  pessoa-demo --json                         for a program

The transcript is one JSON object: `transcript` (2, the version of its form), `held`, `seconds`,
`steps`, and `failure` (null, or `step`, `number` and `reasons`). Each step that held has `step`:
start, enrol, receive, log_in, second_wallet, restore, block, renew, revoke or compare, and beside it
what the parties learned.

Exit codes: 0 every step held; 1 something on this machine is in the way; 2 usage; 70 a step did not
hold, which is a defect.";
