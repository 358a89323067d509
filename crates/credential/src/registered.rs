//! Registered JWT claims that more than one format uses (RFC 7519, RFC 7800).

use did::{Did, DidUrl};
use jiff::{SignedDuration, Timestamp};
use keys::PublicKey;
use serde_json::{Map, Value};

use crate::error::{HolderFault, IssuerFault, PeerFault};
use crate::key_source::own_key;

/// Reads an optional string.
pub(crate) fn text<'a>(
    claims: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, IssuerFault> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(IssuerFault::Claim(name)),
    }
}

/// Reads an optional NumericDate (RFC 7519, section 2). Fractions of a second are cut off.
pub(crate) fn numeric_date(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<Timestamp>, IssuerFault> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let fault = IssuerFault::Claim(name);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "casting saturates, and what saturates is no Timestamp"
    )]
    let seconds = match (value.as_i64(), value.as_f64()) {
        (Some(seconds), _) => seconds,
        (None, Some(seconds)) if value.is_f64() => seconds.floor() as i64,
        _ => return Err(fault),
    };
    instant(seconds).map(Some).ok_or(fault)
}

/// Judges the validity of a Credential now. The end is exclusive, as of `exp`.
pub(crate) fn check_validity(
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), HolderFault> {
    if from.is_some_and(|from| from.duration_since(now) > LEEWAY) {
        return Err(HolderFault::NotYetValid);
    }
    if until.is_some_and(|until| until <= now) {
        return Err(HolderFault::Expired);
    }
    Ok(())
}

/// Judges whether a proof of possession was made just now.
pub(crate) fn check_freshness(
    iat: i64,
    nbf: Option<i64>,
    exp: Option<i64>,
    now: Timestamp,
) -> Result<(), PeerFault> {
    let made = instant(iat).ok_or(PeerFault::Freshness)?;
    let age = now.duration_since(made);
    let not_yet = nbf.is_some_and(|nbf| nbf.saturating_sub(LEEWAY.as_secs()) > now.as_second());
    let no_more = exp.is_some_and(|exp| exp <= now.as_second());
    if age > LONGEST_PRESENTATION || -age > LEEWAY || not_yet || no_more {
        return Err(PeerFault::Freshness);
    }
    Ok(())
}

/// Reads the Holder's key from `cnf` (RFC 7800, section 3): `jwk`, or `kid` if it is a DID URL
/// that holds its own key (did:key, did:jwk).
pub(crate) fn confirmation_key(
    claims: &Map<String, Value>,
) -> Result<Option<PublicKey>, IssuerFault> {
    let fault = IssuerFault::Claim("cnf");
    match claims.get("cnf") {
        None => Ok(None),
        Some(Value::Object(confirmation)) => {
            match (confirmation.get("jwk"), confirmation.get("kid")) {
                (Some(jwk), _) => PublicKey::read_jwk(jwk).map(Some).map_err(|_| fault),
                (None, Some(Value::String(kid))) => {
                    let url = DidUrl::parse(kid).map_err(|_| fault)?;
                    own_key(url.did()).map(Some).ok_or(fault)
                }
                _ => Err(fault),
            }
        }
        Some(_) => Err(fault),
    }
}

/// The key that a did:key or did:jwk consists of.
pub(crate) fn subject_key(subject: &str) -> Option<PublicKey> {
    own_key(&Did::parse(subject).ok()?)
}

/// Seconds since 1970 as an instant, if there is such an instant.
pub(crate) fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

/// How far clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// How old a proof of possession may be. The nonce, spent once, is what stops replay.
const LONGEST_PRESENTATION: SignedDuration = SignedDuration::from_mins(10);
