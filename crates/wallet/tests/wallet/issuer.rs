use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use credential::{Format, KeyReference, sd_jwt, vc_jwt};
use host::Clock as _;
use host::ManualClock;
use http::{HeaderMap, Response, StatusCode};
use keys::{Algorithm, SigningKey};
use openid4vci::issuer::{
    Accepted, CredentialCall, CredentialIssuer, CredentialKind, HolderKey, IssuerSecrets,
    Lifetimes, Offer, OfferState, OfferTerms, Settings, TokenCall, TokenError, TxCodeTerms,
    WireError, json_response,
};
use openid4vci::messages::NotificationEvent;
use openid4vci::oauth::Spend;
use serde_json::{Value, json};

/// What an issuer does wrong, from the moment in which it is set.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Mischief {
    /// Says something else in the last copy.
    CopiesDiffer,
    /// Breaks down when credentials are asked for.
    Down,
    /// Names another Authorization Server, before its own or instead of it.
    NamesAnotherServer {
        /// Whether its own is named too.
        too: bool,
    },
    /// Marks the holder with one name in all copies.
    NamesTheHolder,
    /// Nothing.
    #[default]
    None,
    /// Describes and sends another type of credential than before.
    OffersAnotherType,
    /// Has its copies signed by somebody else.
    OtherSigner,
    /// Sends another type of credential than was offered.
    OtherType,
    /// Gives a new refresh token, and breaks down when credentials are asked for.
    RenewsAndIsDown,
    /// Binds all copies to a key of its own.
    StealsTheCopies,
}

/// An issuer on loopback.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) identifier: String,
    desk: Arc<Mutex<Desk>>,
    signing: Arc<SigningKey>,
}

struct Desk {
    protocol: CredentialIssuer,
    clock: ManualClock,
    offers: HashMap<[u8; 32], String>,
    spent: BTreeSet<Spend>,
    mischief: Mischief,
    events: Vec<NotificationEvent>,
    requests: Vec<String>,
    bodies: Vec<String>,
}

impl Issuer {
    /// Opens, and answers until the test's runtime ends.
    pub(crate) async fn open(clock: &ManualClock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let identifier = format!("http://{}", listener.local_addr().unwrap());
        let protocol = CredentialIssuer::new(Settings {
            identifier: identifier.parse().unwrap(),
            display: serde_json::from_value(json!([{"name": "Utopia", "locale": "en"}])).unwrap(),
            kinds: vec![
                kind("person", Format::SdJwtVc, &["urn:example:person"]),
                kind(
                    "adult",
                    Format::JwtVcJson,
                    &["VerifiableCredential", "AdultCredential"],
                ),
            ],
            net_certificate: None,
            batch_size: 3,
            tx_code_attempts: 3,
            lifetimes: Lifetimes::default(),
            secrets: IssuerSecrets::new(&[9; 32]),
        })
        .unwrap();
        let issuer = Self {
            identifier,
            desk: Arc::new(Mutex::new(Desk {
                protocol,
                clock: clock.clone(),
                offers: HashMap::new(),
                spent: BTreeSet::new(),
                mischief: Mischief::None,
                events: Vec::new(),
                requests: Vec::new(),
                bodies: Vec::new(),
            })),
            signing: Arc::new(SigningKey::generate(
                Algorithm::Es256,
                &mut host::system_rng(),
            )),
        };
        let desk = issuer.clone();
        let router = Router::new().fallback(move |request: Request| {
            let desk = desk.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, 1 << 20).await.unwrap();
                let path = parts.uri.path().to_owned();
                desk.answer(&path, &parts.headers, &body)
                    .map(axum::body::Body::from)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub(crate) fn offer(&self, ids: &[&str]) -> String {
        self.offer_with(ids, None).0
    }

    /// An offer with a transaction code: the link, and the code.
    pub(crate) fn offer_with_code(&self, ids: &[&str]) -> (String, String) {
        let terms = TxCodeTerms {
            length: 6,
            description: None,
        };
        let (link, code) = self.offer_with(ids, Some(terms));
        (link, code.unwrap())
    }

    pub(crate) fn misbehave(&self, mischief: Mischief) {
        self.desk().mischief = mischief;
    }

    /// What wallets notified.
    pub(crate) fn events(&self) -> Vec<NotificationEvent> {
        self.desk().events.clone()
    }

    /// The paths that were asked for, since last time.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.desk().requests)
    }

    /// The Token Requests that came in, since last time.
    pub(crate) fn token_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.desk().bodies)
    }

    pub(crate) fn did(&self) -> String {
        did::key::did(self.signing.public()).to_string()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap()
    }

    fn offer_with(&self, ids: &[&str], tx_code: Option<TxCodeTerms>) -> (String, Option<String>) {
        let mut desk = self.desk();
        let terms = OfferTerms {
            handle: "handle-1".to_owned(),
            claims: b"{}".to_vec().into(),
            claims_version: 0,
            configuration_ids: ids.iter().copied().map(str::to_owned).collect(),
            tx_code,
        };
        let new = desk
            .protocol
            .offer(terms, desk.clock.now(), &mut host::system_rng())
            .unwrap();
        let stored = serde_json::to_string(&new.offer).unwrap();
        desk.offers.insert(*new.id.as_bytes(), stored);
        let code = new.tx_code.map(|code| code.expose().to_owned());
        (new.link.expose().to_owned(), code)
    }

    fn answer(&self, path: &str, headers: &HeaderMap, body: &Bytes) -> Response<Vec<u8>> {
        let mut desk = self.desk();
        desk.requests.push(path.to_owned());
        let answer = match path {
            "/.well-known/openid-credential-issuer" => {
                Ok(json_response(StatusCode::OK, &desk.metadata()))
            }
            "/.well-known/oauth-authorization-server" => {
                let metadata = desk.protocol.server_metadata();
                Ok(json_response(StatusCode::OK, &metadata))
            }
            "/nonce" => {
                let nonce = desk
                    .protocol
                    .nonce(desk.clock.now(), &mut host::system_rng());
                Ok(json_response(StatusCode::OK, &nonce))
            }
            "/token" => desk.token(headers, body),
            "/credential" => desk.credential(self, headers, body),
            "/notification" => {
                let now = desk.clock.now();
                let notified = desk.protocol.notification_call(headers, body, now);
                notified.map_err(WireError::from).map(|notified| {
                    desk.events.push(notified.event);
                    empty(StatusCode::NO_CONTENT)
                })
            }
            _ => Ok(desk.offer(path)),
        };
        answer.unwrap_or_else(WireError::response)
    }

    fn strike(&self, desk: &Desk, accepted: &Accepted, place: usize, holder: &HolderKey) -> String {
        let own = SigningKey::generate(Algorithm::Es256, &mut host::system_rng());
        let bound = match desk.mischief {
            Mischief::StealsTheCopies => own.public(),
            _ => &holder.key,
        };
        let mut claims = json!({"given_name": "Anna", "birth_date": "1974-08-12",
            "age_over_18": true, "address": {"country": "UTO", "locality": "Nowhere"}});
        let differs = desk.mischief == Mischief::CopiesDiffer && place == 2;
        if differs {
            claims["given_name"] = "Anna ".into();
        }
        if desk.mischief == Mischief::NamesTheHolder {
            claims["sub"] = "person-4711".into();
        } else if let Some(named) = &holder.did {
            claims["sub"] = named.did().as_str().into();
        }
        let other = SigningKey::from_secret(Algorithm::Es256, &[7; 32]).unwrap();
        let (signer, signing) = match desk.mischief {
            Mischief::OtherSigner => (did::key::did(other.public()).to_string(), &other),
            _ => (self.did(), &*self.signing),
        };
        let reference =
            KeyReference::KeyId(did::key::verification_method(signing.public()).to_string());
        let kind = match desk.mischief {
            Mischief::OffersAnotherType | Mischief::OtherType => "urn:example:other",
            _ => "urn:example:person",
        };
        if accepted.configuration_id == "adult" {
            let credential = json!({
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiableCredential", "AdultCredential"],
                "issuer": signer, "credentialSubject": {"age_over_18": true},
            });
            return vc_jwt::Issuance {
                credential: credential.as_object().unwrap().clone(),
                holder: Some(bound),
                status: None,
                key_reference: &reference,
            }
            .sign(signing)
            .unwrap();
        }
        let now = desk.clock.now().as_second();
        claims["iss"] = signer.into();
        claims["vct"] = kind.into();
        claims["iat"] = now.into();
        claims["exp"] = (now + 14 * 86_400).into();
        let paths = json!([
            ["given_name"],
            ["birth_date"],
            ["age_over_18"],
            ["address", "country"],
            ["address", "locality"]
        ]);
        let paths: Vec<sd_jwt::ClaimPath> = serde_json::from_value(paths).unwrap();
        sd_jwt::Issuance {
            claims: claims.as_object().unwrap().clone(),
            disclosable: &paths,
            pad_digests_to: 8,
            holder: Some(bound),
            key_reference: &reference,
        }
        .sign(signing, &mut host::system_rng())
        .unwrap()
    }
}

impl Desk {
    fn metadata(&self) -> Value {
        let mut metadata = serde_json::to_value(self.protocol.metadata()).unwrap();
        match self.mischief {
            Mischief::NamesAnotherServer { too } => {
                let mut servers = vec![json!("http://127.0.0.1:9")];
                servers.extend(too.then(|| metadata["credential_issuer"].clone()));
                metadata["authorization_servers"] = servers.into();
            }
            Mischief::OffersAnotherType => {
                let described = &mut metadata["credential_configurations_supported"]["person"];
                described["vct"] = "urn:example:other".into();
            }
            _ => {}
        }
        metadata
    }

    fn offer(&self, path: &str) -> Response<Vec<u8>> {
        let reference = path.strip_prefix("/offers/").unwrap_or_default();
        let stored = self
            .protocol
            .offer_id(reference)
            .and_then(|id| self.offers.get(id.as_bytes()));
        let Some(stored) = stored else {
            return empty(StatusCode::NOT_FOUND);
        };
        let offer: Offer = serde_json::from_str(stored).unwrap();
        json_response(
            StatusCode::OK,
            &offer.message(&self.protocol, reference).unwrap(),
        )
    }

    fn token(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<Response<Vec<u8>>, WireError> {
        let (now, rng) = (self.clock.now(), &mut host::system_rng());
        self.bodies.push(String::from_utf8(body.to_vec()).unwrap());
        let reply = match self.protocol.token_call(headers, body, now)? {
            TokenCall::PreAuthorizedCode(call) => {
                let id = call.offer_id();
                let stored = self.offers.remove(id.as_bytes());
                let stored = stored.ok_or(TokenError::UnknownCode)?;
                let offer: Offer = serde_json::from_str(&stored).unwrap();
                let step = offer.redeem(&self.protocol, call, now, rng);
                if let OfferState::Open(offer) = step.next {
                    let stored = serde_json::to_string(&offer).unwrap();
                    self.offers.insert(*id.as_bytes(), stored);
                }
                step.reply?
            }
            TokenCall::Rebinding(_) => panic!("no net certificate is issued"),
            TokenCall::RefreshToken(call) => call.answer(&self.protocol, now, rng).reply,
        };
        let mut reply = serde_json::to_value(&reply).unwrap();
        if self.mischief == Mischief::RenewsAndIsDown {
            reply["refresh_token"] = "renewed".into();
        }
        Ok(json_response(StatusCode::OK, &reply))
    }

    fn credential(
        &mut self,
        issuer: &Issuer,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Response<Vec<u8>>, WireError> {
        if matches!(self.mischief, Mischief::Down | Mischief::RenewsAndIsDown) {
            return Ok(empty(StatusCode::SERVICE_UNAVAILABLE));
        }
        let now = self.clock.now();
        let CredentialCall::Keyed(accepted) = self.protocol.credential_call(headers, body, now)?
        else {
            panic!("no net certificate is issued")
        };
        for spend in &accepted.spends {
            if !self.spent.insert(spend.clone()) {
                return Err(Accepted::conflict(spend.kind).into());
            }
        }
        let credentials: Vec<String> = accepted
            .holder_keys
            .iter()
            .enumerate()
            .map(|(place, holder)| issuer.strike(self, &accepted, place, holder))
            .collect();
        let reply = accepted.response(&self.protocol, credentials, &mut host::system_rng());
        Ok(json_response(StatusCode::OK, &reply))
    }
}

fn kind(id: &str, format: Format, types: &[&str]) -> CredentialKind {
    let display: Value = json!([{"name": id, "locale": "en"}, {"name": "中文", "locale": "zh"}]);
    CredentialKind {
        id: id.to_owned(),
        format,
        types: types.iter().copied().map(str::to_owned).collect(),
        scope: None,
        contexts: Vec::new(),
        cryptosuites: Vec::new(),
        signing_algorithms: vec![Algorithm::Es256],
        display: serde_json::from_value(display).unwrap(),
        claims: serde_json::from_value(json!([{"path": ["given_name"]}])).unwrap(),
    }
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    Response::builder().status(status).body(Vec::new()).unwrap()
}
