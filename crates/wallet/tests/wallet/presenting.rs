use jiff::SignedDuration;
use keys::base64url;
use serde_json::{Value, json};
use wallet::{Event, Lack, NearMiss, Outcome, PresentError, Wallet};

use crate::issuer::{Issuer, Mischief};
use crate::person::{Person, receive, with_credential};
use crate::verifier::{Manner, Verifier, query};

/// Everything that the answer discloses, decoded, in one text.
fn disclosed(presentation: &str) -> String {
    presentation
        .split('~')
        .flat_map(|part| part.split('.'))
        .filter_map(|part| base64url::decode(part).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

fn outcome(wallet: &Wallet) -> Option<Outcome> {
    match wallet.history().last()?.event {
        Event::Presented { outcome, .. } => Some(outcome),
        _ => None,
    }
}

#[tokio::test]
async fn a_claim_that_was_not_asked_for_never_leaves() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, _id) = with_credential(&issuer).await;
    let everything = ["Anna", "1974-08-12", "age_over_18", "UTO", "Nowhere"];
    for (claims, expected) in [
        (&[&["age_over_18"][..]][..], &["age_over_18"][..]),
        (&[&["given_name"]], &["Anna"]),
        (&[&["address", "country"]], &["UTO"]),
    ] {
        let verifier = Verifier::open(Manner::Accepts).await;
        let review = wallet
            .review_request(&verifier.link(&query(claims)))
            .await
            .unwrap();
        let shown: Vec<String> = review.chosen(None).unwrap()[0]
            .shared
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        let hidden = review.chosen(None).unwrap()[0].hidden.clone();
        assert_eq!(shown, [claims[0].join(".")]);
        assert_eq!(hidden.len(), 4, "{hidden:?}");
        wallet.present(review, None).await.unwrap();

        let sent = verifier.presentations();
        let text = disclosed(sent["person"][0].as_str().unwrap());
        for value in everything {
            assert_eq!(
                text.contains(value),
                expected.contains(&value),
                "{value} in {text}"
            );
        }
        // Nor does it leave in any other part of the answer.
        let whole = String::from_utf8(verifier.received()[0].clone()).unwrap();
        assert!(
            whole.starts_with("vp_token=") && !whole.contains('&'),
            "{whole}"
        );
    }
}

#[tokio::test]
async fn what_nearly_answers_is_told_to_the_holder_alone() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, wallet, id) = with_credential(&issuer).await;
    let verifier = Verifier::open(Manner::Accepts).await;
    let nameless = query(&[&["age_over_18"], &["maiden_name"]]);
    let mut elsewhere = query(&[&["address", "country"]]);
    elsewhere["credentials"][0]["claims"][0]["values"] = json!(["PRT"]);
    let mut other = query(&[&["age_over_18"]]);
    other["credentials"][0]["meta"]["vct_values"] = json!(["urn:example:licence"]);
    for (query, lack) in [
        (nameless, Some(Lack::Claim("maiden_name".to_owned()))),
        (elsewhere, Some(Lack::Value("address.country".to_owned()))),
        (other, None),
    ] {
        let review = wallet.review_request(&verifier.link(&query)).await.unwrap();
        assert_eq!(review.missing().unwrap(), ["person"]);
        let expected = lack.map(|lack| NearMiss {
            id: id.clone(),
            name: wallet.credential(&id).unwrap().name.clone(),
            lack,
        });
        assert_eq!(review.asks()[0].near_misses, Vec::from_iter(expected));
    }
    let review = wallet
        .review_request(&verifier.link(&query(&[&["age_over_18"]])))
        .await
        .unwrap();
    assert!(review.asks()[0].near_misses.is_empty());
    assert!(verifier.received().is_empty());
}

#[tokio::test]
async fn presenting_asks_no_issuer_anything() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, _id) = with_credential(&issuer).await;
    let verifier = Verifier::open(Manner::Accepts).await;
    issuer.requests();
    let link = verifier.link(&query(&[&["age_over_18"]]));
    let review = wallet.review_request(&link).await.unwrap();
    wallet.present(review, None).await.unwrap();
    let review = wallet.review_request(&link).await.unwrap();
    wallet.decline(review).await.unwrap();
    assert!(issuer.requests().is_empty());
}

#[tokio::test]
async fn every_visit_uses_a_copy_and_a_key_of_its_own() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, id) = with_credential(&issuer).await;
    let mut seen: Vec<String> = Vec::new();
    for left in [2, 1, 0] {
        let verifier = Verifier::open(Manner::Accepts).await;
        let link = verifier.link(&query(&[&["age_over_18"]]));
        let review = wallet.review_request(&link).await.unwrap();
        wallet.present(review, None).await.unwrap();
        assert_eq!(wallet.credential(&id).unwrap().copies_left(), left);
        let presentation = verifier.presentations()["person"][0]
            .as_str()
            .unwrap()
            .to_owned();
        let (credential, _) = presentation.split_once('~').unwrap();
        let payload = credential.split('.').nth(1).unwrap();
        let payload: Value = serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap();
        let mut traits = vec![credential.to_owned(), payload["cnf"].to_string()];
        traits.extend(
            payload["_sd"]
                .as_array()
                .unwrap()
                .iter()
                .map(Value::to_string),
        );
        assert!(traits.iter().all(|one| !seen.contains(one)));
        seen.extend(traits);
    }
}

#[tokio::test]
async fn a_copy_is_gone_before_it_is_sent_whatever_the_verifier_does_then() {
    for (manner, ended) in [
        (Manner::Accepts, Outcome::Accepted),
        (Manner::Refuses, Outcome::Refused),
        (Manner::Mumbles, Outcome::Unknown),
    ] {
        let issuer = Issuer::open(&Person::new().clock).await;
        let (person, mut wallet, id) = with_credential(&issuer).await;
        let verifier = Verifier::open(manner).await;
        let link = verifier.link(&query(&[&["age_over_18"]]));
        let review = wallet.review_request(&link).await.unwrap();
        let presented = wallet.present(review, None).await;
        assert_eq!(presented.is_ok(), ended == Outcome::Accepted);
        assert_eq!(verifier.received().len(), 1);
        drop(wallet);
        let wallet = person.open_wallet();
        assert_eq!(
            wallet.credential(&id).unwrap().copies_left(),
            2,
            "{ended:?}"
        );
        assert_eq!(outcome(&wallet), Some(ended));
    }
}

#[tokio::test]
async fn a_wallet_that_is_cut_off_while_it_sends_has_written_that_the_copy_is_gone() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (person, mut wallet, id) = with_credential(&issuer).await;
    // Somebody who listens and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/response", listener.local_addr().unwrap());
    let mut link = url::Url::parse("openid4vp://").unwrap();
    link.query_pairs_mut()
        .append_pair("client_id", &format!("redirect_uri:{uri}"))
        .append_pair("response_type", "vp_token")
        .append_pair("response_mode", "direct_post")
        .append_pair("response_uri", &uri)
        .append_pair("nonce", "n")
        .append_pair("dcql_query", &query(&[&["age_over_18"]]).to_string());
    let review = wallet.review_request(link.as_str()).await.unwrap();
    tokio::select! {
        _ = wallet.present(review, None) => panic!("nobody answered"),
        _ = listener.accept() => {}
    }
    drop(wallet);
    let wallet = person.open_wallet();
    assert_eq!(wallet.credential(&id).unwrap().copies_left(), 2);
    assert_eq!(outcome(&wallet), Some(Outcome::Unknown));
}

#[tokio::test]
async fn the_history_knows_claims_by_name_and_never_their_values() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, _id) = with_credential(&issuer).await;
    let verifier = Verifier::open(Manner::Accepts).await;
    let link = verifier.link(&query(&[&["birth_date"], &["address", "country"]]));
    let review = wallet.review_request(&link).await.unwrap();
    wallet.present(review, None).await.unwrap();
    let history = serde_json::to_value(wallet.history().last().unwrap()).unwrap();
    assert_eq!(
        history["event"]["shared"],
        json!([{"credential": "person", "claims": ["address.country", "birth_date"]}])
    );
    assert!(!history.to_string().contains("1974"));
}

#[tokio::test]
async fn an_expired_credential_is_not_wasted_on_a_verifier() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    receive(&mut wallet, &issuer.offer(&["person"]))
        .await
        .unwrap();
    person.clock.advance(SignedDuration::from_hours(24 * 15));
    let verifier = Verifier::open(Manner::Accepts).await;
    let link = verifier.link(&query(&[&["age_over_18"]]));
    let review = wallet.review_request(&link).await.unwrap();
    assert!(review.chosen(None).unwrap()[0].expired);
    let refused = wallet.present(review, None).await;
    assert!(matches!(refused, Err(PresentError::Expired { .. })));
    assert!(verifier.received().is_empty());

    // A fresh one comes before it.
    let ids = receive(&mut wallet, &issuer.offer(&["person"]))
        .await
        .unwrap();
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(review.chosen(None).unwrap()[0].id, ids[0]);
    assert_eq!(
        review.choice_with(&[]).unwrap(),
        [("person", ids[0].as_str())]
    );
}

#[tokio::test]
async fn a_name_of_the_holder_is_shown_where_it_would_be_shared() {
    let person = Person::new();
    let issuer = Issuer::open(&person.clock).await;
    issuer.misbehave(Mischief::NamesTheHolder);
    let mut wallet = person.make_wallet();
    receive(&mut wallet, &issuer.offer(&["person"]))
        .await
        .unwrap();
    let verifier = Verifier::open(Manner::Accepts).await;
    let review = wallet
        .review_request(&verifier.link(&query(&[&["age_over_18"]])))
        .await
        .unwrap();
    let shared = &review.chosen(None).unwrap()[0].shared;
    assert!(
        shared.contains(&("sub".to_owned(), "person-4711".into())),
        "{shared:?}"
    );
}

#[tokio::test]
async fn a_choice_must_be_an_answer() {
    let issuer = Issuer::open(&Person::new().clock).await;
    let (_person, mut wallet, id) = with_credential(&issuer).await;
    let adult = receive(&mut wallet, &issuer.offer(&["adult"]))
        .await
        .unwrap();
    let verifier = Verifier::open(Manner::Accepts).await;
    let review = wallet
        .review_request(&verifier.link(&query(&[&["age_over_18"]])))
        .await
        .unwrap();
    assert_eq!(
        review.choice_with(std::slice::from_ref(&id)).unwrap(),
        [("person", id.as_str())]
    );
    let refused = review.choice_with(&adult);
    assert!(matches!(refused, Err(PresentError::NotAnAnswer { id }) if id == adult[0]));
}
