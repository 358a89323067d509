use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A SOCKS5 proxy (RFC 1928) on loopback that remembers whom it was asked for, and by whom.
pub(crate) struct Proxy {
    pub(crate) url: String,
    asked: Asked,
}

type Asked = Arc<Mutex<Vec<Tunnel>>>;

/// A connection that was asked for.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Tunnel {
    pub(crate) target: String,
    /// User name and password (RFC 1929), if there were any.
    pub(crate) name: Option<(String, String)>,
}

impl Proxy {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            url: format!("socks5h://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
        };
        let asked = Arc::clone(&proxy.asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, Arc::clone(&asked)));
            }
        });
        proxy
    }

    /// What it was asked for since last time.
    pub(crate) fn tunnels(&self) -> Vec<Tunnel> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn carry(mut stream: TcpStream, asked: Asked) {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await.unwrap();
    let mut methods = vec![0; greeting[1].into()];
    stream.read_exact(&mut methods).await.unwrap();
    let by_name = methods.contains(&2);
    stream
        .write_all(&[5, if by_name { 2 } else { 0 }])
        .await
        .unwrap();
    let mut name = None;
    if by_name {
        assert_eq!(stream.read_u8().await.unwrap(), 1);
        let user = text(&mut stream).await;
        name = Some((user, text(&mut stream).await));
        stream.write_all(&[1, 0]).await.unwrap();
    }
    // An address of four bytes, and the port.
    let mut request = [0; 10];
    stream.read_exact(&mut request).await.unwrap();
    let [5, 1, 0, 1, a, b, c, d, high, low] = request else {
        panic!("{request:?}")
    };
    let address = format!("{a}.{b}.{c}.{d}:{}", u16::from_be_bytes([high, low]));
    let target = format!("http://{address}");
    asked.lock().unwrap().push(Tunnel { target, name });
    let mut peer = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let _ = copy_bidirectional(&mut stream, &mut peer).await;
}

/// A length in one byte, and as many bytes.
async fn text(stream: &mut TcpStream) -> String {
    let mut text = vec![0; stream.read_u8().await.unwrap().into()];
    stream.read_exact(&mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}
