use credential::{IssuerKey, KeyReference, KeySource, PeerFault};
use jiff::{SignedDuration, Timestamp};
use keys::SigningKey;
use keys::jws::{self, UnverifiedJws};
use serde::{Deserialize, Serialize};
use strict_json::Limits;
use url::Url;

use crate::{Bits, StatusError, StatusList};

/// A list about to be published as a Status List Token (section 5.1).
pub struct Publication<'a> {
    /// The list.
    pub list: &'a StatusList,
    /// The Issuer, as in the Credentials that refer to the list.
    pub issuer: Option<&'a str>,
    /// Where the token is served, as in the Credentials (`sub`).
    pub uri: &'a Url,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// How long a copy may be used before a new one should be fetched (`ttl`).
    pub time_to_live: Option<SignedDuration>,
    /// How readers find the key.
    pub key_reference: &'a KeyReference,
}

impl Publication<'_> {
    /// Compresses and signs.
    ///
    /// # Errors
    /// [`StatusError::TimeToLive`] if it is not at least a second, or [`StatusError::Signing`].
    pub fn sign(self, key: &SigningKey, now: Timestamp) -> Result<String, StatusError> {
        let ttl = match self.time_to_live {
            None => None,
            Some(ttl) if ttl.as_secs() > 0 => Some(ttl.as_secs().into()),
            Some(_) => return Err(StatusError::TimeToLive),
        };
        let claims = Claims {
            iss: self.issuer.map(str::to_owned),
            sub: self.uri.clone(),
            iat: now.as_second(),
            exp: self.expires_at.map(Timestamp::as_second),
            ttl,
            status_list: Wire {
                bits: self.list.bits().number().into(),
                lst: self.list.encode(),
            },
        };
        let header = self
            .key_reference
            .header(key.algorithm().name(), MEDIA_TYPE);
        let payload = serde_json::to_vec(&claims).map_err(|_| StatusError::Signing)?;
        jws::sign(&header, &payload, key).map_err(|_| StatusError::Signing)
    }
}

/// A Status List Token as anybody may serve it.
pub struct UnverifiedStatusListToken(UnverifiedJws);

impl UnverifiedStatusListToken {
    /// Reads the token, at most `max_bytes` long.
    ///
    /// # Errors
    /// If it is longer or no JWS.
    pub fn parse(text: &str, max_bytes: usize) -> Result<Self, StatusError> {
        Ok(Self(UnverifiedJws::parse(text.trim_ascii(), max_bytes)?))
    }

    /// Where the key must come from: it has to be a key of the Credential's Issuer.
    ///
    /// # Errors
    /// [`StatusError::Issuer`] if the header points to somebody else.
    pub fn key_source(&self, issuer: &str) -> Result<KeySource, StatusError> {
        KeySource::read(Some(issuer), self.0.header()).map_err(StatusError::Issuer)
    }

    /// Verifies that the Issuer published this list at this URI, and that it has not expired
    /// (section 8.3).
    ///
    /// # Errors
    /// A [`StatusError`] other than [`StatusError::Index`] and [`StatusError::Signing`].
    pub fn verify(
        self,
        uri: &Url,
        issuer: &IssuerKey,
        now: Timestamp,
    ) -> Result<StatusListToken, StatusError> {
        let source = self.key_source(issuer.issuer())?;
        issuer.check(&source, now).map_err(StatusError::Issuer)?;
        let key = issuer.signature_key().map_err(StatusError::Issuer)?;
        let verified = self.0.verify(key, &[MEDIA_TYPE])?;
        let claims: Claims =
            strict_json::from_slice(verified.payload(), Limits::bytes(usize::MAX))?;
        if claims.iss.is_some_and(|iss| iss != issuer.issuer()) {
            return Err(StatusError::Issuer(PeerFault::KeyEvidence));
        }
        if claims.sub != *uri {
            return Err(StatusError::Uri);
        }
        let issued_at = instant(claims.iat)?;
        if issued_at.duration_since(now) > LEEWAY {
            return Err(StatusError::NotYetValid);
        }
        let expires_at = claims.exp.map(instant).transpose()?;
        if expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(StatusError::Expired);
        }
        let Wire { bits, lst } = claims.status_list;
        let bits = Bits::from_number(bits).ok_or(JSON_SHAPE)?;
        Ok(StatusListToken {
            list: StatusList::decode(bits, &lst, MOST_BYTES)?,
            issued_at,
            expires_at,
            time_to_live: claims.ttl.map(time_to_live).transpose()?,
        })
    }
}

/// Evidence of what an Issuer said about its Credentials at one time.
#[derive(Clone, Debug)]
pub struct StatusListToken {
    list: StatusList,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
    time_to_live: Option<SignedDuration>,
}

impl StatusListToken {
    /// The list.
    #[must_use]
    pub const fn list(&self) -> &StatusList {
        &self.list
    }

    /// When it was issued (`iat`).
    #[must_use]
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// When it expires (`exp`).
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// How long a copy may be used before a new one should be fetched (`ttl`).
    #[must_use]
    pub const fn time_to_live(&self) -> Option<SignedDuration> {
        self.time_to_live
    }
}

#[derive(Deserialize, Serialize)]
struct Claims {
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    sub: Url,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<serde_json::Number>,
    status_list: Wire,
}

#[derive(Deserialize, Serialize)]
struct Wire {
    bits: u64,
    lst: String,
}

fn instant(seconds: i64) -> Result<Timestamp, StatusError> {
    Timestamp::from_second(seconds).map_err(|_| JSON_SHAPE)
}

/// A positive number; fractions of a second are cut off, but nothing becomes zero.
fn time_to_live(ttl: serde_json::Number) -> Result<SignedDuration, StatusError> {
    match (ttl.as_i64(), ttl.as_f64()) {
        (Some(seconds), _) if seconds > 0 => Ok(SignedDuration::from_secs(seconds)),
        (None, Some(seconds)) if seconds > 0.0 => {
            Ok(SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX))
        }
        _ => Err(StatusError::TimeToLive),
    }
}

/// The media type, as `typ`.
pub(crate) const MEDIA_TYPE: &str = "statuslist+jwt";

/// What a list may unfold to: 2^26 entries of one bit.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// How far clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

const JSON_SHAPE: StatusError =
    StatusError::Json(strict_json::JsonError::Shape { line: 0, column: 0 });
