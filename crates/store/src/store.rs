//! The port.

use jiff::Timestamp;

use crate::batch::Batch;
use crate::error::StoreError;
use crate::postgres::PostgresStore;
use crate::record::{Page, Record, Row, Stored, micros};
use crate::sqlite::SqliteStore;

/// A database of records, on either engine.
///
/// Cloning is cheap and shares the connections. Open it once per process,
/// inside a Tokio runtime.
#[derive(Clone, Debug)]
pub enum Store {
    /// PostgreSQL, for several replicas of a service.
    Postgres(PostgresStore),
    /// SQLite, the embedded default.
    Sqlite(SqliteStore),
}

impl Store {
    /// Opens the database at `sqlite://<path>` or `postgres://…`, making an
    /// SQLite file (readable by its owner only) when there is none, and brings
    /// its schema up to date.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedAddress`], [`StoreError::NewerSchema`],
    /// [`StoreError::AlteredSchema`], or [`StoreError::Unavailable`].
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        match address.split_once(':') {
            Some(("postgres" | "postgresql", _)) => {
                Ok(Self::Postgres(PostgresStore::open(address).await?))
            }
            Some(("sqlite", _)) => Ok(Self::Sqlite(SqliteStore::open(address).await?)),
            _ => Err(StoreError::UnsupportedAddress),
        }
    }

    /// Reads a record; an expired one is absent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] or [`StoreError::Unavailable`].
    pub async fn load<T: Record>(
        &self,
        id: impl AsRef<[u8]>,
        now: Timestamp,
    ) -> Result<Option<Stored<T>>, StoreError> {
        let id = id.as_ref().to_vec();
        let row = match self {
            Self::Postgres(engine) => engine.load(T::KIND, id, micros(now)).await?,
            Self::Sqlite(engine) => engine.load(T::KIND, id, micros(now)).await?,
        };
        row.map(Row::decode).transpose()
    }

    /// Applies a batch as a whole, or nothing of it. It is durable when this
    /// returns.
    ///
    /// Once called, the batch may be applied even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if a condition fails, or
    /// [`StoreError::Unavailable`].
    pub async fn commit(&self, batch: Batch, now: Timestamp) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        match self {
            Self::Postgres(engine) => engine.commit(batch.into_writes(), micros(now)).await,
            Self::Sqlite(engine) => engine.commit(batch.into_writes(), micros(now)).await,
        }
    }

    /// Lists up to `limit` living records after an identifier (all, if `None`),
    /// ordered by the bytes of their identifiers.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] or [`StoreError::Unavailable`].
    pub async fn list<T: Record>(
        &self,
        after: Option<&[u8]>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<T>, StoreError> {
        // One more than asked for tells whether there is a next page.
        let rows = i64::from(limit) + 1;
        let mut found = match self {
            Self::Postgres(engine) => engine.list(T::KIND, after, rows, micros(now)).await?,
            Self::Sqlite(engine) => engine.list(T::KIND, after, rows, micros(now)).await?,
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(id, _)| id.clone());
        let entries = found.into_iter().map(|(id, row)| Ok((id, row.decode()?)));
        Ok(Page {
            entries: entries.collect::<Result<_, StoreError>>()?,
            next,
        })
    }

    /// Counts the living records of a kind. It reads them all: not for hot paths.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn count<T: Record>(&self, now: Timestamp) -> Result<u64, StoreError> {
        match self {
            Self::Postgres(engine) => engine.count(T::KIND, micros(now)).await,
            Self::Sqlite(engine) => engine.count(T::KIND, micros(now)).await,
        }
    }

    /// Reserves the next `amount` numbers of a counter and returns the first.
    /// Counters begin at 0. No number is handed out twice, in any process; a
    /// reserved number that is not used is lost.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exhausted`] or [`StoreError::Unavailable`].
    pub async fn reserve(&self, counter: &str, amount: u64) -> Result<u64, StoreError> {
        let amount = i64::try_from(amount).map_err(|_| StoreError::Exhausted)?;
        let first = match self {
            Self::Postgres(engine) => engine.reserve(counter, amount).await?,
            Self::Sqlite(engine) => engine.reserve(counter, amount).await?,
        };
        u64::try_from(first).map_err(|_| StoreError::Exhausted)
    }

    /// Deletes the expired records and markers, in small transactions between
    /// which other callers write, and returns how many.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn purge_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut purged = 0;
        loop {
            let chunk = match self {
                Self::Postgres(engine) => engine.purge(micros(now), PURGE_CHUNK).await?,
                Self::Sqlite(engine) => engine.purge(micros(now), PURGE_CHUNK).await?,
            };
            purged += chunk;
            if chunk < u64::from(PURGE_CHUNK) {
                return Ok(purged);
            }
        }
    }

    /// Removes from the database's files what was deleted or replaced, as far as the engine lets, and
    /// says where the rest may still lie.
    ///
    /// SQLite: the write-ahead log, in which every earlier state of a page waits to be written
    /// over, is emptied into the file. With [`Depth::Pages`], the file is written anew before that,
    /// since records that were moved from page to page leave copies behind; that holds up everybody
    /// who writes, for about a second per 100 megabytes. What the disk itself keeps of freed
    /// blocks is beyond it.
    ///
    /// PostgreSQL: nothing is done. Deleted rows stay until the server's operator vacuums, and in its
    /// own write-ahead log for as long as that is kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], also if another process writes for longer than one waits.
    pub async fn scrub(&self, depth: Depth) -> Result<Remains, StoreError> {
        match self {
            Self::Postgres(_) => Ok(Remains::Server),
            Self::Sqlite(engine) => engine.scrub(depth).await,
        }
    }

    /// Whether the database answers, for readiness checks.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn ready(&self) -> Result<(), StoreError> {
        match self {
            Self::Postgres(engine) => engine.ready().await,
            Self::Sqlite(engine) => engine.ready().await,
        }
    }

    /// Finishes the commits that were asked for, then closes the connections.
    /// Every clone answers [`StoreError::Unavailable`] from then on.
    pub async fn close(&self) {
        match self {
            Self::Postgres(engine) => engine.close().await,
            Self::Sqlite(engine) => engine.close().await,
        }
    }
}

/// How thoroughly [`Store::scrub`] works.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Depth {
    /// The write-ahead log alone: cheap, at any time.
    Log,
    /// The pages too: they are written anew.
    Pages,
}

/// Where deleted and replaced values may still lie after [`Store::scrub`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Remains {
    /// In the write-ahead log: somebody was reading all the time. It can be tried again.
    Log,
    /// Nowhere in the files, at the depth that was asked for.
    Nowhere,
    /// At the PostgreSQL server.
    Server,
}

const PURGE_CHUNK: u32 = 500;
