//! The issuer against wallets that break the rules: each refusal by its code on the wire.

mod credential_requests;
mod proofs;
mod token_binding;
mod token_requests;

use http::{HeaderMap, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey, base64url, jws};
use openid4vci::issuer::{
    Accepted, CredentialCall, CredentialError, NotificationError, PreAuthorizedCall, TokenCall,
    TokenError, WireError,
};
use openid4vci::messages::{ErrorCode, OfferLink, TokenRequest, TokenResponse};
use openid4vci::oauth::dpop;
use serde_json::{Value, json};
use url::Url;

use crate::harness::{self, Host, key, rng};

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
