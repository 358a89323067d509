//! Tokens are bound to a key (RFC 9449).

use http::{HeaderMap, HeaderValue};
use openid4vci::issuer::{AccessError, CredentialError, TokenError, WireError};
use openid4vci::messages::ErrorCode;
use openid4vci::oauth::dpop::DpopError;
use serde_json::{Value, json};

use super::{Rogue, code_of, signed};

#[test]
fn dpop_proofs_that_break_a_rule_are_refused() {
    let rogue = Rogue::new();
    let url = rogue.host.issuer.endpoints().token.clone();
    let now = rogue.host.now;
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": rogue.dpop.public().jwk()});
    let claims = json!({"jti": "1", "htm": "POST", "htu": url, "iat": now.as_second()});
    type Change = fn(&mut Value, &mut Value);
    let cases: [(&str, Change, DpopError); 11] = [
        ("typ", |h, _| h["typ"] = "JWT".into(), DpopError::Signature),
        (
            "none",
            |h, _| h["alg"] = "none".into(),
            DpopError::Malformed,
        ),
        (
            "confusion",
            |h, _| h["alg"] = "EdDSA".into(),
            DpopError::Signature,
        ),
        (
            "no key",
            |h, _| {
                h.as_object_mut().unwrap().remove("jwk");
            },
            DpopError::Key,
        ),
        (
            "private key",
            |h, _| h["jwk"]["d"] = "AA".into(),
            DpopError::Malformed,
        ),
        ("method", |_, c| c["htm"] = "GET".into(), DpopError::Method),
        (
            "url",
            |_, c| c["htu"] = "https://issuer.example/token".into(),
            DpopError::Url,
        ),
        (
            "old",
            |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() - 301),
            DpopError::Time,
        ),
        (
            "future",
            |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() + 61),
            DpopError::Time,
        ),
        ("jti", |_, c| c["jti"] = "".into(), DpopError::Malformed),
        ("ath", |_, c| c["ath"] = "x".into(), DpopError::AccessToken),
    ];
    let judge = |proofs: &[String]| {
        let mut headers = HeaderMap::new();
        for proof in proofs {
            headers.append("dpop", HeaderValue::from_str(proof).unwrap());
        }
        let form = b"grant_type=refresh_token&refresh_token=x";
        rogue
            .host
            .issuer
            .token_call(&headers, form, now)
            .unwrap_err()
    };
    let good = signed(&header, &claims, &rogue.dpop);
    assert_eq!(
        judge(std::slice::from_ref(&good)),
        TokenError::UnknownRefreshToken
    );
    for (name, change, error) in cases {
        let (mut header, mut claims) = (header.clone(), claims.clone());
        change(&mut header, &mut claims);
        let refused = judge(&[signed(&header, &claims, &rogue.dpop)]);
        assert_eq!(refused, TokenError::Dpop(error), "{name}");
        assert_eq!(code_of(refused), (400, Some(ErrorCode::InvalidDpopProof)));
    }
    assert_eq!(judge(&[]), TokenError::Dpop(DpopError::Missing));
    assert_eq!(
        judge(&[good.clone(), good.clone()]),
        TokenError::Dpop(DpopError::Repeated)
    );
    // Query and fragment of `htu` do not count (RFC 9449, section 4.3).
    let mut with_query = claims.clone();
    with_query["htu"] = format!("{url}?a=b#c").into();
    assert_eq!(
        judge(&[signed(&header, &with_query, &rogue.dpop)]),
        TokenError::UnknownRefreshToken
    );
}

#[test]
fn access_that_is_not_proven_is_challenged() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let url = rogue.host.issuer.endpoints().credential.clone();
    let good = rogue.headers(&url, Some(&tokens.access_token));
    let judge = |headers: &HeaderMap| match rogue
        .host
        .issuer
        .credential_call(headers, b"{}", rogue.host.now)
        .unwrap_err()
    {
        CredentialError::Access(error) => error,
        other => panic!("{other}"),
    };
    let with = |field: String| {
        let mut headers = good.clone();
        headers.insert("authorization", HeaderValue::from_str(&field).unwrap());
        headers
    };
    let token = tokens.access_token.expose();
    let refresh = tokens.refresh_token.as_ref().unwrap();
    let none = judge(&HeaderMap::new());
    assert_eq!((none, code_of(none)), (AccessError::Missing, (401, None)));
    let bearer = judge(&with(format!("Bearer {token}")));
    assert_eq!(
        (bearer, code_of(bearer)),
        (AccessError::Scheme, (401, Some(ErrorCode::InvalidToken)))
    );
    let mut twice = good.clone();
    twice.append(
        "authorization",
        HeaderValue::from_str(&format!("DPoP {token}")).unwrap(),
    );
    assert_eq!(judge(&twice), AccessError::Repeated);
    let mut unproven = good.clone();
    unproven.remove("dpop");
    let unproven = judge(&unproven);
    assert_eq!(unproven, AccessError::Dpop(DpopError::Missing));
    assert_eq!(code_of(unproven), (401, Some(ErrorCode::InvalidDpopProof)));
    // A refresh token is no access token, even with a proof that names it.
    let confused = judge(&rogue.headers(&url, Some(refresh)));
    assert_eq!(confused, AccessError::Token);
    let other = judge(&with(format!("DPoP {}", refresh.expose())));
    assert_eq!(other, AccessError::Dpop(DpopError::AccessToken));

    let response = WireError::from(AccessError::Token).response();
    assert_eq!(
        response.headers().get("www-authenticate").unwrap(),
        "DPoP error=\"invalid_token\", algs=\"EdDSA Ed25519 ES256 ES384\""
    );
    assert_eq!(response.headers().get("cache-control").unwrap(), "no-store");
}
