//! What a text is, what it says, and what can be told about it on the spot.
//!
//! Somebody pastes a Credential, a Presentation, an offer, a request, a DID, a key, a number:
//! [`inspect`] recognises it, decodes it, judges what can be judged without asking anybody, and
//! gives a [`Report`] that a program reads by its codes and a person in the words of a catalogue.
//!
//! This crate does not know where the text comes from, who wants to know, or how the report is shown.
//! It has no clock and fetches nothing: a key that is neither in the text nor at hand is named, and
//! the signature is left unjudged. Nothing that it says is evidence: who relies on a Credential uses
//! the door of `credential`, which it asks, too.
//!
//! # What it protects
//! - Secrets (private keys, wallet words, codes, tokens) are recognised and never repeated.
//! - Text of strangers comes out on one line, without characters that hide or reorder others.
//! - Length, depth and number of values are bounded.
//!
//! ```
//! use catalogue::{Catalogue, Language};
//! use inspect::{Kind, Known, Verdict, inspect};
//!
//! let now = "2026-11-22T10:00:00Z".parse()?;
//! let report = inspect("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", &Known::at(now));
//! assert_eq!((report.kind, report.verdict), (Kind::Did, Verdict::Good));
//! println!("{}", report.words(&Catalogue::new(Language::English)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::code::{Code, Kind, Title};
pub use crate::known::Known;
pub use crate::meaning::Meaning;
pub use crate::report::{Entry, Finding, Hidden, Report, Section, Severity, Shown, Verdict};

mod code;
mod draft;
mod identifier;
mod judge;
mod jwt;
mod known;
mod legible;
mod listing;
mod meaning;
mod net;
mod offer;
mod recognise;
mod report;
mod request;
mod sd_jwt;
mod secret;
mod status_list;
mod w3c;
mod words;

/// Explains a text, at most [`LONGEST_TEXT`] bytes long.
#[must_use]
pub fn inspect(text: &str, known: &Known<'_>) -> Report {
    recognise::text(text, known, recognise::Depth::MOST)
}

/// The longest text that is read.
pub const LONGEST_TEXT: usize = recognise::LONGEST;
