use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use http::{Method, StatusCode};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Counts and times a request by route and kind of status. Nothing of the person enters: the route
/// is the template, never the path with its identifiers.
pub(crate) struct Watch {
    service: &'static str,
    method: &'static str,
    route: Option<MatchedPath>,
    begun: Instant,
}

impl Watch {
    /// Sees a request come.
    pub(crate) fn begin(service: &'static str, request: &Request) -> Self {
        Self {
            service,
            method: method_name(request.method()),
            route: request.extensions().get().cloned(),
            begun: Instant::now(),
        }
    }

    /// Sees its answer go.
    pub(crate) fn end(self, status: StatusCode) {
        let Self {
            service, method, ..
        } = self;
        let seconds = self.begun.elapsed().as_secs_f64();
        let route = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let class = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        tracing::debug!(
            service,
            method,
            route,
            status = status.as_u16(),
            seconds,
            "request"
        );
        let meters = Meters::of(service, method, class, route);
        meters.seconds.record(seconds);
        meters.requests.increment(1);
    }
}

/// What counts one kind of answer. They are found once, since finding them means making all their
/// labels.
#[derive(Clone)]
struct Meters {
    seconds: Histogram,
    requests: Counter,
}

/// By service, method and class; and by route, of which there are as many as the service has.
type Known = HashMap<(&'static str, &'static str, &'static str), HashMap<String, Meters>>;

impl Meters {
    fn of(service: &'static str, method: &'static str, class: &'static str, route: &str) -> Self {
        static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);
        let kind = (service, method, class);
        // A map is whole at each point where a thread could die.
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&kind).and_then(|routes| routes.get(route));
        if let Some(meters) = found {
            return meters.clone();
        }
        drop(known);
        let meters = Self::find(kind, route);
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        let routes = known.entry(kind).or_default();
        routes.insert(route.to_owned(), meters.clone());
        meters
    }

    fn find(
        (service, method, class): (&'static str, &'static str, &'static str),
        route: &str,
    ) -> Self {
        let labels: [(&'static str, metrics::SharedString); 3] = [
            ("service", service.into()),
            ("method", method.into()),
            ("route", route.to_owned().into()),
        ];
        let seconds = metrics::histogram!(SECONDS, &labels);
        let [service, method, route] = labels;
        let labels = [service, method, route, ("status", class.into())];
        Self {
            seconds,
            requests: metrics::counter!(REQUESTS, &labels),
        }
    }
}

/// Renders all metrics of the process in the Prometheus text format.
pub(crate) fn render() -> String {
    recorder().render()
}

/// Starts the process's metrics; a second call changes nothing.
pub(crate) fn start() {
    recorder();
}

/// Folds recorded times into their buckets, so that memory stays bounded where nobody scrapes.
pub(crate) async fn upkeep() {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        recorder().run_upkeep();
    }
}

// One recorder for the process: metric macros in any crate find it, and services that share the
// process are told apart by their label.
fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let recorder = builder
            .set_buckets(&BUCKETS)
            .unwrap_or_default()
            .build_recorder();
        let handle = recorder.handle();
        // An error means that a process has its own recorder: then that one is fed.
        let _ = metrics::set_global_recorder(recorder);
        metrics::describe_counter!(REQUESTS, "Requests answered");
        metrics::describe_histogram!(SECONDS, "Seconds until the answer began");
        handle
    })
}

// Callers may invent methods; labels may not multiply.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::DELETE => "DELETE",
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => "other",
    }
}

const BUCKETS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 20.0,
];
const REQUESTS: &str = "pessoa_http_requests_total";
const SECONDS: &str = "pessoa_http_request_seconds";
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
