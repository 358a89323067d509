//! Answers that a Verifier must not accept: what the wallet is told, what the session becomes.

mod query;
mod status;

use std::collections::BTreeMap;

use credential::{HolderFault, PeerFault, VerificationError};
use keys::jws::JwsError;
use keys::{Algorithm, SigningKey, base64url};
use openid4vp::messages::{AuthorizationResponse, FormError, ResponseError, VpToken};
use openid4vp::verifier::{
    Created, Error, Failure, Phase, Policy, Session, Step, TakeError, WalletFault, respond,
};
use serde_json::{Value, json};

use crate::parties::*;

/// A session with a good answer to it.
struct Scene {
    issuer: Issuer,
    verifier: Verifier,
    created: Created,
    held: Held,
    state: String,
    presentation: String,
}

impl Scene {
    fn new() -> Self {
        Self::with(json!({}), |policy| policy)
    }

    fn with(extra: Value, change: impl Fn(Policy) -> Policy) -> Self {
        let issuer = Issuer::new(Algorithm::EdDsa);
        let verifier = Verifier::new();
        let created = verifier.create(change(adults(&issuer)));
        let held = Held::sd_jwt(&issuer, extra);
        let (state, presentation) = answer(&verifier, &created, &held);
        Self {
            issuer,
            verifier,
            created,
            held,
            state,
            presentation,
        }
    }

    fn body(&self, presentation: &str) -> Vec<u8> {
        self.body_of(&[("person", &[presentation])])
    }

    fn body_of(&self, entries: &[(&str, &[&str])]) -> Vec<u8> {
        let entries = entries.iter().map(|(query, presentations)| {
            let presentations = presentations.iter().map(|&one| one.into()).collect();
            ((*query).to_owned(), presentations)
        });
        let response = AuthorizationResponse::Presentation {
            state: Some(self.state.clone()),
            vp_token: VpToken(entries.collect::<BTreeMap<_, _>>()),
        };
        response.encode().into_bytes()
    }

    fn present(&self, presentation: &str) -> Step {
        receive(&self.created.session, &self.body(presentation), now())
    }
}

/// The `state` and the only presentation of a good answer.
fn answer(verifier: &Verifier, created: &Created, held: &Held) -> (String, String) {
    let request = verifier.open(created);
    let selection = request
        .matches(&[openid4vp::wallet::candidate("0", &held.credential)])
        .preferred()
        .unwrap();
    let holding = |_: &str| {
        Some(openid4vp::wallet::Holding::Signed {
            credential: &held.text,
            key: held.key.as_ref(),
        })
    };
    let sent = request
        .accept(&selection, holding, &mut rng(), now())
        .unwrap()
        .request();
    match AuthorizationResponse::parse(sent.body()).unwrap() {
        AuthorizationResponse::Presentation { state, vp_token } => {
            let presentation = vp_token.0["person"][0].as_str().unwrap();
            (state.unwrap(), presentation.to_owned())
        }
        AuthorizationResponse::Error { error, .. } => panic!("{error:?}"),
    }
}

/// Checks the reply, and that the session failed for that reason and no other.
fn check(step: Step, error: Error, failure: Option<Failure>) {
    let reply = respond(&step.reply);
    assert_eq!(step.reply.unwrap_err(), error);
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    match error {
        Error::Unavailable => assert_eq!(reply.status(), 503),
        _ => assert_eq!(reply.status(), 400, "{body}"),
    }
    assert_eq!(
        body.as_object().unwrap().len(),
        1,
        "the wire learns a code only"
    );
    match (step.next, failure) {
        (None, None) => {}
        (Some(session @ Session::Failed(_)), Some(failure)) => {
            let stored = serde_json::to_value(&session).unwrap();
            assert_eq!(stored["failed"]["failure"], json!(failure));
            assert_eq!(session.phase(now()), Phase::Failed);
        }
        (next, failure) => panic!("{next:?} instead of {failure:?}"),
    }
}

fn credential(step: Step, error: impl Into<VerificationError>) {
    check(
        step,
        Error::Credential(error.into()),
        Some(Failure::CredentialRefused),
    );
}

#[test]
fn the_scene_is_good() {
    let scene = Scene::new();
    assert!(scene.present(&scene.presentation).reply.is_ok());
}

/// The same answer again, and another answer to the same request.
#[test]
fn replayed() {
    let scene = Scene::new();
    let body = scene.body(&scene.presentation);
    let step = receive(&scene.created.session, &body, now());
    let session = step.next.unwrap();
    check(receive(&session, &body, now()), Error::Closed, None);
    let taken = session
        .take(&scene.created.token, None, now())
        .unwrap()
        .next;
    check(receive(&taken, &body, now()), Error::Closed, None);
}

/// A presentation for another session of the same Verifier, and for another Verifier.
#[test]
fn for_another_request() {
    let scene = Scene::new();
    let again = scene.verifier.create(adults(&scene.issuer));
    let (_, other) = answer(&scene.verifier, &again, &scene.held);
    credential(scene.present(&other), PeerFault::Nonce);

    let elsewhere = Verifier::new();
    let there = elsewhere.create(adults(&scene.issuer));
    let (_, other) = answer(&elsewhere, &there, &scene.held);
    credential(scene.present(&other), PeerFault::Audience);
}

#[test]
fn too_late() {
    let scene = Scene::new();
    let body = scene.body(&scene.presentation);
    check(
        receive(&scene.created.session, &body, after(300)),
        Error::Closed,
        None,
    );
    assert_eq!(scene.created.session.phase(after(300)), Phase::Expired);
    let step = receive(&scene.created.session, &body, after(299));
    assert!(step.reply.is_ok(), "{:?}", step.reply);
    let session = step.next.unwrap();
    let late = reload(&session).take(&scene.created.token, None, after(599));
    assert_eq!(late.unwrap_err(), TakeError::Expired);
}

/// A Key Binding JWT from a year ago, and from next year.
#[test]
fn not_made_just_now() {
    for shift in [-365 * 86_400, 365 * 86_400] {
        let scene = Scene::new();
        let challenge = credential::Challenge {
            audience: scene.verifier.signer().client_id().to_string(),
            nonce: nonce(&scene.presentation),
        };
        let held = credential::sd_jwt::Held::parse(&scene.held.text).unwrap();
        let key = scene.held.key.as_ref().unwrap();
        let paths = [credential::sd_jwt::ClaimPath::from("age_over_18")];
        let stale = held
            .select(&paths)
            .unwrap()
            .bind(key, &challenge, after(shift))
            .unwrap();
        credential(scene.present(&stale), PeerFault::Freshness);
    }
}

fn nonce(presentation: &str) -> String {
    let binding = presentation.rsplit('~').next().unwrap();
    let payload = base64url::decode(binding.split('.').nth(1).unwrap()).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    payload["nonce"].as_str().unwrap().to_owned()
}

#[test]
fn tampered() {
    let scene = Scene::new();
    let text = &scene.presentation;
    let (presented, binding) = text.rsplit_once('~').unwrap();
    let (jwt, disclosures) = presented.split_once('~').unwrap();

    // The Holder's signature.
    let mut parts: Vec<String> = binding.split('.').map(str::to_owned).collect();
    parts[2] = base64url::encode([1; 64]);
    let changed = format!("{presented}~{}", parts.join("."));
    credential(scene.present(&changed), JwsError::Signature);

    // The Issuer's signature.
    let mut parts: Vec<String> = jwt.split('.').map(str::to_owned).collect();
    parts[2] = base64url::encode([1; 64]);
    let changed = format!("{}~{disclosures}~{binding}", parts.join("."));
    credential(scene.present(&changed), JwsError::Signature);

    // No signature at all.
    let header = base64url::encode(r#"{"alg":"none","typ":"dc+sd-jwt"}"#);
    let changed = format!("{header}.{}.~{disclosures}~{binding}", parts[1]);
    credential(scene.present(&changed), JwsError::AlgorithmUnsupported);

    // A Disclosure less and a Disclosure more than the Holder signed.
    credential(
        scene.present(&format!("{jwt}~{binding}")),
        PeerFault::SdHash,
    );
    let more = base64url::encode(r#"["salt","age_over_21",true]"#);
    let changed = format!("{jwt}~{disclosures}~{more}~{binding}");
    credential(scene.present(&changed), PeerFault::UnreferencedDisclosure);

    // No proof by the Holder.
    credential(
        scene.present(&format!("{presented}~")),
        PeerFault::HolderBindingMissing,
    );
    credential(scene.present(""), PeerFault::Format);
    credential(scene.present(&"x".repeat(70)), PeerFault::Format);
}

#[test]
fn somebody_elses_credential() {
    let scene = Scene::new();
    let thief = Held {
        text: scene.held.text.clone(),
        key: Some(SigningKey::generate(Algorithm::Es256, &mut rng())),
        credential: scene.held.credential.clone(),
    };
    let (_, stolen) = answer(&scene.verifier, &scene.created, &thief);
    credential(scene.present(&stolen), JwsError::Signature);
}

#[test]
fn expired_and_not_yet_valid() {
    let seconds = now().as_second();
    for (extra, fault) in [
        (json!({ "exp": seconds + 600 }), HolderFault::Expired),
        (json!({ "nbf": seconds - 600 }), HolderFault::NotYetValid),
    ] {
        let scene = Scene::with(extra.clone(), |policy| Policy {
            ttl_seconds: 86_400,
            ..policy
        });
        let shift = if fault == HolderFault::Expired {
            1200
        } else {
            -1200
        };
        let body = scene.body(&scene.presentation);
        let step = receive(&scene.created.session, &body, after(shift));
        // Before the Holder's proof is looked at, the credential is.
        credential(step, fault);
    }
}

/// Nobody is asked for the keys of an Issuer that the policy does not believe.
#[test]
fn from_an_issuer_without_trust() {
    let scene = Scene::with(json!({}), |policy| Policy {
        issuers: vec!["did:web:other.example".into()],
        ..policy
    });
    let step = scene.present(&scene.presentation);
    check(
        step,
        Error::IssuerNotTrusted,
        Some(Failure::IssuerNotTrusted),
    );
}

/// Whoever does not know the request cannot end the session.
#[test]
fn that_cannot_be_read() {
    let scene = Scene::new();
    let session = &scene.created.session;
    let good = String::from_utf8(scene.body(&scene.presentation)).unwrap();
    let state = &scene.state;
    let response = |error: ResponseError| Error::from(error);
    for (body, error) in [
        (String::new(), response(ResponseError::Missing)),
        (format!("state={state}"), response(ResponseError::Missing)),
        (
            format!("response=eyJ&state={state}"),
            response(ResponseError::Missing),
        ),
        (
            format!("{good}&error=access_denied"),
            response(ResponseError::Both),
        ),
        (
            format!("{good}&state={state}"),
            response(ResponseError::Form(FormError::Duplicate)),
        ),
        (
            format!("{good}&x={}", "y".repeat(70_000)),
            response(ResponseError::Form(FormError::Size)),
        ),
        (
            format!("{good}&x=%ff"),
            response(ResponseError::Form(FormError::Utf8)),
        ),
        (
            good.replace(state.as_str(), "other"),
            WalletFault::State.into(),
        ),
        (
            good.split('&').next().unwrap().to_owned(),
            WalletFault::State.into(),
        ),
        ("error=access_denied".into(), WalletFault::State.into()),
    ] {
        check(receive(session, body.as_bytes(), now()), error, None);
    }
    for vp_token in [
        "{}",
        "[]",
        "7",
        r#"{"person":[]}"#,
        r#"{"person":"x"}"#,
        r#"{"person":[7]}"#,
        r#"{"person":[["x"]]}"#,
        r#"{"person":["x",null]}"#,
        r#"{"person":["x"],"person":["y"]}"#,
        "{",
    ] {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("vp_token", vp_token)
            .append_pair("state", state)
            .finish();
        let step = receive(session, body.as_bytes(), now());
        assert!(step.next.is_none(), "{vp_token}");
        assert_eq!(respond(&step.reply).status(), 400, "{vp_token}");
    }
}

/// What was understood was processed, and is answered with 200 (section 8.2).
#[test]
fn that_are_errors_of_the_wallet() {
    let scene = Scene::new();
    let state = &scene.state;
    for code in ["vp_formats_not_supported", "made_up"] {
        let body = format!("error={code}&error_description=x&state={state}");
        let step = receive(&scene.created.session, body.as_bytes(), now());
        assert_eq!(respond(&step.reply).status(), 200, "{code}");
        let taking = step.next.unwrap().take(&scene.created.token, None, now());
        assert_eq!(taking.unwrap().result, Err(Failure::WalletFailed), "{code}");
    }
}
