//! Data Integrity proofs: ours against raw signatures, ssi, affinidi and Digital Bazaar's library, on
//! credentials of ten claims.
//!
//! Before anything is measured, each side verifies what the other one issued.

use affinidi_data_integrity::crypto_suites::CryptoSuite;
use credential::data_integrity::{Cryptosuite, ProofOptions, issue};
use credential::mechanism::MechanismKey;
use credential::{Format, IssuerKey, UnverifiedCredential, VerificationError};
use did::{DidUrl, Resolution};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use crate::affinidi::Affinidi;
use crate::digital_bazaar::DigitalBazaar;
use crate::fixture::{key, now, ten_claims};
use crate::harness::{Against, Row, against, work};
use crate::ssi::Ssi;

pub fn rows(bazaar: &DigitalBazaar) -> Vec<Row> {
    let suite = |suite, names, rival, target| {
        Suite {
            suite,
            names,
            rival,
            target,
        }
        .rows(bazaar)
    };
    [
        suite(
            Cryptosuite::EddsaRdfc2022,
            ["eddsa-rdfc-2022 issue", "eddsa-rdfc-2022 verify"],
            Rival::Ssi,
            [0.2, 0.2],
        ),
        suite(
            Cryptosuite::EddsaJcs2022,
            ["eddsa-jcs-2022 issue", "eddsa-jcs-2022 verify"],
            Rival::Affinidi,
            [0.4, 0.7],
        ),
        suite(
            Cryptosuite::EcdsaRdfc2019,
            ["ecdsa-rdfc-2019 issue", "ecdsa-rdfc-2019 verify"],
            Rival::Ssi,
            [0.1, 0.2],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Suite {
    suite: Cryptosuite,
    names: [&'static str; 2],
    /// Who else has this suite.
    rival: Rival,
    target: [f64; 2],
}

enum Rival {
    Affinidi,
    Ssi,
}

impl Suite {
    fn rows(self, bazaar: &DigitalBazaar) -> Vec<Row> {
        let algorithm = match self.suite.takes(Algorithm::EdDsa) {
            true => Algorithm::EdDsa,
            false => Algorithm::Es256,
        };
        let signing = key(algorithm);
        let method = did::key::verification_method(signing.public());
        let document = document(&method, ten_claims());
        let text = issued(&document, self.suite, &method, &signing);
        verify(&text).expect("valid");

        let message = [7_u8; 64];
        let raw_sign = {
            let signing =
                SigningKey::from_secret(algorithm, &signing.expose_secret()).expect("a key");
            against("raw signature", move || {
                signing.sign(&message).expect("signed")
            })
        };
        let raw_verify = {
            let signature = signing.sign(&message).expect("signed");
            let public = signing.public().clone();
            against("raw verification", move || {
                public.verify(&message, &signature).expect("valid");
            })
        };
        let [issue_peer, verify_peer] = match self.rival {
            Rival::Affinidi => by_affinidi(&document, &method, &signing, &text),
            Rival::Ssi => by_ssi(&document, &method, &signing, &text),
        };
        let [issue_bazaar, verify_bazaar] =
            by_digital_bazaar(bazaar, self.suite, &document, &signing, &text);
        let suite = self.suite;
        let ours = work(move || issued(&document, suite, &method, &signing));
        vec![
            Row {
                name: self.names[0],
                ours,
                raw: Some(raw_sign.at_least(self.target[0])),
                peers: vec![issue_peer, issue_bazaar],
            },
            Row {
                name: self.names[1],
                ours: work(move || verify(&text).expect("valid")),
                raw: Some(raw_verify.at_least(self.target[1])),
                peers: vec![verify_peer, verify_bazaar],
            },
        ]
    }
}

/// Each believes the other.
fn by_ssi(
    document: &Map<String, Value>,
    method: &DidUrl,
    signing: &SigningKey,
    ours: &str,
) -> [Against; 2] {
    let new = || Ssi::new(document, method, &mechanism_key(signing), ours);
    let (issuing, verifying) = (new(), new());
    verify(&issuing.issue(&[])).expect("valid");
    let ours = ours.to_owned();
    assert!(verifying.verify(&ours));
    [
        against("ssi 0.16", move || issuing.issue(&[])).at_least(6.0),
        against("ssi 0.16", move || assert!(verifying.verify(&ours))).at_least(6.0),
    ]
}

/// Each believes the other.
fn by_affinidi(
    document: &Map<String, Value>,
    method: &DidUrl,
    signing: &SigningKey,
    ours: &str,
) -> [Against; 2] {
    let new = || Affinidi::new(method, signing, CryptoSuite::EddsaJcs2022);
    let (issuing, verifying) = (new(), new());
    verify(&issuing.issue(document)).expect("valid");
    let (document, ours) = (document.clone(), ours.to_owned());
    [
        against("affinidi-data-integrity 0.8", move || {
            issuing.issue(&document)
        }),
        against("affinidi-data-integrity 0.8", move || {
            verifying.verify(&ours).expect("valid");
        }),
    ]
}

/// Each believes the other.
fn by_digital_bazaar(
    bazaar: &DigitalBazaar,
    suite: Cryptosuite,
    document: &Map<String, Value>,
    signing: &SigningKey,
    ours: &str,
) -> [Against; 2] {
    let issuing = bazaar.issue(suite.name(), document, &mechanism_key(signing), &[]);
    let verifying = bazaar.verify(suite.name(), ours);
    if bazaar.absence().is_none() {
        verify(&issuing.once().expect("issued")).expect("valid");
        verifying.once().expect("valid");
    }
    [issuing.against(), verifying.against()]
}

/// The same key, as a mechanism takes it.
pub fn mechanism_key(signing: &SigningKey) -> MechanismKey {
    let again = SigningKey::from_secret(signing.algorithm(), &signing.expose_secret());
    MechanismKey::Signing(again.expect("a key"))
}

pub fn document(method: &DidUrl, claims: Map<String, Value>) -> Map<String, Value> {
    let mut subject = claims;
    subject.insert("id".to_owned(), "did:example:subject".into());
    let document = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": method.did(),
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": subject,
    });
    match document {
        Value::Object(members) => members,
        _ => unreachable!("it is an object"),
    }
}

pub fn issued(
    document: &Map<String, Value>,
    suite: Cryptosuite,
    method: &DidUrl,
    signing: &SigningKey,
) -> String {
    let options = ProofOptions::assertion(suite, method, now());
    let signed = issue(document.clone(), &options, signing).expect("issued");
    serde_json::to_string(&signed).expect("JSON")
}

/// From the text, with the key read from the did:key.
pub fn verify(text: &str) -> Result<(), VerificationError> {
    let unverified = UnverifiedCredential::parse(Format::LdpVc, text)?;
    let source = unverified.key_source().expect("a source");
    let did = did::Did::parse(&source.issuer()).expect("a DID");
    let Resolution::Here(document) = did::resolve(&did, false).expect("a did:key") else {
        panic!("a did:key")
    };
    let issuer = IssuerKey::from_did_document(&source, &document).expect("a key");
    unverified.verify(&issuer, now()).map(drop)
}
