//! The one writer of a process.
//!
//! It takes all requests that wait, applies them in one transaction and replies
//! after the commit: the disk is asked once for all of them. While the disk
//! works, the next group gathers.

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row as _};
use tokio::sync::{mpsc, oneshot};

use crate::batch::{Content, Key, Write};
use crate::error::StoreError;
use crate::sqlite::gather;
use crate::sqlite::group::Group;
use crate::sqlite::statements::{PURGE, RESERVE, Tabular, bind};

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
}

pub(super) type Outcome = Result<i64, StoreError>;

/// The writer, which runs as one task.
pub(super) struct Writer {
    connection: SqliteConnection,
    options: SqliteConnectOptions,
    queue: mpsc::Receiver<Request>,
    statements: Statements,
}

/// The transaction's begin and end travel with the first and the last statement:
/// every message to the connection's thread costs more than a small statement.
struct Statements {
    begin_and_find: Tabular,
    delete: Tabular,
    find: Tabular,
    write: Tabular,
    write_and_commit: Tabular,
}

impl Writer {
    pub(super) fn new(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        queue: mpsc::Receiver<Request>,
    ) -> Self {
        let statements = Statements {
            begin_and_find: Tabular::find("BEGIN IMMEDIATE;"),
            delete: Tabular::delete(),
            find: Tabular::find(""),
            write: Tabular::write(""),
            write_and_commit: Tabular::write("COMMIT"),
        };
        Self {
            connection,
            options,
            queue,
            statements,
        }
    }

    /// Works until the last store handle is dropped or one of them closes it.
    pub(super) async fn run(mut self) {
        let mut waiting = Vec::new();
        while waiting.is_empty() {
            let requests = gather(&mut self.queue, GROUP).await;
            if requests.is_empty() {
                break;
            }
            let (works, replies): (Vec<_>, Vec<_>) = requests
                .into_iter()
                .map(|request| (request.work, request.reply))
                .unzip();
            let closing = works.iter().any(|work| matches!(work, Work::Close));
            let outcomes = match self.transact(works).await {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    self.recover().await;
                    vec![Err(error.into()); replies.len()]
                }
            };
            let answers = replies.into_iter().zip(outcomes);
            if closing {
                waiting.extend(answers);
            } else {
                answer(answers);
            }
        }
        self.queue.close();
        if let Err(error) = self.connection.close().await {
            tracing::warn!(error = %StoreError::from(error), "the database did not close well");
        }
        answer(waiting);
    }

    /// Does all works in one transaction. If it fails, none is done.
    async fn transact(&mut self, works: Vec<Work>) -> Result<Vec<Outcome>, sqlx::Error> {
        let connection = &mut self.connection;
        let mut group = Group::of(works.iter().flat_map(Work::writes));
        self.statements
            .begin_and_find(&mut group, connection)
            .await?;
        let mut outcomes = Vec::with_capacity(works.len());
        for work in works {
            outcomes.push(match work {
                Work::Close => Ok(0),
                Work::Commit { writes, now } => group.apply(writes, now).map(|()| 0),
                Work::Purge { now, limit } => Ok(purge(connection, now, limit).await?),
                Work::Reserve { counter, amount } => {
                    let first = reserve(connection, counter, amount).await?;
                    first.ok_or(StoreError::Exhausted)
                }
            });
        }
        let (written, gone) = group.result();
        self.statements.delete(gone, connection).await?;
        self.statements
            .write_and_commit(written, connection)
            .await?;
        Ok(outcomes)
    }

    /// After a failure: ends what may be left of the transaction, and replaces a
    /// connection that died, now or after the next failure.
    async fn recover(&mut self) {
        match sqlx::raw_sql("ROLLBACK")
            .execute(&mut self.connection)
            .await
        {
            // An error of the engine: there was no transaction any more.
            Ok(_) | Err(sqlx::Error::Database(_)) => {}
            Err(_) => {
                if let Ok(connection) = self.options.connect().await {
                    self.connection = connection;
                }
            }
        }
    }
}

impl Statements {
    async fn begin_and_find(
        &self,
        group: &mut Group,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        let mut found = Vec::new();
        let keys = group.keys();
        let (mut keys, mut statement) = (keys.as_slice(), &self.begin_and_find);
        loop {
            let (chunk, rest) = keys.split_at(keys.len().min(Tabular::ROWS));
            let mut arguments = SqliteArguments::default();
            for (place, key) in chunk {
                bind(&mut arguments, *place)?;
                bind(&mut arguments, key.kind)?;
                bind(&mut arguments, key.id.as_slice())?;
            }
            let query = sqlx::query_with(statement.over(chunk.len()), arguments);
            found.append(&mut query.fetch_all(&mut *connection).await?);
            if rest.is_empty() {
                break;
            }
            (keys, statement) = (rest, &self.find);
        }
        for row in found {
            group.found(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        }
        Ok(())
    }

    async fn write_and_commit(
        &self,
        rows: Vec<(Key, Content)>,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        let mut rows = rows.into_iter();
        loop {
            let mut arguments = SqliteArguments::default();
            let taken = rows.len().min(Tabular::ROWS);
            for (key, content) in rows.by_ref().take(taken) {
                bind(&mut arguments, key.kind)?;
                bind(&mut arguments, key.id)?;
                bind(&mut arguments, content.expires_at)?;
                bind(&mut arguments, content.value)?;
            }
            let last = rows.len() == 0;
            let statement = if last {
                &self.write_and_commit
            } else {
                &self.write
            };
            let query = sqlx::query_with(statement.over(taken), arguments);
            query.execute(&mut *connection).await?;
            if last {
                return Ok(());
            }
        }
    }

    async fn delete(
        &self,
        keys: Vec<Key>,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        let mut keys = keys.into_iter();
        while keys.len() > 0 {
            let mut arguments = SqliteArguments::default();
            let taken = keys.len().min(Tabular::ROWS);
            for key in keys.by_ref().take(taken) {
                bind(&mut arguments, key.kind)?;
                bind(&mut arguments, key.id)?;
            }
            let query = sqlx::query_with(self.delete.over(taken), arguments);
            query.execute(&mut *connection).await?;
        }
        Ok(())
    }
}

impl Work {
    fn writes(&self) -> &[Write] {
        match self {
            Self::Commit { writes, .. } => writes,
            Self::Close | Self::Purge { .. } | Self::Reserve { .. } => &[],
        }
    }
}

async fn purge(
    connection: &mut SqliteConnection,
    now: i64,
    limit: u32,
) -> Result<i64, sqlx::Error> {
    let done = sqlx::query(PURGE)
        .bind(now)
        .bind(limit)
        .execute(connection)
        .await?;
    Ok(done.rows_affected().cast_signed())
}

async fn reserve(
    connection: &mut SqliteConnection,
    counter: String,
    amount: i64,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(RESERVE)
        .bind(counter)
        .bind(amount)
        .fetch_optional(connection)
        .await
}

fn answer(answers: impl IntoIterator<Item = (oneshot::Sender<Outcome>, Outcome)>) {
    for (reply, outcome) in answers {
        // A caller that stopped waiting does not need the answer.
        drop(reply.send(outcome));
    }
}

/// The most requests in one transaction.
const GROUP: usize = 256;
