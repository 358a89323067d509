use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse as _, Response};
use tower::{Layer, Service};

use crate::address::ClientAddress;
use crate::network::Network;
use crate::problem::Problem;
use crate::rate::RateLimit;
use crate::shield;
use crate::watch::Watch;

/// What stands between a socket and every route: it finds the caller, limits, watches, and words
/// what nobody else has worded.
///
/// One layer, since each one by itself would copy the routes and box the request once more.
#[derive(Clone)]
pub(crate) struct Front {
    shared: Arc<Shared>,
    limits: Option<Arc<Limits>>,
}

/// What a caller may ask of a route.
pub(crate) struct Limits {
    /// Requests from one address.
    pub(crate) rate: RateLimit,
    /// Bytes in a body.
    pub(crate) body_bytes: usize,
    /// The path where more may come.
    pub(crate) room: Option<Room>,
    /// Until the answer begins; a stream may then go on.
    pub(crate) patience: Duration,
}

/// A path, and the bytes in a body there.
pub(crate) struct Room {
    pub(crate) path: String,
    pub(crate) bytes: usize,
}

impl Limits {
    fn body_bytes_at(&self, path: &str) -> usize {
        match &self.room {
            Some(room) if room.path == path => self.body_bytes.max(room.bytes),
            _ => self.body_bytes,
        }
    }
}

impl Front {
    /// Takes the name that metrics show, who is believed about a caller's address, and whether
    /// callers come over https.
    pub(crate) fn new(service: &'static str, proxies: Vec<Network>, over_https: bool) -> Self {
        let shared = Shared {
            service,
            proxies,
            over_https,
        };
        Self {
            shared: Arc::new(shared),
            limits: None,
        }
    }

    /// The same with limits.
    pub(crate) fn limited(&self, limits: Limits) -> Self {
        Self {
            limits: Some(Arc::new(limits)),
            ..self.clone()
        }
    }

    /// Judges a request by what is known before its body is read.
    fn admit(&self, request: &mut Request) -> Result<(), Problem> {
        let client = ClientAddress::of(request, &self.shared.proxies);
        request.extensions_mut().insert(client);
        let Some(limits) = &self.limits else {
            return Ok(());
        };
        limits.rate.check(&client)?;
        let body_bytes = limits.body_bytes_at(request.uri().path());
        let most = u64::try_from(body_bytes).unwrap_or(u64::MAX);
        if request.body().size_hint().lower() > most {
            return Err(Problem::TooLarge);
        }
        // Whoever reads the body stops there, if its length was not told.
        DefaultBodyLimit::max(body_bytes).apply(request);
        Ok(())
    }

    async fn answer(self, answer: Result<impl Future<Output = Answer>, Problem>) -> Response {
        let answer = match answer {
            Ok(answer) => answer,
            Err(problem) => return problem.into_response(),
        };
        let answer = surviving(answer);
        match &self.limits {
            None => answer.await,
            Some(limits) => match tokio::time::timeout(limits.patience, answer).await {
                Ok(response) => response,
                Err(_) => Problem::Timeout.into_response(),
            },
        }
    }
}

impl<S> Layer<S> for Front {
    type Service = Fronted<S>;

    fn layer(&self, inner: S) -> Fronted<S> {
        let front = self.clone();
        Fronted { front, inner }
    }
}

/// A route behind its [`Front`].
#[derive(Clone)]
pub(crate) struct Fronted<S> {
    front: Front,
    inner: S,
}

impl<S> Service<Request> for Fronted<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let front = self.front.clone();
        let watch = Watch::begin(front.shared.service, &request);
        let admitted = front.admit(&mut request).and_then(|()| {
            let begun = catch_unwind(AssertUnwindSafe(|| self.inner.call(request)));
            begun.map_err(|_panic| Problem::Internal)
        });
        Box::pin(async move {
            let over_https = front.shared.over_https;
            let mut response = shield::word_refusal(front.answer(admitted).await);
            watch.end(response.status());
            shield::add_headers(response.headers_mut(), over_https);
            Ok(response)
        })
    }
}

type Answer = Result<Response, Infallible>;

struct Shared {
    service: &'static str,
    proxies: Vec<Network>,
    over_https: bool,
}

/// Answers a panic with 500; the panic hook has logged its place. What panicked is not polled
/// again.
async fn surviving(answer: impl Future<Output = Answer>) -> Response {
    let mut answer = pin!(answer);
    std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(response))) => Poll::Ready(response),
            Err(_panic) => Poll::Ready(Problem::Internal.into_response()),
        }
    })
    .await
}
