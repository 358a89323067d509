//! The one loader of a process.
//!
//! It takes all loads that wait and answers them with one statement: a message to
//! the connection's thread and back costs more than finding a row.

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row as _};
use tokio::sync::{mpsc, oneshot};

use crate::batch::Key;
use crate::error::StoreError;
use crate::record::Row;
use crate::sqlite::gather;
use crate::sqlite::statements::{Tabular, bind};

/// A load that waits for its answer.
pub(super) struct Load {
    pub(super) key: Key,
    pub(super) now: i64,
    pub(super) reply: oneshot::Sender<Result<Option<Row>, StoreError>>,
}

/// The loader, which runs as one task.
pub(super) struct Reader {
    connection: SqliteConnection,
    options: SqliteConnectOptions,
    queue: mpsc::Receiver<Load>,
    statement: Tabular,
}

impl Reader {
    pub(super) fn new(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        queue: mpsc::Receiver<Load>,
    ) -> Self {
        Self {
            connection,
            options,
            queue,
            statement: Tabular::load(),
        }
    }

    /// Works until the last store handle is dropped.
    pub(super) async fn run(mut self) {
        loop {
            let mut loads = gather(&mut self.queue, Tabular::ROWS).await;
            if loads.is_empty() {
                return;
            }
            match self.find(&mut loads).await {
                Ok(rows) => {
                    for (load, row) in loads.into_iter().zip(rows) {
                        // A caller that stopped waiting does not need the answer.
                        drop(load.reply.send(Ok(row)));
                    }
                }
                Err(error) => {
                    self.recover(&error).await;
                    let error = StoreError::from(error);
                    for load in loads {
                        drop(load.reply.send(Err(error.clone())));
                    }
                }
            }
        }
    }

    /// The rows, each at the place of its load.
    async fn find(&mut self, loads: &mut [Load]) -> Result<Vec<Option<Row>>, sqlx::Error> {
        let mut arguments = SqliteArguments::default();
        for (place, load) in (0_i64..).zip(&mut *loads) {
            bind(&mut arguments, place)?;
            bind(&mut arguments, load.key.kind)?;
            bind(&mut arguments, std::mem::take(&mut load.key.id))?;
            bind(&mut arguments, load.now)?;
        }
        let query = sqlx::query_with(self.statement.over(loads.len()), arguments);
        let mut rows: Vec<Option<Row>> = loads.iter().map(|_| None).collect();
        for row in query.fetch_all(&mut self.connection).await? {
            let place = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX);
            if let Some(found) = rows.get_mut(place) {
                *found = Some(Row {
                    version: row.try_get(1)?,
                    value: row.try_get(2)?,
                });
            }
        }
        Ok(rows)
    }

    /// Replaces a connection that died, now or after the next failure.
    async fn recover(&mut self, error: &sqlx::Error) {
        if error.as_database_error().is_none()
            && let Ok(connection) = self.options.connect().await
        {
            self.connection = connection;
        }
    }
}
