//! At a door, without a network: what a picture of a code is worth, and to whom.

use jiff::SignedDuration;
use keys::mac::MacKey;
use keys::{Algorithm, SigningKey};
use netcert::{ContextError, EpochProfile, Shown, ShownError};
use openid4vp::door::{
    AnswerFault, AtDoor, Door, DoorAnswer, DoorError, DoorFault, DoorNonces, DoorRequest,
    Freshness, STEP_SECONDS, from_qr_text, to_qr_text,
};
use openid4vp::request::RequestFault;
use openid4vp::verifier::Policy;
use openid4vp::wallet::HoldingFault;
use serde_json::{Value, json};

use crate::parties::net::*;
use crate::parties::{self, SETTINGS, rng};

struct Club {
    web: Web,
    door: Door,
    epoch: Epoch,
    person: Person,
}

fn door(web: &Web, policy: Policy) -> Result<Door, DoorError> {
    let nonces = DoorNonces::new(MacKey::new(&[7; 32]));
    Door::new(policy, web.method.did(), nonces, false)
}

impl Club {
    fn new() -> Self {
        Self::with(json!({"pseudonym": {}}))
    }

    fn with(meta: Value) -> Self {
        let web = Web::at("https://club.example");
        let epoch = Epoch::at(ISSUER, noon());
        Self {
            door: door(&web, web.policy(meta)).unwrap(),
            person: Person::new(&epoch),
            epoch,
            web,
        }
    }

    fn code(&self, seconds: i64) -> String {
        self.door
            .code(self.web.signer(), false, after(seconds))
            .unwrap()
            .0
    }

    fn printed(&self) -> String {
        let (code, until) = self.door.code(self.web.signer(), true, noon()).unwrap();
        assert_eq!(until, None);
        code
    }

    fn open(&self, code: &str, seconds: i64) -> Result<AtDoor, DoorFault> {
        let request = DoorRequest::parse(code, SETTINGS)?;
        assert_eq!(request.did(), self.web.method.did());
        request.authenticate(&self.web.document, after(seconds))
    }

    fn answer(&self, at: AtDoor) -> String {
        let selection = at.matches(&[self.person.candidate()]).preferred().unwrap();
        at.accept(&selection, &self.person.holding(false), &mut rng())
            .unwrap()
    }

    fn judge(&self, text: &str, seconds: i64) -> Result<DoorAnswer, AnswerFault> {
        self.door
            .judge(text, false, |hash| self.profile(hash), after(seconds))
    }

    fn profile(&self, hash: [u8; 32]) -> Option<EpochProfile> {
        Some(self.epoch.profile.clone()).filter(|profile| profile.hash() == hash)
    }
}

/// Whole steps begin at this noon.
fn after(seconds: i64) -> jiff::Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

#[test]
fn a_person_comes_in_and_a_picture_of_it_is_soon_worth_nothing() {
    let club = Club::new();
    let code = club.code(0);
    let at = club.open(&code, 5).unwrap();
    assert_eq!(at.name(), Some("Forum"));
    assert!(!at.is_printed());
    assert_eq!(at.context().unwrap().to_string(), "club.example");
    let text = club.answer(at);
    let good = club.judge(&text, 20).unwrap();
    assert_eq!(good.freshness, Freshness::Fresh);
    let credential = &good.answer.credentials[0];
    assert_eq!(credential.claims[0].values, [json!(true)]);
    assert!(
        credential
            .pseudonym()
            .unwrap()
            .net_number
            .starts_with("nn1")
    );
    assert!(club.judge(&text, 3 * STEP_SECONDS - 1).is_ok());
    let late = club.judge(&text, 3 * STEP_SECONDS).unwrap_err();
    assert_eq!(late, AnswerFault::NetCertificate(ShownError::Proof));
    let before = club.judge(&text, -1).unwrap_err();
    assert_eq!(before, AnswerFault::NetCertificate(ShownError::Proof));
}

/// The number at the door is the number on line: one person, one account.
#[test]
fn the_number_is_the_one_that_the_platform_knows() {
    let club = Club::new();
    let text = club.answer(club.open(&club.code(0), 0).unwrap());
    let here = club.judge(&text, 1).unwrap().answer.credentials[0]
        .pseudonym()
        .unwrap()
        .clone();
    let created = club.web.ask();
    let sent = club.person.accept(club.web.open(&created).unwrap());
    let profiles = [club.epoch.profile.clone()];
    let step = receive_net(&created.session, sent.body(), &profiles, noon());
    let online: Vec<_> = step.pseudonyms().cloned().collect();
    assert_eq!(online, [here]);
}

#[test]
fn codes_are_small_enough() {
    let club = Club::new();
    let code = club.code(0);
    assert!(code.len() < 1100, "{}", code.len());
    let text = club.answer(club.open(&code, 0).unwrap());
    let cbor = from_qr_text(&text).unwrap();
    assert!(cbor.len() <= Shown::QR_BYTES, "{}", cbor.len());
    assert_eq!(to_qr_text(&cbor), text);
    // Alphanumeric mode, correction level M: version 34 of 40 has room for 2,632.
    assert!(text.len() <= 2632, "{}", text.len());
    assert!(
        text.bytes()
            .all(|b| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&b))
    );
}

/// *Attack*: the answer to a code on paper is shown as one to the door's own, and the other way round.
#[test]
fn an_answer_to_a_printed_code_is_replayable_and_said_to_be() {
    let club = Club::new();
    let at = club.open(&club.printed(), 86_400).unwrap();
    assert!(at.is_printed());
    let text = club.answer(at);
    let judge = |text: &str, printed| {
        club.door
            .judge(text, printed, |hash| club.profile(hash), after(90_000))
    };
    assert_eq!(judge(&text, true).unwrap().freshness, Freshness::Replayable);
    let refused = AnswerFault::NetCertificate(ShownError::Proof);
    assert_eq!(judge(&text, false).unwrap_err(), refused);
    let fresh = club.answer(club.open(&club.code(0), 0).unwrap());
    assert_eq!(judge(&fresh, true).unwrap_err(), refused);
}

/// *Attack*: an answer is carried to another door, to another question, or on line.
#[test]
fn an_answer_is_for_one_door_and_one_question() {
    let club = Club::new();
    let text = club.answer(club.open(&club.code(0), 0).unwrap());
    let proof = AnswerFault::NetCertificate(ShownError::Proof);
    let other = Web::at("https://other.example");
    let elsewhere = door(&other, other.policy(json!({"pseudonym": {}}))).unwrap();
    let judge = |door: &Door| door.judge(&text, false, |hash| club.profile(hash), noon());
    assert_eq!(judge(&elsewhere).unwrap_err(), proof);
    let mut policy = club.web.policy(json!({"pseudonym": {}}));
    policy.purpose = Some("To give you money".into());
    assert_eq!(judge(&door(&club.web, policy).unwrap()).unwrap_err(), proof);
    // Another door of the same Verifier with a key of its own.
    let nonces = DoorNonces::new(MacKey::new(&[8; 32]));
    let policy = club.web.policy(json!({"pseudonym": {}}));
    let side = Door::new(policy, club.web.method.did(), nonces, false).unwrap();
    assert_eq!(judge(&side).unwrap_err(), proof);
    let without = door(&club.web, club.web.policy(json!({}))).unwrap();
    let unasked = AnswerFault::NetCertificate(ShownError::PseudonymUnasked);
    assert_eq!(judge(&without).unwrap_err(), unasked);
}

/// *Attack*: a door that says to be somebody else's, to learn the number that people have there.
#[test]
fn a_door_shows_who_it_is_or_learns_nothing() {
    let club = Club::new();
    let thief = Web::of(
        club.web.method.did().clone(),
        SigningKey::generate(Algorithm::EdDsa, &mut rng()),
    );
    let (code, _) = club.door.code(thief.signer(), false, noon()).unwrap();
    let refused = club.open(&code, 0).unwrap_err();
    assert!(
        matches!(refused, DoorFault::Request(RequestFault::Jws(_))),
        "{refused:?}"
    );
    // A request that is not signed is none for a door.
    let link = code.split("&request=").next().unwrap();
    assert_eq!(
        DoorRequest::parse(link, SETTINGS).unwrap_err(),
        DoorFault::NotADoor
    );
    // Nor is one that would be answered over the network.
    let created = club.web.ask();
    let session = parties::requested(&created.session);
    let object = session.request_object(club.web.signer(), &Default::default(), noon());
    let link = format!("{link}&request={}", object.unwrap());
    let refused = DoorRequest::parse(&link, SETTINGS).unwrap();
    let refused = refused
        .authenticate(&club.web.document, noon())
        .unwrap_err();
    assert_eq!(refused, DoorFault::NotADoor);
}

#[test]
fn a_code_runs_out() {
    let club = Club::new();
    let code = club.code(0);
    // A minute of leeway, as everywhere.
    assert!(club.open(&code, 2 * STEP_SECONDS + 59).is_ok());
    let late = club.open(&code, 2 * STEP_SECONDS + 60).unwrap_err();
    assert_eq!(late, DoorFault::Request(RequestFault::Expired));
}

#[test]
fn a_did_that_lasts_not_has_no_numbers_here_either() {
    let key = parties::Verifier::new();
    let web = Web::at("https://club.example");
    let nonces = DoorNonces::new(MacKey::new(&[7; 32]));
    let policy = web.policy(json!({"pseudonym": {}}));
    let refused = Door::new(policy, key.method.did(), nonces, false)
        .err()
        .unwrap();
    assert_eq!(refused, DoorError::Pseudonym(ContextError::Identity));
}

#[test]
fn a_door_asks_for_one_certificate() {
    let web = Web::at("https://club.example");
    let scoped = web.policy(json!({"pseudonym": {"scope": "vote"}}));
    assert_eq!(door(&web, scoped).err().unwrap(), DoorError::Policy);
    let issuer = parties::Issuer::new(Algorithm::EdDsa);
    let other = parties::adults(&issuer);
    assert_eq!(door(&web, other).err().unwrap(), DoorError::Policy);
}

#[test]
fn epochs_and_issuers_are_judged_as_on_line() {
    let club = Club::new();
    let text = club.answer(club.open(&club.code(0), 0).unwrap());
    let unknown = club.door.judge(&text, false, |_| None, noon()).unwrap_err();
    assert_eq!(unknown, AnswerFault::UnknownProfile);
    let mut policy = club.web.policy(json!({"pseudonym": {}}));
    policy.issuers = vec!["did:web:other.example".into()];
    let strict = door(&club.web, policy).unwrap();
    let refused = strict
        .judge(&text, false, |hash| club.profile(hash), noon())
        .unwrap_err();
    assert_eq!(refused, AnswerFault::IssuerNotTrusted);
    let over = club.epoch.profile.valid_until() + SignedDuration::from_secs(1);
    let over = club
        .door
        .judge(&text, false, |hash| club.profile(hash), over)
        .unwrap_err();
    assert_eq!(over, AnswerFault::NetCertificate(ShownError::Expired));
}

#[test]
fn damaged_codes_are_refused() {
    let club = Club::with(json!({}));
    let text = club.answer(club.open(&club.code(0), 0).unwrap());
    let cbor = from_qr_text(&text).unwrap();
    for at in (0..cbor.len()).step_by(7) {
        let mut damaged = cbor.clone();
        damaged[at] ^= 1;
        assert!(club.judge(&to_qr_text(&damaged), 0).is_err(), "{at}");
    }
    for wrong in [
        "",
        "NC1:",
        "NC1:abc",
        "hello",
        &text[..text.len() - 3],
        &text[1..],
    ] {
        assert!(club.judge(wrong, 0).is_err(), "{wrong}");
    }
    let long = to_qr_text(&[0; Shown::QR_BYTES + 1]);
    assert_eq!(club.judge(&long, 0).unwrap_err(), AnswerFault::Unreadable);
}

/// What does not fit is not shown at all; a name beside a number needs the Holder's word.
#[test]
fn a_wallet_shows_no_more_than_fits() {
    let web = Web::at("https://club.example");
    let claims = json!([{"path": ["credentialSubject", "given_name"]}]);
    let policy = web.policy_for(json!({"pseudonym": {}}), claims);
    let club = Club {
        door: door(&web, policy).unwrap(),
        web,
        ..Club::new()
    };
    let at = club.open(&club.code(0), 0).unwrap();
    let selection = at.matches(&[club.person.candidate()]).preferred().unwrap();
    let refused = at
        .accept(&selection, &club.person.holding(false), &mut rng())
        .unwrap_err();
    assert!(matches!(refused, HoldingFault::Net(_)));
    let at = club.open(&club.code(0), 0).unwrap();
    assert!(
        at.accept(&selection, &club.person.holding(true), &mut rng())
            .is_ok()
    );
}
