use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_LENGTH, COOKIE, HOST, USER_AGENT};
use http::{Request, Response, StatusCode};
use reqwest::redirect::Policy;
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use url::Url;

use crate::error::{FetchError, Refusal};
use crate::guard::Guard;
use crate::resolve::ResolveError;

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The time to reach the peer, its name's look-up included.
    pub connect_within: Duration,
    /// Development: loopback, and http there, are permitted.
    pub dev_loopback: bool,
    /// The time until the whole answer has come.
    pub finish_within: Duration,
    /// The longest answer of [`Client::send`].
    pub max_bytes: usize,
    /// A SOCKS5 proxy, such as Tor's, as `socks5h://host:port`. Names are then resolved by it
    /// alone, so that nobody nearby learns them.
    pub proxy: Option<Url>,
    /// DER certificates of authorities that are trusted beside the machine's.
    pub trust_anchors: Vec<Vec<u8>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            dev_loopback: false,
            finish_within: Duration::from_secs(30),
            max_bytes: 1024 * 1024,
            proxy: None,
            trust_anchors: Vec::new(),
        }
    }
}

/// Carries requests to peers and answers back. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    tls: ClientConfig,
    options: Arc<Options>,
}

impl Client {
    /// Sets a client up.
    ///
    /// # Errors
    ///
    /// When the proxy or a trust anchor cannot be used.
    pub fn new(options: Options) -> Result<Self, FetchError> {
        let tls = tls(&options)?;
        let http = connectionless(&options, options.proxy.as_ref(), tls.clone())?;
        Ok(Self {
            http,
            tls,
            options: Arc::new(options),
        })
    }

    /// Returns a client that shares no connection with this one, for one transaction: its peer
    /// sees a new TLS session, and nothing that was sent before.
    ///
    /// # Errors
    ///
    /// When the machine refuses.
    pub fn fresh(&self) -> Result<Self, FetchError> {
        self.through(self.options.proxy.as_ref())
    }

    /// As [`Client::fresh`], and with a name of its own at the proxy, where there is one: Tor
    /// builds another circuit for each name (`IsolateSOCKSAuth`), so that no two transactions come
    /// from one exit because they are one person's.
    ///
    /// `label` is meaningless and never used twice. A proxy that is given with a user name keeps it:
    /// that one is for getting in.
    ///
    /// # Errors
    ///
    /// As [`Client::fresh`].
    pub fn isolated(&self, label: &str) -> Result<Self, FetchError> {
        let Some(mut proxy) = self.options.proxy.clone() else {
            return self.fresh();
        };
        if proxy.username().is_empty() && proxy.password().is_none() {
            let named = proxy.set_username(label);
            named
                .and_then(|()| proxy.set_password(Some(label)))
                .map_err(|()| FetchError::Proxy)?;
        }
        self.through(Some(&proxy))
    }

    /// Sends a request and returns the answer, whatever its status; a redirect is an answer.
    ///
    /// # Errors
    ///
    /// When the address is refused, nobody answers in time, or the answer is too long.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        self.send_bounded(request, self.options.max_bytes).await
    }

    /// As [`Client::send`], with an answer of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub async fn send_bounded(
        &self,
        request: Request<Vec<u8>>,
        limit: usize,
    ) -> Result<Response<Vec<u8>>, FetchError> {
        let (mut parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|_| Refusal::NotAUrl)?;
        Guard {
            dev_loopback: self.options.dev_loopback,
        }
        .check(&url)?;
        for name in [ACCEPT_LANGUAGE, CONTENT_LENGTH, COOKIE, HOST, USER_AGENT] {
            parts.headers.remove(name);
        }
        let request = self
            .http
            .request(parts.method, url)
            .headers(parts.headers)
            .body(body);
        let mut answer = request.send().await?;

        // The announced length is a hint; what counts is what comes.
        let announced = answer.content_length().unwrap_or_default();
        if announced > limit as u64 {
            return Err(FetchError::TooLarge { limit });
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > limit {
                return Err(FetchError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }

    /// Fetches a public document: 200 or nothing.
    pub(crate) async fn get(
        &self,
        url: &Url,
        accept: &'static str,
        limit: usize,
    ) -> Result<Vec<u8>, ResolveError> {
        let request = Request::get(url.as_str())
            .header(ACCEPT, accept)
            .body(Vec::new());
        let request = request.map_err(|_| FetchError::from(Refusal::NotAUrl))?;
        let answer = self.send_bounded(request, limit).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            status => Err(ResolveError::Answered(status)),
        }
    }

    /// Tells whether loopback is permitted, as for resolving did:web.
    #[must_use]
    pub fn dev_loopback(&self) -> bool {
        self.options.dev_loopback
    }

    fn through(&self, proxy: Option<&Url>) -> Result<Self, FetchError> {
        let http = connectionless(&self.options, proxy, self.tls.clone())?;
        Ok(Self {
            http,
            tls: self.tls.clone(),
            options: self.options.clone(),
        })
    }
}

fn connectionless(
    options: &Options,
    proxy: Option<&Url>,
    tls: ClientConfig,
) -> Result<reqwest::Client, FetchError> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .user_agent(AGENT)
        .connect_timeout(options.connect_within)
        .timeout(options.finish_within);
    let builder = match proxy {
        None => builder.dns_resolver(Guard {
            dev_loopback: options.dev_loopback,
        }),
        // The peer's name goes to the proxy; only the proxy's own is resolved here.
        Some(proxy) if proxy.scheme() == "socks5h" && proxy.port().is_some() => {
            builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(|_| FetchError::Proxy)?)
        }
        Some(_) => return Err(FetchError::Proxy),
    };
    Ok(builder.build()?)
}

fn tls(options: &Options) -> Result<ClientConfig, FetchError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(setup)?;
    let anchors = || {
        options
            .trust_anchors
            .iter()
            .map(|der| CertificateDer::from(der.clone()))
    };
    let mut config = match Verifier::new_with_extra_roots(anchors(), provider) {
        Ok(verifier) => builder
            .dangerous() // the name of the door to one's own verifier; this one is the machine's
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        // A machine without authorities still speaks to loopback; https fails to verify there.
        Err(_) if options.trust_anchors.is_empty() => builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth(),
        Err(error) => return Err(setup(error)),
    };
    // A resumed session would tell the peer that it is the same caller.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn setup(error: rustls::Error) -> FetchError {
    FetchError::Setup(Box::new(error))
}

// The same for every wallet and service of every version.
const AGENT: &str = "pessoa";
