use bbs::PublicKey as BbsPublicKey;
use did::DidUrl;
use keys::{Algorithm, KeyError, KeyKind, SigningKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// A private key of any kind that a mechanism takes.
#[derive(Debug)]
pub enum MechanismKey {
    /// A key of BBS signatures.
    Bbs(bbs::SecretKey),
    /// A key of ordinary signatures.
    Signing(SigningKey),
}

impl MechanismKey {
    /// Makes a fresh key.
    ///
    /// # Errors
    /// [`KeyError::Unusable`] for a kind that cannot sign.
    pub fn generate(kind: KeyKind, rng: &mut (impl CryptoRng + ?Sized)) -> Result<Self, KeyError> {
        match algorithm(kind) {
            Some(algorithm) => Ok(Self::Signing(SigningKey::generate(algorithm, rng))),
            None if kind == KeyKind::Bls12381G2 => bbs::SecretKey::generate(rng)
                .map(Self::Bbs)
                .map_err(|_| KeyError::Malformed),
            None => Err(KeyError::Unusable),
        }
    }

    /// Reads a private key: an Ed25519 seed, or a scalar, big-endian.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_secret(kind: KeyKind, secret: &[u8]) -> Result<Self, KeyError> {
        match algorithm(kind) {
            Some(algorithm) => SigningKey::from_secret(algorithm, secret).map(Self::Signing),
            None if kind == KeyKind::Bls12381G2 => {
                let scalar = secret.try_into().map_err(|_| KeyError::Malformed)?;
                bbs::SecretKey::from_bytes(scalar)
                    .map(Self::Bbs)
                    .map_err(|_| KeyError::Malformed)
            }
            None => Err(KeyError::Unusable),
        }
    }

    /// Reads `secretKeyMultibase` (Controlled Identifiers 1.0, section 2.2.3).
    ///
    /// # Errors
    /// [`KeyError::Malformed`] or [`KeyError::Unsupported`].
    pub fn from_secret_multikey(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix('z').ok_or(KeyError::Malformed)?;
        if digits.len() > LONGEST_SECRET {
            return Err(KeyError::Unsupported);
        }
        let bytes = bs58::decode(digits).into_vec().map(Zeroizing::new);
        let bytes = bytes.map_err(|_| KeyError::Malformed)?;
        let (code, secret) = bytes.split_first_chunk().ok_or(KeyError::Malformed)?;
        let (kind, _) = CODES
            .into_iter()
            .find(|(_, known)| known == code)
            .ok_or(KeyError::Unsupported)?;
        Self::from_secret(kind, secret)
    }

    /// Hands out what [`Self::from_secret_multikey`] reads.
    #[must_use]
    pub fn expose_secret_multikey(&self) -> Zeroizing<String> {
        let secret = match self {
            Self::Bbs(key) => Zeroizing::new(key.expose_secret().to_vec()),
            Self::Signing(key) => key.expose_secret(),
        };
        let kind = self.kind();
        let code = CODES.into_iter().find(|(known, _)| *known == kind);
        let code = code.map(|(_, code)| code).unwrap_or_default();
        let bytes = Zeroizing::new([code.as_slice(), &secret].concat());
        let digits = Zeroizing::new(bs58::encode(bytes.as_slice()).into_string());
        Zeroizing::new(format!("z{}", digits.as_str()))
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::Bbs(_) => KeyKind::Bls12381G2,
            Self::Signing(key) => kind_of(key.algorithm()),
        }
    }

    /// The public half (`publicKeyMultibase`).
    #[must_use]
    pub fn multikey(&self) -> String {
        match self {
            Self::Bbs(key) => bbs_multikey(key.public()),
            Self::Signing(key) => key.public().multikey(),
        }
    }

    /// The only verification method of the key's did:key.
    ///
    /// # Errors
    /// None in practice: every multikey makes a DID.
    pub fn verification_method(&self) -> Result<DidUrl, KeyError> {
        let multikey = self.multikey();
        DidUrl::parse(&format!("did:key:{multikey}#{multikey}")).map_err(|_| KeyError::Malformed)
    }
}

/// The kind of the keys that sign so.
pub(super) const fn kind_of(algorithm: Algorithm) -> KeyKind {
    match algorithm {
        Algorithm::EdDsa => KeyKind::Ed25519,
        Algorithm::Es256 => KeyKind::P256,
        Algorithm::Es384 => KeyKind::P384,
    }
}

const fn algorithm(kind: KeyKind) -> Option<Algorithm> {
    match kind {
        KeyKind::Ed25519 => Some(Algorithm::EdDsa),
        KeyKind::P256 => Some(Algorithm::Es256),
        KeyKind::P384 => Some(Algorithm::Es384),
        KeyKind::Bls12381G2 | KeyKind::X25519 => None,
    }
}

fn bbs_multikey(key: &BbsPublicKey) -> String {
    let bytes = [BBS_PUBLIC.as_slice(), &key.to_bytes()].concat();
    format!("z{}", bs58::encode(bytes).into_string())
}

/// The multicodecs of private keys, as varints.
const CODES: [(KeyKind, [u8; 2]); 4] = [
    (KeyKind::Bls12381G2, [0x8a, 0x26]),
    (KeyKind::Ed25519, [0x80, 0x26]),
    (KeyKind::P256, [0x86, 0x26]),
    (KeyKind::P384, [0x87, 0x26]),
];
/// The multicodec of a public key of BBS signatures.
const BBS_PUBLIC: [u8; 2] = [0xeb, 0x01];
/// Base58 costs the square of the length; 50 bytes need 69 digits.
const LONGEST_SECRET: usize = 80;
