//! Invariant 4. *Attack*: Verifier B wants the number that somebody has at A.

use keys::{Algorithm, SigningKey, base64url};
use netcert::{ContextError, PseudonymContext, ShownError};
use openid4vp::request::RequestFault;
use openid4vp::verifier::{Identity, PolicyError, Requested};
use openid4vp::wallet::{self, Settings};
use serde_json::json;

use super::{Stage, body, number, parts, refused};
use crate::parties::net::*;
use crate::parties::{self, Verifier, adults, rng};

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
    let question = openid4vp::verifier::WalletQuestion::parse(fetching.request().body()).unwrap();
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
    let question = openid4vp::verifier::WalletQuestion::parse(fetching.request().body()).unwrap();
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
        let refused = Requested::create(policy.clone(), identity, &endpoints, &mut rng(), noon());
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
