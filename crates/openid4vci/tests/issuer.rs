//! The issuer against wallets that break the rules: each refusal by its code on the wire.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod harness;

use http::{HeaderMap, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use harness::{Host, key, rng};

use keys::token::BearerToken;
use keys::{Algorithm, SigningKey, base64url, jws};
use openid4vci::issuer::{
    Accepted, AccessError, CredentialCall, CredentialError, NonceError, NotificationError,
    PreAuthorizedCall, ProofError, TokenCall, TokenError, WireError,
};
use openid4vci::messages::{ErrorCode, OfferLink, TokenRequest, TokenRequestError, TokenResponse};
use openid4vci::oauth::dpop::{self, DpopError};

/// A wallet that says whatever a test wants.
struct Rogue {
    host: Host,
    dpop: SigningKey,
}

impl Rogue {
    fn new() -> Self {
        Self {
            host: Host::new(),
            dpop: key(Algorithm::Es256),
        }
    }

    fn proof(&self, url: &Url, token: Option<&BearerToken>) -> String {
        let now = self.host.now;
        dpop::prove(&self.dpop, &Method::POST, url, token, None, now, &mut rng()).unwrap()
    }

    fn headers(&self, url: &Url, token: Option<&BearerToken>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let proof = self.proof(url, token);
        headers.insert("dpop", HeaderValue::from_str(&proof).unwrap());
        if let Some(token) = token {
            let field = format!("DPoP {}", token.expose());
            headers.insert("authorization", HeaderValue::from_str(&field).unwrap());
        }
        headers
    }

    fn code(&mut self, ids: &[&str], tx_code: bool) -> (BearerToken, Option<BearerToken>) {
        let offer = self.host.offer(ids, tx_code);
        let OfferLink::ByValue(message) = OfferLink::parse(offer.link_by_value.expose()).unwrap()
        else {
            panic!("an offer by value")
        };
        let grant = message.grants.unwrap().pre_authorized_code.unwrap();
        (grant.pre_authorized_code, offer.tx_code)
    }

    fn token_call(&self, form: &[u8]) -> Result<TokenCall, TokenError> {
        let endpoints = self.host.issuer.endpoints();
        let headers = self.headers(&endpoints.token, None);
        self.host.issuer.token_call(&headers, form, self.host.now)
    }

    fn pre_authorized(&self, form: &str) -> PreAuthorizedCall {
        match self.token_call(form.as_bytes()).unwrap() {
            TokenCall::PreAuthorizedCode(call) => call,
            TokenCall::Rebinding(_) | TokenCall::RefreshToken(_) => panic!("a code"),
        }
    }

    fn redeem(&mut self, form: &str) -> Result<TokenResponse, TokenError> {
        let call = self.pre_authorized(form);
        let stored = self.host.offers.get(call.offer_id().as_bytes()).unwrap();
        let offer: openid4vci::issuer::Offer = serde_json::from_str(stored).unwrap();
        offer
            .redeem(&self.host.issuer, call, self.host.now, &mut rng())
            .reply
    }

    fn tokens(&mut self, ids: &[&str]) -> TokenResponse {
        let (code, _) = self.code(ids, false);
        self.redeem(&form(&code, &[])).unwrap()
    }

    fn c_nonce(&self) -> String {
        self.host
            .issuer
            .nonce(self.host.now, &mut rng())
            .c_nonce
            .expose()
            .to_owned()
    }

    /// A proof that would do, before a test changes it.
    fn key_proof(&self, change: impl Fn(&mut Value, &mut Value)) -> String {
        let holder = key(Algorithm::EdDsa);
        let mut header = json!({
            "typ": "openid4vci-proof+jwt",
            "alg": "EdDSA",
            "jwk": holder.public().jwk(),
        });
        let mut claims = json!({
            "aud": "https://issuer.example/tenant",
            "iat": self.host.now.as_second(),
            "nonce": self.c_nonce(),
        });
        change(&mut header, &mut claims);
        signed(&header, &claims, &holder)
    }

    fn credential(&self, tokens: &TokenResponse, body: &Value) -> Result<usize, CredentialError> {
        let url = &self.host.issuer.endpoints().credential;
        let headers = self.headers(url, Some(&tokens.access_token));
        let body = serde_json::to_vec(body).unwrap();
        self.host
            .issuer
            .credential_call(&headers, &body, self.host.now)
            .map(|call| keyed(call).holder_keys.len())
    }

    fn with_proof(&mut self, proof: &str) -> Result<usize, CredentialError> {
        let tokens = self.tokens(&["pid"]);
        let body = json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof]}});
        self.credential(&tokens, &body)
    }
}

fn keyed(call: CredentialCall) -> Accepted {
    match call {
        CredentialCall::Keyed(accepted) => accepted,
        CredentialCall::NetCertificate(_) => panic!("a key"),
    }
}

fn form(code: &BearerToken, more: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair(
            "grant_type",
            "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        )
        .append_pair("pre-authorized_code", code.expose())
        .extend_pairs(more)
        .finish()
}

/// Signs whatever the header says: `jws::sign` would refuse what a rogue wants.
fn signed(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let encoded = |value: &Value| base64url::encode(serde_json::to_vec(value).unwrap());
    let input = format!("{}.{}", encoded(header), encoded(claims));
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url::encode(signature))
}

fn code_of(error: impl Into<WireError>) -> (u16, Option<ErrorCode>) {
    let wire: WireError = error.into();
    (wire.status.as_u16(), wire.code)
}

#[test]
fn proofs_name_a_key_in_three_ways() {
    let mut rogue = Rogue::new();
    let by_jwk = rogue.key_proof(|_, _| {});
    assert_eq!(rogue.with_proof(&by_jwk), Ok(1));
    let now = rogue.host.now;
    for method in [did::key::verification_method, did::jwk::verification_method] {
        let holder = key(Algorithm::Es256);
        let header = json!({
            "typ": "openid4vci-proof+jwt",
            "alg": "ES256",
            "kid": method(holder.public()).to_string(),
        });
        let claims = json!({
            "aud": "https://issuer.example/tenant",
            "iat": now.as_second(),
            "nonce": rogue.c_nonce(),
        });
        let proof = signed(&header, &claims, &holder);
        assert_eq!(rogue.with_proof(&proof), Ok(1), "{header}");
    }
}

#[test]
fn proofs_that_break_a_rule_are_refused() {
    type Change = fn(&mut Value, &mut Value);
    let cases: [(&str, Change, CredentialError); 17] = [
        (
            "aud",
            |_, c| c["aud"] = "https://issuer.example".into(),
            CredentialError::Proof(ProofError::Audience),
        ),
        (
            "aud list",
            |_, c| c["aud"] = json!(["https://issuer.example/tenant"]),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "typ",
            |h, _| h["typ"] = "JWT".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "no typ",
            |h, _| {
                h.as_object_mut().unwrap().remove("typ");
            },
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "alg none",
            |h, _| h["alg"] = "none".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "alg HS256",
            |h, _| h["alg"] = "HS256".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "key confusion",
            |h, _| h["alg"] = "ES256".into(),
            CredentialError::Proof(ProofError::Signature),
        ),
        (
            "crit",
            |h, _| h["crit"] = json!(["exp"]),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "no key",
            |h, _| {
                h.as_object_mut().unwrap().remove("jwk");
            },
            CredentialError::Proof(ProofError::Key),
        ),
        (
            "two keys",
            |h, _| {
                h["kid"] = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK".into()
            },
            CredentialError::Proof(ProofError::Key),
        ),
        (
            "fetched key",
            |h, _| {
                h.as_object_mut().unwrap().remove("jwk");
                h["kid"] = "did:web:127.0.0.1#key".into();
            },
            CredentialError::Proof(ProofError::Key),
        ),
        (
            "foreign key",
            |h, _| h["jwk"] = serde_json::to_value(key(Algorithm::EdDsa).public().jwk()).unwrap(),
            CredentialError::Proof(ProofError::Signature),
        ),
        (
            "old",
            |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() - 601),
            CredentialError::Proof(ProofError::Time),
        ),
        (
            "future",
            |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() + 61),
            CredentialError::Proof(ProofError::Time),
        ),
        (
            "no nonce",
            |_, c| {
                c.as_object_mut().unwrap().remove("nonce");
            },
            CredentialError::Proof(ProofError::NonceMissing),
        ),
        (
            "foreign nonce",
            |_, c| c["nonce"] = "wKI4LT17ac15ES9bw8ac4".into(),
            CredentialError::Nonce(NonceError::Unknown),
        ),
        (
            "private key",
            |h, _| h["jwk"]["d"] = "AAAA".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
    ];
    let mut rogue = Rogue::new();
    for (name, change, error) in cases {
        let proof = rogue.key_proof(change);
        assert_eq!(rogue.with_proof(&proof), Err(error), "{name}");
        let expected = match error {
            CredentialError::Nonce(_) => ErrorCode::InvalidNonce,
            _ => ErrorCode::InvalidProof,
        };
        assert_eq!(code_of(error), (400, Some(expected)), "{name}");
    }
}

#[test]
fn every_byte_of_a_proof_counts() {
    let mut rogue = Rogue::new();
    let proof = rogue.key_proof(|_, _| {});
    for at in (0..proof.len()).step_by(7) {
        let mut bytes = proof.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(bytes).unwrap();
        assert!(rogue.with_proof(&tampered).is_err(), "byte {at}");
    }
}

#[test]
fn nonces_expire_and_cannot_be_stretched() {
    let mut rogue = Rogue::new();
    let proof = rogue.key_proof(|_, _| {});
    rogue.host.wait(300);
    assert_eq!(
        rogue.with_proof(&proof),
        Err(CredentialError::Nonce(NonceError::Expired))
    );
    let stretched = |nonce: &str| {
        let mut bytes = base64url::decode(nonce).unwrap();
        bytes[7] ^= 0xff;
        base64url::encode(bytes)
    };
    let proof = rogue.key_proof(|_, claims| {
        claims["nonce"] = stretched(claims["nonce"].as_str().unwrap()).into();
    });
    assert_eq!(
        rogue.with_proof(&proof),
        Err(CredentialError::Nonce(NonceError::Unknown))
    );
}

/// Of two processes, one may forget by its clock what the other still takes by its own.
#[test]
fn what_was_spent_is_remembered_longer_than_it_is_good() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let url = &rogue.host.issuer.endpoints().credential;
    let headers = rogue.headers(url, Some(&tokens.access_token));
    let proof = rogue.key_proof(|_, _| {});
    let body = json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof]}});
    let body = serde_json::to_vec(&body).unwrap();
    let call = |now| rogue.host.issuer.credential_call(&headers, &body, now);
    let accepted = keyed(call(rogue.host.now).unwrap());
    assert_eq!(accepted.spends.len(), 2);
    for spend in accepted.spends {
        let behind = spend.expires_at - SignedDuration::from_secs(60);
        assert!(call(behind).is_err(), "{}", spend.kind);
    }
}

#[test]
fn credential_requests_that_break_a_rule_are_refused() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let proof = rogue.key_proof(|_, _| {});
    let proofs = json!({"jwt": [proof]});
    let five: Vec<_> = (0..5).map(|_| rogue.key_proof(|_, _| {})).collect();
    for (body, error, code) in [
        (
            json!({"proofs": proofs}),
            CredentialError::Malformed,
            ErrorCode::InvalidCredentialRequest,
        ),
        (
            json!({"credential_configuration_id": "pid", "credential_identifier": "pid", "proofs": proofs}),
            CredentialError::Malformed,
            ErrorCode::InvalidCredentialRequest,
        ),
        (
            json!([]),
            CredentialError::Malformed,
            ErrorCode::InvalidCredentialRequest,
        ),
        (
            json!({"credential_configuration_id": "pid-w3c", "proofs": proofs}),
            CredentialError::UnknownConfiguration,
            ErrorCode::UnknownCredentialConfiguration,
        ),
        (
            json!({"credential_configuration_id": "else", "proofs": proofs}),
            CredentialError::UnknownConfiguration,
            ErrorCode::UnknownCredentialConfiguration,
        ),
        (
            json!({"credential_identifier": "pid", "proofs": proofs}),
            CredentialError::UnknownIdentifier,
            ErrorCode::UnknownCredentialIdentifier,
        ),
        (
            json!({"credential_configuration_id": "pid"}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {}}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"di_vp": [{}]}}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof], "di_vp": []}}),
            CredentialError::ProofType,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": []}}),
            CredentialError::ProofCount,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": five}}),
            CredentialError::ProofCount,
            ErrorCode::InvalidProof,
        ),
        (
            json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof, proof]}}),
            CredentialError::RepeatedKey,
            ErrorCode::InvalidProof,
        ),
        (
            json!({
                "credential_configuration_id": "pid",
                "proofs": proofs,
                "credential_response_encryption": {"jwk": {}, "enc": "A128GCM"}
            }),
            CredentialError::Encryption,
            ErrorCode::InvalidEncryptionParameters,
        ),
    ] {
        assert_eq!(rogue.credential(&tokens, &body), Err(error), "{body}");
        assert_eq!(code_of(error), (400, Some(code)));
    }
    assert_eq!(
        code_of(CredentialError::Denied),
        (400, Some(ErrorCode::CredentialRequestDenied))
    );
}

#[test]
fn duplicate_members_depth_and_size_are_refused() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let url = rogue.host.issuer.endpoints().credential.clone();
    let duplicate = br#"{"credential_configuration_id":"pid","credential_configuration_id":"pid"}"#;
    let deep = format!("{{\"proofs\":{}{}}}", "[".repeat(100), "]".repeat(100));
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(70_000));
    for body in [
        &duplicate[..],
        deep.as_bytes(),
        large.as_bytes(),
        b"\xff",
        b"",
    ] {
        let headers = rogue.headers(&url, Some(&tokens.access_token));
        let error = rogue
            .host
            .issuer
            .credential_call(&headers, body, rogue.host.now)
            .unwrap_err();
        assert_eq!(error, CredentialError::Malformed);
    }
}

#[test]
fn authorization_details_select_and_are_answered() {
    let mut rogue = Rogue::new();
    let (code, _) = rogue.code(&["pid", "pid-w3c"], false);
    let details = r#"[{"type":"openid_credential","credential_configuration_id":"pid-w3c"}]"#;
    let tokens = rogue
        .redeem(&form(&code, &[("authorization_details", details)]))
        .unwrap();
    let granted = tokens.authorization_details.as_ref().unwrap();
    assert_eq!(granted.len(), 1);
    let identifier = granted[0].credential_identifiers.as_ref().unwrap()[0].clone();
    let proofs = json!({"jwt": [rogue.key_proof(|_, _| {})]});
    let by_identifier = json!({"credential_identifier": identifier, "proofs": proofs});
    assert_eq!(rogue.credential(&tokens, &by_identifier), Ok(1));
    let by_configuration = json!({"credential_configuration_id": "pid-w3c", "proofs": proofs});
    assert_eq!(
        rogue.credential(&tokens, &by_configuration),
        Err(CredentialError::Malformed)
    );
    let other = json!({"credential_identifier": "pid", "proofs": proofs});
    assert_eq!(
        rogue.credential(&tokens, &other),
        Err(CredentialError::UnknownIdentifier)
    );
}

#[test]
fn authorization_details_that_were_not_offered_are_refused() {
    let mut rogue = Rogue::new();
    for details in [
        r#"[{"type":"openid_credential","credential_configuration_id":"pid-w3c"}]"#,
        r#"[{"type":"payment","credential_configuration_id":"pid"}]"#,
        r#"[{"type":"openid_credential"}]"#,
        r#"[{"type":"openid_credential","credential_configuration_id":"pid","locations":["https://else.example"]}]"#,
        "[]",
    ] {
        let (code, _) = rogue.code(&["pid"], false);
        let error = rogue
            .redeem(&form(&code, &[("authorization_details", details)]))
            .unwrap_err();
        assert_eq!(error, TokenError::AuthorizationDetails, "{details}");
        assert_eq!(
            code_of(error),
            (400, Some(ErrorCode::InvalidAuthorizationDetails))
        );
    }
}

#[test]
fn token_requests_that_break_a_rule_are_refused() {
    let mut rogue = Rogue::new();
    let (code, _) = rogue.code(&["pid"], false);
    let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";
    for (body, error, wire) in [
        (
            String::new(),
            TokenRequestError::Missing("grant_type"),
            ErrorCode::InvalidRequest,
        ),
        (
            "grant_type=".into(),
            TokenRequestError::Missing("grant_type"),
            ErrorCode::InvalidRequest,
        ),
        (
            "grant_type=authorization_code&code=x".into(),
            TokenRequestError::GrantType,
            ErrorCode::UnsupportedGrantType,
        ),
        (
            grant.into(),
            TokenRequestError::Missing("pre-authorized_code"),
            ErrorCode::InvalidRequest,
        ),
        (
            "grant_type=refresh_token".into(),
            TokenRequestError::Missing("refresh_token"),
            ErrorCode::InvalidRequest,
        ),
        (
            form(&code, &[("tx_code", "1"), ("tx_code", "2")]),
            TokenRequestError::Repeated,
            ErrorCode::InvalidRequest,
        ),
        (
            form(&code, &[("client_secret", "x")]),
            TokenRequestError::ClientAuthentication,
            ErrorCode::InvalidClient,
        ),
        (
            form(&code, &[("authorization_details", "{")]),
            TokenRequestError::AuthorizationDetails,
            ErrorCode::InvalidAuthorizationDetails,
        ),
        (
            format!("{grant}&pre-authorized_code=%ff"),
            TokenRequestError::Encoding,
            ErrorCode::InvalidRequest,
        ),
        (
            "x".repeat(70_000),
            TokenRequestError::TooLong,
            ErrorCode::InvalidRequest,
        ),
    ] {
        let refused = rogue.token_call(body.as_bytes()).unwrap_err();
        assert_eq!(refused, TokenError::Request(error));
        assert_eq!(code_of(refused), (400, Some(wire)));
    }
    // Parameters that no text names are ignored (section 6.1).
    assert!(
        rogue
            .token_call(form(&code, &[("client_id", "w"), ("x", "y")]).as_bytes())
            .is_ok()
    );
}

#[test]
fn transaction_codes_are_expected_or_not() {
    let mut rogue = Rogue::new();
    let (code, _) = rogue.code(&["pid"], true);
    let missing = rogue.redeem(&form(&code, &[])).unwrap_err();
    assert_eq!(missing, TokenError::TxCodeMissing);
    assert_eq!(code_of(missing), (400, Some(ErrorCode::InvalidRequest)));
    let wrong = rogue
        .redeem(&form(&code, &[("tx_code", "wrong")]))
        .unwrap_err();
    assert_eq!(wrong, TokenError::TxCode { attempts_left: 2 });
    assert_eq!(code_of(wrong), (400, Some(ErrorCode::InvalidGrant)));
    let (code, _) = rogue.code(&["pid"], false);
    let unexpected = rogue
        .redeem(&form(&code, &[("tx_code", "123456")]))
        .unwrap_err();
    assert_eq!(unexpected, TokenError::TxCodeUnexpected);
    assert_eq!(code_of(unexpected), (400, Some(ErrorCode::InvalidRequest)));
}

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

#[test]
fn notifications_are_for_ones_own_credentials() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let url = rogue.host.issuer.endpoints().notification.clone();
    let judge = |body: Value| {
        let headers = rogue.headers(&url, Some(&tokens.access_token));
        let body = serde_json::to_vec(&body).unwrap();
        rogue
            .host
            .issuer
            .notification_call(&headers, &body, rogue.host.now)
            .unwrap_err()
    };
    for (body, error, code) in [
        (
            json!({}),
            NotificationError::Malformed,
            ErrorCode::InvalidNotificationRequest,
        ),
        (
            json!({"notification_id": "x", "event": "credential_eaten"}),
            NotificationError::Malformed,
            ErrorCode::InvalidNotificationRequest,
        ),
        (
            json!({"notification_id": "x", "event": "credential_accepted", "event_description": "\"\u{e9}"}),
            NotificationError::Malformed,
            ErrorCode::InvalidNotificationRequest,
        ),
        (
            json!({"notification_id": "3fwe98js", "event": "credential_accepted"}),
            NotificationError::UnknownId,
            ErrorCode::InvalidNotificationId,
        ),
        (
            json!({"notification_id": "A".repeat(64), "event": "credential_accepted"}),
            NotificationError::UnknownId,
            ErrorCode::InvalidNotificationId,
        ),
    ] {
        let refused = judge(body);
        assert_eq!(refused, error);
        assert_eq!(code_of(refused), (400, Some(code)));
    }
}

#[test]
fn what_is_stored_tells_neither_code_nor_claims() {
    let mut rogue = Rogue::new();
    let (code, tx_code) = rogue.code(&["pid"], true);
    let stored = rogue.host.offers.values().next().unwrap();
    for secret in [
        code.expose(),
        tx_code.unwrap().expose(),
        "Erika",
        "given_name",
    ] {
        assert!(!stored.contains(secret));
        let bytes = serde_json::to_string(secret.as_bytes()).unwrap();
        assert!(!stored.contains(bytes.trim_matches(['[', ']'])));
    }
}

#[test]
fn bearer_values_are_redacted() {
    let mut rogue = Rogue::new();
    let (code, _) = rogue.code(&["pid"], false);
    let call = rogue.pre_authorized(&form(&code, &[("tx_code", "123456")]));
    let tokens = rogue.tokens(&["pid"]);
    let request = TokenRequest::parse(form(&code, &[("tx_code", "123456")]).as_bytes()).unwrap();
    let nonce = rogue.host.issuer.nonce(rogue.host.now, &mut rng());
    let shown = format!(
        "{call:?} {tokens:?} {request:?} {nonce:?} {:?}",
        rogue.host.issuer
    );
    for secret in [
        code.expose(),
        "123456",
        tokens.access_token.expose(),
        nonce.c_nonce.expose(),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn offers_with_bad_terms_are_not_made() {
    use openid4vci::issuer::{OfferError, OfferTerms, TxCodeTerms};
    let host = Host::new();
    let judge = |ids: &[&str], claims: usize, length: Option<u32>| {
        let terms = OfferTerms {
            handle: "h".to_owned(),
            claims: vec![b'x'; claims].into(),
            claims_version: 0,
            configuration_ids: ids.iter().copied().map(str::to_owned).collect(),
            tx_code: length.map(|length| TxCodeTerms {
                length,
                description: None,
            }),
        };
        host.issuer.offer(terms, host.now, &mut rng()).map(|_| ())
    };
    assert_eq!(judge(&["pid"], 1023, Some(4)), Ok(()));
    assert_eq!(judge(&["pid"], 1024, None), Err(OfferError::TooLarge));
    assert_eq!(judge(&[], 1, None), Err(OfferError::Configurations));
    assert_eq!(
        judge(&["pid", "pid"], 1, None),
        Err(OfferError::Configurations)
    );
    assert_eq!(judge(&["else"], 1, None), Err(OfferError::Configurations));
    assert_eq!(judge(&["pid"], 1, Some(3)), Err(OfferError::TxCode));
}

/// Adding to the time must never leave the calendar.
#[test]
fn lifetimes_that_cannot_be_kept_are_refused() {
    use openid4vci::issuer::{CredentialIssuer, SettingsError};
    for hours in [-1, 0, i64::from(u32::MAX) * 24] {
        let mut settings = harness::settings("https://issuer.example");
        settings.lifetimes.refresh_token = SignedDuration::from_hours(hours);
        assert_eq!(
            CredentialIssuer::new(settings).err(),
            Some(SettingsError::Lifetime)
        );
    }
}

#[test]
fn every_code_of_the_issuer_is_written_as_the_texts_do() {
    let response = WireError::from(TokenError::UnknownCode).response();
    assert_eq!(response.status(), 400);
    assert_eq!(response.body(), br#"{"error":"invalid_grant"}"#);
    assert_eq!(
        response.headers().get("content-type").unwrap(),
        "application/json"
    );
    for error in [
        TokenError::Raced,
        TokenError::Denied,
        TokenError::Expired,
        TokenError::Key,
        TokenError::Stale,
    ] {
        assert_eq!(code_of(error), (400, Some(ErrorCode::InvalidGrant)));
    }
    assert_eq!(
        code_of(TokenError::Replayed),
        (400, Some(ErrorCode::InvalidDpopProof))
    );
}

#[test]
fn times_on_the_wire_are_whole_seconds() {
    let now: Timestamp = harness::start() + SignedDuration::from_millis(1500);
    let proof = dpop::prove(
        &key(Algorithm::EdDsa),
        &Method::POST,
        &"https://issuer.example".parse().unwrap(),
        None,
        None,
        now,
        &mut rng(),
    )
    .unwrap();
    let proof = jws::UnverifiedJws::parse(&proof, 8192).unwrap();
    let claims: Value = serde_json::from_slice(proof.unverified_payload()).unwrap();
    assert_eq!(claims["iat"], json!(now.as_second()));
}
