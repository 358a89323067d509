//! Slow proofs do not keep others waiting.

use std::time::Duration;

use super::{Club, Person};
use crate::harness::{open, send};

/// A login that is judged slowly does not keep others waiting: on the only thread there is,
/// something else is answered between the beginning and the end of every judgement.
#[tokio::test(flavor = "current_thread")]
async fn slow_proofs_are_judged_elsewhere() {
    let club = Club::open().await;
    let person = Person::new(&club.epoch);
    let created = club.shop.request("login").await;
    let request = open(&club.shop.router, created.link.expose()).await;
    let answer = person.answer(request);
    let router = club.shop.router.clone();
    let judged = tokio::spawn(async move { send(&router, answer).await });
    let mut answered = 0;
    while !judged.is_finished() {
        let get = http::Request::get("/healthz").body(Vec::new()).unwrap();
        assert_eq!(send(&club.shop.router, get).await.status(), 200);
        answered += 1;
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
    assert_eq!(judged.await.unwrap().status(), 200);
    assert!(answered > 1, "{answered}");
}

/// A measurement, not a test of any machine: how long `/healthz` takes while both processors judge.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: it takes some seconds, and nothing else may run"]
async fn healthz_under_full_load() {
    let club = Club::open().await;
    let people: Vec<Person> = (0..8).map(|_| Person::new(&club.epoch)).collect();
    let mut answers = Vec::new();
    for round in 0..512 {
        let created = club.shop.request("login").await;
        let request = open(&club.shop.router, created.link.expose()).await;
        answers.push(people[round % people.len()].answer(request));
    }
    let begun = std::time::Instant::now();
    let mut load = tokio::task::JoinSet::new();
    for answer in answers {
        let router = club.shop.router.clone();
        load.spawn(async move { send(&router, answer).await.status() });
    }
    let mut times = Vec::new();
    while load.try_join_next().is_some() || !load.is_empty() {
        let get = http::Request::get("/healthz").body(Vec::new()).unwrap();
        let asked = std::time::Instant::now();
        let router = club.shop.router.clone();
        let status = tokio::spawn(async move { send(&router, get).await.status() });
        assert_eq!(status.await.unwrap(), 200);
        times.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    println!(
        "512 logins in {:?}; {} times /healthz: p99 {p99:?}",
        begun.elapsed(),
        times.len()
    );
    assert!(p99 < Duration::from_millis(50), "{p99:?}");
}
