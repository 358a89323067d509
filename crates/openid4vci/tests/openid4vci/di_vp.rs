//! Keys proven by W3C Presentations (`di_vp`, appendix F.2), of an Issuer that reads no other proofs and
//! of one that does.

use credential::data_integrity::{Cryptosuite, ProofOptions, Purpose, secure};
use http::{Request, Response, StatusCode};
use keys::{Algorithm, SigningKey};
use openid4vci::issuer::json_response;
use openid4vci::wallet::{AccessGrant, Binding, Progress};
use serde_json::{Map, Value, json};

use crate::harness::{self, Host, Wallet, key, rng};

const ID: &str = "pid-ldp";
const ISSUER: &str = "https://issuer.example/tenant";

#[test]
fn a_wallet_presents_nothing_to_prove_its_keys() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = access(&mut host, &wallet, |proofs| {
        proofs.remove("jwt");
    });
    let offered = &grant.issuer().credentials[0];
    assert_eq!(offered.binding, Some(Binding::DidKeyPresentation));
    assert!(offered.algorithms.contains(&Algorithm::EdDsa));
    let keys = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::EdDsa].map(key);
    let received = wallet.order(&mut host, &grant, ID, &keys).unwrap();
    assert_eq!(received.credentials.len(), 3);
    for (credential, key) in received.credentials.iter().zip(&keys) {
        let credential: Value = serde_json::from_str(credential).unwrap();
        assert_eq!(credential["holder"], key.public().thumbprint());
        assert_eq!(credential["bound"], "did");
    }
}

#[test]
fn a_wallet_has_one_of_the_suites_or_none() {
    let (mut host, wallet) = (Host::new(), Wallet::new());
    let grant = access(&mut host, &wallet, |proofs| {
        proofs.remove("jwt");
        let names = json!(["unknown-2030", "ecdsa-sd-2023", "eddsa-jcs-2022"]);
        proofs["di_vp"]["proof_signing_alg_values_supported"] = names;
    });
    let offered = &grant.issuer().credentials[0];
    assert_eq!(offered.algorithms, [Algorithm::EdDsa]);
    let received = wallet.order(&mut host, &grant, ID, &[key(Algorithm::EdDsa)]);
    assert_eq!(received.unwrap().credentials.len(), 1);
    assert!(
        wallet
            .order(&mut host, &grant, ID, &[key(Algorithm::Es256)])
            .is_err()
    );
    // Where tokens are read, they are what a wallet sends.
    let grant = access(&mut Host::new(), &wallet, |_| {});
    assert_eq!(grant.issuer().credentials[0].binding, Some(Binding::DidKey));
}

#[test]
fn no_other_presentation_proves_a_key() {
    let refused = |change: &dyn Fn(&mut Value)| {
        let (mut host, wallet) = (Host::new(), Wallet::new());
        let answer = send(&mut host, &wallet, change);
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        host.last_error.take().unwrap()
    };
    let first =
        |change: fn(&mut Value)| refused(&move |body| change(&mut body["proofs"]["di_vp"][0]));
    let (mut host, wallet) = (Host::new(), Wallet::new());
    assert_eq!(send(&mut host, &wallet, &|_| {}).status(), StatusCode::OK);
    let signature = "the key proof is not signed by the key that it names";
    let malformed = "the key proof is malformed";
    let other = did::key::verification_method(key(Algorithm::EdDsa).public()).to_string();
    let by_another = refused(&|body| {
        body["proofs"]["di_vp"][0]["proof"]["verificationMethod"] = json!(other);
    });
    assert_ne!(by_another, "", "{by_another}");
    let cases = [
        (
            first(|one| one["proof"]["proofValue"] = json!("z2")),
            signature,
        ),
        (
            first(|one| one["proof"]["created"] = json!("2026-01-01T00:00:00Z")),
            signature,
        ),
        (first(|one| one["id"] = json!("urn:a")), signature),
        (
            first(|one| one["holder"] = json!("did:example:1")),
            signature,
        ),
        (
            first(|one| one["verifiableCredential"] = json!([])),
            malformed,
        ),
        (
            first(|one| one["proof"]["proofPurpose"] = json!("assertionMethod")),
            malformed,
        ),
        (
            first(|one| one["proof"]["cryptosuite"] = json!("ecdsa-sd-2023")),
            malformed,
        ),
        (
            first(|one| one["proof"] = json!([one["proof"], one["proof"]])),
            malformed,
        ),
        (
            first(|one| one["type"] = json!("VerifiableCredential")),
            malformed,
        ),
        (first(|one| *one = json!({})), malformed),
        (
            first(|one| one["proof"]["domain"] = json!("https://other.example")),
            "the key proof is for another issuer",
        ),
        (
            first(|one| drop(one["proof"].as_object_mut().unwrap().remove("domain"))),
            "the key proof is for another issuer",
        ),
        (
            first(|one| drop(one["proof"].as_object_mut().unwrap().remove("challenge"))),
            "the key proof has no c_nonce",
        ),
        (
            first(|one| one["proof"]["verificationMethod"] = json!("did:web:a.example#key")),
            "the key proof does not name exactly one supported key",
        ),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .filter(|(said, expected)| !said.contains(expected))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Rightly signed, for somebody else or with an invented nonce.
    for (domain, nonce) in [("https://other.example", None), (ISSUER, Some("invented"))] {
        refused(&|body| {
            let own = &body["proofs"]["di_vp"][0]["proof"]["challenge"];
            let challenge = nonce.map_or_else(|| own.as_str().unwrap().to_owned(), str::to_owned);
            let key = key(Algorithm::EdDsa);
            body["proofs"]["di_vp"][0] = Value::Object(presented(&key, &challenge, domain));
        });
    }
    let twice = refused(&|body| {
        let one = body["proofs"]["di_vp"][0].clone();
        body["proofs"]["di_vp"] = json!([one, one]);
    });
    assert!(twice.contains("key"), "{twice}");
    for proofs in [
        json!({ "di_vp": [] }),
        json!({ "di_vp": [{}, {}, {}, {}, {}] }),
    ] {
        refused(&|body| body["proofs"] = proofs.clone());
    }
    refused(&|body| body["proofs"]["jwt"] = json!([]));
}

/// Sends a request with one Presentation, changed on the way.
fn send(host: &mut Host, wallet: &Wallet, change: &dyn Fn(&mut Value)) -> Response<Vec<u8>> {
    let grant = access(host, wallet, |proofs| {
        proofs.remove("jwt");
    });
    let key = key(Algorithm::EdDsa);
    let mut stage = grant.order(ID, vec![key.public().clone()]).unwrap();
    loop {
        let request = stage
            .request(&[&key], &wallet.dpop, host.now, &mut rng())
            .unwrap();
        if request.uri().path().ends_with("/credential") {
            let (parts, body) = request.into_parts();
            let mut body: Value = serde_json::from_slice(&body).unwrap();
            change(&mut body);
            return host.send(Request::from_parts(parts, body.to_string().into_bytes()));
        }
        let answer = host.send(request);
        match stage.receive(&answer).unwrap() {
            Progress::More(next) => stage = next,
            Progress::Done(_) => unreachable!("nothing was asked for yet"),
        }
    }
}

fn presented(key: &SigningKey, challenge: &str, domain: &str) -> Map<String, Value> {
    let method = did::key::verification_method(key.public());
    let Value::Object(presentation) = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
    }) else {
        unreachable!("an object")
    };
    let options = ProofOptions {
        purpose: Purpose::Authentication,
        challenge: Some(challenge),
        domain: Some(domain),
        ..ProofOptions::assertion(Cryptosuite::EddsaRdfc2022, &method, harness::start())
    };
    secure(presentation, &options, key).unwrap()
}

/// Access to `ldp_vc`, from an Issuer whose metadata name other proof types.
fn access(
    host: &mut Host,
    wallet: &Wallet,
    change: impl Fn(&mut Map<String, Value>),
) -> AccessGrant {
    let url = host.issuer.endpoints().issuer_metadata.clone();
    let mut metadata = serde_json::to_value(host.issuer.metadata()).unwrap();
    let configuration = &mut metadata["credential_configurations_supported"][ID];
    change(
        configuration["proof_types_supported"]
            .as_object_mut()
            .unwrap(),
    );
    let answer = json_response(StatusCode::OK, &metadata);
    host.overrides.insert(url.path().to_owned(), answer);
    wallet.access(host, &[ID])
}
