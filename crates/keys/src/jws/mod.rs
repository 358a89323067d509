//! JSON Web Signatures in compact form (RFC 7515), with the restraint of RFC 8725.
//!
//! A header is trusted with nothing: the algorithm belongs to the key, extensions named in `crit`
//! are refused because none is implemented, and whoever verifies says which `typ` they expect.

use serde::{Deserialize, Serialize};

pub use self::header::Header;
pub use self::unverified::{UnverifiedJws, VerifiedJws};
use crate::{Algorithm, KeyError, SigningKey, base64url};

mod header;
mod unverified;

/// Signs a payload under a header that names the key's algorithm.
///
/// # Errors
/// [`KeyError::AlgorithmMismatch`] if `alg` is missing or another one,
/// [`KeyError::Unserializable`] if the header is not a JSON object.
pub fn sign(header: &impl Serialize, payload: &[u8], key: &SigningKey) -> Result<String, KeyError> {
    let header = serde_json::to_vec(header).map_err(|_| KeyError::Unserializable)?;
    let Named { alg } = serde_json::from_slice(&header).map_err(|_| KeyError::AlgorithmMismatch)?;
    if alg != key.algorithm() {
        return Err(KeyError::AlgorithmMismatch);
    }
    let mut jws = base64url::encode(&header);
    jws.push('.');
    jws.push_str(&base64url::encode(payload));
    let signature = key.sign(jws.as_bytes())?;
    jws.push('.');
    jws.push_str(&base64url::encode(signature));
    Ok(jws)
}

/// Why a JWS was refused. Its sender is to blame, whatever the variant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum JwsError {
    /// The header names another algorithm than the key's.
    #[error("the JWS names another algorithm than the key's")]
    AlgorithmMismatch,
    /// The header names an algorithm that is not spoken here: `none` and keyed hashes among them.
    #[error("the JWS names an algorithm that is not supported")]
    AlgorithmUnsupported,
    /// The header demands an extension (`crit`, `b64`).
    #[error("the JWS demands an extension that is not supported")]
    Critical,
    /// The header is not a JSON object as RFC 7515, section 4, describes it.
    #[error("the JWS header is malformed")]
    Header,
    /// Not three parts of canonical base64url.
    #[error("the JWS is malformed")]
    Malformed,
    /// The signature does not verify.
    #[error("the JWS signature does not verify")]
    Signature,
    /// Longer than the limit.
    #[error("the JWS is too large")]
    Size,
    /// `typ` is not one of those expected.
    #[error("the JWS is of another type than expected")]
    Type,
}

#[derive(Deserialize)]
struct Named {
    alg: Algorithm,
}
