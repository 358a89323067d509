use std::{fmt, mem};

use credential::Format;
use credential::data_integrity::Cryptosuite;
use jiff::Timestamp;
use keys::{Algorithm, KeyError, SigningKey, Wiped, base64url};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::copies::Copies;

/// A Credential in the wallet: one set of claims, held in one or more one-time copies.
#[derive(Deserialize, Serialize)]
pub struct HeldCredential {
    /// What the Holder calls it in commands; unique in this wallet.
    pub id: String,
    /// Its name, as the Issuer's metadata display it.
    pub name: String,
    /// The Credential Issuer Identifier that it came from.
    pub issuer: String,
    /// The Issuer's name, as its metadata display it.
    pub issuer_name: String,
    /// The Issuer as the Credential itself names it, and as its signature proves.
    pub signed_by: String,
    /// The Credential Configuration that it was issued by.
    pub configuration: String,
    /// How it is written and secured.
    pub format: Format,
    /// The cryptosuites of its Data Integrity proofs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cryptosuites: Vec<Cryptosuite>,
    /// The `vct`, or the W3C types.
    pub types: Vec<String>,
    /// All claims, as verified on receipt.
    pub claims: Map<String, Value>,
    /// The Authority Key Identifiers of its `x5c` chain.
    pub authority_key_ids: Vec<String>,
    /// When it was received.
    pub received_at: Timestamp,
    /// When its copies stop being valid, if stated.
    pub valid_until: Option<Timestamp>,
    /// The copies that were never shown to anybody.
    pub(crate) copies: Copies,
    /// What a refill needs, if the Issuer offers one.
    pub(crate) grant: Option<RefillGrant>,
}

impl HeldCredential {
    /// How many one-time copies are left.
    #[must_use]
    pub fn copies_left(&self) -> usize {
        self.copies.count()
    }

    /// Whether its copies are not valid any more.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> bool {
        self.valid_until.is_some_and(|until| until <= now)
    }

    /// What it says about the Holder: claims by their dotted paths, without what says how the
    /// Credential is made.
    #[must_use]
    pub fn statements(&self) -> Vec<(String, Value)> {
        crate::insight::leaves(self.format, &self.claims)
    }

    /// Whether single claims of it can be shown; else all of it goes.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        self.format == Format::SdJwtVc || self.cryptosuites.iter().any(|suite| suite.discloses())
    }

    /// Whether the Issuer permits to fetch fresh copies.
    #[must_use]
    pub const fn refillable(&self) -> bool {
        self.grant.is_some()
    }
}

/// One copy of a Credential, with a key of its own. It is removed before it is shown.
#[derive(Deserialize, Serialize)]
pub(crate) struct OneTimeCopy {
    pub(crate) credential: Sealed,
    pub(crate) key: VaultKey,
}

/// What the Issuer needs to see before it issues fresh copies.
#[derive(Deserialize, Serialize)]
pub(crate) struct RefillGrant {
    /// Who gave the token, and alone may see it.
    pub(crate) authorization_server: String,
    pub(crate) refresh_token: Sealed,
    pub(crate) dpop: VaultKey,
}

impl RefillGrant {
    /// Writes it a second time; never by accident, as `Clone` would.
    pub(crate) fn copy(&self) -> Self {
        Self {
            authorization_server: self.authorization_server.clone(),
            refresh_token: self.refresh_token.copy(),
            dpop: self.dpop.copy(),
        }
    }
}

/// A secret text that is written into the vault and nowhere else.
pub(crate) struct Sealed(String);

impl Sealed {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Writes it a second time; never by accident, as `Clone` would.
    pub(crate) fn copy(&self) -> Self {
        Self::from(self.expose())
    }
}

impl From<&str> for Sealed {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Sealed {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        drop(Wiped::from(mem::take(&mut self.0)));
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed([REDACTED])")
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// A private key as the vault keeps it: its bytes, never the seed that it was generated from.
#[derive(Deserialize, Serialize)]
pub(crate) struct VaultKey {
    algorithm: String,
    secret: Sealed,
}

impl VaultKey {
    /// Copies a key into its stored form.
    pub(crate) fn of(key: &SigningKey) -> Self {
        let text = Zeroizing::new(base64url::encode(key.expose_secret().as_slice()));
        Self {
            algorithm: key.algorithm().name().to_owned(),
            secret: Sealed::from(text.as_str()),
        }
    }

    fn copy(&self) -> Self {
        Self {
            algorithm: self.algorithm.clone(),
            secret: self.secret.copy(),
        }
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.secret.expose() == other.secret.expose()
    }

    /// Brings the key back.
    ///
    /// # Errors
    /// When the vault holds something else than a key of a known algorithm.
    pub(crate) fn signing_key(&self) -> Result<SigningKey, KeyError> {
        let algorithm = Algorithm::parse(&self.algorithm)?;
        let secret = base64url::decode(self.secret.expose()).map(Zeroizing::new);
        let secret = secret.map_err(|_| KeyError::Malformed)?;
        SigningKey::from_secret(algorithm, &secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_return_from_the_vault_as_they_were() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(algorithm, &mut host::system_rng());
            let json = serde_json::to_string(&VaultKey::of(&key)).unwrap();
            let back: VaultKey = serde_json::from_str(&json).unwrap();
            assert_eq!(back.signing_key().unwrap().public(), key.public());
        }
    }

    #[test]
    fn a_sealed_text_does_not_show_itself() {
        assert!(!format!("{:?}", Sealed::from("hunter2")).contains("hunter2"));
    }
}
