use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use rand_core::CryptoRng;
use utoipa::openapi::OpenApi;

use crate::address::ClientAddress;
use crate::config::Config;
use crate::front::{Front, Limits, Room};
use crate::network::Network;
use crate::problem::Problem;
use crate::rate::RateLimit;
use crate::watch;

/// A door's routes, with what all doors share put around them.
///
/// Around the routes: a limit on requests per address, on the body and on the time; panics and
/// shapeless refusals become [`Problem`]s; security headers; counts and times. Beside them:
/// `/healthz` (the process lives), `/readyz` (it can work), `/metrics`, `/openapi.json`.
pub struct Service {
    name: &'static str,
    routes: Router,
    ready: Check,
    openapi: Option<OpenApi>,
    room: Option<Room>,
}

impl Service {
    /// Takes the name that logs and metrics show, and the routes.
    #[must_use]
    pub fn new(name: &'static str, routes: Router) -> Self {
        Self {
            name,
            routes,
            ready: Arc::new(|| Box::pin(async { Ok(()) })),
            openapi: None,
            room: None,
        }
    }

    /// Asks `check` whether the service can work, such as whether its database answers.
    #[must_use]
    pub fn ready<F, R>(self, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = bool> + Send + 'static,
    {
        self.ready_or_why(move || {
            let ready = check();
            async move { ready.await.then_some(()).ok_or_else(String::new) }
        })
    }

    /// Asks `check` whether the service can work; if not, `/readyz` says what is missing. It says
    /// so to everybody.
    #[must_use]
    pub fn ready_or_why<F, R>(mut self, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.ready = Arc::new(move || Box::pin(check()));
        self
    }

    /// Serves the description of the API.
    #[must_use]
    pub fn openapi(mut self, document: OpenApi) -> Self {
        self.openapi = Some(document);
        self
    }

    /// Lets this much come to one path, where more is needed than what is configured for all.
    #[must_use]
    pub fn room_at(mut self, path: String, bytes: usize) -> Self {
        self.room = Some(Room { path, bytes });
        self
    }

    /// Builds the router that [`crate::Listener::serve`] answers with.
    pub fn router(self, config: &Config, rng: &mut (impl CryptoRng + ?Sized)) -> Router {
        watch::start();
        let limits = &config.limits;
        let over_https = config.public_url.scheme() == "https";
        let front = Front::new(self.name, config.trusted_proxies.clone(), over_https);
        let limited = front.limited(Limits {
            rate: RateLimit::new(limits.requests_per_minute, limits.burst, rng),
            body_bytes: limits.body_bytes,
            room: self.room,
            patience: Duration::from_secs(limits.seconds),
        });
        let mut routes = self.routes;
        if let Some(document) = self.openapi {
            routes = routes.route("/openapi.json", get(async move || Json(document)));
        }
        let beside = beside(self.ready, config.metrics_from.clone().into());
        routes.layer(limited).merge(beside.layer(front))
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

type Check =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

fn beside(ready: Check, metrics_from: Arc<[Network]>) -> Router {
    let metrics = Router::new()
        .route("/metrics", get(show_metrics))
        .with_state(metrics_from);
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(show_ready))
        .with_state(ready)
        .merge(metrics)
}

async fn show_ready(State(ready): State<Check>) -> Response {
    let missing = match tokio::time::timeout(READY_WITHIN, ready()).await {
        Ok(Ok(())) => return "ready\n".into_response(),
        Ok(Err(missing)) => missing,
        Err(_) => String::new(),
    };
    let mut document = Problem::Unavailable.document();
    document.detail = (!missing.is_empty()).then_some(missing);
    let kind = [(CONTENT_TYPE, "application/problem+json")];
    (Problem::Unavailable.status(), kind, Json(document)).into_response()
}

async fn show_metrics(
    State(allowed): State<Arc<[Network]>>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, Problem> {
    if !client.is_in(&allowed) {
        return Err(Problem::NotFound);
    }
    let mut response = watch::render().into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}

const READY_WITHIN: Duration = Duration::from_secs(5);
