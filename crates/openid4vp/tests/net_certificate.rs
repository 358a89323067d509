//! Net Certificates: each attack on context, relay, replay, lengths, epochs and marks that reaches
//! this conversation, written as code, fails (`docs/profiles/net-certificate.md`).
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod parties;

use keys::base64url;
use keys::seed::Seed;
use keys::{Algorithm, SigningKey};
use netcert::{ContextError, EpochProfile, NetNumber, PseudonymContext, ShownError};
use openid4vp::messages::{AuthorizationResponse, VpToken};
use openid4vp::request::RequestFault;
use openid4vp::scopes::{NumberScope, NumberScopes, ScopesFault, SignedScopes};
use openid4vp::verifier::{
    Answer, Error, Failure, Identity, PolicyError, Requested, Session, ShownPseudonym, Step,
    WalletFault, respond,
};
use openid4vp::wallet::{self, HoldingFault, Settings};
use parties::net::*;
use parties::{Verifier, adults, rng};
use serde_json::{Value, json};

fn answer(step: &Step) -> &Answer {
    let stored = match &step.next {
        Some(session @ Session::Answered(_)) => serde_json::to_value(session).unwrap(),
        other => panic!("{other:?}, {:?}", step.reply),
    };
    Box::leak(Box::new(
        serde_json::from_value(stored["answered"]["answer"].clone()).unwrap(),
    ))
}

fn number(step: &Step) -> ShownPseudonym {
    answer(step).credentials[0].pseudonym().unwrap().clone()
}

fn refused(step: Step, error: Error) {
    assert_eq!(step.reply.unwrap_err(), error);
}

/// The presentation and the state of an answer.
fn parts(body: &[u8]) -> (Value, Option<String>) {
    match AuthorizationResponse::parse(body).unwrap() {
        AuthorizationResponse::Presentation { state, vp_token } => {
            (vp_token.0["person"][0].clone(), state)
        }
        AuthorizationResponse::Error { error, .. } => panic!("{error:?}"),
    }
}

fn body(state: Option<String>, presentation: Value) -> Vec<u8> {
    let vp_token = VpToken([("person".to_owned(), vec![presentation])].into());
    AuthorizationResponse::Presentation { state, vp_token }
        .encode()
        .into_bytes()
}

struct Stage {
    epoch: Epoch,
    person: Person,
    forum: Web,
}

impl Stage {
    fn new() -> Self {
        let epoch = Epoch::at(ISSUER, noon());
        Self {
            person: Person::new(&epoch),
            epoch,
            forum: Web::at("https://forum.example"),
        }
    }

    fn profiles(&self) -> [EpochProfile; 1] {
        [self.epoch.profile.clone()]
    }

    fn visit(&self, verifier: &Web) -> Step {
        let created = verifier.ask();
        let sent = self.person.accept(verifier.open(&created).unwrap());
        receive_net(&created.session, sent.body(), &self.profiles(), noon())
    }
}

#[test]
fn a_person_is_over_18_and_has_a_number_and_nothing_else_is_said() {
    let stage = Stage::new();
    let step = stage.visit(&stage.forum);
    let answer = answer(&step);
    let credential = &answer.credentials[0];
    assert_eq!(credential.format, "net_certificate");
    assert_eq!(credential.issuer, ISSUER);
    assert_eq!(credential.claims.len(), 1);
    assert_eq!(credential.claims[0].values, [json!(true)]);
    assert_eq!(
        credential.valid_until,
        Some(stage.epoch.profile.valid_until())
    );
    let shown = credential.net_certificate.as_ref().unwrap();
    assert_eq!(
        (shown.epoch, shown.superseded),
        (stage.epoch.profile.epoch(), false)
    );
    let number = number(&step);
    assert_eq!(
        number.net_number,
        NetNumber::of(&number.pseudonym).to_string()
    );
    assert!(number.net_number.starts_with("nn1"));
    assert_eq!(number.first_visit, None);
    let own = stage.person.certificate.pseudonym(
        &stage.person.secret,
        &PseudonymContext::of_did_web(stage.forum.method.did(), netcert::Loopback::Refused)
            .unwrap(),
    );
    assert_eq!(number.pseudonym, own.unwrap());
    let stored = serde_json::to_string(&step.next).unwrap();
    assert!(!stored.contains("ANNA"));
}

/// Invariant 3, as far as one certificate goes.
#[test]
fn the_same_person_has_one_number_here_and_another_there() {
    let stage = Stage::new();
    let shop = Web::at("https://shop.example");
    let first = number(&stage.visit(&stage.forum));
    let again = number(&stage.visit(&stage.forum));
    let there = number(&stage.visit(&shop));
    assert_eq!(first.pseudonym, again.pseudonym);
    assert_ne!(first.pseudonym, there.pseudonym);
    assert_ne!(first.context, there.context);
    let other = Stage {
        person: Person::new(&stage.epoch),
        ..stage
    };
    assert_ne!(
        number(&other.visit(&other.forum)).pseudonym,
        first.pseudonym
    );
}

/// Without a number nothing in two answers is the same but what everybody has in common.
#[test]
fn without_a_number_visits_have_nothing_in_common() {
    let stage = Stage::new();
    let shown = || {
        let created = stage.forum.create(stage.forum.policy(json!({})));
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert!(answer(&step).credentials[0].pseudonym().is_none());
        parts(sent.body()).0
    };
    let (mut first, mut second) = (shown(), shown());
    let proofs = [&mut first, &mut second].map(|shown| shown["proof"]["proofValue"].take());
    assert_ne!(proofs[0], proofs[1]);
    assert_eq!(first, second);
}

/// The length of an answer says nothing but how many KiB it has.
#[test]
fn answers_are_padded() {
    let stage = Stage::new();
    for meta in [json!({}), json!({"pseudonym": {}})] {
        let created = stage.forum.create(stage.forum.policy(meta));
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        assert_eq!(sent.body().len() % 1024, 0);
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert!(step.reply.is_ok());
    }
    // A body that is already as long as it should be gets a whole KiB, never a partial one.
    for length in 0..2100 {
        let filled = body(None, json!({"a": "x".repeat(length)}));
        assert_eq!(filled.len() % 1024, 0);
        assert!(AuthorizationResponse::parse(&filled).is_ok());
    }
}

/// Invariant 4. *Attack*: Verifier B wants the number that somebody has at A.
mod context {
    use super::*;

    /// B says in its request that it is A.
    #[test]
    fn a_verifier_cannot_ask_as_another() {
        let stage = Stage::new();
        let (a, b) = (&stage.forum, Web::at("https://b.example"));
        let created = a.ask();
        let mut link: url::Url = created.link.parse().unwrap();
        let pairs: Vec<(String, String)> = link.query_pairs().into_owned().collect();
        assert!(
            pairs
                .iter()
                .any(|(_, value)| value.contains("did:web:forum.example"))
        );
        // A's link, and a Request Object that B signed.
        let session = parties::requested(&created.session);
        let posing = Web::of(
            a.method.did().clone(),
            SigningKey::generate(Algorithm::EdDsa, &mut rng()),
        );
        let step = wallet::open(&created.link, parties::SETTINGS, &mut rng(), noon()).unwrap();
        let wallet::Step::Fetch(fetching) = step else {
            panic!()
        };
        let question =
            openid4vp::verifier::WalletQuestion::parse(fetching.request().body()).unwrap();
        let object = session
            .request_object(posing.signer(), &question, noon())
            .unwrap();
        let step = fetching
            .receive(&parties::request_object(object), noon())
            .unwrap();
        let wallet::Step::Resolve(resolving) = step else {
            panic!()
        };
        let refusal = resolving.receive(&a.document, noon()).unwrap_err();
        assert!(matches!(
            refusal.error(),
            wallet::Error::Request(RequestFault::Jws(_))
        ));
        // B's own link, with A's name in it.
        let mine = b.ask();
        link.set_query(mine.link.split_once('?').map(|(_, query)| query));
        let renamed = link.as_str().replace("b.example", "forum.example");
        let step = wallet::open(&renamed, parties::SETTINGS, &mut rng(), noon()).unwrap();
        let wallet::Step::Fetch(fetching) = step else {
            panic!()
        };
        let question =
            openid4vp::verifier::WalletQuestion::parse(fetching.request().body()).unwrap();
        let session = parties::requested(&mine.session);
        let object = session
            .request_object(b.signer(), &question, noon())
            .unwrap();
        let refusal = fetching
            .receive(&parties::request_object(object), noon())
            .unwrap_err();
        assert!(matches!(
            refusal.error(),
            wallet::Error::Request(RequestFault::KeyId | RequestFault::ClientIdMismatch)
        ));
    }

    /// B hands out a document that calls itself A's.
    #[test]
    fn a_document_that_describes_another_did_is_none() {
        let a = Web::at("https://forum.example");
        let json = serde_json::to_vec(&a.document).unwrap();
        let b = Web::at("https://b.example");
        let refused = did::DidDocument::parse(&json, b.method.did()).unwrap_err();
        assert_eq!(refused, did::DidError::Id);
    }

    /// B relays A's nonce, and posts what it gets to A: the Holder believes to log in at B.
    #[test]
    fn a_relayed_answer_is_bound_to_who_asked() {
        let stage = Stage::new();
        let (a, b) = (&stage.forum, Web::at("https://b.example"));
        let asked = a.ask();
        let session = serde_json::to_value(&asked.session).unwrap();
        // B makes its own request with A's nonce and state.
        let mine = b.ask();
        let mut relayed = serde_json::to_value(&mine.session).unwrap();
        for member in ["nonce", "state"] {
            relayed["requested"][member] = session["requested"][member].clone();
        }
        let created = openid4vp::verifier::Created {
            session: serde_json::from_value(relayed).unwrap(),
            ..mine
        };
        let sent = stage.person.accept(b.open(&created).unwrap());
        let step = receive_net(&asked.session, sent.body(), &stage.profiles(), noon());
        refused(step, ShownError::Proof.into());
        // To B itself it says B's number, and not A's.
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert_ne!(number(&step).pseudonym, number(&stage.visit(a)).pseudonym);
    }

    /// B copies the number that it saw in A's answer over its own.
    #[test]
    fn a_number_cannot_be_moved_between_answers() {
        let stage = Stage::new();
        let other = Person::new(&stage.epoch);
        let created = stage.forum.ask();
        let honest = stage.person.accept(stage.forum.open(&created).unwrap());
        let theirs = other.accept(stage.forum.open(&created).unwrap());
        let (shown, state) = parts(honest.body());
        let (stolen, _) = parts(theirs.body());
        let [mine, stolen] = [&shown, &stolen].map(|shown| {
            let text = shown["proof"]["proofValue"].as_str().unwrap();
            base64url::decode(&text[1..]).unwrap()
        });
        let pseudonym = |number: &netcert::Pseudonym| number.as_bytes().to_vec();
        let of = |person: &Person| {
            let did = stage.forum.method.did();
            let context = PseudonymContext::of_did_web(did, netcert::Loopback::Refused).unwrap();
            pseudonym(
                &person
                    .certificate
                    .pseudonym(&person.secret, &context)
                    .unwrap(),
            )
        };
        let (mine_number, their_number) = (of(&stage.person), of(&other));
        let at = mine
            .windows(48)
            .position(|window| window == mine_number)
            .unwrap();
        assert!(stolen.windows(48).any(|window| window == their_number));
        let mut forged = mine;
        forged[at..at + 48].copy_from_slice(&their_number);
        let mut document = shown;
        document["proof"]["proofValue"] = json!(format!("u{}", base64url::encode(forged)));
        let body = body(state, document);
        let step = receive_net(&created.session, &body, &stage.profiles(), noon());
        refused(step, ShownError::Proof.into());
    }

    /// Nobody vouches for them, or they are another one tomorrow: whoever asks can be a stranger as
    /// often as they like, or pose as somebody.
    #[test]
    fn only_names_that_last_have_numbers() {
        let key = Verifier::new();
        let policy = Web::at("https://forum.example").policy(json!({"pseudonym": {}}));
        let endpoints = parties::endpoints();
        for identity in [Identity::Did(key.method.did()), Identity::ResponseUri] {
            let refused =
                Requested::create(policy.clone(), identity, &endpoints, &mut rng(), noon());
            let refused = refused.err().unwrap();
            assert_eq!(refused, PolicyError::Pseudonym(ContextError::Identity));
        }
        // Whoever asks anyway is refused before the Holder is asked anything.
        let link = |client_id: &str| {
            let mut link: url::Url = "openid4vp://".parse().unwrap();
            link.query_pairs_mut()
                .append_pair("client_id", client_id)
                .append_pair("response_type", "vp_token")
                .append_pair("response_mode", "direct_post")
                .append_pair("nonce", "n")
                .append_pair("dcql_query", &serde_json::to_string(&policy.query).unwrap());
            link.to_string()
        };
        let link = link("redirect_uri:https://forum.example/post");
        let refusal = wallet::open(&link, parties::SETTINGS, &mut rng(), noon()).unwrap_err();
        let identity = RequestFault::Pseudonym(ContextError::Identity);
        assert_eq!(*refusal.error(), wallet::Error::Request(identity.clone()));
        let issuer = parties::Issuer::new(Algorithm::EdDsa);
        let mut created = key.create(adults(&issuer));
        let mut session = serde_json::to_value(&created.session).unwrap();
        session["requested"]["policy"]["query"] = serde_json::to_value(&policy.query).unwrap();
        created.session = serde_json::from_value(session).unwrap();
        let step = wallet::open(&created.link, parties::SETTINGS, &mut rng(), noon()).unwrap();
        let wallet::Step::Fetch(fetching) = step else {
            panic!()
        };
        let response = key.hand_out(parties::requested(&created.session), &fetching.request());
        let refusal = fetching.receive(&response, parties::now()).unwrap_err();
        assert_eq!(*refusal.error(), wallet::Error::Request(identity));
        // The error may be told to the Verifier, and says nothing about the Holder.
        let report = refusal.report().unwrap();
        assert!(
            String::from_utf8(report.request().into_body())
                .unwrap()
                .starts_with("error=")
        );
    }

    #[test]
    fn this_machine_has_numbers_in_development_alone() {
        let stage = Stage::new();
        let local = Web::at("http://127.0.0.1:8002");
        let created = local.ask();
        let refusal = local.open(&created).unwrap_err();
        assert!(matches!(
            refusal.error(),
            wallet::Error::Request(RequestFault::RequestUri)
        ));
        let dev = Settings { dev_loopback: true };
        let request = local.open_at(&created, dev, &local.list()).unwrap();
        assert!(request.pseudonym().unwrap().context().is_loopback());
        let sent = stage.person.accept(request);
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert!(step.reply.is_ok());
    }

    #[test]
    fn a_path_of_a_host_is_told() {
        let of_path = Web::at("https://host.example/forum");
        let request = of_path.open(&of_path.ask()).unwrap();
        let asked = request.pseudonym().unwrap();
        assert!(asked.context().shares_host());
        assert_eq!(asked.context().to_string(), "host.example/forum");
        let whole = Web::at("https://forum.example");
        let request = whole.open(&whole.ask()).unwrap();
        assert!(!request.pseudonym().unwrap().context().shares_host());
    }
}

mod binding {
    use super::*;

    /// *Attack*: an answer again, or in answer to another request.
    #[test]
    fn an_answer_is_for_one_request() {
        let stage = Stage::new();
        let first = stage.forum.ask();
        let sent = stage.person.accept(stage.forum.open(&first).unwrap());
        let (shown, _) = parts(sent.body());
        let second = stage.forum.ask();
        let session = serde_json::to_value(&second.session).unwrap();
        let state = session["requested"]["state"].as_str().map(str::to_owned);
        let replayed = body(state, shown);
        let step = receive_net(&second.session, &replayed, &stage.profiles(), noon());
        refused(step, ShownError::Proof.into());
        assert!(
            receive_net(&first.session, sent.body(), &stage.profiles(), noon())
                .reply
                .is_ok()
        );
    }

    /// *Attack*: the request that was answered said something else, with the same nonce: another
    /// purpose, or claims that the Holder was shown as something else.
    #[test]
    fn an_answer_is_to_what_was_asked() {
        let stage = Stage::new();
        for (pointer, value) in [
            ("/requested/policy/purpose", json!("To give you money")),
            ("/requested/policy/client_name", json!("Bank")),
            ("/requested/state", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            ("/requested/nonce", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            (
                "/requested/response_uri",
                json!("https://forum.example/elsewhere"),
            ),
        ] {
            let created = stage.forum.ask();
            let sent = stage.person.accept(stage.forum.open(&created).unwrap());
            let mut session = serde_json::to_value(&created.session).unwrap();
            *session.pointer_mut(pointer).unwrap() = value;
            let state = session["requested"]["state"].as_str().map(str::to_owned);
            let session: Session = serde_json::from_value(session).unwrap();
            let body = body(state, parts(sent.body()).0);
            let step = receive_net(&session, &body, &stage.profiles(), noon());
            refused(step, ShownError::Proof.into());
        }
    }

    /// Fetching it again, at another time and with another nonce, changes nothing.
    #[test]
    fn how_a_request_was_fetched_does_not_matter() {
        let stage = Stage::new();
        let created = stage.forum.ask();
        stage.forum.open(&created).unwrap();
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert!(step.reply.is_ok());
    }

    #[test]
    fn a_number_is_there_if_and_only_if_it_was_asked_for() {
        let stage = Stage::new();
        let state = |session: &Session| {
            let session = serde_json::to_value(session).unwrap();
            session["requested"]["state"].as_str().map(str::to_owned)
        };
        let with = stage.forum.ask();
        let without = stage.forum.create(stage.forum.policy(json!({})));
        let numbered = parts(stage.person.accept(stage.forum.open(&with).unwrap()).body()).0;
        let plain = parts(
            stage
                .person
                .accept(stage.forum.open(&without).unwrap())
                .body(),
        )
        .0;
        let step = receive_net(
            &without.session,
            &body(state(&without.session), numbered),
            &stage.profiles(),
            noon(),
        );
        refused(step, ShownError::PseudonymUnasked.into());
        let step = receive_net(
            &with.session,
            &body(state(&with.session), plain),
            &stage.profiles(),
            noon(),
        );
        refused(step, ShownError::PseudonymMissing.into());
    }

    #[test]
    fn one_certificate_and_only_an_object() {
        let stage = Stage::new();
        let created = stage.forum.ask();
        let (shown, state) = parts(
            stage
                .person
                .accept(stage.forum.open(&created).unwrap())
                .body(),
        );
        let twice = AuthorizationResponse::Presentation {
            state: state.clone(),
            vp_token: VpToken([("person".to_owned(), vec![shown.clone(), shown])].into()),
        };
        let twice = twice.encode();
        let step = receive_net(
            &created.session,
            twice.as_bytes(),
            &stage.profiles(),
            noon(),
        );
        refused(step, WalletFault::TooMany.into());
        let text = body(state, json!("eyJhbGciOiJub25lIn0.e30."));
        let step = receive_net(&created.session, &text, &stage.profiles(), noon());
        refused(step, ShownError::Shape.into());
    }
}

mod epochs {
    use super::*;

    /// *Attack*: a profile for one person, whose presentations are then known everywhere.
    #[test]
    fn a_profile_that_nobody_published_is_not_known_and_not_fetched() {
        let stage = Stage::new();
        let tagged = Epoch::number(ISSUER, stage.epoch.profile.epoch());
        let person = Person::new(&tagged);
        let created = stage.forum.ask();
        let sent = person.accept(stage.forum.open(&created).unwrap());
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert!(step.next.is_none(), "the schedule may bring it");
        assert_eq!(respond(&step.reply).status(), 503);
        refused(step, Error::UnknownProfile);
        // Under the published profile's hash it is not signed by the published key.
        let (mut shown, state) = parts(sent.body());
        let text = shown["proof"]["proofValue"].as_str().unwrap();
        let mut bytes = base64url::decode(&text[1..]).unwrap();
        let hash = tagged.profile.hash();
        let at = bytes.windows(32).position(|window| window == hash).unwrap();
        bytes[at..at + 32].copy_from_slice(&stage.epoch.profile.hash());
        shown["proof"]["proofValue"] = json!(format!("u{}", base64url::encode(bytes)));
        let step = receive_net(
            &created.session,
            &body(state, shown),
            &stage.profiles(),
            noon(),
        );
        refused(step, ShownError::Proof.into());
    }

    /// *Attack*: everything but the shown slots is public, and equal for everybody.
    #[test]
    fn what_differs_from_everybody_elses_is_a_mark() {
        let stage = Stage::new();
        for (pointer, value) in [
            ("/validUntil", json!("2027-01-01T00:00:00Z")),
            ("/issuer", json!("did:web:other.example")),
            ("/type/1", json!("AdultCertificate")),
            ("/proof/created", json!("2026-11-18T12:00:00Z")),
            ("/id", json!("urn:uuid:5b6c2b0c")),
            ("/credentialSubject/id", json!("did:key:z6Mk")),
        ] {
            let created = stage.forum.ask();
            let (mut shown, state) = parts(
                stage
                    .person
                    .accept(stage.forum.open(&created).unwrap())
                    .body(),
            );
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            match shown.pointer_mut(parent).unwrap() {
                Value::Object(members) => drop(members.insert(name.to_owned(), value)),
                Value::Array(list) => list[1] = value,
                other => panic!("{other}"),
            }
            let step = receive_net(
                &created.session,
                &body(state, shown),
                &stage.profiles(),
                noon(),
            );
            let error = step.reply.unwrap_err();
            assert!(
                matches!(
                    error,
                    Error::NetCertificate(
                        ShownError::Deviates | ShownError::Shape | ShownError::Slot(_)
                    )
                ),
                "{pointer}: {error:?}"
            );
        }
    }

    #[test]
    fn an_epoch_ends() {
        let stage = Stage::new();
        let profile = &stage.epoch.profile;
        let created = stage.forum.ask();
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        let at = |now| {
            let mut session = serde_json::to_value(&created.session).unwrap();
            session["requested"]["expires_at"] = json!("2027-12-01T00:00:00Z");
            let session = serde_json::from_value(session).unwrap();
            receive_net(&session, sent.body(), &stage.profiles(), now)
        };
        let second = jiff::SignedDuration::from_secs(1);
        refused(
            at(profile.valid_from() - second),
            ShownError::NotYetValid.into(),
        );
        assert!(at(profile.valid_from()).reply.is_ok());
        let over = at(profile.valid_until());
        assert!(
            answer(&over).credentials[0]
                .net_certificate
                .as_ref()
                .unwrap()
                .superseded
        );
        refused(
            at(profile.valid_until() + second),
            ShownError::Expired.into(),
        );
    }

    /// The same seed and another epoch's key and certificate: another anchor makes another number,
    /// the same anchor the same one (tested where renewal is).
    #[test]
    fn certificates_of_different_people_do_not_share_a_number() {
        let stage = Stage::new();
        let seed = Seed::generate(&mut rng());
        let stage = Stage {
            person: Person::of(&stage.epoch, &seed),
            ..stage
        };
        let first = number(&stage.visit(&stage.forum)).pseudonym;
        let stage = Stage {
            person: Person::of(&stage.epoch, &seed),
            ..stage
        };
        assert_ne!(number(&stage.visit(&stage.forum)).pseudonym, first);
    }

    #[test]
    fn an_issuer_that_is_not_believed_is_not_believed() {
        let stage = Stage::new();
        let mut policy = stage.forum.policy(json!({"pseudonym": {}}));
        policy.issuers = vec!["did:web:other.example".into()];
        let created = stage.forum.create(policy);
        let sent = stage.person.accept(stage.forum.open(&created).unwrap());
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        refused(step, Error::IssuerNotTrusted);
    }
}

mod scopes {
    use super::*;

    fn in_scope(verifier: &Web, name: &str) -> openid4vp::verifier::Created {
        verifier.create(verifier.policy(json!({"pseudonym": {"scope": name}})))
    }

    fn fault(refusal: wallet::Refusal) -> RequestFault {
        match refusal.error() {
            wallet::Error::Request(fault) => fault.clone(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn each_scope_has_numbers_of_its_own() {
        let stage = Stage::new();
        let visit = |name: &str| {
            let created = in_scope(&stage.forum, name);
            let request = stage.forum.open(&created).unwrap();
            assert_eq!(request.pseudonym().unwrap().scope().unwrap().name, name);
            let sent = stage.person.accept(request);
            let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
            let number = number(&step);
            assert_eq!(number.scope.as_deref(), Some(name));
            number
        };
        let plain = number(&stage.visit(&stage.forum));
        let (jury, vote) = (visit("jury"), visit("vote"));
        assert_eq!(visit("jury"), jury);
        assert!(plain.pseudonym != jury.pseudonym && jury.pseudonym != vote.pseudonym);
        assert!(plain.context != jury.context && jury.context != vote.context);
    }

    #[test]
    fn the_list_is_where_the_document_is() {
        for (base, url) in [
            (
                "https://forum.example",
                "https://forum.example/.well-known/net-number-scopes",
            ),
            (
                "https://host.example/a/b",
                "https://host.example/a/b/net-number-scopes",
            ),
        ] {
            let did = did::web::did(&base.parse().unwrap()).unwrap();
            assert_eq!(
                openid4vp::scopes::scopes_url(&did, false).unwrap().as_str(),
                url
            );
        }
    }

    /// *Attack*: a scope for one person or one day, so that they are a stranger each time or, the
    /// other way round, known by a number that nobody else's list has.
    #[test]
    fn a_scope_that_is_not_in_the_signed_list_is_refused_before_consent() {
        let forum = Web::at("https://forum.example");
        let created = in_scope(&forum, "vote");
        let open = |list: &http::Response<Vec<u8>>| {
            fault(
                forum
                    .open_at(&created, parties::SETTINGS, list)
                    .unwrap_err(),
            )
        };
        let without = Web {
            scopes: NumberScopes::default(),
            ..Web::of(
                forum.method.did().clone(),
                SigningKey::generate(Algorithm::EdDsa, &mut rng()),
            )
        };
        // Signed with a key that the document does not have.
        assert!(matches!(
            open(&without.list()),
            RequestFault::Scopes(ScopesFault::Jws(_))
        ));
        let empty = NumberScopes::default()
            .sign(forum.signer(), noon())
            .unwrap();
        assert_eq!(open(&scopes_reply(empty)), RequestFault::ScopeUnknown);
        let other = Web::at("https://b.example");
        assert!(matches!(
            open(&other.list()),
            RequestFault::Scopes(ScopesFault::KeyId)
        ));
        let missing = http::Response::builder()
            .status(404)
            .body(Vec::new())
            .unwrap();
        assert_eq!(open(&missing), RequestFault::ScopesUnavailable(404));
        let mut page = forum.list();
        page.headers_mut()
            .insert("content-type", "text/html".parse().unwrap());
        assert_eq!(open(&page), RequestFault::ScopesUnavailable(200));
    }

    /// *Attack*: a list for each person, or an old one again: both at once is refused, and what is
    /// newer is shown as a change.
    #[test]
    fn of_two_lists_the_later_counts() {
        let forum = Web::at("https://forum.example");
        let minute = jiff::SignedDuration::from_mins(1);
        let signed = |list: &NumberScopes, at: jiff::Timestamp| {
            let text = list.sign(forum.signer(), at).unwrap();
            SignedScopes::verify(&text, &forum.document, noon()).unwrap()
        };
        let first = signed(&forum.scopes, noon());
        let other = NumberScopes::default();
        for (list, at) in [(&other, noon()), (&other, noon() - minute)] {
            let refused = signed(list, at).follow(&first);
            assert_eq!(refused, Err(ScopesFault::Rollback));
        }
        let later = signed(&other, noon() + minute);
        let (kept, before) = later.clone().follow(&first).unwrap();
        assert_eq!((&kept, before.as_ref()), (&later, Some(&forum.scopes)));
        assert_eq!(first.clone().follow(&kept), Err(ScopesFault::Rollback));
        // The same list under another signature changes nothing but the moment that counts.
        let again = signed(&forum.scopes, noon() + minute);
        assert_eq!(again.clone().follow(&first), Ok((again.clone(), None)));
        assert_eq!(first.follow(&again), Ok((again.clone(), None)));
        let kept = serde_json::to_string(&again).unwrap();
        assert_eq!(serde_json::from_str::<SignedScopes>(&kept).unwrap(), again);

        let text = forum
            .scopes
            .sign(forum.signer(), noon() + minute * 11)
            .unwrap();
        assert_eq!(
            SignedScopes::verify(&text, &forum.document, noon()),
            Err(ScopesFault::Future)
        );
    }

    #[test]
    fn the_verifier_refuses_to_ask_in_a_scope_that_it_does_not_publish() {
        let forum = Web::at("https://forum.example");
        let policy = forum.policy(json!({"pseudonym": {"scope": "dance"}}));
        assert_eq!(policy.check(false), Err(PolicyError::Scope));
    }

    #[test]
    fn lists_are_short_and_their_words_plain() {
        let scope = |name: &str, purpose: &str, period: Option<&str>| NumberScope {
            name: name.into(),
            purpose: purpose.into(),
            period: period.map(str::to_owned),
        };
        let many = (0..17).map(|at| scope(&format!("s{at}"), &format!("p{at}"), None));
        assert_eq!(NumberScopes::new(many.collect()), Err(ScopesFault::TooMany));
        for twice in [
            [scope("a", "b", None), scope("a", "c", None)],
            [scope("a", "b", Some("1")), scope("c", "b", Some("1"))],
        ] {
            assert_eq!(NumberScopes::new(twice.into()), Err(ScopesFault::Twice));
        }
        for wrong in [
            scope("", "b", None),
            scope("a b", "b", None),
            scope("a", "", None),
            scope("a", "To vote", None),
            scope("a", "b", Some("")),
        ] {
            assert_eq!(NumberScopes::new(vec![wrong]), Err(ScopesFault::Scope));
        }
    }
}

mod disclosure {
    use super::*;

    /// A number beside a name is a name for the number.
    #[test]
    fn a_name_beside_a_number_needs_the_holders_own_word() {
        let stage = Stage::new();
        let claims = json!([
            {"path": ["credentialSubject", "age_over_18"]},
            {"path": ["credentialSubject", "given_name"]},
        ]);
        let created = stage
            .forum
            .create(stage.forum.policy_for(json!({"pseudonym": {}}), claims));
        let accept = |override_: bool| {
            let request = stage.forum.open(&created).unwrap();
            let selection = request
                .matches(&[stage.person.candidate()])
                .preferred()
                .unwrap();
            let named: Vec<String> = request
                .identifying(&selection)
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(named.len(), 1);
            assert!(named[0].contains("given_name"));
            let holdings = |_: &str| Some(stage.person.holding(override_));
            request.accept(&selection, holdings, &mut rng(), noon())
        };
        assert!(matches!(
            accept(false).unwrap_err(),
            wallet::Error::Holding(HoldingFault::Net(netcert::PresentError::NameBesideNumber(
                _
            )))
        ));
        let sent = accept(true).unwrap().request();
        let step = receive_net(&created.session, sent.body(), &stage.profiles(), noon());
        assert_eq!(
            answer(&step).credentials[0].claims[1].values,
            [json!("ANNA")]
        );
    }

    #[test]
    fn nobody_says_what_they_are_not() {
        let stage = Stage::new();
        let over_21 = json!([{"path": ["credentialSubject", "age_over_21"]}]);
        let created = stage
            .forum
            .create(stage.forum.policy_for(json!({}), over_21));
        let request = stage.forum.open(&created).unwrap();
        assert!(!request.matches(&[stage.person.candidate()]).answerable());
    }

    /// More than was asked for is not kept.
    #[test]
    fn slots_that_nobody_asked_for_are_counted_and_forgotten() {
        let stage = Stage::new();
        let created = stage.forum.create(stage.forum.policy(json!({})));
        let request = stage.forum.open(&created).unwrap();
        let session = parties::requested(&created.session);
        let mut wire = serde_json::to_value(&created.session).unwrap();
        let state = wire["requested"]["state"].take();
        let nonce = wire["requested"]["nonce"].take();
        let object = session
            .request_object(stage.forum.signer(), &Default::default(), noon())
            .unwrap();
        let payload = base64url::decode(object.split('.').nth(1).unwrap()).unwrap();
        let parameters: serde_json::Map<String, Value> = serde_json::from_slice(&payload).unwrap();
        let header = netcert::PresentationHeader {
            nonce: nonce.as_str().unwrap(),
            client_id: request.verifier().as_str(),
            response_uri: request.response_uri().as_str(),
            request_digest: netcert::request_digest(&parameters).unwrap(),
        };
        let disclosure = netcert::Disclosure {
            slots: &[netcert::Slot::AgeOver18, netcert::Slot::GivenName],
            ..Default::default()
        };
        let Person {
            certificate,
            secret,
        } = &stage.person;
        let shown = certificate
            .present(secret, &disclosure, &header, &mut rng())
            .unwrap();
        let shown = shown.to_json(&stage.epoch.profile).unwrap();
        let body = body(state.as_str().map(str::to_owned), shown);
        let step = receive_net(&created.session, &body, &stage.profiles(), noon());
        assert_eq!(answer(&step).unasked, 1);
        assert!(!serde_json::to_string(&step.next).unwrap().contains("ANNA"));
    }
}

#[test]
fn accounts_are_the_hosts_business_and_a_blocked_number_is_refused_as_such() {
    let stage = Stage::new();
    let step = stage.visit(&stage.forum);
    let step = step.admit(|_| true);
    assert_eq!(number(&step).first_visit, Some(true));
    // Another process was faster: the commit meets an account.
    let step = step.admit(|_| false);
    assert_eq!(number(&step).first_visit, Some(false));
    let seen: Vec<ShownPseudonym> = step.pseudonyms().cloned().collect();
    assert_eq!(seen, [number(&step)]);
    let step = step.block();
    assert_eq!(respond(&step.reply).status(), 403);
    let stored = serde_json::to_value(step.next.as_ref().unwrap()).unwrap();
    assert_eq!(stored["failed"]["failure"], json!(Failure::Blocked));
    assert!(!stored.to_string().contains("nn1"));
    refused(step, Error::Blocked);
}

/// The metadata is the same for every wallet: it says the profile and nothing of its Holder.
#[test]
fn wallet_metadata_is_constant() {
    let forum = Web::at("https://forum.example");
    let question = || {
        let created = forum.ask();
        let step = wallet::open(&created.link, parties::SETTINGS, &mut rng(), noon()).unwrap();
        let wallet::Step::Fetch(fetching) = step else {
            panic!()
        };
        let form: Vec<(String, String)> = url::form_urlencoded::parse(fetching.request().body())
            .into_owned()
            .collect();
        form[0].clone()
    };
    let (name, metadata) = question();
    assert_eq!(question(), (name.clone(), metadata.clone()));
    assert_eq!(name, "wallet_metadata");
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let format = &metadata["vp_formats_supported"]["net_certificate"];
    assert_eq!(*format, json!({"profile_values": [netcert::PROFILE]}));
}
