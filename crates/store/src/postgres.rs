//! The PostgreSQL engine: one transaction, and one round trip, per call.

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError};
use sqlx::{ConnectOptions, Connection, Row as _};

use crate::batch::{Change, Write};
use crate::error::StoreError;
use crate::pool::{Pool, Pooled};
use crate::record::Row;

/// A store on PostgreSQL.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    pool: Pool<PgConnection>,
}

impl PostgresStore {
    /// Connects and brings the schema up to date.
    ///
    /// # Errors
    ///
    /// As [`Store::open`](crate::Store::open).
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let options: PgConnectOptions = address
            .parse()
            .map_err(|_| StoreError::UnsupportedAddress)?;
        let pool = Pool::new(options, CONNECTIONS);
        let mut lease = pool.lease().await?;
        // The migrator waits for its own advisory lock: replicas start together.
        MIGRATIONS
            .run_direct(None, lease.connection(), false)
            .await?;
        lease.done(Ok(()))?;
        Ok(Self { pool })
    }

    pub(crate) async fn load(
        &self,
        kind: &'static str,
        id: Vec<u8>,
        now: i64,
    ) -> Result<Option<Row>, StoreError> {
        let query = sqlx::query(LOAD).bind(kind).bind(id).bind(now);
        let mut lease = self.pool.lease().await?;
        let answer = query.fetch_optional(lease.connection()).await;
        let Some(row) = lease.done(answer)? else {
            return Ok(None);
        };
        Ok(Some(Row {
            version: row.try_get(0)?,
            value: row.try_get(1)?,
        }))
    }

    pub(crate) async fn commit(&self, writes: Vec<Write>, now: i64) -> Result<(), StoreError> {
        let columns = Columns::sorted(writes);
        let mut tries = 1;
        loop {
            let mut lease = self.pool.lease().await?;
            let query = sqlx::query(COMMIT)
                .bind(now)
                .bind(&columns.kinds)
                .bind(&columns.ids)
                .bind(&columns.versions)
                .bind(&columns.fresh)
                .bind(&columns.expiries)
                .bind(&columns.values);
            // `execute` reads up to the server's "ready for query", which it sends
            // after the commit; the row of the answer comes before it.
            let answer = query.execute(lease.connection()).await;
            match lease.done(answer) {
                Ok(_) => return Ok(()),
                Err(error) if tries < TRIES && is_retryable(&error) => tries += 1,
                Err(error) => return Err(columns.conflict(&error).unwrap_or_else(|| error.into())),
            }
        }
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
            Some(after) => (LIST_AFTER, after),
            None => (LIST, [].as_slice()),
        };
        let query = sqlx::query(statement)
            .bind(kind)
            .bind(after)
            .bind(now)
            .bind(limit);
        let mut lease = self.pool.lease().await?;
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
        let query = sqlx::query_scalar::<_, i64>(COUNT).bind(kind).bind(now);
        let mut lease = self.pool.lease().await?;
        let answer = query.fetch_one(lease.connection()).await;
        Ok(lease.done(answer)?.unsigned_abs())
    }

    pub(crate) async fn reserve(&self, counter: &str, amount: i64) -> Result<i64, StoreError> {
        let query = sqlx::query_scalar(RESERVE).bind(counter).bind(amount);
        let mut lease = self.pool.lease().await?;
        // `fetch_all`, for the reason given in `commit`.
        let answer = query.fetch_all(lease.connection()).await;
        lease.done(answer)?.pop().ok_or(StoreError::Exhausted)
    }

    pub(crate) async fn purge(&self, now: i64, limit: u32) -> Result<u64, StoreError> {
        let query = sqlx::query(PURGE).bind(now).bind(i64::from(limit));
        let mut lease = self.pool.lease().await?;
        let answer = query.execute(lease.connection()).await;
        Ok(lease.done(answer)?.rows_affected())
    }

    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        let mut lease = self.pool.lease().await?;
        let answer = lease.connection().ping().await;
        Ok(lease.done(answer)?)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

impl Pooled for PgConnection {
    async fn establish(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let mut connection = options.connect().await?;
        sqlx::raw_sql(SETUP).execute(&mut connection).await?;
        Ok(connection)
    }
}

/// A batch as the arguments of `commit_batch`.
#[derive(Default)]
struct Columns {
    positions: Vec<usize>,
    kinds: Vec<&'static str>,
    ids: Vec<Vec<u8>>,
    versions: Vec<Option<i64>>,
    fresh: Vec<Option<i64>>,
    expiries: Vec<Option<i64>>,
    values: Vec<Option<Vec<u8>>>,
}

impl Columns {
    /// Sorts by key, so that all batches lock rows in one order; writes to one key
    /// keep theirs.
    fn sorted(writes: Vec<Write>) -> Self {
        let mut writes: Vec<(usize, Write)> = writes.into_iter().enumerate().collect();
        writes.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
        let mut columns = Self::default();
        for (position, Write { key, change }) in writes {
            let (version, content) = match change {
                Change::Create(content) => (None, Some(content)),
                Change::Delete(version) => (Some(version), None),
                Change::Replace(version, content) => (Some(version), Some(content)),
                // Versions are positive: a negative one is only looked at, and nothing has the
                // last one.
                Change::Require(version @ 1..) => (Some(-version), None),
                Change::Require(_) => (Some(-i64::MAX), None),
            };
            columns.positions.push(position);
            columns.kinds.push(key.kind);
            columns.ids.push(key.id);
            columns.versions.push(version);
            let fresh = content.as_ref().map(|content| content.version);
            columns.fresh.push(fresh);
            columns
                .expiries
                .push(content.as_ref().and_then(|content| content.expires_at));
            columns.values.push(content.map(|content| content.value));
        }
        columns
    }

    /// Reads the conflict that `commit_batch` raised.
    fn conflict(&self, error: &sqlx::Error) -> Option<StoreError> {
        let error = error
            .as_database_error()?
            .try_downcast_ref::<PgDatabaseError>()?;
        if error.code() != CONFLICT {
            return None;
        }
        let place: usize = error.detail()?.parse().ok()?;
        let (kind, position) = (*self.kinds.get(place)?, *self.positions.get(place)?);
        Some(StoreError::Conflict { kind, position })
    }
}

/// Whether the server undid the transaction for reasons of its own: a
/// serialization failure or a deadlock.
fn is_retryable(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Conditions are checked under "read committed", in which a write that waited for
/// another sees its result. A transaction waits a bounded time, and a server that
/// is configured to lose commits does not lose ours.
const SETUP: &str = "SET default_transaction_isolation = 'read committed';
    SET lock_timeout = '10s';
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'";
const LOAD: &str = "SELECT version, value FROM records
    WHERE kind = $1 AND id = $2 AND (expires_at IS NULL OR expires_at > $3)";
const COMMIT: &str = "SELECT commit_batch($1, $2, $3, $4, $5, $6, $7)";
const LIST: &str = "SELECT id, version, value FROM records
    WHERE kind = $1 AND id >= $2 AND (expires_at IS NULL OR expires_at > $3)
    ORDER BY id LIMIT $4";
const LIST_AFTER: &str = "SELECT id, version, value FROM records
    WHERE kind = $1 AND id > $2 AND (expires_at IS NULL OR expires_at > $3)
    ORDER BY id LIMIT $4";
const COUNT: &str = "SELECT count(*) FROM records
    WHERE kind = $1 AND (expires_at IS NULL OR expires_at > $2)";
const RESERVE: &str = "INSERT INTO counters (name, next) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET next = counters.next + excluded.next
    WHERE counters.next <= 9223372036854775807 - excluded.next
    RETURNING next - $2";
const PURGE: &str = "DELETE FROM records WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM records WHERE expires_at <= $1
    ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))";

/// SQLSTATE of a failed condition, raised by `commit_batch`.
const CONFLICT: &str = "PS001";
const CONNECTIONS: usize = 16;
const TRIES: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Batch;

    /// Whatever the order of its writes, a batch locks rows in the order of their
    /// keys; a conflict still names the place that the caller knows.
    #[test]
    fn batches_lock_in_one_order() {
        let batch = Batch::new()
            .spend("nonce", "b", None)
            .spend("jti", "c", None)
            .spend("nonce", "a", None)
            .spend("nonce", "b", None);
        let columns = Columns::sorted(batch.into_writes());
        assert_eq!(columns.kinds, ["jti", "nonce", "nonce", "nonce"]);
        assert_eq!(columns.ids, [b"c", b"a", b"b", b"b"]);
        assert_eq!(columns.positions, [1, 2, 0, 3]);
    }
}
