//! An Issuer, a Holder and a Verifier for the tests, joined by function calls instead of HTTP.

pub(crate) mod net;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use credential::data_integrity::{self, Cryptosuite, ProofOptions};
use credential::sd_jwt::{self, ClaimPath as SdPath};
use credential::{BitstringEntry, Credential, CredentialStatus, Format, IssuerKey};
use credential::{KeyReference, KeySource, UnverifiedCredential, vc_jwt};
use dcql::Candidate;
use did::{DidUrl, Resolution};
use getrandom::SysRng;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey};
use openid4vp::messages::AuthorizationResponse;
use openid4vp::request::{REQUEST_OBJECT_MEDIA_TYPE, Signer};
use openid4vp::scopes::NumberScopes;
use openid4vp::verifier::{
    Created, Endpoints, Error, Flow, Identity, Policy, Requested, Session, Step, WalletQuestion,
};
use openid4vp::wallet::{self, Authenticated, Holding, Settings};
use rand_core::UnwrapErr;
use serde_json::{Map, Value, json};
use status::{Status, StatusMessage};

pub(crate) const SETTINGS: Settings = Settings {
    dev_loopback: false,
};

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub(crate) struct Issuer {
    pub(crate) key: SigningKey,
    pub(crate) method: DidUrl,
}

impl Issuer {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let key = SigningKey::generate(algorithm, &mut rng());
        let method = did::key::verification_method(key.public());
        Self { key, method }
    }

    pub(crate) fn did(&self) -> String {
        self.method.did().to_string()
    }

    pub(crate) fn sd_jwt(&self, holder: Option<&SigningKey>, extra: Value) -> String {
        let mut claims = map(json!({
            "iss": self.did(),
            "vct": "urn:example:person",
            "iat": now().as_second() - 60,
            "given_name": "Ada",
            "family_name": "Lovelace",
            "age_over_18": true,
            "nationalities": ["GB", "FR"],
            "address": { "country": "GB", "locality": "London" },
        }));
        claims.extend(map(extra));
        let disclosable: Vec<SdPath> = [
            json!(["given_name"]),
            json!(["family_name"]),
            json!(["age_over_18"]),
            json!(["nationalities", null]),
            json!(["address", "country"]),
            json!(["address", "locality"]),
        ]
        .into_iter()
        .map(|path| serde_json::from_value(path).unwrap())
        .collect();
        sd_jwt::Issuance {
            claims,
            disclosable: &disclosable,
            pad_digests_to: 8,
            holder: holder.map(SigningKey::public),
            key_reference: &KeyReference::KeyId(self.method.to_string()),
        }
        .sign(&self.key, &mut rng())
        .unwrap()
    }

    /// The same statements as [`Self::vc_jwt`], with a Data Integrity proof.
    pub(crate) fn ldp_vc(&self, holder: Option<&SigningKey>, extra: Value) -> String {
        let mut credential = map(json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/undefined-terms/v2",
            ],
            "type": ["VerifiableCredential", "PersonCredential"],
            "issuer": self.did(),
            "credentialSubject": { "given_name": "Ada", "age_over_18": true },
        }));
        if let Some(holder) = holder {
            let did = did::key::did(holder.public()).to_string();
            credential["credentialSubject"]["id"] = did.into();
        }
        credential.extend(map(extra));
        let suite = Cryptosuite::over_statements(self.key.algorithm());
        let options = ProofOptions::assertion(suite, &self.method, now());
        let secured = data_integrity::issue(credential, &options, &self.key).unwrap();
        Value::Object(secured).to_string()
    }

    pub(crate) fn vc_jwt(&self, holder: Option<&SigningKey>) -> String {
        let credential = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential", "PersonCredential"],
            "issuer": self.did(),
            "credentialSubject": { "given_name": "Ada", "age_over_18": true },
        });
        vc_jwt::Issuance {
            credential: map(credential),
            holder: holder.map(SigningKey::public),
            status: None,
            key_reference: &KeyReference::KeyId(self.method.to_string()),
        }
        .sign(&self.key)
        .unwrap()
    }
}

/// What a wallet keeps of a credential.
pub(crate) struct Held {
    pub(crate) text: String,
    pub(crate) key: Option<SigningKey>,
    pub(crate) credential: Credential,
}

impl Held {
    pub(crate) fn new(format: Format, text: String, key: Option<SigningKey>) -> Self {
        let unverified = UnverifiedCredential::parse(format, &text).unwrap();
        let source = unverified.key_source().unwrap();
        let verified = unverified.verify(&issuer_key(&source), now()).unwrap();
        Self {
            text,
            key,
            credential: verified.into_inner(),
        }
    }

    pub(crate) fn sd_jwt(issuer: &Issuer, extra: Value) -> Self {
        let key = SigningKey::generate(Algorithm::Es256, &mut rng());
        let text = issuer.sd_jwt(Some(&key), extra);
        Self::new(Format::SdJwtVc, text, Some(key))
    }

    pub(crate) fn ldp_vc(issuer: &Issuer, algorithm: Algorithm, extra: Value) -> Self {
        let key = SigningKey::generate(algorithm, &mut rng());
        let text = issuer.ldp_vc(Some(&key), extra);
        Self::new(Format::LdpVc, text, Some(key))
    }

    pub(crate) fn vc_jwt(issuer: &Issuer) -> Self {
        let key = SigningKey::generate(Algorithm::EdDsa, &mut rng());
        let text = issuer.vc_jwt(Some(&key));
        Self::new(Format::JwtVcJson, text, Some(key))
    }
}

pub(crate) fn candidates(held: &[Held]) -> Vec<Candidate> {
    held.iter()
        .enumerate()
        .map(|(position, one)| wallet::candidate(&position.to_string(), &one.credential))
        .collect()
}

/// Presents the preferred selection.
pub(crate) fn accept(request: Authenticated, held: &[Held]) -> Request<Vec<u8>> {
    let selection = request.matches(&candidates(held)).preferred().unwrap();
    let holdings = |id: &str| {
        let one = held.get(id.parse::<usize>().unwrap())?;
        Some(Holding::Signed {
            credential: &one.text,
            key: one.key.as_ref(),
        })
    };
    let answering = request
        .accept(&selection, holdings, &mut rng(), now())
        .unwrap();
    answering.request()
}

pub(crate) struct Verifier {
    pub(crate) key: SigningKey,
    pub(crate) method: DidUrl,
}

impl Verifier {
    pub(crate) fn new() -> Self {
        let key = SigningKey::generate(Algorithm::EdDsa, &mut rng());
        let method = did::key::verification_method(key.public());
        Self { key, method }
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            key: &self.key,
            method: &self.method,
        }
    }

    pub(crate) fn create(&self, policy: Policy) -> Created {
        let identity = Identity::Did(self.method.did());
        Requested::create(policy, identity, &endpoints(), &mut rng(), now()).unwrap()
    }

    /// Plays the `request_uri`.
    pub(crate) fn hand_out(
        &self,
        session: &Requested,
        asked: &Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        let question = match asked.method().as_str() {
            "POST" => WalletQuestion::parse(asked.body()).unwrap(),
            _ => WalletQuestion::default(),
        };
        let object = session.request_object(self.signer(), &question, now());
        request_object(object.unwrap())
    }

    /// Opens a link up to the consent screen, by whatever way it asks for.
    pub(crate) fn open(&self, created: &Created) -> Authenticated {
        let requested = requested(&created.session);
        let step = wallet::open(&created.link, SETTINGS, &mut rng(), now()).unwrap();
        match step {
            wallet::Step::Consent(request) => *request,
            wallet::Step::Fetch(fetching) => {
                let response = self.hand_out(requested, &fetching.request());
                match fetching.receive(&response, now()).unwrap() {
                    wallet::Step::Consent(request) => *request,
                    other => panic!("{other:?}"),
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn endpoints() -> Endpoints {
    Endpoints {
        request: "https://verifier.example/oid4vp/request".parse().unwrap(),
        response: "https://verifier.example/oid4vp/response".parse().unwrap(),
        dev_loopback: false,
    }
}

pub(crate) fn policy(issuer: &Issuer, claims: Value) -> Policy {
    let query = json!({ "credentials": [{
        "id": "person",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": ["urn:example:person"] },
        "claims": claims,
    }] });
    Policy {
        name: "adults".into(),
        client_name: Some("Example Shop".into()),
        purpose: Some("To sell you wine".into()),
        query: serde_json::from_value(query).unwrap(),
        issuers: vec![issuer.did()],
        query_issuers: BTreeMap::new(),
        cryptosuites: Vec::new(),
        scopes: NumberScopes::default(),
        flow: Flow::CrossDevice,
        ttl_seconds: 300,
        accept_stale_status: false,
        refused_messages: Vec::new(),
    }
}

pub(crate) fn adults(issuer: &Issuer) -> Policy {
    policy(
        issuer,
        json!([{ "path": ["age_over_18"], "values": [true] }]),
    )
}

pub(crate) fn request_object(text: String) -> Response<Vec<u8>> {
    Response::builder()
        .header("content-type", REQUEST_OBJECT_MEDIA_TYPE)
        .body(text.into_bytes())
        .unwrap()
}

pub(crate) fn requested(session: &Session) -> &Requested {
    match session {
        Session::Requested(requested) => requested,
        other => panic!("{other:?}"),
    }
}

/// What comes out of the store.
pub(crate) fn reload(session: &Session) -> Session {
    serde_json::from_slice(&serde_json::to_vec(session).unwrap()).unwrap()
}

pub(crate) fn issuer_key(source: &KeySource) -> IssuerKey {
    let KeySource::Did(url) = source else {
        panic!("{source:?}")
    };
    let Ok(Resolution::Here(document)) = did::resolve(url.did(), false) else {
        panic!("{url}")
    };
    IssuerKey::from_did_document(source, &document).unwrap()
}

/// The Verifier's host: parse, load, step.
pub(crate) fn receive(session: &Session, body: &[u8], now: Timestamp) -> Step {
    receive_with(session, body, now, |_| status::Answer::Fresh(Status::VALID))
}

pub(crate) fn receive_with(
    session: &Session,
    body: &[u8],
    now: Timestamp,
    status: impl Fn(&CredentialStatus) -> status::Answer,
) -> Step {
    receive_telling(session, body, now, status, |_| status::Answer::Unknown)
}

/// As [`receive_with`], with what Issuers let credentials say.
pub(crate) fn receive_telling(
    session: &Session,
    body: &[u8],
    now: Timestamp,
    status: impl Fn(&CredentialStatus) -> status::Answer,
    tell: impl Fn(&BitstringEntry) -> status::Answer<StatusMessage>,
) -> Step {
    let response = match AuthorizationResponse::parse(body) {
        Ok(response) => response,
        Err(error) => {
            return Step {
                next: None,
                reply: Err(Error::from(error)),
            };
        }
    };
    let Session::Requested(requested) = reload(session) else {
        return Step {
            next: None,
            reply: Err(Error::Closed),
        };
    };
    let decide = || {
        let keys = requested.receive(response, &mut rng(), now)?;
        let found: Vec<IssuerKey> = keys.key_sources().iter().map(issuer_key).collect();
        let awaiting = keys.verify(&found, &[], now)?;
        let awaiting = awaiting.with_messages(|entry, _issuer| tell(entry));
        ControlFlow::<Step, Step>::Continue(awaiting.judge(
            |reference, _issuer| status(reference),
            &mut rng(),
            now,
        ))
    };
    match decide() {
        ControlFlow::Break(step) | ControlFlow::Continue(step) => step,
    }
}
