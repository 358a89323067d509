//! Keys of signers: KeyGen and SkToPk (BBS draft, section 3.4).

use std::fmt;
use std::sync::OnceLock;

use blstrs::{Bls12, G1Affine, G2Affine, G2Prepared, G2Projective};
use pairing::group::Group as _;
use pairing::group::prime::PrimeCurveAffine as _;
use pairing::{MillerLoopResult as _, MultiMillerLoop as _};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::scalar::SCALAR_LENGTH;
use crate::suite::{API_ID, hash_to_scalar};
use crate::{DecodeError, Error, Scalar};

/// The octets of a compressed public key.
pub const PUBLIC_KEY_LENGTH: usize = 96;

/// A signer's secret key, with the public key that belongs to it.
pub struct SecretKey {
    scalar: Zeroizing<Scalar>,
    public: PublicKey,
}

impl SecretKey {
    /// Makes a fresh key from 32 random octets (KeyGen).
    ///
    /// # Errors
    /// None in practice: [`Error::Degenerate`] when the key would be zero.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Result<Self, Error> {
        let mut material = Zeroizing::new([0; 32]);
        rng.fill_bytes(material.as_mut());
        Self::key_gen(material.as_slice(), b"")
    }

    /// Derives a key from secret, uniform key material and public key information (KeyGen).
    ///
    /// # Errors
    /// [`Error::KeyMaterial`] below 32 octets of material or above 65,535 of information.
    pub fn key_gen(key_material: &[u8], key_info: &[u8]) -> Result<Self, Error> {
        let length = u16::try_from(key_info.len()).map_err(|_| Error::KeyMaterial)?;
        if key_material.len() < 32 {
            return Err(Error::KeyMaterial);
        }
        let input = Zeroizing::new([key_material, &length.to_be_bytes(), key_info].concat());
        let scalar = Zeroizing::new(hash_to_scalar(&input, API_ID, b"KEYGEN_DST_"));
        Self::from_bytes(&Zeroizing::new(scalar.to_bytes())).map_err(|_| Error::Degenerate)
    }

    /// Reads a key.
    ///
    /// # Errors
    /// [`DecodeError::Scalar`].
    pub fn from_bytes(bytes: &[u8; SCALAR_LENGTH]) -> Result<Self, DecodeError> {
        let scalar = Zeroizing::new(Scalar::from_bytes(bytes)?);
        let point = G2Affine::from(G2Projective::generator() * scalar.0);
        Ok(Self {
            scalar,
            public: PublicKey::new(point),
        })
    }

    /// Hands out what [`Self::from_bytes`] reads.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<[u8; SCALAR_LENGTH]> {
        Zeroizing::new(self.scalar.to_bytes())
    }

    /// The public key (SkToPk).
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn scalar(&self) -> &Scalar {
        &self.scalar
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey([REDACTED])")
    }
}

/// A signer's public key, prepared for pairings.
#[derive(Clone)]
pub struct PublicKey {
    encoded: [u8; PUBLIC_KEY_LENGTH],
    prepared: G2Prepared,
}

impl PublicKey {
    /// Reads a key (`octets_to_pubkey`): canonical, on the curve, in the subgroup, and not the
    /// identity.
    ///
    /// # Errors
    /// [`DecodeError::Identity`], [`DecodeError::Length`] or [`DecodeError::Point`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes = bytes.try_into().map_err(|_| DecodeError::Length)?;
        let point =
            Option::<G2Affine>::from(G2Affine::from_compressed(bytes)).ok_or(DecodeError::Point)?;
        if point.is_identity().into() {
            return Err(DecodeError::Identity);
        }
        Ok(Self::new(point))
    }

    /// Writes the key, compressed.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PUBLIC_KEY_LENGTH] {
        self.encoded
    }

    fn new(point: G2Affine) -> Self {
        Self {
            encoded: point.to_compressed(),
            prepared: point.into(),
        }
    }

    pub(crate) fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// Tells whether `e(left, W) * e(right, -BP2)` is the identity.
    pub(crate) fn pairs(&self, left: &G1Affine, right: &G1Affine) -> bool {
        pair(&[(left, self)], right)
    }
}

/// Tells whether the product of all `e(left, W)`, and of `e(right, -BP2)`, is the identity.
pub(crate) fn pair(left: &[(&G1Affine, &PublicKey)], right: &G1Affine) -> bool {
    static NEGATIVE_BP2: OnceLock<G2Prepared> = OnceLock::new();
    let negative_bp2 = NEGATIVE_BP2.get_or_init(|| (-G2Affine::generator()).into());
    let mut terms: Vec<_> = left
        .iter()
        .map(|(point, key)| (*point, &key.prepared))
        .collect();
    terms.push((right, negative_bp2));
    Bls12::multi_miller_loop(&terms)
        .final_exponentiation()
        .is_identity()
        .into()
}

impl Eq for PublicKey {}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.encoded == other.encoded
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PublicKey(")?;
        for byte in self.encoded {
            write!(formatter, "{byte:02x}")?;
        }
        formatter.write_str(")")
    }
}
