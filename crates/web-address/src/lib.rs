//! Which web addresses may be spoken to: `https`, or this very machine in development.
//!
//! Knows nothing of who asks and why. What a host's name leads to is another question, which only
//! whoever connects can answer.

use url::{Host, Url};

/// Whether bytes may be sent there: `https`, with a host, and without a user or password.
///
/// With `dev_loopback`, which is for development alone, `http` to this very machine will do.
#[must_use]
pub fn is_secure(url: &Url, dev_loopback: bool) -> bool {
    let scheme = match url.scheme() {
        "https" => url.has_host(),
        "http" => dev_loopback && is_loopback(url),
        _ => false,
    };
    scheme && url.username().is_empty() && url.password().is_none()
}

/// Whether the host is this very machine: a loopback address, or the name `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_development_on_this_machine() {
        for (text, always, development) in [
            ("https://issuer.example", true, true),
            ("https://127.0.0.1", true, true),
            ("http://127.0.0.1:8080/x", false, true),
            ("http://127.1", false, true),
            ("http://[::1]:8080", false, true),
            ("http://LOCALHOST", false, true),
            ("http://issuer.example", false, false),
            ("http://issuer.localhost", false, false),
            ("http://127.0.0.1.issuer.example", false, false),
            ("http://localhost@issuer.example", false, false),
            ("http://[::ffff:127.0.0.1]", false, false),
            ("http://0.0.0.0", false, false),
            ("https://user@issuer.example", false, false),
            ("https://:password@issuer.example", false, false),
            ("http://user@localhost", false, false),
            ("ftp://localhost", false, false),
            ("file:///etc/passwd", false, false),
            ("data:,localhost", false, false),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(is_secure(&url, false), always, "{text}");
            assert_eq!(is_secure(&url, true), development, "{text}");
        }
    }
}
