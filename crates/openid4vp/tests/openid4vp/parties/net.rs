//! An Issuer of Net Certificates, their Holders, and a Verifier with a name on the web.

use std::ops::ControlFlow;

use dcql::Candidate;
use did::{Did, DidDocument, DidUrl};
use http::{Request, Response};
use jiff::Timestamp;
use keys::seed::Seed;
use keys::{Algorithm, SigningKey};
use netcert::{
    AnchorOpening, Binding, Certificate, EpochKey, EpochProfile, HolderSecret, IssuanceProof,
    Prepared, Schedule, Slot, SlotValue, Slots, UnverifiedCertificate,
};
use openid4vp::messages::AuthorizationResponse;
use openid4vp::request::Signer;
use openid4vp::scopes::{NumberScope, NumberScopes, SCOPES_MEDIA_TYPE};
use openid4vp::verifier::{
    Created, Endpoints, Error, Flow, Identity, Policy, Requested, Session, Step, WalletQuestion,
};
use openid4vp::wallet::{self, Authenticated, Holding, Refusal, Settings};
use serde_json::{Value, json};

use super::{SETTINGS, reload, request_object, requested, rng};

pub(crate) const ISSUER: &str = "did:web:issuer.example";

/// A moment in the middle of an epoch.
pub(crate) fn noon() -> Timestamp {
    "2026-11-18T12:00:00Z".parse().unwrap()
}

pub(crate) struct Epoch {
    pub(crate) key: EpochKey,
    pub(crate) profile: EpochProfile,
}

impl Epoch {
    pub(crate) fn at(issuer: &str, now: Timestamp) -> Self {
        Self::number(issuer, Schedule::weekly().epoch_at(now).unwrap())
    }

    pub(crate) fn number(issuer: &str, epoch: u64) -> Self {
        let key = EpochKey::generate(&mut rng()).unwrap();
        let profile = EpochProfile::new(issuer, Schedule::weekly(), epoch, "+00:00", &key).unwrap();
        Self { key, profile }
    }
}

pub(crate) struct Person {
    pub(crate) certificate: Certificate,
    pub(crate) secret: HolderSecret,
}

impl Person {
    /// Somebody over 18 called Anna.
    pub(crate) fn new(epoch: &Epoch) -> Self {
        Self::of(epoch, &Seed::generate(&mut rng()))
    }

    pub(crate) fn of(epoch: &Epoch, seed: &Seed) -> Self {
        let rng = &mut rng();
        let secret = HolderSecret::derive(seed, ISSUER, 0);
        let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
        let prepared = Prepared::create(&secret, &opening, rng).unwrap();
        let binding = Binding {
            profile: &epoch.profile,
            c_nonce: "c",
            dpop_jkt: "k",
        };
        let proof =
            IssuanceProof::prove_first(&secret, &opening, &anchor, &prepared, &binding, rng);
        let (proven, _) = proof.unwrap().verify_first(&binding).unwrap();
        let slots = Slots::new([
            (Slot::AgeOver18, SlotValue::Flag(true)),
            (Slot::AgeOver21, SlotValue::Flag(false)),
            (Slot::GivenName, SlotValue::Text("ANNA".into())),
        ]);
        let issued = netcert::issue(&epoch.key, &epoch.profile, &slots.unwrap(), &proven).unwrap();
        let certificate = UnverifiedCertificate::parse(&issued).unwrap();
        let certificate = certificate.finish(&epoch.profile, &secret, &opening, &anchor, &prepared);
        Self {
            certificate: certificate.unwrap(),
            secret,
        }
    }

    pub(crate) fn candidate(&self) -> Candidate {
        wallet::certificate_candidate("0", &self.certificate)
    }

    pub(crate) fn holding(&self, name_beside_number: bool) -> Holding<'_> {
        Holding::Net {
            certificate: &self.certificate,
            secret: &self.secret,
            name_beside_number,
        }
    }

    /// Presents the preferred selection.
    pub(crate) fn accept(&self, request: Authenticated) -> Request<Vec<u8>> {
        let selection = request.matches(&[self.candidate()]).preferred().unwrap();
        let holdings = |_: &str| Some(self.holding(false));
        let answering = request
            .accept(&selection, holdings, &mut rng(), noon())
            .unwrap();
        answering.request()
    }
}

pub(crate) struct Web {
    pub(crate) key: SigningKey,
    pub(crate) method: DidUrl,
    pub(crate) document: DidDocument,
    pub(crate) scopes: NumberScopes,
}

impl Web {
    pub(crate) fn at(url: &str) -> Self {
        let key = SigningKey::generate(Algorithm::EdDsa, &mut rng());
        let did = did::web::did(&url.parse().unwrap()).unwrap();
        Self::of(did, key)
    }

    pub(crate) fn of(did: Did, key: SigningKey) -> Self {
        let document = did::web::document(&did, &[("k", key.public().clone())]).unwrap();
        let method = did.url("k").unwrap();
        let scopes = vec![
            NumberScope {
                name: "jury".into(),
                purpose: "jury-duty".into(),
                period: Some("2026".into()),
            },
            NumberScope {
                name: "vote".into(),
                purpose: "vote".into(),
                period: None,
            },
        ];
        Self {
            key,
            method,
            document,
            scopes: NumberScopes::new(scopes).unwrap(),
        }
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            key: &self.key,
            method: &self.method,
        }
    }

    pub(crate) fn policy(&self, meta: Value) -> Policy {
        let claims = json!([{"path": ["credentialSubject", "age_over_18"], "values": [true]}]);
        self.policy_for(meta, claims)
    }

    pub(crate) fn policy_for(&self, meta: Value, claims: Value) -> Policy {
        let query = json!({"credentials": [{
            "id": "person", "format": "net_certificate", "meta": meta, "claims": claims,
        }]});
        Policy {
            name: "login".into(),
            client_name: Some("Forum".into()),
            purpose: Some("To log you in".into()),
            query: serde_json::from_value(query).unwrap(),
            issuers: vec![ISSUER.into()],
            query_issuers: Default::default(),
            cryptosuites: Vec::new(),
            scopes: self.scopes.clone(),
            flow: Flow::CrossDevice,
            ttl_seconds: 300,
            accept_stale_status: false,
            refused_messages: Vec::new(),
        }
    }

    pub(crate) fn endpoints(&self) -> Endpoints {
        let mut url = did::web::url(self.method.did(), true).unwrap();
        let dev_loopback = url.scheme() == "http";
        let mut at = |path: &str| {
            url.set_path(path);
            url.clone()
        };
        Endpoints {
            request: at("/request"),
            response: at("/response"),
            dev_loopback,
        }
    }

    pub(crate) fn create(&self, policy: Policy) -> Created {
        let identity = Identity::Did(self.method.did());
        Requested::create(policy, identity, &self.endpoints(), &mut rng(), noon()).unwrap()
    }

    /// Asks for somebody's number and that they are over 18.
    pub(crate) fn ask(&self) -> Created {
        self.create(self.policy(json!({"pseudonym": {}})))
    }

    pub(crate) fn list(&self) -> Response<Vec<u8>> {
        let text = self.scopes.sign(self.signer(), noon()).unwrap();
        scopes_reply(text)
    }

    pub(crate) fn open(&self, created: &Created) -> Result<Authenticated, Refusal> {
        self.open_at(created, SETTINGS, &self.list())
    }

    /// Opens a link up to the consent screen, where this list of scopes is published.
    pub(crate) fn open_at(
        &self,
        created: &Created,
        settings: Settings,
        list: &Response<Vec<u8>>,
    ) -> Result<Authenticated, Refusal> {
        let session = requested(&created.session);
        let mut step = wallet::open(&created.link, settings, &mut rng(), noon())?;
        loop {
            step = match step {
                wallet::Step::Consent(request) => return Ok(*request),
                wallet::Step::Fetch(fetching) => {
                    let question = WalletQuestion::parse(fetching.request().body()).unwrap();
                    let object = session.request_object(self.signer(), &question, noon());
                    fetching.receive(&request_object(object.unwrap()), noon())?
                }
                wallet::Step::Resolve(resolving) => resolving.receive(&self.document, noon())?,
                wallet::Step::Scopes(fetching) => fetching.receive(list, None, noon())?,
            };
        }
    }
}

pub(crate) fn scopes_reply(text: String) -> Response<Vec<u8>> {
    let reply = Response::builder().header("content-type", SCOPES_MEDIA_TYPE);
    reply.body(text.into_bytes()).unwrap()
}

/// The Verifier's host: parse, load, step.
pub(crate) fn receive_net(
    session: &Session,
    body: &[u8],
    profiles: &[EpochProfile],
    now: Timestamp,
) -> Step {
    let Session::Requested(requested) = reload(session) else {
        return Step {
            next: None,
            reply: Err(Error::Closed),
        };
    };
    let response = AuthorizationResponse::parse(body).unwrap();
    let decide = || {
        let awaiting = requested.receive(response, &mut rng(), now)?;
        let awaiting = awaiting.verify(&[], profiles, now)?;
        let status = |_: &_, _: &_| status::Answer::Unknown;
        ControlFlow::<Step, Step>::Continue(awaiting.judge(status, &mut rng(), now))
    };
    match decide() {
        ControlFlow::Break(step) | ControlFlow::Continue(step) => step,
    }
}
