//! A number and what is kept of it.

use std::collections::BTreeSet;

use netcert::NetNumber;
use serde_json::{Value, json};
use verifier::{Config, Wish};

use super::{Club, Person};
use crate::harness::{json, open, send};

#[tokio::test]
async fn a_person_logs_in_and_is_known_by_their_number_the_next_time() {
    let club = Club::open().await;
    let person = Person::new(&club.epoch);
    let (created, reply) = club.visit(&person).await;
    assert_eq!(reply.status(), 200);
    let credential = club.credential(&created).await;
    assert_eq!(credential["format"], "net_certificate");
    assert_eq!(
        credential["claims"],
        json!([{"path": ["credentialSubject", "age_over_18"], "values": [true]}])
    );
    let first = &credential["net_certificate"];
    assert_eq!(first["first_visit"], true);
    assert_eq!(first["epoch"], club.epoch.profile.epoch());
    assert_eq!(first["superseded"], false);
    let number = first["net_number"].as_str().unwrap();
    assert!(NetNumber::parse(number).is_ok());
    let again = club.log_in(&person).await;
    assert_eq!(again["first_visit"], false);
    assert_eq!(again["pseudonym"], first["pseudonym"]);
    let other = club.log_in(&Person::new(&club.epoch)).await;
    assert_eq!(other["first_visit"], true);
    assert_ne!(other["pseudonym"], first["pseudonym"]);
    assert_eq!(club.accounts().await.len(), 2);
}

#[tokio::test]
async fn a_blocked_number_is_refused_as_such_and_may_come_back() {
    let club = Club::open().await;
    let person = Person::new(&club.epoch);
    let number = club.log_in(&person).await["net_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = &club.shop.admin_token;
    let change = async |what: &str| {
        let path = format!("/accounts/{number}/{what}");
        let reply = club.shop.ask("POST", &path, token, Value::Null).await;
        assert_eq!(reply.status(), 200);
        json(&reply)["accounts"][0].clone()
    };
    assert_eq!(change("block").await["blocked_since"], "2026-11-21");
    assert_eq!(club.accounts().await[0]["blocked_since"], "2026-11-21");
    let (created, reply) = club.visit(&person).await;
    assert_eq!(reply.status(), 403);
    assert_eq!(json(&reply), json!({"error": "access_denied"}));
    let result = json(&club.shop.result(&created).await);
    assert_eq!(result, json!({"phase": "failed", "failure": "blocked"}));
    // Everybody else comes in.
    assert_eq!(
        club.log_in(&Person::new(&club.epoch)).await["first_visit"],
        true
    );
    assert!(change("unblock").await.get("blocked_since").is_none());
    assert_eq!(club.log_in(&person).await["first_visit"], false);
}

#[tokio::test]
async fn numbers_are_typed_by_people() {
    let club = Club::open().await;
    let token = &club.shop.admin_token;
    let shown = club.log_in(&Person::new(&club.epoch)).await;
    let number = NetNumber::parse(shown["net_number"].as_str().unwrap()).unwrap();
    let ask = async |typed: &str| {
        let path = format!("/accounts/{}/block", typed.replace(' ', "%20"));
        club.shop.ask("POST", &path, token, Value::Null).await
    };
    let mut wrong = number.to_string();
    wrong.replace_range(5..6, if &wrong[5..6] == "q" { "p" } else { "q" });
    let refused = ask(&wrong).await;
    assert_eq!(refused.status(), 400);
    assert!(
        json(&refused).to_string().contains("character 6"),
        "{}",
        json(&refused)
    );
    assert_eq!(ask("nn1qqqqqqqqqqqqqqqqqqqqqqqqqqqqq").await.status(), 400);
    let nobody = Person::new(&club.epoch);
    let did = did::Did::parse(club.shop.app.did()).unwrap();
    let context = netcert::PseudonymContext::of_did_web(&did, netcert::Loopback::Allowed).unwrap();
    let nobody = nobody
        .certificate
        .pseudonym(&nobody.secret, &context)
        .unwrap();
    let nobody = NetNumber::of(&nobody);
    assert_eq!(ask(&nobody.grouped()).await.status(), 404);
    assert_eq!(ask(&number.grouped().to_uppercase()).await.status(), 200);
    let stranger = club
        .shop
        .ask("GET", "/accounts", "wrong", Value::Null)
        .await;
    assert_eq!(stranger.status(), 401);
}

/// *Attack*: one person, two processes, at the same instant: two accounts.
#[tokio::test]
async fn two_processes_make_one_account_of_one_person_sqlite() {
    race(|_| {}).await;
}

#[tokio::test]
async fn two_processes_make_one_account_of_one_person_postgres() {
    race(|config| config.service.database = crate::once::given().into()).await;
}

async fn race(change: fn(&mut Config)) {
    let club = Club::with(change).await;
    let (_, second) = club.shop.second(change).await;
    for _ in 0..4 {
        let person = Person::new(&club.epoch);
        let mut sent = tokio::task::JoinSet::new();
        for router in [&club.shop.router, &second, &club.shop.router, &second] {
            let created = club.shop.request("login").await;
            let answer = person.answer(open(router, created.link.expose()).await);
            let router = router.clone();
            sent.spawn(async move { (created, send(&router, answer).await.status()) });
        }
        let (mut firsts, mut numbers) = (0, BTreeSet::new());
        for (created, status) in sent.join_all().await {
            assert_eq!(status, 200);
            let shown = club.credential(&created).await["net_certificate"].clone();
            firsts += usize::from(shown["first_visit"] == true);
            numbers.insert(shown["net_number"].as_str().unwrap().to_owned());
        }
        assert_eq!(firsts, 1, "one visit is the first");
        let [number] = numbers.iter().collect::<Vec<_>>()[..] else {
            panic!("{numbers:?}")
        };
        let number = NetNumber::parse(number).unwrap();
        let accounts = club.shop.app.block_account(&number, false).await.unwrap();
        assert_eq!(accounts.len(), 1, "one person has one account");
    }
}

/// *Attack*: an answer that is on its way while its number is blocked.
#[tokio::test]
async fn a_block_counts_at_once_in_every_process() {
    let club = Club::open().await;
    let (other, second) = club.shop.second(|_| {}).await;
    let person = Person::new(&club.epoch);
    let number = club.log_in(&person).await["net_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let number = NetNumber::parse(&number).unwrap();
    other.block_account(&number, true).await.unwrap();
    assert_eq!(club.visit(&person).await.1.status(), 403);
    let created = other.request("login", &Wish::default()).await.unwrap();
    let request = open(&second, created.link.expose()).await;
    assert_eq!(send(&second, person.answer(request)).await.status(), 403);
    assert_eq!(other.accounts(None, 10).await.unwrap().accounts.len(), 1);
}
