//! Every mechanism: issued, derived, presented, verified, and refused by name.

mod presentations;

use std::path::{Path, PathBuf};

use credential::data_integrity::{Leniency, ProofFault};
use credential::mechanism::{
    Expected, IssueOptions, Judgement, Kind, Mechanism, MechanismError, MechanismKey,
    PresentOptions, ProblemKind, Secured, Unverified, derive,
};
use credential::{IssuerFault, KeySource};
use did::DidUrl;
use jiff::Timestamp;
use keys::{KeyError, KeyKind};
use serde_json::{Map, Value, json};

use crate::parties::rng;

const V1: &str = "https://www.w3.org/2018/credentials/v1";
const V2: &str = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";

#[test]
fn names_do_not_change() {
    let names = Mechanism::ALL.map(Mechanism::name);
    assert_eq!(
        names,
        [
            "eddsa-rdfc-2022",
            "eddsa-jcs-2022",
            "ecdsa-rdfc-2019-p256",
            "ecdsa-rdfc-2019-p384",
            "ecdsa-jcs-2019-p256",
            "ecdsa-jcs-2019-p384",
            "ecdsa-sd-2023",
            "bbs-2023",
            "Ed25519Signature2020",
            "vc-jose-eddsa",
            "vc-jose-es256",
            "vc-jose-es384",
            "vc-sd-jwt-eddsa",
            "vc-sd-jwt-es256",
            "vc-sd-jwt-es384",
        ]
    );
    for mechanism in Mechanism::ALL {
        assert_eq!(Mechanism::parse(mechanism.name()), Some(mechanism));
        assert_eq!(mechanism.to_string(), mechanism.name());
    }
    assert_eq!(Mechanism::parse("EDDSA-RDFC-2022"), None);
}

#[test]
fn keys_are_written_and_read_back() {
    for kind in [
        KeyKind::Bls12381G2,
        KeyKind::Ed25519,
        KeyKind::P256,
        KeyKind::P384,
    ] {
        let key = MechanismKey::generate(kind, &mut rng()).unwrap();
        assert_eq!(key.kind(), kind);
        let text = key.expose_secret_multikey();
        let again = MechanismKey::from_secret_multikey(&text).unwrap();
        assert_eq!(again.multikey(), key.multikey());
        assert_eq!(keys::read_multikey(&key.multikey()).unwrap().0, kind);
        assert!(!format!("{key:?}").contains(text.as_str()));
    }
    let error = MechanismKey::generate(KeyKind::X25519, &mut rng()).unwrap_err();
    assert_eq!(error, KeyError::Unusable);
    for text in ["", "z", "u123", "z6Mk", &"z1".repeat(80)] {
        assert!(MechanismKey::from_secret_multikey(text).is_err(), "{text}");
    }
    for file in ["w3c-vc-di-eddsa/keyPair", "w3c-vc-di-ecdsa/p384KeyPair"] {
        let pair = vector(&format!("{file}.json"));
        let secret = pair
            .get("privateKeyMultibase")
            .or_else(|| pair.get("secretKeyMultibase"));
        let key = MechanismKey::from_secret_multikey(secret.unwrap().as_str().unwrap()).unwrap();
        assert_eq!(key.multikey(), pair["publicKeyMultibase"]);
    }
}

#[test]
fn every_mechanism_issues_what_it_verifies() {
    for mechanism in issuing() {
        let party = Party::new(mechanism);
        let secured = party.shown(party.credential(json!({})));
        let judgement = verify(secured.clone());
        assert!(judgement.is_verified(), "{mechanism}: {judgement:?}");
        assert_eq!(judgement.kind, Kind::Credential);
        assert_eq!(judgement.mechanisms, [mechanism]);
        assert_eq!(judgement.document["issuer"], party.did());
        assert_eq!(
            judgement.document["credentialSubject"],
            party.credential(json!({}))["credentialSubject"]
        );
        assert!(judgement.credential.is_some());
        let source = Unverified::from_value(secured).unwrap().key_sources();
        assert_eq!(source, [KeySource::Did(party.method.clone())]);
    }
}

#[test]
fn tokens_and_texts_are_read_too() {
    let party = Party::new(Mechanism::VcJoseEs256);
    let secured = party.issue(party.credential(json!({}))).unwrap();
    let text = secured.clone().into_text();
    for text in [
        text.clone(),
        format!("\n{text} "),
        json!(text).to_string(),
        secured.into_value().to_string(),
    ] {
        let judgement = judge(Unverified::parse(&text).unwrap());
        assert!(judgement.is_verified(), "{text}: {judgement:?}");
    }
    for text in ["", "{", "[]", "4", "null", "a.b.c", "{\"a\":1,\"a\":2}"] {
        let problem = Unverified::parse(text).err().unwrap();
        assert_eq!(problem.kind, ProblemKind::Parsing, "{text}");
    }
}

#[test]
fn no_changed_byte_is_believed() {
    for mechanism in issuing() {
        let party = Party::new(mechanism);
        let text = party.shown(party.credential(json!({}))).to_string();
        let said = judge(Unverified::parse(&text).unwrap()).document;
        // Pairings are dear.
        let step = if mechanism == Mechanism::Bbs2023 {
            7
        } else {
            1
        };
        for at in (0..text.len()).step_by(step) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 0x01;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let Ok(read) = Unverified::parse(&changed) else {
                continue;
            };
            let judgement = judge(read);
            if judgement.is_verified() {
                assert_eq!(judgement.document, said, "{mechanism}: {at}: {changed}");
            } else {
                assert!(judgement.credential.is_none());
            }
        }
    }
}

#[test]
fn what_would_be_refused_is_not_issued() {
    for mechanism in issuing() {
        let party = Party::new(mechanism);
        let refused = |more: Value| party.issue(party.credential(more)).unwrap_err();
        assert_eq!(
            refused(json!({ "issuer": "did:example:other" })),
            ProofFault::Controller.into()
        );
        let mut nameless = party.credential(json!({}));
        nameless.remove("issuer");
        assert_eq!(
            party.issue(nameless).unwrap_err(),
            MechanismError::Model(IssuerFault::Missing("issuer"))
        );
        for (member, value) in [
            ("@context", json!([EXAMPLES])),
            ("type", json!("Person")),
            ("issuer", json!({})),
            ("credentialSubject", json!("did:example:subject")),
            ("validFrom", json!("yesterday")),
            ("id", json!("no url")),
        ] {
            let error = refused(json!({ member: value }));
            let MechanismError::Model(IssuerFault::Claim(named)) = error else {
                panic!("{mechanism}: {member}: {error}");
            };
            assert_eq!(named, member, "{mechanism}");
        }
    }
    let party = Party::new(Mechanism::EddsaJcs2022);
    let old = party.credential(json!({ "@context": [V1] }));
    let error = party.issue(old).unwrap_err();
    assert_eq!(
        error,
        MechanismError::Model(IssuerFault::Missing("issuanceDate"))
    );
}

#[test]
fn a_mechanism_takes_its_own_kind_of_key() {
    for mechanism in issuing() {
        let other = Mechanism::ALL
            .into_iter()
            .find(|one| one.key_kind() != mechanism.key_kind())
            .unwrap();
        let party = Party {
            mechanism,
            ..Party::new(other)
        };
        let error = party.issue(party.credential(json!({}))).unwrap_err();
        assert_eq!(error, MechanismError::Key);
    }
    let party = Party::new(Mechanism::Ed25519Signature2020);
    let error = party.issue(party.credential(json!({}))).unwrap_err();
    assert_eq!(error, MechanismError::Unsupported);
}

#[test]
fn what_is_derived_says_less() {
    for mechanism in [Mechanism::Bbs2023, Mechanism::EcdsaSd2023] {
        let party = Party::new(mechanism);
        let credential = party.credential(json!({}));
        let mandatory = ["/issuer".to_owned()];
        let Secured::Object(base) = party.issue_with(credential, &mandatory).unwrap() else {
            panic!("{mechanism}: a token");
        };
        // A base proof holds secrets of the Holder's.
        assert!(!verify(Value::Object(base.clone())).is_verified());
        let derived = |pointers: &[&str]| {
            let pointers: Vec<String> = pointers.iter().map(|one| (*one).to_owned()).collect();
            derive(&base, &pointers, b"", &[], &mut rng())
        };
        let shown = derived(&["/credentialSubject/degree"]).unwrap();
        let judgement = verify(Value::Object(shown));
        assert!(judgement.is_verified(), "{mechanism}: {judgement:?}");
        assert_eq!(judgement.document["issuer"], party.did());
        let subject = judgement.document["credentialSubject"].as_object().unwrap();
        assert_eq!(subject["degree"], "Bachelor of Arts");
        assert!(!subject.contains_key("alumniOf"));
        let error = derived(&["/credentialSubject/nowhere"]).unwrap_err();
        assert_eq!(error, ProofFault::Pointer.into());
    }
    let party = Party::new(Mechanism::EddsaRdfc2022);
    let credential = party.credential(json!({}));
    let error = party
        .issue_with(credential.clone(), &["/issuer".to_owned()])
        .unwrap_err();
    assert_eq!(error, MechanismError::Pointers);
    let Secured::Object(whole) = party.issue(credential).unwrap() else {
        panic!("a token");
    };
    let error = derive(&whole, &[], b"", &[], &mut rng()).unwrap_err();
    assert_eq!(error, MechanismError::Unsupported);
}

#[test]
fn of_an_sd_jwt_the_members_of_the_subject_are_withheld() {
    for mechanism in [
        Mechanism::VcSdJwtEddsa,
        Mechanism::VcSdJwtEs256,
        Mechanism::VcSdJwtEs384,
    ] {
        let party = Party::new(mechanism);
        let credential = party.credential(json!({}));
        let mandatory = ["/credentialSubject/alumniOf".to_owned()];
        let whole = party.issue_with(credential.clone(), &mandatory).unwrap();
        assert!(judge(Unverified::parse(&whole.clone().into_text()).unwrap()).is_verified());
        let whole = object(whole.into_value());
        let derived = |pointers: &[&str]| {
            let pointers: Vec<String> = pointers.iter().map(|one| (*one).to_owned()).collect();
            derive(&whole, &pointers, b"", &[], &mut rng())
        };
        for (pointers, shown) in [
            (&[""][..], true),
            (&["/credentialSubject"], true),
            (&["/credentialSubject/degree"], true),
            (&["/issuer"], false),
            (&[], false),
        ] {
            let judgement = verify(Value::Object(derived(pointers).unwrap()));
            assert!(judgement.is_verified(), "{mechanism}: {judgement:?}");
            assert_eq!(judgement.mechanisms, [mechanism]);
            let subject = judgement.document["credentialSubject"].as_object().unwrap();
            assert_eq!(subject["alumniOf"], "The School of Examples");
            assert_eq!(subject.contains_key("degree"), shown, "{pointers:?}");
        }
        let error = derived(&["/credentialSubject/nowhere"]).unwrap_err();
        assert_eq!(error, ProofFault::Pointer.into());
        let nowhere = ["/nowhere".to_owned()];
        let error = party.issue_with(credential, &nowhere).unwrap_err();
        assert_eq!(error, ProofFault::Pointer.into());
    }
}

#[test]
fn all_that_is_wrong_is_listed() {
    let party = Party::new(Mechanism::EddsaJcs2022);
    let mut signed = party.shown(party.credential(json!({})));
    signed["validUntil"] = json!("2020-01-01T00:00:00Z");
    let judgement = verify(signed);
    let kinds: Vec<ProblemKind> = judgement.problems.iter().map(|one| one.kind).collect();
    assert_eq!(
        kinds,
        [
            ProblemKind::CryptographicSecurity,
            ProblemKind::MalformedValue
        ]
    );
    for problem in &judgement.problems {
        assert!(problem.kind.url().ends_with(problem.kind.title()));
        assert!(!problem.detail.is_empty());
    }
}

#[test]
fn signed_vectors_are_verified_through_the_layer() {
    let sets = ["w3c-vc-di-bbs", "w3c-vc-di-ecdsa", "w3c-vc-di-eddsa"];
    let mut files: Vec<PathBuf> = sets
        .iter()
        .flat_map(|set| files(&root().join(set)))
        .filter(|file| {
            let name = file.file_name().unwrap().to_str().unwrap();
            name.starts_with("signed") || name.starts_with("derivedRevealDocument")
        })
        .collect();
    files.sort();
    let mut seen = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let judged = |leniency| {
            let read = Unverified::parse(&text).unwrap();
            read.verify(&[], &Expected::default(), leniency, now())
        };
        let judgement = judged(Leniency::TestSuites);
        assert!(judgement.is_verified(), "{file:?}: {judgement:?}");
        assert!(!judgement.mechanisms.is_empty(), "{file:?}");
        // Their issuer is a URL that nobody here controls.
        let strict = judged(Leniency::None);
        assert_eq!(strict.problems[0].kind, ProblemKind::ProofVerification);
        seen += 1;
    }
    assert_eq!(seen, 18);
}

struct Party {
    mechanism: Mechanism,
    key: MechanismKey,
    method: DidUrl,
}

impl Party {
    fn new(mechanism: Mechanism) -> Self {
        let key = MechanismKey::generate(mechanism.key_kind(), &mut rng()).unwrap();
        Self {
            mechanism,
            method: key.verification_method().unwrap(),
            key,
        }
    }

    fn did(&self) -> String {
        self.method.did().to_string()
    }

    fn credential(&self, more: Value) -> Map<String, Value> {
        let mut credential = object(json!({
            "@context": [V2, EXAMPLES],
            "type": ["VerifiableCredential", "ExampleDegreeCredential"],
            "issuer": self.did(),
            "validFrom": "2025-01-01T00:00:00Z",
            "credentialSubject": {
                "id": "did:example:subject",
                "alumniOf": "The School of Examples",
                "degree": "Bachelor of Arts",
            },
        }));
        credential.extend(object(more));
        credential
    }

    fn issue(&self, credential: Map<String, Value>) -> Result<Secured, MechanismError> {
        self.issue_with(credential, &[])
    }

    fn issue_with(
        &self,
        credential: Map<String, Value>,
        mandatory: &[String],
    ) -> Result<Secured, MechanismError> {
        let options = IssueOptions {
            verification_method: &self.method,
            created: Some(now()),
            mandatory,
        };
        self.mechanism
            .issue(credential, &self.key, &options, &mut rng())
    }

    /// The Credential as a Verifier gets to see it.
    fn shown(&self, credential: Map<String, Value>) -> Value {
        match self.issue(credential).unwrap() {
            secured if self.mechanism.derives() => {
                let base = object(secured.into_value());
                let all = [
                    "/@context",
                    "/type",
                    "/issuer",
                    "/validFrom",
                    "/credentialSubject",
                ];
                let all = all.map(str::to_owned);
                Value::Object(derive(&base, &all[2..], b"", &[], &mut rng()).unwrap())
            }
            secured => secured.into_value(),
        }
    }

    fn presentation(&self, more: Value) -> Map<String, Value> {
        let mut presentation = object(json!({
            "@context": [V2],
            "type": "VerifiablePresentation",
            "holder": self.did(),
        }));
        presentation.extend(object(more));
        presentation
    }

    fn present(&self, presentation: Map<String, Value>) -> Result<Secured, MechanismError> {
        let options = PresentOptions {
            verification_method: &self.method,
            created: Some(now()),
            challenge: Some("c"),
            domain: Some("d"),
        };
        self.mechanism.present(presentation, &self.key, &options)
    }
}

fn issuing() -> impl Iterator<Item = Mechanism> {
    Mechanism::ALL.into_iter().filter(|one| one.issues())
}

fn presenting() -> impl Iterator<Item = Mechanism> {
    Mechanism::ALL.into_iter().filter(|one| one.presents())
}

fn verify(value: Value) -> Judgement {
    judge(Unverified::from_value(value).unwrap())
}

fn judge(read: Unverified) -> Judgement {
    read.verify(&[], &Expected::default(), Leniency::None, now())
}

fn judge_as(value: Value, challenge: Option<&str>, domain: Option<&str>) -> Judgement {
    let expected = Expected { challenge, domain };
    match Unverified::from_value(value) {
        Ok(read) => read.verify(&[], &expected, Leniency::None, now()),
        Err(problem) => panic!("{}", problem.detail),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other}"),
    }
}

fn vector(file: &str) -> Map<String, Value> {
    serde_json::from_str(&std::fs::read_to_string(root().join(file)).unwrap()).unwrap()
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let inner = std::fs::read_dir(path).unwrap();
    inner
        .flat_map(|inner| files(&inner.unwrap().path()))
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))
}

fn now() -> Timestamp {
    "2025-06-01T00:00:00Z".parse().unwrap()
}
