use keys::base64url;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::fields::Fields;
use crate::issuance::{malformed, open, read};
use crate::opening::Opening;
use crate::{Anchor, AnchorOpening, HolderSecret, IssuanceProofError, Member, NYMS, PROFILE};

/// The session in which a restored Wallet proves whose anchor a row has.
#[derive(Clone, Copy, Debug)]
pub struct TokenSession<'a> {
    /// The Issuer.
    pub issuer: &'a str,
    /// The Issuer's challenge.
    pub c_nonce: &'a str,
    /// The thumbprint of the new DPoP key, to which the Renewal Ticket shall be bound.
    pub dpop_jkt: &'a str,
}

/// A proof that the anchor's owner wants a new DPoP key: the way back for a Wallet that was
/// restored, whose old key is gone. In base64url on the wire (`net_anchor_proof`).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenBinding(Opening);

impl TokenBinding {
    /// Proves.
    ///
    /// # Errors
    /// [`bbs::Error`] never in practice.
    pub fn prove(
        secret: &HolderSecret,
        opening: &AnchorOpening,
        anchor: &Anchor,
        session: &TokenSession<'_>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, bbs::Error> {
        open(secret, opening, anchor, &session.bytes(anchor), rng).map(Self)
    }

    /// Judges, for the row with this anchor.
    ///
    /// # Errors
    /// [`IssuanceProofError::Opening`].
    pub fn verify(
        &self,
        stored: &Anchor,
        session: &TokenSession<'_>,
    ) -> Result<(), IssuanceProofError> {
        let session = session.bytes(stored);
        match self.0.holds(NYMS + 1, stored.point(), &session)? {
            true => Ok(()),
            false => Err(IssuanceProofError::Opening),
        }
    }
}

impl TryFrom<String> for TokenBinding {
    type Error = IssuanceProofError;

    fn try_from(text: String) -> Result<Self, IssuanceProofError> {
        Opening::from_bytes(&read(&text, Member::OpeningProof)?, NYMS + 1)
            .map(Self)
            .map_err(|error| malformed(Member::OpeningProof, error))
    }
}

impl From<TokenBinding> for String {
    fn from(binding: TokenBinding) -> Self {
        base64url::encode(binding.0.to_bytes())
    }
}

impl TokenSession<'_> {
    fn bytes(&self, anchor: &Anchor) -> Vec<u8> {
        Fields::new("token/opening")
            .string(PROFILE)
            .string(self.issuer)
            .string(self.c_nonce)
            .string(self.dpop_jkt)
            .bytes(&anchor.to_bytes())
            .finish()
    }
}
