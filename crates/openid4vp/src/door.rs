//! Presentations without a network: a door shows a request as a QR code, a wallet shows an answer as
//! another (`docs/profiles/offline-door.md`).
//!
//! The request is a Request Object by value, signed by the Verifier's DID, with the Response Mode
//! `net_door` and no Response URI. It asks for one Net Certificate. Its nonce changes with time, so
//! that a picture of an answer is soon worth nothing.

mod answer;
mod base45;
mod request;

pub use answer::{
    AnswerFault, Door, DoorAnswer, DoorError, DoorNonces, Freshness, GOOD_STEPS, STEP_SECONDS,
};
pub use request::{AtDoor, DoorFault, DoorRequest};

use base45::{decode, encode};

/// Writes an answer as the text of a QR code, in characters that take little room there.
#[must_use]
pub fn to_qr_text(cbor: &[u8]) -> String {
    format!("{PREFIX}{}", encode(cbor))
}

/// Reads the text of a QR code; `None` if it is no answer at a door.
#[must_use]
pub fn from_qr_text(text: &str) -> Option<Vec<u8>> {
    decode(text.trim().strip_prefix(PREFIX)?)
}

/// The Response Mode of requests at doors. It stands in the place of the Response URI, too, in what
/// a presentation is bound to: an answer at a door is no answer anywhere else.
pub const RESPONSE_MODE: &str = "net_door";

/// The nonce of a request on paper: whoever has a picture of an answer to it can show it again.
pub const PRINTED: &str = "printed";

const PREFIX: &str = "NC1:";
