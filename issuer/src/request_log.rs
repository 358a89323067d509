//! Notes of the requests that an issuer saw.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

/// Notes of requests, for a demonstration or a test: method and route pattern, never what stood in
/// the path, the headers or the body. Clones share the notes.
#[derive(Clone, Debug, Default)]
pub struct RequestLog {
    notes: Arc<Mutex<Vec<String>>>,
}

impl RequestLog {
    /// Begins with no notes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the notes made since the last time, such as `POST /token`.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn note(&self, request: String) {
        self.notes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
    }
}
