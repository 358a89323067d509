//! The file, and how connections to it are made.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::OpenFlags;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use tokio::time::sleep;

use crate::error::{Cause, StoreError};

/// A database file whose schema is up to date.
#[derive(Clone, Debug)]
pub(super) struct File {
    path: PathBuf,
}

impl File {
    /// Makes the file if there is none, and brings its schema up to date.
    pub(super) async fn open(address: &str) -> Result<Self, StoreError> {
        let options: SqliteConnectOptions = address
            .parse()
            .map_err(|_| StoreError::UnsupportedAddress)?;
        let path = options.get_filename().to_owned();
        let in_memory = address.contains(":memory:") || address.contains("mode=memory");
        if in_memory || path.as_os_str().is_empty() {
            return Err(StoreError::UnsupportedAddress);
        }
        create_private(&path)?;
        // A connection keeps this mode of the journal for all that come after it.
        let options = options
            .busy_timeout(PATIENCE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = connect(&options).await?;
        migrate(&mut connection).await?;
        connection.close().await?;
        Ok(Self { path })
    }

    /// A connection for the writer, which waits for the writers of other
    /// processes.
    pub(super) fn writer(&self) -> rusqlite::Result<rusqlite::Connection> {
        let connection = self.connect()?;
        connection.busy_timeout(PATIENCE)?;
        // What was deleted, such as tags under a retired key, does not stay in free pages.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        Ok(connection)
    }

    /// A connection that reads, and waits for nobody.
    pub(super) fn reader(&self) -> rusqlite::Result<rusqlite::Connection> {
        let connection = self.connect()?;
        connection.busy_timeout(Duration::ZERO)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    fn connect(&self) -> rusqlite::Result<rusqlite::Connection> {
        // A connection is never used by two threads at once.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(&self.path, flags)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What undoes half a statement need not outlive the process.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    }
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
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
pub(super) const PAUSE: Duration = Duration::from_millis(5);
const SQLITE_BUSY: u32 = 5;
/// How long the write-ahead log grows before it is written into the file: 16 MiB. Most pages are
/// written again and again meanwhile, and go into the file once.
const LOG_PAGES: u32 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_commit_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/store.db", folder.path().display());
        let file = File::open(&address).await.unwrap();
        for (connection, query_only) in [(file.writer(), "0"), (file.reader(), "1")] {
            let connection = connection.unwrap();
            for (pragma, expected) in [
                ("journal_mode", "wal"),
                ("synchronous", "2"),
                ("foreign_keys", "1"),
                ("query_only", query_only),
            ] {
                let value = connection.pragma_query_value(None, pragma, |row| {
                    row.get::<_, rusqlite::types::Value>(0)
                });
                let text = match value.unwrap() {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => panic!("{other:?}"),
                };
                assert_eq!(text, expected, "{pragma}");
            }
        }
    }
}
