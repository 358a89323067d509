//! Connections that are used again.
//!
//! sqlx's own pool spends a task and a round trip on every release; this one
//! spends them only on connections that have rested.

use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Connection;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::error::{Cause, StoreError};

/// A connection that knows how an engine sets it up.
pub(crate) trait Pooled: Connection + Sized {
    fn establish(options: &Self::Options)
    -> impl Future<Output = Result<Self, sqlx::Error>> + Send;
}

/// Up to a number of connections, opened when they are needed.
pub(crate) struct Pool<C: Connection> {
    shared: Arc<Shared<C>>,
}

struct Shared<C: Connection> {
    options: C::Options,
    permits: Semaphore,
    idle: Mutex<Vec<Idle<C>>>,
}

impl<C: Pooled> Pool<C> {
    pub(crate) fn new(options: C::Options, size: usize) -> Self {
        let permits = Semaphore::new(size);
        let shared = Shared {
            options,
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
        while let Some(idle) = self.shared.take() {
            if let Some(connection) = idle.living().await {
                return Ok(Lease {
                    connection,
                    shared: &self.shared,
                    _permit: permit,
                });
            }
        }
        let connection = within(PATIENCE, C::establish(&self.shared.options)).await??;
        Ok(Lease {
            connection,
            shared: &self.shared,
            _permit: permit,
        })
    }

    /// Refuses new leases and closes the connections; one that is out is closed
    /// when it comes back.
    pub(crate) async fn close(&self) {
        self.shared.permits.close();
        while let Some(idle) = self.shared.take() {
            // Nothing is at stake: a connection at rest holds no transaction.
            drop(idle.connection.close().await);
        }
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
        let trusted_since = match &answer {
            Ok(_) => Some(Instant::now()),
            Err(sqlx::Error::Database(_)) => None,
            Err(_) => return answer,
        };
        if !self.shared.permits.is_closed() {
            self.shared.idle().push(Idle {
                connection: self.connection,
                trusted_since,
            });
        }
        answer
    }
}

/// A connection at rest.
struct Idle<C> {
    connection: C,
    /// When it last worked; `None` if it reported an error, which may be the end
    /// of its server.
    trusted_since: Option<Instant>,
}

impl<C: Connection> Idle<C> {
    /// The connection, if it still lives.
    async fn living(mut self) -> Option<C> {
        let trusted = self
            .trusted_since
            .is_some_and(|since| since.elapsed() < RESTED);
        let lives = trusted || matches!(within(PATIENCE, self.connection.ping()).await, Ok(Ok(())));
        lives.then_some(self.connection)
    }
}

impl<C: Connection> Shared<C> {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle<C>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Idle<C>> {
        self.idle().pop()
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
