//! did:web: the identifier names a document on the web (W3C CCG, did:web Method Specification).

use std::net::{IpAddr, Ipv4Addr};

use keys::PublicKey;
use url::{Host, Url};

use crate::{Did, DidDocument, DidError, Method, VerificationMethod, key};

/// The DID whose document is served below a base URL: at `/.well-known/did.json`, or at
/// `<path>/did.json` if the URL has a path.
///
/// # Errors
/// [`DidError::Syntax`] if the URL has user information, a query, a fragment or characters in its
/// path that a DID cannot carry.
pub fn did(base: &Url) -> Result<Did, DidError> {
    let plain = base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    let host = match base.host() {
        Some(Host::Domain(host)) if plain => host.to_owned(),
        Some(Host::Ipv4(address)) if plain => address.to_string(),
        _ => return Err(DidError::Syntax),
    };
    let port = base
        .port()
        .map(|port| format!("%3A{port}"))
        .unwrap_or_default();
    let path = base.path().trim_matches('/');
    let segments: String = path
        .split_terminator('/')
        .map(|segment| format!(":{segment}"))
        .collect();
    let did = Did::parse(&format!("did:web:{host}{port}{segments}"))?;
    // A colon inside a segment would come back as a slash.
    let root = if path.is_empty() { ".well-known" } else { path };
    if Place::read(&did)?.path != format!("/{root}/did.json") {
        return Err(DidError::Syntax);
    }
    Ok(did)
}

/// The document of a did:web with these keys, by fragment, for every signing role.
///
/// # Errors
/// [`DidError::Syntax`] if a text cannot be a fragment, [`DidError::Ambiguous`] if one is given
/// twice, [`DidError::Unsupported`] if the DID is of another method.
pub fn document(did: &Did, keys: &[(&str, PublicKey)]) -> Result<DidDocument, DidError> {
    document_with(did, keys, &[])
}

/// As [`document`], with Multikeys of kinds that their users parse for themselves: each is its own
/// fragment, as in a did:key.
///
/// # Errors
/// As [`document`], and [`DidError::Key`] if a text is no Multikey.
pub fn document_with(
    did: &Did,
    keys: &[(&str, PublicKey)],
    multikeys: &[&str],
) -> Result<DidDocument, DidError> {
    if did.method() != Method::Web {
        return Err(DidError::Unsupported);
    }
    let mut methods: Vec<VerificationMethod> = Vec::with_capacity(keys.len() + multikeys.len());
    let mut add = |fragment: &str, text: &str, parsed| {
        let url = did.url(fragment)?;
        if methods.iter().any(|earlier| url.is(earlier.id())) {
            return Err(DidError::Ambiguous);
        }
        methods.push(VerificationMethod::multikey(did, fragment, text, parsed));
        Ok(())
    };
    for (fragment, key) in keys {
        add(fragment, &key.multikey(), Some(key.clone()))?;
    }
    for multikey in multikeys {
        keys::read_multikey(multikey)?;
        add(multikey, multikey, None)?;
    }
    Ok(DidDocument::new(did.clone(), methods, &key::CONTEXT))
}

/// The path at which the document is served, whatever its host.
///
/// # Errors
/// [`DidError::Syntax`] if the DID names no place, [`DidError::Unsupported`] if it is of another
/// method.
pub fn path(did: &Did) -> Result<String, DidError> {
    match did.method() {
        Method::Web => Ok(Place::read(did)?.path),
        _ => Err(DidError::Unsupported),
    }
}

/// The URL at which the document is found (section 2.5.2, Read).
///
/// # Errors
/// [`DidError::Syntax`] if the DID names no place, [`DidError::Host`] if the host is an address or
/// a local name, [`DidError::Unsupported`] if the DID is of another method.
pub fn url(did: &Did, allow_http_loopback: bool) -> Result<Url, DidError> {
    if did.method() != Method::Web {
        return Err(DidError::Unsupported);
    }
    let place = Place::read(did)?;
    let scheme = match place.is_loopback() {
        true if allow_http_loopback => "http",
        false if place.is_public_name() => "https",
        _ => return Err(DidError::Host),
    };
    let Place { host, port, path } = &place;
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let url =
        Url::parse(&format!("{scheme}://{host}{port}{path}")).map_err(|_| DidError::Syntax)?;
    // Whatever the URL parser would rewrite (`..`, `0x7f.1`), the DID must not contain.
    let same = url
        .host_str()
        .is_some_and(|read| read.eq_ignore_ascii_case(host));
    if same && url.path() == path {
        Ok(url)
    } else {
        Err(DidError::Syntax)
    }
}

/// Where a DID says that its document lies.
struct Place<'a> {
    host: &'a str,
    port: Option<u16>,
    path: String,
}

impl<'a> Place<'a> {
    fn read(did: &'a Did) -> Result<Self, DidError> {
        let mut parts = did.specific().split(':');
        let authority = parts.next().ok_or(DidError::Syntax)?;
        let (host, port) = match authority.split_once('%') {
            None => (authority, None),
            Some((host, port)) => (host, Some(read_port(port)?)),
        };
        if !host.split('.').all(is_label) {
            return Err(DidError::Syntax);
        }
        let mut path = String::new();
        for part in parts {
            if !is_segment(part) {
                return Err(DidError::Syntax);
            }
            path.push('/');
            path.push_str(part);
        }
        if path.is_empty() {
            path.push_str("/.well-known");
        }
        path.push_str("/did.json");
        Ok(Self { host, port, path })
    }

    fn is_loopback(&self) -> bool {
        match self.host.parse::<Ipv4Addr>() {
            Ok(address) => IpAddr::from(address).is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }

    /// A name of the public DNS: at least two labels, and the last one not a number, which would
    /// make it an address.
    fn is_public_name(&self) -> bool {
        self.host.rsplit_once('.').is_some_and(|(_, last)| {
            !last.eq_ignore_ascii_case("localhost")
                && last
                    .bytes()
                    .next()
                    .is_some_and(|byte| byte.is_ascii_alphabetic())
        })
    }
}

/// Reads what follows `%` in `host%3A8080`.
fn read_port(text: &str) -> Result<u16, DidError> {
    let digits = text.strip_prefix("3A").or_else(|| text.strip_prefix("3a"));
    let digits = digits.ok_or(DidError::Syntax)?;
    let canonical = !digits.starts_with(['0', '+']);
    digits
        .parse()
        .ok()
        .filter(|_| canonical)
        .ok_or(DidError::Syntax)
}

/// A label of a host name (RFC 1123, section 2.1).
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A path segment that means itself: neither a step up nor a hidden separator.
fn is_segment(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    !segment.is_empty()
        && !matches!(segment, "." | "..")
        && !["%2e", "%2f", "%5c", "%25", "%3a"]
            .iter()
            .any(|hidden| lower.contains(hidden))
        && !lower.contains("%0")
        && !lower.contains("%1")
        && !lower.contains("%7f")
}
