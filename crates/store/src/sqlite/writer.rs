//! The one writer of a process.
//!
//! It takes all requests that wait, applies them in one transaction and replies
//! after the commit: the disk is asked once for all of them. While the disk
//! works, the next group gathers.

use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::{mpsc, oneshot};

use crate::batch::{Content, Key, Write};
use crate::error::{Cause, StoreError};
use crate::sqlite::file::File;
use crate::sqlite::group::Group;
use crate::sqlite::statements::{
    BEGIN, COMMIT, DELETE, EMPTY_LOG, FIND, PURGE, RESERVE, REWRITE, WRITE,
};
use crate::store::Depth;

/// What a caller asks of the writer.
pub(super) struct Request {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Outcome>,
}

pub(super) enum Work {
    Close,
    /// Answered with 0.
    Commit {
        writes: Vec<Write>,
        now: i64,
    },
    /// Answered with the number of deleted rows.
    Purge {
        now: i64,
        limit: u32,
    },
    /// Answered with the first number.
    Reserve {
        counter: String,
        amount: i64,
    },
    /// Answered with 0, or with 1 if the log could not be emptied. It is done after the transaction
    /// of its group.
    Scrub(Depth),
}

pub(super) type Outcome = Result<i64, StoreError>;

/// The writer.
pub(super) struct Writer {
    connection: Connection,
    file: File,
    queue: mpsc::Receiver<Request>,
    /// How many requests came together lately.
    expected: usize,
}

impl Writer {
    pub(super) fn new(file: File, queue: mpsc::Receiver<Request>) -> Result<Self, StoreError> {
        Ok(Self {
            connection: file.writer()?,
            file,
            queue,
            expected: 1,
        })
    }

    /// Gives it a thread: it waits for the disk most of the time.
    pub(super) fn start(self) -> Result<(), StoreError> {
        let thread = thread::Builder::new().name("store-writer".to_owned());
        match thread.spawn(move || self.run()) {
            Ok(_) => Ok(()),
            Err(error) => Err(StoreError::Unavailable(Cause::Io(error.kind()))),
        }
    }

    /// Works until the last store handle is dropped or one of them closes it.
    fn run(mut self) {
        let mut waiting = Vec::new();
        while waiting.is_empty() {
            let requests = self.gather();
            if requests.is_empty() {
                break;
            }
            let (works, replies): (Vec<_>, Vec<_>) = requests
                .into_iter()
                .map(|request| (request.work, request.reply))
                .unzip();
            let closing = works.iter().any(|work| matches!(work, Work::Close));
            let depths: Vec<Option<Depth>> = works.iter().map(Work::depth).collect();
            let mut outcomes = match transact(&self.connection, works) {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    self.recover();
                    vec![Err(error.into()); replies.len()]
                }
            };
            for (outcome, depth) in outcomes.iter_mut().zip(depths) {
                if let (Ok(_), Some(depth)) = (&outcome, depth) {
                    *outcome = scrub(&self.connection, depth).map_err(StoreError::from);
                }
            }
            let answers = replies.into_iter().zip(outcomes);
            if closing {
                waiting.extend(answers);
            } else {
                answer(answers);
            }
        }
        self.queue.close();
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(error = %StoreError::from(error), "the database did not close well");
        }
        answer(waiting);
    }

    /// Takes the requests that wait, or waits for one; nothing once the queue has
    /// ended.
    ///
    /// A group costs a flush of the disk and a dozen pages, whatever its size. Where
    /// several came together before, it waits a moment for as many; whoever is alone
    /// waits for nobody.
    fn gather(&mut self) -> Vec<Request> {
        let mut requests = Vec::new();
        if self.queue.blocking_recv_many(&mut requests, GROUP) == 0 {
            return requests;
        }
        // Where all cores are busy, others go first and add theirs.
        thread::yield_now();
        self.take(&mut requests);
        let begun = Instant::now();
        while requests.len() < self.expected && begun.elapsed() < LINGER {
            thread::sleep(PAUSE);
            self.take(&mut requests);
        }
        let fewer = self.expected - self.expected.div_ceil(8);
        self.expected = requests.len().max(fewer);
        requests
    }

    fn take(&mut self, requests: &mut Vec<Request>) {
        while requests.len() < GROUP
            && let Ok(request) = self.queue.try_recv()
        {
            requests.push(request);
        }
    }

    /// After a failure: ends what may be left of the transaction, and replaces a
    /// connection that cannot even do that, now or after the next failure.
    fn recover(&mut self) {
        let ended =
            self.connection.is_autocommit() || self.connection.execute_batch("ROLLBACK").is_ok();
        if !ended && let Ok(connection) = self.file.writer() {
            self.connection = connection;
        }
    }
}

/// Does all works in one transaction. If it fails, none is done.
fn transact(connection: &Connection, works: Vec<Work>) -> rusqlite::Result<Vec<Outcome>> {
    connection.prepare_cached(BEGIN)?.execute([])?;
    let mut group = Group::of(works.iter().flat_map(Work::writes));
    find(connection, &mut group)?;
    let mut outcomes = Vec::with_capacity(works.len());
    for work in works {
        outcomes.push(match work {
            Work::Close | Work::Scrub(_) => Ok(0),
            Work::Commit { writes, now } => group.apply(writes, now).map(|()| 0),
            Work::Purge { now, limit } => Ok(purge(connection, now, limit)?),
            Work::Reserve { counter, amount } => {
                let first = reserve(connection, &counter, amount)?;
                first.ok_or(StoreError::Exhausted)
            }
        });
    }
    let (written, gone) = group.result();
    delete(connection, &gone)?;
    write(connection, &written)?;
    connection.prepare_cached(COMMIT)?.execute([])?;
    Ok(outcomes)
}

fn find(connection: &Connection, group: &mut Group) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(FIND)?;
    group.find(|key| {
        let row = statement.query_row(params![key.kind, key.id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        row.optional()
    })
}

fn write(connection: &Connection, rows: &[(Key, Content)]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(WRITE)?;
    for (key, content) in rows {
        let Content {
            value,
            expires_at,
            version,
        } = content;
        statement.execute(params![key.kind, key.id, version, expires_at, value])?;
    }
    Ok(())
}

fn delete(connection: &Connection, keys: &[Key]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(DELETE)?;
    for key in keys {
        statement.execute(params![key.kind, key.id])?;
    }
    Ok(())
}

fn purge(connection: &Connection, now: i64, limit: u32) -> rusqlite::Result<i64> {
    let deleted = connection
        .prepare_cached(PURGE)?
        .execute(params![now, limit])?;
    Ok(i64::try_from(deleted).unwrap_or(i64::MAX))
}

fn reserve(connection: &Connection, counter: &str, amount: i64) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached(RESERVE)?;
    let first = statement.query_row(params![counter, amount], |row| row.get(0));
    first.optional()
}

/// Leaves nothing of an earlier state, at this depth, in the file and its log.
fn scrub(connection: &Connection, depth: Depth) -> rusqlite::Result<i64> {
    match depth {
        Depth::Log => {}
        Depth::Pages => connection.execute_batch(REWRITE)?,
    }
    connection.query_row(EMPTY_LOG, [], |row| row.get(0))
}

impl Work {
    fn depth(&self) -> Option<Depth> {
        match self {
            Self::Scrub(depth) => Some(*depth),
            Self::Close | Self::Commit { .. } | Self::Purge { .. } | Self::Reserve { .. } => None,
        }
    }

    fn writes(&self) -> &[Write] {
        match self {
            Self::Commit { writes, .. } => writes,
            Self::Close | Self::Purge { .. } | Self::Reserve { .. } | Self::Scrub(_) => &[],
        }
    }
}

fn answer(answers: impl IntoIterator<Item = (oneshot::Sender<Outcome>, Outcome)>) {
    for (reply, outcome) in answers {
        // A caller that stopped waiting does not need the answer.
        drop(reply.send(outcome));
    }
}

/// The most requests in one transaction.
const GROUP: usize = 256;
/// How long the first of a group may wait for others: some flushes of a fast disk, one of a slow one.
const LINGER: Duration = Duration::from_micros(1500);
/// Each look whether they have come is a way into the kernel, and takes the core from them.
const PAUSE: Duration = Duration::from_micros(500);
