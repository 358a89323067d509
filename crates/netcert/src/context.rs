use std::fmt;
use std::net::Ipv4Addr;

use did::{Did, Method};
use url::{Host, Url};

use crate::fields::Fields;

/// What a pseudonym is bound to: the authenticated identity of a Verifier, never what a request
/// says about itself.
///
/// Only identities that last and that one party controls have contexts: a did:web, a DNS name in
/// a certificate, a web origin. Every identity has one spelling; all others are refused, so that
/// nobody gets a second number by spelling a name in another way.
///
/// The constructors read names. That the Verifier owns the name has to be shown before: by the
/// signature over its request, or by the browser.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PseudonymContext {
    kind: Kind,
    host: String,
    port: Option<u16>,
    path: Vec<String>,
    scope: Option<Scope>,
}

/// Whether loopback addresses have contexts: in development alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Loopback {
    /// They have.
    Allowed,
    /// They have none.
    Refused,
}

/// A purpose within a platform, and how long a number lasts there, as its signed policy says.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Scope {
    purpose: String,
    period: Option<String>,
}

impl Scope {
    /// Takes a purpose, and a period if numbers change with it.
    ///
    /// # Errors
    /// [`ContextError::Scope`] unless both are 1 to 64 characters of `a-z0-9._-`.
    pub fn new(purpose: &str, period: Option<&str>) -> Result<Self, ContextError> {
        let lawful = |text: &str| {
            (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b))
        };
        if !lawful(purpose) || period.is_some_and(|period| !lawful(period)) {
            return Err(ContextError::Scope);
        }
        Ok(Self {
            purpose: purpose.to_owned(),
            period: period.map(str::to_owned),
        })
    }

    /// The purpose.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The period.
    #[must_use]
    pub fn period(&self) -> Option<&str> {
        self.period.as_deref()
    }
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Kind {
    DidWeb,
    DidWebLoopback,
    Dns,
    Origin,
    OriginLoopback,
}

impl PseudonymContext {
    /// The context of a did:web whose document the request's key was found in, and whose `id` is
    /// this DID.
    ///
    /// # Errors
    /// [`ContextError`].
    pub fn of_did_web(did: &Did, loopback: Loopback) -> Result<Self, ContextError> {
        if did.method() != Method::Web {
            return Err(ContextError::Identity);
        }
        let specific = did.as_str().strip_prefix("did:web:");
        let mut parts = specific.ok_or(ContextError::Identity)?.split(':');
        let authority = parts.next().ok_or(ContextError::Host)?;
        let (host, port) = match authority.split_once('%') {
            None => (authority, None),
            Some((host, rest)) => {
                let digits = rest.strip_prefix("3A").ok_or(ContextError::Port)?;
                (host, Some(read_port(digits, HTTPS)?))
            }
        };
        let path: Vec<String> = parts.map(str::to_owned).collect();
        if !path.iter().all(|segment| is_segment(segment)) {
            return Err(ContextError::Path);
        }
        let kind = match (is_loopback(host), loopback) {
            (true, Loopback::Allowed) => Kind::DidWebLoopback,
            (true, Loopback::Refused) => return Err(ContextError::Host),
            (false, _) => Kind::DidWeb,
        };
        Self::new(kind, host, port, path)
    }

    /// The context of an `x509_san_dns` name: lowercase and exactly as in the certificate, and
    /// the host to which the response goes.
    ///
    /// # Errors
    /// [`ContextError`].
    pub fn of_x509_san_dns(name: &str, response_uri: &str) -> Result<Self, ContextError> {
        let uri = Url::parse(response_uri).map_err(|_| ContextError::ResponseUri)?;
        if uri.scheme() != "https" || uri.host_str() != Some(name) {
            return Err(ContextError::ResponseUri);
        }
        if is_loopback(name) {
            return Err(ContextError::Host);
        }
        Self::new(Kind::Dns, name, None, Vec::new())
    }

    /// The context of a web origin, as a browser writes it (`https://shop.example`), for requests
    /// by the Digital Credentials API.
    ///
    /// # Errors
    /// [`ContextError`].
    pub fn of_origin(origin: &str, loopback: Loopback) -> Result<Self, ContextError> {
        let (kind, default, authority) = match origin.split_once("://") {
            Some(("https", authority)) => (Kind::Origin, HTTPS, authority),
            Some(("http", authority)) if loopback == Loopback::Allowed => {
                (Kind::OriginLoopback, HTTP, authority)
            }
            _ => return Err(ContextError::Identity),
        };
        let (host, port) = match authority.split_once(':') {
            None => (authority, None),
            Some((host, digits)) => (host, Some(read_port(digits, default)?)),
        };
        if is_loopback(host) != (kind == Kind::OriginLoopback) {
            return Err(ContextError::Host);
        }
        Self::new(kind, host, port, Vec::new())
    }

    /// The context of an authenticated `client_id` (OpenID4VP 1.0, section 5.9).
    ///
    /// # Errors
    /// [`ContextError::Identity`] for every prefix whose identity does not last or is not shown:
    /// `redirect_uri`, `x509_hash` (which changes with the certificate), did:key, and all others.
    pub fn of_client_id(
        client_id: &str,
        response_uri: &str,
        loopback: Loopback,
    ) -> Result<Self, ContextError> {
        match client_id.split_once(':') {
            Some(("decentralized_identifier", did)) => {
                let did = Did::parse(did).map_err(|_| ContextError::Identity)?;
                Self::of_did_web(&did, loopback)
            }
            Some(("x509_san_dns", name)) => Self::of_x509_san_dns(name, response_uri),
            _ => Err(ContextError::Identity),
        }
    }

    /// The same platform's context for one purpose, named by its signed policy.
    #[must_use]
    pub fn within(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// The scope, if any.
    #[must_use]
    pub fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// Whether this is the exception for development, to be labelled wherever it is shown.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        matches!(self.kind, Kind::DidWebLoopback | Kind::OriginLoopback)
    }

    /// Whether the platform is one of several on a host, which could pose as it: to be said
    /// before a Holder agrees.
    #[must_use]
    pub fn shares_host(&self) -> bool {
        !self.path.is_empty()
    }

    /// The host: always as DNS has it, so that letters that look alike stay apart.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `context_id`: all fields with their lengths.
    #[must_use]
    pub fn id(&self) -> Vec<u8> {
        let kind = match self.kind {
            Kind::DidWeb => "did_web",
            Kind::DidWebLoopback => "did_web_loopback",
            Kind::Dns => "x509_san_dns",
            Kind::Origin => "origin",
            Kind::OriginLoopback => "origin_loopback",
        };
        let port = self.port.map(|port| port.to_string()).unwrap_or_default();
        let count = u64::try_from(self.path.len()).unwrap_or(u64::MAX);
        let fields = Fields::new(CONTEXT_LABEL)
            .string(kind)
            .string(&self.host)
            .string(&port)
            .number(count);
        let fields = self
            .path
            .iter()
            .fold(fields, |fields, segment| fields.string(segment));
        let scope = self.scope.as_ref();
        fields
            .string(scope.map_or("", Scope::purpose))
            .string(scope.and_then(Scope::period).unwrap_or_default())
            .finish()
    }

    fn new(
        kind: Kind,
        host: &str,
        port: Option<u16>,
        path: Vec<String>,
    ) -> Result<Self, ContextError> {
        if !is_loopback(host) && !is_public_name(host) {
            return Err(ContextError::Host);
        }
        Ok(Self {
            kind,
            host: host.to_owned(),
            port,
            path,
            scope: None,
        })
    }
}

impl fmt::Display for PseudonymContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        for segment in &self.path {
            write!(f, "/{segment}")?;
        }
        Ok(())
    }
}

/// Why an identity has no pseudonyms.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ContextError {
    /// Not a lowercase name of the public DNS, without a dot at its end.
    #[error("the verifier's host is not written as a pseudonym's context needs it")]
    Host,
    /// An identity that does not last, or that nobody has shown to own.
    #[error("this kind of verifier identity has no pseudonyms")]
    Identity,
    /// A segment has characters that would have to be decoded, or is `.` or `..`.
    #[error("the verifier's path is not written as a pseudonym's context needs it")]
    Path,
    /// Not a number in its shortest form, or the default one, which is left out.
    #[error("the verifier's port is not written as a pseudonym's context needs it")]
    Port,
    /// The response would go to another host than the one that asks.
    #[error("the response would go to another host than the verifier's")]
    ResponseUri,
    /// A purpose or period has other characters than `a-z0-9._-`, or too many.
    #[error("the scope's purpose or period is not written as a pseudonym's context needs it")]
    Scope,
}

/// Reads a port in its one spelling.
fn read_port(digits: &str, default: u16) -> Result<u16, ContextError> {
    let port: u16 = digits.parse().map_err(|_| ContextError::Port)?;
    match port != default && port.to_string() == digits {
        true => Ok(port),
        false => Err(ContextError::Port),
    }
}

/// A lowercase name of two labels or more, which the URL parser reads as itself.
fn is_public_name(host: &str) -> bool {
    let mut labels = host.split('.');
    let well_formed = labels.clone().count() >= 2
        && host.len() <= 253
        && labels.clone().all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && labels.next_back().is_some_and(|last| {
            last != "localhost" && last.starts_with(|first: char| first.is_ascii_lowercase())
        });
    // An `xn--` label that decodes to nothing, or to what is spelled otherwise, has no name.
    well_formed && matches!(Host::parse(host), Ok(Host::Domain(read)) if read == host)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && !matches!(segment, "." | "..")
        && segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

const CONTEXT_LABEL: &str = "pessoa-ctx-v1";
const HTTPS: u16 = 443;
const HTTP: u16 = 80;
