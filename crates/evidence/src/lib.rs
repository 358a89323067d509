//! Identity documents: what a passport's machine-readable zone says.
//!
//! This crate does not know who is asking, whether a document was seen before, or whether a chip
//! backs it: a zone can be typed by anybody, and its check digits catch slips of the hand, not
//! forgery. It reads the zone (ICAO Doc 9303, part 4) or a record typed at a desk, validates both
//! by the same rules, and says whether the document is current and how old its holder is.
//!
//! Where a document leaves something open, the reading that grants least is taken: a two-digit
//! birth year is the youngest possible one, an unknown day or month the latest. What was completed is
//! told from what the document says ([`BirthDate::exact`]), so that nobody repeats it as a birthday.
//!
//! ```
//! let zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
//!             L898902C36UTO7408122F1204159ZE184226B<<<<<10";
//! let now = "2012-04-01T12:00:00Z".parse()?;
//! let document = evidence::td3::parse(zone, now)?.judge(now)?;
//! assert_eq!(document.get().surname(), "ERIKSSON");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::calendar::{BirthDate, age_over};
pub use crate::document::{CurrentDocument, DocumentType, IdentityDocument, Refused, Sex};
pub use crate::error::{DocumentError, Field};
pub use crate::name::transliterate;
pub use crate::record::Record;
pub use crate::state_code::StateCode;

pub mod td3;

mod calendar;
mod check_digit;
mod document;
mod error;
mod name;
mod record;
mod state_code;
