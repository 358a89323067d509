//! The front that all doors share, driven over real sockets.
#![expect(clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Json, Router};
use service::{AdminTokens, Config, Listener, Problem, Service, Stop};

struct Running {
    address: SocketAddr,
    stop: Stop,
    ended: tokio::task::JoinHandle<()>,
}

impl Running {
    async fn start(extra: &str, routes: Router) -> Self {
        Self::start_service(extra, Service::new("test", routes)).await
    }

    async fn start_service(extra: &str, service: Service) -> Self {
        let config = config(extra);
        let listener = Listener::bind(&config).await.unwrap();
        let address = listener.address();
        let router = service.router(&config, &mut Zeros);
        let stop = Stop::new();
        let wish = stop.clone();
        let ended = tokio::spawn(async move { listener.serve(router, &wish).await.unwrap() });
        Self {
            address,
            stop,
            ended,
        }
    }

    async fn ask(&self, request: &str) -> String {
        let (address, request) = (self.address, request.to_owned());
        tokio::task::spawn_blocking(move || ask(address, &request))
            .await
            .unwrap()
    }

    async fn get(&self, path: &str) -> String {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        ))
        .await
    }
}

fn config(extra: &str) -> Config {
    let text = format!(
        "listen = '127.0.0.1:0'\ndatabase = 'sqlite://x'\n\
         public_url = 'http://127.0.0.1:1'\ndev = true\n{extra}"
    );
    toml::from_str::<Config>(&text)
        .unwrap()
        .checked(Path::new("."))
        .unwrap()
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // A refused body may end in a reset after the answer.
    let _ = stream.read_to_string(&mut answer);
    answer.to_lowercase()
}

fn routes() -> Router {
    Router::new()
        .route("/hello/{name}", get(async || "hello"))
        .route("/defect", get(defect))
        .route("/slow", get(slow))
        .route("/echo", post(async |body: String| body))
        .route("/json", post(async |_: Json<u32>| "fine"))
        .route("/gone", get(async || Problem::Gone))
        .route(
            "/cached",
            get(async || ([("cache-control", "max-age=60")], "list")),
        )
}

async fn defect() -> &'static str {
    panic!("a defect with a name in it")
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_secs(5)).await;
    "late"
}

#[tokio::test]
async fn refusals_are_problems_and_never_repeat_the_request() {
    let service = Running::start("", routes()).await;
    for (path, status) in [("/nowhere", "404"), ("/gone", "410"), ("/defect", "500")] {
        let answer = service.get(path).await;
        assert!(
            answer.starts_with(&format!("http/1.1 {status}")),
            "{answer}"
        );
        assert!(
            answer.contains("content-type: application/problem+json"),
            "{answer}"
        );
        assert!(answer.contains(&format!("\"status\":{status}")), "{answer}");
        assert!(!answer.contains("name in it"));
    }
    let body = "\"lovelace\"";
    let answer = service
        .ask(&format!(
            "POST /json HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
    assert!(answer.starts_with("http/1.1 422"), "{answer}");
    assert!(!answer.contains("lovelace"), "{answer}");
    let answer = service
        .ask("DELETE /gone HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    assert!(answer.starts_with("http/1.1 405"), "{answer}");
    assert!(answer.contains("allow: get,head"), "{answer}");
}

#[tokio::test]
async fn answers_carry_the_security_headers() {
    let service = Running::start("", routes()).await;
    let answer = service.get("/hello/you").await;
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
    ] {
        assert!(answer.contains(header), "{answer}");
    }
    assert!(!answer.contains("strict-transport-security"), "{answer}");
    let answer = service.get("/cached").await;
    assert!(answer.contains("cache-control: max-age=60"), "{answer}");
    assert!(!answer.contains("no-store"), "{answer}");
}

#[tokio::test]
async fn a_body_or_a_time_beyond_the_limit_is_refused() {
    let service = Running::start("[limits]\nbody_bytes = 10\nseconds = 1", routes()).await;
    let post = |body: &str| {
        let length = body.len();
        format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
    };
    assert!(
        service
            .ask(&post("0123456789"))
            .await
            .ends_with("0123456789")
    );
    let answer = service.ask(&post("0123456789a")).await;
    assert!(answer.starts_with("http/1.1 413"), "{answer}");
    let chunked = "POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
                   transfer-encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n";
    let answer = service.ask(chunked).await;
    assert!(answer.starts_with("http/1.1 413"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    let answer = service.get("/slow").await;
    assert!(answer.starts_with("http/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_caller_that_never_finishes_its_request_is_left() {
    let service = Running::start("[limits]\nseconds = 1", routes()).await;
    let begun = Instant::now();
    let answer = service.ask("GET /hello/you HTTP/1.1\r\nhost: ").await;
    assert!(!answer.contains("200"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn one_address_is_limited_and_others_behind_the_proxy_are_not() {
    let limits = "trusted_proxies = ['127.0.0.1']\n[limits]\nrequests_per_minute = 1\nburst = 2";
    let service = Running::start(limits, routes()).await;
    let from = |address: &str| {
        format!(
            "GET /hello/you HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             x-forwarded-for: {address}\r\n\r\n"
        )
    };
    for _ in 0..2 {
        let answer = service.ask(&from("192.0.2.1")).await;
        assert!(answer.starts_with("http/1.1 200"), "{answer}");
    }
    let answer = service.ask(&from("192.0.2.1")).await;
    assert!(answer.starts_with("http/1.1 429"), "{answer}");
    assert!(answer.contains("retry-after: "), "{answer}");
    assert!(
        service
            .ask(&from("192.0.2.2"))
            .await
            .starts_with("http/1.1 200")
    );
    // Whoever watches the service is not shut out.
    assert!(service.get("/healthz").await.starts_with("http/1.1 200"));
}

#[tokio::test]
async fn health_readiness_metrics_and_the_description_are_served() {
    let up = Arc::new(AtomicBool::new(false));
    let asked = up.clone();
    let document = utoipa::openapi::OpenApiBuilder::new().build();
    let service = Service::new("test", routes())
        .ready(move || std::future::ready(asked.load(Ordering::SeqCst)))
        .openapi(document);
    let service = Running::start_service("", service).await;
    assert!(service.get("/healthz").await.starts_with("http/1.1 200"));
    assert!(service.get("/readyz").await.starts_with("http/1.1 503"));
    up.store(true, Ordering::SeqCst);
    assert!(service.get("/readyz").await.starts_with("http/1.1 200"));
    assert!(
        service
            .get("/openapi.json")
            .await
            .contains("\"openapi\":\"3.")
    );

    service.get("/hello/ada-lovelace").await;
    let metrics = service.get("/metrics").await;
    assert!(metrics.contains("text/plain; version=0.0.4"), "{metrics}");
    assert!(metrics.contains("route=\"/hello/{name}\""), "{metrics}");
    assert!(metrics.contains("status=\"2xx\""), "{metrics}");
    assert!(
        metrics.contains("pessoa_http_request_seconds_bucket"),
        "{metrics}"
    );
    assert!(!metrics.contains("lovelace"), "{metrics}");
}

#[tokio::test]
async fn metrics_are_for_the_configured_networks_alone() {
    let service = Running::start("metrics_from = ['10.0.0.0/8']", routes()).await;
    assert!(service.get("/metrics").await.starts_with("http/1.1 404"));
}

#[tokio::test]
async fn the_admin_api_opens_to_a_token_alone() {
    let (token, line) = AdminTokens::generate(&mut Zeros);
    let tokens = AdminTokens::parse(&line).unwrap();
    let admin = Router::new()
        .route("/admin", get(async || "welcome"))
        .route_layer(from_fn_with_state(tokens, service::require_admin));
    let service = Running::start("", admin).await;
    let answer = service.get("/admin").await;
    assert!(answer.starts_with("http/1.1 401"), "{answer}");
    assert!(answer.contains("www-authenticate: bearer"), "{answer}");
    let with = |token: &str| {
        format!(
            "GET /admin HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\n\r\n"
        )
    };
    assert!(
        service
            .ask(&with("guess"))
            .await
            .starts_with("http/1.1 401")
    );
    assert!(
        service
            .ask(&with(token.expose()))
            .await
            .ends_with("welcome")
    );
}

#[tokio::test]
async fn a_stop_finishes_what_runs() {
    let routes = Router::new().route(
        "/working",
        get(async || {
            tokio::time::sleep(Duration::from_millis(400)).await;
            "finished"
        }),
    );
    let service = Running::start("", routes).await;
    let address = service.address;
    let request = "GET /working HTTP/1.1\r\nhost: a\r\n\r\n";
    let running = tokio::task::spawn_blocking(move || ask(address, request));
    tokio::time::sleep(Duration::from_millis(150)).await;
    service.stop.now();
    assert!(running.await.unwrap().ends_with("finished"));
    service.ended.await.unwrap();
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn a_stop_does_not_wait_beyond_its_deadline() {
    let routes = Router::new().route("/forever", get(std::future::pending::<&'static str>));
    let service = Running::start("[limits]\nstop_seconds = 1", routes).await;
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream
        .write_all(b"GET /forever HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;
    let begun = Instant::now();
    service.stop.now();
    service.ended.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(4));
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_is_a_wish_to_stop() {
    let stop = Stop::on_signals().unwrap();
    assert!(!stop.is_wished());
    let own = std::process::id().to_string();
    std::process::Command::new("kill")
        .args(["-TERM", &own])
        .status()
        .unwrap();
    tokio::time::timeout(Duration::from_secs(5), stop.wished())
        .await
        .unwrap();
    assert!(stop.is_wished());
}

#[tokio::test]
async fn tls_serves_the_configured_certificate() {
    service::install_tls_provider();
    let place = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(place.path().join("c.pem"), made.cert.pem()).unwrap();
    std::fs::write(place.path().join("k.pem"), made.signing_key.serialize_pem()).unwrap();
    let folder = place.path().display();
    let tls = format!("[tls]\ncertificate = '{folder}/c.pem'\nkey = '{folder}/k.pem'");
    let service = Running::start(&tls, routes()).await;

    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let mut client = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let address = service.address;
    let answer = tokio::task::spawn_blocking(move || {
        let name = "localhost".try_into().unwrap();
        let session = rustls::ClientConnection::new(Arc::new(client), name).unwrap();
        let mut stream = rustls::StreamOwned::new(session, TcpStream::connect(address).unwrap());
        let request = b"GET /hello/you HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
        answer
    });
    assert!(answer.await.unwrap().ends_with("hello"));
}

/// Its connections would know none of the limits on time.
#[tokio::test]
async fn http_2_is_not_spoken() {
    let service = Running::start("", routes()).await;
    let address = service.address;
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let settings = b"\0\0\0\x04\0\0\0\0\0";
        stream
            .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            .unwrap();
        stream.write_all(settings).unwrap();
        let mut answer = [0; 4];
        // HTTP/2 would begin with its own settings.
        let _ = stream.read_exact(&mut answer);
        answer
    });
    assert_eq!(answer.await.unwrap(), [0; 4]);
}

#[tokio::test]
async fn a_certificate_that_is_not_there_is_told() {
    let tls = "[tls]\ncertificate = '/nowhere/c.pem'\nkey = '/nowhere/k.pem'";
    let refused = Listener::bind(&config(tls)).await.unwrap_err();
    assert!(matches!(refused, service::BootError::Certificate(_)));
}

// A service under test keeps no secret.
struct Zeros;

impl rand_core::TryRng for Zeros {
    type Error = std::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Zeros {}
