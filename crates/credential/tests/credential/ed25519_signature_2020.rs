//! `Ed25519Signature2020`, which is verified and not issued: its published vectors, through the one
//! door and by their mechanism's name.

use credential::data_integrity::{Leniency, ProofFault};
use credential::mechanism::{
    Expected, IssueOptions, Mechanism, MechanismError, MechanismKey, ProblemKind, Unverified,
};
use credential::{Credential, Format, IssuerKey, UnverifiedCredential, VerificationError};
use did::Did;
use keys::KeyKind;
use serde_json::{Value, json};

use crate::parties::{now, object, rng};

#[test]
fn the_published_credential_goes_through_the_door() {
    let (signed, unsigned) = (published(), file("unsigned.json"));
    let credential = verify(&signed, Leniency::TestSuites).unwrap();
    // The suite's context is all that signing added.
    let mut claims = Value::Object(credential.claims);
    let contexts = claims["@context"].as_array_mut().unwrap();
    let suite = "https://w3id.org/security/suites/ed25519-2020/v1";
    assert_eq!(contexts.pop(), Some(json!(suite)));
    assert_eq!(claims, unsigned);
    assert_eq!(credential.issuer, "https://vc.example/issuers/5678");
    // Its key is not the issuer's.
    assert_eq!(
        verify(&signed, Leniency::None).unwrap_err(),
        ProofFault::Controller.into()
    );
}

#[test]
fn no_part_of_the_published_credential_can_be_changed() {
    let signed = published();
    let claims = verify(&signed, Leniency::TestSuites).unwrap().claims;
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut changed = signed.clone();
        change(&mut changed);
        assert!(verify(&changed, Leniency::TestSuites).is_err(), "{changed}");
    };
    for member in ["id", "type", "name", "description", "issuer", "validFrom"] {
        refused(&|document| {
            document.as_object_mut().unwrap().remove(member);
        });
    }
    for member in [
        "created",
        "verificationMethod",
        "proofPurpose",
        "proofValue",
        "type",
    ] {
        refused(&|document| {
            document["proof"].as_object_mut().unwrap().remove(member);
        });
    }
    refused(&|document| document["credentialSubject"]["alumniOf"] = json!("another"));
    refused(&|document| document["proof"]["created"] = json!("2023-02-24T23:36:39Z"));
    refused(&|document| document["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022"));
    refused(&|document| document["proof"]["type"] = json!("DataIntegrityProof"));
    let text = signed.to_string();
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let changed = String::from_utf8(bytes).unwrap();
        if let Ok(believed) = verify_text(&changed, Leniency::TestSuites) {
            assert_eq!(believed.claims, claims, "{at}: {changed}");
        }
    }
}

#[test]
fn the_mechanism_is_recognized_and_issues_nothing() {
    let signed = published();
    let judge = |leniency| {
        let unverified = Unverified::from_value(signed.clone()).unwrap();
        assert_eq!(unverified.mechanisms(), [Mechanism::Ed25519Signature2020]);
        unverified.verify(&[], &Expected::default(), leniency, now())
    };
    assert!(judge(Leniency::TestSuites).is_verified());
    assert_eq!(
        judge(Leniency::None).problems[0].kind,
        ProblemKind::ProofVerification
    );
    let key = MechanismKey::from_secret(KeyKind::Ed25519, &[7; 32]).unwrap();
    let method = key.verification_method().unwrap();
    let options = IssueOptions {
        verification_method: &method,
        created: None,
        mandatory: &[],
    };
    let unsigned = object(file("unsigned.json"));
    let issued = Mechanism::Ed25519Signature2020.issue(unsigned, &key, &options, &mut rng());
    assert_eq!(issued.unwrap_err(), MechanismError::Unsupported);
}

fn verify(document: &Value, leniency: Leniency) -> Result<Credential, VerificationError> {
    verify_text(&document.to_string(), leniency)
}

fn verify_text(text: &str, leniency: Leniency) -> Result<Credential, VerificationError> {
    let unverified = UnverifiedCredential::parse(Format::LdpVc, text)?;
    let evidence: Vec<IssuerKey> = unverified
        .key_sources()?
        .iter()
        .filter_map(|source| {
            let did = Did::parse(&source.issuer()).ok()?;
            IssuerKey::from_did_document(source, &did::key::document(&did).ok()?).ok()
        })
        .collect();
    let verified = unverified.verify_with(&evidence, leniency, now())?;
    Ok(verified.into_inner())
}

fn published() -> Value {
    file("Ed25519Signature2020/signedEdSig.json")
}

fn file(name: &str) -> Value {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/w3c-vc-di-eddsa/"
    );
    let text = std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    serde_json::from_str(&text).unwrap()
}
