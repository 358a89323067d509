//! Purposes with numbers of their own, published and signed.

use keys::{Algorithm, SigningKey};
use openid4vp::request::RequestFault;
use openid4vp::scopes::{NumberScope, NumberScopes, ScopesFault, SignedScopes};
use openid4vp::verifier::PolicyError;
use openid4vp::wallet;
use serde_json::json;

use super::{Stage, number};
use crate::parties::net::*;
use crate::parties::{self, rng};

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
