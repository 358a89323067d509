//! What is read at doors, and what Verifiers publish of their numbers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use did::{DidDocument, DidUrl};
use keys::mac::MacKey;
use keys::seed::Seed;
use netcert::{
    AnchorOpening, Binding, Certificate, EpochKey, EpochProfile, HolderSecret, IssuanceProof,
    Prepared, Schedule, Slot, SlotValue, Slots, UnverifiedCertificate,
};
use openid4vp::door::{Door, DoorNonces, DoorRequest, from_qr_text, to_qr_text};
use openid4vp::request::Signer;
use openid4vp::scopes::{NumberScope, NumberScopes};
use openid4vp::verifier::{Flow, Policy};
use openid4vp::wallet::{self, Holding, Settings};
use serde_json::json;

use crate::Target;
use crate::fixture::{Numbers, now, text, verifier};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("door_answer", answer, || {
        vec![CLUB.answer.clone().into_bytes()]
    }),
    Target::new("door_request", request, || {
        vec![CLUB.code.clone().into_bytes()]
    }),
    Target::new("number_scopes", scopes, || {
        vec![CLUB.scopes.clone().into_bytes()]
    }),
    Target::new("number_scopes_signed", scopes_signed, || {
        vec![
            br#"{"iss":"did:web:club.example","iat":1,"scopes":[{"name":"a","purpose":"b"}]}"#
                .to_vec(),
        ]
    }),
];

/// A door takes the answer that was made for it, and no other.
fn answer(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let cbor = from_qr_text(text)?;
    assert_eq!(to_qr_text(&cbor), text.trim());
    let profile = |hash| Some(CLUB.profile.clone()).filter(|profile| profile.hash() == hash);
    let door = door(policy());
    assert!(
        door.judge(text, true, profile, now()).is_err(),
        "it is not on paper"
    );
    door.judge(text, false, profile, now()).ok()?;
    assert_eq!(text.trim(), CLUB.answer);
    Some(())
}

/// A wallet believes the code that the door shows, and no other.
fn request(bytes: &[u8]) -> Option<()> {
    let request = DoorRequest::parse(text(bytes)?, SETTINGS).ok()?;
    let at = request.authenticate(&CLUB.document, now()).ok()?;
    assert_eq!(at.query(), &policy().query);
    assert_eq!(at.context().expect("a number").host(), "club.example");
    Some(())
}

/// A list that is believed is the one that was signed.
fn scopes(bytes: &[u8]) -> Option<()> {
    let read = NumberScopes::verify(text(bytes)?, &CLUB.document).ok()?;
    assert_eq!(read, list());
    Some(())
}

/// Whatever a Verifier signs, each name has one meaning.
fn scopes_signed(bytes: &[u8]) -> Option<()> {
    let key = verifier();
    let header = json!({
        "alg": "EdDSA", "typ": "net-number-scopes+jwt", "kid": CLUB.method.to_string(),
    });
    let signed = keys::jws::sign(&header, bytes, &key).expect("signed");
    let read = NumberScopes::verify(&signed, &CLUB.document).ok()?;
    for scope in read.iter() {
        assert_eq!(read.find(&scope.name), Some(scope));
        scope.bound().expect("checked");
    }
    let signer = Signer {
        key: &key,
        method: &CLUB.method,
    };
    let again = read.sign(signer, now()).expect("signed");
    assert_eq!(
        NumberScopes::verify(&again, &CLUB.document).as_ref(),
        Ok(&read)
    );
    Some(())
}

/// A club with a door, and somebody at it.
struct Club {
    answer: String,
    code: String,
    document: DidDocument,
    method: DidUrl,
    profile: EpochProfile,
    scopes: String,
}

static CLUB: LazyLock<Club> = LazyLock::new(|| {
    let rng = &mut Numbers::default();
    let key = verifier();
    let url = "https://club.example".parse().expect("an address");
    let did = did::web::did(&url).expect("a DID");
    let document = did::web::document(&did, &[("k", key.public().clone())]).expect("a document");
    let method = did.url("k").expect("a method");
    let signer = Signer {
        key: &key,
        method: &method,
    };
    let (code, _) = door(policy()).code(signer, false, now()).expect("a code");
    let (profile, secret, certificate) = certified(rng);
    let request = DoorRequest::parse(&code, SETTINGS).expect("our own");
    let at = request.authenticate(&document, now()).expect("our own");
    let candidates = [wallet::certificate_candidate("0", &certificate)];
    let selection = at.matches(&candidates).preferred().expect("an answer");
    let holding = Holding::Net {
        certificate: &certificate,
        secret: &secret,
        name_beside_number: false,
    };
    Club {
        answer: at.accept(&selection, &holding, rng).expect("an answer"),
        code,
        scopes: list().sign(signer, now()).expect("signed"),
        document,
        method,
        profile,
    }
});

pub(crate) fn certified(rng: &mut Numbers) -> (EpochProfile, HolderSecret, Certificate) {
    let key = EpochKey::generate(rng).expect("a key");
    let schedule = Schedule::weekly();
    let epoch = schedule.epoch_at(now()).expect("an epoch");
    let profile = EpochProfile::new(ISSUER, schedule, epoch, "+00:00", &key).expect("a profile");
    let secret = HolderSecret::derive(&Seed::from_entropy(&[7; 32]), ISSUER, 0);
    let (anchor, opening) = AnchorOpening::create(&secret, rng).expect("an anchor");
    let prepared = Prepared::create(&secret, &opening, rng).expect("a commitment");
    let binding = Binding {
        profile: &profile,
        c_nonce: "c",
        dpop_jkt: "k",
    };
    let proof = IssuanceProof::prove_first(&secret, &opening, &anchor, &prepared, &binding, rng)
        .expect("a proof");
    let (proven, _) = proof.verify_first(&binding).expect("our own");
    let slots = Slots::new([(Slot::AgeOver18, SlotValue::Flag(true))]).expect("a slot");
    let issued = netcert::issue(&key, &profile, &slots, &proven).expect("signed");
    let certificate = UnverifiedCertificate::parse(&issued)
        .and_then(|one| one.finish(&profile, &secret, &opening, &anchor, &prepared))
        .expect("our own");
    (profile, secret, certificate)
}

fn door(policy: Policy) -> Door {
    let did = did::Did::parse("did:web:club.example").expect("a DID");
    let nonces = DoorNonces::new(MacKey::new(&[5; 32]));
    Door::new(policy, &did, nonces, false).expect("a door")
}

pub(crate) fn policy() -> Policy {
    let query = json!({"credentials": [{
        "id": "person", "format": "net_certificate", "meta": {"pseudonym": {}},
        "claims": [{"path": ["credentialSubject", "age_over_18"], "values": [true]}],
    }]});
    Policy {
        name: "login".into(),
        client_name: Some("Club".into()),
        purpose: None,
        query: serde_json::from_value(query).expect("a query"),
        issuers: vec![ISSUER.into()],
        query_issuers: BTreeMap::new(),
        cryptosuites: Vec::new(),
        scopes: NumberScopes::default(),
        flow: Flow::CrossDevice,
        ttl_seconds: 300,
        accept_stale_status: false,
        refused_messages: Vec::new(),
    }
}

fn list() -> NumberScopes {
    let vote = NumberScope {
        name: "vote".into(),
        purpose: "vote".into(),
        period: Some("2026".into()),
    };
    NumberScopes::new(vec![vote]).expect("a list")
}

const ISSUER: &str = "did:web:issuer.example";
const SETTINGS: Settings = Settings {
    dev_loopback: false,
};
