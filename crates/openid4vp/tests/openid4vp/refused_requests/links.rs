//! Links that lead to no request.

use openid4vp::ClientIdError;
use openid4vp::messages::FormError;
use openid4vp::request::RequestFault;
use openid4vp::wallet::{self, Error, LinkFault};

use super::{fault, refusal};
use crate::parties::*;

#[test]
fn links() {
    let open = |link: &str| wallet::open(link, SETTINGS, &mut rng(), now());
    let query = "&response_type=vp_token&response_mode=direct_post&nonce=n&dcql_query=%7B%7D";
    for (link, expected) in [
        ("nonsense", LinkFault::Syntax),
        (
            "openid-credential-offer://?credential_offer=x",
            LinkFault::Scheme,
        ),
        ("http://wallet.example/?client_id=a:b", LinkFault::Scheme),
        ("http://127.0.0.1/?client_id=a:b", LinkFault::Scheme),
        ("file:///etc/passwd", LinkFault::Scheme),
        ("https://example.org/", LinkFault::NotARequest),
        (
            "openid4vp://?request_uri=https%3A%2F%2Fv.example%2F1",
            LinkFault::NotARequest,
        ),
    ] {
        assert_eq!(
            refusal(open(link)).error(),
            &Error::Link(expected),
            "{link}"
        );
    }
    let did = "decentralized_identifier%3Adid%3Aweb%3Av.example";
    let uri = "redirect_uri%3Ahttps%3A%2F%2Fv.example%2Fpost";
    let by_reference = "request_uri=https%3A%2F%2Fv.example%2F1";
    for (parameters, expected) in [
        (format!("client_id={did}{query}"), RequestFault::Unsigned),
        (
            format!("client_id={uri}&{by_reference}"),
            RequestFault::Signed,
        ),
        (
            format!("client_id={uri}&request=a.b.c"),
            RequestFault::Signed,
        ),
        (
            format!("client_id={did}&{by_reference}&request=a.b.c"),
            RequestFault::Nested,
        ),
        (
            format!("client_id={did}&{by_reference}&request_uri_method=POST"),
            RequestFault::Method,
        ),
        (
            format!("client_id={did}&{by_reference}&request_uri_method=put"),
            RequestFault::Method,
        ),
        (
            format!("client_id={uri}{query}&request_uri_method=get"),
            RequestFault::Method,
        ),
        (
            format!("client_id={did}&request_uri=http%3A%2F%2Fv.example%2F1"),
            RequestFault::RequestUri,
        ),
        (
            format!("client_id={did}&request_uri=http%3A%2F%2F127.0.0.1%2F1"),
            RequestFault::RequestUri,
        ),
        (
            format!("client_id={did}&client_id={did}"),
            RequestFault::Form(FormError::Duplicate),
        ),
        (
            format!("client_id={did}&x={}", "y".repeat(70_000)),
            RequestFault::Form(FormError::Size),
        ),
        (
            "client_id=verifier".into(),
            RequestFault::ClientId(ClientIdError::PreRegistered),
        ),
        (
            "client_id=https%3A%2F%2Fv.example".into(),
            RequestFault::ClientId(ClientIdError::Unknown),
        ),
        (
            "client_id=invalid_scheme%3Ax".into(),
            RequestFault::ClientId(ClientIdError::Unknown),
        ),
        (
            "client_id=did%3Aweb%3Av.example".into(),
            RequestFault::ClientId(ClientIdError::Unknown),
        ),
        (
            "client_id=x509_san_dns%3Av.example".into(),
            RequestFault::ClientId(ClientIdError::X509SanDns),
        ),
        (
            "client_id=x509_hash%3Aabc".into(),
            RequestFault::ClientId(ClientIdError::X509Hash),
        ),
        (
            "client_id=origin%3Ahttps%3A%2F%2Fv.example".into(),
            RequestFault::ClientId(ClientIdError::Origin),
        ),
        (
            "client_id=verifier_attestation%3Av".into(),
            RequestFault::ClientId(ClientIdError::VerifierAttestation),
        ),
        (
            "client_id=openid_federation%3Ahttps%3A%2F%2Fv".into(),
            RequestFault::ClientId(ClientIdError::OpenidFederation),
        ),
        (
            "client_id=decentralized_identifier%3Adid%3Aexample%3A1".into(),
            RequestFault::ClientId(ClientIdError::Did(did::DidError::Unsupported)),
        ),
        (
            "client_id=redirect_uri%3Apost".into(),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
        (
            format!("client_id={uri}%0A%1B%5B2KMy%20Bank"),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
        (
            format!("client_id={uri}%E2%80%AE"),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
        (
            "client_id=redirect_uri%3Ahttps%3A%2F%2Fv.ex%D0%B0mple%2Fpost".into(),
            RequestFault::ClientId(ClientIdError::RedirectUri),
        ),
    ] {
        let link = format!("openid4vp://?{parameters}");
        assert_eq!(fault(open(&link)), expected, "{parameters}");
    }
}
