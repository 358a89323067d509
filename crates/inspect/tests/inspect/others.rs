use inspect::{Code, Kind, Verdict};
use keys::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::fixture::{codes, did, explain, key, method};

#[test]
fn identifiers_and_keys_are_recognised() {
    let key = key(1);
    let document = did::key::document(method(&key).did()).unwrap();
    let document = serde_json::to_string(&document).unwrap();
    let jwk = serde_json::to_value(key.public().jwk()).unwrap();
    for (text, kind) in [
        (did(&key), Kind::Did),
        (method(&key).to_string(), Kind::Did),
        (did::jwk::did(key.public()).to_string(), Kind::Did),
        (document, Kind::DidDocument),
        (jwk.to_string(), Kind::Jwk),
        (json!({ "keys": [jwk] }).to_string(), Kind::Jwks),
        (key.public().multikey(), Kind::Multikey),
    ] {
        let report = explain(&text);
        assert_eq!(
            (report.kind, report.verdict),
            (kind, Verdict::Good),
            "{text}"
        );
    }
    let report = explain("did:web:id.example");
    assert_eq!(report.verdict, Verdict::Undecided);
    assert_eq!(
        report.findings[0].values["place"],
        "https://id.example/.well-known/did.json"
    );
    let report = explain("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWq");
    assert_eq!(report.verdict, Verdict::Bad);
}

/// A vector of `netcert`.
fn vector(name: &str) -> Value {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../netcert/tests/vectors/net-certificate-v1"
    );
    let json = std::fs::read(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_slice(&json).unwrap()
}

#[test]
fn net_certificates_and_what_is_shown_of_them_are_told_apart() {
    let issued = explain(&vector("certificate")["credential"].to_string());
    assert_eq!(issued.kind, Kind::NetCertificate);
    assert!(codes(&issued).contains(&Code::OnlyItsWallet));
    let vector = vector("presentation_with_pseudonym");
    let shown = explain(&vector["presentation"].to_string());
    assert_eq!(shown.kind, Kind::NetPresentation);
    assert!(codes(&shown).contains(&Code::RequestNeeded));
    let cbor = vector["cbor"].as_str().unwrap();
    let bytes: Vec<u8> = (0..cbor.len() / 2)
        .map(|at| u8::from_str_radix(&cbor[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let text = openid4vp::door::to_qr_text(&bytes);
    let door = explain(&text);
    assert_eq!(
        (door.kind, door.verdict),
        (Kind::DoorAnswer, Verdict::Undecided)
    );
    let json = serde_json::to_string(&door).unwrap();
    assert!(
        json.contains("nn1 ") && json.contains("age_over_18"),
        "{json}"
    );
    assert_eq!(explain(&text[..text.len() - 3]).verdict, Verdict::Bad);
}

#[test]
fn a_net_number_and_its_typing_mistakes_are_recognised() {
    for good in [
        "nn187xyrhnnrdgdme37nptr3p4ya4",
        "NN1 87XY rhnn rdgd me37 nptr 3p4 ya4",
    ] {
        let report = explain(good);
        assert_eq!(
            (report.kind, report.verdict),
            (Kind::NetNumber, Verdict::Good)
        );
    }
    let report = explain("nn1 87xy rhnn rdgd me37 nptr 3p4 ya5");
    assert_eq!(
        (report.kind, report.verdict),
        (Kind::NetNumber, Verdict::Bad)
    );
    let typo = &report.findings[0];
    assert_eq!(typo.code, Code::Typo);
    assert_eq!(
        typo.values["number"],
        "nn1 87xy rhnn rdgd me37 nptr 3p4 ya4"
    );
    assert_eq!(codes(&explain("nn1 xxxx xxxx")), [Code::Typos]);
}

#[test]
fn nothing_is_nothing() {
    for text in [
        "",
        "   \n ",
        "hello there",
        "{}",
        "[1,2]",
        "null",
        "http://a.example/",
        "{",
    ] {
        let report = explain(text);
        assert_ne!(report.verdict, Verdict::Good, "{text}");
        assert!(
            matches!(report.kind, Kind::Unrecognised | Kind::Json),
            "{text}"
        );
    }
    let duplicate = explain(r#"{"type": "VerifiableCredential", "type": "x"}"#);
    assert!(codes(&duplicate).contains(&Code::Json));
}

#[test]
fn secrets_are_recognised_and_never_repeated() {
    let key = SigningKey::from_secret(Algorithm::EdDsa, &[9; 32]).unwrap();
    let words = keys::seed::Seed::from_entropy(&[7; 32]).words().to_string();
    let d = keys::base64url::encode([9; 32]);
    let mut jwk = serde_json::to_value(key.public().jwk()).unwrap();
    jwk["d"] = json!(d);
    let multikey = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----";
    let method =
        json!({"id": "did:example:1#k", "secretKeyJwk": jwk, "secretKeyMultibase": multikey});
    for (text, secret) in [
        (jwk.to_string(), d.as_str()),
        (json!({ "keys": [jwk] }).to_string(), &d),
        (method.to_string(), &d),
        (method.to_string(), multikey),
        (words.clone(), &words),
        (json!({ "a": [words] }).to_string(), &words),
        (multikey.to_owned(), multikey),
        (pem.to_owned(), "MC4CAQAwBQYDK2VwBCIE"),
        ("493536".to_owned(), "493536"),
        (
            json!({"access_token": "czZCaGRSa3F0MzpnWDFm"}).to_string(),
            "czZCaGRSa3F0",
        ),
        (json!({"tx_code": "493536"}).to_string(), "493536"),
    ] {
        let report = explain(&text);
        assert_eq!(report.verdict, Verdict::Secret, "{text}");
        let json = serde_json::to_string(&report).unwrap();
        assert!(!json.contains(secret), "{json}");
        let catalogue = catalogue::Catalogue::new(catalogue::Language::English);
        assert!(!report.words(&catalogue).contains(secret));
    }
}
