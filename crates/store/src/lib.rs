//! Remembering: one small port, two engines.
//!
//! This crate does not know what it remembers: a [`Record`] is a kind, an
//! identifier and a serialized value. It knows no protocol, no clock (the
//! caller brings `now`) and no secret: whoever stores a secret seals or hashes
//! it first.
//!
//! One call is one transaction, and it is durable before the call returns.
//! Writes are gathered in a [`Batch`] that applies as a whole or not at all, and
//! a write names the version that its author read, so that two processes on one
//! database never overwrite each other.
//!
//! ```no_run
//! # async fn example() -> Result<(), store::StoreError> {
//! use store::{Batch, Record, Store};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Session { answered: bool }
//! impl Record for Session { const KIND: &'static str = "session"; }
//!
//! let now = "2026-11-21T10:00:00Z".parse().unwrap_or_default();
//! let store = Store::open("sqlite://sessions.db").await?;
//! store.commit(Batch::new().create("s1", &Session { answered: false }, None)?, now).await?;
//! if let Some(read) = store.load::<Session>("s1", now).await? {
//!     let answered = Session { answered: true };
//!     let batch = Batch::new().replace("s1", read.version, &answered, None)?;
//!     store.commit(batch.spend("nonce", "n1", None), now).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod batch;
mod error;
mod pool;
mod postgres;
mod record;
mod sqlite;
mod store;

pub use crate::batch::Batch;
pub use crate::error::{Cause, StoreError};
pub use crate::postgres::PostgresStore;
pub use crate::record::{Page, Record, Stored};
pub use crate::sqlite::SqliteStore;
pub use crate::store::{Depth, Remains, Store};
