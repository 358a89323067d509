use credential::{JsonSchema, KnownResources};
use inspect::{Code, Entry, Kind, Known, Shown, Title, Verdict};
use keys::base64url;
use serde_json::{Value, json};

use crate::fixture::{
    codes, credential, explain, key, ldp_vc, ldp_vc_of, ldp_vp, now, presented, sd_jwt, vc_jwt,
    vc_jwt_of,
};

fn claims(report: &inspect::Report) -> &[Entry] {
    let section = report
        .sections
        .iter()
        .find(|one| one.title == Title::Claims);
    &section.unwrap().entries
}

#[test]
fn an_sd_jwt_is_judged_claim_by_claim() {
    let report = explain(&sd_jwt());
    assert_eq!(
        (report.kind, report.verdict),
        (Kind::SdJwtVc, Verdict::Good)
    );
    let found = codes(&report);
    for code in [Code::SignatureGood, Code::DatesGood, Code::HolderBound] {
        assert!(found.contains(&code), "{found:?}");
    }
    let given = claims(&report)
        .iter()
        .find(|entry| entry.name == "given_name");
    let given = given.unwrap();
    assert!(given.disclosed && given.meaning.is_some());
    assert_eq!(given.value, Shown::Text("Erika".to_owned()));
    assert_eq!(given.pointer, "/given_name");
    let age = claims(&report)
        .iter()
        .find(|entry| entry.name == "age_over_18");
    assert!(!age.unwrap().disclosed);
}

#[test]
fn a_shown_sd_jwt_says_to_whom_and_that_its_holder_signed() {
    let report = explain(&presented());
    assert_eq!(report.kind, Kind::SdJwtPresentation);
    // Whether the question was asked just now, only who asked knows.
    assert_eq!(report.verdict, Verdict::Undecided);
    let found = codes(&report);
    assert!(found.contains(&Code::HolderSignature) && found.contains(&Code::SignatureGood));
    assert!(
        !claims(&report)
            .iter()
            .any(|entry| entry.name == "family_name")
    );
    let text = serde_json::to_string(&report).unwrap();
    assert!(text.contains("https://shop.example") && !text.contains("Mustermann"));
}

#[test]
fn one_changed_letter_is_found() {
    for (good, kind) in [(vc_jwt(), Kind::VcJwt), (sd_jwt(), Kind::SdJwtVc)] {
        let signature = good.split('~').next().unwrap().rfind('.').unwrap() + 5;
        let mut bytes = good.into_bytes();
        bytes[signature] = if bytes[signature] == b'A' { b'B' } else { b'A' };
        let report = explain(std::str::from_utf8(&bytes).unwrap());
        assert_eq!((report.kind, report.verdict), (kind, Verdict::Bad));
        assert!(codes(&report).contains(&Code::SignatureBad));
    }
    let mut changed = ldp_vc();
    changed["credentialSubject"]["name"] = json!("Erika Musterfrau");
    let report = explain(&Value::Object(changed).to_string());
    assert_eq!((report.kind, report.verdict), (Kind::LdpVc, Verdict::Bad));
    assert!(codes(&report).contains(&Code::SignatureBad));
}

#[test]
fn a_token_may_be_broken_into_lines() {
    let token = vc_jwt();
    let (one, two) = token.split_at(40);
    let report = explain(&format!("  {one}\n  {two}\n"));
    assert_eq!((report.kind, report.verdict), (Kind::VcJwt, Verdict::Good));
}

#[test]
fn times_are_told() {
    let expired = inspect::Known::at("2031-01-01T00:00:00Z".parse().unwrap());
    for text in [vc_jwt(), Value::Object(ldp_vc()).to_string()] {
        let report = inspect::inspect(&text, &expired);
        assert_eq!(report.verdict, Verdict::Bad);
        let found = codes(&report);
        // The signature is still genuine, and that is said, too.
        assert!(found.contains(&Code::Expired) && found.contains(&Code::SignatureGood));
    }
}

#[test]
fn what_breaks_the_data_model_is_pointed_at() {
    let mut broken = credential();
    broken.insert("validFrom".to_owned(), json!("yesterday"));
    let issuer = key(1);
    let header = json!({
        "alg": "EdDSA",
        "typ": "vc+jwt",
        "kid": crate::fixture::method(&issuer).to_string(),
    });
    let payload = serde_json::to_vec(&broken).unwrap();
    let report = explain(&keys::jws::sign(&header, &payload, &issuer).unwrap());
    let fault = report
        .findings
        .iter()
        .find(|finding| finding.code == Code::DataModel);
    assert_eq!(fault.unwrap().pointer.as_deref(), Some("/validFrom"));
    assert_eq!(report.verdict, Verdict::Bad);
}

#[test]
fn a_presentation_holds_its_credentials() {
    let report = explain(&Value::Object(ldp_vp()).to_string());
    assert_eq!(report.kind, Kind::LdpVp);
    assert!(codes(&report).contains(&Code::SignatureGood));
    assert_eq!(report.inside.len(), 1);
    assert_eq!(
        (report.inside[0].kind, report.inside[0].verdict),
        (Kind::LdpVc, Verdict::Good)
    );
    let mut changed = ldp_vp();
    changed["proof"]["challenge"] = json!("abd");
    let report = explain(&Value::Object(changed).to_string());
    assert!(codes(&report).contains(&Code::SignatureBad));
    // Good or bad, what is inside counts.
    let mut changed = ldp_vp();
    changed["verifiableCredential"][0]["credentialSubject"]["name"] = json!("x");
    let report = explain(&Value::Object(changed).to_string());
    assert_eq!(report.inside[0].verdict, Verdict::Bad);
    assert_eq!(report.verdict, Verdict::Bad);
}

#[test]
fn an_envelope_is_opened() {
    let url = format!("data:application/vc+jwt,{}", vc_jwt());
    let object = json!({
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiableCredential",
        "id": url,
    });
    for text in [url, object.to_string()] {
        let report = explain(&text);
        assert_eq!(report.kind, Kind::CredentialEnvelope);
        assert_eq!(report.verdict, Verdict::Good);
        assert_eq!(report.inside[0].kind, Kind::VcJwt);
    }
}

#[test]
fn nobody_vouches_for_what_nobody_signed() {
    let report = explain(&Value::Object(credential()).to_string());
    assert_eq!(
        (report.kind, report.verdict),
        (Kind::UnsignedCredential, Verdict::Undecided)
    );
    assert!(codes(&report).contains(&Code::NotSigned));
    let header = base64url::encode(br#"{"alg":"none","typ":"vc+jwt"}"#);
    let payload = base64url::encode(Value::Object(credential()).to_string());
    let report = explain(&format!("{header}.{payload}."));
    assert_eq!(report.verdict, Verdict::Bad);
}

#[test]
fn a_key_that_is_elsewhere_is_named_and_not_fetched() {
    let mut credential = credential();
    credential.insert("issuer".to_owned(), json!("did:web:issuer.example"));
    let header = json!({"alg": "EdDSA", "typ": "vc+jwt", "kid": "did:web:issuer.example#key-1"});
    let payload = Value::Object(credential).to_string();
    let token = keys::jws::sign(&header, payload.as_bytes(), &key(1)).unwrap();
    let report = explain(&token);
    assert_eq!(report.verdict, Verdict::Undecided);
    assert!(codes(&report).contains(&Code::KeyElsewhere));
    // With its document at hand it is judged.
    let did = did::Did::parse("did:web:issuer.example").unwrap();
    let public = key(1).public().clone();
    let document = did::web::document(&did, &[("key-1", public)]).unwrap();
    let known = inspect::Known::at(crate::fixture::now()).document(document);
    assert_eq!(inspect::inspect(&token, &known).verdict, Verdict::Good);
}

/// What services answer as a warning is named here, too; and what is at hand is held against it.
#[test]
fn what_a_credential_refers_to_is_held_against_it_or_named() {
    let (schema, logo) = (
        "https://issuer.example/person.json",
        "https://issuer.example/logo.png",
    );
    let mut referring = credential();
    let digest = "sha384-S57yQDg1MTzF56Oi9DbSQ14u7jBy0RDdx0YbeV7shwhCS88G8SCXeFq82PafhCrW";
    referring.insert(
        "relatedResource".to_owned(),
        json!([{"id": logo, "digestSRI": digest}]),
    );
    referring.insert(
        "credentialSchema".to_owned(),
        json!({"id": schema, "type": "JsonSchema"}),
    );
    let texts = [
        vc_jwt_of(referring.clone()),
        Value::Object(ldp_vc_of(referring.clone())).to_string(),
        Value::Object(referring).to_string(),
    ];
    let known = |asked: &str| {
        let properties = json!({"credentialSubject": {"required": [asked]}});
        let content = json!({"$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": schema, "properties": properties});
        let content = content.to_string();
        let parsed = JsonSchema::parse(content.as_bytes()).unwrap();
        let resources = KnownResources::default().with_schema(schema, parsed, content.into());
        Known::at(now()).resources(resources.into())
    };
    for text in texts {
        for (known, named, refused) in [
            (Known::at(now()), vec![logo, schema], false),
            (known("name"), vec![logo], false),
            (known("birthDate"), vec![], true),
        ] {
            let report = inspect::inspect(&text, &known);
            let found = report.findings.iter();
            let found = found.filter(|finding| finding.code == Code::RefersTo);
            let found: Vec<&str> = found.map(|finding| &*finding.values["id"]).collect();
            assert_eq!(found, named, "{text}");
            assert_eq!(codes(&report).contains(&Code::Refused), refused, "{text}");
            assert_ne!(report.verdict, Verdict::Good);
        }
    }
}
