//! Credentials with base proofs, as an Issuer hands them to a Holder, and what is derived from them.

use std::sync::LazyLock;

use credential::data_integrity::selective::Held;
use credential::mechanism::{self, IssueOptions, Mechanism, MechanismKey};
use credential::sd_jwt::ClaimPath;
use credential::{Format, IssuerKey, UnverifiedCredential};
use keys::{Algorithm, SigningKey, base64url};
use serde_json::{Map, Value, json};
use strict_json::Limits;

use crate::Target;
use crate::fixture::{Numbers, evidence, evidence_of, holder, key, method, now, object, text};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("base_proof", base_proof, || {
        let issued = issue(credential()).expect("issued");
        vec![issued.into_bytes()]
    })
    .vectors(&["credential/tests/vectors/w3c-vc-di-ecdsa"]),
    Target::new("base_proof_signed", base_proof_signed, || {
        vec![Value::Object(credential()).to_string().into_bytes()]
    }),
    Target::new("derived_proof", derived_proof, || {
        DERIVED.iter().map(|one| one.value.clone()).collect()
    }),
];

/// Whatever is taken was signed by the Issuer, and can be shown.
fn base_proof(bytes: &[u8]) -> Option<()> {
    take(text(bytes)?)
}

/// A credential to be issued here. What the issuer makes, its Holder takes.
fn base_proof_signed(bytes: &[u8]) -> Option<()> {
    let document = strict_json::parse(bytes, Limits::default()).ok()?;
    let issued = issue(document.as_object()?.clone())?;
    take(&issued)
}

fn take(text: &str) -> Option<()> {
    let parse = |text: &str| UnverifiedCredential::parse(Format::LdpVc, text).ok();
    let source = parse(text)?.key_source().ok()?;
    let by = |key: &SigningKey| evidence(&source, key);
    if let Some(wrong) = by(&key(Algorithm::Es256, 9)) {
        assert!(parse(text)?.verify_as_holder(&wrong, now()).is_err());
    }
    let issuer: IssuerKey = by(&office())?;
    let taken = parse(text)?.verify_as_holder(&issuer, now()).ok()?;
    let held = Held::parse(text).expect("what was taken can be held");
    assert_eq!(held.is_some(), taken.get().is_selective());
    let held = held?;
    assert!(parse(text)?.verify(&issuer, now()).is_err());
    let subject = taken.get().claims.get("credentialSubject");
    let names = subject.and_then(Value::as_object).into_iter().flatten();
    let everything: Vec<ClaimPath> = names
        .map(|(name, _)| ClaimPath::of("credentialSubject", [name.as_str()]))
        .collect();
    for places in [&[], everything.as_slice()] {
        let selected = held.select(places).expect("its own members");
        let derived = selected.derive(b"once", &mut Numbers::default());
        let derived = Value::Object(derived.expect("derived")).to_string();
        match parse(&derived)?.verify(&issuer, now()) {
            Ok(seen) => assert_eq!(seen.get().claims, *selected.claims()),
            // Without a word about the subject it may be no credential.
            Err(error) => assert!(places.is_empty(), "{error}"),
        }
    }
    Some(())
}

/// A proof value to be put under what its Holder shows, by the suite that its first bytes name.
///
/// A proof of knowledge is believed as it was made, but for the order of the labels in it.
fn derived_proof(bytes: &[u8]) -> Option<()> {
    let named = |one: &&Derived| bytes.get(..SUITE) == one.value.get(..SUITE);
    let shown = DERIVED.iter().find(named)?;
    let mut document = shown.document.clone();
    let value = format!("u{}", base64url::encode(bytes));
    document.get_mut("proof")?["proofValue"] = value.into();
    let text = Value::Object(document).to_string();
    let parse = || UnverifiedCredential::parse(Format::LdpVc, &text).ok();
    let source = parse()?.key_source().ok()?;
    let judge = |key: &MechanismKey| {
        let evidence = evidence_of(&source, &key.multikey())?;
        parse()?.verify(&evidence, now()).ok()
    };
    assert!(judge(&shown.stranger).is_none());
    judge(&shown.issuer)?;
    if matches!(shown.issuer, MechanismKey::Bbs(_)) {
        let sorted = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            bytes.sort_unstable();
            bytes
        };
        assert_eq!(sorted(bytes), sorted(&shown.value));
    }
    Some(())
}

/// What a Holder shows of a credential.
struct Derived {
    document: Map<String, Value>,
    value: Vec<u8>,
    issuer: MechanismKey,
    stranger: MechanismKey,
}

static DERIVED: LazyLock<Vec<Derived>> = LazyLock::new(|| {
    let suites = [Mechanism::Bbs2023, Mechanism::EcdsaSd2023];
    suites.into_iter().filter_map(derived).collect()
});

fn derived(mechanism: Mechanism) -> Option<Derived> {
    let rng = &mut Numbers::default();
    let issuer = MechanismKey::generate(mechanism.key_kind(), rng).ok()?;
    let stranger = MechanismKey::generate(mechanism.key_kind(), rng).ok()?;
    let method = issuer.verification_method().ok()?;
    let mut credential = credential();
    credential.insert("issuer".to_owned(), method.did().as_str().into());
    let options = IssueOptions {
        verification_method: &method,
        created: None,
        mandatory: &["/issuer".to_owned()],
    };
    let base = mechanism.issue(credential, &issuer, &options, rng).ok()?;
    let shown = ["given_name", "address"].map(|name| format!("/credentialSubject/{name}"));
    let base = object(base.into_value());
    let document = mechanism::derive(&base, &shown, b"once", &[], rng).ok()?;
    let value = document.get("proof")?.get("proofValue")?.as_str()?;
    Some(Derived {
        value: base64url::decode(value.strip_prefix('u')?).ok()?,
        document,
        issuer,
        stranger,
    })
}

fn issue(mut document: Map<String, Value>) -> Option<String> {
    let method = method(&office());
    document.insert("issuer".to_owned(), method.did().as_str().into());
    let options = IssueOptions {
        verification_method: &method,
        created: Some(now()),
        mandatory: &[],
    };
    let key = MechanismKey::Signing(office());
    let rng = &mut Numbers::default();
    let secured = Mechanism::EcdsaSd2023.issue(document, &key, &options, rng);
    Some(secured.ok()?.into_text())
}

fn office() -> SigningKey {
    key(Algorithm::Es256, 1)
}

fn credential() -> Map<String, Value> {
    object(json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
        ],
        "type": ["VerifiableCredential", "PersonCredential"],
        "validUntil": "2038-01-01T00:00:00Z",
        "credentialSubject": {
            "id": did::key::did(holder().public()).as_str(),
            "given_name": "Ada",
            "nationalities": ["GB", "FR"],
            "address": { "country": "GB" },
        },
    }))
}

/// How many bytes of a proof value say its suite.
const SUITE: usize = 3;
