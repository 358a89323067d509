//! The SQL of the SQLite engine.

pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";
pub(super) const COMMIT: &str = "COMMIT";
pub(super) const FIND: &str = "SELECT version, expires_at FROM records
    WHERE kind = ?1 AND id = ?2";
/// Writes over what is there.
pub(super) const WRITE: &str = "INSERT INTO records (kind, id, version, expires_at, value)
    VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version,
        expires_at = excluded.expires_at, value = excluded.value";
pub(super) const DELETE: &str = "DELETE FROM records WHERE kind = ?1 AND id = ?2";
pub(super) const RESERVE: &str = "INSERT INTO counters (name, next) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET next = next + excluded.next
    WHERE next <= 9223372036854775807 - excluded.next
    RETURNING next - ?2";
/// Answers first whether somebody was in the way.
pub(super) const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
pub(super) const REWRITE: &str = "VACUUM";
pub(super) const PURGE: &str = "DELETE FROM records WHERE rowid IN (
    SELECT rowid FROM records WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

pub(super) const LOAD: &str = "SELECT version, value FROM records
    WHERE kind = ?1 AND id = ?2 AND (expires_at IS NULL OR expires_at > ?3)";
pub(super) const LIST: &str = "SELECT id, version, value FROM records
    WHERE kind = ?1 AND id >= ?2 AND (expires_at IS NULL OR expires_at > ?3)
    ORDER BY id LIMIT ?4";
pub(super) const LIST_AFTER: &str = "SELECT id, version, value FROM records
    WHERE kind = ?1 AND id > ?2 AND (expires_at IS NULL OR expires_at > ?3)
    ORDER BY id LIMIT ?4";
pub(super) const COUNT: &str = "SELECT count(*) FROM records
    WHERE kind = ?1 AND (expires_at IS NULL OR expires_at > ?2)";
pub(super) const READY: &str = "SELECT 1 FROM records LIMIT 1";
