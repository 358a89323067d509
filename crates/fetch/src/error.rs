use std::error::Error;

use thiserror::Error;

/// Why a request brought no answer. An answer with an error status is an answer.
///
/// No variant names the address: links carry secrets.
#[derive(Debug, Error)]
pub enum FetchError {
    /// Nobody answers there.
    #[error("the peer cannot be reached")]
    Connect(#[source] Box<dyn Error + Send + Sync>),
    /// The answer broke off or is no HTTP.
    #[error("the peer's answer cannot be read")]
    Interrupted(#[source] Box<dyn Error + Send + Sync>),
    /// The proxy is not given as `socks5h://host:port`.
    #[error("the proxy must be given as socks5h://HOST:PORT")]
    Proxy,
    /// This client does not go there.
    #[error("the address is refused: {0}")]
    Refused(#[from] Refusal),
    /// The client cannot be set up; the operator must act.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] Box<dyn Error + Send + Sync>),
    /// The peer took too long.
    #[error("the peer took too long to answer")]
    TimedOut,
    /// The peer sent more than was asked for.
    #[error("the peer's answer is longer than {limit} bytes")]
    TooLarge {
        /// The most that was acceptable.
        limit: usize,
    },
}

/// Why the client does not go to an address.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Refusal {
    /// The host is a private, local or special address, or its name leads to one.
    #[error("it leads into a private network")]
    Address,
    /// The text is no absolute URL.
    #[error("it is no web address")]
    NotAUrl,
    /// The port belongs to other services.
    #[error("its port is not one of the web's")]
    Port,
    /// Not https.
    #[error("it is not https")]
    Scheme,
    /// The URL has a user name or password.
    #[error("it carries a user name")]
    UserInfo,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        // The URL may hold a code or a session.
        let error = error.without_url();
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(inner) = cause {
            if let Some(refusal) = inner.downcast_ref::<Refusal>() {
                return Self::Refused(*refusal);
            }
            cause = inner.source();
        }
        if error.is_timeout() {
            Self::TimedOut
        } else if error.is_connect() {
            Self::Connect(Box::new(error))
        } else if error.is_builder() {
            Self::Setup(Box::new(error))
        } else {
            Self::Interrupted(Box::new(error))
        }
    }
}
