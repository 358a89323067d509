//! What an issuer lets a credential say, from its desk to the platform.

use demo::stage::Platform;
use openid4vp::verifier::{AnsweredMessage, Failure};

use crate::harness::{Town, claims, log_in, refused};

async fn town() -> Town {
    Town::with(|config| {
        let messages = ["none", "under review", "reported lost"];
        config.issuer.status.messages = messages.map(str::to_owned).to_vec();
    })
    .await
}

/// A platform that minds one message in one of its policies.
async fn platform(town: &Town) -> Platform {
    town.platform_with("agora", |config| {
        let policies = &mut config.verifier.policies;
        let adult = policies.iter().find(|one| one.name == "adult-jwt");
        let mut strict = adult.unwrap().clone();
        strict.name = "adult-strict".to_owned();
        strict.refused_messages = vec!["reported lost".to_owned()];
        policies.push(strict);
    })
    .await
}

#[tokio::test]
async fn a_message_reaches_the_platform_and_nobody_asks_for_it() {
    let town = town().await;
    let platform = platform(&town).await;
    let (enrolled, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    let said = |status: u8, message: &str| AnsweredMessage {
        status: Some(status),
        message: Some(message.to_owned()),
        references: Vec::new(),
    };
    platform.app.refresh().await;
    drop(town.office.log.take());
    for policy in ["adult-jwt", "adult-strict"] {
        let answer = log_in(&platform, policy, wallet).await;
        assert_eq!(answer.credentials[0].messages, [said(0, "none")]);
    }
    // A message makes no request to the issuer either.
    assert!(town.office.log.take().is_empty());

    let told = town.office.app.tell(&enrolled.handle, 2).await.unwrap();
    assert_eq!((told.copies, told.silent), (10, 10));
    let refreshed = platform.app.refresh().await;
    assert_eq!((refreshed.lists, refreshed.failed.len()), (4, 0));
    let answer = log_in(&platform, "adult-jwt", wallet).await;
    assert_eq!(claims(&answer), ["credentialSubject.age_over_18=true"]);
    assert_eq!(answer.credentials[0].messages, [said(2, "reported lost")]);
    refused(&platform, "adult-strict", wallet, Failure::MessageRefused).await;
    // An SD-JWT VC says nothing of the kind.
    let answer = log_in(&platform, "age-over-18", wallet).await;
    assert!(answer.credentials[0].messages.is_empty());
    town.office.app.tell(&enrolled.handle, 0).await.unwrap();
    platform.app.refresh().await;
    log_in(&platform, "adult-strict", wallet).await;
}
