//! What can go wrong while remembering.

use std::io::ErrorKind;

use sqlx::migrate::MigrateError;

/// Why the store refused or failed. It holds no stored value, no identifier and
/// no database password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The schema was changed by something other than this program's migrations.
    /// The operator must act.
    #[error("the database schema was altered outside this program (migration {migration})")]
    AlteredSchema {
        /// The migration whose recorded content differs.
        migration: i64,
    },

    /// The condition of a write did not hold, and nothing of the batch was
    /// applied. The caller loads again and decides anew, or refuses a replay.
    #[error("the {kind} was changed or used meanwhile (write {position} of the batch)")]
    Conflict {
        /// The kind of the record or marker.
        kind: &'static str,
        /// The position in the batch, counted from 0.
        position: usize,
    },

    /// A stored value cannot be read as its type. The operator must act.
    #[error("a stored {kind} cannot be read")]
    Corrupt {
        /// The kind of the record.
        kind: &'static str,
    },

    /// A counter has no numbers left.
    #[error("the counter has no such block of numbers left")]
    Exhausted,

    /// The database was written by a newer version of this program. The operator
    /// must run that version.
    #[error("the database needs a newer version of this program (it has migration {migration})")]
    NewerSchema {
        /// The migration that this program does not know.
        migration: i64,
    },

    /// The database did not answer or failed. A commit that ends like this may
    /// have been applied: trying it again is safe, because its conditions are
    /// then checked again.
    #[error("the database is unavailable: {0}")]
    Unavailable(Cause),

    /// A record cannot be written as JSON: a defect of the caller.
    #[error("a {kind} cannot be serialized")]
    Unserializable {
        /// The kind of the record.
        kind: &'static str,
    },

    /// The database address is not one of `sqlite://<path>` or `postgres://…`.
    #[error(
        "the database address is not understood: give sqlite://<path> (a file; a database in memory is not durable) or postgres://<user>@<host>/<database>"
    )]
    UnsupportedAddress,
}

/// Why a database is unavailable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The engine reported an error; the code is SQLite's extended result code or
    /// PostgreSQL's SQLSTATE.
    #[error("the engine reports code {0}")]
    Engine(String),
    /// The file or the connection failed.
    #[error("{0}")]
    Io(ErrorKind),
    /// The engine and this program disagree about the protocol or the schema.
    #[error("the engine's answer was not understood")]
    Protocol,
    /// The TLS connection to the engine failed.
    #[error(
        "the TLS connection failed: the server needs a certificate for its name, by an authority that is known here"
    )]
    Tls,
}

impl StoreError {
    /// Whether a write's condition failed, as opposed to the store itself.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    pub(crate) const CLOSED: Self = Self::Unavailable(Cause::Closed);
}

/// Keeps the engine's code and drops its text, which may quote values.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(match error {
            sqlx::Error::Configuration(_) => return Self::UnsupportedAddress,
            sqlx::Error::Database(error) => Cause::Engine(
                error
                    .code()
                    .map_or_else(|| "none".to_owned(), |code| code.into()),
            ),
            // What the handshake refuses arrives as data that does not do.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::InvalidData => Cause::Tls,
            sqlx::Error::Io(error) => Cause::Io(error.kind()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Cause::Closed,
            sqlx::Error::PoolTimedOut => Cause::Io(ErrorKind::TimedOut),
            sqlx::Error::Tls(_) => Cause::Tls,
            _ => Cause::Protocol,
        })
    }
}

/// Keeps the engine's code and drops its text, as above.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(match error.sqlite_error() {
            Some(failure) => Cause::Engine(failure.extended_code.to_string()),
            None => Cause::Protocol,
        })
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMismatch(migration) | MigrateError::Dirty(migration) => {
                Self::AlteredSchema { migration }
            }
            MigrateError::VersionMissing(migration) => Self::NewerSchema { migration },
            _ => Self::Unavailable(Cause::Protocol),
        }
    }
}
