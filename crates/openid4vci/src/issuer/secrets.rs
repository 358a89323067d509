//! The service's own key material, and one key derived for each purpose.

use keys::mac::MacKey;
use keys::seal::SealingKey;

/// The keys of an Issuer's tokens, nonces and codes. Credentials are signed with others.
///
/// All derive from one root secret. Retired roots still open and check what they made, so that a
/// root can be replaced while wallets hold refresh tokens under it.
#[derive(Debug)]
pub struct IssuerSecrets {
    current: Ring,
    retired: Vec<Ring>,
}

impl IssuerSecrets {
    /// Derives all keys from a root of 256 random bits.
    #[must_use]
    pub fn new(root: &[u8; 32]) -> Self {
        Self {
            current: Ring::derive(root),
            retired: Vec::new(),
        }
    }

    /// Still opens what was made under an earlier root.
    #[must_use]
    pub fn with_retired(mut self, root: &[u8; 32]) -> Self {
        self.retired.push(Ring::derive(root));
        self
    }

    pub(super) fn current(&self) -> &Ring {
        &self.current
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Ring> {
        std::iter::once(&self.current).chain(&self.retired)
    }
}

/// One key for each purpose.
#[derive(Debug)]
pub(super) struct Ring {
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

    #[test]
    fn debug_shows_no_key() {
        let secrets = IssuerSecrets::new(&[7; 32]).with_retired(&[8; 32]);
        let shown = format!("{secrets:?}");
        assert!(shown.contains("REDACTED"));
        assert!(!shown.contains("[7, 7"));
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
}
