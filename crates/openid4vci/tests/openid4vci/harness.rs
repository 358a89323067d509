//! A host in memory: what a service does with the issuer, and a client with the wallet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use credential::Format;
use credential::data_integrity::Cryptosuite;
use http::{Method, Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use openid4vci::issuer::{
    Accepted, AccessError, CredentialCall, CredentialError, CredentialIssuer, CredentialKind,
    IssuerSecrets, Lifetimes, NewOffer, NotificationError, Offer, OfferState, OfferTerms, Settings,
    TokenCall, TokenError, TxCodeTerms, WireError, json_response,
};
use openid4vci::messages::NotificationEvent;
use openid4vci::oauth::Spend;
use openid4vci::wallet::{
    AccessGrant, Discovery, DiscoveryError, IssuanceError, OfferReview, Options, Progress,
    Received, RedemptionError,
};
use rand_core::UnwrapErr;
use serde_json::{Value, json};

pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

pub(crate) fn start() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm, &mut rng())
}

pub(crate) fn kind(id: &str, format: Format, types: &[&str]) -> CredentialKind {
    CredentialKind {
        id: id.to_owned(),
        format,
        types: types.iter().copied().map(str::to_owned).collect(),
        scope: None,
        contexts: Vec::new(),
        cryptosuites: Vec::new(),
        signing_algorithms: vec![Algorithm::Es256],
        display: Vec::new(),
        claims: serde_json::from_value(serde_json::json!([
            {"path": ["given_name"], "display": [{"name": "Given name", "locale": "en"}]},
            {"path": ["age_over", null]}
        ]))
        .unwrap(),
    }
}

pub(crate) fn settings(identifier: &str) -> Settings {
    Settings {
        identifier: identifier.parse().unwrap(),
        display: Vec::new(),
        kinds: vec![
            kind("pid", Format::SdJwtVc, &["urn:example:pid"]),
            kind(
                "pid-w3c",
                Format::JwtVcJson,
                &["VerifiableCredential", "Pid"],
            ),
            CredentialKind {
                contexts: vec!["https://www.w3.org/ns/credentials/v2".to_owned()],
                cryptosuites: vec![
                    Cryptosuite::EcdsaRdfc2019,
                    Cryptosuite::EcdsaSd2023,
                    Cryptosuite::Bbs2023,
                ],
                ..kind("pid-ldp", Format::LdpVc, &["VerifiableCredential", "Pid"])
            },
        ],
        net_certificate: None,
        batch_size: 4,
        tx_code_attempts: 3,
        lifetimes: Lifetimes::default(),
        secrets: IssuerSecrets::new(&[9; 32]),
    }
}

/// An issuer with its database, its clock, and a record of every request.
pub(crate) struct Host {
    pub(crate) issuer: CredentialIssuer,
    pub(crate) now: Timestamp,
    pub(crate) offers: HashMap<[u8; 32], String>,
    pub(crate) spent: BTreeSet<Spend>,
    pub(crate) revoked: bool,
    pub(crate) events: Vec<NotificationEvent>,
    pub(crate) log: Vec<(Method, String)>,
    /// The `alg` of every DPoP proof and key proof that came.
    pub(crate) algorithms: Vec<String>,
    /// What is answered instead, by path.
    pub(crate) overrides: BTreeMap<String, Response<Vec<u8>>>,
    pub(crate) last_error: Option<String>,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self::at("https://issuer.example/tenant")
    }

    pub(crate) fn at(identifier: &str) -> Self {
        Self {
            issuer: CredentialIssuer::new(settings(identifier)).unwrap(),
            now: start(),
            offers: HashMap::new(),
            spent: BTreeSet::new(),
            revoked: false,
            events: Vec::new(),
            log: Vec::new(),
            algorithms: Vec::new(),
            overrides: BTreeMap::new(),
            last_error: None,
        }
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn offer(&mut self, ids: &[&str], tx_code: bool) -> NewOffer {
        let terms = OfferTerms {
            handle: "handle-1".to_owned(),
            claims: b"{\"given_name\":\"Erika\"}".to_vec().into(),
            claims_version: 0,
            configuration_ids: ids.iter().copied().map(str::to_owned).collect(),
            tx_code: tx_code.then(|| TxCodeTerms {
                length: 6,
                description: Some("by letter".to_owned()),
            }),
        };
        let new = self.issuer.offer(terms, self.now, &mut rng()).unwrap();
        let stored = serde_json::to_string(&new.offer).unwrap();
        self.offers.insert(*new.id.as_bytes(), stored);
        new
    }

    /// Answers one request as a service would.
    pub(crate) fn send(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let url = request.uri().to_string();
        let path = request.uri().path().to_owned();
        self.log.push((request.method().clone(), url.clone()));
        self.algorithms.extend(algorithms(&request));
        if let Some(response) = self.overrides.get(&path) {
            return response.clone();
        }
        let endpoints = self.issuer.endpoints().clone();
        if url == endpoints.issuer_metadata.as_str() {
            return json_response(StatusCode::OK, &self.issuer.metadata());
        }
        if url == endpoints.server_metadata.as_str() {
            return json_response(StatusCode::OK, &self.issuer.server_metadata());
        }
        if let Some(reference) = url.strip_prefix(&format!("{}/", endpoints.offers)) {
            return self.offer_by_reference(reference);
        }
        let answer = if url == endpoints.token.as_str() {
            self.token(&request)
        } else if url == endpoints.nonce.as_str() {
            let nonce = self.issuer.nonce(self.now, &mut rng());
            Ok(json_response(StatusCode::OK, &nonce))
        } else if url == endpoints.credential.as_str() {
            self.credential(&request)
        } else if url == endpoints.notification.as_str() {
            self.notification(&request)
        } else {
            panic!("nothing is at {url}")
        };
        answer.unwrap_or_else(WireError::response)
    }

    fn offer_by_reference(&self, reference: &str) -> Response<Vec<u8>> {
        let stored = self
            .issuer
            .offer_id(reference)
            .and_then(|id| self.offers.get(id.as_bytes()));
        match stored {
            Some(stored) => {
                let offer: Offer = serde_json::from_str(stored).unwrap();
                json_response(
                    StatusCode::OK,
                    &offer.message(&self.issuer, reference).unwrap(),
                )
            }
            None => Response::builder().status(404).body(Vec::new()).unwrap(),
        }
    }

    fn token(&mut self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, WireError> {
        let call = self
            .issuer
            .token_call(request.headers(), request.body(), self.now);
        let reply = match call.map_err(|error| self.wire(error))? {
            TokenCall::PreAuthorizedCode(call) => {
                let id = call.offer_id();
                let stored = self.offers.get(id.as_bytes()).cloned();
                let stored = stored.ok_or_else(|| self.wire(TokenError::UnknownCode))?;
                let offer: Offer = serde_json::from_str(&stored).unwrap();
                let step = offer.redeem(&self.issuer, call, self.now, &mut rng());
                self.spend(&step.spends)
                    .map_err(|_| self.wire(TokenError::Replayed))?;
                match step.next {
                    OfferState::Closed => self.offers.remove(id.as_bytes()),
                    OfferState::Open(offer) => {
                        let stored = serde_json::to_string(&offer).unwrap();
                        self.offers.insert(*id.as_bytes(), stored)
                    }
                };
                step.reply.map_err(|error| self.wire(error))?
            }
            TokenCall::Rebinding(_) => panic!("no net certificate is issued"),
            TokenCall::RefreshToken(_) if self.revoked => {
                return Err(self.wire(TokenError::Denied));
            }
            TokenCall::RefreshToken(call) => {
                assert_eq!(call.handle(), "handle-1");
                let step = call.answer(&self.issuer, self.now, &mut rng());
                self.spend(&step.spends)
                    .map_err(|_| self.wire(TokenError::Replayed))?;
                step.reply
            }
        };
        Ok(json_response(StatusCode::OK, &reply))
    }

    fn credential(&mut self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, WireError> {
        let call = self
            .issuer
            .credential_call(request.headers(), request.body(), self.now);
        let CredentialCall::Keyed(accepted) = call.map_err(|error| self.wire(error))? else {
            panic!("no net certificate is issued")
        };
        assert_eq!(accepted.claims.as_slice(), b"{\"given_name\":\"Erika\"}");
        if self.revoked {
            return Err(self.wire(CredentialError::Denied));
        }
        let spent = self.spend(&accepted.spends);
        spent.map_err(|kind| self.wire(Accepted::conflict(kind)))?;
        let is_ldp = accepted.configuration_id == "pid-ldp";
        let tail = if accepted.configuration_id == "pid" {
            "~"
        } else {
            ""
        };
        let credentials: Vec<Value> = accepted
            .holder_keys
            .iter()
            .map(|holder| {
                let bound = if holder.did.is_some() { "did" } else { "jwk" };
                let name = holder.key.thumbprint();
                match is_ldp {
                    true => json!({"holder": name, "bound": bound}),
                    false => format!("{name}.{bound}.x{tail}").into(),
                }
            })
            .collect();
        let reply = accepted.response(&self.issuer, credentials, &mut rng());
        Ok(json_response(StatusCode::OK, &reply))
    }

    fn notification(&mut self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, WireError> {
        let notified = self
            .issuer
            .notification_call(request.headers(), request.body(), self.now)
            .map_err(|error| self.wire(error))?;
        let spent = self.spend(&notified.spends);
        spent.map_err(|_| self.wire(NotificationError::Access(AccessError::Replayed)))?;
        self.events.push(notified.event);
        Ok(Response::builder()
            .status(StatusCode::NO_CONTENT)
            .body(Vec::new())
            .unwrap())
    }

    fn spend(&mut self, spends: &[Spend]) -> Result<(), &'static str> {
        match spends.iter().find(|spend| self.spent.contains(spend)) {
            Some(spend) => Err(spend.kind),
            None => {
                self.spent.extend(spends.iter().cloned());
                Ok(())
            }
        }
    }

    fn wire(&mut self, error: impl Into<WireError> + std::fmt::Display) -> WireError {
        self.last_error = Some(error.to_string());
        error.into()
    }
}

/// A wallet with its keys.
pub(crate) struct Wallet {
    pub(crate) dpop: SigningKey,
    pub(crate) options: Options,
}

impl Wallet {
    pub(crate) fn new() -> Self {
        Self {
            dpop: key(Algorithm::Es256),
            options: Options::default(),
        }
    }

    pub(crate) fn discover(
        &self,
        host: &mut Host,
        link: &str,
    ) -> Result<OfferReview, DiscoveryError> {
        let mut stage = Discovery::start(link, self.options)?;
        loop {
            let response = host.send(stage.request());
            match stage.receive(&response)? {
                Progress::More(next) => stage = next,
                Progress::Done(review) => return Ok(review),
            }
        }
    }

    pub(crate) fn redeem(
        &self,
        host: &mut Host,
        review: OfferReview,
        tx_code: Option<&BearerToken>,
    ) -> Result<AccessGrant, RedemptionError> {
        let tx_code = tx_code.map(|code| BearerToken::from(code.expose()));
        let mut stage = review.accept(tx_code)?;
        loop {
            let request = stage.request(&self.dpop, host.now, &mut rng())?;
            let response = host.send(request);
            match stage.receive(&response, host.now)? {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => return Ok(grant),
            }
        }
    }

    pub(crate) fn order(
        &self,
        host: &mut Host,
        grant: &AccessGrant,
        configuration_id: &str,
        keys: &[SigningKey],
    ) -> Result<Received, IssuanceError> {
        let keys: Vec<_> = keys.iter().collect();
        let public = keys.iter().map(|key| key.public().clone()).collect();
        let mut stage = grant.order(configuration_id, public)?;
        loop {
            let request = stage.request(&keys, &self.dpop, host.now, &mut rng())?;
            let response = host.send(request);
            match stage.receive(&response)? {
                Progress::More(next) => stage = next,
                Progress::Done(received) => return Ok(received),
            }
        }
    }

    pub(crate) fn notify(
        &self,
        host: &mut Host,
        grant: &AccessGrant,
        received: &Received,
        event: NotificationEvent,
    ) {
        let mut stage = grant.notify(received, event).unwrap();
        loop {
            let request = stage.request(&self.dpop, host.now, &mut rng()).unwrap();
            let response = host.send(request);
            match stage.receive(&response).unwrap() {
                Progress::More(next) => stage = next,
                Progress::Done(()) => return,
            }
        }
    }

    /// The whole way to access, with a fresh offer.
    pub(crate) fn access(&self, host: &mut Host, ids: &[&str]) -> AccessGrant {
        let offer = host.offer(ids, false);
        let review = self.discover(host, offer.link.expose()).unwrap();
        self.redeem(host, review, None).unwrap()
    }
}

/// Under which names of algorithms the proofs of a request are signed.
fn algorithms(request: &Request<Vec<u8>>) -> Vec<String> {
    let dpop = request.headers().get("dpop");
    let dpop = dpop.map(|proof| proof.to_str().unwrap().to_owned());
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let proofs = body["proofs"]["jwt"].as_array().into_iter().flatten();
    let proofs = proofs.map(|proof| proof.as_str().unwrap().to_owned());
    let algorithm = |proof: String| {
        let header = keys::base64url::decode(proof.split('.').next().unwrap()).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        header["alg"].as_str().unwrap().to_owned()
    };
    dpop.into_iter().chain(proofs).map(algorithm).collect()
}
