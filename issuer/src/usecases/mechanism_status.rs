//! The status of credentials that were secured as a caller wished: a list for every mechanism and
//! purpose, signed by the same key, so that it has the same issuer.

use std::collections::BTreeSet;

use credential::mechanism::{Mechanism, MechanismError, Problem, ProblemKind, Secured};
use credential::{BitstringEntry, Purpose};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use status::{Bitstring, BitstringPublication, MINIMUM_ENTRIES, StatusError};
use store::{Batch, Record, StoreError};
use url::Url;

use crate::app::App;
use crate::usecases::mechanism::{Task, TaskError};

/// A credential that is to have a status.
pub(crate) struct Watched {
    /// The caller's name for it.
    pub(crate) id: String,
    /// Each once.
    pub(crate) purposes: BTreeSet<Purpose>,
}

/// A change of status.
pub(crate) struct StatusChange {
    /// The name under which the credential was issued.
    pub(crate) id: String,
    /// The mechanism that the address names, if it does.
    pub(crate) mechanism: Option<String>,
    pub(crate) purpose: Purpose,
    /// Where the caller thinks that it is.
    pub(crate) list: Option<String>,
    /// As [`Self::list`].
    pub(crate) index: Option<String>,
    pub(crate) value: bool,
}

/// Why a status is not kept, changed or published.
pub(crate) enum StatusTaskError {
    /// A credential of that name is there already.
    Known,
    /// What was asked for does not do.
    Refused(Problem),
    /// The database does not answer.
    Store(StoreError),
    /// As for every task.
    Task(TaskError),
}

impl App {
    /// Issues a credential with a place in the list of each purpose.
    pub(crate) async fn issue_watched(
        &self,
        mechanism: &str,
        mut credential: Map<String, Value>,
        mandatory: Vec<String>,
        watched: Watched,
    ) -> Result<Secured, StatusTaskError> {
        let found = self.mechanisms().and_then(|all| all.named(mechanism));
        let party = found.ok_or(TaskError::Unknown)?;
        if !party.mechanism.presents() {
            // Nobody could verify a list of which the holder derives parts.
            return Err(TaskError::from(MechanismError::Unsupported).into());
        }
        if credential.contains_key(MEMBER) {
            return Err(wrong("the credential has a status already"));
        }
        let counter = format!("vc_api_index {mechanism}");
        let index = self.parts().store.reserve(&counter, 1).await?;
        if usize::try_from(index).map_or(true, |index| index >= MINIMUM_ENTRIES) {
            return Err(wrong("the status lists of this mechanism are full"));
        }
        let entries = watched.purposes.iter().map(|purpose| {
            let entry = BitstringEntry {
                purpose: *purpose,
                index,
                list: self.status_list(party.mechanism, *purpose),
                size: 1,
            };
            entry.write()
        });
        credential.insert(MEMBER.to_owned(), entries.collect());
        let secured = self.secure(mechanism, Task::Issue(credential, mandatory));
        let secured = secured.await?;
        let place = Place {
            mechanism: mechanism.to_owned(),
            index,
            purposes: watched
                .purposes
                .iter()
                .map(|one| one.name().to_owned())
                .collect(),
        };
        let batch = Batch::new().create(key_of(&watched.id), &place, None)?;
        match self.parts().store.commit(batch, self.now()).await {
            Err(error) if error.is_conflict() => Err(StatusTaskError::Known),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(secured),
        }
    }

    /// Sets or clears a status. It is published at once. What is revoked stays so.
    pub(crate) async fn change_status(&self, change: StatusChange) -> Result<(), StatusTaskError> {
        let (store, now) = (&self.parts().store, self.now());
        let place = store.load::<Place>(key_of(&change.id), now).await?;
        let place = place.ok_or(TaskError::Unknown)?.value;
        let elsewhere = change.mechanism.is_some_and(|name| name != place.mechanism);
        let mechanism = Mechanism::parse(&place.mechanism).filter(|_| !elsewhere);
        let mechanism = mechanism.ok_or(TaskError::Unknown)?;
        let list = self.status_list(mechanism, change.purpose);
        if !place
            .purposes
            .iter()
            .any(|one| one == change.purpose.name())
            || change.list.is_some_and(|stated| stated != list.as_str())
            || change
                .index
                .is_some_and(|stated| stated != place.index.to_string())
        {
            return Err(wrong("the credential has no such status"));
        }
        let id = [
            prefix(mechanism, change.purpose),
            place.index.to_be_bytes().to_vec(),
        ]
        .concat();
        let mark = store.load::<Mark>(&id, now).await?;
        let batch = match (mark, change.value) {
            (None, true) => Batch::new().create(&id, &Mark, None)?,
            (Some(_), false) if change.purpose == Purpose::Revocation => {
                return Err(wrong("what is revoked stays so"));
            }
            (Some(read), false) => Batch::new().delete::<Mark>(&id, read.version),
            (None, false) | (Some(_), true) => return Ok(()),
        };
        match store.commit(batch, now).await {
            // Somebody else did the same.
            Err(error) if error.is_conflict() => Ok(()),
            other => Ok(other?),
        }
    }

    /// The list of a mechanism and purpose, signed now.
    pub(crate) async fn status_credential(
        &self,
        mechanism: &str,
        purpose: Purpose,
    ) -> Result<Secured, StatusTaskError> {
        let found = self.mechanisms().and_then(|all| all.named(mechanism));
        let party = found.filter(|party| party.mechanism.presents());
        let party = party.ok_or(TaskError::Unknown)?;
        let now = self.now();
        let mut list = Bitstring::new(1, MINIMUM_ENTRIES).map_err(unwritable)?;
        for index in self.marks(party.mechanism, purpose, now).await? {
            list.set(index, 1).map_err(unwritable)?;
        }
        let publication = BitstringPublication {
            list: &list,
            purpose,
            issuer: party.issuer(),
            uri: &self.status_list(party.mechanism, purpose),
            valid_from: now,
            valid_until: now + EXPIRY,
            time_to_live: TIME_TO_LIVE,
        };
        let task = Task::Issue(publication.credential(), Vec::new());
        Ok(self.secure(mechanism, task).await?)
    }

    async fn marks(
        &self,
        mechanism: Mechanism,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Vec<u64>, StoreError> {
        let prefix = prefix(mechanism, purpose);
        let mut indexes = Vec::new();
        let mut after = Some(prefix.clone());
        while let Some(from) = after {
            let store = &self.parts().store;
            let page = store.list::<Mark>(Some(&from), PAGE, now).await?;
            after = page.next;
            for (id, _) in page.entries {
                match id.strip_prefix(prefix.as_slice()).map(<[u8; 8]>::try_from) {
                    Some(Ok(index)) => indexes.push(u64::from_be_bytes(index)),
                    Some(Err(_)) => {}
                    None => after = None,
                }
            }
        }
        Ok(indexes)
    }

    fn status_list(&self, mechanism: Mechanism, purpose: Purpose) -> Url {
        let mut url = self.parts().service.public_url.clone();
        let base = url.path().trim_end_matches('/');
        let path = format!("{base}/mechanisms/{mechanism}/status/{}", purpose.name());
        url.set_path(&path);
        url
    }
}

/// Where the status of a credential is, by the caller's name for it.
#[derive(Debug, Deserialize, Serialize)]
struct Place {
    mechanism: String,
    index: u64,
    purposes: Vec<String>,
}

impl Record for Place {
    const KIND: &'static str = "vc_api_place";
}

/// That a status is set; its identifier says which.
#[derive(Debug, Deserialize, Serialize)]
struct Mark;

impl Record for Mark {
    const KIND: &'static str = "vc_api_mark";
}

impl From<StoreError> for StatusTaskError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<TaskError> for StatusTaskError {
    fn from(error: TaskError) -> Self {
        Self::Task(error)
    }
}

/// Names may be of any length.
fn key_of(id: &str) -> [u8; 32] {
    keys::sha256(id.as_bytes())
}

fn prefix(mechanism: Mechanism, purpose: Purpose) -> Vec<u8> {
    format!("{mechanism} {} ", purpose.name()).into_bytes()
}

fn wrong(detail: &str) -> StatusTaskError {
    StatusTaskError::Refused(Problem::new(ProblemKind::MalformedValue, detail))
}

fn unwritable(error: StatusError) -> StatusTaskError {
    StatusTaskError::Refused(Problem::new(ProblemKind::Status, error))
}

const EXPIRY: SignedDuration = SignedDuration::from_hours(1);
const MEMBER: &str = "credentialStatus";
const PAGE: u32 = 1000;
const TIME_TO_LIVE: SignedDuration = SignedDuration::from_mins(5);
