use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use http::HeaderMap;
use service::{Problem, ProblemDocument};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};

use super::api::{phase_name, result_problem};
use crate::app::App;

/// Tells how far a session is, and when that changes, as server-sent events: `event: phase`, with
/// the phase as data. It ends when nothing is waited for any more, or after a quarter of an hour:
/// then connect again.
#[utoipa::path(get, path = "/requests/{id}/events", tag = "Requests",
    security(("result_token" = [])),
    params(("id" = String, Path, description = "the session")),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn events(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let token = service::bearer_token(&headers).ok_or(Problem::Unauthorized)?;
    let phases = app.watch(id, token, LONGEST).await;
    let phases = phases.map_err(result_problem)?;
    let event = |phase| Ok(Event::default().event("phase").data(phase_name(phase)));
    let events = ReceiverStream::new(phases).map(event);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

const LONGEST: Duration = Duration::from_secs(15 * 60);
