//! The story as a person reads it.

use std::io::{self, Write as _};
use std::time::Duration;

use catalogue::{Catalogue, Value};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::Offset;
use netcert::NetNumber;

use crate::broken::Step;
use crate::story::Listener;
use crate::told::{Compared, Enrolled, LoggedIn, Received, Revoked, Started, Told, Visit};

/// Tells each step when it held, and meanwhile, on a terminal, what is being done.
pub(crate) struct Teller<'c> {
    catalogue: &'c Catalogue,
    aloud: bool,
    progress: ProgressBar,
    /// What was told.
    pub(crate) told: Vec<Told>,
}

impl<'c> Teller<'c> {
    /// Tells aloud, or only remembers.
    pub(crate) fn new(catalogue: &'c Catalogue, aloud: bool) -> Self {
        // The bar hides itself where standard error is no terminal.
        let progress = if aloud {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            progress.set_style(style);
        }
        Self {
            catalogue,
            aloud,
            progress,
            told: Vec::new(),
        }
    }

    /// Prints a paragraph.
    pub(crate) fn say(&self, text: &str) {
        if self.aloud {
            // A closed pipe is no reason to stop: the exit code still says how it ended.
            self.progress.suspend(|| {
                let _ = writeln!(io::stdout(), "{text}");
            });
        }
    }

    /// Takes the progress off the screen.
    pub(crate) fn end(&self) {
        self.progress.finish_and_clear();
    }

    fn words(&self, told: &Told) -> String {
        match told {
            Told::Start(started) => self.start(started),
            Told::Enrol(enrolled) => self.enrol(enrolled),
            Told::Receive(received) => self.receive(received),
            Told::LogIn(logged_in) => self.log_in(logged_in),
            Told::SecondWallet(_) => self.catalogue.text("demo-second-wallet", &[]),
            Told::Restore(restored) => {
                let words = restored.words.into();
                self.numbers("demo-restore", &restored.visits, vec![("words", words)])
            }
            Told::Block(blocked) => {
                let platform = ("platform", text(&blocked.platform));
                self.numbers("demo-block", &blocked.visits, vec![platform])
            }
            Told::Renew(renewed) => {
                let now = ("now", day(renewed.now).into());
                let epoch = renewed.visits.first().and_then(|visit| visit.epoch);
                let epoch = ("epoch", epoch.unwrap_or_default().to_string().into());
                let newest = ("newest", renewed.newest_epoch.to_string().into());
                self.numbers("demo-renew", &renewed.visits, vec![now, epoch, newest])
            }
            Told::Revoke(revoked) => self.revoke(revoked),
            Told::Compare(compared) => self.compare(compared),
        }
    }

    fn start(&self, started: &Started) -> String {
        let mut variables: Vec<(&str, Value<'_>)> = vec![("issuer", text(&started.issuer))];
        let names = [["first", "first-did"], ["second", "second-did"]];
        for ([name, did], platform) in names.into_iter().zip(&started.platforms) {
            variables.push((name, text(&platform.name)));
            variables.push((did, text(&platform.did)));
        }
        self.catalogue.text("demo-start", &variables)
    }

    fn enrol(&self, enrolled: &Enrolled) -> String {
        let line = |number| text(enrolled.mrz.get(number).map_or("", String::as_str));
        self.catalogue.text(
            "demo-enrol",
            &[
                ("upper", line(0)),
                ("lower", line(1)),
                ("handle", text(&enrolled.handle)),
                ("files", enrolled.files_searched.into()),
            ],
        )
    }

    fn receive(&self, received: &Received) -> String {
        let credentials = received.credentials.iter().map(|credential| {
            let (copies, name, format) = (credential.copies, &credential.name, &credential.format);
            format!("{copies} × {name} ({format})")
        });
        let credentials: Vec<String> = credentials.collect();
        let net = &received.net_certificate;
        self.catalogue.text(
            "demo-receive",
            &[
                ("net", text(&net.name)),
                ("epoch", net.epoch.to_string().into()),
                ("newest", net.newest_epoch.to_string().into()),
                ("credentials", list(&credentials).into()),
            ],
        )
    }

    fn log_in(&self, logged_in: &LoggedIn) -> String {
        let first = logged_in.visits.first();
        let learned = first.map(|visit| learned(&visit.learned));
        let hidden = first.map(|visit| list(&visit.hidden));
        let variables = vec![
            ("learned", learned.unwrap_or_default().into()),
            ("hidden", hidden.unwrap_or_default().into()),
        ];
        self.numbers("demo-log-in", &logged_in.visits, variables)
    }

    /// Words a step in which both Platforms were visited.
    fn numbers<'v>(
        &self,
        message: &str,
        visits: &[Visit],
        mut variables: Vec<(&'v str, Value<'v>)>,
    ) -> String {
        let names = [["first", "first-number"], ["second", "second-number"]];
        for ([name, number], visit) in names.into_iter().zip(visits) {
            variables.push((name, text(&visit.platform)));
            variables.push((number, grouped(visit.net_number.as_deref()).into()));
        }
        self.catalogue.text(message, &variables)
    }

    fn revoke(&self, revoked: &Revoked) -> String {
        self.catalogue.text(
            "demo-revoke",
            &[
                ("handle", text(&revoked.handle)),
                ("copies", revoked.copies.into()),
                ("first", text(&revoked.platform)),
                ("second", text(&revoked.last_visit.platform)),
                ("ended", day(revoked.ended).into()),
            ],
        )
    }

    fn compare(&self, compared: &Compared) -> String {
        self.catalogue.text(
            "demo-compare",
            &[
                ("presentations", compared.presentations.into()),
                ("requests", compared.issuer_requests.len().into()),
                ("equal", list(&compared.equal).into()),
            ],
        )
    }
}

impl Listener for Teller<'_> {
    fn begins(&mut self, step: Step) {
        self.progress
            .set_message(self.catalogue.text(doing(step), &[]));
        self.progress.enable_steady_tick(TICK);
    }

    fn held(&mut self, told: Told) {
        self.say(&self.words(&told));
        self.told.push(told);
    }
}

/// Claims with their values, in lines that fit.
pub(crate) fn learned(claims: &std::collections::BTreeMap<String, serde_json::Value>) -> String {
    let claims = claims.iter().map(|(name, value)| match value {
        serde_json::Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    list(&claims.collect::<Vec<_>>())
}

/// Joins by commas, in lines that fit beside a label.
fn list(items: &[String]) -> String {
    let mut lines = vec![String::new()];
    for (position, item) in items.iter().enumerate() {
        let comma = if position + 1 < items.len() { "," } else { "" };
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(&format!("{item}{comma}"));
        } else if line.chars().count() + item.chars().count() + 2 > WIDTH - INDENT {
            lines.push(format!("{item}{comma}"));
        } else {
            line.push_str(&format!(" {item}{comma}"));
        }
    }
    lines.join(&format!("\n{}", " ".repeat(INDENT)))
}

/// A number as it is read aloud.
pub(crate) fn grouped(number: Option<&str>) -> String {
    let number = number.unwrap_or_default();
    NetNumber::parse(number).map_or_else(|_| number.to_owned(), |number| number.grouped())
}

fn day(time: Timestamp) -> String {
    Offset::UTC.to_datetime(time).date().to_string()
}

fn doing(step: Step) -> &'static str {
    match step {
        Step::Start => "demo-doing-start",
        Step::Enrol => "demo-doing-enrol",
        Step::Receive => "demo-doing-receive",
        Step::LogIn => "demo-doing-log-in",
        Step::SecondWallet => "demo-doing-second-wallet",
        Step::Restore => "demo-doing-restore",
        Step::Block => "demo-doing-block",
        Step::Renew => "demo-doing-renew",
        Step::Revoke => "demo-doing-revoke",
        Step::Compare => "demo-doing-compare",
    }
}

fn text(words: &str) -> Value<'static> {
    words.to_owned().into()
}

/// Columns of a screen, and those before what stands beside a label.
const WIDTH: usize = 100;
const INDENT: usize = 17;
const TICK: Duration = Duration::from_millis(80);
