//! The SQLite engine: a writer that commits in groups, a reader that loads in
//! groups, and connections for lists.

mod group;
mod reader;
mod statements;
mod writer;

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row as _};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, yield_now};
use tokio::time::sleep;

use crate::batch::{Key, Write};
use crate::error::{Cause, StoreError};
use crate::pool::{Pool, Pooled};
use crate::record::Row;
use crate::sqlite::reader::{Load, Reader};
use crate::sqlite::writer::{Outcome, Request, Work, Writer};

/// A store in an SQLite file.
///
/// Several processes may open one file; the writers take turns.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    lists: Pool<SqliteConnection>,
    loads: mpsc::Sender<Load>,
    reader: AbortHandle,
    writer: mpsc::Sender<Request>,
}

impl SqliteStore {
    /// Opens the file, making it if there is none, brings the schema up to date
    /// and starts the writer on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// As [`Store::open`](crate::Store::open).
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let options: SqliteConnectOptions = address
            .parse()
            .map_err(|_| StoreError::UnsupportedAddress)?;
        let path = options.get_filename();
        let in_memory = address.contains(":memory:") || address.contains("mode=memory");
        if in_memory || path.as_os_str().is_empty() {
            return Err(StoreError::UnsupportedAddress);
        }
        create_private(path)?;
        let options = options
            .busy_timeout(PATIENCE)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .row_buffer_size(ROW_BUFFER);
        let mut connection = connect(&options).await?;
        migrate(&mut connection).await?;
        let (writer, queue) = mpsc::channel(QUEUE);
        tokio::spawn(Writer::new(connection, options.clone(), queue).run());
        let connection = SqliteConnection::establish(&options).await?;
        let (loads, queue) = mpsc::channel(QUEUE);
        let reader = tokio::spawn(Reader::new(connection, options.clone(), queue).run());
        let lists = Pool::new(options, LISTS);
        Ok(Self {
            lists,
            loads,
            reader: reader.abort_handle(),
            writer,
        })
    }

    pub(crate) async fn load(
        &self,
        kind: &'static str,
        id: Vec<u8>,
        now: i64,
    ) -> Result<Option<Row>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let sent = self
            .loads
            .send(Load {
                key: Key { kind, id },
                now,
                reply,
            })
            .await;
        sent.map_err(|_| StoreError::CLOSED)?;
        answer.await.map_err(|_| StoreError::CLOSED)?
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
        let query = sqlx::query(statement)
            .bind(kind)
            .bind(after)
            .bind(now)
            .bind(limit);
        let mut lease = self.lists.lease().await?;
        let answer = query.fetch_all(lease.connection()).await;
        let mut list = Vec::new();
        for row in lease.done(answer)? {
            let record = Row {
                version: row.try_get(1)?,
                value: row.try_get(2)?,
            };
            list.push((row.try_get(0)?, record));
        }
        Ok(list)
    }

    pub(crate) async fn count(&self, kind: &'static str, now: i64) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar::<_, i64>(statements::COUNT)
            .bind(kind)
            .bind(now);
        let mut lease = self.lists.lease().await?;
        let answer = query.fetch_one(lease.connection()).await;
        Ok(lease.done(answer)?.unsigned_abs())
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

    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        if self.writer.is_closed() {
            return Err(StoreError::CLOSED);
        }
        let mut lease = self.lists.lease().await?;
        let answer = sqlx::query(statements::READY)
            .execute(lease.connection())
            .await;
        lease.done(answer)?;
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.reader.abort();
        self.lists.close().await;
        // An error means that the writer has closed already.
        drop(self.request(Work::Close).await);
    }

    async fn request(&self, work: Work) -> Outcome {
        let (reply, answer) = oneshot::channel();
        let sent = self.writer.send(Request { work, reply }).await;
        sent.map_err(|_| StoreError::CLOSED)?;
        answer.await.map_err(|_| StoreError::CLOSED)?
    }
}

/// A reader.
impl Pooled for SqliteConnection {
    async fn establish(options: &SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let mut connection = options.connect().await?;
        sqlx::raw_sql("PRAGMA query_only = on")
            .execute(&mut connection)
            .await?;
        Ok(connection)
    }
}

/// Takes the requests that wait, or waits for one; nothing once the queue has
/// ended.
async fn gather<T>(queue: &mut mpsc::Receiver<T>, most: usize) -> Vec<T> {
    let mut requests = Vec::new();
    if queue.recv_many(&mut requests, most).await > 0 {
        // Callers that are ready to run add theirs: larger groups cost less.
        yield_now().await;
        while requests.len() < most
            && let Ok(request) = queue.try_recv()
        {
            requests.push(request);
        }
    }
    requests
}

/// Makes the file readable by its owner only. SQLite gives its companions
/// (`-wal`, `-shm`) the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(StoreError::Unavailable(Cause::Io(error.kind())))
        }
        _ => Ok(()),
    }
}

/// Connects, with patience of our own: SQLite does not wait when two processes
/// turn a new file to write-ahead logging at once.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => sleep(PAUSE).await,
            done => return Ok(done?),
        }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let code: Option<u32> = code.and_then(|code| code.parse().ok());
    // The low byte of an extended result code is the primary one.
    code.is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

/// Migrates inside one write transaction: of two processes that open a new file
/// at once, the second waits and finds the work done.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATIONS
        .run_direct(None, &mut *transaction, false)
        .await?;
    Ok(transaction.commit().await?)
}

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a process waits for another's write transaction.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);
/// Requests that wait for the writer before callers wait to be let in.
const QUEUE: usize = 1024;
const LISTS: usize = 2;
/// Rows that a reading thread may run ahead.
const ROW_BUFFER: usize = 256;
const SQLITE_BUSY: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every connection is made from the same options.
    #[tokio::test]
    async fn a_commit_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/store.db", folder.path().display());
        let store = SqliteStore::open(&address).await.unwrap();
        let mut lease = store.lists.lease().await.unwrap();
        for (pragma, expected) in [
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA query_only", "1"),
        ] {
            let row = sqlx::query(pragma)
                .fetch_one(lease.connection())
                .await
                .unwrap();
            let text = row.try_get_unchecked::<String, _>(0).unwrap();
            assert_eq!(text, expected, "{pragma}");
        }
    }
}
