use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// Notes of the requests that a service saw, for a demonstration or a test: method and route
/// pattern, never what stood in the path, the headers or the body. Clones share the notes.
///
/// A service in production keeps none.
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
}

/// Middleware that notes a request.
///
/// `.route_layer(from_fn_with_state(log, service::note_request))`
pub async fn note_request(State(log): State<RequestLog>, request: Request, next: Next) -> Response {
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        let note = format!("{} {}", request.method(), route.as_str());
        log.notes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(note);
    }
    next.run(request).await
}
