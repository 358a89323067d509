use bbs::{CommitmentWithProof, DecodeError};
use keys::base64url;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::fields::Fields;
use crate::opening::Opening;
use crate::{
    Anchor, AnchorBox, AnchorOpening, EpochProfile, HolderSecret, NYMS, PROFILE, Prepared,
};

/// The session that an issuance is bound to: both sides know it without being told.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The profile under which the certificate is to be signed: issuer, epoch, key.
    pub profile: &'a EpochProfile,
    /// The Issuer's challenge (OpenID4VCI 1.0, section 7).
    pub c_nonce: &'a str,
    /// The thumbprint of the DPoP key that the access token is bound to (RFC 9449, section 6.1).
    pub dpop_jkt: &'a str,
}

/// What a Wallet sends to have one certificate issued: one element of `proofs.net_anchor`.
///
/// It was parsed and nothing more; [`Self::verify_first`] and [`Self::verify_renewal`] judge it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "IssuanceProofWire", into = "IssuanceProofWire")]
pub struct IssuanceProof {
    epoch: u64,
    anchor: Anchor,
    commitment: CommitmentWithProof,
    delta_proof: Opening,
    opening_proof: Option<Opening>,
    anchor_box: Option<AnchorBox>,
}

impl IssuanceProof {
    /// Proves for a first enrolment: the anchor is opened, and its sealed opening handed over.
    ///
    /// # Errors
    /// [`bbs::Error`] never in practice.
    pub fn prove_first(
        secret: &HolderSecret,
        opening: &AnchorOpening,
        anchor: &Anchor,
        prepared: &Prepared,
        binding: &Binding<'_>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, bbs::Error> {
        let mut proof = Self::prove_renewal(anchor, prepared, binding, rng)?;
        let session = session("first/opening", anchor, &prepared.commitment, binding);
        proof.opening_proof = Some(open(secret, opening, anchor, &session, rng)?);
        proof.anchor_box = Some(opening.seal(secret, anchor, rng));
        Ok(proof)
    }

    /// Proves for a renewal, without the secret: the fresh commitment differs from the anchor in
    /// its blinding alone.
    ///
    /// # Errors
    /// [`bbs::Error`] never in practice.
    pub fn prove_renewal(
        anchor: &Anchor,
        prepared: &Prepared,
        binding: &Binding<'_>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, bbs::Error> {
        let commitment = prepared.commitment.clone();
        let session = session("delta", anchor, &commitment, binding);
        let difference = commitment.commitment() - anchor.point();
        Ok(Self {
            epoch: binding.profile.epoch(),
            anchor: *anchor,
            delta_proof: Opening::prove(&[prepared.delta()], difference, &session, rng)?,
            commitment,
            opening_proof: None,
            anchor_box: None,
        })
    }

    /// Reads what a Wallet sent.
    ///
    /// # Errors
    /// [`IssuanceProofError`] names the member that cannot be read.
    pub fn from_wire(wire: &IssuanceProofWire) -> Result<Self, IssuanceProofError> {
        let anchor = Anchor::from_bytes(&read(&wire.anchor, Member::Anchor)?)
            .map_err(|error| malformed(Member::Anchor, error))?;
        let bytes = read(&wire.commitment, Member::Commitment)?;
        let commitment = CommitmentWithProof::from_bytes(&bytes)
            .map_err(|error| malformed(Member::Commitment, error))?;
        if commitment.committed() != NYMS {
            return Err(IssuanceProofError::Lengths);
        }
        let proof = |text: &str, member, secrets| {
            Opening::from_bytes(&read(text, member)?, secrets)
                .map_err(|error| malformed(member, error))
        };
        let opening_proof = wire
            .opening_proof
            .as_deref()
            .map(|text| proof(text, Member::OpeningProof, NYMS + 1))
            .transpose()?;
        let anchor_box = wire
            .anchor_box
            .as_deref()
            .map(|text| {
                AnchorBox::from_bytes(&read(text, Member::AnchorBox)?)
                    .map_err(|error| malformed(Member::AnchorBox, error))
            })
            .transpose()?;
        Ok(Self {
            epoch: wire.epoch,
            anchor,
            commitment,
            delta_proof: proof(&wire.delta_proof, Member::DeltaProof, 1)?,
            opening_proof,
            anchor_box,
        })
    }

    /// Writes the members.
    #[must_use]
    pub fn to_wire(&self) -> IssuanceProofWire {
        IssuanceProofWire {
            epoch: self.epoch,
            anchor: base64url::encode(self.anchor.to_bytes()),
            commitment: base64url::encode(self.commitment.to_bytes()),
            delta_proof: base64url::encode(self.delta_proof.to_bytes()),
            opening_proof: self
                .opening_proof
                .as_ref()
                .map(|proof| base64url::encode(proof.to_bytes())),
            anchor_box: self
                .anchor_box
                .map(|sealed| base64url::encode(sealed.to_bytes())),
        }
    }

    /// The epoch that the Wallet asks for, not yet verified.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The anchor that the Wallet names, not yet verified.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// Judges a first enrolment.
    ///
    /// Without the opening, who saw somebody's commitment could enrol it beside a document of
    /// their own, and lock its owner out.
    ///
    /// # Errors
    /// [`IssuanceProofError`].
    pub fn verify_first(
        &self,
        binding: &Binding<'_>,
    ) -> Result<(ProvenCommitment, AnchorBox), IssuanceProofError> {
        let (Some(proof), Some(sealed)) = (&self.opening_proof, self.anchor_box) else {
            return Err(IssuanceProofError::NotFirst);
        };
        let proven = self.verify_delta(binding)?;
        let session = session("first/opening", &self.anchor, &self.commitment, binding);
        match proof.holds(NYMS + 1, self.anchor.point(), &session)? {
            true => Ok((proven, sealed)),
            false => Err(IssuanceProofError::Opening),
        }
    }

    /// Judges a renewal, or any later issuance, for the row with this anchor.
    ///
    /// # Errors
    /// [`IssuanceProofError`].
    pub fn verify_renewal(
        &self,
        stored: &Anchor,
        binding: &Binding<'_>,
    ) -> Result<ProvenCommitment, IssuanceProofError> {
        if self.opening_proof.is_some() || self.anchor_box.is_some() {
            return Err(IssuanceProofError::NotRenewal);
        }
        if self.anchor != *stored {
            return Err(IssuanceProofError::AnotherAnchor);
        }
        self.verify_delta(binding)
    }

    fn verify_delta(&self, binding: &Binding<'_>) -> Result<ProvenCommitment, IssuanceProofError> {
        if self.epoch != binding.profile.epoch() {
            return Err(IssuanceProofError::Epoch);
        }
        let session = session("delta", &self.anchor, &self.commitment, binding);
        let difference = self.commitment.commitment() - self.anchor.point();
        match self.delta_proof.holds(1, difference, &session)? {
            true => Ok(ProvenCommitment {
                anchor: self.anchor,
                commitment: self.commitment.clone(),
                profile_hash: binding.profile.hash(),
            }),
            false => Err(IssuanceProofError::Delta),
        }
    }
}

/// Evidence: in this session somebody proved that the commitment is to the anchor's secret.
///
/// The commitment's own proof is judged when signing.
#[derive(Clone, Debug)]
pub struct ProvenCommitment {
    pub(crate) anchor: Anchor,
    pub(crate) commitment: CommitmentWithProof,
    pub(crate) profile_hash: [u8; 32],
}

impl ProvenCommitment {
    /// The anchor.
    #[must_use]
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }
}

/// The members of an [`IssuanceProof`]; bytes in base64url.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IssuanceProofWire {
    /// The epoch.
    pub epoch: u64,
    /// `C0`, 48 bytes.
    pub anchor: String,
    /// `commitment_with_proof` of `C1`, 624 bytes.
    pub commitment: String,
    /// The proof of `delta`, 64 bytes.
    pub delta_proof: String,
    /// The opening of `C0`, 576 bytes; at a first enrolment only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_proof: Option<String>,
    /// The sealed blinding of `C0`, 77 bytes; at a first enrolment only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor_box: Option<String>,
}

/// A member of an [`IssuanceProof`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Member {
    /// `anchor`.
    Anchor,
    /// `anchor_box`.
    AnchorBox,
    /// `commitment`.
    Commitment,
    /// `delta_proof`.
    DeltaProof,
    /// `opening_proof`.
    OpeningProof,
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Anchor => "anchor",
            Self::AnchorBox => "anchor_box",
            Self::Commitment => "commitment",
            Self::DeltaProof => "delta_proof",
            Self::OpeningProof => "opening_proof",
        })
    }
}

/// Why nothing is issued. The Wallet is at fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssuanceProofError {
    /// The row has another anchor: this is another secret, whose numbers would be others.
    #[error("the proof is for another nym anchor than the enrolled one")]
    AnotherAnchor,
    /// A member is not base64url.
    #[error("{0} is not base64url")]
    Base64(Member),
    /// A computation failed; no honest run does.
    #[error(transparent)]
    Bbs(#[from] bbs::Error),
    /// The commitment is not shown to be to the anchor's secret, in this session.
    #[error("the commitment is not proven to be to the nym anchor's secret")]
    Delta,
    /// The proof is for another epoch.
    #[error("the proof is for another epoch")]
    Epoch,
    /// The commitment is to more or fewer scalars than the profile has.
    #[error("the commitment is not to as many scalars as the profile has")]
    Lengths,
    /// A member is too long or short, or no point or scalar of the group.
    #[error("{0} cannot be read: {1}")]
    Malformed(Member, DecodeError),
    /// A first enrolment has to open the anchor and hand over its box.
    #[error("a first enrolment has to open the nym anchor")]
    NotFirst,
    /// A renewal has nothing to open.
    #[error("a renewal does not open the nym anchor")]
    NotRenewal,
    /// The anchor is not shown to be the Wallet's own, in this session.
    #[error("the nym anchor is not proven to be the wallet's own")]
    Opening,
}

impl TryFrom<IssuanceProofWire> for IssuanceProof {
    type Error = IssuanceProofError;

    fn try_from(wire: IssuanceProofWire) -> Result<Self, IssuanceProofError> {
        Self::from_wire(&wire)
    }
}

impl From<IssuanceProof> for IssuanceProofWire {
    fn from(proof: IssuanceProof) -> Self {
        proof.to_wire()
    }
}

/// All that the challenge hashes beside the points of the proof itself.
fn session(
    label: &str,
    anchor: &Anchor,
    commitment: &CommitmentWithProof,
    binding: &Binding<'_>,
) -> Vec<u8> {
    let length = u64::try_from(NYMS).unwrap_or(u64::MAX);
    Fields::new(label)
        .string(PROFILE)
        .string(binding.profile.issuer())
        .number(binding.profile.epoch())
        .bytes(&binding.profile.hash())
        .string(binding.c_nonce)
        .string(binding.dpop_jkt)
        .number(length)
        .number(length)
        .bytes(&anchor.to_bytes())
        .bytes(&commitment.to_bytes())
        .finish()
}

/// Proves knowledge of the anchor's blinding and of all its scalars.
pub(crate) fn open(
    secret: &HolderSecret,
    opening: &AnchorOpening,
    anchor: &Anchor,
    session: &[u8],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Opening, bbs::Error> {
    let nyms = secret.nyms().expose_secret();
    let mut secrets = zeroize::Zeroizing::new(Vec::with_capacity(nyms.len() + 1));
    secrets.push(opening.scalar());
    secrets.extend_from_slice(nyms);
    Opening::prove(&secrets, anchor.point(), session, rng)
}

pub(crate) fn read(text: &str, member: Member) -> Result<Vec<u8>, IssuanceProofError> {
    base64url::decode(text).map_err(|_| IssuanceProofError::Base64(member))
}

pub(crate) fn malformed(member: Member, error: DecodeError) -> IssuanceProofError {
    IssuanceProofError::Malformed(member, error)
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use keys::seed::Seed;
    use rand_core::UnwrapErr;
    use zeroize::Zeroizing;

    use super::*;
    use crate::{EpochKey, IssueError, Schedule, Slots, issue};

    /// Were the door to forget its lengths, the signer would still not: a zero more in the
    /// commitment leaves the point, hence the difference, as it was.
    #[test]
    fn the_signer_counts_for_itself() {
        let rng = &mut UnwrapErr(SysRng);
        let key = EpochKey::generate(rng).unwrap();
        let issuer = "did:web:issuer.example";
        let profile = EpochProfile::new(issuer, Schedule::weekly(), 1, "+00:00", &key).unwrap();
        let secret = HolderSecret::derive(&Seed::generate(rng), issuer, 0);
        let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
        let binding = Binding {
            profile: &profile,
            c_nonce: "n",
            dpop_jkt: "j",
        };
        for count in [15, 17, 18] {
            let zeros = [bbs::Scalar::ZERO; 2];
            let nyms = secret.nyms().expose_secret().iter().chain(&zeros);
            let nyms = Zeroizing::new(nyms.copied().take(count).collect());
            let nyms = bbs::ProverNyms::new(nyms).unwrap();
            let (commitment, blind) = bbs::nym_commit(&[[0; 0]; 0], &nyms, rng).unwrap();
            let delta = *blind.expose_secret() - opening.scalar();
            let prepared = Prepared::unchecked(commitment, delta);
            let proof = IssuanceProof::prove_renewal(&anchor, &prepared, &binding, rng).unwrap();
            match proof.verify_renewal(&anchor, &binding) {
                Ok(proven) => {
                    assert!(count > NYMS);
                    let slots = Slots::new([]).unwrap();
                    assert_eq!(
                        issue(&key, &profile, &slots, &proven),
                        Err(IssueError::Commitment)
                    );
                }
                Err(error) => {
                    assert!(count < NYMS);
                    assert_eq!(error, IssuanceProofError::Delta);
                }
            }
        }
    }
}
