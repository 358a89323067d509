//! A report in the making.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::code::{Code, Kind, Title};
use crate::legible::legible;
use crate::listing::Listing;
use crate::report::{Entry, Finding, Hidden, Report, Section, Severity, Verdict};

/// A report in the making.
pub(crate) struct Draft {
    kind: Kind,
    findings: Vec<Finding>,
    sections: Vec<Section>,
    inside: Vec<Report>,
    listing: Listing,
}

impl Draft {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            findings: Vec::new(),
            sections: Vec::new(),
            inside: Vec::new(),
            listing: Listing::default(),
        }
    }

    pub(crate) fn is(&mut self, kind: Kind) {
        self.kind = kind;
    }

    /// Notes a finding.
    pub(crate) fn find(&mut self, code: Code) {
        self.find_with(code, []);
    }

    /// Notes a finding about something.
    pub(crate) fn find_with<const N: usize>(
        &mut self,
        code: Code,
        values: [(&'static str, &str); N],
    ) {
        let values = values.map(|(name, value)| (name, legible(value).0));
        self.findings.push(Finding {
            severity: code.severity(),
            code,
            values: BTreeMap::from(values),
            pointer: None,
        });
    }

    /// Notes a finding about a place.
    pub(crate) fn find_at(&mut self, code: Code, reason: &str, pointer: &str) {
        self.find_with(code, [("reason", reason)]);
        if let Some(finding) = self.findings.last_mut() {
            finding.pointer = Some(legible(pointer).0);
        }
    }

    /// Shows the members of an object.
    pub(crate) fn show(&mut self, title: Title, members: &Map<String, Value>) {
        let entries = self.listing.members(members, "");
        self.section(title, entries);
    }

    /// Shows some members of an object, under the pointers that they have.
    pub(crate) fn show_some(
        &mut self,
        title: Title,
        members: &Map<String, Value>,
        wanted: impl Fn(&str) -> bool,
    ) {
        let some: Map<String, Value> = members
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        self.show(title, &some);
    }

    /// Shows entries.
    pub(crate) fn section(&mut self, title: Title, entries: Vec<Entry>) {
        if !entries.is_empty() {
            self.sections.push(Section { title, entries });
        }
    }

    /// The way in which values are shown here.
    pub(crate) fn listing(&mut self) -> &mut Listing {
        &mut self.listing
    }

    /// Marks what the Holder chose to show.
    pub(crate) fn mark_disclosed(&mut self, pointers: &[String]) {
        for section in &mut self.sections {
            mark(&mut section.entries, pointers);
        }
    }

    /// Adds what is inside.
    pub(crate) fn contain(&mut self, report: Report) {
        self.inside.push(report);
    }

    /// Judges the time in which it is good.
    pub(crate) fn dates(
        &mut self,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        now: Timestamp,
    ) {
        let mut good = true;
        if let Some(from) = from.filter(|from| from.duration_since(now).as_secs() > LEEWAY) {
            self.find_with(Code::NotYetValid, [("from", &moment(from))]);
            good = false;
        }
        match until {
            None => self.find(Code::NoEnd),
            Some(until) if until <= now => {
                self.find_with(Code::Expired, [("until", &moment(until))]);
                good = false;
            }
            Some(until) => self.find_with(Code::ValidUntil, [("until", &moment(until))]),
        }
        if good && (from.is_some() || until.is_some()) {
            self.find(Code::DatesGood);
        }
    }

    pub(crate) fn finish(mut self) -> Report {
        for secret in self.listing.secrets() {
            let code = match secret {
                Hidden::PrivateKey => Code::SecretKey,
                Hidden::TransactionCode => Code::SecretTransactionCode,
                Hidden::Token => Code::SecretToken,
                Hidden::Words => Code::SecretWords,
                // An offer is for being passed on, once.
                Hidden::PreAuthorizedCode => Code::SecretOffer,
                // A request is for being passed on, too.
                Hidden::Address => continue,
            };
            if !self.findings.iter().any(|finding| finding.code == code) {
                self.find(code);
            }
        }
        if self.listing.is_cut() {
            self.find(Code::More);
        }
        if self.listing.met_invisible() {
            self.find(Code::Invisible);
        }
        self.findings.sort_by_key(|finding| finding.severity);
        let own = self.findings.iter().map(|finding| verdict(finding.code));
        let inside = self.inside.iter().map(|report| report.verdict);
        Report {
            kind: self.kind,
            verdict: own.chain(inside).max().unwrap_or(Verdict::Undecided),
            findings: self.findings,
            sections: self.sections,
            inside: self.inside,
        }
    }
}

/// What a finding alone comes to.
const fn verdict(code: Code) -> Verdict {
    match (code.severity(), code) {
        (Severity::Secret, _) => Verdict::Secret,
        (Severity::Bad, _) => Verdict::Bad,
        // Nothing is wrong with what nobody vouches for; nor is it good.
        (Severity::Open, _) | (_, Code::Anybody | Code::KeyInside | Code::NotSigned) => {
            Verdict::Undecided
        }
        (Severity::Warning | Severity::Good | Severity::Note, _) => Verdict::Good,
    }
}

/// A moment as people read it.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn mark(entries: &mut [Entry], pointers: &[String]) {
    for entry in entries {
        entry.disclosed = pointers.contains(&entry.pointer);
        if let crate::report::Shown::Items(inner) | crate::report::Shown::Members(inner) =
            &mut entry.value
        {
            mark(inner, pointers);
        }
    }
}

/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 60;
