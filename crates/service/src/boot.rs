use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use thiserror::Error;

use crate::config::Config;
use crate::stop::Stop;
use crate::watch;

/// Makes aws-lc-rs the process's provider of TLS cryptography. Every `main` calls it first: rustls
/// panics when two providers are compiled in and none was chosen. A second call changes nothing.
pub fn install_tls_provider() {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// A socket that is bound and does not answer yet.
///
/// Binding comes before building the routes, because a port of 0 is known only then.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
    patience: Duration,
    request_within: Duration,
}

impl Listener {
    /// Binds the configured address and reads the certificate.
    ///
    /// # Errors
    ///
    /// When the address is taken or the certificate and key cannot be used.
    pub async fn bind(config: &Config) -> Result<Self, BootError> {
        let tcp = TcpListener::bind(config.listen).map_err(BootError::Bind)?;
        tcp.set_nonblocking(true).map_err(BootError::Bind)?;
        let address = tcp.local_addr().map_err(BootError::Bind)?;
        let tls = match &config.tls {
            None => None,
            Some(files) => {
                let read = RustlsConfig::from_pem_file(&files.certificate, &files.key).await;
                Some(speaking_http1(&read.map_err(BootError::Certificate)?))
            }
        };
        let patience = Duration::from_secs(config.limits.stop_seconds);
        let request_within = Duration::from_secs(config.limits.seconds);
        Ok(Self {
            tcp,
            address,
            tls,
            patience,
            request_within,
        })
    }

    /// Returns the bound address, with the port that was found.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `stop` is wished and what ran then is finished, or its deadline has
    /// passed.
    ///
    /// # Errors
    ///
    /// When the socket fails.
    pub async fn serve(self, router: Router, stop: &Stop) -> Result<(), BootError> {
        let handle = Handle::new();
        let shut = tokio::spawn(stop.clone().shut(handle.clone(), self.patience));
        let upkeep = tokio::spawn(watch::upkeep());
        let make = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = axum_server::from_tcp(self.tcp)
            .map_err(BootError::Serve)?
            .handle(handle);
        // Without a timer, a caller may hold a connection for ever by never finishing a request.
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.request_within);
        tracing::info!(
            port = self.address.port(),
            tls = self.tls.is_some(),
            "listening"
        );
        // HTTP/1 is said after the acceptor, which forgets it: HTTP/2 would know none of the limits
        // on time.
        let served = match self.tls {
            None => {
                let server = server.acceptor(NoDelayAcceptor::new());
                server.http1_only().serve(make).await
            }
            Some(tls) => {
                let acceptor = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new());
                server.acceptor(acceptor).http1_only().serve(make).await
            }
        };
        shut.abort();
        upkeep.abort();
        tracing::info!("stopped");
        served.map_err(BootError::Serve)
    }
}

/// Why a service does not come up; the operator must act.
#[derive(Debug, Error)]
pub enum BootError {
    /// The address is taken or forbidden.
    #[error("cannot listen on the configured address")]
    Bind(#[source] io::Error),
    /// Certificate or key cannot be used.
    #[error("cannot use the configured certificate and key")]
    Certificate(#[source] io::Error),
    /// The socket fails.
    #[error("cannot go on serving")]
    Serve(#[source] io::Error),
    /// The signals that stop a service cannot be caught.
    #[error("cannot catch the signals that stop the service")]
    Signals(#[source] io::Error),
}

/// Agrees on nothing else with a caller that offers more (RFC 7301).
fn speaking_http1(tls: &RustlsConfig) -> RustlsConfig {
    let mut config = ServerConfig::clone(&tls.get_inner());
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    RustlsConfig::from_config(Arc::new(config))
}
