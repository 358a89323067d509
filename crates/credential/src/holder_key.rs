use std::sync::OnceLock;

use keys::PublicKey;

use crate::registered::subject_key;

/// The key that a Credential is bound to, if it is to one.
#[derive(Clone)]
pub(crate) enum HolderKey {
    /// The Issuer states it, or there is none.
    Stated(Option<PublicKey>),
    /// The subject's identifier is the key, if it is one that holds its own key. It is read when it
    /// is first asked for: whoever judges a Credential without a Presentation does not ask, and
    /// finding a point costs a seventh of verifying a signature.
    Subject {
        id: String,
        key: OnceLock<Option<PublicKey>>,
    },
}

impl HolderKey {
    /// The key that is stated, or else the one that the subject is.
    pub(crate) fn new(stated: Option<PublicKey>, subject: Option<String>) -> Self {
        match (stated, subject) {
            (None, Some(id)) => Self::Subject {
                id,
                key: OnceLock::new(),
            },
            (stated, _) => Self::Stated(stated),
        }
    }

    pub(crate) fn get(&self) -> Option<&PublicKey> {
        match self {
            Self::Stated(key) => key.as_ref(),
            Self::Subject { id, key } => key.get_or_init(|| subject_key(id)).as_ref(),
        }
    }
}
