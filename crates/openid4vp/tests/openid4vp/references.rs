//! Credentials that refer to schemas and resources, presented.

use std::ops::ControlFlow;

use credential::{JsonSchema, KnownResources, ReferenceFault};
use keys::Algorithm;
use openid4vp::messages::AuthorizationResponse;
use openid4vp::verifier::{Error, Failure, Policy, Session, Step};
use serde_json::json;
use status::Status;

use crate::parties::{
    Held, Issuer, Verifier, accept, adults, issuer_key, now, receive, reload, rng,
};

const SCHEMA: &str = "https://issuer.example/person.json";

#[test]
fn what_was_not_judged_stands_in_the_answer() {
    let presented = Presented::new();
    let unjudged = |step: Step| {
        assert!(step.reply.is_ok(), "{:?}", step.reply);
        match reload(&step.next.unwrap()) {
            Session::Answered(answered) => {
                let text = serde_json::to_value(&answered).unwrap();
                text["answer"]["credentials"][0]["unjudged"].clone()
            }
            other => panic!("{other:?}"),
        }
    };
    // Nobody held it against anything, or against something else.
    let unheld = receive(&presented.session, &presented.body, now());
    assert_eq!(unjudged(unheld), json!([SCHEMA]));
    let nothing = KnownResources::default();
    assert_eq!(unjudged(presented.held_against(&nothing)), json!([SCHEMA]));
    let fitting = known(json!({ "properties": { "credentialSubject": {
        "required": ["age_over_18"],
    } } }));
    assert_eq!(unjudged(presented.held_against(&fitting)), json!(null));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let presented = Presented::new();
    let strict = known(json!({ "properties": { "credentialSubject": {
        "required": ["family_name"],
    } } }));
    let nothing = KnownResources::default().refusing_unknown(true);
    for (known, fault) in [
        (strict, ReferenceFault::Invalid),
        (nothing, ReferenceFault::Unknown),
    ] {
        let step = presented.held_against(&known);
        assert_eq!(step.reply.unwrap_err(), Error::Reference(fault));
        match step.next {
            Some(Session::Failed(failed)) => {
                let text = serde_json::to_value(&failed).unwrap();
                assert_eq!(text["failure"], json!(Failure::CredentialRefused));
            }
            other => panic!("{other:?}"),
        }
    }
}

/// An answer with a credential that names a schema.
struct Presented {
    session: Session,
    body: Vec<u8>,
}

impl Presented {
    fn new() -> Self {
        let (issuer, verifier) = (Issuer::new(Algorithm::EdDsa), Verifier::new());
        let query = json!({ "credentials": [{
            "id": "person",
            "format": "ldp_vc",
            "meta": { "type_values": [["PersonCredential"]] },
            "claims": [{ "path": ["credentialSubject", "age_over_18"] }],
        }] });
        let created = verifier.create(Policy {
            query: serde_json::from_value(query).unwrap(),
            ..adults(&issuer)
        });
        let schema = json!({ "credentialSchema": { "id": SCHEMA, "type": "JsonSchema" } });
        let held = [Held::ldp_vc(&issuer, Algorithm::EdDsa, schema)];
        let sent = accept(verifier.open(&created), &held);
        Self {
            session: created.session,
            body: sent.into_body(),
        }
    }

    fn held_against(&self, known: &KnownResources) -> Step {
        let response = AuthorizationResponse::parse(&self.body).unwrap();
        let Session::Requested(requested) = reload(&self.session) else {
            panic!("not requested")
        };
        let decide = || {
            let keys = requested.receive(response, &mut rng(), now())?;
            let found: Vec<_> = keys.key_sources().iter().map(issuer_key).collect();
            let awaiting = keys.verify(&found, &[], now())?;
            let awaiting = awaiting.hold_against(known, now())?;
            let valid = |_: &_, _: &str| status::Answer::Fresh(Status::VALID);
            ControlFlow::<Step, Step>::Continue(awaiting.judge(valid, &mut rng(), now()))
        };
        match decide() {
            ControlFlow::Break(step) | ControlFlow::Continue(step) => step,
        }
    }
}

fn known(members: serde_json::Value) -> KnownResources {
    let mut schema = members;
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    let content = schema.to_string().into_bytes();
    let schema = JsonSchema::parse(&content).unwrap();
    KnownResources::default().with_schema(SCHEMA, schema, content)
}
