use jiff::Timestamp;
use keys::PublicKey;
use serde_json::{Map, Value};

use crate::credential::Credential;
use crate::data_integrity::credential::{Leniency, object};
use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::proof::{Proof, Purpose};
use crate::data_model::{DataModel, check_context, several, types};
use crate::door::UnverifiedCredential;
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::{IssuerKey, Key};
use crate::judge::Judge;
use crate::key_source::{KeySource, own_key};
use crate::presentation::{Challenge, common_holder, of_each};

/// A Presentation with Data Integrity proofs, as anybody may send it.
pub(crate) struct UnverifiedLdpVp {
    document: Map<String, Value>,
    proofs: Vec<Proof>,
    credentials: Vec<UnverifiedCredential>,
}

impl UnverifiedLdpVp {
    pub(crate) fn parse(text: &str) -> Result<Self, VerificationError> {
        let mut document = object(text)?;
        let proofs = Proof::take_all(&mut document)?;
        check_context(DataModel::of(&document), &document).map_err(|_| PeerFault::Format)?;
        types(&document, PRESENTATION).map_err(|_| PeerFault::Format)?;
        let credentials = several(document.get("verifiableCredential"));
        if credentials.is_empty() || credentials.len() > MOST_CREDENTIALS {
            return Err(PeerFault::Format.into());
        }
        let credentials = credentials
            .iter()
            .map(|one| UnverifiedCredential::within(one.as_object().ok_or(PeerFault::Format)?))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            document,
            proofs,
            credentials,
        })
    }

    /// Where the keys of its Credentials must come from.
    pub(crate) fn key_sources(&self) -> Result<Vec<KeySource>, VerificationError> {
        of_each(&self.credentials)
    }

    /// Verifies the Credentials, then that the Holder they are all bound to answers the challenge.
    pub(crate) fn verify(
        self,
        issuers: &[IssuerKey],
        challenge: &Challenge,
        leniency: Leniency,
        now: Timestamp,
    ) -> Result<(Vec<Credential>, PublicKey), VerificationError> {
        let mut holder = None;
        for proof in &self.proofs {
            proof.check_purpose(Purpose::Authentication)?;
            proof.check_time(now)?;
            proof.check_freshness(now)?;
            if proof.challenge() != Some(&challenge.nonce) {
                return Err(PeerFault::Nonce.into());
            }
            if !proof.is_for(&challenge.audience) {
                return Err(PeerFault::Audience.into());
            }
            let named = match self.document.get("holder") {
                Some(Value::Object(members)) => members.get("id"),
                named => named,
            };
            let did = proof.method.did();
            if named.is_some_and(|named| named.as_str() != Some(did.as_str())) {
                return Err(ProofFault::Controller.into());
            }
            let key = own_key(did).ok_or(ProofFault::Controller)?;
            let inline = leniency.inline();
            proof.verify(
                &self.document,
                &self.proofs,
                &Key::Signature(key.clone()),
                inline,
            )?;
            if holder
                .replace(key.clone())
                .is_some_and(|other| other != key)
            {
                return Err(PeerFault::HolderMismatch.into());
            }
        }
        let holder = holder.ok_or(PeerFault::HolderBindingMissing)?;
        let mut judge = Judge::new(issuers, leniency, now);
        let credentials = self
            .credentials
            .into_iter()
            .map(|one| one.judge(&mut judge))
            .collect::<Result<Vec<_>, _>>()?;
        if leniency == Leniency::None && common_holder(&credentials)? != holder {
            return Err(PeerFault::HolderMismatch.into());
        }
        Ok((credentials, holder))
    }
}

/// Whether a JSON text says, unverified, that it is a Presentation and not a Credential.
pub(crate) fn is_presentation(text: &str) -> bool {
    object(text).is_ok_and(|document| types(&document, PRESENTATION).is_ok())
}

pub(super) const PRESENTATION: &str = "VerifiablePresentation";
/// How many Credentials one Presentation may hold.
pub(super) const MOST_CREDENTIALS: usize = 16;
