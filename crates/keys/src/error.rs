/// Why a key was refused, or could not be used. No variant carries key material.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// The header or JWK names another algorithm than the key's.
    #[error("the algorithm named is not the key's")]
    AlgorithmMismatch,
    /// The bytes are not a key of the stated kind.
    #[error("the key is malformed")]
    Malformed,
    /// The header could not be written as JSON.
    #[error("the header cannot be written")]
    Unserializable,
    /// Another key type, curve or algorithm than Ed25519, P-256 and P-384.
    #[error("the key type or algorithm is not supported")]
    Unsupported,
    /// The key may not be used for signatures, or is one that anybody could sign for.
    #[error("the key is not fit for signatures")]
    Unusable,
}

/// The signature does not belong to this message and key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;
