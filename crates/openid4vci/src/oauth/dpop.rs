//! Proof of possession of the key to which a token is bound (RFC 9449).

use http::{HeaderMap, Method};
use jiff::{SignedDuration, Timestamp};
use keys::token::BearerToken;
use keys::{Jwk, KeyError, NamedKey, PublicKey, base64url, jws, sha256};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use strict_json::Limits;
use url::Url;

use super::{CLOCK_LEEWAY, NumericDate, Spend, recent};

/// A verified DPoP proof: evidence that the sender holds the key with this thumbprint.
#[derive(Debug)]
pub struct DpopProof {
    thumbprint: String,
    spend: Spend,
}

impl DpopProof {
    /// Verifies the proof in the header fields of a request (RFC 9449, section 4.3).
    ///
    /// `url` is the address under which the service is known, never one from the request: a proxy
    /// in between would otherwise decide what a proof is good for.
    ///
    /// # Errors
    /// A [`DpopError`] names the first check that failed.
    pub fn verify(
        headers: &HeaderMap,
        method: &Method,
        url: &Url,
        access_token: Option<&BearerToken>,
        now: Timestamp,
    ) -> Result<Self, DpopError> {
        let mut fields = headers.get_all(FIELD).iter();
        let proof = fields.next().ok_or(DpopError::Missing)?;
        if fields.next().is_some() {
            return Err(DpopError::Repeated);
        }
        let proof = proof.to_str().map_err(|_| DpopError::Malformed)?;
        let proof =
            jws::UnverifiedJws::parse(proof, MAX_PROOF).map_err(|_| DpopError::Malformed)?;
        let key = proof.header().jwk.as_ref().ok_or(DpopError::Key)?;
        let key = PublicKey::from_jwk(key).map_err(|_| DpopError::Key)?;
        let proof = proof
            .verify(&key, &[TYP])
            .map_err(|_| DpopError::Signature)?;
        let claims: Claims = strict_json::from_slice(proof.payload(), Limits::bytes(MAX_PROOF))
            .map_err(|_| DpopError::Malformed)?;
        claims.judge(method, url, access_token, now)?;
        let thumbprint = key.thumbprint();
        let digest = sha256(format!("{thumbprint} {}", claims.jti).as_bytes());
        let spend = Spend::new(SPEND_KIND, digest, claims.iat.0 + MAX_AGE + CLOCK_LEEWAY);
        Ok(Self { thumbprint, spend })
    }

    /// The key's thumbprint (RFC 7638), called `jkt` in a token.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The proof's own identity: to be written once.
    pub fn spend(&self) -> &Spend {
        &self.spend
    }
}

/// Makes the value of a `DPoP` header field (RFC 9449, section 4.2).
///
/// # Errors
/// [`KeyError`] if the key cannot sign.
pub fn prove<'k>(
    key: impl Into<NamedKey<'k>>,
    method: &Method,
    url: &Url,
    access_token: Option<&BearerToken>,
    nonce: Option<&str>,
    now: Timestamp,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<String, KeyError> {
    let key = key.into();
    let header = Header {
        typ: TYP,
        alg: key.alg(),
        jwk: key.public().jwk(),
    };
    let claims = Claims {
        jti: BearerToken::generate(rng).expose().to_owned(),
        htm: method.as_str().to_owned(),
        htu: without_query(url).into(),
        iat: NumericDate(now),
        ath: access_token.map(hash),
        nonce: nonce.map(str::to_owned),
    };
    let claims = serde_json::to_vec(&claims).map_err(|_| KeyError::Unserializable)?;
    jws::sign(&header, &claims, key.key())
}

/// Why a DPoP proof is not believed. The sender must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DpopError {
    /// The proof is for another access token.
    #[error("the DPoP proof is for another access token")]
    AccessToken,
    /// The proof names no usable public key.
    #[error("the DPoP proof has no usable public key")]
    Key,
    /// The proof is not a JWT with the required claims.
    #[error("the DPoP proof is malformed")]
    Malformed,
    /// The proof is for another method.
    #[error("the DPoP proof is for another HTTP method")]
    Method,
    /// There is no proof.
    #[error("the DPoP proof is missing")]
    Missing,
    /// There is more than one proof.
    #[error("there is more than one DPoP proof")]
    Repeated,
    /// The signature or the type of the JWT is wrong.
    #[error("the DPoP proof's signature is wrong")]
    Signature,
    /// The proof is too old, or from the future.
    #[error("the DPoP proof is not recent")]
    Time,
    /// The proof is for another address.
    #[error("the DPoP proof is for another address")]
    Url,
}

/// The header field of a proof.
pub const FIELD: &str = "dpop";

/// The header field in which a server hands out a nonce (RFC 9449, section 8).
pub const NONCE_FIELD: &str = "dpop-nonce";

#[derive(Serialize)]
struct Header {
    typ: &'static str,
    alg: &'static str,
    jwk: Jwk,
}

#[derive(Deserialize, Serialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: NumericDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
}

impl Claims {
    fn judge(
        &self,
        method: &Method,
        url: &Url,
        access_token: Option<&BearerToken>,
        now: Timestamp,
    ) -> Result<(), DpopError> {
        if self.jti.is_empty() {
            return Err(DpopError::Malformed);
        }
        if self.htm != method.as_str() {
            return Err(DpopError::Method);
        }
        if !names(&self.htu, url)? {
            return Err(DpopError::Url);
        }
        if !recent(self.iat.0, MAX_AGE, now) {
            return Err(DpopError::Time);
        }
        // A proof made for an access token is not good for a request without one, nor the other
        // way round: hashes are public, so that a plain comparison gives nothing away.
        if self.ath != access_token.map(hash) {
            return Err(DpopError::AccessToken);
        }
        Ok(())
    }
}

fn hash(token: &BearerToken) -> String {
    base64url::encode(token.hash())
}

/// Whether `htu` is this address, whatever stands behind it (RFC 9449, section 4.3).
fn names(htu: &str, url: &Url) -> Result<bool, DpopError> {
    // Most write it as it is known.
    if htu == url.as_str() {
        return Ok(true);
    }
    let htu = Url::parse(htu).map_err(|_| DpopError::Url)?;
    Ok(without_query(&htu) == without_query(url))
}

fn without_query(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url
}

const TYP: &str = "dpop+jwt";
pub(crate) const SPEND_KIND: &str = "dpop_jti";
const MAX_PROOF: usize = 8 * 1024;
const MAX_AGE: SignedDuration = SignedDuration::from_secs(300);
