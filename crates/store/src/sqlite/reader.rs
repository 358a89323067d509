//! Connections that read, while the writer writes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::StoreError;
use crate::sqlite::file::File;

/// The readers of a process.
///
/// A record is read by the thread that wants it: that takes some microseconds,
/// less than asking another thread and hearing from it.
#[derive(Debug)]
pub(super) struct Readers {
    file: File,
    closed: AtomicBool,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(file: File) -> Self {
        Self {
            file,
            closed: AtomicBool::new(false),
            idle: Mutex::default(),
        }
    }

    /// Reads, now.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ReadError> {
        let connection = self.idle().pop();
        // After taking one: what `close` did not find is dropped below.
        if self.closed.load(Ordering::SeqCst) {
            return Err(ReadError::Store(StoreError::CLOSED));
        }
        let connection = match connection {
            Some(connection) => connection,
            None => self.file.reader()?,
        };
        // One that fails is not used again.
        let answer = work(&connection)?;
        let mut idle = self.idle();
        if !self.closed.load(Ordering::SeqCst) && idle.len() < IDLE {
            idle.push(connection);
        }
        Ok(answer)
    }

    /// Refuses to read from now on, and closes the connections.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // A list is whole at each point where a thread could die.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why nothing was read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// Another process has the file to itself for a moment.
    Busy,
    Store(StoreError),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) => Self::Busy,
            _ => Self::Store(error.into()),
        }
    }
}

/// Connections that are kept for the next reads.
const IDLE: usize = 16;
