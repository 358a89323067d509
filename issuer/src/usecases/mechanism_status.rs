//! The status of credentials that were secured as a caller wished: a list for every mechanism and
//! topic, signed by the same key, so that it has the same issuer.

use std::collections::BTreeSet;

use credential::mechanism::{Mechanism, Problem, ProblemKind, Secured};
use credential::{BitstringEntry, Purpose};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use status::{Bitstring, BitstringPublication, MINIMUM_ENTRIES, StatusError};
use store::{Batch, Record, StoreError};
use url::Url;

use crate::app::App;
use crate::topic::Topic;
use crate::usecases::ATTEMPTS;
use crate::usecases::mechanism::{Done, Task, TaskError};

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
    /// What changes, each purpose once.
    pub(crate) entries: Vec<EntryChange>,
}

/// A change of one status.
pub(crate) struct EntryChange {
    pub(crate) purpose: Purpose,
    /// Where the caller thinks that it is.
    pub(crate) list: Option<String>,
    /// As [`Self::list`].
    pub(crate) index: Option<String>,
    /// Zero clears it.
    pub(crate) value: u8,
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
    /// Issues a credential with a place in the list of each topic.
    pub(crate) async fn issue_watched(
        &self,
        mechanism: &str,
        mut credential: Map<String, Value>,
        mandatory: Vec<String>,
        watched: Watched,
    ) -> Result<Done, StatusTaskError> {
        let found = self.mechanisms().and_then(|all| all.named(mechanism));
        let party = found.ok_or(TaskError::Unknown)?;
        if credential.contains_key(MEMBER) {
            return Err(wrong("the credential has a status already"));
        }
        let counter = format!("vc_api_index {mechanism}");
        let counter = self.parts().store.reserve(&counter, 1).await?;
        let index = party.places.index(counter);
        let index = index.ok_or_else(|| wrong("the status lists of this mechanism are full"))?;
        let mut place = Place {
            mechanism: mechanism.to_owned(),
            index,
            topics: Vec::new(),
        };
        let mut entries = Vec::new();
        for purpose in watched.purposes {
            let entry = self.entry(party.mechanism, purpose, index);
            let (topic, entry) = entry.ok_or_else(|| wrong("no messages are configured"))?;
            place.topics.push(topic.to_string());
            entries.push(entry.write());
        }
        credential.insert(MEMBER.to_owned(), entries.into());
        let done = self.secure(mechanism, Task::Issue(credential, mandatory));
        let done = done.await?;
        let batch = Batch::new().create(key_of(&watched.id), &place, None)?;
        match self.parts().store.commit(batch, self.now()).await {
            Err(error) if error.is_conflict() => Err(StatusTaskError::Known),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(done),
        }
    }

    /// Changes statuses, all or none. They are published at once. What is revoked stays so.
    pub(crate) async fn change_status(&self, change: &StatusChange) -> Result<(), StatusTaskError> {
        let (store, now) = (&self.parts().store, self.now());
        let place = store.load::<Place>(key_of(&change.id), now).await?;
        let place = place.ok_or(TaskError::Unknown)?.value;
        let named = change.mechanism.as_ref();
        let elsewhere = named.is_some_and(|name| *name != place.mechanism);
        let mechanism = Mechanism::parse(&place.mechanism).filter(|_| !elsewhere);
        let mechanism = mechanism.ok_or(TaskError::Unknown)?;
        for _ in 0..ATTEMPTS {
            let mut batch = Batch::new();
            for entry in &change.entries {
                batch = self.marking(batch, mechanism, &place, entry, now).await?;
            }
            match store.commit(batch, now).await {
                // Somebody else changes it, too.
                Err(error) if error.is_conflict() => {}
                other => return Ok(other?),
            }
        }
        Err(TaskError::Busy.into())
    }

    /// Adds a change of one status to a batch.
    async fn marking(
        &self,
        batch: Batch,
        mechanism: Mechanism,
        place: &Place,
        change: &EntryChange,
        now: Timestamp,
    ) -> Result<Batch, StatusTaskError> {
        let topics = place.topics.iter().filter_map(|name| Topic::parse(name));
        let topic = topics
            .into_iter()
            .find(|one| one.purpose() == change.purpose);
        let topic = topic.ok_or_else(|| wrong("the credential has no such status"))?;
        let list = self.status_list(mechanism, topic);
        let (stated, index) = (change.list.as_ref(), change.index.as_ref());
        if stated.is_some_and(|stated| stated != list.as_str())
            || index.is_some_and(|stated| *stated != place.index.to_string())
        {
            return Err(wrong("the credential has no such status"));
        }
        if u16::from(change.value) >> topic.size() != 0 {
            return Err(wrong("the status has no such value"));
        }
        let prefix = prefix(mechanism, topic);
        let id = [prefix, place.index.to_be_bytes().to_vec()].concat();
        let mark = self.parts().store.load::<Mark>(&id, now).await?;
        let next = Mark(change.value);
        Ok(match (mark, change.value) {
            (None, 0) => batch,
            (None, _) => batch.create(&id, &next, None)?,
            (Some(read), _) if read.value == next => batch,
            (Some(_), 0) if topic == Topic::Revocation => {
                return Err(wrong("what is revoked stays so"));
            }
            (Some(read), 0) => batch.delete::<Mark>(&id, read.version),
            (Some(read), _) => batch.replace(&id, read.version, &next, None)?,
        })
    }

    /// The list of a mechanism and topic, signed now.
    pub(crate) async fn status_credential(
        &self,
        mechanism: &str,
        topic: Topic,
    ) -> Result<Secured, StatusTaskError> {
        let found = self.mechanisms().and_then(|all| all.named(mechanism));
        let party = found.ok_or(TaskError::Unknown)?;
        let now = self.now();
        let mut list = Bitstring::new(topic.size(), MINIMUM_ENTRIES).map_err(unwritable)?;
        for (index, value) in self.marks(party.mechanism, topic, now).await? {
            list.set(index, value).map_err(unwritable)?;
        }
        let messages = match topic {
            Topic::Message(bits) => self.parts().status.messages().in_bits(bits),
            Topic::Revocation | Topic::Suspension => None,
        };
        let publication = BitstringPublication {
            list: &list,
            purpose: topic.purpose(),
            messages: messages.as_ref(),
            issuer: party.issuer(),
            uri: &self.status_list(party.mechanism, topic),
            valid_from: now,
            valid_until: now + EXPIRY,
            time_to_live: TIME_TO_LIVE,
        };
        // Nobody withholds anything of a list.
        let whole = match party.mechanism.derives() {
            true => vec![SUBJECT.to_owned()],
            false => Vec::new(),
        };
        let task = Task::Issue(publication.credential(), whole);
        match self.secure(mechanism, task).await?.secured {
            // A base proof is for a holder: what a verifier can read, is derived.
            Secured::Object(base) if party.mechanism.derives() => {
                let everything = vec![String::new()];
                let derived = self.derive(base, everything).await?;
                Ok(Secured::Object(derived))
            }
            secured => Ok(secured),
        }
    }

    async fn marks(
        &self,
        mechanism: Mechanism,
        topic: Topic,
        now: Timestamp,
    ) -> Result<Vec<(u64, u8)>, StoreError> {
        let prefix = prefix(mechanism, topic);
        let mut marks = Vec::new();
        let mut after = Some(prefix.clone());
        while let Some(from) = after {
            let store = &self.parts().store;
            let page = store.list::<Mark>(Some(&from), PAGE, now).await?;
            after = page.next;
            for (id, read) in page.entries {
                match id.strip_prefix(prefix.as_slice()).map(<[u8; 8]>::try_from) {
                    Some(Ok(index)) => marks.push((u64::from_be_bytes(index), read.value.0)),
                    Some(Err(_)) => {}
                    None => after = None,
                }
            }
        }
        Ok(marks)
    }

    /// What a credential says of its place; `None` if there is nothing that it could be made to
    /// say there.
    fn entry(
        &self,
        mechanism: Mechanism,
        purpose: Purpose,
        index: u64,
    ) -> Option<(Topic, BitstringEntry)> {
        let list = |topic| self.status_list(mechanism, topic);
        let bit = |topic| (topic, BitstringEntry::bit(purpose, index, list(topic)));
        match purpose {
            Purpose::Message => {
                let messages = self.parts().status.messages();
                let entry = messages.entry(index, |bits| list(Topic::Message(bits)))?;
                Some((Topic::Message(entry.size), entry))
            }
            Purpose::Refresh => None,
            Purpose::Revocation => Some(bit(Topic::Revocation)),
            Purpose::Suspension => Some(bit(Topic::Suspension)),
        }
    }

    fn status_list(&self, mechanism: Mechanism, topic: Topic) -> Url {
        let mut url = self.parts().service.public_url.clone();
        let base = url.path().trim_end_matches('/');
        let path = format!("{base}/mechanisms/{mechanism}/status/{topic}");
        url.set_path(&path);
        url
    }
}

/// Where the status of a credential is, by the caller's name for it.
#[derive(Debug, Deserialize, Serialize)]
struct Place {
    mechanism: String,
    index: u64,
    topics: Vec<String>,
}

impl Record for Place {
    const KIND: &'static str = "vc_api_place";
}

/// The value of a status that is set; its identifier says which.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
struct Mark(u8);

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

fn prefix(mechanism: Mechanism, topic: Topic) -> Vec<u8> {
    format!("{mechanism} {topic} ").into_bytes()
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
const SUBJECT: &str = "/credentialSubject";
const TIME_TO_LIVE: SignedDuration = SignedDuration::from_mins(5);
