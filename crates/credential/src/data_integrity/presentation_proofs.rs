use did::Did;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::data_integrity::credential::Leniency;
use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::proof::{Proof, Purpose};
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::Key;
use crate::key_source::own_key;

/// The proofs of a Presentation, judged apart from the Credentials in it.
///
/// [`UnverifiedLdpVp`](crate::data_integrity::UnverifiedLdpVp) demands that a Holder answers just
/// now; here it is the caller who decides what a proof must answer.
pub(crate) struct PresentationProofs {
    document: Map<String, Value>,
    proofs: Vec<Proof>,
}

impl PresentationProofs {
    /// Takes the proofs out of a Presentation.
    pub(crate) fn take(mut document: Map<String, Value>) -> Result<Self, ProofFault> {
        let proofs = Proof::take_all(&mut document)?;
        Ok(Self { document, proofs })
    }

    /// Verifies one proof after the other, and returns who made them.
    pub(crate) fn verify(
        &self,
        challenge: Option<&str>,
        domain: Option<&str>,
        leniency: Leniency,
        now: Timestamp,
    ) -> Result<Did, VerificationError> {
        let mut signer: Option<&Did> = None;
        for proof in &self.proofs {
            proof.check_purpose(Purpose::Authentication)?;
            proof.check_time(now)?;
            if challenge.is_some() && proof.challenge() != challenge {
                return Err(PeerFault::Nonce.into());
            }
            if domain.is_some_and(|domain| !proof.is_for(domain)) {
                return Err(PeerFault::Audience.into());
            }
            let did = proof.method.did();
            let key = Key::Signature(own_key(did).ok_or(ProofFault::Controller)?);
            proof.verify(&self.document, &self.proofs, &key, leniency.inline())?;
            if signer.replace(did).is_some_and(|other| other != did) {
                return Err(PeerFault::HolderMismatch.into());
            }
        }
        let signer = signer.ok_or(PeerFault::HolderBindingMissing)?;
        Ok(signer.clone())
    }
}
