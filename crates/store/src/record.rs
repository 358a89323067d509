//! What is stored, and what loading it yields.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// A value that can be remembered under an identifier.
pub trait Record: Serialize + DeserializeOwned {
    /// The name of this kind of record, unique among the records and the spent
    /// markers of one database. It is stored: renaming it loses the records.
    const KIND: &'static str;
}

/// A value together with the version under which it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// The value.
    pub value: T,
    /// What [`Batch::replace`](crate::Batch::replace) and
    /// [`Batch::delete`](crate::Batch::delete) must name. Opaque: it only says
    /// whether the record has changed since, and is never given out twice for
    /// one identifier.
    pub version: u64,
}

/// A part of a list, ordered by identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Identifiers and values.
    pub entries: Vec<(Vec<u8>, Stored<T>)>,
    /// Where the next page begins (the `after` of the next call); `None` at the
    /// end of the list.
    pub next: Option<Vec<u8>>,
}

/// A record as the engines see it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) version: i64,
    pub(crate) value: Vec<u8>,
}

impl Row {
    pub(crate) fn decode<T: Record>(self) -> Result<Stored<T>, StoreError> {
        let corrupt = || StoreError::Corrupt { kind: T::KIND };
        Ok(Stored {
            value: serde_json::from_slice(&self.value).map_err(|_| corrupt())?,
            version: u64::try_from(self.version).map_err(|_| corrupt())?,
        })
    }
}

/// The stored form of an instant: microseconds since 1970.
pub(crate) fn micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}
