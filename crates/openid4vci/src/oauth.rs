//! What OpenID4VCI takes from OAuth 2.0: DPoP, times in JWTs, and things that count once.

pub mod dpop;
mod numeric_date;

use jiff::{SignedDuration, Timestamp};
use url::Url;

pub use numeric_date::NumericDate;

/// Something that may be used once: the host writes it in the same commit as what it paid for, and
/// if it was already written, the whole commit fails.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Spend {
    /// What kind of thing it is.
    pub kind: &'static str,
    /// Its identity: an end and a hash, which do not give the thing itself back.
    pub id: [u8; 32],
    /// From when on the thing is refused anyway, so that the mark may be forgotten.
    pub expires_at: Timestamp,
}

impl Spend {
    /// Names a thing by its digest, of which 224 bits stay, and before them the second in which the
    /// mark may be forgotten: the thing itself says it, so that it always has the same name. Marks of
    /// one time then lie side by side in an index, and a commit writes one page of it for many.
    pub(crate) fn new(kind: &'static str, digest: [u8; 32], expires_at: Timestamp) -> Self {
        let second = u32::try_from(expires_at.as_second()).unwrap_or(u32::MAX);
        let mut id = digest;
        let (stamp, _) = id.split_at_mut(4);
        stamp.copy_from_slice(&second.to_be_bytes());
        Self {
            kind,
            id,
            expires_at,
        }
    }
}

/// Inserts a well-known path between host and path of an identifier (RFC 8414, section 3;
/// OpenID4VCI 1.0, section 12.2.2).
pub fn well_known(identifier: &Url, suffix: &str) -> Url {
    let mut url = identifier.clone();
    let path = identifier.path().trim_end_matches('/');
    url.set_path(&format!("/.well-known/{suffix}{path}"));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Whether a JWT made at `issued_at` is recent: at most `max_age` old, and from a clock that is
/// at most [`CLOCK_LEEWAY`] ahead.
pub(crate) fn recent(issued_at: Timestamp, max_age: SignedDuration, now: Timestamp) -> bool {
    let age = now.duration_since(issued_at);
    age <= max_age && age >= -CLOCK_LEEWAY
}

/// How far two clocks may differ.
pub const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(identifier: &str) -> String {
        well_known(&identifier.parse().unwrap(), "openid-credential-issuer").to_string()
    }

    #[test]
    fn the_well_known_path_goes_before_the_path() {
        assert_eq!(
            at("https://issuer.example.com/tenant"),
            "https://issuer.example.com/.well-known/openid-credential-issuer/tenant"
        );
        assert_eq!(
            at("https://tenant.issuer.example.com"),
            "https://tenant.issuer.example.com/.well-known/openid-credential-issuer"
        );
        assert_eq!(
            at("https://issuer.example.com/tenant/"),
            "https://issuer.example.com/.well-known/openid-credential-issuer/tenant"
        );
    }

    #[test]
    fn recent_has_two_edges() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let max_age = SignedDuration::from_secs(300);
        let is_recent = |offset: i64| recent(now + SignedDuration::from_secs(offset), max_age, now);
        assert!(is_recent(-300) && is_recent(0) && is_recent(60));
        assert!(!is_recent(-301) && !is_recent(61));
    }
}
