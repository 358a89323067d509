//! `c_nonce`: nothing is stored until one is spent (OpenID4VCI 1.0, section 7).

use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{base64url, sha256};
use rand_core::CryptoRng;

use super::{CredentialIssuer, IssuerSecrets};
use crate::messages::NonceResponse;
use crate::oauth::{CLOCK_LEEWAY, Spend};

impl CredentialIssuer {
    /// Answers a Nonce Request (section 7.2).
    ///
    /// The endpoint is open to everybody. A nonce is `expiry || random || MAC`: whoever asks for a
    /// million of them fills no table.
    pub fn nonce(&self, now: Timestamp, rng: &mut (impl CryptoRng + ?Sized)) -> NonceResponse {
        let expires_at = now + self.settings.lifetimes.c_nonce;
        let mut random = [0; RANDOM];
        rng.fill_bytes(&mut random);
        let signed = [&expires_at.as_second().to_be_bytes()[..], &random].concat();
        let tag = self.settings.secrets.current(now).nonces.tag(&signed);
        NonceResponse {
            c_nonce: BearerToken::from(base64url::encode([&signed[..], &tag].concat())),
        }
    }
}

/// Checks a `c_nonce` and tells what is spent with it.
///
/// # Errors
/// [`NonceError`]: the wallet must fetch a new one.
pub(super) fn check(
    nonce: &str,
    secrets: &IssuerSecrets,
    now: Timestamp,
) -> Result<Spend, NonceError> {
    let bytes: [u8; STAMP + RANDOM + TAG] =
        base64url::decode_array(nonce).map_err(|_| NonceError::Unknown)?;
    let (signed, tag) = bytes.split_at(STAMP + RANDOM);
    if !secrets
        .readable(now)
        .any(|ring| ring.nonces.verify(signed, tag).is_ok())
    {
        return Err(NonceError::Unknown);
    }
    let expires_at = signed
        .first_chunk::<STAMP>()
        .and_then(|stamp| Timestamp::from_second(i64::from_be_bytes(*stamp)).ok())
        .ok_or(NonceError::Unknown)?;
    if expires_at <= now {
        return Err(NonceError::Expired);
    }
    // Another process may find the nonce good a little longer: its clock may be behind.
    let forgotten_at = expires_at + CLOCK_LEEWAY;
    Ok(Spend::new(SPEND_KIND, sha256(&bytes), forgotten_at))
}

/// Why a `c_nonce` is refused. The wallet must fetch a new one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NonceError {
    /// It expired.
    #[error("the c_nonce expired")]
    Expired,
    /// It was already used. The host finds this out when it commits.
    #[error("the c_nonce was already used")]
    Spent,
    /// This Issuer did not make it.
    #[error("the c_nonce is not one of this issuer")]
    Unknown,
}

const STAMP: usize = 8;
const RANDOM: usize = 16;
const TAG: usize = 32;
pub(super) const SPEND_KIND: &str = "c_nonce";
