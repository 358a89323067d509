//! Issuing net certificates (docs/profiles/net-certificate.md).
//!
//! What an enrolment remembers decides how a request is judged, so that it comes in two steps:
//! [`NetRequest`] is what the wallet sent, well formed and not believed; with the enrolment's anchor
//! it becomes [`NetAccepted`].

use std::collections::BTreeMap;
use std::fmt;

use netcert::{
    Anchor, AnchorBox, Binding, EpochProfile, IssuanceProof, IssuanceProofError, ProvenCommitment,
};
use serde_json::Value;
use zeroize::Zeroizing;

use super::credential::CredentialError;
use crate::messages::{
    ClaimDescription, CredentialConfiguration, CredentialDefinition, CredentialDisplay,
    CredentialMetadata, CredentialResponse, IssuedCredential, NetCertificateMetadata, ProofType,
    consistent,
};
use crate::oauth::Spend;

/// The net certificate among what an Issuer issues: what its operator configures.
#[derive(Clone, Debug, PartialEq)]
pub struct NetCertificateKind {
    /// The `credential_configuration_id`.
    pub id: String,
    /// The OAuth scope.
    pub scope: Option<String>,
    /// Names, one for each language.
    pub display: Vec<CredentialDisplay>,
    /// The claims, in the order in which they are shown.
    pub claims: Vec<ClaimDescription>,
}

impl NetCertificateKind {
    /// The kind as the metadata say it. Returns `None` for one without a name, or with claims that
    /// contradict one another.
    pub(super) fn configuration(&self, epochs: &url::Url) -> Option<CredentialConfiguration> {
        if self.id.is_empty() || !consistent(&self.claims) {
            return None;
        }
        let algorithms = vec![Value::from(netcert::SIGNING_ALGORITHM)];
        let display = (!self.display.is_empty()).then(|| self.display.clone());
        let claims = (!self.claims.is_empty()).then(|| self.claims.clone());
        Some(CredentialConfiguration {
            format: netcert::FORMAT.to_owned(),
            scope: self.scope.clone(),
            credential_definition: Some(CredentialDefinition {
                context: None,
                types: netcert::TYPES.map(str::to_owned).to_vec(),
            }),
            credential_signing_alg_values_supported: Some(algorithms.clone()),
            cryptographic_binding_methods_supported: Some(vec![netcert::BINDING_METHOD.to_owned()]),
            proof_types_supported: Some(BTreeMap::from([(
                netcert::PROOF_TYPE.to_owned(),
                ProofType {
                    proof_signing_alg_values_supported: algorithms,
                    key_attestations_required: None,
                },
            )])),
            credential_metadata: (display.is_some() || claims.is_some())
                .then_some(CredentialMetadata { display, claims }),
            net_certificate: Some(NetCertificateMetadata {
                profile: netcert::PROFILE.to_owned(),
                epochs: epochs.clone(),
            }),
            ..CredentialConfiguration::default()
        })
    }
}

/// A request for net certificates that is well formed. Its proofs are not believed yet: that needs
/// what the host remembers of the enrolment.
pub struct NetRequest {
    pub(super) handle: String,
    pub(super) claims: Zeroizing<Vec<u8>>,
    pub(super) claims_version: u32,
    pub(super) dpop_jkt: String,
    pub(super) c_nonce: String,
    pub(super) proofs: Vec<IssuanceProof>,
    pub(super) spends: Vec<Spend>,
}

impl fmt::Debug for NetRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetRequest")
            .field("epochs", &self.epochs().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl NetRequest {
    /// The host's name for the enrolment. The host looks whether it was revoked.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// Which claims the token holds. The host refuses older ones than it knows of.
    pub fn claims_version(&self) -> u32 {
        self.claims_version
    }

    /// The epochs that are asked for, all different.
    pub fn epochs(&self) -> impl Iterator<Item = u64> {
        self.proofs.iter().map(IssuanceProof::epoch)
    }

    /// Judges the proofs: for the anchor of the enrolment, or, if it has none, for the one that the
    /// wallet opens and hands over. `profiles` are those of the epochs that are issued now.
    ///
    /// Without the opening, who saw somebody's commitment could enrol it beside a document of their
    /// own; without the binding to `c_nonce` and key, repeat it later. What was first sent may be
    /// sent again with fresh proofs, as when the answer was lost.
    ///
    /// It takes milliseconds: the host does it where nothing else waits.
    ///
    /// # Errors
    /// [`CredentialError::AnotherAnchor`] for another secret than the enrolled one,
    /// [`CredentialError::Epoch`] for an epoch that is not issued, and [`CredentialError::Anchor`]
    /// for a proof that does not hold.
    pub fn verify(
        self,
        enrolled: Option<&Anchor>,
        profiles: &[EpochProfile],
    ) -> Result<NetAccepted, CredentialError> {
        let mut anchor = enrolled.copied();
        let mut anchor_box = None;
        let mut orders = Vec::with_capacity(self.proofs.len());
        for proof in &self.proofs {
            let profile = profiles
                .iter()
                .find(|profile| profile.epoch() == proof.epoch())
                .ok_or(CredentialError::Epoch)?;
            let binding = Binding {
                profile,
                c_nonce: &self.c_nonce,
                dpop_jkt: &self.dpop_jkt,
            };
            let commitment = match &anchor {
                None => {
                    let (commitment, sealed) = proof.verify_first(&binding)?;
                    anchor = Some(*commitment.anchor());
                    anchor_box = Some(sealed);
                    commitment
                }
                Some(anchor) if anchor != proof.anchor() => {
                    return Err(CredentialError::AnotherAnchor);
                }
                Some(anchor) => match proof.verify_renewal(anchor, &binding) {
                    Err(IssuanceProofError::NotRenewal) => {
                        let (commitment, sealed) = proof.verify_first(&binding)?;
                        anchor_box.get_or_insert(sealed);
                        commitment
                    }
                    other => other?,
                },
            };
            orders.push(NetOrder {
                profile: profile.clone(),
                commitment,
            });
        }
        Ok(NetAccepted {
            handle: self.handle,
            claims: self.claims,
            claims_version: self.claims_version,
            anchor: anchor.ok_or(CredentialError::ProofCount)?,
            anchor_box,
            orders,
            spends: self.spends,
        })
    }
}

/// A request for net certificates whose proofs hold.
pub struct NetAccepted {
    /// The host's name for the enrolment.
    pub handle: String,
    /// The claims from the offer.
    pub claims: Zeroizing<Vec<u8>>,
    /// Which claims these are.
    pub claims_version: u32,
    /// The anchor that the certificates are bound to.
    pub anchor: Anchor,
    /// The anchor's sealed opening, if the wallet handed it over, as at a first enrolment it must. The
    /// host keeps both, and makes sure that no other enrolment has the anchor, in the same commit as
    /// the spends.
    pub anchor_box: Option<AnchorBox>,
    /// One certificate is made for each of these.
    pub orders: Vec<NetOrder>,
    /// The `c_nonce` and the DPoP proof: used once. If one conflicts, the host answers
    /// [`super::Accepted::conflict`].
    pub spends: Vec<Spend>,
}

impl fmt::Debug for NetAccepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetAccepted")
            .field("orders", &self.orders)
            .finish_non_exhaustive()
    }
}

impl NetAccepted {
    /// Answers with the certificates, in the order of the request (section 8.3). There is nothing to
    /// notify: what a wallet reports after receipt says when somebody looked.
    pub fn response(certificates: Vec<Value>) -> CredentialResponse {
        let wrapped = |credential| IssuedCredential { credential };
        CredentialResponse {
            credentials: Some(certificates.into_iter().map(wrapped).collect()),
            ..CredentialResponse::default()
        }
    }
}

/// One certificate to make: under which profile, and for which commitment.
#[derive(Clone, Debug)]
pub struct NetOrder {
    /// The profile of the epoch.
    pub profile: EpochProfile,
    /// The evidence that the commitment is to the anchor's secret.
    pub commitment: ProvenCommitment,
}

/// The current epoch and the next.
pub(super) const MAX_EPOCHS: usize = 2;
