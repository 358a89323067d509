//! Data Integrity proofs: ours against raw signatures and ssi, on credentials of ten claims.
//!
//! Before anything is measured, each side verifies what the other one issued.

use credential::data_integrity::{Cryptosuite, ProofOptions, issue};
use credential::{Format, IssuerKey, UnverifiedCredential};
use did::{DidUrl, Resolution};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};
use ssi::claims::VerificationParameters;
use ssi::claims::data_integrity::{
    AnyDataIntegrity, AnySuite, CryptographicSuite, ProofOptions as PeerOptions,
};
use ssi::claims::vc::v2::JsonCredential;
use ssi::dids::{DIDKey, DIDResolver};
use ssi::verification_methods::SingleSecretSigner;

use crate::fixture::{key, now, runtime, ssi_key, ten_claims};
use crate::harness::{Against, Row, against, work};

pub fn rows() -> Vec<Row> {
    let suite = |suite, names, rival, target| {
        Suite {
            suite,
            names,
            rival,
            target,
        }
        .rows()
    };
    [
        suite(
            Cryptosuite::EddsaRdfc2022,
            ["eddsa-rdfc-2022 issue", "eddsa-rdfc-2022 verify"],
            true,
            [0.2, 0.2],
        ),
        suite(
            Cryptosuite::EddsaJcs2022,
            ["eddsa-jcs-2022 issue", "eddsa-jcs-2022 verify"],
            false,
            [0.4, 0.7],
        ),
        suite(
            Cryptosuite::EcdsaRdfc2019,
            ["ecdsa-rdfc-2019 issue", "ecdsa-rdfc-2019 verify"],
            true,
            [0.1, 0.2],
        ),
        linear(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Suite {
    suite: Cryptosuite,
    names: [&'static str; 2],
    /// Whether ssi has this suite.
    rival: bool,
    target: [f64; 2],
}

impl Suite {
    fn rows(self) -> Vec<Row> {
        let algorithm = match self.suite.takes(Algorithm::EdDsa) {
            true => Algorithm::EdDsa,
            false => Algorithm::Es256,
        };
        let signing = key(algorithm);
        let method = did::key::verification_method(signing.public());
        let document = document(&method, ten_claims());
        let text = issued(&document, self.suite, &method, &signing);
        verify(&text);

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
        let peers = self
            .rival
            .then(|| self.peers(&document, &method, &signing, &text));
        let [issue_peers, verify_peers] = match peers {
            Some([one, other]) => [vec![one], vec![other]],
            None => [Vec::new(), Vec::new()],
        };
        let suite = self.suite;
        let ours = work(move || issued(&document, suite, &method, &signing));
        vec![
            Row {
                name: self.names[0],
                ours,
                raw: Some(raw_sign.at_least(self.target[0])),
                peers: issue_peers,
            },
            Row {
                name: self.names[1],
                ours: work(move || verify(&text)),
                raw: Some(raw_verify.at_least(self.target[1])),
                peers: verify_peers,
            },
        ]
    }

    fn peers(
        &self,
        document: &Map<String, Value>,
        method: &DidUrl,
        signing: &SigningKey,
        ours: &str,
    ) -> [Against; 2] {
        let peer_suite = || -> AnySuite {
            let ours: AnyDataIntegrity<JsonCredential> = parse(ours);
            ours.proofs.first().expect("a proof").suite().clone()
        };
        let credential: JsonCredential =
            serde_json::from_value(Value::Object(document.clone())).expect("a credential");
        let waiting = runtime();
        let signer = SingleSecretSigner::new(ssi_key(signing)).into_local();
        let suite = peer_suite();
        let url = DIDKey::generate_url(&ssi_key(signing).to_public()).expect("a did:key");
        assert_eq!(url.to_string(), method.to_string());
        let peer_issue = move || {
            let options = PeerOptions::from_method_and_options(
                url.clone().into_iri().into(),
                Default::default(),
            );
            let resolver = DIDKey.into_vm_resolver();
            let signed = suite.sign(credential.clone(), resolver, &signer, options);
            let signed = waiting.block_on(signed).expect("signed");
            serde_json::to_string(&signed).expect("JSON")
        };
        // Each believes the other.
        let theirs = peer_issue();
        verify(&theirs);
        let waiting = runtime();
        let ours = ours.to_owned();
        let peer_verify = move || {
            let credential: AnyDataIntegrity<JsonCredential> = parse(&ours);
            let parameters = VerificationParameters::from_resolver(DIDKey.into_vm_resolver());
            waiting
                .block_on(credential.verify(parameters))
                .expect("verified")
                .expect("valid")
        };
        peer_verify();
        [
            against("ssi 0.16", peer_issue).at_least(6.0),
            against("ssi 0.16", peer_verify).at_least(6.0),
        ]
    }
}

/// The cost of many claims: it should grow as their number does.
fn linear() -> Vec<Row> {
    let names = [
        (10, "eddsa-rdfc-2022 verify, 10 claims"),
        (100, "eddsa-rdfc-2022 verify, 100 claims"),
        (1000, "eddsa-rdfc-2022 verify, 1000 claims"),
    ];
    let row = |(count, name)| {
        let signing = key(Algorithm::EdDsa);
        let method = did::key::verification_method(signing.public());
        let claims =
            (0..count).map(|number| (format!("claim{number}"), json!(format!("value {number}"))));
        let document = document(&method, claims.collect());
        let text = issued(&document, Cryptosuite::EddsaRdfc2022, &method, &signing);
        Row {
            name,
            ours: work(move || verify(&text)),
            raw: None,
            peers: Vec::new(),
        }
    };
    names.into_iter().map(row).collect()
}

fn document(method: &DidUrl, claims: Map<String, Value>) -> Map<String, Value> {
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

fn issued(
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
fn verify(text: &str) {
    let unverified = UnverifiedCredential::parse(Format::LdpVc, text).expect("a credential");
    let source = unverified.key_source().expect("a source");
    let did = did::Did::parse(&source.issuer()).expect("a DID");
    let Resolution::Here(document) = did::resolve(&did, false).expect("a did:key") else {
        panic!("a did:key")
    };
    let issuer = IssuerKey::from_did_document(&source, &document).expect("a key");
    unverified.verify(&issuer, now()).expect("valid");
}

fn parse(text: &str) -> AnyDataIntegrity<JsonCredential> {
    ssi::claims::data_integrity::from_json_str(text).expect("a credential")
}
