use std::net::{Ipv4Addr, SocketAddr};

use service::{BootError, Config, Limits, Listener, Log, Stop};
use tokio::task::JoinHandle;
use url::Url;

/// A service at work in the background. Dropping it stops the service, without waiting.
pub(crate) struct Serving<E> {
    stop: Stop,
    work: Option<JoinHandle<Result<(), E>>>,
}

impl<E: Send + 'static> Serving<E> {
    pub(crate) fn start(work: impl FnOnce(Stop) -> JoinHandle<Result<(), E>>) -> Self {
        let stop = Stop::new();
        Self {
            work: Some(work(stop.clone())),
            stop,
        }
    }

    /// Stops the service and waits until it has.
    ///
    /// # Errors
    /// Why the service did not run to this end.
    pub(crate) async fn end(mut self) -> Result<(), E> {
        self.stop.now();
        match self.work.take() {
            Some(work) => work.await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }
}

impl<E> Drop for Serving<E> {
    fn drop(&mut self) {
        self.stop.now();
    }
}

/// Takes a free port on loopback, before the service that will use it is made: its keys and
/// identifiers name the address.
pub(crate) async fn free_port() -> Result<(Listener, Url), BootError> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut config = Config {
        admin_tokens: None,
        database: String::new().into(),
        dev: true,
        limits: Limits::default(),
        listen,
        log: Log::default(),
        metrics_from: Vec::new(),
        public_url: url(listen),
        tls: None,
        trusted_proxies: Vec::new(),
    };
    config.limits.stop_seconds = PATIENCE;
    let listener = Listener::bind(&config).await?;
    let url = url(listener.address());
    Ok((listener, url))
}

#[expect(clippy::expect_used, reason = "an address and a port are a URL")]
fn url(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}")).expect("a URL")
}

/// Seconds to finish what runs when told to stop.
pub(crate) const PATIENCE: u64 = 2;
