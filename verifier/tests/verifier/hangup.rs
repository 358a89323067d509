//! Whoever hangs up while the answer is judged has answered all the same: otherwise one request
//! would buy any number of verifications.

use std::net::SocketAddr;
use std::time::Duration;

use http::Request;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use verifier::Created;

use crate::harness::{json, open, send};
use crate::net::{Club, Person};

/// Sends an answer and hangs up after so long. Tells whether that was before the reply.
async fn send_and_hang_up(to: SocketAddr, answer: &Request<Vec<u8>>, after: Duration) -> bool {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n",
        answer.uri(),
        answer.body().len()
    );
    let bytes = [head.as_bytes(), answer.body()].concat();
    stream.write_all(&bytes).await.unwrap();
    tokio::time::sleep(after).await;
    stream.try_read(&mut [0; 1]).is_err()
}

/// A request, and a person's answer to it.
async fn answered(club: &Club, person: &Person) -> (Created, Request<Vec<u8>>) {
    let created = club.shop.request("login").await;
    let request = open(&club.shop.router, created.link.expose()).await;
    (created, person.answer(request))
}

async fn phase(club: &Club, created: &Created) -> Value {
    let path = format!("/requests/{}", created.id);
    let token = created.token.expose();
    let reply = club.shop.ask("GET", &path, token, Value::Null).await;
    json(&reply)["phase"].clone()
}

/// Sends an answer once more, until it is not being looked at already.
async fn again(club: &Club, answer: &Request<Vec<u8>>) -> u16 {
    for _ in 0..20 {
        let status = send(&club.shop.router, answer.clone()).await.status();
        if status != 503 {
            return status.as_u16();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    503
}

/// *Attack*: the connection is cut off while the answer is judged, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_counts_although_nobody_waits_for_the_reply() {
    let club = Club::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = club.shop.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let person = Person::new(&club.epoch);
    let mut after = Duration::from_millis(4);
    // How long it takes to reach the judges depends on the machine: too soon, and nothing was taken;
    // too late, and the reply is there.
    for _ in 0..ATTEMPTS {
        let (created, answer) = answered(&club, &person).await;
        let mut before = Vec::new();
        for _ in 0..QUEUE {
            before.push(answered(&club, &person).await.1);
        }
        let mut others = tokio::task::JoinSet::new();
        for other in before {
            let router = club.shop.router.clone();
            others.spawn(async move { send(&router, other).await });
        }
        let unread = send_and_hang_up(address, &answer, after).await;
        others.join_all().await;
        if !unread {
            after /= 2;
            continue;
        }
        for _ in 0..20 {
            if phase(&club, &created).await == "answered" {
                assert_eq!(again(&club, &answer).await, 400);
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        after = after * 3 / 2;
    }
    panic!("whoever hangs up leaves the session open");
}

/// *Attack*: one answer is sent many times at once, to be verified as often.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_is_judged_once_at_a_time() {
    let club = Club::open().await;
    for _ in 0..ROUNDS {
        let (created, answer) = answered(&club, &Person::new(&club.epoch)).await;
        let copies = (0..8).map(|_| answer.clone());
        let mut sent = tokio::task::JoinSet::new();
        for copy in copies {
            let router = club.shop.router.clone();
            sent.spawn(async move { send(&router, copy).await.status().as_u16() });
        }
        let mut replies = sent.join_all().await;
        replies.sort_unstable();
        // One is taken. The others come too late, or while it is looked at.
        assert_eq!(replies[0], 200);
        assert!(replies[1..].iter().all(|one| matches!(one, 400 | 503)));
        assert!(replies.contains(&503), "{replies:?}");
        assert_eq!(phase(&club, &created).await, "answered");
    }
}

const ATTEMPTS: usize = 16;
/// Answers that are judged before.
const QUEUE: usize = 8;
const ROUNDS: usize = 4;
