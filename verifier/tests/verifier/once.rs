//! Everything is used once: by two processes at the same instant, on both databases.

use axum::Router;
use http::Response;
use serde_json::Value;
use verifier::{App, FlowKind, ResultError, Wish};

use crate::harness::{Shop, answer_request, json, send};

struct Two {
    shop: Shop,
    app: App,
    router: Router,
}

/// Two processes on one SQLite file.
async fn sqlite() -> Two {
    let shop = Shop::with(with_return).await;
    let (app, router) = shop.second(with_return).await;
    Two { shop, app, router }
}

/// Two processes on one PostgreSQL database.
async fn postgres() -> Two {
    let change = |config: &mut verifier::Config| {
        with_return(config);
        config.service.database = given().into();
    };
    let shop = Shop::with(change).await;
    let (app, router) = shop.second(change).await;
    Two { shop, app, router }
}

fn with_return(config: &mut verifier::Config) {
    let policy = &mut config.verifier.policies[1];
    policy.return_url = Some("https://shop.example/done".parse().unwrap());
}

#[expect(
    clippy::disallowed_methods,
    reason = "the address of the test database"
)]
pub(crate) fn given() -> String {
    std::env::var("PESSOA_TEST_POSTGRES").expect(
        "PESSOA_TEST_POSTGRES must hold the address of a PostgreSQL database: `cargo xtask test` \
         starts one and sets it",
    )
}

fn one_of_each(mut replies: [Response<Vec<u8>>; 2]) -> [Response<Vec<u8>>; 2] {
    replies.sort_by_key(Response::status);
    assert_eq!(replies[0].status(), 200);
    assert_eq!(replies[1].status(), 400);
    assert_eq!(json(&replies[1])["error"], "invalid_request");
    replies
}

/// The same answer to both processes.
async fn an_answer_is_accepted_once(two: Two) {
    for index in 0..ROUNDS {
        let created = two.shop.request("age-over-18").await;
        let answer = two.shop.answer(&created, &two.shop.person(index)).await;
        let (one, other) = tokio::join!(
            send(&two.shop.router, answer.clone()),
            send(&two.router, answer)
        );
        one_of_each([one, other]);
        assert_eq!(json(&two.shop.result(&created).await)["phase"], "answered");
    }
}

/// Two holders who saw one QR code.
async fn one_of_two_answers_is_accepted(two: Two) {
    for index in 0..ROUNDS {
        let created = two.shop.request("identity").await;
        let first = two.shop.answer(&created, &two.shop.person(index)).await;
        let second = two
            .shop
            .answer(&created, &two.shop.person(index + 100))
            .await;
        let (one, other) = tokio::join!(send(&two.shop.router, first), send(&two.router, second));
        one_of_each([one, other]);
    }
}

/// A good answer, and a refusal by a second holder: one of them counts.
async fn an_answer_meets_a_refusal_in_one_order(two: Two) {
    for index in 0..ROUNDS {
        let created = two.shop.request("age-over-18").await;
        let answer = two.shop.answer(&created, &two.shop.person(index)).await;
        let state = two.shop.parameters(&created).await["state"]
            .as_str()
            .unwrap()
            .to_owned();
        let form = format!("error=access_denied&state={state}");
        let decline = answer_request(&created.id, form.as_bytes());
        let (one, other) = tokio::join!(send(&two.shop.router, answer), send(&two.router, decline));
        let answered = one.status() == 200;
        one_of_each([one, other]);
        let phase = &json(&two.shop.result(&created).await)["phase"];
        assert_eq!(phase, if answered { "answered" } else { "failed" });
    }
}

async fn a_result_is_taken_once(two: Two) {
    let wish = Wish {
        flow: Some(FlowKind::SameDevice),
        ..Wish::default()
    };
    for index in 0..ROUNDS {
        let created = two.shop.app.request("age-over-18", &wish).await.unwrap();
        let reply = two.shop.present(&created, &two.shop.person(index)).await;
        let target = json(&reply)["redirect_uri"].clone();
        let code = target
            .as_str()
            .unwrap()
            .split("response_code=")
            .nth(1)
            .unwrap()
            .into();
        let code = Some(&code);
        let (one, other) = tokio::join!(
            two.shop.app.result(&created.id, &created.token, code),
            two.app.result(&created.id, &created.token, code),
        );
        let (taken, refused) = if one.is_ok() {
            (one, other)
        } else {
            (other, one)
        };
        assert!(taken.is_ok(), "{taken:?}");
        assert!(matches!(refused, Err(ResultError::Take(_))), "{refused:?}");
        let path = format!("/requests/{}", created.id);
        let reply = two
            .shop
            .ask("GET", &path, created.token.expose(), Value::Null)
            .await;
        assert_eq!(json(&reply)["phase"], "taken");
    }
}

macro_rules! on_both_databases {
    ($($name:ident,)*) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(super::sqlite().await).await;
                }
            )*
        }

        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(super::postgres().await).await;
                }
            )*
        }
    };
}

on_both_databases! {
    a_result_is_taken_once,
    an_answer_is_accepted_once,
    an_answer_meets_a_refusal_in_one_order,
    one_of_two_answers_is_accepted,
}

const ROUNDS: u64 = 8;
