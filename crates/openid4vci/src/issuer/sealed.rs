//! Sealed tokens: the wallet holds what the Issuer would otherwise have to remember.

use std::borrow::Cow;

use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{base64url, seal::SealingKey};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::secrets::{IssuerSecrets, KeyId, NotReadable};

/// What an access or refresh token holds.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) handle: String,
    pub(super) claims: Zeroizing<Vec<u8>>,
    /// Which claims these are: the host refuses older ones than it knows of.
    pub(super) claims_version: u32,
    pub(super) configuration_ids: Vec<String>,
    /// Whether `authorization_details` were used, so that requests name a `credential_identifier`.
    pub(super) by_identifier: bool,
    /// The thumbprint of the key to which the token is bound.
    pub(super) jkt: String,
    pub(super) expires_at: Timestamp,
}

/// What a token is for; one is never taken for the other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Access,
    Refresh,
}

impl Kind {
    fn context(self) -> &'static [u8] {
        match self {
            Self::Access => b"openid4vci access token v1",
            Self::Refresh => b"openid4vci refresh token v1",
        }
    }
}

/// Why a token does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TokenDefect {
    Expired,
    RetiredKey,
    Unknown,
}

impl From<NotReadable> for TokenDefect {
    fn from(error: NotReadable) -> Self {
        match error {
            NotReadable::Retired => Self::RetiredKey,
            NotReadable::Unknown => Self::Unknown,
        }
    }
}

impl Grant {
    /// Seals the grant: `version (1) || key id (16) || sealed`. The name of the key is the same for
    /// everybody, and lets one that was retired be told from a stranger's.
    pub(super) fn seal(
        &self,
        kind: Kind,
        secrets: &IssuerSecrets,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> BearerToken {
        let claims = Zeroizing::new(base64url::encode(&self.claims));
        let wire = self.wire(&claims);
        // Serializing strings, numbers and a boolean into memory does not fail.
        let plain = Zeroizing::new(serde_json::to_vec(&wire).unwrap_or_default());
        let ring = secrets.current(now);
        let sealed = padded(SIZE, &ring.tokens, kind.context(), &plain, rng);
        let token = [&[VERSION], &ring.id.as_bytes()[..], &sealed].concat();
        BearerToken::from(base64url::encode(token))
    }

    /// Whether the grant is short enough for a token of the one size.
    pub(super) fn fits(&self) -> bool {
        let claims = Zeroizing::new(base64url::encode(&self.claims));
        serde_json::to_vec(&self.wire(&claims)).is_ok_and(|plain| plain.len() < SIZE)
    }

    pub(super) fn open(
        kind: Kind,
        token: &BearerToken,
        secrets: &IssuerSecrets,
        now: Timestamp,
    ) -> Result<Self, TokenDefect> {
        if token.expose().len() > MAX_TOKEN {
            return Err(TokenDefect::Unknown);
        }
        let sealed = base64url::decode(token.expose()).map_err(|_| TokenDefect::Unknown)?;
        let named = match sealed.split_first() {
            Some((&VERSION, named)) => named.split_first_chunk::<{ KeyId::LENGTH }>(),
            _ => None,
        };
        let plain = match named {
            Some((id, sealed)) => {
                let ring = secrets.named(KeyId::from_bytes(*id), now)?;
                unpadded(&ring.tokens, kind.context(), sealed)
            }
            // As it was before tokens named their key.
            None => secrets
                .readable(now)
                .find_map(|ring| unpadded(&ring.tokens, kind.context(), &sealed)),
        };
        let plain = plain.ok_or(TokenDefect::Unknown)?;
        let wire: Wire<'_> = serde_json::from_slice(&plain).map_err(|_| TokenDefect::Unknown)?;
        let grant = Self {
            handle: wire.handle.into_owned(),
            claims: base64url::decode(wire.claims)
                .map(Zeroizing::new)
                .map_err(|_| TokenDefect::Unknown)?,
            claims_version: wire.claims_version,
            configuration_ids: wire.configuration_ids,
            by_identifier: wire.by_identifier,
            jkt: wire.jkt.to_owned(),
            expires_at: Timestamp::from_second(wire.exp).map_err(|_| TokenDefect::Unknown)?,
        };
        if grant.expires_at <= now {
            return Err(TokenDefect::Expired);
        }
        Ok(grant)
    }

    fn wire<'a>(&'a self, claims: &'a str) -> Wire<'a> {
        Wire {
            claims,
            claims_version: self.claims_version,
            handle: Cow::Borrowed(&self.handle),
            configuration_ids: self.configuration_ids.clone(),
            by_identifier: self.by_identifier,
            jkt: &self.jkt,
            exp: self.expires_at.as_second(),
        }
    }
}

/// Seals a plaintext whose length says nothing: it is filled up to one size, the same for everybody.
///
/// What is longer gets the next power of two; [`Grant::fits`] and [`claims_fit`] keep that from
/// happening.
pub(super) fn padded(
    size: usize,
    key: &SealingKey,
    context: &[u8],
    plain: &[u8],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Vec<u8> {
    let size = (plain.len() + 1).next_power_of_two().max(size);
    let mut filled = Zeroizing::new(Vec::with_capacity(size));
    filled.extend_from_slice(plain);
    filled.push(END);
    filled.resize(size, 0);
    key.seal(context, &filled, rng)
}

/// Whether claims are short enough for a waiting offer of the one size.
pub(super) fn claims_fit(claims: &[u8]) -> bool {
    claims.len() < OFFER_SIZE
}

/// Opens what [`padded`] made.
pub(super) fn unpadded(
    key: &SealingKey,
    context: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let mut filled = key.open(context, sealed).ok()?;
    let end = filled.iter().rposition(|byte| *byte != 0)?;
    if filled.get(end) != Some(&END) {
        return None;
    }
    filled.truncate(end);
    Some(filled)
}

#[derive(Deserialize, Serialize)]
struct Wire<'a> {
    claims: &'a str,
    claims_version: u32,
    #[serde(borrow)]
    handle: Cow<'a, str>,
    configuration_ids: Vec<String>,
    by_identifier: bool,
    jkt: &'a str,
    exp: i64,
}

const END: u8 = 0x80;
/// That of a sealed text is 1.
const VERSION: u8 = 2;
/// What every token holds, filled up.
const SIZE: usize = 2 * 1024;
/// What every waiting offer holds, filled up: the claims alone. Two such records fit into a page of
/// SQLite, where offers are most of what is written.
pub(super) const OFFER_SIZE: usize = 1024;
/// Eight kibibytes of plaintext in base64url: servers commonly take so much in a header field.
const MAX_TOKEN: usize = 12 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::tests::rng;

    fn grant(claims: &[u8]) -> Grant {
        Grant {
            handle: "quiet \"handle\" Ω".to_owned(),
            claims: Zeroizing::new(claims.to_vec()),
            claims_version: 3,
            configuration_ids: vec!["a".to_owned(), "b".to_owned()],
            by_identifier: true,
            jkt: "thumbprint".to_owned(),
            expires_at: Timestamp::from_second(1_000).unwrap(),
        }
    }

    #[test]
    fn a_token_opens_as_what_it_is_and_until_it_expires() {
        let secrets = IssuerSecrets::new(&[1; 32]);
        let before = Timestamp::from_second(999).unwrap();
        let token = grant(b"claims").seal(Kind::Access, &secrets, before, &mut rng());
        let opened = Grant::open(Kind::Access, &token, &secrets, before).unwrap();
        assert_eq!(opened.claims.as_slice(), b"claims");
        assert_eq!(opened.handle, "quiet \"handle\" Ω");
        assert!(opened.by_identifier);
        assert_eq!(opened.claims_version, 3);
        let at = Timestamp::from_second(1_000).unwrap();
        let expired = Grant::open(Kind::Access, &token, &secrets, at);
        assert_eq!(expired.err(), Some(TokenDefect::Expired));
        let other = Grant::open(Kind::Refresh, &token, &secrets, before);
        assert_eq!(other.err(), Some(TokenDefect::Unknown));
        let stranger = Grant::open(Kind::Access, &token, &IssuerSecrets::new(&[2; 32]), before);
        assert_eq!(stranger.err(), Some(TokenDefect::Unknown));
    }

    #[test]
    fn a_token_opens_under_an_earlier_key_until_that_is_retired() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let first = || IssuerSecrets::new(&[1; 32]);
        let token = grant(b"claims").seal(Kind::Refresh, &first(), at(0), &mut rng());
        let open = |secrets: &IssuerSecrets, now| {
            let opened = Grant::open(Kind::Refresh, &token, secrets, at(now));
            opened.map(|grant| grant.handle)
        };
        let followed = first().followed_by(&[2; 32], at(10), at(500));
        let later = grant(b"claims").seal(Kind::Refresh, &followed, at(10), &mut rng());
        assert!(Grant::open(Kind::Refresh, &later, &first(), at(10)).is_err());
        for now in [0, 10, 499] {
            assert!(open(&followed, now).is_ok(), "{now}");
            assert!(Grant::open(Kind::Refresh, &later, &followed, at(now)).is_ok());
        }
        assert_eq!(open(&followed, 500), Err(TokenDefect::RetiredKey));
        let forgotten = IssuerSecrets::new(&[2; 32]).with_retired(KeyId::of(&[1; 32]));
        assert_eq!(open(&forgotten, 0), Err(TokenDefect::RetiredKey));
        assert_eq!(
            open(&IssuerSecrets::new(&[2; 32]), 0),
            Err(TokenDefect::Unknown)
        );
        // The name of a key does not open what was sealed under another.
        let mut forged = base64url::decode(token.expose()).unwrap();
        forged[1..17].copy_from_slice(KeyId::of(&[2; 32]).as_bytes());
        let forged = BearerToken::from(base64url::encode(forged));
        let refused = Grant::open(Kind::Refresh, &forged, &followed, at(10));
        assert_eq!(refused.err(), Some(TokenDefect::Unknown));
    }

    #[test]
    fn a_token_of_the_form_without_a_name_opens() {
        let now = Timestamp::from_second(0).unwrap();
        let secrets = IssuerSecrets::new(&[1; 32]).followed_by(&[2; 32], now, Timestamp::MAX);
        let named = grant(b"claims").seal(
            Kind::Refresh,
            &IssuerSecrets::new(&[1; 32]),
            now,
            &mut rng(),
        );
        let bytes = base64url::decode(named.expose()).unwrap();
        let nameless = BearerToken::from(base64url::encode(&bytes[17..]));
        assert!(Grant::open(Kind::Refresh, &nameless, &secrets, now).is_ok());
    }

    #[test]
    fn the_length_of_a_token_says_nothing_about_a_name() {
        let secrets = IssuerSecrets::new(&[1; 32]);
        let length = |claims: &[u8]| {
            grant(claims)
                .seal(Kind::Access, &secrets, Timestamp::UNIX_EPOCH, &mut rng())
                .expose()
                .len()
        };
        assert_eq!(length(b""), length(&[b'x'; 1200]));
        assert!(grant(&[b'x'; 1200]).fits());
        assert!(!grant(&[b'x'; 1500]).fits());
    }

    #[test]
    fn the_length_of_a_waiting_offer_says_nothing_about_a_name() {
        let key = SealingKey::new(&[3; 32]);
        let length = |claims: &[u8]| padded(OFFER_SIZE, &key, b"test", claims, &mut rng()).len();
        let longest = [b'x'; OFFER_SIZE - 1];
        assert!(claims_fit(&longest) && !claims_fit(&[b'x'; OFFER_SIZE]));
        assert_eq!(length(b""), length(&longest));
    }

    #[test]
    fn padding_keeps_zeros_and_markers_of_the_plaintext() {
        let key = SealingKey::new(&[3; 32]);
        for plain in [&b""[..], b"\x80", b"\0\0", b"\x80\0"] {
            let sealed = padded(OFFER_SIZE, &key, b"test", plain, &mut rng());
            assert_eq!(unpadded(&key, b"test", &sealed).unwrap().as_slice(), plain);
        }
    }
}
