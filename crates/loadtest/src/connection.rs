//! One HTTP/1.1 connection that is kept alive, to this machine alone.

use std::net::SocketAddr;
use std::time::Duration;

use http::header::{HOST, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// [`ExchangeError`], also for an address of another machine.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, ExchangeError> {
        if !address.ip().is_loopback() {
            return Err(ExchangeError::Elsewhere);
        }
        let stream = TcpStream::connect(address)
            .await
            .map_err(ExchangeError::Connect)?;
        stream.set_nodelay(true).map_err(ExchangeError::Connect)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with its sender; why it ended, the next request tells.
        tokio::spawn(connection);
        let host = HeaderValue::try_from(address.to_string());
        Ok(Self {
            sender,
            host: host.map_err(|_| ExchangeError::Elsewhere)?,
        })
    }

    /// Sends a request and reads the whole answer, which must be a success.
    ///
    /// # Errors
    /// [`ExchangeError`]
    pub(crate) async fn send(&mut self, request: Request<Vec<u8>>) -> Result<Bytes, ExchangeError> {
        let path = request.uri().path().to_owned();
        let response = timeout(PATIENCE, self.exchange(request))
            .await
            .map_err(|_| ExchangeError::Slow)??;
        let (head, body) = response.into_parts();
        if !head.status.is_success() {
            let status = head.status;
            return Err(ExchangeError::Refused { path, status });
        }
        Ok(body)
    }

    async fn exchange(
        &mut self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Bytes>, hyper::Error> {
        let mut request = request.map(|body| Full::new(Bytes::from(body)));
        request.headers_mut().insert(HOST, self.host.clone());
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}

/// Why a request was not answered as it must be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// The service does not take the connection.
    #[error("cannot connect to the service")]
    Connect(#[source] std::io::Error),
    /// The address is not of this machine.
    #[error("a load test talks to this machine alone")]
    Elsewhere,
    /// The connection broke.
    #[error("the connection broke")]
    Http(#[from] hyper::Error),
    /// The service refused.
    #[error("{path} answered {status}")]
    Refused {
        /// What was asked for.
        path: String,
        /// The answer.
        status: StatusCode,
    },
    /// The service took too long.
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Slow,
}

const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_other_machine_is_asked() {
        for address in ["192.0.2.1:80", "0.0.0.0:80", "[2001:db8::1]:80"] {
            let refused = Connection::open(address.parse().unwrap()).await;
            assert!(
                matches!(refused, Err(ExchangeError::Elsewhere)),
                "{address}"
            );
        }
    }
}
