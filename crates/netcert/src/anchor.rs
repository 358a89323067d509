use std::fmt;

use bbs::{CommitmentWithProof, DecodeError, POINT_LENGTH, Point, ProverBlind, Scalar, nym_commit};
use keys::base64url;
use keys::seed::Seed;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::secret::box_key;
use crate::{HolderSecret, NYMS, PROFILE};

/// The Nym Anchor `C0`: the first, perfectly hiding commitment to the Holder's secret.
///
/// The Issuer keeps it beside the document's tags. It says nothing about the secret, and every
/// later issuance has to be for the same one.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Anchor {
    bytes: [u8; POINT_LENGTH],
    point: Point,
}

impl Anchor {
    /// Reads an anchor.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes = bytes.try_into().map_err(|_| DecodeError::Length)?;
        let point = Point::from_bytes(&bytes)?;
        Ok(Self { bytes, point })
    }

    /// Writes the anchor: 48 bytes, of which there is one form.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; POINT_LENGTH] {
        self.bytes
    }

    /// `signer_nym_entropy`: what the signer adds to the last scalar.
    ///
    /// It is a function of the anchor. Were it the Issuer's choice, two choices `e` and `e'` would
    /// shift every pseudonym by `OP * (e - e') * z^15`, which the Issuer and a Platform can look
    /// for: so nobody stores or sends it, and the Wallet computes its own.
    #[must_use]
    pub fn entropy(&self) -> Scalar {
        let message = [PROFILE.as_bytes(), &self.bytes].concat();
        let dst = [PROFILE.as_bytes(), b"_SIGNER_NYM_ENTROPY_"].concat();
        Scalar::hash(&message, &dst)
    }

    pub(crate) fn point(&self) -> Point {
        self.point
    }

    pub(crate) fn of(point: Point) -> Self {
        Self {
            bytes: point.to_bytes(),
            point,
        }
    }
}

impl fmt::Debug for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anchor({})", base64url::encode(self.bytes))
    }
}

/// What opens the anchor, beside the secret: its blinding. The Wallet keeps it.
pub struct AnchorOpening(ProverBlind);

impl AnchorOpening {
    /// Makes the anchor of a secret, once for each uniqueness domain and generation.
    ///
    /// # Errors
    /// [`bbs::Error`] never in practice.
    pub fn create(
        secret: &HolderSecret,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(Anchor, Self), bbs::Error> {
        let (commitment, blind) = commit(secret, rng)?;
        Ok((Anchor::of(commitment.commitment()), Self(blind)))
    }

    /// Reads what [`Self::expose_secret`] handed out.
    ///
    /// # Errors
    /// [`DecodeError::Scalar`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        Scalar::from_bytes(bytes).map(|scalar| Self(ProverBlind::new(scalar)))
    }

    /// Hands out the blinding.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.scalar().to_bytes())
    }

    /// Seals the opening under a key from the seed, for the Issuer to keep beside the anchor and
    /// to hand back to a Wallet that was restored from its words.
    #[must_use]
    pub fn seal(
        &self,
        secret: &HolderSecret,
        anchor: &Anchor,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> AnchorBox {
        let mut content = Zeroizing::new([0; CONTENT_LENGTH]);
        let generation = secret.generation().to_be_bytes();
        let opening = self.expose_secret();
        for (to, from) in content
            .iter_mut()
            .zip(generation.iter().chain(opening.iter()))
        {
            *to = *from;
        }
        let sealed = secret
            .box_key()
            .seal(&box_context(anchor), content.as_slice(), rng);
        let mut bytes = [0; AnchorBox::LENGTH];
        for (to, from) in bytes.iter_mut().zip(sealed) {
            *to = from;
        }
        AnchorBox(bytes)
    }

    /// Whether the secret and this blinding open the anchor.
    #[must_use]
    pub fn opens(&self, secret: &HolderSecret, anchor: &Anchor) -> bool {
        let nyms = secret.nyms().expose_secret();
        let mut scalars = Zeroizing::new(Vec::with_capacity(nyms.len() + 1));
        scalars.push(self.scalar());
        scalars.extend_from_slice(nyms);
        bbs::nym_commitment(&scalars).is_ok_and(|opened| opened == anchor.point())
    }

    pub(crate) fn scalar(&self) -> Scalar {
        *self.0.expose_secret()
    }
}

impl fmt::Debug for AnchorOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnchorOpening([REDACTED])")
    }
}

/// A sealed opening of the anchor: always of the same length, and of use to nobody without the
/// seed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AnchorBox([u8; Self::LENGTH]);

impl AnchorBox {
    /// The length in bytes.
    pub const LENGTH: usize = CONTENT_LENGTH + 41;

    /// Takes the bytes.
    ///
    /// # Errors
    /// [`DecodeError::Length`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        bytes.try_into().map(Self).map_err(|_| DecodeError::Length)
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LENGTH] {
        self.0
    }

    /// Opens the box with the seed, and checks that the secret and the blinding in it open the
    /// anchor: so an Issuer cannot hand out another one.
    ///
    /// # Errors
    /// [`AnchorBoxError`].
    pub fn open(
        &self,
        seed: &Seed,
        domain: &str,
        anchor: &Anchor,
    ) -> Result<(HolderSecret, AnchorOpening), AnchorBoxError> {
        let content = box_key(seed, domain)
            .open(&box_context(anchor), &self.0)
            .map_err(|_| AnchorBoxError)?;
        let Some((generation, opening)) = content.split_first_chunk::<4>() else {
            return Err(AnchorBoxError);
        };
        let opening = opening.try_into().map_err(|_| AnchorBoxError)?;
        let opening = AnchorOpening::from_bytes(opening).map_err(|_| AnchorBoxError)?;
        let secret = HolderSecret::derive(seed, domain, u32::from_be_bytes(*generation));
        match opening.opens(&secret, anchor) {
            true => Ok((secret, opening)),
            false => Err(AnchorBoxError),
        }
    }
}

/// The box was not made with this seed for this anchor, or was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the anchor box does not open with this wallet's words")]
pub struct AnchorBoxError;

/// What one issuance needs, made beforehand: a fresh commitment `C1` to the same secret, its
/// proof, and `delta` with `C1 - C0 = delta * Q_2`.
///
/// It works without the secret, so a renewal can run while the wallet is locked. Alone it gives
/// nobody a certificate that they could show; with the Renewal Ticket and its key it can fetch
/// one, so it is kept as they are.
pub struct Prepared {
    pub(crate) commitment: CommitmentWithProof,
    delta: Zeroizing<Scalar>,
}

impl Prepared {
    /// Makes a fresh commitment. Each serves one issuance.
    ///
    /// # Errors
    /// [`bbs::Error`] never in practice.
    pub fn create(
        secret: &HolderSecret,
        opening: &AnchorOpening,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, bbs::Error> {
        let (commitment, blind) = commit(secret, rng)?;
        Ok(Self {
            commitment,
            delta: Zeroizing::new(*blind.expose_secret() - opening.scalar()),
        })
    }

    /// Reads what [`Self::expose_secret`] handed out.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (delta, commitment) = bytes.split_first_chunk().ok_or(DecodeError::Length)?;
        let delta = Zeroizing::new(Scalar::from_bytes(delta)?);
        let commitment = CommitmentWithProof::from_bytes(commitment)?;
        if commitment.committed() != NYMS {
            return Err(DecodeError::Length);
        }
        Ok(Self { commitment, delta })
    }

    /// Hands out `delta`, the commitment and its proof.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<Vec<u8>> {
        let commitment = self.commitment.to_bytes();
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 + commitment.len()));
        bytes.extend_from_slice(Zeroizing::new(self.delta.to_bytes()).as_slice());
        bytes.extend_from_slice(&commitment);
        bytes
    }

    pub(crate) fn delta(&self) -> Scalar {
        *self.delta
    }

    /// What a cheating Wallet would make.
    #[cfg(test)]
    pub(crate) fn unchecked(commitment: CommitmentWithProof, delta: Scalar) -> Self {
        Self {
            commitment,
            delta: Zeroizing::new(delta),
        }
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared([REDACTED])")
    }
}

impl Serialize for Anchor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(self.bytes))
    }
}

impl<'de> Deserialize<'de> for Anchor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer).and_then(|bytes: [u8; POINT_LENGTH]| {
            Self::from_bytes(&bytes).map_err(serde::de::Error::custom)
        })
    }
}

impl Serialize for AnchorBox {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for AnchorBox {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer).map(Self)
    }
}

fn read_text<'de, const N: usize, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
    base64url::decode_array(&text).map_err(serde::de::Error::custom)
}

fn commit(
    secret: &HolderSecret,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<(CommitmentWithProof, ProverBlind), bbs::Error> {
    nym_commit(&[[]; 0], secret.nyms(), rng)
}

fn box_context(anchor: &Anchor) -> Vec<u8> {
    [PROFILE.as_bytes(), b"/anchor-box", &anchor.bytes].concat()
}

/// Generation and blinding.
const CONTENT_LENGTH: usize = 36;
