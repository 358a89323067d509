//! The SQL of the SQLite engine.

use std::sync::Arc;

use sqlx::sqlite::{Sqlite, SqliteArguments};
use sqlx::{Arguments, AssertSqlSafe, Encode, Type};

pub(super) const LIST: &str = "SELECT id, version, value FROM records
    WHERE kind = ?1 AND id >= ?2 AND (expires_at IS NULL OR expires_at > ?3)
    ORDER BY id LIMIT ?4";
pub(super) const LIST_AFTER: &str = "SELECT id, version, value FROM records
    WHERE kind = ?1 AND id > ?2 AND (expires_at IS NULL OR expires_at > ?3)
    ORDER BY id LIMIT ?4";
pub(super) const COUNT: &str = "SELECT count(*) FROM records
    WHERE kind = ?1 AND (expires_at IS NULL OR expires_at > ?2)";
pub(super) const READY: &str = "SELECT 1 FROM records LIMIT 1";
pub(super) const RESERVE: &str = "INSERT INTO counters (name, next) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET next = next + excluded.next
    WHERE next <= 9223372036854775807 - excluded.next
    RETURNING next - ?2";
pub(super) const PURGE: &str = "DELETE FROM records WHERE rowid IN (
    SELECT rowid FROM records WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

/// A statement over a table of parameters, prepared once per power of two.
/// Parameters that are not bound are NULL, and the statement skips such rows.
pub(super) struct Tabular {
    sizes: Vec<Arc<str>>,
}

impl Tabular {
    /// Reads the versions and expiries of keys, each with its place in the table.
    pub(super) fn find(before: &str) -> Self {
        Self::new("(?,?,?)", |rows| {
            format!(
                "{before} WITH wanted (place, kind, id) AS (VALUES {rows})
                SELECT place, version, expires_at
                FROM wanted CROSS JOIN records USING (kind, id)"
            )
        })
    }

    /// The living records of keys, each with its place in the table.
    pub(super) fn load() -> Self {
        Self::new("(?,?,?,?)", |rows| {
            format!(
                "WITH wanted (place, kind, id, now) AS (VALUES {rows})
                SELECT place, version, value FROM wanted CROSS JOIN records USING (kind, id)
                WHERE expires_at IS NULL OR expires_at > now"
            )
        })
    }

    /// Writes rows over what is there. A version is random, so that none is given
    /// out twice, not even after a deletion.
    pub(super) fn write(after: &str) -> Self {
        Self::new("(?,?,?,?)", |rows| {
            format!(
                "INSERT INTO records (kind, id, version, expires_at, value)
                SELECT column1, column2, random() & 9223372036854775807, column3, column4
                FROM (VALUES {rows}) WHERE column1 IS NOT NULL
                ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version,
                    expires_at = excluded.expires_at, value = excluded.value; {after}"
            )
        })
    }

    pub(super) fn delete() -> Self {
        Self::new("(?,?)", |rows| {
            format!(
                "WITH gone (kind, id) AS (VALUES {rows})
                DELETE FROM records WHERE rowid IN (
                    SELECT records.rowid FROM gone CROSS JOIN records USING (kind, id))"
            )
        })
    }

    fn new(row: &str, statement: impl Fn(&str) -> String) -> Self {
        let sizes = (0..=Self::ROWS.ilog2())
            .map(|power| statement(&vec![row; 1 << power].join(",")).into())
            .collect();
        Self { sizes }
    }

    /// The statement for up to [`Self::ROWS`] rows.
    pub(super) fn over(&self, rows: usize) -> AssertSqlSafe<Arc<str>> {
        let power = rows.next_power_of_two().ilog2() as usize;
        let statement = self.sizes.get(power).or(self.sizes.last());
        // Safe: made above from constants.
        AssertSqlSafe(statement.cloned().unwrap_or_default())
    }

    /// The most rows that one statement takes.
    pub(super) const ROWS: usize = 128;
}

/// Adds the next argument of a statement.
pub(super) fn bind<'t, T>(arguments: &mut SqliteArguments, value: T) -> Result<(), sqlx::Error>
where
    T: Encode<'t, Sqlite> + Type<Sqlite>,
{
    arguments.add(value).map_err(sqlx::Error::Encode)
}
