//! Whether who asks is the Issuer: then nothing that is shown is news to it.

use did::{Did, Method};
use openid4vp::{ClientId, Prefix};
use url::{Host, Url};

/// Who asks, by all that tells: the Client Identifier, and where the answer goes.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    verifier: &'a ClientId,
    answer_to: Option<&'a Url>,
}

impl<'a> Asker<'a> {
    pub(crate) fn online(verifier: &'a ClientId, answer_to: &'a Url) -> Self {
        Self {
            verifier,
            answer_to: Some(answer_to),
        }
    }

    pub(crate) fn at_door(verifier: &'a ClientId) -> Self {
        Self {
            verifier,
            answer_to: None,
        }
    }

    /// Whether it is the Issuer, as far as names tell: the same DID, or a host that is the Issuer's,
    /// above it or below it, whatever the port. Who has a name has all below it.
    ///
    /// A yes may be wrong where strangers share a host. A no may be wrong, too: `shop.state.example`
    /// and `id.state.example` may be one office's or two strangers' (there is no list of registries
    /// here that could tell), and nobody who wants to hide uses the same name.
    pub(crate) fn is(&self, issuer: &str) -> bool {
        let did = match self.verifier.prefix() {
            Prefix::DecentralizedIdentifier(did) => Some(did),
            Prefix::RedirectUri(_) => None,
        };
        if did.is_some_and(|did| did.as_str() == issuer) {
            return true;
        }
        let Some(issuer) = place(issuer) else {
            return false;
        };
        let redirect = match self.verifier.prefix() {
            Prefix::DecentralizedIdentifier(_) => None,
            Prefix::RedirectUri(url) => Some(url.clone()),
        };
        let places = [did.and_then(web), redirect, self.answer_to.cloned()];
        places.iter().flatten().any(|url| same(&issuer, url))
    }
}

/// Where an Issuer is, by its identifier: an address or a did:web.
fn place(issuer: &str) -> Option<Url> {
    match Did::parse(issuer) {
        Ok(did) => web(&did),
        Err(_) => Url::parse(issuer).ok(),
    }
}

fn web(did: &Did) -> Option<Url> {
    let is_web = did.method() == Method::Web;
    is_web.then(|| did::web::url(did, true).ok()).flatten()
}

fn same(one: &Url, other: &Url) -> bool {
    match (one.host(), other.host()) {
        (Some(Host::Domain(one)), Some(Host::Domain(other)))
            if one.contains('.') && other.contains('.') =>
        {
            one == other || is_below(one, other) || is_below(other, one)
        }
        // An address, or this very machine: what listens on another port is somebody else's.
        (Some(_), Some(_)) => {
            one.host() == other.host()
                && one.port_or_known_default() == other.port_or_known_default()
        }
        _ => false,
    }
}

fn is_below(name: &str, above: &str) -> bool {
    name.strip_suffix(above)
        .is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(issuer: &str, client_id: &str, answer_to: Option<&str>) -> bool {
        let verifier = ClientId::parse(client_id).unwrap();
        let answer_to: Option<Url> = answer_to.map(|url| url.parse().unwrap());
        let asker = Asker {
            verifier: &verifier,
            answer_to: answer_to.as_ref(),
        };
        asker.is(issuer)
    }

    #[test]
    fn the_issuer_is_known_by_every_name_that_it_asks_under() {
        let issuer = "https://id.state.example";
        let elsewhere = Some("https://answers.example/x");
        for (client_id, answer_to) in [
            (
                "decentralized_identifier:did:web:id.state.example",
                elsewhere,
            ),
            (
                "decentralized_identifier:did:web:id.state.example%3A8443",
                elsewhere,
            ),
            (
                "decentralized_identifier:did:web:id.state.example:login",
                None,
            ),
            (
                "decentralized_identifier:did:web:login.id.state.example",
                None,
            ),
            ("decentralized_identifier:did:web:state.example", None),
            (
                "decentralized_identifier:did:web:shop.example",
                Some("https://id.state.example:8443/x"),
            ),
            (
                "redirect_uri:https://id.state.example/x",
                Some("https://id.state.example/x"),
            ),
        ] {
            assert!(is(issuer, client_id, answer_to), "{client_id}");
        }
        let did = "decentralized_identifier:did:web:id.state.example";
        assert!(is("did:web:id.state.example", did, elsewhere));
        let key = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
        assert!(is(
            key,
            &format!("decentralized_identifier:{key}"),
            elsewhere
        ));
    }

    #[test]
    fn a_stranger_is_none() {
        for (issuer, client_id, answer_to) in [
            (
                "https://id.state.example",
                "decentralized_identifier:did:web:shop.example",
                "https://shop.example/x",
            ),
            (
                "https://id.state.example",
                "decentralized_identifier:did:web:badid.state.example",
                "https://badid.state.example/x",
            ),
            (
                "https://id.state.example",
                "decentralized_identifier:did:web:id.state.example.evil.example",
                "https://evil.example/",
            ),
            // It may be the same office's, and nobody can tell.
            (
                "https://id.state.example",
                "decentralized_identifier:did:web:shop.state.example",
                "https://shop.state.example/",
            ),
            (
                "http://127.0.0.1:8001",
                "decentralized_identifier:did:web:127.0.0.1%3A8002",
                "http://127.0.0.1:8002/x",
            ),
            (
                "http://localhost:8001",
                "redirect_uri:http://localhost:8002/x",
                "http://localhost:8002/x",
            ),
            (
                "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                "decentralized_identifier:did:web:shop.example",
                "https://shop.example/x",
            ),
        ] {
            assert!(!is(issuer, client_id, Some(answer_to)), "{client_id}");
        }
    }
}
