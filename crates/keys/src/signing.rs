use std::fmt;

use ed25519_dalek::Signer as _;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::nist::{Curve, Scalar};
use crate::{Algorithm, KeyError, PublicKey};

/// A private key. It is wiped when dropped, and `Debug` shows the public half only.
pub struct SigningKey {
    material: Material,
    public: PublicKey,
}

impl SigningKey {
    /// Makes a fresh key.
    #[must_use]
    pub fn generate(algorithm: Algorithm, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut secret = Zeroizing::new(vec![0; algorithm.secret_length()]);
        loop {
            rng.fill_bytes(secret.as_mut_slice());
            // One P-256 candidate in 2^32 is refused; an Ed25519 seed never is.
            if let Ok(key) = Self::from_secret(algorithm, &secret) {
                return key;
            }
        }
    }

    /// Reads the private key: an Ed25519 seed (RFC 8032), or a scalar of P-256 or P-384, big-endian.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for another length than [`Algorithm::secret_length`], and for a
    /// scalar that is zero or not below the group order.
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::EdDsa => {
                let key = Box::new(ed25519_dalek::SigningKey::from_bytes(
                    secret.try_into().map_err(|_| KeyError::Malformed)?,
                ));
                let public = PublicKey::ed25519(key.verifying_key().as_bytes())?;
                Ok(Self {
                    material: Material::Ed25519(key),
                    public,
                })
            }
            Algorithm::Es256 => Self::ecdsa(Curve::P256, secret),
            Algorithm::Es384 => Self::ecdsa(Curve::P384, secret),
        }
    }

    /// Signs a message: Ed25519, or ECDSA in the fixed form `r || s`.
    ///
    /// # Errors
    /// [`KeyError::Unusable`] if the engine refuses, which a sound key never causes.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.material {
            Material::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Material::Ecdsa(scalar) => scalar.sign(message),
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The only algorithm that the key signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// Hands out what [`Self::from_secret`] reads.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<Vec<u8>> {
        match &self.material {
            Material::Ed25519(key) => Zeroizing::new(key.as_bytes().to_vec()),
            Material::Ecdsa(scalar) => Zeroizing::new(scalar.expose().to_vec()),
        }
    }

    fn ecdsa(curve: Curve, secret: &[u8]) -> Result<Self, KeyError> {
        let scalar = Scalar::from_bytes(curve, secret)?;
        let public = PublicKey::ecdsa(scalar.point()?);
        Ok(Self {
            material: Material::Ecdsa(scalar),
            public,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

enum Material {
    Ecdsa(Scalar),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}
