//! VC Data Integrity 1.0 and its suites for EdDSA and ECDSA: proofs over the whole credential.

use credential::data_integrity::{Cryptosuite, ProofOptions, secure};
use did::DidUrl;
use keys::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::suites::{Services, V2, credential, object, without};

const WHOLE: [&str; 6] = [
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019-p256",
    "ecdsa-rdfc-2019-p384",
    "ecdsa-jcs-2019-p256",
    "ecdsa-jcs-2019-p384",
];

/// The two data models, as the suites have them.
fn documents() -> [Value; 2] {
    let subject = json!({
        "id": "urn:uuid:1a0e4ef5-091f-4060-842e-18e519ab9440",
        "name": "Alice",
        "description": "A credential about Alice.",
    });
    let older = json!([
        "https://www.w3.org/2018/credentials/v1",
        {"name": "https://schema.org/name", "description": "https://schema.org/description"},
    ]);
    let id = "urn:uuid:36245ee9-9074-4b05-a777-febff2e69757";
    [
        credential(json!({"id": id, "credentialSubject": subject})),
        credential(json!({
            "@context": older,
            "id": id,
            "issuanceDate": "2024-01-01T00:00:00Z",
            "credentialSubject": subject,
        })),
    ]
}

#[tokio::test]
async fn vcdi_2_1_a_proof_says_type_suite_method_and_purpose() {
    let services = Services::open().await;
    for mechanism in WHOLE {
        for document in documents() {
            let issued = services.issued(mechanism, &document).await;
            let proof = &issued["proof"];
            assert_eq!(proof["type"], "DataIntegrityProof");
            let suite = proof["cryptosuite"].as_str().unwrap();
            assert!(mechanism.starts_with(suite));
            assert_eq!(proof["proofPurpose"], "assertionMethod");
            let created = proof["created"].as_str().unwrap();
            assert!(created.ends_with('Z') && created.parse::<jiff::Timestamp>().is_ok());
            // Multibase, base 58 with the alphabet of Bitcoin (VC Data Integrity, section 2.4).
            let value = proof["proofValue"]
                .as_str()
                .unwrap()
                .strip_prefix('z')
                .unwrap();
            assert!(value.chars().all(|one| BASE58.contains(one)));
            // One of the contexts that say what a proof is.
            let contexts = issued["@context"].as_array().unwrap();
            assert!(
                contexts
                    .iter()
                    .any(|one| one == V2 || one == DATA_INTEGRITY),
                "{issued}"
            );
            assert!(contexts.starts_with(document["@context"].as_array().unwrap()));
            services.believed(mechanism, &issued).await;
        }
    }
}

/// VC Data Integrity 1.0, section 2.1.1: the method is a Multikey of its controller.
#[tokio::test]
async fn vcdi_2_the_verification_method_leads_to_a_multikey() {
    let services = Services::open().await;
    let selective = ["ecdsa-sd-2023", "bbs-2023"];
    for mechanism in WHOLE.into_iter().chain(selective) {
        let issued = services.issued(mechanism, &documents()[0]).await;
        let method = issued["proof"]["verificationMethod"].as_str().unwrap();
        let path = |text: &str| {
            services.at_verifier(&format!("/1.0/identifiers/{}", text.replace('#', "%23")))
        };
        let member = services.get(&path(method), "application/did").await;
        let member = crate::suites::body(&member);
        assert_eq!(member["type"], "Multikey");
        assert_eq!(member["id"], method);
        assert!(
            member["publicKeyMultibase"]
                .as_str()
                .unwrap()
                .starts_with('z')
        );
        let controller = member["controller"].as_str().unwrap();
        assert_eq!(controller, issued["issuer"]);
        let document = services.get(&path(controller), "application/did").await;
        let document = crate::suites::body(&document);
        assert_eq!(document["assertionMethod"], json!([method]));
    }
}

#[tokio::test]
async fn vcdi_4_4_a_proof_that_lacks_or_contradicts_something_is_refused() {
    let services = Services::open().await;
    for mechanism in WHOLE {
        let issued = services.issued(mechanism, &documents()[0]).await;
        services.believed(mechanism, &issued).await;
        services
            .refused("no proof", &without(issued.clone(), "proof"))
            .await;
        for name in [
            "type",
            "cryptosuite",
            "verificationMethod",
            "proofPurpose",
            "proofValue",
        ] {
            let mut wrong = issued.clone();
            wrong["proof"] = without(wrong["proof"].take(), name);
            services.refused(name, &wrong).await;
        }
        let value = issued["proof"]["proofValue"].as_str().unwrap();
        for (name, wrong) in [
            ("type", json!("UnknownProofType")),
            ("type", json!("")),
            ("cryptosuite", json!("UnknownCryptosuite")),
            ("cryptosuite", json!("")),
            ("verificationMethod", json!("did:key:invalidVm")),
            ("verificationMethod", json!(null)),
            ("proofPurpose", json!("invalidPurpose")),
            ("proofPurpose", json!("authentication")),
            ("proofValue", json!(null)),
            ("proofValue", json!(value[1..])),
            ("proofValue", json!(format!("{value}{}", &value[1..33]))),
            ("proofValue", json!("zXXX")),
            ("created", json!("invalidDate")),
            ("created", json!("2023-02-27T05:03:28")),
            ("created", json!(4)),
            ("expires", json!("2023-02-27T05:03:28")),
            ("previousProof", json!("urn:uuid:nobody")),
            ("domain", json!(4)),
            ("challenge", json!(4)),
        ] {
            let mut changed = issued.clone();
            changed["proof"][name] = wrong;
            services.refused(name, &changed).await;
        }
        for wrong in [json!(null), json!([]), json!("proof"), json!([null])] {
            let mut changed = issued.clone();
            changed["proof"] = wrong;
            services.refused("proof", &changed).await;
        }
    }
}

/// The suites ask for an expectation that the interface does not define: that is said, not passed
/// over.
#[tokio::test]
async fn vcdi_4_4_an_expectation_that_is_not_understood_is_no_verdict() {
    let services = Services::open().await;
    let issued = services.issued("eddsa-rdfc-2022", &documents()[0]).await;
    let asked = json!({
        "verifiableCredential": issued,
        "options": {"checks": ["proof"], "expectedProofPurpose": "authentication"},
    });
    let answer = services
        .post(&services.at_verifier("/credentials/verify"), &asked)
        .await;
    assert_eq!(answer.status(), 400);
}

/// VC Data Integrity 1.0, section 4.3: sets and chains.
#[tokio::test]
async fn vcdi_4_3_every_previous_proof_is_there_or_the_chain_is_refused() {
    let services = Services::open().await;
    let key = SigningKey::from_secret(Algorithm::Es256, &[7; 32]).unwrap();
    let method: DidUrl = did::key::verification_method(key.public());
    let mut document = documents()[0].clone();
    document["issuer"] = method.did().to_string().into();
    let add = |document: &Value, id: &str, previous: &[&str]| {
        let previous: Vec<String> = previous.iter().map(|one| (*one).to_owned()).collect();
        let options = ProofOptions {
            id: Some(id),
            previous: &previous,
            ..ProofOptions::assertion(Cryptosuite::EcdsaRdfc2019, &method, services.now())
        };
        Value::Object(secure(object(document), &options, &key).unwrap())
    };
    let (first, second) = ("urn:uuid:1", "urn:uuid:2");
    let one = add(&document, first, &[]);
    let set = add(&one, second, &[]);
    services.believed("a set", &set).await;
    for previous in [vec![first], vec![first, second]] {
        let chain = match previous.len() {
            1 => add(&one, second, &previous),
            _ => add(&set, "urn:uuid:3", &previous),
        };
        services.believed("a chain", &chain).await;
        let mut broken = chain.clone();
        broken["proof"][0]["id"] = "urn:uuid:nobody".into();
        services
            .refused("the previous proof has another name", &broken)
            .await;
        let mut broken = chain;
        broken["proof"].as_array_mut().unwrap().remove(0);
        services
            .refused("the previous proof is gone", &broken)
            .await;
    }
}

/// vc-di-eddsa and vc-di-ecdsa, section 3: what was canonicalized or hashed otherwise fails.
#[tokio::test]
async fn vcdi_suites_a_proof_of_one_suite_is_none_of_another() {
    let services = Services::open().await;
    for (mechanism, other) in [
        ("eddsa-rdfc-2022", "eddsa-jcs-2022"),
        ("eddsa-jcs-2022", "eddsa-rdfc-2022"),
        ("ecdsa-rdfc-2019-p256", "ecdsa-jcs-2019"),
        ("ecdsa-jcs-2019-p384", "ecdsa-rdfc-2019"),
    ] {
        let mut issued = services.issued(mechanism, &documents()[0]).await;
        issued["proof"]["cryptosuite"] = other.into();
        services.refused(mechanism, &issued).await;
    }
}

const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";
