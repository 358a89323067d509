use did::{Did, DidDocument, Method};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::contents::Contents;
use crate::error::PresentError;

/// The DID document of a Verifier that was answered: by it, its doors are known without a network.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownVerifier {
    did: String,
    document: String,
    seen_at: Timestamp,
}

impl Contents {
    /// Keeps a document. Those of Verifiers that were seen longest ago make room.
    pub(crate) fn know(&mut self, document: &DidDocument, now: Timestamp) {
        let did = document.id();
        let Ok(text) = serde_json::to_string(document) else {
            return;
        };
        if did.method() != Method::Web {
            return;
        }
        self.verifiers.retain(|one| one.did != did.as_str());
        self.verifiers.push(KnownVerifier {
            did: did.as_str().to_owned(),
            document: text,
            seen_at: now,
        });
        self.verifiers.sort_by_key(|one| one.seen_at);
        let superfluous = self.verifiers.len().saturating_sub(MOST);
        self.verifiers.drain(..superfluous);
    }

    /// The document that was kept of a Verifier, if it is not too old.
    pub(crate) fn known(&self, did: &Did, now: Timestamp) -> Result<DidDocument, PresentError> {
        let kept = self.verifiers.iter().find(|one| one.did == did.as_str());
        let kept = kept.ok_or(PresentError::DoorUnknown)?;
        if now.duration_since(kept.seen_at) > DOOR_MEMORY {
            return Err(PresentError::DoorOutdated {
                seen_at: kept.seen_at,
            });
        }
        DidDocument::parse(kept.document.as_bytes(), did).map_err(|_| PresentError::DoorUnknown)
    }
}

/// For how long a Verifier's DID document is good at its doors: whoever has stolen a key can pose as
/// the door for as long after the Verifier has replaced it.
pub const DOOR_MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);

const MOST: usize = 64;
