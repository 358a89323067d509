use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A SOCKS5 proxy (RFC 1928) on loopback that remembers whom it was asked for.
pub(crate) struct Proxy {
    pub(crate) url: String,
    targets: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            url: format!("socks5h://{}", listener.local_addr().unwrap()),
            targets: Arc::default(),
        };
        let targets = Arc::clone(&proxy.targets);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, Arc::clone(&targets)));
            }
        });
        proxy
    }

    /// Whom it was asked for since last time, each once.
    pub(crate) fn targets(&self) -> Vec<String> {
        let mut targets = std::mem::take(&mut *self.targets.lock().unwrap());
        targets.sort();
        targets.dedup();
        targets
    }
}

async fn carry(mut stream: TcpStream, targets: Arc<Mutex<Vec<String>>>) {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await.unwrap();
    let mut methods = vec![0; greeting[1].into()];
    stream.read_exact(&mut methods).await.unwrap();
    stream.write_all(&[5, 0]).await.unwrap();
    // An address of four bytes, and the port.
    let mut request = [0; 10];
    stream.read_exact(&mut request).await.unwrap();
    let [5, 1, 0, 1, a, b, c, d, high, low] = request else {
        panic!("{request:?}")
    };
    let address = format!("{a}.{b}.{c}.{d}:{}", u16::from_be_bytes([high, low]));
    targets.lock().unwrap().push(format!("http://{address}"));
    let mut peer = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let _ = copy_bidirectional(&mut stream, &mut peer).await;
}
