use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use service::{Listener, Stop};

use crate::harness::{DAY, code, office};

/// The issuer dies after it gave the token and before it gives the credentials.
#[tokio::test]
async fn an_issuer_that_dies_between_token_and_credential_loses_nothing() {
    dies_and_loses_nothing(Dies::BeforeTheAnswer).await;
}

/// By then the issuer knows the person's anchor, and the wallet has kept nothing of it.
#[tokio::test]
async fn an_issuer_that_dies_before_its_answer_arrives_loses_nothing() {
    dies_and_loses_nothing(Dies::AfterTheWork).await;
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Dies {
    AfterTheWork,
    BeforeTheAnswer,
}

async fn dies_and_loses_nothing(when: Dies) {
    let place = tempfile::tempdir().unwrap();
    let clock = host::ManualClock::at(DAY.parse().unwrap());
    let folder = place.path().join("issuer");
    // Made once, so that there is an address; then served with a fault.
    office(place.path(), &clock, |_| {})
        .await
        .close()
        .await
        .unwrap();
    let config = issuer::Config::read(&folder).unwrap();
    let listener = Listener::bind(&config.service).await.unwrap();
    let app = issuer::App::open(config, Arc::new(clock.clone()))
        .await
        .unwrap();
    app.publish_status().await.unwrap();
    let router = issuer::router(app.clone()).layer(from_fn_with_state(when, without_credentials));
    let stop = Stop::new();
    let wish = stop.clone();
    let serving = tokio::spawn(async move { listener.serve(router, &wish).await });

    let document = demo::passport::Specimen::of_doc_9303(DAY.parse().unwrap()).unwrap();
    let enrolled = app.enrol(&document.read().unwrap()).await.unwrap();
    let vault = place.path().join("vault");
    let cost = vault::Cost::insecure_for_tests();
    let open = || demo::stage::Holder::open(&vault, "en", cost, Arc::new(clock.clone())).unwrap();
    let mut holder = open();
    let review = holder
        .wallet
        .review_offer(enrolled.link.expose())
        .await
        .unwrap();
    assert!(
        holder
            .wallet
            .accept_offer(review, code(&enrolled))
            .await
            .is_err()
    );
    assert!(holder.wallet.credentials().is_empty());
    // Both die.
    stop.now();
    serving.await.unwrap().unwrap();
    drop((app, holder));

    let office = office(place.path(), &clock, |_| {}).await;
    let mut holder = open();
    let pending: Vec<String> = holder
        .wallet
        .pending()
        .map(|(id, _)| id.to_owned())
        .collect();
    assert_eq!(pending.len(), 1);
    let received = holder.wallet.refill(&pending[0]).await.unwrap();
    assert_eq!(received.len(), 3);
    assert_eq!(holder.wallet.pending().count(), 0);
    assert_eq!(holder.wallet.credentials()[0].copies_left(), 10);
    assert!(!holder.wallet.net_certificates()[0].expired(DAY.parse().unwrap()));
    // The offer was redeemed once, and the death of the issuer did not open it again.
    let review = holder.wallet.review_offer(enrolled.link.expose()).await;
    assert!(review.is_err());
    office.close().await.unwrap();
}

async fn without_credentials(State(when): State<Dies>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/credential" {
        if when == Dies::AfterTheWork {
            assert!(next.run(request).await.status().is_success());
        }
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}
