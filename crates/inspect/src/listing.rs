//! How the members of an object become entries: in the order of their names, without secrets, and
//! not more of them than anybody reads.

use jiff::Timestamp;
use serde_json::{Map, Value};
use strict_json::pointer_token;
use url::Url;

use crate::legible::legible;
use crate::meaning::Meaning;
use crate::report::{Entry, Hidden, Shown};
use crate::secret;

/// Makes entries, and keeps in mind what it met.
pub(crate) struct Listing {
    left: usize,
    cut: bool,
    invisible: bool,
    secrets: Vec<Hidden>,
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            left: MOST_ENTRIES,
            cut: false,
            invisible: false,
            secrets: Vec::new(),
        }
    }
}

impl Listing {
    /// The members of an object that stands at this pointer.
    pub(crate) fn members(&mut self, members: &Map<String, Value>, pointer: &str) -> Vec<Entry> {
        let is_key = members.contains_key("kty");
        let mut entries = Vec::new();
        for (name, value) in members {
            let pointer = format!("{pointer}/{}", pointer_token(name));
            match self.take(&pointer) {
                None => break,
                Some(pointer) => {
                    let value = match secret::member(name, value, is_key) {
                        Some(hidden) => self.hide(hidden),
                        None => self.member(name, value, &pointer),
                    };
                    entries.push(Entry {
                        name: self.text(name),
                        meaning: Meaning::of(name),
                        value,
                        pointer,
                        disclosed: false,
                    });
                }
            }
        }
        entries
    }

    /// An entry that is made of something else than a member.
    pub(crate) fn entry(&mut self, name: &str, value: &Value) -> Entry {
        Entry {
            name: self.text(name),
            meaning: Meaning::of(name),
            value: self.member(name, value, ""),
            pointer: String::new(),
            disclosed: false,
        }
    }

    /// Leaves a secret out.
    pub(crate) fn hide(&mut self, hidden: Hidden) -> Shown {
        if !self.secrets.contains(&hidden) {
            self.secrets.push(hidden);
        }
        Shown::Hidden(hidden)
    }

    pub(crate) fn secrets(&self) -> Vec<Hidden> {
        self.secrets.clone()
    }

    pub(crate) const fn is_cut(&self) -> bool {
        self.cut
    }

    pub(crate) const fn met_invisible(&self) -> bool {
        self.invisible
    }

    fn member(&mut self, name: &str, value: &Value, pointer: &str) -> Shown {
        if let Some(opaque) = opaque(name, value) {
            return opaque;
        }
        if let Some(at) = time(name, value) {
            return Shown::Time(at);
        }
        self.value(value, pointer)
    }

    fn value(&mut self, value: &Value, pointer: &str) -> Shown {
        match value {
            Value::Null => Shown::Nothing,
            Value::Bool(flag) => Shown::Flag(*flag),
            Value::Number(number) => Shown::Number(number.to_string()),
            Value::String(text) => match secret::text(text) {
                Some(hidden) => self.hide(hidden),
                None => Shown::Text(self.text(text)),
            },
            Value::Array(items) if items.is_empty() => Shown::Nothing,
            Value::Array(items) => self.items(items, pointer),
            Value::Object(members) if members.is_empty() => Shown::Nothing,
            Value::Object(members) => Shown::Members(self.members(members, pointer)),
        }
    }

    fn items(&mut self, items: &[Value], pointer: &str) -> Shown {
        let mut entries = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(pointer) = self.take(&format!("{pointer}/{index}")) else {
                break;
            };
            entries.push(Entry {
                name: (index + 1).to_string(),
                meaning: None,
                value: self.value(item, &pointer),
                pointer,
                disclosed: false,
            });
        }
        Shown::Items(entries)
    }

    fn text(&mut self, text: &str) -> String {
        let (shown, invisible) = legible(text);
        self.invisible |= invisible;
        shown
    }

    /// Takes the place of one more entry.
    fn take(&mut self, pointer: &str) -> Option<String> {
        match self.left.checked_sub(1) {
            None => {
                self.cut = true;
                None
            }
            Some(left) => {
                self.left = left;
                Some(self.text(pointer))
            }
        }
    }
}

/// The place that an address is at, without what follows: that may work like a password.
pub(crate) fn origin(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_host() => match url.port() {
            Some(port) => format!("{}://{}:{port}", url.scheme(), url.host_str().unwrap_or("")),
            None => format!("{}://{}", url.scheme(), url.host_str().unwrap_or("")),
        },
        _ => "?".to_owned(),
    }
}

/// What only machines read.
fn opaque(name: &str, value: &Value) -> Option<Shown> {
    let for_machines = [
        "_sd",
        "encodedList",
        "image",
        "jws",
        "logo",
        "lst",
        "photo",
        "picture",
        "portrait",
        "proofValue",
        "signatureValue",
        "x5c",
    ];
    match value {
        Value::String(text) if for_machines.contains(&name) && text.len() > SHORT => {
            Some(Shown::Opaque(text.len()))
        }
        Value::Array(items) if for_machines.contains(&name) => Some(Shown::Opaque(items.len())),
        Value::String(text) if text.starts_with("data:") && text.len() > LONG => {
            Some(Shown::Opaque(text.len()))
        }
        _ => None,
    }
}

/// Seconds since 1970, or a date with a time.
fn time(name: &str, value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(seconds)
            if ["auth_time", "exp", "iat", "nbf", "updated_at"].contains(&name) =>
        {
            Timestamp::from_second(seconds.as_i64()?).ok()
        }
        Value::String(text)
            if [
                "created",
                "expirationDate",
                "expires",
                "issuanceDate",
                "issued",
                "updated",
                "validFrom",
                "validUntil",
            ]
            .contains(&name) =>
        {
            text.parse().ok()
        }
        _ => None,
    }
}

const MOST_ENTRIES: usize = 600;
const SHORT: usize = 64;
const LONG: usize = 200;
