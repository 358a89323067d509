//! A certificate is a Verifiable Credential of data model 2.0, and its context document defines
//! every term that it uses.

use linked_data::{Contexts, Inline};
use netcert::{CONTEXT_DOCUMENT, CONTEXT_URL, PROFILE, SUBJECT_TYPE, Slot};
use serde_json::Value;

use crate::harness::*;

/// The rules of VCDM 2.0, sections 4.3 to 4.12, and of Data Integrity 1.0, section 2.1, as far as
/// they concern the members that are there.
fn assert_valid(credential: &Value) {
    let object = credential.as_object().unwrap();
    let known = [
        "@context",
        "type",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialSubject",
        "proof",
    ];
    assert!(object.keys().all(|name| known.contains(&name.as_str())));
    let contexts = object["@context"].as_array().unwrap();
    assert_eq!(contexts[0], "https://www.w3.org/ns/credentials/v2");
    assert!(contexts.iter().all(is_url));
    let types = object["type"].as_array().unwrap();
    assert!(types.contains(&Value::from("VerifiableCredential")) && types.len() >= 2);
    assert!(is_url(&object["issuer"]));
    let [from, until] = ["validFrom", "validUntil"].map(|member| {
        let text = object[member].as_str().unwrap();
        // xsd:dateTimeStamp: with seconds and a time zone.
        assert!(text.ends_with('Z') && text.len() == 20, "{text}");
        text.parse::<jiff::Timestamp>().unwrap()
    });
    assert!(from < until);
    let subject = object["credentialSubject"].as_object().unwrap();
    assert!(!subject.is_empty());
    assert!(!subject.contains_key("id"));
    let proof = object["proof"].as_object().unwrap();
    assert_eq!(proof["type"], "DataIntegrityProof");
    assert_eq!(proof["proofPurpose"], "assertionMethod");
    assert!(proof["cryptosuite"].is_string());
    assert!(is_url(&proof["verificationMethod"]));
    assert!(proof["proofValue"].as_str().unwrap().starts_with('u'));
}

fn is_url(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| url::Url::parse(text).is_ok())
}

#[test]
fn issued_and_derived_certificates_are_valid() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let (issued, prepared) = wallet.issued(&issuer, &person());
    assert_valid(&issued);
    let certificate = wallet.finish(&issued, &issuer.profile, &prepared).unwrap();
    for slots in [
        &[][..],
        &[Slot::AgeOver18],
        &[Slot::BirthDate, Slot::GivenName],
    ] {
        let shown = wallet.show(&certificate, slots, None);
        assert_valid(&shown.to_json(&issuer.profile).unwrap());
    }
}

#[test]
fn the_context_document_defines_every_term() {
    let document: Value = serde_json::from_str(CONTEXT_DOCUMENT).unwrap();
    let context = document["@context"].as_object().unwrap();
    assert_eq!(document.as_object().unwrap().len(), 1);
    assert_eq!(context["@version"], 1.1);
    assert_eq!(context["@protected"], true);
    assert!(context["NetCertificate"].is_string());
    let terms = context[SUBJECT_TYPE]["@context"].as_object().unwrap();
    let vocabulary = format!("{}#", CONTEXT_URL.strip_suffix("/v1").unwrap());
    for slot in Slot::ALL {
        let term = &terms[slot.name()];
        let iri = term["@id"].as_str().or_else(|| term.as_str()).unwrap();
        assert_eq!(iri, format!("{vocabulary}{}", slot.name()));
        assert_eq!(
            term["@type"].as_str() == Some("xsd:boolean"),
            slot.is_flag()
        );
    }
    let defined: Vec<&String> = terms.keys().filter(|name| !name.starts_with('@')).collect();
    assert_eq!(defined.len(), 16 + 3, "the slots, id, type and a prefix");
    assert!(PROFILE.contains("-v1+"));
}

/// Our context goes with the base context, whose terms are protected, and leaves nothing undefined:
/// the processor refuses both.
#[test]
fn a_json_ld_processor_understands_every_member() {
    let contexts = Contexts::with([(CONTEXT_URL, CONTEXT_DOCUMENT.as_bytes())]).unwrap();
    let expand =
        |document: &Value| contexts.expand(document.as_object().unwrap(), Inline::OwnNames);
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let (issued, _) = wallet.issued(&issuer, &person());
    let statements = expand(&issued).unwrap();
    let quads = statements.quads().iter();
    let predicates: Vec<&str> = quads.map(|quad| &*quad.predicate).collect();
    for slot in Slot::ALL {
        let iri = format!("<https://pessoa.id/ns/net-certificate#{}>", slot.name());
        let said = predicates.contains(&iri.as_str());
        let absent = person().get(slot) == &netcert::SlotValue::Absent;
        assert_eq!(said, !absent, "{slot}");
    }
    let mut undefined = issued.clone();
    undefined["credentialSubject"]["shoe_size"] = 39.into();
    assert!(expand(&undefined).is_err());
    // A slot outside of a subject of our type means nothing.
    let mut elsewhere = issued;
    elsewhere["credentialSubject"]["type"] = "VerifiableCredential".into();
    assert!(expand(&elsewhere).is_err());
}
