//! The story as a person reads it.

use std::io::{self, Write as _};
use std::time::Duration;

use catalogue::{Catalogue, Value};
use indicatif::{ProgressBar, ProgressStyle};

use crate::broken::Step;
use crate::story::Listener;
use crate::told::{Enrolled, Presented, Received, Revoked, Started, Told};

/// Tells each step when it held, and meanwhile, on a terminal, what is being done.
pub(crate) struct Teller<'c> {
    catalogue: &'c Catalogue,
    aloud: bool,
    progress: ProgressBar,
    step: Step,
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
            step: Step::Start,
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
            Told::Present(presented) => self.present(presented),
            Told::Compare(compared) => self.catalogue.text(
                "demo-compare",
                &[
                    ("requests", compared.issuer_requests.len().into()),
                    ("equal", list(&compared.equal).into()),
                ],
            ),
            Told::Revoke(revoked) => self.revoke(revoked),
        }
    }

    fn start(&self, started: &Started) -> String {
        let mut variables: Vec<(&str, Value<'_>)> = vec![("issuer", text(&started.issuer))];
        let names = [
            ["first", "first-url", "first-policy"],
            ["second", "second-url", "second-policy"],
        ];
        for ([name, url, policy], platform) in names.into_iter().zip(&started.platforms) {
            variables.push((name, text(&platform.name)));
            variables.push((url, text(&platform.url)));
            variables.push((policy, text(&platform.policy)));
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
        let credentials = list(&credentials).into();
        self.catalogue
            .text("demo-receive", &[("credentials", credentials)])
    }

    fn present(&self, presented: &Presented) -> String {
        self.catalogue.text(
            "demo-present",
            &[
                ("step", self.step.number().into()),
                ("platform", text(&presented.platform)),
                ("did", text(&presented.asked_by)),
                ("learned", learned(&presented.learned).into()),
                ("hidden", list(&presented.hidden).into()),
            ],
        )
    }

    fn revoke(&self, revoked: &Revoked) -> String {
        self.catalogue.text(
            "demo-revoke",
            &[
                ("handle", text(&revoked.handle)),
                ("copies", revoked.copies.into()),
                ("platform", text(&revoked.platform)),
            ],
        )
    }
}

impl Listener for Teller<'_> {
    fn begins(&mut self, step: Step) {
        self.step = step;
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

fn doing(step: Step) -> &'static str {
    match step {
        Step::Start => "demo-doing-start",
        Step::Enrol => "demo-doing-enrol",
        Step::Receive => "demo-doing-receive",
        Step::PresentFirst => "demo-doing-present-first",
        Step::PresentSecond => "demo-doing-present-second",
        Step::Compare => "demo-doing-compare",
        Step::Revoke => "demo-doing-revoke",
    }
}

fn text(words: &str) -> Value<'static> {
    words.to_owned().into()
}

/// Columns of a screen, and those before what stands beside a label.
const WIDTH: usize = 100;
const INDENT: usize = 17;
const TICK: Duration = Duration::from_millis(80);
