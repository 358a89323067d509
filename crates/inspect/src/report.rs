use std::collections::BTreeMap;

use catalogue::Catalogue;
use jiff::Timestamp;
use serde::Serialize;

use crate::code::{Code, Kind, Title};
use crate::meaning::Meaning;

/// What a text is, what it says, and what can be told about it on the spot.
///
/// All texts in it are fit to be shown: one line, no characters that hide or reorder others, no
/// secrets. What a program needs is the codes; people read them in the words of a catalogue.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// What it is.
    pub kind: Kind,
    /// The worst that was found.
    pub verdict: Verdict,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// What it says.
    pub sections: Vec<Section>,
    /// What is inside: the Credentials of a Presentation, the content of an envelope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<Report>,
}

/// What all findings come to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing is wrong, and what can be signed is, by a key that is at hand.
    Good,
    /// Nothing is wrong, and something could not be judged here.
    Undecided,
    /// Something is wrong.
    Bad,
    /// It is a secret, or has one inside that must not be passed on.
    Secret,
}

impl Verdict {
    /// Says it.
    #[must_use]
    pub fn words(self, catalogue: &Catalogue) -> String {
        match self {
            Self::Bad => catalogue.text("inspect-verdict-bad", &[]),
            Self::Good => catalogue.text("inspect-verdict-good", &[]),
            Self::Secret => catalogue.text("inspect-verdict-secret", &[]),
            Self::Undecided => catalogue.text("inspect-verdict-undecided", &[]),
        }
    }

    /// The name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Secret => "secret",
            Self::Undecided => "undecided",
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub code: Code,
    /// What it is about.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<&'static str, String>,
    /// Where: a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl Finding {
    /// Says it.
    #[must_use]
    pub fn words(&self, catalogue: &Catalogue) -> String {
        let values: Vec<_> = self
            .values
            .iter()
            .map(|(name, value)| (*name, value.as_str().into()))
            .collect();
        catalogue.text(&format!("inspect-finding-{}", self.code.name()), &values)
    }
}

/// How bad a finding is; the worst first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A secret lies open.
    Secret,
    /// Wrong: whoever relies on it is deceived, or would be refused.
    Bad,
    /// Right, and yet to be minded.
    Warning,
    /// It cannot be told from the text and what is at hand.
    Open,
    /// Checked, and right.
    Good,
    /// Good to know.
    Note,
}

impl Severity {
    /// The name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Note => "note",
            Self::Open => "open",
            Self::Secret => "secret",
            Self::Warning => "warning",
        }
    }

    /// Says it in a word.
    #[must_use]
    pub fn words(self, catalogue: &Catalogue) -> String {
        match self {
            Self::Bad => catalogue.text("inspect-severity-bad", &[]),
            Self::Good => catalogue.text("inspect-severity-good", &[]),
            Self::Note => catalogue.text("inspect-severity-note", &[]),
            Self::Open => catalogue.text("inspect-severity-open", &[]),
            Self::Secret => catalogue.text("inspect-severity-secret", &[]),
            Self::Warning => catalogue.text("inspect-severity-warning", &[]),
        }
    }
}

/// Some of what it says, under a title.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Section {
    /// The title.
    pub title: Title,
    /// What it says.
    pub entries: Vec<Entry>,
}

/// A member and its value.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// The name in the text; of an array's element, its number.
    pub name: String,
    /// What it means, if that is known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Meaning>,
    /// The value.
    pub value: Shown,
    /// Where it stands in its part of the text: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Whether the Holder chose to show it, and could have withheld it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disclosed: bool,
}

/// A value as it is shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "form", content = "value")]
pub enum Shown {
    /// A true or false.
    Flag(bool),
    /// Something that is not for everybody's eyes.
    Hidden(Hidden),
    /// Several values.
    Items(Vec<Entry>),
    /// An object.
    Members(Vec<Entry>),
    /// `null`, or an empty array or object.
    Nothing,
    /// A number, in the digits of the text.
    Number(String),
    /// Something for machines: how many characters or elements it has.
    Opaque(usize),
    /// Text.
    Text(String),
    /// A moment.
    Time(Timestamp),
}

/// What is not shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// An address that works like a password.
    Address,
    /// A Pre-Authorized Code.
    PreAuthorizedCode,
    /// A private key.
    PrivateKey,
    /// A token or password.
    Token,
    /// A Transaction Code.
    TransactionCode,
    /// The words of a wallet.
    Words,
}

impl Hidden {
    /// Says it.
    #[must_use]
    pub fn words(self, catalogue: &Catalogue) -> String {
        match self {
            Self::Address => catalogue.text("inspect-hidden-address", &[]),
            Self::PreAuthorizedCode => catalogue.text("inspect-hidden-pre-authorized-code", &[]),
            Self::PrivateKey => catalogue.text("inspect-hidden-private-key", &[]),
            Self::Token => catalogue.text("inspect-hidden-token", &[]),
            Self::TransactionCode => catalogue.text("inspect-hidden-transaction-code", &[]),
            Self::Words => catalogue.text("inspect-hidden-words", &[]),
        }
    }
}
