use bbs::{DecodeError, POINT_LENGTH};
use keys::base64url;
use serde::{Deserialize, Serialize};

/// One person at one Platform: the same at every visit, in every epoch, on every device.
///
/// Machines compare all 48 bytes. People read its [`NetNumber`], which is shorter, and which
/// somebody might choose to look alike.
///
/// [`NetNumber`]: crate::NetNumber
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pseudonym([u8; POINT_LENGTH]);

impl Pseudonym {
    /// Reads a pseudonym.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        bbs::Pseudonym::from_bytes(bytes).map(|pseudonym| Self::of(&pseudonym))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; POINT_LENGTH] {
        &self.0
    }

    pub(crate) fn of(pseudonym: &bbs::Pseudonym) -> Self {
        Self(pseudonym.to_bytes())
    }

    /// Takes bytes that [`Self::point`] judges later.
    pub(crate) fn from_array(bytes: [u8; POINT_LENGTH]) -> Self {
        Self(bytes)
    }

    pub(crate) fn point(&self) -> Result<bbs::Pseudonym, DecodeError> {
        bbs::Pseudonym::from_bytes(&self.0)
    }
}

impl TryFrom<String> for Pseudonym {
    type Error = DecodeError;

    fn try_from(text: String) -> Result<Self, DecodeError> {
        let bytes = base64url::decode(&text).map_err(|_| DecodeError::Length)?;
        Self::from_bytes(&bytes)
    }
}

impl From<Pseudonym> for String {
    fn from(pseudonym: Pseudonym) -> Self {
        base64url::encode(pseudonym.0)
    }
}
