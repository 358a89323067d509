//! From access to net certificates that are not yet verified (docs/profiles/net-certificate.md).

use std::fmt;

use http::{Request, Response};
use jiff::Timestamp;
use keys::SigningKey;
use netcert::{Binding, EpochProfile, IssuanceProof};
use rand_core::CryptoRng;
use serde_json::Value;

use super::order::Order;
use super::{AccessGrant, IssuanceError, Progress};
use crate::messages::{CredentialResponse, NetAnchorProof, Proofs};

/// Orders one net certificate for each of some epochs. Fetches a fresh `c_nonce` first, and once
/// more if it is refused.
#[derive(Debug)]
pub struct NetIssuance<'g> {
    order: Order<'g>,
    profiles: Vec<EpochProfile>,
}

impl<'g> NetIssuance<'g> {
    pub(super) fn new(
        grant: &'g AccessGrant,
        configuration_id: &'g str,
        identifier: Option<&'g str>,
        profiles: Vec<EpochProfile>,
    ) -> Result<Self, IssuanceError> {
        let epochs: std::collections::BTreeSet<_> =
            profiles.iter().map(EpochProfile::epoch).collect();
        let issuer = &grant.profile.identifier;
        let fits = !profiles.is_empty()
            && epochs.len() == profiles.len()
            && profiles.iter().all(|profile| profile.issuer() == issuer);
        let nonce = grant.profile.nonce_endpoint.clone();
        match &nonce {
            Some(_) if fits => Ok(Self {
                order: Order::new(grant, configuration_id, identifier, nonce),
                profiles,
            }),
            _ => Err(IssuanceError::Epochs),
        }
    }

    /// The next request. `prove` makes the proof of one epoch, bound to the session that it is
    /// given: at a first enrolment that of the first epoch opens the anchor
    /// ([`IssuanceProof::prove_first`]), and all others do not ([`IssuanceProof::prove_renewal`]).
    /// It is not asked while a nonce is fetched.
    ///
    /// # Errors
    /// [`IssuanceError::Keys`] if the DPoP key cannot be used, and [`IssuanceError::Proof`] if
    /// there is no proof.
    pub fn request<E>(
        &self,
        mut prove: impl FnMut(usize, &Binding<'_>) -> Result<IssuanceProof, E>,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, IssuanceError> {
        if let Some(request) = self.order.nonce_request() {
            return Ok(request);
        }
        let c_nonce = self.order.c_nonce().ok_or(IssuanceError::Proof)?.expose();
        let dpop_jkt = dpop_key.public().thumbprint();
        let mut proofs = Vec::with_capacity(self.profiles.len());
        for (place, profile) in self.profiles.iter().enumerate() {
            let binding = Binding {
                profile,
                c_nonce,
                dpop_jkt: &dpop_jkt,
            };
            let proof = prove(place, &binding).map_err(|_| IssuanceError::Proof)?;
            proofs.push(NetAnchorProof::new(&proof, c_nonce));
        }
        let proofs = Some(Proofs {
            net_anchor: Some(proofs),
            ..Proofs::default()
        });
        self.order.request(proofs, dpop_key, now, rng)
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// An [`IssuanceError`] says why there are no certificates; above all
    /// [`IssuanceError::AnotherAnchor`]: the person is enrolled with another secret.
    pub fn receive(
        mut self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, ReceivedNet>, IssuanceError> {
        match self.order.receive(response)? {
            None => Ok(Progress::More(self)),
            Some(answer) => self.judge(answer).map(Progress::Done),
        }
    }

    /// Takes exactly what was ordered.
    fn judge(self, answer: CredentialResponse) -> Result<ReceivedNet, IssuanceError> {
        let certificates: Vec<Value> = answer
            .credentials
            .unwrap_or_default()
            .into_iter()
            .map(|one| one.credential)
            .collect();
        if certificates.len() != self.profiles.len() {
            return Err(IssuanceError::Count);
        }
        if !certificates.iter().all(Value::is_object) {
            return Err(IssuanceError::Format);
        }
        Ok(ReceivedNet {
            configuration_id: self.order.configuration_id().to_owned(),
            certificates,
            profiles: self.profiles,
        })
    }
}

/// What the Issuer sent: of the right number and shape, and not yet verified. A renewal compartment
/// keeps it as it is until the wallet is unlocked.
pub struct ReceivedNet {
    /// What was ordered.
    pub configuration_id: String,
    /// The certificates, for `netcert::UnverifiedCertificate::parse`, in the order of the profiles.
    pub certificates: Vec<Value>,
    /// The profiles under which they were ordered: each must be exactly as its own says.
    pub profiles: Vec<EpochProfile>,
}

impl fmt::Debug for ReceivedNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedNet")
            .field("configuration_id", &self.configuration_id)
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}
