//! Which addresses a wallet talks to.

use http::Uri;
use url::Url;

/// What the Holder's configuration permits.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// Development: an Issuer on this very machine may speak plain `http`.
    pub allow_http_loopback: bool,
}

impl Options {
    /// Whether an address may be fetched at all: `https`, with a host and without a password.
    ///
    /// It must be a URI too: a browser's URL may hold characters that no request line does.
    pub(super) fn permits(self, url: &Url) -> bool {
        let sendable = url.as_str().parse::<Uri>().is_ok();
        sendable && web_address::is_secure(url, self.allow_http_loopback)
    }

    /// Whether an Issuer or its Authorization Server, known by `owner`, may name this endpoint.
    ///
    /// The texts allow other hosts, and the metadata come from the owner over TLS; but an owner
    /// with `https` cannot send the wallet on to something weaker.
    pub(super) fn permits_endpoint(self, owner: &Url, endpoint: &Url) -> bool {
        let weaker = owner.scheme() == "https" && endpoint.scheme() != "https";
        self.permits(endpoint) && !weaker && endpoint.fragment().is_none()
    }

    /// Reads a Credential Issuer Identifier (section 12.2.1), or that of an Authorization Server.
    pub(super) fn identifier(self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let plain = url.query().is_none() && url.fragment().is_none();
        (plain && self.permits(&url)).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Options = Options {
        allow_http_loopback: false,
    };
    const DEVELOPMENT: Options = Options {
        allow_http_loopback: true,
    };

    #[test]
    fn plain_http_is_for_development_on_this_machine() {
        for (text, strict, development) in [
            ("https://issuer.example", true, true),
            ("https://issuer`.example", false, false),
            ("http://127.0.0.1:8080/x", false, true),
            ("http://[::1]:8080", false, true),
            ("http://localhost", false, true),
            ("http://issuer.example", false, false),
            ("http://127.0.0.1.issuer.example", false, false),
            ("https://user@issuer.example", false, false),
            ("https://issuer.example?x", false, false),
            ("https://issuer.example#x", false, false),
            ("file:///etc/passwd", false, false),
            ("issuer.example", false, false),
        ] {
            assert_eq!(STRICT.identifier(text).is_some(), strict, "{text}");
            assert_eq!(
                DEVELOPMENT.identifier(text).is_some(),
                development,
                "{text}"
            );
        }
    }

    #[test]
    fn an_https_issuer_cannot_name_a_weaker_endpoint() {
        let issuer: Url = "https://issuer.example".parse().unwrap();
        let local: Url = "http://127.0.0.1/token".parse().unwrap();
        let elsewhere: Url = "https://as.example/token".parse().unwrap();
        assert!(!DEVELOPMENT.permits_endpoint(&issuer, &local));
        assert!(DEVELOPMENT.permits_endpoint(&local, &local));
        assert!(STRICT.permits_endpoint(&issuer, &elsewhere));
    }
}
