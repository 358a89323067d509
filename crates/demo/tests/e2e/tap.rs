//! A verifier whose wire is tapped: everything that wallets send to it is kept.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use host::Clock;
use service::{Listener, Stop};
use verifier::App;

use crate::harness::Town;

/// What was sent: the request line, the headers and the body of each request.
#[derive(Clone, Default)]
pub(crate) struct Tap(Arc<Mutex<Vec<(String, Bytes)>>>);

pub(crate) struct Tapped {
    pub(crate) app: App,
    pub(crate) tap: Tap,
    stop: Stop,
}

impl Tapped {
    /// A verifier of the town, of which wallets notice nothing.
    pub(crate) async fn open(town: &Town, name: &str) -> Self {
        Self::open_with(town, name, |_| {}).await
    }

    /// The same with another configuration.
    pub(crate) async fn open_with(
        town: &Town,
        name: &str,
        change: impl FnOnce(&mut verifier::Config),
    ) -> Self {
        let folder = town.place.path().join(name);
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let options = verifier::InitOptions {
            name: name.to_owned(),
            public_url: format!("http://{address}").parse().unwrap(),
            listen: Some(address),
            trust: vec![town.office.app.identifier().to_owned()],
        };
        verifier::init(&folder, &options).unwrap();
        let mut config = verifier::Config::read(&folder).unwrap();
        change(&mut config);
        let listener = Listener::bind(&config.service).await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(town.clock.clone());
        let app = App::open(config, clock).await.unwrap();
        let (tap, stop) = (Tap::default(), Stop::new());
        let router = verifier::router(app.clone()).layer(from_fn_with_state(tap.clone(), keep));
        let wish = stop.clone();
        tokio::spawn(async move { listener.serve(router, &wish).await });
        app.refresh_due().await;
        app.ready().await.unwrap();
        Self { app, tap, stop }
    }
}

impl Drop for Tapped {
    fn drop(&mut self) {
        self.stop.now();
    }
}

impl Tap {
    /// Takes what was sent since the last time.
    pub(crate) fn take(&self) -> Vec<(String, Bytes)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

async fn keep(State(tap): State<Tap>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let headers: String = head
        .headers
        .iter()
        .map(|(name, value)| format!("\n{name}: {}", value.to_str().unwrap()))
        .collect();
    let line = format!("{} {}{headers}", head.method, head.uri);
    tap.0.lock().unwrap().push((line, bytes.clone()));
    next.run(Request::from_parts(head, Body::from(bytes))).await
}
