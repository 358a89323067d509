//! What a resolver answers: identifiers, forms, parts of documents, failures.
use did::resolver::{Asked, Begun, Content, Failure, Representation, begin, read};
use did::{Did, key as did_key};
use keys::{Algorithm, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A did:web's document with a service and a relative name.
fn document() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": "did:web:a.example",
        "alsoKnownAs": ["https://a.example"],
        "verificationMethod": [{"id": "did:web:a.example#one", "type": "Multikey",
            "controller": "did:web:a.example", "publicKeyMultibase": "z6Mk"}],
        "authentication": [{"id": "#two", "type": "Multikey", "controller": "did:web:a.example"}],
        "service": [
            {"id": "#files", "type": "Files", "serviceEndpoint": "https://files.example/a/b"},
            {"id": "#many", "type": "Files", "serviceEndpoint": ["https://files.example"]},
        ],
    })
}

fn asked(identifier: &str, query: Option<&str>) -> Result<Content, Failure> {
    Asked::parse(identifier, query)?.dereference(&document())
}

#[test]
fn parts_are_found_by_their_names() {
    let whole = asked("did:web:a.example", None).unwrap();
    assert_eq!(whole, Content::Document(document()));
    let one = asked("did:web:a.example#one", None).unwrap();
    assert_eq!(
        one,
        Content::Member(document()["verificationMethod"][0].clone())
    );
    let two = asked("did:web:a.example#two", None).unwrap();
    assert_eq!(
        two,
        Content::Member(document()["authentication"][0].clone())
    );
    let service = asked("did:web:a.example#files", None).unwrap();
    assert_eq!(service, Content::Member(document()["service"][0].clone()));
    for (identifier, query, url) in [
        (
            "did:web:a.example?service=files",
            None,
            "https://files.example/a/b",
        ),
        (
            "did:web:a.example",
            Some("service=files&relativeRef=c%3Fd"),
            "https://files.example/a/c?d",
        ),
        (
            "did:web:a.example?service=files#x",
            None,
            "https://files.example/a/b#x",
        ),
    ] {
        let found = asked(identifier, query).unwrap();
        assert_eq!(
            found,
            Content::Endpoint(url.parse().unwrap()),
            "{identifier}"
        );
    }
}

#[test]
fn what_cannot_be_found_says_why() {
    for (identifier, query, failure, status) in [
        ("", None, Failure::InvalidDid, 400),
        ("did:", None, Failure::InvalidDid, 400),
        ("did:web:", None, Failure::InvalidDid, 400),
        ("did:web:a.example#a#b", None, Failure::InvalidDidUrl, 400),
        ("did:web:a.example#", None, Failure::InvalidDidUrl, 400),
        (
            "did:web:a.example",
            Some("relativeRef=a"),
            Failure::InvalidDidUrl,
            400,
        ),
        ("did:web:a.example/path", None, Failure::NotFound, 404),
        ("did:web:a.example#three", None, Failure::NotFound, 404),
        (
            "did:web:a.example?service=three",
            None,
            Failure::NotFound,
            404,
        ),
        (
            "did:web:a.example?service=many",
            None,
            Failure::FeatureNotSupported,
            501,
        ),
        (
            "did:web:a.example?versionId=1",
            None,
            Failure::FeatureNotSupported,
            501,
        ),
        ("did:example:123", None, Failure::MethodNotSupported, 501),
    ] {
        assert_eq!(
            asked(identifier, query),
            Err(failure),
            "{identifier} {query:?}"
        );
        assert_eq!(failure.status(), status);
    }
}

#[test]
fn keys_need_nobody_and_the_web_is_fetched() {
    let key = SigningKey::from_secret(Algorithm::EdDsa, &[1; 32]).unwrap();
    let did = did_key::did(key.public());
    let Ok(Begun::Here(document)) = begin(&did, false) else {
        unreachable!()
    };
    assert_eq!(document["id"], did.as_str());
    let begun = |text: &str| begin(&Did::parse(text).unwrap(), false);
    assert!(matches!(begun("did:web:a.example"), Ok(Begun::Fetch(_))));
    for (did, failure) in [
        ("did:web:127.0.0.1", Failure::NotFound),
        ("did:key:x", Failure::InvalidDid),
        ("did:jwk:e30", Failure::FeatureNotSupported),
        // secp256k1
        (
            "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
            Failure::FeatureNotSupported,
        ),
    ] {
        assert_eq!(begun(did).unwrap_err(), failure, "{did}");
    }
}

#[test]
fn a_fetched_document_keeps_its_members_and_belongs_to_its_did() {
    let did = Did::parse("did:web:a.example").unwrap();
    let bytes = document().to_string();
    assert_eq!(read(bytes.as_bytes(), &did), Ok(document()));
    for wrong in ["", "[]", r#"{"id":"did:web:b.example"}"#] {
        assert_eq!(
            read(wrong.as_bytes(), &did),
            Err(Failure::InvalidDidDocument)
        );
    }
}

#[test]
fn the_form_is_the_one_that_the_caller_likes_best() {
    use Representation::{OlderResult, Plain, Result};
    let older = r#"application/ld+json;profile="https://w3id.org/did-resolution""#;
    for (accept, form) in [
        (None, Result("application/did-resolution")),
        (Some("*/*"), Result("application/did-resolution")),
        (
            Some("application/did-resolution"),
            Result("application/did-resolution"),
        ),
        (Some("application/did"), Plain("application/did")),
        (Some("APPLICATION/DID+JSON"), Plain("application/did+json")),
        (
            Some("text/html, application/did+ld+json;q=0.5, */*;q=0.1"),
            Plain("application/did+ld+json"),
        ),
        (
            Some("application/did;q=0.2, application/did-resolution;q=0.3"),
            Result("application/did-resolution"),
        ),
        (Some("application/ld+json"), Plain("application/ld+json")),
        (Some(older), OlderResult),
    ] {
        assert_eq!(Representation::negotiate(accept), Ok(form), "{accept:?}");
    }
    for none in [
        "text/html",
        "application/did;q=0",
        "application/did;q=many",
        "application/cbor,",
    ] {
        let refused = Representation::negotiate(Some(none)).unwrap_err();
        assert_eq!(refused, Failure::RepresentationNotSupported, "{none}");
        assert_eq!(refused.status(), 406);
    }
}

#[test]
fn answers_and_failures_are_written_as_each_caller_reads_them() {
    let whole = Asked::parse("did:web:a.example", None).unwrap();
    let part = Asked::parse("did:web:a.example#one", None).unwrap();
    let form = Representation::Result("application/did-resolution");
    let content = whole.dereference(&document()).unwrap();
    assert_eq!(
        form.write(&whole, &content),
        json!({"didDocument": document(), "didDocumentMetadata": {},
            "didResolutionMetadata": {"contentType": "application/did"}})
    );
    let member = part.dereference(&document()).unwrap();
    let written = form.write(&part, &member);
    assert_eq!(written["content"], document()["verificationMethod"][0]);
    assert_eq!(
        written["dereferencingMetadata"]["contentType"],
        "application/did"
    );
    assert_eq!(
        Representation::Plain("application/did").write(&whole, &content),
        document()
    );

    let failure = form.write_failure(None, Failure::InvalidDid);
    assert_eq!(
        failure["didResolutionMetadata"]["error"]["type"],
        "https://www.w3.org/ns/did#INVALID_DID"
    );
    assert_eq!(failure["didDocument"], Value::Null);
    let older = Representation::OlderResult.write_failure(None, Failure::MethodNotSupported);
    assert_eq!(
        older["didResolutionMetadata"]["error"],
        "methodNotSupported"
    );
    assert_eq!(older["@context"], "https://w3id.org/did-resolution/v1");
    let gone = form.write_failure(Some(&whole), Failure::Deactivated);
    assert_eq!(gone["didDocumentMetadata"], json!({"deactivated": true}));
    assert_eq!(gone["didResolutionMetadata"], json!({}));
    assert_eq!(Failure::Deactivated.status(), 410);
}

proptest! {
    #[test]
    fn noise_is_answered(text in ".{0,60}", query in ".{0,40}", accept in ".{0,60}") {
        if let Ok(asked) = Asked::parse(&text, Some(&query)) {
            let _ = asked.dereference(&document());
        }
        let _ = Asked::parse(&format!("did:web:a.example{text}"), Some(&query))
            .and_then(|asked| asked.dereference(&document()));
        let _ = Representation::negotiate(Some(&accept));
    }
}

#[test]
fn a_key_has_one_document_at_all_times() {
    let did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let at = |did: &str, time: &str| {
        let asked = Asked::parse(did, Some(&format!("versionTime={time}")));
        asked.map(|asked| asked.is_did())
    };
    for time in ["2025-10-07T14:30:00Z", "2024-02-29T23:59:59Z"] {
        assert_eq!(at(did, time), Ok(true), "{time}");
        let web = at("did:web:example.com", time);
        assert_eq!(web, Err(Failure::FeatureNotSupported));
    }
    for time in [
        "",
        "2025-10-07",
        "2025-10-07 12:30:45",
        "2025-13-07T12:30:45Z",
        "2025-02-29T12:30:45Z",
        "2025-10-07T24:00:00Z",
        "2025-10-07T12:30:60Z",
        "2025-10-07T00:00:00",
        "2025-10-07T00:00:00.123Z",
        "2025-10-07T00:00:00%2B02:00",
        "2025-10-07T00:00:0é",
    ] {
        assert_eq!(at(did, time), Err(Failure::InvalidDidUrl), "{time}");
        let web = at("did:web:example.com", time);
        assert_eq!(web, Err(Failure::InvalidDidUrl));
    }
}
