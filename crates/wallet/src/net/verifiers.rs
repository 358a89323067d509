use did::{Did, DidDocument, Method};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contents::Contents;

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

    /// The document that was kept of a Verifier.
    pub(crate) fn known(&self, did: &Did) -> Option<DidDocument> {
        let kept = self.verifiers.iter().find(|one| one.did == did.as_str())?;
        DidDocument::parse(kept.document.as_bytes(), did).ok()
    }
}

const MOST: usize = 64;
