//! The keys of tokens, codes and nonces: which is current, and until when earlier ones are read.
//!
//! A new key begins some time after it was made, so that every machine has it before any of them
//! uses it. What was sealed under the one before is read until the last ticket under it has ended,
//! and refused by name from then on. The database remembers names and times, never a key.

use std::path::{Path, PathBuf};

use host::{KeyFileError, read_secret};
use jiff::{SignedDuration, Timestamp};
use openid4vci::issuer::{IssuerSecrets, KeyId, Lifetimes};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Store, StoreError};

use crate::keyring::{KeyringError, make_secret};

/// The keys of one issuer.
#[derive(Debug)]
pub(crate) struct SecretKeys {
    folder: PathBuf,
    store: Store,
    /// The head that this process has read the keys for.
    version: u64,
}

impl SecretKeys {
    /// Reads the keys that the database names; a new database names the first.
    ///
    /// # Errors
    /// [`SecretKeysError`] if one is missing, or is another than the database knows.
    pub(crate) async fn open(
        folder: PathBuf,
        store: Store,
        now: Timestamp,
    ) -> Result<(Self, IssuerSecrets), SecretKeysError> {
        if store.load::<SecretsHead>(HEAD, now).await?.is_none() {
            let first = read_secret(&folder.join(file(0)))?;
            let head = SecretsHead {
                keys: vec![NamedKey::of(&first, None)],
            };
            let batch = Batch::new().create(HEAD, &head, None)?;
            match store.commit(batch, now).await {
                // Another process began.
                Err(error) if error.is_conflict() => {}
                other => other?,
            }
        }
        let (head, version) = read(&store, now).await?;
        let secrets = head.secrets(&folder, now)?;
        let keys = Self {
            folder,
            store,
            version,
        };
        Ok((keys, secrets))
    }

    /// Whether a key was made that this process has not read.
    ///
    /// # Errors
    /// [`SecretKeysError::Store`] if the database does not answer.
    pub(crate) async fn are_old(&self, now: Timestamp) -> Result<bool, SecretKeysError> {
        Ok(read(&self.store, now).await?.1 != self.version)
    }

    /// Makes a key that follows the current one.
    ///
    /// It is written durably before the database hears of it; one that was written and not yet named
    /// is taken up.
    ///
    /// # Errors
    /// [`SecretKeysError`]; [`SecretKeysError::Waiting`] while the last one has not begun.
    pub(crate) async fn rotate(
        &self,
        change: Change,
        lifetimes: &Lifetimes,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<NewSecretKey, SecretKeysError> {
        let (mut head, version) = read(&self.store, now).await?;
        // A machine that lacks a key, or has another, must not go on from there.
        head.secrets(&self.folder, now)?;
        let generation = head.keys.len();
        let Some(last) = head.keys.last_mut() else {
            return Err(CORRUPT.into());
        };
        if let Some(from) = last.from.filter(|from| *from > now) {
            return Err(SecretKeysError::Waiting(from));
        }
        let (from, until) = match change {
            Change::AtOnce => (now, now),
            Change::After(lead) => {
                let from = whole(now + lead);
                let longest = lifetimes.refresh_token.max(lifetimes.offer);
                (from, whole(from + longest + LEEWAY))
            }
        };
        last.until = Some(until);
        let file = file(generation);
        let secret = make_secret(&self.folder, &file, rng)?;
        head.keys.push(NamedKey::of(&secret, Some(from)));
        let batch = Batch::new().replace(HEAD, version, &head, None)?;
        self.store.commit(batch, now).await?;
        Ok(NewSecretKey {
            key: file,
            from: from.to_string(),
            before_until: until.to_string(),
        })
    }

    /// The keys and their times, the oldest first.
    ///
    /// # Errors
    /// [`SecretKeysError::Store`] if the database does not answer.
    pub(crate) async fn list(&self, now: Timestamp) -> Result<Vec<KeySummary>, SecretKeysError> {
        let (head, _) = read(&self.store, now).await?;
        let current = head
            .keys
            .iter()
            .rposition(|key| key.from.is_none_or(|from| from <= now));
        let summary = |(generation, key): (usize, &NamedKey)| KeySummary {
            key: file(generation),
            state: match current {
                Some(current) if generation > current => KeyState::Waiting,
                Some(current) if generation == current => KeyState::Current,
                _ if key.until.is_some_and(|until| until <= now) => KeyState::Retired,
                _ => KeyState::Readable,
            },
            from: key.from.map(|from| from.to_string()),
            until: key.until.map(|until| until.to_string()),
        };
        Ok(head.keys.iter().enumerate().map(summary).collect())
    }
}

/// When a new key begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// Now, and what was made under the one before is refused: for a key that was stolen.
    AtOnce,
    /// After so long; the one before is read until its last ticket has ended.
    After(SignedDuration),
}

/// A new key.
#[derive(Debug, Serialize)]
pub struct NewSecretKey {
    /// Its file: every machine of the issuer needs a copy.
    pub key: String,
    /// From when it is used.
    pub from: String,
    /// Until when what was made under the one before is read.
    pub before_until: String,
}

/// A key as operators see it.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct KeySummary {
    /// Its file.
    pub key: String,
    /// What it is good for.
    pub state: KeyState,
    /// From when it is used; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when what was made under it is read; absent for the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What a key is good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Everything is made under it.
    Current,
    /// What was made under it is read.
    Readable,
    /// Nothing: its file may be deleted.
    Retired,
    /// It begins later.
    Waiting,
}

impl KeyState {
    /// The name that operators see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Readable => "readable",
            Self::Retired => "retired",
            Self::Waiting => "waiting",
        }
    }
}

/// Why keys cannot be read or changed. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeysError {
    /// A file of the right name holds another key.
    #[error(
        "{file} is another key than the one of this name that the database knows: the operator must \
         copy {file} from a machine of this issuer that works, or from the backup of its keys"
    )]
    Differs {
        /// The file.
        file: String,
    },
    /// A file is missing, or is no key.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// A new key cannot be made.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// A key is still read and is not here.
    #[error(
        "a key is not here that is in use: the operator must copy {file} from the machine that made it"
    )]
    Missing {
        /// The file.
        file: String,
    },
    /// The database does not answer, or another machine made a key at the same moment.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The last key that was made has not begun.
    #[error("a new key was made before, and begins at {0}")]
    Waiting(Timestamp),
}

/// The keys by name and time, found by [`HEAD`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct SecretsHead {
    /// The oldest first: the place of each is the number in the name of its file.
    keys: Vec<NamedKey>,
}

impl Record for SecretsHead {
    const KIND: &'static str = "secrets_head";
}

impl SecretsHead {
    /// Reads the keys that are not retired.
    fn secrets(&self, folder: &Path, now: Timestamp) -> Result<IssuerSecrets, SecretKeysError> {
        let mut secrets: Option<IssuerSecrets> = None;
        let (mut retired, mut before_until) = (Vec::new(), None);
        for (generation, key) in self.keys.iter().enumerate() {
            let id: KeyId = key.id.parse().map_err(|_| CORRUPT)?;
            if key.until.is_some_and(|until| until <= now) {
                retired.push(id);
                continue;
            }
            let file = file(generation);
            let path = folder.join(&file);
            if !path.exists() {
                return Err(SecretKeysError::Missing { file });
            }
            let root = read_secret(&path)?;
            if KeyId::of(&root) != id {
                return Err(SecretKeysError::Differs { file });
            }
            secrets = Some(match (secrets, key.from, before_until) {
                (Some(secrets), Some(from), Some(until)) => secrets.followed_by(&root, from, until),
                (Some(_), ..) => return Err(CORRUPT.into()),
                (None, ..) => IssuerSecrets::new(&root),
            });
            before_until = key.until;
        }
        let secrets = secrets.ok_or(CORRUPT)?;
        Ok(retired
            .into_iter()
            .fold(secrets, IssuerSecrets::with_retired))
    }
}

/// A key without the key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct NamedKey {
    /// By which it is told from others; nothing can be computed with it.
    id: String,
    /// From when it is used; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    /// Until when what was made under it is read; none for the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl NamedKey {
    fn of(root: &[u8; 32], from: Option<Timestamp>) -> Self {
        Self {
            id: KeyId::of(root).to_string(),
            from,
            until: None,
        }
    }
}

/// The name of a key's file.
pub(crate) fn file(generation: usize) -> String {
    match generation {
        0 => "secrets.key".to_owned(),
        later => format!("secrets.{later}.key"),
    }
}

async fn read(store: &Store, now: Timestamp) -> Result<(SecretsHead, u64), StoreError> {
    let head = store.load::<SecretsHead>(HEAD, now).await?.ok_or(CORRUPT)?;
    Ok((head.value, head.version))
}

/// Without fractions of a second.
fn whole(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

const CORRUPT: StoreError = StoreError::Corrupt {
    kind: SecretsHead::KIND,
};
const HEAD: &str = "current";
/// Another machine's clock may be behind.
const LEEWAY: SignedDuration = SignedDuration::from_hours(24);
