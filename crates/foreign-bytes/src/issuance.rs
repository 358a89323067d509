//! OpenID4VCI: what wallets send to an Issuer, and what Issuers answer.

use std::sync::LazyLock;

use credential::Format;
use credential::data_integrity::Cryptosuite;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use openid4vci::issuer::{
    CredentialCall, CredentialIssuer, CredentialKind, IssuerSecrets, Lifetimes, OfferTerms,
    Settings, TokenCall, TxCodeTerms, WireError, json_response,
};
use openid4vci::messages::{NotificationEvent, OfferLink, TokenRequest, TokenResponse};
use openid4vci::oauth::dpop;
use openid4vci::wallet::{AccessGrant, Discovery, Options, Progress, Received, Refill};
use serde_json::json;

use crate::Target;
use crate::credentials::payload_of;
use crate::fixture::{Numbers, holder, key, now, text};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("offer_link", offer_link, || {
        vec![
            OFFER.link.clone().into_bytes(),
            b"openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Fo"
                .to_vec(),
        ]
    })
    .vectors(&["openid4vci/tests/vectors/openid4vci-1.0-examples"]),
    Target::new("token_request", token_request, || vec![token_form()]),
    Target::new("dpop_claims", dpop_claims, || {
        vec![payload_of(&proof(&ISSUER.endpoints().token, None))]
    }),
    Target::new("notification_request", notification_request, || {
        vec![EXCHANGE.notification_request.clone()]
    }),
    Target::new("wallet_receives", wallet_receives, conversations)
        .vectors(&["openid4vci/tests/vectors/oidf-schemas/metadata"]),
    Target::new("issuer_metadata_oid4vci", metadata_of_issuer, || {
        vec![body(json_response(StatusCode::OK, &ISSUER.metadata()))]
    })
    .vectors(&["openid4vci/tests/vectors"]),
];

/// A link that was read is written as one that reads the same.
fn offer_link(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let written = OfferLink::parse(text).ok()?.link().expect("a link");
    let again = OfferLink::parse(&written).expect("our own link");
    assert_eq!(again.link().ok(), Some(written));
    let discovery = Discovery::start(text, Options::default()).ok()?;
    let request = discovery.request();
    assert_eq!(request.uri().scheme_str(), Some("https"));
    Some(())
}

/// The form of a token request, which may or may not redeem the one offer that there is.
fn token_request(bytes: &[u8]) -> Option<()> {
    if let Ok(request) = TokenRequest::parse(bytes) {
        let form = request.form();
        let again = TokenRequest::parse(&form).expect("our own form");
        assert_eq!(again.form(), form);
    }
    let headers = headers(&ISSUER.endpoints().token, None);
    match ISSUER.token_call(&headers, bytes, now()) {
        Ok(TokenCall::PreAuthorizedCode(call)) if call.offer_id() == OFFER.id => {
            let offer = serde_json::from_str(&OFFER.stored).expect("our own offer");
            let offer: openid4vci::issuer::Offer = offer;
            let step = offer.redeem(&ISSUER, call, now(), &mut Numbers::default());
            assert!(!step.spends.is_empty());
            taken(step.reply)
        }
        Ok(
            TokenCall::PreAuthorizedCode(_) | TokenCall::Rebinding(_) | TokenCall::RefreshToken(_),
        ) => None,
        Err(error) => taken::<(), _>(Err(error)),
    }
}

/// Claims to be signed here as a DPoP proof: at most one address is good for.
fn dpop_claims(bytes: &[u8]) -> Option<()> {
    let key = dpop_key();
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": key.public().jwk()});
    let proof = keys::jws::sign(&header, bytes, &key).expect("signed");
    let mut headers = HeaderMap::new();
    headers.insert(dpop::FIELD, proof.parse().expect("ASCII"));
    let endpoints = ISSUER.endpoints();
    let good = [&endpoints.token, &endpoints.credential]
        .iter()
        .filter(|url| dpop::DpopProof::verify(&headers, &Method::POST, url, None, now()).is_ok())
        .count();
    assert!(good <= 1);
    assert!(
        dpop::DpopProof::verify(&headers, &Method::GET, &endpoints.token, None, now()).is_err()
    );
    (good == 1).then_some(())
}

fn notification_request(bytes: &[u8]) -> Option<()> {
    let headers = headers(
        &ISSUER.endpoints().notification,
        Some(&EXCHANGE.access_token),
    );
    taken(ISSUER.notification_call(&headers, bytes, now()))
}

/// A link in the first line, and in each further line what is answered to the next request; with
/// `!` before it, as an error.
fn wallet_receives(bytes: &[u8]) -> Option<()> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let link = lines.next().and_then(text)?;
    converse(link, |_| lines.next().map(answer)).map(|_| ())
}

fn metadata_of_issuer(bytes: &[u8]) -> Option<()> {
    let discovery = Discovery::start(&OFFER.link, Options::default()).ok()?;
    if let Ok(Progress::More(next)) = discovery.receive(&answer(bytes)) {
        let _ = next.receive(&answer(bytes));
    }
    let token = BearerToken::from("refresh");
    let issuer = ISSUER.identifier();
    let pid = vec!["pid".to_owned()];
    let refill = Refill::start(issuer, issuer, pid, token, Options::default());
    let refill = refill.expect("a good issuer");
    refill.receive(&answer(bytes), now()).ok().map(|_| ())
}

/// Plays a wallet, from the link to the credential, as long as somebody answers.
fn converse(
    link: &str,
    mut send: impl FnMut(Request<Vec<u8>>) -> Option<Response<Vec<u8>>>,
) -> Option<(AccessGrant, Received)> {
    let numbers = &mut Numbers::default();
    let mut stage = Discovery::start(link, Options::default()).ok()?;
    let review = loop {
        let request = stage.request();
        assert_eq!(request.uri().scheme_str(), Some("https"));
        match stage.receive(&send(request)?).ok()? {
            Progress::More(next) => stage = next,
            Progress::Done(review) => break review,
        }
    };
    let id = review
        .issuer()
        .credentials
        .first()
        .map(|one| one.configuration_id.clone());
    let tx_code = review
        .tx_code()
        .map(|_| BearerToken::from(TX_CODE.as_str()));
    let mut stage = review.accept(tx_code).ok()?;
    let grant = loop {
        let request = stage.request(&dpop_key(), now(), numbers).ok()?;
        match stage.receive(&send(request)?, now()).ok()? {
            Progress::More(next) => stage = next,
            Progress::Done(grant) => break grant,
        }
    };
    let holder = holder();
    let mut stage = grant.order(&id?, vec![holder.public().clone()]).ok()?;
    let received = loop {
        let request = stage
            .request(&[&holder], &dpop_key(), now(), numbers)
            .ok()?;
        match stage.receive(&send(request)?).ok()? {
            Progress::More(next) => stage = next,
            Progress::Done(received) => break received,
        }
    };
    let _ = received.owners(&[Some(holder.public())]);
    if let Some(stage) = grant.notify(&received, NotificationEvent::CredentialAccepted) {
        let request = stage.request(&dpop_key(), now(), numbers).ok()?;
        let _ = send(request).map(|response| stage.receive(&response));
    }
    Some((grant, received))
}

fn answer(line: &[u8]) -> Response<Vec<u8>> {
    let (status, body) = match line.split_first() {
        Some((b'!', body)) => (StatusCode::BAD_REQUEST, body),
        _ => (StatusCode::OK, line),
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    response.body(body.to_vec()).expect("a response")
}

/// Bad input is the sender's fault: 4xx, never 5xx.
pub(crate) fn taken<T, E: Into<WireError> + std::fmt::Display>(answer: Result<T, E>) -> Option<()> {
    answer
        .map_err(|error| {
            let _ = error.to_string();
            assert!(error.into().response().status().is_client_error());
        })
        .ok()
        .map(|_| ())
}

pub(crate) fn headers(url: &url::Url, token: Option<&BearerToken>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(dpop::FIELD, proof(url, token).parse().expect("ASCII"));
    if let Some(token) = token {
        let field = format!("DPoP {}", token.expose());
        headers.insert(http::header::AUTHORIZATION, field.parse().expect("ASCII"));
    }
    headers
}

fn proof(url: &url::Url, token: Option<&BearerToken>) -> String {
    let numbers = &mut Numbers::default();
    dpop::prove(&dpop_key(), &Method::POST, url, token, None, now(), numbers).expect("a proof")
}

pub(crate) fn dpop_key() -> SigningKey {
    key(Algorithm::Es256, 5)
}

pub(crate) static ISSUER: LazyLock<CredentialIssuer> = LazyLock::new(|| {
    let kind = |id: &str, format, types: &[&str]| CredentialKind {
        id: id.to_owned(),
        format,
        types: types.iter().copied().map(str::to_owned).collect(),
        scope: None,
        contexts: Vec::new(),
        cryptosuites: Vec::new(),
        signing_algorithms: vec![Algorithm::Es256],
        display: Vec::new(),
        claims: Vec::new(),
    };
    let settings = Settings {
        identifier: "https://issuer.example/tenant".parse().expect("a URL"),
        display: Vec::new(),
        kinds: vec![
            kind("pid", Format::SdJwtVc, &["urn:example:pid"]),
            kind("w3c", Format::JwtVcJson, &["VerifiableCredential", "Pid"]),
            CredentialKind {
                contexts: vec!["https://www.w3.org/ns/credentials/v2".to_owned()],
                cryptosuites: vec![Cryptosuite::EddsaRdfc2022],
                ..kind(PRESENTED, Format::LdpVc, &["VerifiableCredential"])
            },
        ],
        net_certificate: None,
        batch_size: 4,
        tx_code_attempts: 3,
        lifetimes: Lifetimes::default(),
        secrets: IssuerSecrets::new(&[9; 32]),
    };
    CredentialIssuer::new(settings).expect("good settings")
});

/// The one offer that the Issuer has.
struct Offered {
    id: openid4vci::issuer::OfferId,
    stored: String,
    link: String,
    tx_code: String,
}

static OFFER: LazyLock<Offered> = LazyLock::new(|| {
    let terms = OfferTerms {
        handle: "handle-1".to_owned(),
        claims: CLAIMS.to_vec().into(),
        claims_version: 0,
        configuration_ids: ["pid", "w3c", PRESENTED].map(str::to_owned).to_vec(),
        tx_code: Some(TxCodeTerms {
            length: 6,
            description: None,
        }),
    };
    let new = ISSUER
        .offer(terms, now(), &mut Numbers::default())
        .expect("an offer");
    Offered {
        id: new.id,
        stored: serde_json::to_string(&new.offer).expect("JSON"),
        link: new.link.expose().to_owned(),
        tx_code: new
            .tx_code
            .map(|code| code.expose().to_owned())
            .unwrap_or_default(),
    }
});

static TX_CODE: LazyLock<String> = LazyLock::new(|| OFFER.tx_code.clone());

/// A good conversation, as it went over the wire.
pub(crate) struct Exchange {
    bodies: Vec<Vec<u8>>,
    pub(crate) access_token: BearerToken,
    pub(crate) credential_request: Vec<u8>,
    notification_request: Vec<u8>,
    token_request: Vec<u8>,
}

pub(crate) static EXCHANGE: LazyLock<Exchange> = LazyLock::new(|| {
    let mut bodies = Vec::new();
    let mut token_request = Vec::new();
    let mut credential_request = Vec::new();
    let mut notification_request = Vec::new();
    let mut access_token = BearerToken::from("");
    let endpoints = ISSUER.endpoints();
    let done = converse(&OFFER.link, |request| {
        let url = request.uri().to_string();
        let numbers = &mut Numbers::default();
        let response = if url == endpoints.issuer_metadata.as_str() {
            json_response(StatusCode::OK, &ISSUER.metadata())
        } else if url == endpoints.server_metadata.as_str() {
            json_response(StatusCode::OK, &ISSUER.server_metadata())
        } else if url.starts_with(endpoints.offers.as_str()) {
            let reference = url.rsplit('/').next().unwrap_or_default();
            let offer: openid4vci::issuer::Offer =
                serde_json::from_str(&OFFER.stored).expect("our own offer");
            json_response(StatusCode::OK, &offer.message(&ISSUER, reference))
        } else if url == endpoints.token.as_str() {
            token_request = request.body().clone();
            let reply = redeem(&request);
            access_token = BearerToken::from(reply.access_token.expose());
            json_response(StatusCode::OK, &reply)
        } else if url == endpoints.nonce.as_str() {
            json_response(StatusCode::OK, &ISSUER.nonce(now(), numbers))
        } else if url == endpoints.credential.as_str() {
            credential_request = request.body().clone();
            let accepted = ISSUER.credential_call(request.headers(), request.body(), now());
            let CredentialCall::Keyed(accepted) = accepted.expect("our own wallet") else {
                unreachable!("our own wallet orders no net certificate here")
            };
            let credential = crate::credentials::SD_JWT.clone();
            let response = accepted.response(&ISSUER, vec![credential], numbers);
            json_response(StatusCode::OK, &response)
        } else {
            notification_request = request.body().clone();
            return None;
        };
        bodies.push(body(response.clone()));
        Some(response)
    });
    assert!(done.is_some());
    Exchange {
        bodies,
        access_token,
        credential_request,
        notification_request,
        token_request,
    }
});

fn redeem(request: &Request<Vec<u8>>) -> TokenResponse {
    let call = ISSUER.token_call(request.headers(), request.body(), now());
    let Ok(TokenCall::PreAuthorizedCode(call)) = call else {
        unreachable!("our own wallet redeems an offer")
    };
    let offer: openid4vci::issuer::Offer =
        serde_json::from_str(&OFFER.stored).expect("our own offer");
    let step = offer.redeem(&ISSUER, call, now(), &mut Numbers::default());
    step.reply.expect("our own wallet")
}

fn token_form() -> Vec<u8> {
    EXCHANGE.token_request.clone()
}

fn conversations() -> Vec<Vec<u8>> {
    let mut lines = vec![OFFER.link.clone().into_bytes()];
    lines.extend(EXCHANGE.bodies.iter().cloned());
    let whole = lines.join(&b'\n');
    let mut refused = lines.clone();
    refused.truncate(4);
    refused.push(br#"!{"error":"invalid_grant","error_description":"x"}"#.to_vec());
    vec![whole, refused.join(&b'\n')]
}

fn body(response: Response<Vec<u8>>) -> Vec<u8> {
    response.into_body()
}

/// The configuration for which keys may be proven by a Presentation.
pub(crate) const PRESENTED: &str = "w3c-ldp";
pub(crate) const CLAIMS: &[u8] = b"{\"given_name\":\"Ada\"}";
