//! Credentials with base proofs in their Holder's hands: taken, shown in part, and kept.

use claim_path::ClaimPath;
use credential::data_integrity::selective::Held;
use credential::data_integrity::{ProofFault, present};
use credential::mechanism::{IssueOptions, Mechanism, MechanismKey, Secured};
use credential::{
    Challenge, Credential, Format, PeerFault, UnverifiedCredential, UnverifiedPresentation,
    VerificationError,
};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use crate::parties::{challenge, evidence, key, now, object, rng, verify, verify_presentation};

const SUITES: [Mechanism; 2] = [Mechanism::EcdsaSd2023, Mechanism::Bbs2023];

#[test]
fn a_holder_takes_base_proofs_and_nobody_else_does() {
    for mechanism in SUITES {
        let scene = Scene::new(mechanism);
        let base = scene.base.to_string();
        let taken = take(&base).unwrap();
        assert!(taken.is_selective());
        assert_eq!(taken.cryptosuites.len(), 1);
        assert_eq!(taken.cryptosuites[0].name(), mechanism.name());
        assert_eq!(taken.claims["credentialSubject"]["familyName"], "Lovelace");
        assert_eq!(
            verify(Format::LdpVc, &base).unwrap_err(),
            ProofFault::BaseProof.into()
        );
        // What was derived is for others, and nothing more can be derived from it.
        let derived = scene.derive(&[]);
        assert_eq!(
            take(&derived.to_string()).unwrap_err(),
            ProofFault::DerivedProof.into()
        );
        assert!(matches!(
            Held::parse(&derived.to_string()),
            Err(VerificationError::Peer(PeerFault::Proof(
                ProofFault::Malformed("proofValue")
            )))
        ));
    }
}

#[test]
fn a_base_proof_that_was_changed_is_not_taken() {
    for mechanism in SUITES {
        let scene = Scene::new(mechanism);
        let changed = |place: &str, value: Value| {
            let mut base = scene.base.clone();
            *base.pointer_mut(place).unwrap() = value;
            take(&base.to_string()).unwrap_err()
        };
        let signature: VerificationError = ProofFault::Signature.into();
        for (place, value) in [
            ("/credentialSubject/familyName", json!("Byron")),
            ("/validUntil", json!("2030-01-01T00:00:00Z")),
            ("/proof/created", json!("2026-11-22T11:00:00Z")),
        ] {
            assert_eq!(changed(place, value), signature, "{mechanism} {place}");
        }
        assert_eq!(
            changed("/proof/cryptosuite", json!("eddsa-rdfc-2022")),
            ProofFault::Malformed("proofValue").into()
        );
        let other = Scene::new(mechanism);
        let foreign = other.base["proof"]["proofValue"].clone();
        assert_eq!(changed("/proof/proofValue", foreign), signature);
        // By somebody else's key, or a key of another kind.
        let mut renamed = scene.base.clone();
        renamed["issuer"] = other.base["issuer"].clone();
        renamed["proof"]["verificationMethod"] = other.base["proof"]["verificationMethod"].clone();
        assert_eq!(take(&renamed.to_string()).unwrap_err(), signature);
        let signing = key(Algorithm::EdDsa, 9);
        let method = did::key::verification_method(signing.public());
        renamed["issuer"] = method.did().as_str().into();
        renamed["proof"]["verificationMethod"] = method.to_string().into();
        assert_eq!(
            take(&renamed.to_string()).unwrap_err(),
            ProofFault::Cryptosuite.into()
        );
    }
}

/// What the Holder is told beforehand is what the Verifier sees: what was chosen, what the Issuer
/// made mandatory, and what no credential may lack.
#[test]
fn what_was_chosen_is_shown_and_nothing_else() {
    for mechanism in SUITES {
        let scene = Scene::new(mechanism);
        let held = Held::parse(&scene.base.to_string()).unwrap().unwrap();
        for (places, subject) in [
            (json!([]), json!({})),
            (
                json!([["credentialSubject", "givenName"]]),
                json!({"givenName": "Ada"}),
            ),
            (
                json!([["credentialSubject", "address", "country"]]),
                json!({"address": {"type": "Address", "country": "GB"}}),
            ),
            (
                json!([["credentialSubject", "nationalities", 1]]),
                json!({"nationalities": ["FR"]}),
            ),
        ] {
            let selected = held.select(&paths(&places)).unwrap();
            let claims = selected.claims().clone();
            let derived = selected.derive(b"once", &mut rng()).unwrap();
            let text = Value::Object(derived).to_string();
            let seen = verify(Format::LdpVc, &text).unwrap();
            assert_eq!(seen.claims, claims, "{mechanism}");
            let mut expected = object(subject);
            expected.insert("id".to_owned(), scene.subject().into());
            assert_eq!(seen.claims["credentialSubject"], Value::Object(expected));
            let members: Vec<&str> = seen.claims.keys().map(String::as_str).collect();
            assert!(seen.valid_until.is_some() && !members.contains(&"name"));
            assert!(seen.holder().is_some());
        }
        let nowhere = held.select(&paths(&json!([["credentialSubject", "age"]])));
        assert_eq!(nowhere.err(), Some(ProofFault::Pointer));
        let every = held.select(&paths(&json!([[
            "credentialSubject",
            "nationalities",
            null
        ]])));
        assert_eq!(every.err(), Some(ProofFault::Pointer));
    }
}

/// Without a word of the Issuer's, issuer and subject go along: else nothing could be judged.
#[test]
fn a_credential_without_mandatory_parts_can_be_shown() {
    for mechanism in SUITES {
        let scene = Scene::with(mechanism, &[]);
        let derived = scene.derive(&paths(&json!([])));
        let seen = verify(Format::LdpVc, &derived.to_string()).unwrap();
        let members: Vec<&str> = seen.claims.keys().map(String::as_str).collect();
        assert_eq!(members, ["@context", "credentialSubject", "issuer", "type"]);
    }
}

#[test]
fn what_was_derived_answers_a_challenge_and_no_other() {
    for mechanism in SUITES {
        let scene = Scene::new(mechanism);
        let derived = scene
            .derive(&paths(&json!([["credentialSubject", "givenName"]])))
            .to_string();
        let shown = present(&[&derived], &scene.holder, &challenge(), now()).unwrap();
        let presentation = verify_presentation(Format::LdpVc, &shown).unwrap();
        assert_eq!(presentation.credentials.len(), 1);

        let mut presented: Value = serde_json::from_str(&shown).unwrap();
        let fault =
            |changed: &Value| verify_presentation(Format::LdpVc, &changed.to_string()).unwrap_err();
        let mut without = presented.clone();
        without["proof"]
            .as_object_mut()
            .unwrap()
            .remove("challenge");
        assert_eq!(fault(&without), PeerFault::Nonce.into());
        let other = Challenge {
            audience: "x509_san_dns:other.example".to_owned(),
            ..challenge()
        };
        let elsewhere = present(&[&derived], &scene.holder, &other, now()).unwrap();
        assert_eq!(
            verify_presentation(Format::LdpVc, &elsewhere).unwrap_err(),
            PeerFault::Audience.into()
        );
        // Somebody else's key, and the base proof in the place of what was derived from it.
        let thief = key(Algorithm::EdDsa, 8);
        assert!(present(&[&derived], &thief, &challenge(), now()).is_err());
        let base = scene.base.to_string();
        let base = present(&[&base], &scene.holder, &challenge(), now()).unwrap();
        assert_eq!(
            verify_presentation(Format::LdpVc, &base).unwrap_err(),
            ProofFault::BaseProof.into()
        );
        presented["verifiableCredential"][0]["credentialSubject"]["givenName"] = "Eve".into();
        assert_eq!(fault(&presented), ProofFault::Signature.into());
        // Where nobody asks for a proof of holding it, the credential goes alone.
        let bare = UnverifiedPresentation::parse(Format::LdpVc, &derived).unwrap();
        let sources = bare.key_sources().unwrap();
        let evidence: Vec<_> = sources.iter().map(evidence).collect();
        assert!(bare.verify_unbound(&evidence, now()).is_ok());
    }
}

/// Of one base proof, each use is another: bbs-2023 shows nothing that repeats but what is said.
#[test]
fn two_uses_of_one_bbs_proof_share_no_bytes_of_proof() {
    for (mechanism, alike) in [(Mechanism::Bbs2023, false), (Mechanism::EcdsaSd2023, true)] {
        let scene = Scene::new(mechanism);
        let proofs = [0, 1].map(|_| scene.derive(&[])["proof"]["proofValue"].clone());
        assert_eq!(proofs[0] == proofs[1], alike, "{mechanism}");
    }
}

#[test]
fn a_base_proof_stands_alone() {
    for mechanism in SUITES {
        let scene = Scene::new(mechanism);
        let proof = scene.base["proof"].clone();
        let mut listed = scene.base.clone();
        listed["proof"] = json!([proof]);
        assert!(take(&listed.to_string()).is_ok());
        assert!(Held::parse(&listed.to_string()).unwrap().is_some());
        listed["proof"] = json!([proof, proof]);
        let refused: VerificationError = ProofFault::TooMany.into();
        assert_eq!(take(&listed.to_string()).unwrap_err(), refused);
        let held = Held::parse(&listed.to_string());
        assert_eq!(held.err(), Some(refused));
    }
    let scene = Scene::with(Mechanism::EddsaRdfc2022, &[]);
    assert!(Held::parse(&scene.base.to_string()).unwrap().is_none());
    assert!(!take(&scene.base.to_string()).unwrap().is_selective());
}

/// A Credential as its Issuer hands it out.
struct Scene {
    base: Value,
    holder: SigningKey,
}

impl Scene {
    fn new(mechanism: Mechanism) -> Self {
        Self::with(mechanism, &["/validUntil", "/credentialSubject/id"])
    }

    fn with(mechanism: Mechanism, mandatory: &[&str]) -> Self {
        let holder = key(Algorithm::EdDsa, 2);
        let key = MechanismKey::generate(mechanism.key_kind(), &mut rng()).unwrap();
        let method = key.verification_method().unwrap();
        let credential = object(json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/undefined-terms/v2",
            ],
            "type": ["VerifiableCredential", "PersonCredential"],
            "name": "A person",
            "issuer": method.did().as_str(),
            "validUntil": "2027-11-21T00:00:00Z",
            "credentialSubject": {
                "id": did::key::did(holder.public()).as_str(),
                "givenName": "Ada",
                "familyName": "Lovelace",
                "nationalities": ["GB", "FR"],
                "address": { "type": "Address", "country": "GB", "locality": "London" },
            },
        }));
        let options = IssueOptions {
            verification_method: &method,
            created: Some(now()),
            mandatory: &mandatory
                .iter()
                .map(|&one| one.to_owned())
                .collect::<Vec<_>>(),
        };
        let secured = mechanism.issue(credential, &key, &options, &mut rng());
        let Ok(Secured::Object(base)) = secured else {
            panic!("{secured:?}")
        };
        Self {
            base: Value::Object(base),
            holder,
        }
    }

    fn subject(&self) -> String {
        did::key::did(self.holder.public()).to_string()
    }

    fn derive(&self, places: &[ClaimPath]) -> Value {
        let held = Held::parse(&self.base.to_string()).unwrap().unwrap();
        let selected = held.select(places).unwrap();
        let derived: Map<String, Value> = selected.derive(b"once", &mut rng()).unwrap();
        Value::Object(derived)
    }
}

fn take(text: &str) -> Result<Credential, VerificationError> {
    let unverified = UnverifiedCredential::parse(Format::LdpVc, text)?;
    let issuer = evidence(&unverified.key_source()?);
    Ok(unverified.verify_as_holder(&issuer, now())?.into_inner())
}

fn paths(places: &Value) -> Vec<ClaimPath> {
    serde_json::from_value(places.clone()).unwrap()
}
