//! The SQLite engine: one thread that commits in groups, and readers beside it.

mod file;
mod group;
mod reader;
mod statements;
mod writer;

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Instant;

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::batch::Write;
use crate::error::{Cause, StoreError};
use crate::record::Row;
use crate::sqlite::file::{File, PATIENCE, PAUSE};
use crate::sqlite::reader::{ReadError, Readers};
use crate::sqlite::writer::{Outcome, Request, Work, Writer};
use crate::store::{Depth, Remains};

/// A store in an SQLite file.
///
/// Several processes may open one file; the writers take turns.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    readers: Arc<Readers>,
    /// Long reads, each on a thread of its own.
    lists: Arc<Semaphore>,
    writer: mpsc::Sender<Request>,
}

impl SqliteStore {
    /// Opens the file, making it if there is none, brings the schema up to date
    /// and starts the writer.
    ///
    /// # Errors
    ///
    /// As [`Store::open`](crate::Store::open).
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let file = File::open(address).await?;
        let (writer, queue) = mpsc::channel(QUEUE);
        Writer::new(file.clone(), queue)?.start()?;
        Ok(Self {
            readers: Arc::new(Readers::new(file)),
            lists: Arc::new(Semaphore::new(LISTS)),
            writer,
        })
    }

    pub(crate) async fn load(
        &self,
        kind: &'static str,
        id: Vec<u8>,
        now: i64,
    ) -> Result<Option<Row>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(statements::LOAD)?;
            let row = statement.query_row(params![kind, id, now], |row| {
                Ok(Row {
                    version: row.get(0)?,
                    value: row.get(1)?,
                })
            });
            row.optional()
        })
        .await
    }

    pub(crate) async fn commit(&self, writes: Vec<Write>, now: i64) -> Result<(), StoreError> {
        self.request(Work::Commit { writes, now }).await.map(|_| ())
    }

    pub(crate) async fn list(
        &self,
        kind: &'static str,
        after: Option<&[u8]>,
        limit: i64,
        now: i64,
    ) -> Result<Vec<(Vec<u8>, Row)>, StoreError> {
        // An absent start is the empty identifier, which then belongs to the list.
        let (statement, after) = match after {
            Some(after) => (statements::LIST_AFTER, after.to_vec()),
            None => (statements::LIST, Vec::new()),
        };
        self.read_apart(move |connection| {
            let mut statement = connection.prepare_cached(statement)?;
            let rows = statement.query_map(params![kind, after, now, limit], |row| {
                let record = Row {
                    version: row.get(1)?,
                    value: row.get(2)?,
                };
                Ok((row.get(0)?, record))
            });
            rows?.collect()
        })
        .await
    }

    pub(crate) async fn count(&self, kind: &'static str, now: i64) -> Result<u64, StoreError> {
        self.read_apart(move |connection| {
            let mut statement = connection.prepare_cached(statements::COUNT)?;
            statement.query_row(params![kind, now], |row| row.get(0))
        })
        .await
        .map(i64::unsigned_abs)
    }

    pub(crate) async fn reserve(&self, counter: &str, amount: i64) -> Result<i64, StoreError> {
        self.request(Work::Reserve {
            counter: counter.to_owned(),
            amount,
        })
        .await
    }

    pub(crate) async fn purge(&self, now: i64, limit: u32) -> Result<u64, StoreError> {
        self.request(Work::Purge { now, limit })
            .await
            .map(i64::unsigned_abs)
    }

    pub(crate) async fn scrub(&self, depth: Depth) -> Result<Remains, StoreError> {
        let left = self.request(Work::Scrub(depth)).await?;
        Ok(match left {
            0 => Remains::Nowhere,
            _ => Remains::Log,
        })
    }

    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        if self.writer.is_closed() {
            return Err(StoreError::CLOSED);
        }
        self.read(|connection| {
            let mut statement = connection.prepare_cached(statements::READY)?;
            statement.query_row([], |_| Ok(())).optional()
        })
        .await
        .map(|_| ())
    }

    pub(crate) async fn close(&self) {
        self.readers.close();
        // An error means that the writer has closed already.
        drop(self.request(Work::Close).await);
    }

    /// Reads on this thread: for what is found by its key.
    async fn read<T>(
        &self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + Sync,
    ) -> Result<T, StoreError> {
        let patience = Patience::begin();
        loop {
            match self.readers.read(&work) {
                Err(ReadError::Busy) => patience.pause().await?,
                Err(ReadError::Store(error)) => return Err(error),
                Ok(found) => return Ok(found),
            }
        }
    }

    /// Reads on a thread where it may take its time.
    async fn read_apart<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + Sync + 'static,
    ) -> Result<T, StoreError> {
        let work = Arc::new(work);
        let patience = Patience::begin();
        let _turn = self.lists.acquire().await.map_err(|_| StoreError::CLOSED)?;
        loop {
            let (readers, work) = (Arc::clone(&self.readers), Arc::clone(&work));
            let answer = spawn_blocking(move || readers.read(&*work)).await;
            match answer.unwrap_or(Err(ReadError::Store(StoreError::CLOSED))) {
                Err(ReadError::Busy) => patience.pause().await?,
                Err(ReadError::Store(error)) => return Err(error),
                Ok(found) => return Ok(found),
            }
        }
    }

    async fn request(&self, work: Work) -> Outcome {
        let (reply, answer) = oneshot::channel();
        let sent = self.writer.send(Request { work, reply }).await;
        sent.map_err(|_| StoreError::CLOSED)?;
        answer.await.map_err(|_| StoreError::CLOSED)?
    }
}

/// How long a reader goes on trying while another process has the file to itself.
struct Patience {
    ends: Instant,
}

impl Patience {
    fn begin() -> Self {
        Self {
            ends: Instant::now() + PATIENCE,
        }
    }

    async fn pause(&self) -> Result<(), StoreError> {
        if Instant::now() > self.ends {
            return Err(StoreError::Unavailable(Cause::Io(ErrorKind::TimedOut)));
        }
        sleep(PAUSE).await;
        Ok(())
    }
}

/// Requests that wait for the writer before callers wait to be let in.
const QUEUE: usize = 1024;
const LISTS: usize = 2;
