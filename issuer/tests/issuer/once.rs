//! Everything is used once: by two processes at the same instant, on both databases.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use http::{Request, Response};
use issuer::App;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::harness::{Office, Wallet, holder_key, json, now, passport, send};
use crate::net_wallet::{Form, NetWallet, epochs, ticket};

/// Two processes on one SQLite file.
pub(crate) async fn sqlite() -> (Office, App, Router) {
    let office = Office::open().await;
    let (app, router) = office.second(|_| {}).await;
    (office, app, router)
}

/// Two processes on one PostgreSQL database.
pub(crate) async fn postgres(schema: &Schema) -> (Office, App, Router) {
    let database = || schema.address.clone().into();
    let office = Office::with(|config| config.service.database = database()).await;
    let (app, router) = office
        .second(|config| config.service.database = database())
        .await;
    let address = Some(schema.address.clone());
    (Office { address, ..office }, app, router)
}

/// A schema of its own in the database that the tests are given: an issuer has a database to
/// itself.
pub(crate) struct Schema {
    pub(crate) address: String,
    name: String,
}

impl Schema {
    pub(crate) async fn fresh() -> Self {
        static SCHEMAS: AtomicU32 = AtomicU32::new(0);
        let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
        let name = format!("issuer_{}_{number}", std::process::id());
        execute(&format!("CREATE SCHEMA {name}")).await;
        let given = given();
        let joint = if given.contains('?') { '&' } else { '?' };
        Self {
            address: format!("{given}{joint}options[search_path]={name}"),
            name,
        }
    }

    pub(crate) async fn remove(self) {
        execute(&format!("DROP SCHEMA {} CASCADE", self.name)).await;
    }
}

async fn execute(statement: &str) {
    let mut connection = PgConnection::connect(&given()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "the address of the test database"
)]
fn given() -> String {
    std::env::var("PESSOA_TEST_POSTGRES").expect(
        "PESSOA_TEST_POSTGRES must hold the address of a PostgreSQL database: `cargo xtask test` \
         starts one and sets it",
    )
}

/// Sends one request to each process at the same instant, time and again with fresh ones, and
/// expects one success and one refusal by this code.
async fn race(pair: &[Router; 2], requests: [Request<Vec<u8>>; 2], code: &str) {
    let [first, second] = requests;
    let (first, second) = tokio::join!(send(&pair[0], first), send(&pair[1], second));
    let mut answers = [first, second];
    answers.sort_by_key(|answer: &Response<Vec<u8>>| answer.status());
    assert_eq!(answers[0].status(), 200);
    assert!(
        answers[1].status().is_client_error(),
        "{}",
        answers[1].status()
    );
    assert_eq!(json(&answers[1])["error"], code);
}

async fn a_code_is_redeemed_once((office, _, other): (Office, App, Router)) {
    let pair = [office.router.clone(), other];
    for round in 0..ROUNDS {
        let enrolled = office
            .app
            .enrol(&passport(&format!("CODE{round}")))
            .await
            .unwrap();
        let code = enrolled.tx_code.as_ref().unwrap().expose();
        let (one, two) = (Wallet::new(now()), Wallet::new(now()));
        let requests = [
            one.token_request(&pair[0], &enrolled, code).await,
            two.token_request(&pair[0], &enrolled, code).await,
        ];
        race(&pair, requests, "invalid_grant").await;
    }
}

async fn a_dpop_proof_is_used_once((office, _, other): (Office, App, Router)) {
    let pair = [office.router.clone(), other];
    let wallet = Wallet::new(now());
    for round in 0..ROUNDS {
        let enrolled = office
            .app
            .enrol(&passport(&format!("DPOP{round}")))
            .await
            .unwrap();
        let grant = wallet.redeem(&pair[0], &enrolled).await;
        let ticket = grant.refresh_token().unwrap().expose();
        let body = format!("grant_type=refresh_token&refresh_token={ticket}");
        let url = "http://127.0.0.1:8001/token".parse().unwrap();
        let method = http::Method::POST;
        let rng = &mut host::system_rng();
        let proof =
            openid4vci::oauth::dpop::prove(&wallet.dpop, &method, &url, None, None, now(), rng);
        let request = Request::post("/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("dpop", proof.unwrap())
            .body(body.into_bytes())
            .unwrap();
        race(&pair, [request.clone(), request], "invalid_dpop_proof").await;
    }
}

async fn a_c_nonce_is_used_once((office, _, other): (Office, App, Router)) {
    let pair = [office.router.clone(), other];
    let wallet = Wallet::new(now());
    for round in 0..ROUNDS {
        let enrolled = office
            .app
            .enrol(&passport(&format!("NONCE{round}")))
            .await
            .unwrap();
        let grant = wallet.redeem(&pair[0], &enrolled).await;
        let keys = [holder_key()];
        let request = wallet
            .credential_request(&pair[0], &grant, "person", &keys)
            .await;
        // The same proofs under a fresh DPoP proof, as a thief of the body would have it.
        let mut again = request.clone();
        let token = request.headers()["authorization"].to_str().unwrap();
        let token = keys::token::BearerToken::from(token.strip_prefix("DPoP ").unwrap());
        let url = "http://127.0.0.1:8001/credential".parse().unwrap();
        let method = http::Method::POST;
        let rng = &mut host::system_rng();
        let proof = openid4vci::oauth::dpop::prove(
            &wallet.dpop,
            &method,
            &url,
            Some(&token),
            None,
            now(),
            rng,
        );
        again
            .headers_mut()
            .insert("dpop", proof.unwrap().parse().unwrap());
        race(&pair, [request, again], "invalid_nonce").await;
    }
}

async fn a_document_is_enrolled_once((office, other, router): (Office, App, Router)) {
    let wallet = Wallet::new(now());
    for round in 0..ROUNDS {
        let document = passport(&format!("DESK{round}"));
        let (one, two) = tokio::join!(office.app.enrol(&document), other.enrol(&document));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.handle, two.handle);
        assert_ne!(one.again, two.again);
        // The later offer closed the earlier one.
        let (here, there) = (&office.router, &router);
        let (earlier, later, made_by, closed_by) = if one.again {
            (&two, &one, there, here)
        } else {
            (&one, &two, here, there)
        };
        let status = async |router: &Router, offer: &issuer::Enrolled| {
            let link = offer.link.expose();
            let at = link.rfind("offers%2F").unwrap();
            let path = format!("/offers/{}", &link[at + "offers%2F".len()..]);
            let request = Request::get(path).body(Vec::new()).unwrap();
            send(router, request).await.status()
        };
        assert_eq!(status(closed_by, earlier).await, 404);
        assert_eq!(status(closed_by, later).await, 200);
        assert_eq!(status(made_by, later).await, 200);
        // Whoever made the earlier one may still show it for a while, in vain.
        let code = earlier.tx_code.as_ref().unwrap().expose();
        let request = wallet.token_request(made_by, earlier, code).await;
        let refused = send(made_by, request).await;
        assert_eq!(json(&refused)["error"], "invalid_grant");
        assert_eq!(status(made_by, earlier).await, 404);
    }
}

async fn revoking_meets_issuing_in_one_order((office, other, router): (Office, App, Router)) {
    let wallet = Wallet::new(now());
    for round in 0..ROUNDS {
        let enrolled = office
            .app
            .enrol(&passport(&format!("MEET{round}")))
            .await
            .unwrap();
        let grant = wallet.redeem(&router, &enrolled).await;
        let keys = [holder_key()];
        let request = wallet
            .credential_request(&router, &grant, "person", &keys)
            .await;
        let (issued, revoked) = tokio::join!(
            send(&office.router, request),
            other.revoke(&enrolled.handle)
        );
        let revoked = revoked.unwrap();
        // Either the copy was refused, or it was issued first and the revocation found it.
        match issued.status().as_u16() {
            200 => assert_eq!(revoked.copies, 1),
            400 => {
                assert_eq!(json(&issued)["error"], "credential_request_denied");
                assert_eq!(revoked.copies, 0);
            }
            other => panic!("{other}"),
        }
    }
}

/// Two secrets for one person at the same instant: one becomes the anchor, the other is refused.
async fn an_enrolment_is_anchored_once((office, _, other): (Office, App, Router)) {
    let pair = [office.router.clone(), other];
    for round in 0..ROUNDS {
        let document = passport(&format!("ANCHOR{round}"));
        let enrolled = office.app.enrol(&document).await;
        let (one, mut two) = (NetWallet::new(&office), NetWallet::new(&office));
        let grant = one.redeem(&office, &enrolled.unwrap()).await;
        // Both are the person's: the one token is used with both secrets.
        let secret = one.dpop.expose_secret();
        two.dpop = keys::SigningKey::from_secret(one.dpop.algorithm(), &secret).unwrap();
        let listed = epochs(&office, &grant).await;
        let profiles = || vec![listed.current.clone()];
        let requests = [
            one.request(&office, &grant, Form::First, profiles()).await,
            two.request(&office, &grant, Form::First, profiles()).await,
        ];
        race(&pair, requests, "net_anchor_mismatch").await;
    }
}

/// One secret for two persons at the same instant.
async fn an_anchor_is_enrolled_once((office, _, other): (Office, App, Router)) {
    let pair = [office.router.clone(), other];
    for round in 0..ROUNDS {
        let wallet = NetWallet::new(&office);
        let mut requests = Vec::new();
        for half in ["A", "B"] {
            let document = passport(&format!("HALF{half}{round}"));
            let enrolled = office.app.enrol(&document).await;
            let grant = wallet.redeem(&office, &enrolled.unwrap()).await;
            let listed = epochs(&office, &grant).await;
            let profiles = vec![listed.current];
            requests.push(wallet.request(&office, &grant, Form::First, profiles).await);
        }
        let requests = requests.try_into().unwrap();
        race(&pair, requests, "net_anchor_mismatch").await;
    }
}

/// A wallet that asks twice at once gets both answers: they are for the same secret.
async fn a_first_order_may_be_repeated_at_once((office, _, other): (Office, App, Router)) {
    for round in 0..ROUNDS {
        let document = passport(&format!("TWICE{round}"));
        let enrolled = office.app.enrol(&document).await;
        let wallet = NetWallet::new(&office);
        let grant = wallet.redeem(&office, &enrolled.unwrap()).await;
        let listed = epochs(&office, &grant).await;
        let profiles = || vec![listed.current.clone()];
        let one = wallet
            .request(&office, &grant, Form::First, profiles())
            .await;
        let two = wallet
            .request(&office, &grant, Form::First, profiles())
            .await;
        let (one, two) = tokio::join!(send(&office.router, one), send(&other, two));
        assert_eq!(
            (one.status(), two.status()),
            (200.try_into().unwrap(), one.status())
        );
    }
}

async fn revoking_meets_renewing_in_one_order((office, other, router): (Office, App, Router)) {
    for round in 0..ROUNDS {
        let document = passport(&format!("RENEW{round}"));
        let enrolled = office.app.enrol(&document).await;
        let enrolled = enrolled.unwrap();
        let wallet = NetWallet::new(&office);
        let received = wallet.receive(&office, &enrolled, Form::First).await;
        let grant = received.unwrap().0;
        let listed = epochs(&office, &grant).await;
        let request = wallet
            .request(&office, &grant, Form::Renewal, vec![listed.next])
            .await;
        let (issued, revoked) = tokio::join!(
            send(&router, request.clone()),
            other.revoke(&enrolled.handle)
        );
        revoked.unwrap();
        match issued.status().as_u16() {
            200 => {}
            400 => assert_eq!(json(&issued)["error"], "credential_request_denied"),
            other => panic!("{other}"),
        }
        // Afterwards nothing is issued.
        let refused = wallet.refresh(&office, &ticket(&grant)).await;
        assert!(refused.is_err());
    }
}

#[tokio::test]
async fn a_repeated_request_does_not_use_up_status_indexes() {
    let office = Office::open().await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &office.enrol().await).await;
    let keys = [holder_key()];
    let request = wallet
        .credential_request(&office.router, &grant, "person", &keys)
        .await;
    assert_eq!(send(&office.router, request.clone()).await.status(), 200);
    for _ in 0..600 {
        assert_eq!(send(&office.router, request.clone()).await.status(), 401);
    }
    // A block holds 512: a second one was never asked for.
    assert_eq!(
        office
            .store()
            .await
            .reserve("status_index", 1)
            .await
            .unwrap(),
        512
    );
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
                    let schema = super::Schema::fresh().await;
                    super::$name(super::postgres(&schema).await).await;
                    schema.remove().await;
                }
            )*
        }
    };
}

on_both_databases! {
    a_c_nonce_is_used_once,
    a_code_is_redeemed_once,
    a_document_is_enrolled_once,
    a_dpop_proof_is_used_once,
    a_first_order_may_be_repeated_at_once,
    an_anchor_is_enrolled_once,
    an_enrolment_is_anchored_once,
    revoking_meets_issuing_in_one_order,
    revoking_meets_renewing_in_one_order,
}

const ROUNDS: usize = 8;
