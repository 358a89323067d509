//! A Credential with a base proof, in the hands of its Holder.

use claim_path::{ClaimPath, Component};
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use strict_json::pointer_token;

use crate::data_integrity::credential::object;
use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::selective::parts::Parts;
use crate::data_integrity::selective::selection::select;
use crate::data_integrity::selective::{bbs, ecdsa_sd};
use crate::data_integrity::suite::Cryptosuite;
use crate::data_model::DataModel;
use crate::error::VerificationError;

/// A Credential with a base proof of `ecdsa-sd-2023` or `bbs-2023`, of which its Holder shows a
/// part.
///
/// It was verified on receipt
/// ([`verify_as_holder`](crate::UnverifiedCredential::verify_as_holder)), and is not verified
/// again. A base proof never leaves the Holder's hands: whoever has it can show all that it covers.
pub struct Held {
    parts: Parts,
    suite: Cryptosuite,
    mandatory: Vec<String>,
}

impl Held {
    /// Reads a Credential, at most 64 KiB long. `None` if no proof of it discloses a part: then it
    /// is shown as it stands.
    ///
    /// # Errors
    /// If it is not of that form, or has another proof beside a base proof.
    pub fn parse(text: &str) -> Result<Option<Self>, VerificationError> {
        let mut credential = object(text)?;
        let proofs = match credential.remove("proof") {
            Some(Value::Array(several)) => several,
            one => one.into_iter().collect(),
        };
        let Some(suite) = proofs.iter().find_map(disclosing) else {
            return Ok(None);
        };
        let [proof] = <[Value; 1]>::try_from(proofs).map_err(|_| ProofFault::TooMany)?;
        credential.insert("proof".to_owned(), proof);
        let parts = Parts::of(&credential, suite)?;
        let mandatory = match suite {
            Cryptosuite::Bbs2023 => bbs::Base::decode(&parts.value)?.mandatory,
            _ => ecdsa_sd::Base::decode(&parts.value)?.mandatory,
        };
        Ok(Some(Self {
            parts,
            suite,
            mandatory,
        }))
    }

    /// Chooses what is shown beside what the Issuer made mandatory: these places, and what the data
    /// model demands of every Credential.
    ///
    /// # Errors
    /// [`ProofFault::Pointer`] if a place is not in the Credential.
    pub fn select(&self, places: &[ClaimPath]) -> Result<Selected<'_>, ProofFault> {
        let document = &self.parts.document;
        let mut pointers = required(document);
        for place in places {
            pointers.push(pointer(place).ok_or(ProofFault::Pointer)?);
        }
        let all = [self.mandatory.as_slice(), &pointers].concat();
        let claims = select(document, &all)?.ok_or(ProofFault::Pointer)?;
        Ok(Selected {
            held: self,
            pointers,
            claims,
        })
    }
}

/// What would be shown of a Credential.
pub struct Selected<'h> {
    held: &'h Held,
    pointers: Vec<String>,
    claims: Map<String, Value>,
}

impl Selected<'_> {
    /// The Credential as a Verifier will see it, without its proof.
    #[must_use]
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Derives the Credential that shows this and nothing else. The presentation header binds a
    /// `bbs-2023` proof to one use; `ecdsa-sd-2023` has none.
    ///
    /// # Errors
    /// If the base proof is not one that anybody would believe.
    pub fn derive(
        &self,
        presentation_header: &[u8],
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Map<String, Value>, ProofFault> {
        let parts = self.held.parts.clone();
        match self.held.suite {
            Cryptosuite::Bbs2023 => {
                bbs::derive_held(parts, &self.pointers, presentation_header, rng)
            }
            _ => ecdsa_sd::derive_held(parts, &self.pointers),
        }
    }
}

/// The suite of a proof, if it is one of those that disclose a part.
fn disclosing(proof: &Value) -> Option<Cryptosuite> {
    let suite = Cryptosuite::parse(proof.get("cryptosuite")?.as_str()?)?;
    suite.discloses().then_some(suite)
}

/// Pointers to what no Credential may lack. The type always comes along, and with anything that is
/// said of the subject its identifier: the name of the Holder's key, without which nothing is bound.
fn required(document: &Map<String, Value>) -> Vec<String> {
    let mut pointers = vec!["/issuer".to_owned()];
    if DataModel::of(document) == DataModel::V1 {
        pointers.push("/issuanceDate".to_owned());
    }
    // Of several subjects, none is the Holder.
    let subject = match document.get("credentialSubject") {
        Some(Value::Array(several)) => match several.as_slice() {
            [one] => Some(("/credentialSubject/0/id", one)),
            _ => None,
        },
        one => one.map(|one| ("/credentialSubject/id", one)),
    };
    let named = subject.filter(|(_, subject)| subject.get("id").is_some());
    pointers.extend(named.map(|(pointer, _)| pointer.to_owned()));
    pointers
}

/// The JSON pointer (RFC 6901) to a concrete place.
pub(super) fn pointer(place: &ClaimPath) -> Option<String> {
    let mut pointer = String::new();
    for component in place.components() {
        pointer.push('/');
        match component {
            Component::Every => return None,
            Component::Index(index) => pointer.push_str(&index.to_string()),
            Component::Key(name) => pointer.push_str(&pointer_token(name)),
        }
    }
    Some(pointer)
}
