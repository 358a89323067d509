use std::borrow::Cow;

use jiff::Timestamp;
use keys::jws::{self, UnverifiedJws};
use keys::{KeyError, NamedKey, PublicKey, base64url, sha256};
use serde::{Deserialize, Serialize};
use strict_json::Limits;

use crate::error::{PeerFault, VerificationError};
use crate::presentation::Challenge;
use crate::registered::check_freshness;

/// Signs a Key Binding JWT over everything up to and including the last tilde
/// (RFC 9901, section 4.3).
pub(super) fn sign(
    presented: &str,
    challenge: &Challenge,
    signer: NamedKey<'_>,
    now: Timestamp,
) -> Result<String, KeyError> {
    let header = Header {
        alg: signer.alg(),
        typ: TYPE,
    };
    let claims = Claims {
        aud: challenge.audience.as_str().into(),
        exp: None,
        iat: now.as_second(),
        nbf: None,
        nonce: challenge.nonce.as_str().into(),
        sd_hash: base64url::encode(sha256(presented.as_bytes())).into(),
    };
    let payload = serde_json::to_vec(&claims).map_err(|_| KeyError::Unserializable)?;
    jws::sign(&header, &payload, signer.key())
}

/// Checks a Key Binding JWT (RFC 9901, section 7.3) over what has this hash.
pub(super) fn verify(
    key_binding: UnverifiedJws,
    presented: &[u8; 32],
    holder: &PublicKey,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<(), VerificationError> {
    let verified = key_binding.verify(holder, &[TYPE])?;
    let claims: Claims<'_> = strict_json::from_slice(verified.payload(), Limits::default())?;
    if claims.aud != challenge.audience {
        return Err(PeerFault::Audience.into());
    }
    if claims.nonce != challenge.nonce {
        return Err(PeerFault::Nonce.into());
    }
    check_freshness(claims.iat, claims.nbf, claims.exp, now)?;
    if base64url::decode_array(&claims.sd_hash).as_ref() != Ok(presented) {
        return Err(PeerFault::SdHash.into());
    }
    Ok(())
}

#[derive(Serialize)]
struct Header {
    alg: &'static str,
    typ: &'static str,
}

#[derive(Deserialize, Serialize)]
struct Claims<'t> {
    #[serde(borrow)]
    aud: Cow<'t, str>,
    #[serde(skip_serializing)]
    exp: Option<i64>,
    iat: i64,
    #[serde(skip_serializing)]
    nbf: Option<i64>,
    #[serde(borrow)]
    nonce: Cow<'t, str>,
    #[serde(borrow)]
    sd_hash: Cow<'t, str>,
}

const TYPE: &str = "kb+jwt";
