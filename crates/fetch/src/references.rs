//! What credentials refer to: at hand from the start, or fetched by its digest, and never because a
//! credential says so.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use credential::{DigestFault, JsonSchema, KnownResources, SchemaFault, check_digest};
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use url::Url;

use crate::client::Client;
use crate::resolve::ResolveError;

/// Something that credentials refer to, and where it is.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The `id` with which credentials refer to it.
    pub id: String,
    /// Whether credentials are validated against it.
    pub is_schema: bool,
    /// The content; without one, it is fetched from its `id`.
    pub content: Option<Vec<u8>>,
    /// Its digest, as Subresource Integrity writes it (`sha384-…`); needed for what is fetched.
    pub digest: Option<String>,
}

/// All that is known of what credentials refer to.
#[derive(Debug)]
pub struct References {
    client: Client,
    known: RwLock<Arc<KnownResources>>,
    wanted: Mutex<Vec<Wanted>>,
}

#[derive(Clone, Debug)]
struct Wanted {
    reference: Reference,
    not_before: Timestamp,
}

impl References {
    /// Checks what is at hand. What has to be fetched is not known yet.
    ///
    /// # Errors
    /// [`ReferenceError`] names what the operator must look at.
    pub fn new(
        client: Client,
        all: Vec<Reference>,
        refuse_unknown: bool,
    ) -> Result<Self, ReferenceError> {
        let mut known = KnownResources::default().refusing_unknown(refuse_unknown);
        let mut wanted = Vec::new();
        let mut ids = BTreeSet::new();
        for mut reference in all {
            if !ids.insert(reference.id.clone()) {
                return Err(Unusable::Twice.of(&reference));
            }
            match reference.content.take() {
                Some(content) => {
                    let added = add(known, &reference, content);
                    known = added.map_err(|fault| fault.of(&reference))?;
                }
                None if reference.digest.is_none() => {
                    return Err(Unusable::Undigested.of(&reference));
                }
                None => wanted.push(Wanted {
                    reference,
                    not_before: Timestamp::MIN,
                }),
            }
        }
        Ok(Self {
            client,
            known: RwLock::new(Arc::new(known)),
            wanted: Mutex::new(wanted),
        })
    }

    /// What credentials are held against now.
    #[must_use]
    pub fn known(&self) -> Arc<KnownResources> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known)
    }

    /// The `id`s of what was not fetched yet.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let wanted = self.wanted();
        wanted.iter().map(|one| one.reference.id.clone()).collect()
    }

    /// Fetches what is missing, each once in some minutes. Returns what failed; the host says so.
    pub async fn fetch_due(&self, now: Timestamp) -> Vec<ReferenceError> {
        let due: Vec<Reference> = {
            let mut wanted = self.wanted();
            let due = wanted.iter_mut().filter(|one| one.not_before <= now);
            due.map(|one| {
                one.not_before = now + AGAIN_AFTER;
                one.reference.clone()
            })
            .collect()
        };
        let mut failed = Vec::new();
        for reference in due {
            if let Err(fault) = self.fetch(&reference).await {
                failed.push(fault.of(&reference));
            }
        }
        failed
    }

    async fn fetch(&self, reference: &Reference) -> Result<(), Unusable> {
        let accept = match reference.is_schema {
            true => "application/schema+json, application/json",
            false => "*/*",
        };
        let url = Url::parse(&reference.id).map_err(|_| Unusable::Address)?;
        let fetched = self.client.get(&url, accept, LONGEST).await;
        let content = fetched.map_err(|error| Unusable::Fetch(Box::new(error)))?;
        let known = add((*self.known()).clone(), reference, content)?;
        let mut kept = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *kept = Arc::new(known);
        self.wanted().retain(|one| one.reference.id != reference.id);
        Ok(())
    }

    fn wanted(&self) -> MutexGuard<'_, Vec<Wanted>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something that credentials refer to cannot be used. The operator must act.
#[derive(Debug, Error)]
#[error("{id}, which credentials refer to, cannot be used: {fault}")]
pub struct ReferenceError {
    /// The `id` with which credentials refer to it.
    pub id: String,
    /// What is wrong with it.
    pub fault: Unusable,
}

/// What is wrong with something that credentials refer to.
#[derive(Debug, Error)]
pub enum Unusable {
    /// It has no address to be fetched from.
    #[error("it has no web address")]
    Address,
    /// It does not have the digest that is configured.
    #[error(transparent)]
    Digest(#[from] DigestFault),
    /// It cannot be fetched.
    #[error("it cannot be fetched: {0}")]
    Fetch(#[source] Box<ResolveError>),
    /// It is no schema to judge by.
    #[error(transparent)]
    Schema(#[from] SchemaFault),
    /// It is configured twice.
    #[error("it is configured twice")]
    Twice,
    /// There is neither a content nor a digest: anybody on the way could answer anything.
    #[error("it has neither a file nor a digest by which it can be fetched")]
    Undigested,
}

impl Unusable {
    fn of(self, reference: &Reference) -> ReferenceError {
        ReferenceError {
            id: reference.id.clone(),
            fault: self,
        }
    }
}

fn add(
    known: KnownResources,
    reference: &Reference,
    content: Vec<u8>,
) -> Result<KnownResources, Unusable> {
    if let Some(digest) = &reference.digest {
        check_digest(digest, &content)?;
    }
    let id = &reference.id;
    Ok(match reference.is_schema {
        true => known.with_schema(id, JsonSchema::parse(&content)?, content),
        false => known.with_resource(id, content),
    })
}

const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(5);
const LONGEST: usize = 1024 * 1024;
