use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use rand_core::CryptoRng;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::openapi::OpenApi;

use crate::address::{ClientAddress, find_client};
use crate::config::Config;
use crate::network::Network;
use crate::problem::Problem;
use crate::rate::{RateLimit, limit_rate};
use crate::{shield, watch};

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

    /// Builds the router that [`crate::Listener::serve`] answers with.
    pub fn router(self, config: &Config, rng: &mut (impl CryptoRng + ?Sized)) -> Router {
        watch::start();
        let limits = &config.limits;
        let rate = RateLimit::new(limits.requests_per_minute, limits.burst, rng);
        let patience = Duration::from_secs(limits.seconds);
        let proxies: Arc<[Network]> = config.trusted_proxies.clone().into();
        let over_https = config.public_url.scheme() == "https";
        let mut routes = self.routes;
        if let Some(document) = self.openapi {
            routes = routes.route("/openapi.json", get(async move || Json(document)));
        }
        // Stacked before they are put around: a router would box each by itself, and copy the
        // boxes for every request. A stack is named from the outside in.
        let limited = ServiceBuilder::new()
            .layer(from_fn_with_state(rate, limit_rate))
            .layer(from_fn_with_state(patience, shield::limit_time))
            .layer(RequestBodyLimitLayer::new(limits.body_bytes))
            .layer(DefaultBodyLimit::disable());
        let framed = ServiceBuilder::new()
            .layer(from_fn_with_state(over_https, shield::add_headers))
            .layer(from_fn_with_state(self.name, watch::watch))
            .layer(from_fn(shield::word_refusals))
            .layer(CatchPanicLayer::custom(shield::answer_panic))
            .layer(from_fn_with_state(proxies, find_client));
        routes
            .layer(limited)
            .merge(beside(self.ready, config.metrics_from.clone().into()))
            .layer(framed)
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
