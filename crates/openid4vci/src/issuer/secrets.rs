//! The service's own key material, and one key derived for each purpose.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use keys::base64url;
use keys::mac::MacKey;
use keys::seal::SealingKey;

/// The keys of an Issuer's tokens, nonces and codes. Credentials are signed with others.
///
/// All derive from a root secret. When a root is followed by another, what was made under it still
/// opens until a stated time, so that wallets keep their refresh tokens; after that, it is refused by
/// name.
#[derive(Debug)]
pub struct IssuerSecrets {
    first: Ring,
    later: Vec<Successor>,
    retired: Vec<KeyId>,
}

/// A root that follows another.
#[derive(Debug)]
struct Successor {
    ring: Ring,
    from: Timestamp,
    /// Until when the one before is read.
    before_until: Timestamp,
}

impl IssuerSecrets {
    /// Derives all keys from a root of 256 random bits.
    #[must_use]
    pub fn new(root: &[u8; 32]) -> Self {
        Self {
            first: Ring::derive(root),
            later: Vec::new(),
            retired: Vec::new(),
        }
    }

    /// Goes over to another root at the instant `from`. What is made under the one before opens until
    /// `before_until`.
    #[must_use]
    pub fn followed_by(
        mut self,
        root: &[u8; 32],
        from: Timestamp,
        before_until: Timestamp,
    ) -> Self {
        self.later.push(Successor {
            ring: Ring::derive(root),
            from,
            before_until,
        });
        self
    }

    /// Refuses by name what was made under a root that is no longer here.
    #[must_use]
    pub fn with_retired(mut self, id: KeyId) -> Self {
        self.retired.push(id);
        self
    }

    /// The root under which everything is made at `now`.
    pub(super) fn current(&self, now: Timestamp) -> &Ring {
        let begun = self.later.iter().rfind(|later| later.from <= now);
        begun.map_or(&self.first, |later| &later.ring)
    }

    /// The roots that are read at `now`, the latest first. One that is about to begin is among them:
    /// another process may have begun with it.
    pub(super) fn readable(&self, now: Timestamp) -> impl Iterator<Item = &Ring> {
        self.rings()
            .filter(move |(_, until)| until.is_none_or(|until| until > now))
            .map(|(ring, _)| ring)
    }

    /// The root of this name, if it is read at `now`.
    pub(super) fn named(&self, id: KeyId, now: Timestamp) -> Result<&Ring, NotReadable> {
        let found = self.rings().find(|(ring, _)| ring.id == id);
        match found {
            Some((_, Some(until))) if until <= now => Err(NotReadable::Retired),
            Some((ring, _)) => Ok(ring),
            None if self.retired.contains(&id) => Err(NotReadable::Retired),
            None => Err(NotReadable::Unknown),
        }
    }

    /// The root whose name a text begins with; the first for what has another beginning.
    pub(super) fn beginning(&self, text: &[u8]) -> &Ring {
        let mut rings = self.rings().map(|(ring, _)| ring);
        rings
            .find(|ring| text.starts_with(&ring.id.beginning()))
            .unwrap_or(&self.first)
    }

    /// The roots with the time until which each is read, the latest first.
    fn rings(&self) -> impl Iterator<Item = (&Ring, Option<Timestamp>)> {
        let all = std::iter::once(&self.first).chain(self.later.iter().map(|later| &later.ring));
        let ends = self.later.iter().map(|later| Some(later.before_until));
        let mut all: Vec<_> = all.zip(ends.chain([None])).collect();
        all.reverse();
        all.into_iter()
    }
}

/// The name of a root: it tells two apart, and nothing else of either.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct KeyId([u8; KeyId::LENGTH]);

impl KeyId {
    pub(super) const LENGTH: usize = 16;
    /// How much of it an offer's reference begins with.
    pub(super) const BEGINNING: usize = 4;

    /// The name of a root.
    #[must_use]
    pub fn of(root: &[u8; 32]) -> Self {
        let name = MacKey::new(root).derive("openid4vci key id").tag(b"");
        let mut id = [0; Self::LENGTH];
        id.iter_mut().zip(name).for_each(|(to, from)| *to = from);
        Self(id)
    }

    pub(super) fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    pub(super) fn beginning(&self) -> [u8; Self::BEGINNING] {
        let [a, b, c, d, ..] = self.0;
        [a, b, c, d]
    }
}

/// In base64url.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(self.0))
    }
}

impl FromStr for KeyId {
    type Err = NotAKeyId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = base64url::decode_array(text).map_err(|_| NotAKeyId)?;
        Ok(Self(bytes))
    }
}

/// The text is not the name of a root. The operator must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the text is not the name of a key")]
pub struct NotAKeyId;

/// Why what was made under a root is not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NotReadable {
    /// The root was one of this Issuer.
    Retired,
    /// It was not.
    Unknown,
}

/// One key for each purpose.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) id: KeyId,
    pub(super) tokens: SealingKey,
    pub(super) nonces: MacKey,
    pub(super) notifications: MacKey,
    pub(super) offer_references: MacKey,
    pub(super) tx_codes: MacKey,
}

impl Ring {
    fn derive(root: &[u8; 32]) -> Self {
        let mac = |label: &str| MacKey::new(root).derive(label);
        Self {
            id: KeyId::of(root),
            tokens: SealingKey::derive(root, "openid4vci tokens"),
            nonces: mac("openid4vci c_nonce"),
            notifications: mac("openid4vci notification_id"),
            offer_references: mac("openid4vci offer reference"),
            tx_codes: mac("openid4vci tx_code"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn three() -> IssuerSecrets {
        IssuerSecrets::new(&[1; 32])
            .followed_by(&[2; 32], at(100), at(150))
            .followed_by(&[3; 32], at(200), at(250))
            .with_retired(KeyId::of(&[9; 32]))
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = format!("{:?}", three());
        assert!(shown.contains("REDACTED"));
        assert!(!shown.contains("[1, 1") && !shown.contains("[3, 3"));
    }

    #[test]
    fn purposes_and_roots_have_different_keys() {
        let ring = Ring::derive(&[7; 32]);
        let tags: std::collections::BTreeSet<_> = [
            &ring.nonces,
            &ring.notifications,
            &ring.offer_references,
            &ring.tx_codes,
        ]
        .map(|key| key.tag(b"x"))
        .into();
        assert_eq!(tags.len(), 4);
        assert_ne!(
            ring.nonces.tag(b"x"),
            Ring::derive(&[8; 32]).nonces.tag(b"x")
        );
    }

    #[test]
    fn a_root_begins_and_ends_at_its_time() {
        let secrets = three();
        let ids = [1, 2, 3].map(|byte| KeyId::of(&[byte; 32]));
        for (now, current, readable) in [
            (99, 0, vec![2, 1, 0]),
            (100, 1, vec![2, 1, 0]),
            (150, 1, vec![2, 1]),
            (200, 2, vec![2, 1]),
            (250, 2, vec![2]),
        ] {
            assert_eq!(secrets.current(at(now)).id, ids[current], "{now}");
            let read: Vec<KeyId> = secrets.readable(at(now)).map(|ring| ring.id).collect();
            let expected: Vec<KeyId> = readable.into_iter().map(|place| ids[place]).collect();
            assert_eq!(read, expected, "{now}");
        }
        let judged = |id, now| secrets.named(id, at(now)).map(|ring| ring.id);
        assert_eq!(judged(ids[0], 149), Ok(ids[0]));
        assert_eq!(judged(ids[0], 150), Err(NotReadable::Retired));
        assert_eq!(judged(KeyId::of(&[9; 32]), 0), Err(NotReadable::Retired));
        assert_eq!(judged(KeyId::of(&[8; 32]), 0), Err(NotReadable::Unknown));
    }

    #[test]
    fn a_name_is_read_back() {
        let id = KeyId::of(&[1; 32]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("x".parse::<KeyId>(), Err(NotAKeyId));
    }
}
