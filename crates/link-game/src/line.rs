//! The line itself: what a server sees of the project's client, over real sockets.
//!
//! Everywhere else in the game TLS is a model. Here it is not: wallets call a server twice, each
//! time in a transaction of its own, and the server keeps every byte of the greeting and of the
//! HTTP head, and marks the sessions that it lets a client resume.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use http::Request;
use keys::base64url;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use crate::capture::{Leaf, bytes, text};
use crate::numbers::Numbers;
use crate::side::{Table, Unit};

/// Who calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Caller {
    /// The project's client.
    Own,
    /// A client that resumes sessions, as most do.
    Resuming,
}

/// Lets people call twice; what the server saw at the first time and at the second.
pub(crate) fn table(caller: Caller, people: usize, numbers: &mut Numbers) -> Table {
    let server = Server::start(numbers);
    let mut calls: Vec<[Vec<Leaf>; 2]> = Vec::new();
    match caller {
        Caller::Own => {
            let client = fetch::Client::new(fetch::Options {
                dev_loopback: true,
                trust_anchors: vec![server.certificate.to_vec()],
                ..fetch::Options::default()
            });
            let client = client.expect("a client");
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            for _ in 0..people {
                calls.push([(), ()].map(|()| {
                    let transaction = client.fresh().expect("a transaction");
                    let request = Request::post(format!("https://localhost:{}/", server.port))
                        .body(b"the same for everybody".to_vec())
                        .expect("a request");
                    let answer = runtime.block_on(transaction.send(request));
                    assert_eq!(answer.expect("an answer").status(), 200);
                    server.seen()
                }));
            }
        }
        Caller::Resuming => {
            for _ in 0..people {
                let config = resuming(&server.certificate);
                calls.push([(), ()].map(|()| {
                    call(&config, server.port);
                    server.seen()
                }));
            }
        }
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (person, [first, again]) in calls.into_iter().enumerate() {
        left.push(Unit::of_line(person, first));
        right.push(Unit::of_line(person, again));
    }
    numbers.shuffle(&mut left);
    numbers.shuffle(&mut right);
    Table { left, right }
}

/// A server that tells what it saw of each connection.
struct Server {
    port: u16,
    certificate: CertificateDer<'static>,
    told: Receiver<Vec<Leaf>>,
}

impl Server {
    fn start(numbers: &mut Numbers) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate");
        let key = made.signing_key.serialize_der().try_into().expect("a key");
        let certificate = made.cert.der().clone();
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .expect("a key of the certificate");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let port = listener.local_addr().expect("an address").port();
        let (tell, told) = channel();
        let mut marks = Numbers::of(&numbers.bytes(), "marks");
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(&config, stream, &tell, marks.bytes());
            }
        });
        Self {
            port,
            certificate,
            told,
        }
    }

    fn seen(&self) -> Vec<Leaf> {
        self.told.recv().expect("a call")
    }
}

/// Serves one connection and one request.
fn serve(config: &Arc<ServerConfig>, stream: TcpStream, tell: &Sender<Vec<Leaf>>, mark: [u8; 16]) {
    let Ok(mut session) = ServerConnection::new(config.clone()) else {
        return;
    };
    // Comes back in the ticket of whoever resumes the session.
    session.set_resumption_data(&mark);
    let watched = Watched {
        stream,
        seen: Vec::new(),
    };
    let mut stream = rustls::StreamOwned::new(session, watched);
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.ends_with(b"everybody") {
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => head.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            _ => return,
        }
    }
    let answered = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    if answered.is_err() || stream.flush().is_err() {
        return;
    }
    let mut leaves = vec![
        bytes("line/session marked", &mark),
        text(
            "line/session resumed",
            &stream
                .conn
                .received_resumption_data()
                .map_or_else(|| "none".to_owned(), base64url::encode),
        ),
    ];
    leaves.extend(greeting(&stream.sock.seen).expect("a ClientHello"));
    leaves.extend(request(&String::from_utf8_lossy(&head)));
    // The game may be over.
    let _ = tell.send(leaves);
}

/// A stream that remembers what came.
struct Watched {
    stream: TcpStream,
    seen: Vec<u8>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.seen
            .extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl Write for Watched {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

/// Takes a ClientHello apart (RFC 8446, section 4.1.2).
fn greeting(seen: &[u8]) -> Option<Vec<Leaf>> {
    let mut reader = Cut(seen);
    reader.take(9)?; // the heads of record and handshake
    let mut leaves = vec![text("line/tls.version", &hex(reader.take(2)?))];
    leaves.extend(chunks("line/tls.random", reader.take(32)?));
    leaves.extend(chunks("line/tls.session_id", reader.vector(1)?));
    leaves.push(text("line/tls.cipher_suites", &hex(reader.vector(2)?)));
    leaves.push(text("line/tls.compression", &hex(reader.vector(1)?)));
    let mut extensions = Cut(reader.vector(2)?);
    let mut order = Vec::new();
    while !extensions.0.is_empty() {
        let kind = hex(extensions.take(2)?);
        let data = extensions.vector(2)?;
        let path = format!("line/tls.extension.{kind}");
        order.push(kind.clone());
        leaves.push(text(&format!("{path}#length"), &data.len().to_string()));
        match kind.as_str() {
            "0033" => {
                let mut shares = Cut(Cut(data).vector(2)?);
                while !shares.0.is_empty() {
                    let group = hex(shares.take(2)?);
                    leaves.extend(chunks(&format!("{path}.{group}"), shares.vector(2)?));
                }
            }
            "0029" => leaves.extend(chunks(&path, data)),
            _ => leaves.push(text(&path, &hex(data))),
        }
    }
    // rustls shuffles them anew for each connection, by a number of 16 bits.
    let drawn = text("line/tls.extensions#order", &order.join(" "));
    leaves.push(Leaf { room: 16, ..drawn });
    order.sort();
    leaves.push(text("line/tls.extensions", &order.join(" ")));
    Some(leaves)
}

fn request(head: &str) -> Vec<Leaf> {
    let lines: Vec<&str> = head.split("\r\n").collect();
    let names = lines.iter().filter_map(|line| line.split_once(": "));
    let names: Vec<&str> = names.map(|(name, _)| name).collect();
    let mut leaves = vec![text("line/http.headers#order", &names.join(" "))];
    for (place, line) in lines.iter().enumerate() {
        leaves.push(text(&format!("line/http.line[{place}]"), line));
    }
    leaves
}

/// Calls once, by a client of the TLS library that is set up as it comes.
fn call(config: &Arc<ClientConfig>, port: u16) {
    let name = ServerName::try_from("localhost").expect("a name");
    let session = ClientConnection::new(config.clone(), name).expect("a session");
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("a server");
    let mut stream = rustls::StreamOwned::new(session, stream);
    let request = b"POST / HTTP/1.1\r\nhost: localhost\r\n\r\nthe same for everybody";
    stream.write_all(request).expect("sent");
    let mut answer = [0; 64];
    assert!(stream.read(&mut answer).expect("an answer") > 0);
}

fn resuming(certificate: &CertificateDer<'static>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// What is left to read.
struct Cut<'a>(&'a [u8]);

impl<'a> Cut<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A length of so many bytes, and that many bytes.
    fn vector(&mut self, width: usize) -> Option<&'a [u8]> {
        let length = self.take(width)?;
        let length = length
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        self.take(length)
    }
}

fn chunks<'a>(path: &'a str, content: &'a [u8]) -> impl Iterator<Item = Leaf> + use<'a> {
    let (chunks, _) = content.as_chunks::<16>();
    let numbered = chunks.iter().enumerate();
    numbered.map(move |(place, chunk)| bytes(&format!("{path}:{place}"), chunk))
}

fn hex(content: &[u8]) -> String {
    content.iter().map(|byte| format!("{byte:02x}")).collect()
}
