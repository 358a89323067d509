//! The client against peers that are simple, slow, talkative or hostile.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use fetch::{Client, FetchError, Options, Refusal};
use http::Request;

/// Answers each connection once, with what `answer` says, and tells what it was asked.
fn peer(answer: impl Fn(&mut TcpStream, &str) + Send + 'static) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, requests) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = read_head(&mut stream);
            answer(&mut stream, &request);
            let _ = asked.send(request);
        }
    });
    (address, requests)
}

fn read_head(stream: &mut impl Read) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap().to_lowercase()
}

fn options() -> Options {
    Options {
        dev_loopback: true,
        ..Options::default()
    }
}

fn get(address: SocketAddr, path: &str) -> Request<Vec<u8>> {
    Request::get(format!("http://{address}{path}"))
        .body(Vec::new())
        .unwrap()
}

fn write(stream: &mut TcpStream, text: &str) {
    // A client that has had enough may be gone.
    let _ = stream.write_all(text.as_bytes());
}

#[tokio::test]
async fn a_request_says_nothing_about_who_sends_it() {
    let (address, requests) = peer(|stream, _| {
        let answer = "HTTP/1.1 200 OK\r\nset-cookie: id=1\r\ncontent-length: 2\r\n\
                      connection: close\r\n\r\nok";
        write(stream, answer);
    });
    let client = Client::new(options()).unwrap();
    for _ in 0..2 {
        let mut request = get(address, "/path");
        request
            .headers_mut()
            .insert("cookie", "id=1".parse().unwrap());
        for (name, value) in [
            ("accept-language", "zh-TW"),
            ("user-agent", "pessoa 0.1 on linux"),
        ] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let answer = client.send(request).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.body().as_slice()),
            (200, b"ok".as_slice())
        );
    }
    let expected = format!(
        "get /path http/1.1\r\naccept: */*\r\nuser-agent: pessoa\r\nhost: {address}\r\n\r\n"
    );
    for _ in 0..2 {
        assert_eq!(requests.recv().unwrap(), expected);
    }
}

#[tokio::test]
async fn a_body_and_the_callers_headers_arrive() {
    let (address, requests) = peer(|stream, _| {
        let mut body = [0; 4];
        stream.read_exact(&mut body).unwrap();
        assert_eq!(&body, b"a=b&");
        write(
            stream,
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx: y\r\n\r\n",
        );
    });
    let request = Request::post(format!("http://{address}/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("dpop", "proof")
        .body(b"a=b&".to_vec())
        .unwrap();
    let answer = Client::new(options()).unwrap().send(request).await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["x"], "y");
    let asked = requests.recv().unwrap();
    assert!(asked.contains("dpop: proof\r\n"), "{asked}");
    assert!(
        asked.contains("content-type: application/x-www-form-urlencoded\r\n"),
        "{asked}"
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let (address, requests) = peer(|stream, _| {
        write(
            stream,
            "HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n",
        );
    });
    let answer = Client::new(options())
        .unwrap()
        .send(get(address, "/"))
        .await
        .unwrap();
    assert_eq!(answer.status(), 302);
    assert!(requests.recv().unwrap().starts_with("get / "));
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let (address, _requests) = peer(|stream, request| {
        if request.starts_with("get /announced") {
            write(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n",
            );
        } else if request.starts_with("get /exact") {
            write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n");
            write(stream, &"x".repeat(100));
        } else {
            write(
                stream,
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            );
            while stream.write_all(b"40\r\n").is_ok() {
                let line = format!("{}\r\n", "x".repeat(64));
                if stream.write_all(line.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    let client = Client::new(Options {
        max_bytes: 100,
        ..options()
    })
    .unwrap();
    assert_eq!(
        client
            .send(get(address, "/exact"))
            .await
            .unwrap()
            .body()
            .len(),
        100
    );
    let refused = client
        .send_bounded(get(address, "/exact"), 99)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, FetchError::TooLarge { limit: 99 }),
        "{refused:?}"
    );
    for path in ["/announced", "/endless"] {
        let refused = client.send(get(address, path)).await.unwrap_err();
        assert!(
            matches!(refused, FetchError::TooLarge { limit: 100 }),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_peer_that_drips_is_left() {
    let (address, _requests) = peer(|stream, _| {
        write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let finish_within = Duration::from_millis(300);
    let client = Client::new(Options {
        finish_within,
        ..options()
    })
    .unwrap();
    let begun = Instant::now();
    let left = client.send(get(address, "/")).await.unwrap_err();
    assert!(matches!(left, FetchError::TimedOut), "{left:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_breaks_off_or_is_no_http_is_told() {
    let (address, _requests) = peer(|stream, request| {
        if request.starts_with("get /short") {
            write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx");
        } else {
            write(stream, "220 mail.example ESMTP\r\n");
        }
    });
    let client = Client::new(options()).unwrap();
    for path in ["/short", "/mail"] {
        let broken = client.send(get(address, path)).await.unwrap_err();
        assert!(matches!(broken, FetchError::Interrupted(_)), "{broken:?}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let alone = client.send(get(nobody, "/?code=secret")).await.unwrap_err();
    assert!(matches!(alone, FetchError::Connect(_)), "{alone:?}");
    assert!(!format!("{alone:?}").contains("secret"));
}

#[tokio::test]
async fn outside_development_loopback_is_refused_before_anything_is_sent() {
    let (address, requests) = peer(|_, _| {});
    let client = Client::new(Options::default()).unwrap();
    let refused = client.send(get(address, "/")).await.unwrap_err();
    assert!(
        matches!(refused, FetchError::Refused(Refusal::Scheme)),
        "{refused:?}"
    );
    let request = Request::get(format!("https://{address}/"))
        .body(Vec::new())
        .unwrap();
    let refused = client.send(request).await.unwrap_err();
    assert!(
        matches!(refused, FetchError::Refused(Refusal::Address)),
        "{refused:?}"
    );
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn a_transaction_shares_no_connection_and_no_tls_session() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = made.signing_key.serialize_der();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![made.cert.der().clone()], key.try_into().unwrap())
    .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, handshakes) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let session = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(session, stream.unwrap());
            let told = told.clone();
            thread::spawn(move || {
                while !read_head(&mut stream).is_empty() {
                    told.send(stream.conn.handshake_kind()).unwrap();
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                        .unwrap();
                }
            });
        }
    });
    let trust_anchors = vec![made.cert.der().to_vec()];
    let client = Client::new(Options {
        trust_anchors,
        ..options()
    })
    .unwrap();
    let request = || {
        Request::get(format!("https://localhost:{port}/"))
            .body(Vec::new())
            .unwrap()
    };
    for _ in 0..3 {
        let transaction = client.fresh().unwrap();
        assert_eq!(transaction.send(request()).await.unwrap().status(), 200);
    }
    for _ in 0..3 {
        assert_eq!(
            handshakes.recv().unwrap(),
            Some(rustls::HandshakeKind::Full)
        );
    }
    // Without the anchor, nobody vouches for the peer.
    let stranger = Client::new(options())
        .unwrap()
        .send(request())
        .await
        .unwrap_err();
    assert!(matches!(stranger, FetchError::Connect(_)), "{stranger:?}");
}

#[tokio::test]
async fn behind_a_proxy_names_are_resolved_by_the_proxy_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (told, targets) = channel();
    thread::spawn(move || {
        // RFC 1928: greeting, choice of no authentication, then the request for a name (type 3).
        let (mut stream, _) = listener.accept().unwrap();
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).unwrap();
        let mut methods = vec![0; greeting[1].into()];
        stream.read_exact(&mut methods).unwrap();
        stream.write_all(&[5, 0]).unwrap();
        let mut request = [0; 5];
        stream.read_exact(&mut request).unwrap();
        let mut name = vec![0; request[4].into()];
        stream.read_exact(&mut name).unwrap();
        told.send((request[3], String::from_utf8(name).unwrap()))
            .unwrap();
    });
    let proxy = Some(format!("socks5h://{address}").parse().unwrap());
    let client = Client::new(Options {
        proxy,
        ..Options::default()
    })
    .unwrap();
    let request = Request::get("https://does-not-exist.example/")
        .body(Vec::new())
        .unwrap();
    let broken = client.send(request).await.unwrap_err();
    assert!(matches!(broken, FetchError::Connect(_)), "{broken:?}");
    assert_eq!(
        targets.recv().unwrap(),
        (3, "does-not-exist.example".to_owned())
    );

    for target in ["https://10.0.0.1/", "https://[::1]/", "https://localhost/"] {
        let request = Request::get(target).body(Vec::new()).unwrap();
        let refused = client.send(request).await.unwrap_err();
        assert!(
            matches!(refused, FetchError::Refused(Refusal::Address)),
            "{refused:?}"
        );
    }
}

/// A SOCKS5 proxy (RFC 1928) that knows every name as its own machine, and tells whom it was asked
/// for: the address type and what it says.
fn proxy() -> (SocketAddr, Receiver<(u8, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (told, targets) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut greeting = [0; 2];
            stream.read_exact(&mut greeting).unwrap();
            stream.read_exact(&mut vec![0; greeting[1].into()]).unwrap();
            stream.write_all(&[5, 0]).unwrap();
            let mut request = [0; 5];
            stream.read_exact(&mut request).unwrap();
            let name = match request[3] {
                3 => {
                    let mut name = vec![0; request[4].into()];
                    stream.read_exact(&mut name).unwrap();
                    String::from_utf8(name).unwrap()
                }
                _ => {
                    let mut rest = [0; 3];
                    stream.read_exact(&mut rest).unwrap();
                    format!("{}.{}.{}.{}", request[4], rest[0], rest[1], rest[2])
                }
            };
            let mut port = [0; 2];
            stream.read_exact(&mut port).unwrap();
            told.send((request[3], name)).unwrap();
            let peer = TcpStream::connect(("127.0.0.1", u16::from_be_bytes(port))).unwrap();
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let (mut to, mut from) = (peer.try_clone().unwrap(), stream.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from, &mut to));
            thread::spawn(move || std::io::copy(&mut { peer }, &mut { stream }));
        }
    });
    (address, targets)
}

#[tokio::test]
async fn everything_goes_through_the_proxy_names_and_addresses_alike() {
    let (address, requests) = peer(|stream, _| {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
        write(stream, answer);
    });
    let (proxy, targets) = proxy();
    let client = Client::new(Options {
        proxy: Some(format!("socks5h://{proxy}").parse().unwrap()),
        ..options()
    })
    .unwrap();
    for (host, kind) in [("named-elsewhere.localhost", 3), ("127.0.0.1", 1)] {
        let transaction = client.fresh().unwrap();
        let request = Request::get(format!("http://{host}:{}/path", address.port()))
            .body(Vec::new())
            .unwrap();
        let answer = transaction.send(request).await.unwrap();
        assert_eq!(answer.body(), b"ok");
        assert_eq!(targets.recv().unwrap(), (kind, host.to_owned()));
        let asked = requests.recv().unwrap();
        assert!(asked.starts_with("get /path http/1.1\r\n"), "{asked}");
        // A proxy of sockets: the peer is told nothing of it.
        assert!(!asked.contains("proxy") && !asked.contains("forwarded"));
    }
}

#[test]
fn a_proxy_that_would_resolve_names_here_is_refused() {
    for proxy in [
        "socks5://127.0.0.1:9050",
        "http://127.0.0.1:3128",
        "socks5h://127.0.0.1",
    ] {
        let proxy = Some(proxy.parse().unwrap());
        let refused = Client::new(Options {
            proxy,
            ..Options::default()
        });
        assert!(matches!(refused, Err(FetchError::Proxy)));
    }
}
