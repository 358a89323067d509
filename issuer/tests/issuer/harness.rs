//! An issuer in a temporary folder, and a wallet that talks to its router.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use credential::{
    Credential, CredentialStatus, Format, IssuerKey, KeySource, UnverifiedCredential, Verified,
};
use evidence::CurrentDocument;
use host::{ManualClock, system_rng};
use http::{Request, Response};
use issuer::{App, Config, Enrolled, InitOptions};
use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use openid4vci::wallet::{AccessGrant, Discovery, OfferReview, Options, Progress, Received};
use status::{
    Answer, BitstringEntry, Purpose, Status, StatusListCache, StatusMessage, UnverifiedList,
};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt as _;
use url::Url;

/// Anna Maria Eriksson of Doc 9303, with a passport that is still good.
pub(crate) const ZONE: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                               L898902C36UTO7408122F3204153ZE184226B<<<<<16";

pub(crate) fn now() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

/// A passport of Anna Maria if the number is hers, else of somebody whose name says the number.
pub(crate) fn passport(number: &str) -> CurrentDocument {
    let named = |character: char| match character.to_digit(10) {
        Some(digit) => char::from(b'A' + u8::try_from(digit).unwrap()),
        None => character,
    };
    let given_names = match number {
        "L898902C3" | "PLANT3DNO" => "Anna Maria".to_owned(),
        number => format!("Anna {}", number.chars().map(named).collect::<String>()),
    };
    let record = serde_json::json!({
        "issuing_state": "UTO", "number": number, "surname": "Eriksson",
        "given_names": given_names, "nationality": "UTO", "birth_date": "1974-08-12",
        "sex": "F", "expires_on": "2032-04-15",
    });
    let record = serde_json::from_value(record).unwrap();
    evidence::IdentityDocument::from_record(&record)
        .unwrap()
        .judge(now())
        .unwrap()
}

/// Where something can be told of a copy.
pub(crate) fn message_of(places: &[CredentialStatus]) -> Option<&BitstringEntry> {
    places.iter().find_map(|place| match place {
        CredentialStatus::Bitstring(entry) if entry.purpose == Purpose::Message => Some(entry),
        CredentialStatus::Bitstring(_) | CredentialStatus::Token(_) => None,
    })
}

/// An issuer.
pub(crate) struct Office {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) clock: ManualClock,
    pub(crate) admin_token: String,
    pub(crate) place: TempDir,
    /// The database, if it is not the file in that place.
    pub(crate) address: Option<String>,
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let place = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(now());
        let init = issuer::init(place.path(), &InitOptions::default(), &clock).unwrap();
        let mut config = read(place.path());
        change(&mut config);
        let app = App::open(config, Arc::new(clock.clone())).await.unwrap();
        app.publish_status().await.unwrap();
        let router = issuer::router(app.clone());
        let admin_token = init.admin_token.expose().to_owned();
        Self {
            app,
            router,
            clock,
            admin_token,
            place,
            address: None,
        }
    }

    /// Another process on the same folder and database.
    pub(crate) async fn second(&self, change: impl FnOnce(&mut Config)) -> (App, Router) {
        let mut config = read(self.place.path());
        change(&mut config);
        let app = App::open(config, Arc::new(self.clock.clone()))
            .await
            .unwrap();
        (app.clone(), issuer::router(app))
    }

    pub(crate) async fn store(&self) -> Store {
        let config = read(self.place.path());
        let file = config.service.database.expose();
        let address = self.address.as_deref().unwrap_or(file);
        Store::open(address).await.unwrap()
    }

    pub(crate) async fn enrol(&self) -> Enrolled {
        self.app.enrol(&passport("L898902C3")).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response<Vec<u8>> {
        send(&self.router, Request::get(path).body(Vec::new()).unwrap()).await
    }

    /// The status of a copy by all its lists, as a verifier finds it.
    pub(crate) async fn status(&self, places: &[CredentialStatus], issuer: &str) -> Status {
        assert!(!places.is_empty());
        let mut worst = Status::VALID;
        for place in places {
            let cache = self.fetched(place.list(), issuer).await;
            match cache.look_up(place, self.now()) {
                Answer::Fresh(Status::VALID) => {}
                Answer::Fresh(other) => worst = other,
                other => panic!("{other:?}"),
            }
        }
        worst
    }

    /// What a copy says by the list of its messages, as a verifier finds it.
    pub(crate) async fn message(&self, places: &[CredentialStatus], issuer: &str) -> StatusMessage {
        let entry = message_of(places).expect("the copy has messages");
        let cache = self.fetched(&entry.list, issuer).await;
        match cache.message(entry, self.now()) {
            Answer::Fresh(message) => message,
            other => panic!("{other:?}"),
        }
    }

    async fn fetched(&self, list: &Url, issuer: &str) -> StatusListCache {
        let response = self.get(list.path()).await;
        assert_eq!(response.status(), 200, "{list}");
        let text = String::from_utf8(response.into_body()).unwrap();
        let unverified = UnverifiedList::parse(&text, 1 << 20).unwrap();
        let source = unverified.key_sources(issuer).unwrap().remove(0);
        let keys = [self.issuer_key(&source).await];
        let verified = unverified.verify(list, issuer, &keys, self.now()).unwrap();
        let mut cache = StatusListCache::new();
        cache.keep(list.clone(), verified, self.now());
        cache
    }

    pub(crate) fn now(&self) -> Timestamp {
        host::Clock::now(&self.clock)
    }

    /// Looks the issuer's key up as its credentials say.
    pub(crate) async fn issuer_key(&self, source: &KeySource) -> IssuerKey {
        match source {
            KeySource::Did(url) => {
                let at = match did::resolve(url.did(), true).unwrap() {
                    did::Resolution::Fetch(at) => at,
                    did::Resolution::Here(document) => {
                        return IssuerKey::from_did_document(source, &document).unwrap();
                    }
                };
                let json = self.get(at.path()).await.into_body();
                let document = did::DidDocument::parse(&json, url.did()).unwrap();
                IssuerKey::from_did_document(source, &document).unwrap()
            }
            KeySource::WellKnown { .. } => {
                let at = source.metadata_url().unwrap();
                let json = self.get(at.path()).await.into_body();
                IssuerKey::from_issuer_metadata(source, &json).unwrap()
            }
            KeySource::X509 { .. } => {
                let pem = std::fs::read(self.place.path().join("keys/x5c-authority.pem")).unwrap();
                let anchor = pem_to_der(&pem);
                IssuerKey::from_x509(source, &[anchor], self.now()).unwrap()
            }
        }
    }

    pub(crate) async fn verify(&self, format: Format, text: &str) -> Verified<Credential> {
        let credential = UnverifiedCredential::parse(format, text).unwrap();
        let key = self.issuer_key(&credential.key_source().unwrap()).await;
        credential.verify(&key, self.now()).unwrap()
    }
}

pub(crate) fn read(folder: &Path) -> Config {
    let mut config = Config::read(folder).unwrap();
    config.service.limits.requests_per_minute = 0;
    config
}

fn pem_to_der(pem: &[u8]) -> Vec<u8> {
    use rustls::pki_types::pem::PemObject as _;
    rustls::pki_types::CertificateDer::from_pem_slice(pem)
        .unwrap()
        .to_vec()
}

pub(crate) async fn send(router: &Router, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let response = router
        .clone()
        .oneshot(request.map(Body::from))
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    Response::from_parts(head, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

pub(crate) fn json(response: &Response<Vec<u8>>) -> serde_json::Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// A wallet with one DPoP key.
pub(crate) struct Wallet {
    pub(crate) dpop: SigningKey,
    now: Timestamp,
}

impl Wallet {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            dpop: holder_key(),
            now,
        }
    }

    pub(crate) async fn review(&self, router: &Router, link: &BearerToken) -> OfferReview {
        let options = Options {
            allow_http_loopback: true,
        };
        let mut stage = Discovery::start(link.expose(), options).unwrap();
        loop {
            let response = send(router, stage.request()).await;
            match stage.receive(&response).unwrap() {
                Progress::Done(review) => return review,
                Progress::More(next) => stage = next,
            }
        }
    }

    /// The Token Request for an offer, as it goes over the wire.
    pub(crate) async fn token_request(
        &self,
        router: &Router,
        offer: &Enrolled,
        tx_code: &str,
    ) -> Request<Vec<u8>> {
        let review = self.review(router, &offer.link).await;
        let redemption = review.accept(Some(BearerToken::from(tx_code))).unwrap();
        redemption
            .request(&self.dpop, self.now, &mut system_rng())
            .unwrap()
    }

    pub(crate) async fn redeem(&self, router: &Router, offer: &Enrolled) -> AccessGrant {
        let review = self.review(router, &offer.link).await;
        let code = offer
            .tx_code
            .as_ref()
            .map(|code| BearerToken::from(code.expose()));
        let mut stage = review.accept(code).unwrap();
        loop {
            let request = stage
                .request(&self.dpop, self.now, &mut system_rng())
                .unwrap();
            let response = send(router, request).await;
            match stage.receive(&response, self.now).unwrap() {
                Progress::Done(grant) => return grant,
                Progress::More(next) => stage = next,
            }
        }
    }

    /// The Credential Request for so many copies, as it goes over the wire.
    pub(crate) async fn credential_request(
        &self,
        router: &Router,
        grant: &AccessGrant,
        configuration: &str,
        keys: &[SigningKey],
    ) -> Request<Vec<u8>> {
        let publics = keys.iter().map(|key| key.public().clone()).collect();
        let stage = grant.order(configuration, publics).unwrap();
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let rng = &mut system_rng();
        let response = send(
            router,
            stage.request(&keys, &self.dpop, self.now, rng).unwrap(),
        )
        .await;
        let Progress::More(stage) = stage.receive(&response).unwrap() else {
            panic!("the nonce comes first");
        };
        stage.request(&keys, &self.dpop, self.now, rng).unwrap()
    }

    pub(crate) async fn order(
        &self,
        router: &Router,
        grant: &AccessGrant,
        configuration: &str,
        count: usize,
    ) -> Received {
        let keys: Vec<SigningKey> = (0..count).map(|_| holder_key()).collect();
        let publics = keys.iter().map(|key| key.public().clone()).collect();
        let keys: Vec<&SigningKey> = keys.iter().collect();
        let mut stage = grant.order(configuration, publics).unwrap();
        loop {
            let rng = &mut system_rng();
            let request = stage.request(&keys, &self.dpop, self.now, rng).unwrap();
            let response = send(router, request).await;
            match stage.receive(&response).unwrap() {
                Progress::Done(received) => return received,
                Progress::More(next) => stage = next,
            }
        }
    }
}

pub(crate) fn holder_key() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut system_rng())
}
