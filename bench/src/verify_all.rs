//! Many `vc+jwt` Credentials verified together, each by Ed25519, held against one by one.

use credential::data_integrity::Leniency;
use credential::{Format, IssuerKey, KeyReference, UnverifiedCredential, vc_jwt, verify_all};
use keys::{Algorithm, SigningKey};
use rand_core::UnwrapErr;
use serde_json::json;

use crate::fixture::{now, ten_claims};
use crate::harness::{Row, against, work};

pub fn rows() -> Vec<Row> {
    vec![
        row("vc+jwt EdDSA: verify 256 together, one issuer", 256, 1),
        row("vc+jwt EdDSA: verify 256 together, 256 issuers", 256, 256),
        row("vc+jwt EdDSA: verify 1,024 together, 16 issuers", 1024, 16),
    ]
}

fn row(name: &'static str, count: usize, issuers: usize) -> Row {
    let (texts, evidence) = signed(count, issuers);
    let (alone, known) = (texts.clone(), evidence.clone());
    Row {
        name,
        ours: work(move || {
            let all = texts.iter().map(|text| parse(text)).collect();
            let mut rng = UnwrapErr(getrandom::SysRng);
            let results = verify_all(all, &evidence, Leniency::None, now(), &mut rng);
            assert!(results.iter().all(Result::is_ok));
        }),
        raw: None,
        peers: vec![
            against("the same one by one", move || {
                for (place, text) in alone.iter().enumerate() {
                    let issuer = &known[place % issuers];
                    parse(text).verify(issuer, now()).expect("valid");
                }
            }),
            raw(count),
        ],
    }
}

/// As many signatures of the same length, by ed25519-dalek, strictly.
fn raw(count: usize) -> crate::harness::Against {
    use ed25519_dalek::Signer as _;
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let message = vec![b'x'; 900];
    let (signature, public) = (key.sign(&message), key.verifying_key());
    against("ed25519-dalek verify_strict, as often", move || {
        for _ in 0..count {
            public.verify_strict(&message, &signature).expect("valid");
        }
    })
}

fn signed(count: usize, issuers: usize) -> (Vec<String>, Vec<IssuerKey>) {
    let keys: Vec<SigningKey> = (0..issuers)
        .map(|number| {
            let mut seed = [7; 32];
            seed[..8].copy_from_slice(&number.to_le_bytes());
            SigningKey::from_secret(Algorithm::EdDsa, &seed).expect("a key")
        })
        .collect();
    let texts: Vec<String> = (0..count)
        .map(|number| issue(&keys[number % issuers], number))
        .collect();
    let evidence = texts.iter().take(issuers).map(|text| {
        let source = parse(text).key_source().expect("a source");
        let did = did::Did::parse(&source.issuer()).expect("a DID");
        let document = did::key::document(&did).expect("a document");
        IssuerKey::from_did_document(&source, &document).expect("a key")
    });
    let evidence = evidence.collect();
    (texts, evidence)
}

fn issue(key: &SigningKey, number: usize) -> String {
    let method = did::key::verification_method(key.public());
    let mut subject = ten_claims();
    subject.insert("id".to_owned(), json!(format!("urn:example:{number}")));
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": method.did(),
        "credentialSubject": subject,
    });
    let serde_json::Value::Object(credential) = credential else {
        panic!("an object")
    };
    vc_jwt::Issuance {
        credential,
        holder: None,
        status: None,
        key_reference: &KeyReference::KeyId(method.to_string()),
    }
    .sign(key)
    .expect("signed")
}

fn parse(text: &str) -> UnverifiedCredential {
    UnverifiedCredential::parse(Format::JwtVcJson, text).expect("a credential")
}
