//! Net certificates: what Issuers publish and send, what wallets prove and show, what people type.
//!
//! There is one way to write each, and nothing is believed but what was made here.

use std::sync::LazyLock;

use did::Did;
use keys::seed::Seed;
use netcert::{
    Anchor, AnchorBox, AnchorOpening, Binding, Disclosure, EpochKey, EpochProfile, HolderSecret,
    IssuanceProof, Loopback, NetNumber, NetNumberError, Prepared, PresentationHeader, ProfilePins,
    PseudonymContext, Schedule, Shown, Slot, SlotValue, Slots, TokenBinding, TokenSession,
    UnverifiedCertificate, issue,
};
use serde_json::Value;
use strict_json::Limits;

use crate::Target;
use crate::fixture::{Numbers, now, text};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("net_anchor_box", anchor_box, || {
        vec![MADE.sealed.to_bytes().to_vec()]
    }),
    Target::new("net_certificate", certificate, || vec![MADE.issued.clone()]),
    Target::new("net_context", context, contexts),
    Target::new("net_issuance_proof", issuance_proof, || {
        vec![MADE.first.clone(), MADE.renewal.clone()]
    }),
    Target::new("net_number", number, numbers),
    Target::new("net_profile", profile, || {
        vec![MADE.profile.canonical().to_vec()]
    }),
    Target::new("net_shown_cbor", shown_cbor, || {
        MADE.shown.iter().map(Shown::to_cbor).collect()
    }),
    Target::new("net_shown_json", shown_json, || {
        let json = |shown: &Shown| shown.to_json(&MADE.profile).expect("our own profile");
        MADE.shown.iter().map(|one| bytes(&json(one))).collect()
    }),
    Target::new("net_token_binding", token_binding, || {
        vec![MADE.token.clone()]
    }),
];

/// Nothing opens but the box that was sealed.
fn anchor_box(bytes: &[u8]) -> Option<()> {
    let sealed = AnchorBox::from_bytes(bytes).ok()?;
    assert_eq!(sealed.to_bytes().as_slice(), bytes);
    sealed.open(&MADE.seed, ISSUER, &MADE.anchor).ok()?;
    assert_eq!(sealed, MADE.sealed);
    Some(())
}

/// A certificate that the wallet takes is the one that was issued.
fn certificate(bytes: &[u8]) -> Option<()> {
    let document = strict_json::parse(bytes, Limits::default()).ok()?;
    let unverified = UnverifiedCertificate::parse(&document).ok()?;
    let Made {
        profile,
        secret,
        opening,
        anchor,
        prepared,
        ..
    } = &*MADE;
    let finished = unverified.finish(profile, secret, opening, anchor, prepared);
    let certificate = finished.ok()?;
    let issued: Value = serde_json::from_slice(&MADE.issued).expect("JSON");
    assert_eq!(document, issued);
    assert_eq!(certificate.slots(), &slots());
    Some(())
}

/// Every identity has one spelling: two texts with one context would be two ways to one number,
/// and one host with two contexts would be two numbers.
fn context(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let did = |loopback| PseudonymContext::of_did_web(&Did::parse(text).ok()?, loopback).ok();
    let origin = |loopback| PseudonymContext::of_origin(text, loopback).ok();
    for loopback in [Loopback::Refused, Loopback::Allowed] {
        let client = PseudonymContext::of_client_id(text, "https://shop.example/r", loopback).ok();
        for context in [did(loopback), origin(loopback), client]
            .into_iter()
            .flatten()
        {
            assert!(loopback == Loopback::Allowed || !context.is_loopback());
            assert!(text.contains(context.host()));
            assert!(!context.host().bytes().any(|byte| byte.is_ascii_uppercase()));
        }
    }
    let context = did(Loopback::Refused)?;
    let spelled = context.to_string().replace(':', "%3A").replace('/', ":");
    assert_eq!(format!("did:web:{spelled}"), text);
    Some(())
}

fn contexts() -> Vec<Vec<u8>> {
    let texts = [
        "did:web:shop.example",
        "did:web:shop.example%3A8443:tenants:a",
        "did:web:127.0.0.1%3A8080",
        "https://shop.example:8443",
        "http://localhost:8080",
        "x509_san_dns:shop.example",
        "decentralized_identifier:did:web:xn--bcher-kva.example",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

/// No proof holds but those that were made, and only in their session.
fn issuance_proof(bytes: &[u8]) -> Option<()> {
    let proof: IssuanceProof = strict_json::from_slice(bytes, Limits::default()).ok()?;
    let again = IssuanceProof::from_wire(&proof.to_wire()).expect("our own proof");
    assert_eq!(
        serde_json::to_value(&again).expect("JSON"),
        serde_json::to_value(&proof).expect("JSON")
    );
    let binding = MADE.binding();
    let other = Binding {
        c_nonce: "another",
        ..binding
    };
    assert!(proof.verify_first(&other).is_err());
    assert!(proof.verify_renewal(&MADE.anchor, &other).is_err());
    let first = proof
        .verify_first(&binding)
        .map(|(proven, _)| *proven.anchor());
    let renewal = proof
        .verify_renewal(&MADE.anchor, &binding)
        .map(|proven| *proven.anchor());
    let anchor = first.or(renewal).ok()?;
    assert_eq!(anchor, MADE.anchor);
    Some(())
}

/// What is read is written; what is not read may be repaired, and then it is.
fn number(bytes: &[u8]) -> Option<()> {
    let typed = text(bytes)?;
    let length = typed.chars().count();
    let (place, repair) = match NetNumber::parse(typed) {
        Ok(number) => {
            assert_eq!(NetNumber::parse(&number.to_string()), Ok(number));
            assert_eq!(NetNumber::parse(&number.grouped()), Ok(number));
            return Some(());
        }
        Err(NetNumberError::Character { place, repair }) => (place, repair),
        Err(NetNumberError::Mistyped(repair)) => (repair.place, Some(repair)),
        Err(_) => return None,
    };
    assert!(place <= length);
    let number = repair?.number;
    assert_eq!(NetNumber::parse(&number.to_string()), Ok(number));
    None
}

fn numbers() -> Vec<Vec<u8>> {
    let [with, _] = &MADE.shown;
    let number = NetNumber::of(with.unverified_pseudonym().expect("it has one"));
    vec![
        number.to_string().into_bytes(),
        number.grouped().to_uppercase().into_bytes(),
        number.to_string().replacen('q', "b", 1).into_bytes(),
    ]
}

/// A profile has one text, and after the first no other is taken for its epoch.
fn profile(bytes: &[u8]) -> Option<()> {
    let profile = EpochProfile::parse(bytes).ok()?;
    assert_eq!(profile.canonical(), bytes);
    assert!(profile.valid_from() < profile.valid_until());
    let mut pins = ProfilePins::default();
    pins.accept(&MADE.profile, now()).expect("the first");
    let known = profile.issuer() == ISSUER && profile.epoch() == MADE.profile.epoch();
    if known && profile != MADE.profile {
        assert!(pins.accept(&profile, now()).is_err());
    }
    Some(())
}

fn shown_cbor(bytes: &[u8]) -> Option<()> {
    let shown = Shown::from_cbor(bytes).ok()?;
    assert_eq!(shown.to_cbor(), bytes);
    believe(&shown)
}

fn shown_json(bytes: &[u8]) -> Option<()> {
    let document = strict_json::parse(bytes, Limits::default()).ok()?;
    let shown = Shown::from_json(&document).ok()?;
    let again = Shown::from_cbor(&shown.to_cbor()).expect("our own CBOR");
    assert_eq!(again.to_cbor(), shown.to_cbor());
    believe(&shown)
}

/// Nothing is believed but what was shown here, nor in answer to another request.
fn believe(shown: &Shown) -> Option<()> {
    let shop = shop();
    let other = PresentationHeader {
        nonce: "another",
        ..HEADER
    };
    for context in [Some(&shop), None] {
        assert!(shown.verify(&MADE.profile, context, &other, now()).is_err());
    }
    let verify = |context| shown.verify(&MADE.profile, context, &HEADER, now());
    let showing = verify(Some(&shop)).or_else(|_| verify(None)).ok()?;
    let known = MADE.shown.iter().map(Shown::to_cbor);
    assert!(known.into_iter().any(|one| one == shown.to_cbor()));
    assert!(showing.slots().is_true(Slot::AgeOver18));
    Some(())
}

fn token_binding(bytes: &[u8]) -> Option<()> {
    let binding: TokenBinding = strict_json::from_slice(bytes, Limits::default()).ok()?;
    assert_eq!(serde_json::to_vec(&binding).expect("JSON"), bytes);
    let other = TokenSession {
        c_nonce: "another",
        ..SESSION
    };
    assert!(binding.verify(&MADE.anchor, &other).is_err());
    binding.verify(&MADE.anchor, &SESSION).ok()?;
    assert_eq!(bytes, MADE.token);
    Some(())
}

/// What an Issuer and a wallet made.
struct Made {
    seed: Seed,
    secret: HolderSecret,
    anchor: Anchor,
    opening: AnchorOpening,
    sealed: AnchorBox,
    prepared: Prepared,
    profile: EpochProfile,
    first: Vec<u8>,
    renewal: Vec<u8>,
    token: Vec<u8>,
    issued: Vec<u8>,
    /// With a pseudonym, and without.
    shown: [Shown; 2],
}

impl Made {
    fn binding(&self) -> Binding<'_> {
        binding(&self.profile)
    }
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let rng = &mut Numbers::default();
    let key = EpochKey::generate(rng).expect("a key");
    let schedule = Schedule::weekly();
    let epoch = schedule.epoch_at(now()).expect("an epoch");
    let profile = EpochProfile::new(ISSUER, schedule, epoch, "+00:00", &key).expect("a profile");
    let seed = Seed::from_entropy(&[7; 32]);
    let secret = HolderSecret::derive(&seed, ISSUER, 0);
    let (anchor, opening) = AnchorOpening::create(&secret, rng).expect("an anchor");
    let prepared = Prepared::create(&secret, &opening, rng).expect("a commitment");
    let binding = binding(&profile);
    let first = IssuanceProof::prove_first(&secret, &opening, &anchor, &prepared, &binding, rng)
        .expect("a proof");
    let renewal = IssuanceProof::prove_renewal(&anchor, &prepared, &binding, rng).expect("a proof");
    let token = TokenBinding::prove(&secret, &opening, &anchor, &SESSION, rng).expect("a proof");
    let (proven, sealed) = first.verify_first(&binding).expect("our own proof");
    let issued = issue(&key, &profile, &slots(), &proven).expect("signed");
    let certificate = UnverifiedCertificate::parse(&issued)
        .and_then(|one| one.finish(&profile, &secret, &opening, &anchor, &prepared))
        .expect("our own certificate");
    let shop = shop();
    let shown = [Some(&shop), None].map(|context| {
        let disclosure = Disclosure {
            slots: &[Slot::AgeOver18],
            context,
            name_beside_number: false,
        };
        certificate
            .present(&secret, &disclosure, &HEADER, rng)
            .expect("shown")
    });
    Made {
        first: serde_json::to_vec(&first).expect("JSON"),
        renewal: serde_json::to_vec(&renewal).expect("JSON"),
        token: serde_json::to_vec(&token).expect("JSON"),
        issued: bytes(&issued),
        seed,
        secret,
        anchor,
        opening,
        sealed,
        prepared,
        profile,
        shown,
    }
});

fn slots() -> Slots {
    Slots::new([
        (Slot::AgeOver18, SlotValue::Flag(true)),
        (Slot::AgeOver60, SlotValue::Flag(false)),
        (Slot::Nationality, SlotValue::Text("UTO".to_owned())),
        (Slot::NativeName, SlotValue::Text("王小明".to_owned())),
        (Slot::BirthDate, SlotValue::Text("1974-08-12".to_owned())),
    ])
    .expect("slots")
}

fn shop() -> PseudonymContext {
    let did = Did::parse("did:web:shop.example").expect("a DID");
    PseudonymContext::of_did_web(&did, Loopback::Refused).expect("a context")
}

fn binding(profile: &EpochProfile) -> Binding<'_> {
    Binding {
        profile,
        c_nonce: "nonce",
        dpop_jkt: "thumbprint",
    }
}

fn bytes(document: &Value) -> Vec<u8> {
    serde_json::to_vec(document).expect("JSON")
}

const ISSUER: &str = "did:web:issuer.example";
const SESSION: TokenSession<'static> = TokenSession {
    issuer: ISSUER,
    c_nonce: "nonce",
    dpop_jkt: "thumbprint",
};
const HEADER: PresentationHeader<'static> = PresentationHeader {
    nonce: "n-0S6_WzA2Mj",
    client_id: "decentralized_identifier:did:web:shop.example",
    response_uri: "https://shop.example/response",
    request_digest: [7; 32],
};
