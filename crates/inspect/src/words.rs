use catalogue::Catalogue;

use crate::draft::moment;
use crate::report::{Entry, Report, Severity, Shown};

impl Report {
    /// Says all of it, for a terminal.
    #[must_use]
    pub fn words(&self, catalogue: &Catalogue) -> String {
        let mut lines = Vec::new();
        self.tell(catalogue, "", &mut lines);
        lines.join("\n")
    }

    fn tell(&self, catalogue: &Catalogue, indent: &str, lines: &mut Vec<String>) {
        let kind = self.kind.words(catalogue);
        let verdict = self.verdict.words(catalogue);
        lines.push(format!("{indent}{kind} — {verdict}"));
        lines.push(format!("{indent}{}", self.kind.explanation(catalogue)));
        if !self.findings.is_empty() {
            lines.push(String::new());
        }
        for finding in &self.findings {
            let words = finding.words(catalogue);
            let at = match &finding.pointer {
                Some(pointer) => format!(" ({pointer})"),
                None => String::new(),
            };
            lines.push(format!("{indent}  {} {words}{at}", sign(finding.severity)));
        }
        for section in &self.sections {
            lines.push(String::new());
            lines.push(format!("{indent}{}", section.title.words(catalogue)));
            for entry in &section.entries {
                tell_entry(entry, catalogue, &format!("{indent}  "), lines);
            }
        }
        for inside in &self.inside {
            lines.push(String::new());
            inside.tell(catalogue, &format!("{indent}  "), lines);
        }
    }
}

impl Shown {
    /// Whether it is several values, none of which is made of others.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        let Self::Items(inner) = self else {
            return false;
        };
        inner
            .iter()
            .all(|one| !matches!(one.value, Self::Items(_) | Self::Members(_)))
    }

    /// Says a value that is not made of others.
    #[must_use]
    pub fn words(&self, catalogue: &Catalogue) -> Option<String> {
        match self {
            Self::Flag(true) => Some(catalogue.text("inspect-value-yes", &[])),
            Self::Flag(false) => Some(catalogue.text("inspect-value-no", &[])),
            Self::Hidden(hidden) => Some(hidden.words(catalogue)),
            Self::Items(_) | Self::Members(_) => None,
            Self::Nothing => Some(catalogue.text("inspect-value-nothing", &[])),
            Self::Number(number) => Some(number.clone()),
            Self::Opaque(length) => {
                let length = (*length).into();
                Some(catalogue.text("inspect-value-opaque", &[("length", length)]))
            }
            Self::Text(text) => Some(text.clone()),
            Self::Time(at) => Some(moment(*at)),
        }
    }
}

fn tell_entry(entry: &Entry, catalogue: &Catalogue, indent: &str, lines: &mut Vec<String>) {
    let name = match entry.meaning.map(|meaning| meaning.words(catalogue)) {
        Some(words) if words != entry.name => format!("{words} ({})", entry.name),
        _ => entry.name.clone(),
    };
    let disclosed = match entry.disclosed {
        true => format!(" {}", catalogue.text("inspect-mark-disclosed", &[])),
        false => String::new(),
    };
    match (&entry.value, entry.value.words(catalogue)) {
        (Shown::Items(inner), _) if entry.value.is_flat() => {
            let words = inner.iter().filter_map(|one| one.value.words(catalogue));
            let words: Vec<String> = words.collect();
            lines.push(format!("{indent}{name}: {}{disclosed}", words.join(", ")));
        }
        (Shown::Items(inner) | Shown::Members(inner), _) => {
            lines.push(format!("{indent}{name}:{disclosed}"));
            for entry in inner {
                tell_entry(entry, catalogue, &format!("{indent}  "), lines);
            }
        }
        (_, words) => {
            let words = words.unwrap_or_default();
            lines.push(format!("{indent}{name}: {words}{disclosed}"));
        }
    }
}

const fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Bad => "✗",
        Severity::Good => "✓",
        Severity::Note => "·",
        Severity::Open => "?",
        Severity::Secret | Severity::Warning => "!",
    }
}
