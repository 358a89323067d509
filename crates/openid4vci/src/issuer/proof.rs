//! Key proofs of the type `jwt` (OpenID4VCI 1.0, appendix F.1).

use did::{DidUrl, Relationship, Resolution};
use jiff::{SignedDuration, Timestamp};
use keys::jws::{Header, UnverifiedJws};
use keys::{PublicKey, jws::JwsError};
use serde::Deserialize;
use strict_json::Limits;

use super::{IssuerSecrets, NonceError, nonce};
use crate::oauth::{NumericDate, Spend, recent};

/// A key that a Holder has proven.
#[derive(Clone, Debug)]
pub struct HolderKey {
    /// The key.
    pub key: PublicKey,
    /// Its Verification Method, if the wallet named the key by a DID: the Credential is then bound
    /// to the DID.
    pub did: Option<DidUrl>,
}

/// A proof that holds, and the `c_nonce` that it spends.
pub(super) struct Proven {
    pub(super) holder: HolderKey,
    pub(super) spend: Spend,
}

/// Judges one proof.
///
/// A claim `iss` is not looked at: all our wallets are anonymous clients, and some send it anyway.
pub(super) fn verify(
    proof: &str,
    identifier: &str,
    secrets: &IssuerSecrets,
    now: Timestamp,
) -> Result<Proven, ProofFailure> {
    let proof = UnverifiedJws::parse(proof, MAX_PROOF).map_err(|_| ProofError::Malformed)?;
    let holder = holder(proof.header())?;
    let proof = proof
        .verify(&holder.key, &[PROOF_TYP])
        .map_err(|error| match error {
            JwsError::Signature | JwsError::AlgorithmMismatch => ProofError::Signature,
            _ => ProofError::Malformed,
        })?;
    let claims: Claims = strict_json::from_slice(proof.payload(), Limits::bytes(MAX_PROOF))
        .map_err(|_| ProofError::Malformed)?;
    if claims.aud != identifier {
        return Err(ProofError::Audience.into());
    }
    if !recent(claims.iat.0, MAX_AGE, now) {
        return Err(ProofError::Time.into());
    }
    let c_nonce = claims.nonce.ok_or(ProofError::NonceMissing)?;
    let spend = nonce::check(&c_nonce, secrets, now).map_err(ProofFailure::Nonce)?;
    Ok(Proven { holder, spend })
}

/// What is wrong with a proof: the wallet must make a new one, or only fetch a nonce.
#[derive(Debug)]
pub(super) enum ProofFailure {
    Nonce(NonceError),
    Proof(ProofError),
}

impl From<ProofError> for ProofFailure {
    fn from(error: ProofError) -> Self {
        Self::Proof(error)
    }
}

/// Why a key proof is not believed. The wallet must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofError {
    /// The proof is for another Issuer.
    #[error("the key proof is for another issuer")]
    Audience,
    /// The proof does not name exactly one key in a supported way.
    #[error("the key proof does not name exactly one supported key")]
    Key,
    /// The proof is not a JWT of the right type with the required claims.
    #[error("the key proof is malformed")]
    Malformed,
    /// The proof has no `c_nonce`.
    #[error("the key proof has no c_nonce")]
    NonceMissing,
    /// The proof is not signed by the key that it names.
    #[error("the key proof is not signed by the key that it names")]
    Signature,
    /// The proof is too old, or from the future.
    #[error("the key proof is not recent")]
    Time,
}

/// The key that the header names: exactly one of `jwk` and `kid`. `x5c` is not supported.
fn holder(header: &Header) -> Result<HolderKey, ProofError> {
    match (&header.jwk, &header.kid, &header.x5c) {
        (Some(jwk), None, None) => {
            let key = PublicKey::from_jwk(jwk).map_err(|_| ProofError::Key)?;
            Ok(HolderKey { key, did: None })
        }
        (None, Some(kid), None) => {
            let url: DidUrl = kid.parse().map_err(|_| ProofError::Key)?;
            // A DID that would have to be fetched is not supported, as the metadata say: whoever
            // asks for a Credential would otherwise send the Issuer to addresses of their choice.
            let Ok(Resolution::Here(document)) = did::resolve(url.did(), false) else {
                return Err(ProofError::Key);
            };
            let key = document
                .key(&url, Relationship::Authentication)
                .map_err(|_| ProofError::Key)?;
            Ok(HolderKey {
                key,
                did: Some(url),
            })
        }
        _ => Err(ProofError::Key),
    }
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    iat: NumericDate,
    nonce: Option<String>,
}

/// The `typ` of a key proof.
pub(crate) const PROOF_TYP: &str = "openid4vci-proof+jwt";
const MAX_PROOF: usize = 8 * 1024;
const MAX_AGE: SignedDuration = SignedDuration::from_secs(600);
