//! Credentials and presentations with Data Integrity proofs.

use credential::data_integrity::Cryptosuite;
use credential::{PeerFault, VerificationError};
use keys::Algorithm;
use openid4vp::messages::AuthorizationResponse;
use openid4vp::verifier::{Error, Policy, WalletFault};
use serde_json::{Value, json};

use super::taken;
use crate::parties::*;

pub(super) fn ldp_policy(issuer: &Issuer, types: Value) -> Policy {
    let query = json!({ "credentials": [{
        "id": "person",
        "format": "ldp_vc",
        "meta": { "type_values": [types] },
        "claims": [{ "path": ["credentialSubject", "age_over_18"] }],
    }] });
    Policy {
        query: serde_json::from_value(query).unwrap(),
        ..adults(issuer)
    }
}

/// Appendix B.1.3.2: the presentation is an object, whose proof has the nonce as challenge and the
/// Client Identifier as domain.
#[test]
fn a_credential_with_a_data_integrity_proof_is_presented() {
    for (issuing, holding) in [
        (Algorithm::EdDsa, Algorithm::EdDsa),
        (Algorithm::Es256, Algorithm::EdDsa),
        (Algorithm::EdDsa, Algorithm::Es256),
    ] {
        let issuer = Issuer::new(issuing);
        let verifier = Verifier::new();
        let vocabulary = "https://www.w3.org/ns/credentials/undefined-term#PersonCredential";
        for types in [json!(["PersonCredential"]), json!([vocabulary])] {
            let created = verifier.create(ldp_policy(&issuer, types));
            let held = [Held::ldp_vc(&issuer, holding, json!({}))];
            let request = verifier.open(&created);
            let sent = accept(request, &held);
            let AuthorizationResponse::Presentation { vp_token, .. } =
                AuthorizationResponse::parse(sent.body()).unwrap()
            else {
                panic!("no presentation")
            };
            let proof = &vp_token.0["person"][0]["proof"];
            assert_eq!(proof["proofPurpose"], "authentication");
            let client_id = format!("decentralized_identifier:{}", verifier.method.did());
            assert_eq!(proof["domain"], client_id);
            let suite = Cryptosuite::over_statements(holding).name();
            assert_eq!(proof["cryptosuite"], suite);
            let step = receive(&created.session, sent.body(), now());
            assert!(step.reply.is_ok(), "{:?}", step.reply);
            let answer = taken(step.next.unwrap(), &created.token);
            assert_eq!(answer.credentials[0].format, "ldp_vc");
            assert_eq!(answer.credentials[0].claims.len(), 1);
            assert!(!serde_json::to_string(&answer).unwrap().contains("Ada"));
        }
    }
}

/// An answer to one request is none to another, whoever sends it.
#[test]
fn a_data_integrity_presentation_answers_one_request() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let held = [Held::ldp_vc(&issuer, Algorithm::EdDsa, json!({}))];
    let types = json!(["PersonCredential"]);
    let [one, other] = [0, 1].map(|_| verifier.create(ldp_policy(&issuer, types.clone())));
    let token = |created| match AuthorizationResponse::parse(
        accept(verifier.open(created), &held).body(),
    ) {
        Ok(AuthorizationResponse::Presentation { vp_token, state }) => (vp_token, state),
        _ => panic!("no presentation"),
    };
    let (relayed, _) = token(&one);
    let (_, state) = token(&other);
    let answer = |vp_token| {
        let state = state.clone();
        let response = AuthorizationResponse::Presentation { vp_token, state };
        let step = receive(&other.session, response.encode().as_bytes(), now());
        step.reply.unwrap_err()
    };
    let nonce = Error::Credential(VerificationError::Peer(PeerFault::Nonce));
    assert_eq!(answer(relayed.clone()), nonce);
    // A string that holds an object is none, and an object that is no presentation is not bound.
    let mut texts = relayed.clone();
    let entry = &mut texts.0.get_mut("person").unwrap()[0];
    *entry = entry.to_string().into();
    assert_eq!(answer(texts), WalletFault::Form.into());
    let mut bare = relayed;
    bare.0.get_mut("person").unwrap()[0] = serde_json::from_str(&held[0].text).unwrap();
    let unbound = Error::Credential(VerificationError::Peer(PeerFault::HolderBindingMissing));
    assert_eq!(answer(bare), unbound);
}
