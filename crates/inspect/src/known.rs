use std::fmt;
use std::sync::Arc;

use credential::{IssuerKey, KeySource, KnownResources};
use did::{Did, DidDocument, Resolution};
use jiff::Timestamp;

/// What is known besides the text: the time, and keys that are at hand. Nobody is asked for more.
pub struct Known<'a> {
    pub(crate) now: Timestamp,
    documents: Vec<DidDocument>,
    issuer_keys: Option<&'a Find<'a>>,
    pub(crate) resources: Arc<KnownResources>,
}

impl<'a> Known<'a> {
    /// Knows what time it is, and nothing else. DIDs that hold their own keys need nothing.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            documents: Vec::new(),
            issuer_keys: None,
            resources: Arc::default(),
        }
    }

    /// Knows a DID document, too.
    #[must_use]
    pub fn document(mut self, document: DidDocument) -> Self {
        self.documents.push(document);
        self
    }

    /// Knows where evidence of Issuers' keys is kept, too.
    #[must_use]
    pub fn issuer_keys(mut self, find: &'a dyn Fn(&KeySource) -> Option<IssuerKey>) -> Self {
        self.issuer_keys = Some(find);
        self
    }

    /// Knows what Credentials refer to, too.
    #[must_use]
    pub fn resources(mut self, resources: Arc<KnownResources>) -> Self {
        self.resources = resources;
        self
    }

    /// The document of a DID, if it needs no asking.
    pub(crate) fn resolve(&self, did: &Did) -> Option<DidDocument> {
        match did::resolve(did, false) {
            Ok(Resolution::Here(document)) => Some(document),
            Ok(Resolution::Fetch(_)) | Err(_) => {
                let mut known = self.documents.iter();
                known.find(|document| document.id() == did).cloned()
            }
        }
    }

    /// Evidence of an Issuer's key, if it needs no asking.
    pub(crate) fn evidence(&self, source: &KeySource) -> Option<IssuerKey> {
        if let KeySource::Did(url) = source
            && let Some(document) = self.resolve(url.did())
        {
            return IssuerKey::from_did_document(source, &document).ok();
        }
        self.issuer_keys.and_then(|find| find(source))
    }
}

/// Finds evidence of an Issuer's key.
type Find<'a> = dyn Fn(&KeySource) -> Option<IssuerKey> + 'a;

impl fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known")
            .field("now", &self.now)
            .field("documents", &self.documents.len())
            .finish_non_exhaustive()
    }
}
