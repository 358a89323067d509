//! What wallets prove their keys with, in Credential Requests.

use credential::data_integrity::{self, Cryptosuite, ProofOptions, Purpose};
use openid4vci::issuer::CredentialCall;
use serde_json::{Map, Value, json};
use strict_json::Limits;

use crate::Target;
use crate::credentials::payload_of;
use crate::fixture::{Numbers, holder, method, now, object};
use crate::issuance::{CLAIMS, EXCHANGE, ISSUER, PRESENTED, headers, taken};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("credential_request", credential_request, || {
        vec![
            EXCHANGE.credential_request.clone(),
            by_presentation(presentation()).expect("signed"),
        ]
    })
    .vectors(&["openid4vci/tests/vectors/openid4vci-1.0-examples"]),
    Target::new("proof_claims", proof_claims, || {
        vec![payload_of(&made().expect("a proof"))]
    }),
    Target::new("proof_presentation", proof_presentation, || {
        vec![Value::Object(presentation()).to_string().into_bytes()]
    }),
];

/// The body of a Credential Request, by one who has access: a Credential is issued to the key that
/// signs here, or to none.
fn credential_request(bytes: &[u8]) -> Option<()> {
    let headers = headers(&ISSUER.endpoints().credential, Some(&EXCHANGE.access_token));
    match ISSUER.credential_call(&headers, bytes, now()) {
        Ok(CredentialCall::NetCertificate(_)) => unreachable!("it was not granted"),
        Ok(CredentialCall::Keyed(accepted)) => {
            assert_eq!(accepted.claims.as_slice(), CLAIMS);
            let owners: Vec<_> = accepted.holder_keys.iter().map(|one| &one.key).collect();
            assert_eq!(owners, [holder().public()]);
            assert_eq!(accepted.spends.len(), 2);
            Some(())
        }
        Err(error) => taken::<(), _>(Err(error)),
    }
}

/// Claims to be signed here as a key proof.
fn proof_claims(bytes: &[u8]) -> Option<()> {
    let key = holder();
    let header = json!({
        "typ": "openid4vci-proof+jwt", "alg": "EdDSA", "jwk": key.public().jwk(),
    });
    let proof = keys::jws::sign(&header, bytes, &key).expect("signed");
    let request = json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof]}});
    credential_request(request.to_string().as_bytes())
}

/// A Presentation to be secured here as a key proof.
fn proof_presentation(bytes: &[u8]) -> Option<()> {
    let presentation = strict_json::parse(bytes, Limits::default()).ok()?;
    let Value::Object(presentation) = presentation else {
        return None;
    };
    credential_request(&by_presentation(presentation)?)
}

/// A request with one proof of the type `di_vp`.
fn by_presentation(presentation: Map<String, Value>) -> Option<Vec<u8>> {
    let method = method(&holder());
    let c_nonce = ISSUER.nonce(now(), &mut Numbers::default()).c_nonce;
    let options = ProofOptions {
        purpose: Purpose::Authentication,
        challenge: Some(c_nonce.expose()),
        domain: Some(ISSUER.identifier()),
        ..ProofOptions::assertion(Cryptosuite::EddsaRdfc2022, &method, now())
    };
    let secured = data_integrity::secure(presentation, &options, &holder()).ok()?;
    let request = json!({
        "credential_configuration_id": PRESENTED, "proofs": {"di_vp": [secured]},
    });
    Some(request.to_string().into_bytes())
}

fn presentation() -> Map<String, Value> {
    object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": method(&holder()).did(),
    }))
}

/// The proof that our own wallet made.
fn made() -> Option<String> {
    let request: Value = serde_json::from_slice(&EXCHANGE.credential_request).ok()?;
    let proof = request.pointer("/proofs/jwt/0")?;
    proof.as_str().map(str::to_owned)
}
