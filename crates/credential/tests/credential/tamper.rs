//! Whatever is changed in whatever place of a Credential secured by whatever mechanism is refused,
//! or says the same.

mod attacks;

use attacks::{
    blank_nodes_take_bounded_time, contexts_and_issuers_are_not_swapped,
    no_changed_byte_is_believed, nothing_is_added_dropped_or_changed, order_says_nothing,
    times_are_judged, what_is_no_good_json_is_refused, what_secures_stays_where_it_is,
};
use bbs::SecretKey;
use credential::data_integrity::selective::{
    derive_bbs, derive_ecdsa_sd, issue_bbs, issue_ecdsa_sd,
};
use credential::data_integrity::{Cryptosuite, Leniency, ProofOptions, issue};
use credential::sd_jwt::ClaimPath;
use credential::{
    Credential, Format, IssuerKey, UnverifiedCredential, VerificationError, vc_sd_jwt,
};
use did::{Did, DidUrl};
use jiff::Timestamp;
use keys::{Algorithm, SigningKey, base64url};
use linked_data::{Contexts, Hash, Inline};
use serde_json::{Map, Value, json};

use crate::parties::{self, Parties, forge, now, object, rng};

macro_rules! mechanisms {
    ($($name:ident: $sample:expr;)+) => {
        $(mod $name {
            use super::*;

            #[test]
            fn no_changed_byte_is_believed() {
                super::no_changed_byte_is_believed(&$sample);
            }

            #[test]
            fn nothing_is_added_dropped_or_changed() {
                super::nothing_is_added_dropped_or_changed(&$sample);
            }

            #[test]
            fn order_says_nothing() {
                super::order_says_nothing(&$sample);
            }

            #[test]
            fn what_secures_stays_where_it_is() {
                super::what_secures_stays_where_it_is(&$sample);
            }

            #[test]
            fn contexts_and_issuers_are_not_swapped() {
                super::contexts_and_issuers_are_not_swapped(&$sample);
            }

            #[test]
            fn times_are_judged() {
                super::times_are_judged(&$sample);
            }

            #[test]
            fn what_is_no_good_json_is_refused() {
                super::what_is_no_good_json_is_refused(&$sample);
            }

            #[test]
            fn blank_nodes_take_bounded_time() {
                super::blank_nodes_take_bounded_time(&$sample);
            }
        })+
    };
}

mechanisms! {
    ed25519_signature_2020: superseded();
    eddsa_jcs_2022: whole(Cryptosuite::EddsaJcs2022, Algorithm::EdDsa);
    eddsa_rdfc_2022: whole(Cryptosuite::EddsaRdfc2022, Algorithm::EdDsa);
    ecdsa_jcs_2019_p256: whole(Cryptosuite::EcdsaJcs2019, Algorithm::Es256);
    ecdsa_jcs_2019_p384: whole(Cryptosuite::EcdsaJcs2019, Algorithm::Es384);
    ecdsa_rdfc_2019_p256: whole(Cryptosuite::EcdsaRdfc2019, Algorithm::Es256);
    ecdsa_rdfc_2019_p384: whole(Cryptosuite::EcdsaRdfc2019, Algorithm::Es384);
    ecdsa_sd_2023: ecdsa_sd();
    bbs_2023: bbs_baseline();
    vc_jwt_eddsa: token(Kind::VcJwt, Algorithm::EdDsa);
    vc_jwt_es256: token(Kind::VcJwt, Algorithm::Es256);
    vc_jwt_es384: token(Kind::VcJwt, Algorithm::Es384);
    vc_jwt_1_1: token(Kind::VcJwtV1, Algorithm::EdDsa);
    vc_sd_jwt_eddsa: token(Kind::VcSdJwt, Algorithm::EdDsa);
    sd_jwt_vc: token(Kind::SdJwtVc, Algorithm::Es256);
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Object,
    SdJwtVc,
    VcJwt,
    VcJwtV1,
    VcSdJwt,
}

/// A good Credential, and another Issuer's.
struct Sample {
    kind: Kind,
    text: String,
    other: String,
    /// How many bytes apart those are that are changed: pairings take their time.
    stride: usize,
}

impl Sample {
    fn claims(&self) -> Map<String, Value> {
        self.verify(&self.text).unwrap().claims
    }

    fn parse(&self, text: &str) -> Result<UnverifiedCredential, VerificationError> {
        match self.kind {
            Kind::Object => UnverifiedCredential::parse(Format::LdpVc, text),
            Kind::SdJwtVc => UnverifiedCredential::parse(Format::SdJwtVc, text),
            Kind::VcJwt | Kind::VcJwtV1 => UnverifiedCredential::parse(Format::JwtVcJson, text),
            Kind::VcSdJwt => UnverifiedCredential::parse_sd_jwt(text),
        }
    }

    fn verify(&self, text: &str) -> Result<Credential, VerificationError> {
        self.verify_at(text, now())
    }

    fn verify_at(&self, text: &str, at: Timestamp) -> Result<Credential, VerificationError> {
        let unverified = self.parse(text)?;
        unverified.key_sources()?;
        let evidence = evidence(&unverified);
        let verified = unverified.verify_with(&evidence, Leniency::None, at)?;
        Ok(verified.into_inner())
    }

    /// The token without Disclosures.
    fn token(&self) -> &str {
        self.text.split('~').next().unwrap()
    }

    fn with_token(&self, token: &str) -> String {
        let rest = &self.text[self.token().len()..];
        format!("{token}{rest}")
    }

    /// What is secured, as JSON.
    fn payload(&self) -> Value {
        match self.kind {
            Kind::Object => serde_json::from_str(&self.text).unwrap(),
            _ => {
                let payload = self.token().split('.').nth(1).unwrap();
                serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
            }
        }
    }

    /// The same signature over another payload.
    fn with_payload(&self, payload: &str) -> String {
        match self.kind {
            Kind::Object => payload.to_owned(),
            _ => {
                let (signed, signature) = self.token().rsplit_once('.').unwrap();
                let (header, _) = signed.split_once('.').unwrap();
                let payload = base64url::encode(payload);
                self.with_token(&format!("{header}.{payload}.{signature}"))
            }
        }
    }
}

fn whole(suite: Cryptosuite, algorithm: Algorithm) -> Sample {
    let make = |seed| {
        let key = signing(algorithm, seed);
        let method = did::key::verification_method(key.public());
        let options = ProofOptions::assertion(suite, &method, now());
        text(issue(credential(&method), &options, &key).unwrap())
    };
    sample(Kind::Object, 1, make)
}

/// A proof of the type that is verified only, made step by step (Data Integrity EdDSA Cryptosuites,
/// appendix A).
fn superseded() -> Sample {
    let make = |seed| {
        let key = signing(Algorithm::EdDsa, seed);
        let method = did::key::verification_method(key.public());
        let mut document = credential(&method);
        let contexts = document["@context"].as_array_mut().unwrap();
        contexts.push(json!("https://w3id.org/security/suites/ed25519-2020/v1"));
        let mut proof = json!({
            "type": "Ed25519Signature2020",
            "created": now().to_string(),
            "verificationMethod": method.to_string(),
            "proofPurpose": "assertionMethod",
        });
        let mut config = object(proof.clone());
        config.insert("@context".to_owned(), document["@context"].clone());
        let hash = |object: &Map<String, Value>| {
            let statements = Contexts::bundled()
                .expand(object, Inline::OwnNames)
                .unwrap();
            Hash::Sha256.digest(&statements.canonicalize(Hash::Sha256).unwrap().text())
        };
        let signature = key
            .sign(&[hash(&config), hash(&document)].concat())
            .unwrap();
        proof["proofValue"] = json!(format!("z{}", bs58::encode(signature).into_string()));
        document.insert("proof".to_owned(), proof);
        text(document)
    };
    sample(Kind::Object, 1, make)
}

fn ecdsa_sd() -> Sample {
    let make = |seed| {
        let key = signing(Algorithm::Es256, seed);
        let method = did::key::verification_method(key.public());
        let options = ProofOptions::assertion(Cryptosuite::EcdsaSd2023, &method, now());
        let base = issue_ecdsa_sd(
            credential(&method),
            &options,
            &mandatory(),
            &key,
            &mut rng(),
        );
        text(derive_ecdsa_sd(&base.unwrap(), &selective(), key.public()).unwrap())
    };
    sample(Kind::Object, 3, make)
}

fn bbs_baseline() -> Sample {
    let make = |seed| {
        let key = SecretKey::key_gen(&[seed; 32], b"").unwrap();
        let bytes = [[0xeb, 0x01].as_slice(), &key.public().to_bytes()].concat();
        let multikey = format!("z{}", bs58::encode(bytes).into_string());
        let method = DidUrl::parse(&format!("did:key:{multikey}#{multikey}")).unwrap();
        let options = ProofOptions::assertion(Cryptosuite::Bbs2023, &method, now());
        let base = issue_bbs(
            credential(&method),
            &options,
            &mandatory(),
            &key,
            &mut rng(),
        );
        let derived = derive_bbs(&base.unwrap(), &selective(), b"", key.public(), &mut rng());
        text(derived.unwrap())
    };
    sample(Kind::Object, 5, make)
}

fn token(kind: Kind, algorithm: Algorithm) -> Sample {
    let make = |seed| {
        let parties = Parties {
            issuer: signing(algorithm, seed),
            ..Parties::new(algorithm)
        };
        let method = did::key::verification_method(parties.issuer.public());
        let parties = Parties {
            iss: method.did().to_string(),
            reference: credential::KeyReference::KeyId(method.to_string()),
            ..parties
        };
        match kind {
            Kind::VcSdJwt => vc_sd_jwt::Issuance {
                credential: credential(&method),
                disclosable: &[path(&["credentialSubject", "familyName"])],
                pad_digests_to: 2,
                holder: None,
                key_reference: &parties.reference,
            }
            .sign(&parties.issuer, &mut rng())
            .unwrap(),
            Kind::SdJwtVc => parties.issue(
                json!({ "given_name": "Ada", "family_name": "Lovelace", "tags": ["one", "two"] }),
                &[path(&["family_name"])],
            ),
            Kind::VcJwtV1 => {
                let payload = json!({
                    "iss": parties.iss,
                    "nbf": now().as_second() - 3600,
                    "exp": now().as_second() + 3600 * 24 * 365,
                    "vc": {
                        "@context": ["https://www.w3.org/2018/credentials/v1"],
                        "type": ["VerifiableCredential"],
                        "credentialSubject": { "givenName": "Ada", "tags": ["one", "two"] },
                    },
                });
                let header = parties.header("JWT");
                forge(&header, payload.to_string().as_bytes(), &parties.issuer)
            }
            Kind::Object | Kind::VcJwt => parties.craft_vc(&json!(credential(&method))),
        }
    };
    sample(kind, 1, make)
}

fn sample(kind: Kind, stride: usize, make: impl Fn(u8) -> String) -> Sample {
    Sample {
        kind,
        text: make(1),
        other: make(3),
        stride,
    }
}

fn credential(method: &DidUrl) -> Map<String, Value> {
    object(json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "ExampleCredential"],
        "issuer": method.did().as_str(),
        "validFrom": "2026-11-21T00:00:00Z",
        "validUntil": "2027-11-21T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:subject",
            "givenName": "Ada",
            "familyName": "Lovelace",
            "height": 1.5,
            "member": true,
            "address": { "city": "London" },
        },
    }))
}

fn mandatory() -> Vec<String> {
    [
        "/issuer",
        "/validFrom",
        "/validUntil",
        "/credentialSubject/height",
    ]
    .map(str::to_owned)
    .into()
}

fn selective() -> Vec<String> {
    ["/credentialSubject/givenName", "/credentialSubject/address"]
        .map(str::to_owned)
        .into()
}

fn signing(algorithm: Algorithm, seed: u8) -> SigningKey {
    parties::key(algorithm, seed)
}

fn text(document: Map<String, Value>) -> String {
    Value::Object(document).to_string()
}

fn path(names: &[&str]) -> ClaimPath {
    ClaimPath::new(names.iter().map(|name| (*name).into()).collect()).unwrap()
}

/// Evidence for the sources that are keys themselves.
fn evidence(unverified: &UnverifiedCredential) -> Vec<IssuerKey> {
    let sources = unverified.key_sources().unwrap_or_default();
    sources
        .iter()
        .filter_map(|source| {
            let document = did::key::document(&Did::parse(&source.issuer()).ok()?).ok()?;
            IssuerKey::from_did_document(source, &document).ok()
        })
        .collect()
}
