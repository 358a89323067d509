//! Connections that are used again.
//!
//! sqlx's own pool spends a task and a round trip on every release; this one
//! spends them only on connections that have rested.

use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, Connection, Executor};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::error::{Cause, StoreError};

/// Up to a number of connections, opened when they are needed.
pub(crate) struct Pool<C: Connection> {
    shared: Arc<Shared<C>>,
}

struct Shared<C: Connection> {
    options: C::Options,
    /// Run once on every new connection.
    setup: &'static str,
    permits: Semaphore,
    idle: Mutex<Vec<(C, Instant)>>,
}

impl<C> Pool<C>
where
    C: Connection<Options: ConnectOptions<Connection = C>>,
    for<'c> &'c mut C: Executor<'c>,
{
    pub(crate) fn new(options: C::Options, setup: &'static str, size: usize) -> Self {
        let permits = Semaphore::new(size);
        let shared = Shared {
            options,
            setup,
            permits,
            idle: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Borrows a connection. It comes back to the pool by [`Lease::done`] only, so
    /// that one that failed, or whose user stopped waiting, is never used again.
    pub(crate) async fn lease(&self) -> Result<Lease<'_, C>, StoreError> {
        let permit = match self.shared.permits.try_acquire() {
            Ok(permit) => permit,
            Err(_) => within(PATIENCE, self.shared.permits.acquire())
                .await?
                .map_err(|_| StoreError::CLOSED)?,
        };
        while let Some((mut connection, since)) = self.shared.idle().pop() {
            if since.elapsed() < RESTED || connection.ping().await.is_ok() {
                return Ok(Lease {
                    connection,
                    shared: &self.shared,
                    _permit: permit,
                });
            }
        }
        let connection = within(PATIENCE, self.connect()).await??;
        Ok(Lease {
            connection,
            shared: &self.shared,
            _permit: permit,
        })
    }

    /// Refuses new leases, waits for those that are out and closes the
    /// connections.
    pub(crate) async fn close(&self) {
        self.shared.permits.close();
        let idle = std::mem::take(&mut *self.shared.idle());
        for (connection, _) in idle {
            // Nothing is at stake: a connection at rest holds no transaction.
            drop(connection.close().await);
        }
    }

    async fn connect(&self) -> Result<C, StoreError> {
        let mut connection = self.shared.options.connect().await?;
        (&mut connection).execute(self.shared.setup).await?;
        Ok(connection)
    }
}

/// A borrowed connection.
pub(crate) struct Lease<'a, C: Connection> {
    connection: C,
    shared: &'a Shared<C>,
    _permit: SemaphorePermit<'a>,
}

impl<C: Connection> Lease<'_, C> {
    pub(crate) fn connection(&mut self) -> &mut C {
        &mut self.connection
    }

    /// Gives the connection back after a complete answer.
    pub(crate) fn done<T>(self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        match &answer {
            Ok(_) | Err(sqlx::Error::Database(_)) if !self.shared.permits.is_closed() => {
                self.shared.idle().push((self.connection, Instant::now()));
            }
            // The engine went away: so have the connections at rest.
            Err(sqlx::Error::Io(_)) => self.shared.idle().clear(),
            _ => {}
        }
        answer
    }
}

impl<C: Connection> Shared<C> {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(C, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Connection> Clone for Pool<C> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

/// Shows nothing of the options, which hold the database password.
impl<C: Connection> fmt::Debug for Pool<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

async fn within<T>(limit: Duration, answer: impl Future<Output = T>) -> Result<T, StoreError> {
    let late = |_| StoreError::Unavailable(Cause::Io(ErrorKind::TimedOut));
    timeout(limit, answer).await.map_err(late)
}

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// After how long a connection is asked whether it still lives.
const RESTED: Duration = Duration::from_secs(1);
