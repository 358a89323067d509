//! One table of names and values, durable before anybody is told.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use aws_lc_rs::digest::{Context, SHA256};
use rusqlite::{Connection, OptionalExtension as _};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::sync::{mpsc, oneshot};

/// What a value is found by.
pub(super) type Name = [u8; 32];

/// Names a thing of one kind.
pub(super) fn name(kind: &str, parts: &[&str]) -> Name {
    let mut context = Context::new(&SHA256);
    context.update(kind.as_bytes());
    for part in parts {
        context.update(b"\0");
        context.update(part.as_bytes());
    }
    let mut name = [0; 32];
    name.copy_from_slice(context.finish().as_ref());
    name
}

/// The table.
pub(super) enum Kept {
    Postgres(PgPool),
    Sqlite {
        path: PathBuf,
        idle: Mutex<Vec<Connection>>,
        writer: mpsc::Sender<Request>,
    },
}

impl Kept {
    pub(super) async fn open(
        folder: &Path,
        postgres: Option<&str>,
    ) -> Result<Self, Box<dyn Error>> {
        if let Some(url) = postgres {
            let pool = PgPoolOptions::new().test_before_acquire(false);
            let pool = pool.max_connections(16).connect(url).await?;
            sqlx::raw_sql(POSTGRES).execute(&pool).await?;
            return Ok(Self::Postgres(pool));
        }
        let path = folder.join("skeleton.db");
        let connection = connect(&path)?;
        connection.execute_batch(SQLITE)?;
        let (writer, queue) = mpsc::channel(1024);
        thread::spawn(move || write(&connection, queue));
        Ok(Self::Sqlite {
            path,
            idle: Mutex::default(),
            writer,
        })
    }

    /// Reads a value, on this thread if that can be.
    pub(super) async fn get(&self, name: Name) -> Option<Vec<u8>> {
        match self {
            Self::Postgres(pool) => {
                let query = sqlx::query_scalar("SELECT value FROM skeleton WHERE name = $1");
                query.bind(name.to_vec()).fetch_optional(pool).await.ok()?
            }
            Self::Sqlite { path, idle, .. } => {
                let lock = || idle.lock().unwrap_or_else(PoisonError::into_inner);
                let connection = lock().pop();
                let connection = connection.or_else(|| connect(path).ok())?;
                let mut statement = connection.prepare_cached(GET).ok()?;
                let found = statement.query_row([&name], |row| row.get(0)).optional();
                drop(statement);
                lock().push(connection);
                found.ok()?
            }
        }
    }

    /// Removes a value, if one is named, and adds others. `None` if there was nothing to remove, or
    /// a name was there before: then nothing has changed.
    pub(super) async fn commit(
        &self,
        remove: Option<Name>,
        add: Vec<(Name, Vec<u8>)>,
    ) -> Option<()> {
        match self {
            Self::Postgres(pool) => {
                let (names, values): (Vec<_>, Vec<_>) = add.into_iter().unzip();
                let names: Vec<&[u8]> = names.iter().map(Name::as_slice).collect();
                let query = sqlx::query(COMMIT).bind(remove.map(|name| name.to_vec()));
                let done = query.bind(&names).bind(values).execute(pool).await;
                (done.ok()?.rows_affected() > 0).then_some(())
            }
            Self::Sqlite { writer, .. } => {
                let (reply, done) = oneshot::channel();
                let request = Request { remove, add, reply };
                writer.send(request).await.ok()?;
                done.await.ok()?.then_some(())
            }
        }
    }
}

/// What the writer is asked to do.
pub(super) struct Request {
    remove: Option<Name>,
    add: Vec<(Name, Vec<u8>)>,
    reply: oneshot::Sender<bool>,
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Commits all that wait in one transaction, and then tells them.
fn write(connection: &Connection, mut queue: mpsc::Receiver<Request>) {
    let mut requests = Vec::new();
    while queue.blocking_recv_many(&mut requests, 256) > 0 {
        // Where all cores are busy, others go first and add theirs.
        thread::yield_now();
        while let Ok(request) = queue.try_recv() {
            requests.push(request);
        }
        let told = Arc::new(transact(connection, &requests));
        for (place, request) in requests.drain(..).enumerate() {
            let done = told.as_ref().as_ref().ok().and_then(|told| told.get(place));
            // Who stopped waiting does not need to know.
            let _ = request.reply.send(done == Some(&true));
        }
    }
}

fn transact(connection: &Connection, requests: &[Request]) -> rusqlite::Result<Vec<bool>> {
    let run = |sql: &str| connection.prepare_cached(sql)?.execute([]);
    run("BEGIN IMMEDIATE")?;
    let mut told = Vec::with_capacity(requests.len());
    for request in requests {
        run("SAVEPOINT request")?;
        let done = apply(connection, request)?;
        if !done {
            run("ROLLBACK TO request")?;
        }
        run("RELEASE request")?;
        told.push(done);
    }
    run("COMMIT")?;
    Ok(told)
}

fn apply(connection: &Connection, request: &Request) -> rusqlite::Result<bool> {
    if let Some(name) = &request.remove
        && connection.prepare_cached(REMOVE)?.execute([name])? == 0
    {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(ADD)?;
    for (name, value) in &request.add {
        if statement.execute((name, value))? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

const SQLITE: &str = "PRAGMA journal_mode = WAL;
    CREATE TABLE skeleton (name BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID";
const GET: &str = "SELECT value FROM skeleton WHERE name = ?1";
const REMOVE: &str = "DELETE FROM skeleton WHERE name = ?1";
const ADD: &str = "INSERT INTO skeleton VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const POSTGRES: &str = "DROP TABLE IF EXISTS skeleton;
    CREATE TABLE skeleton (name bytea PRIMARY KEY, value bytea NOT NULL)";
/// Fails as a whole, if a name was there before.
const COMMIT: &str = "WITH removed AS (DELETE FROM skeleton WHERE name = $1 RETURNING 1)
    INSERT INTO skeleton SELECT * FROM unnest($2::bytea[], $3::bytea[])
    WHERE $1 IS NULL OR EXISTS (SELECT 1 FROM removed)";
