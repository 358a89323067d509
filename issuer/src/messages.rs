//! What credentials can be made to say of themselves beside whether they are good: a code, and what
//! it means.

use jiff::Timestamp;
use status::{BitstringEntry, StatusMessages};
use store::{Batch, Store, StoreError};
use url::Url;

use crate::config::StatusConfig;
use crate::records::PromisedMessages;

/// The messages that new credentials have, if any, and those that earlier ones had.
#[derive(Clone, Debug)]
pub(crate) struct Messages {
    current: Option<StatusMessages>,
    references: Vec<Url>,
    promised: Vec<String>,
}

impl Messages {
    /// Reads the configuration, and keeps the meaning of every code: holders have it in their
    /// credentials, so that it does not change.
    ///
    /// # Errors
    /// [`MessagesError`] says what the operator must do.
    pub(crate) async fn open(
        config: &StatusConfig,
        store: &Store,
        now: Timestamp,
    ) -> Result<Self, MessagesError> {
        let texts = &config.messages;
        let is_wrong = |text: &String| text.is_empty() || text.chars().count() > LONGEST;
        if let Some(code) = texts.iter().position(is_wrong) {
            return Err(MessagesError::Text(code));
        }
        let current = StatusMessages::new(texts.clone());
        if current.is_none() && !texts.is_empty() {
            return Err(MessagesError::TooMany);
        }
        Ok(Self {
            current,
            references: config.message_references.clone(),
            promised: promise(texts, store, now).await?,
        })
    }

    /// In how many bits new credentials tell a code, if they do.
    #[must_use]
    pub(crate) fn bits(&self) -> Option<u8> {
        self.current.as_ref().map(StatusMessages::size)
    }

    /// What a code means, if that is configured.
    #[must_use]
    pub(crate) fn meaning(&self, code: u8) -> Option<&str> {
        let text = self.current.as_ref()?.get(code)?;
        (text != StatusMessages::UNDEFINED).then_some(text)
    }

    /// What a new credential says of its place in the list of messages of this address.
    #[must_use]
    pub(crate) fn entry(&self, index: u64, list: impl Fn(u8) -> Url) -> Option<BitstringEntry> {
        let (texts, bits) = (self.current.clone()?, self.bits()?);
        let references = self.references.clone();
        Some(BitstringEntry::message(
            index,
            list(bits),
            texts,
            references,
        ))
    }

    /// What the values in a list of so many bits mean.
    #[must_use]
    pub(crate) fn in_bits(&self, bits: u8) -> Option<StatusMessages> {
        let mut texts = self.promised.clone();
        texts.resize(
            1_usize.checked_shl(bits.into())?,
            StatusMessages::UNDEFINED.to_owned(),
        );
        StatusMessages::new(texts)
    }
}

/// Why the configured messages do not do. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum MessagesError {
    /// A code meant something else before.
    #[error(
        "the message {code} of [status] was {before:?} before: credentials say so, add a new one instead"
    )]
    Meaning {
        /// The code.
        code: usize,
        /// What it meant.
        before: String,
    },
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A message is empty or too long.
    #[error("the message {0} of [status] is empty, or longer than {LONGEST} characters")]
    Text(usize),
    /// There are too many.
    #[error("[status] has more messages than 256")]
    TooMany,
}

/// Compares with what was promised before, and promises what is new. Returns all of it.
async fn promise(
    texts: &[String],
    store: &Store,
    now: Timestamp,
) -> Result<Vec<String>, MessagesError> {
    loop {
        let read = store.load::<PromisedMessages>(PROMISED, now).await?;
        let mut promised = read
            .as_ref()
            .map_or_else(Vec::new, |read| read.value.0.clone());
        for (code, text) in texts.iter().enumerate() {
            match promised.get_mut(code) {
                None => promised.push(text.clone()),
                Some(before) if before == StatusMessages::UNDEFINED => before.clone_from(text),
                Some(before) if before == text || text == StatusMessages::UNDEFINED => {}
                Some(before) => {
                    let before = before.clone();
                    return Err(MessagesError::Meaning { code, before });
                }
            }
        }
        let next = PromisedMessages(promised);
        let batch = match read {
            Some(read) if read.value == next => return Ok(next.0),
            None if next.0.is_empty() => return Ok(next.0),
            Some(read) => Batch::new().replace(PROMISED, read.version, &next, None)?,
            None => Batch::new().create(PROMISED, &next, None)?,
        };
        match store.commit(batch, now).await {
            // Another process promises something too.
            Err(error) if error.is_conflict() => {}
            other => return other.map(|()| next.0).map_err(MessagesError::from),
        }
    }
}

/// What verifiers keep of a message at most.
const LONGEST: usize = 256;
const PROMISED: &str = "messages";
