use keys::token::BearerToken;
use openid4vp::verifier::TakeError;
use verifier::{ClientIdPrefix, FlowKind, Outcome, ResultError, Wish};
use wallet::PresentError;

use crate::harness::{Town, claims, log_in, request};

#[tokio::test]
async fn an_sd_jwt_vc_shows_what_was_asked_for() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let answer = log_in(&platform, "age-over-18", &mut holder.wallet).await;
    assert_eq!(answer.credentials[0].format, "dc+sd-jwt");
    assert_eq!(claims(&answer), ["age_over_18=true"]);
    assert_eq!(answer.unasked, 0);
    assert_eq!(answer.credentials[0].issuer, town.office.app.identifier());
}

#[tokio::test]
async fn a_w3c_credential_is_shown_as_vp_jwt() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let answer = log_in(&platform, "adult-jwt", &mut holder.wallet).await;
    assert_eq!(answer.credentials[0].format, "jwt_vc_json");
    assert_eq!(claims(&answer), ["credentialSubject.age_over_18=true"]);
    assert_eq!(answer.unasked, 0);
}

#[tokio::test]
async fn a_second_verifier_is_shown_another_copy() {
    let town = Town::open().await;
    let (agora, bazaar) = (town.platform("agora").await, town.platform("bazaar").await);
    let (_, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    assert_eq!(
        claims(&log_in(&agora, "age-over-18", wallet).await).len(),
        1
    );
    assert_eq!(claims(&log_in(&bazaar, "identity", wallet).await).len(), 3);
    assert_eq!(wallet.credentials()[0].copies_left(), 8);
}

#[tokio::test]
async fn on_the_same_device_the_result_needs_the_response_code() {
    let town = Town::open().await;
    let back = "http://127.0.0.1:9/done?cart=7";
    let platform = town.platform_with("agora", |config| {
        for policy in &mut config.verifier.policies {
            policy.return_url = Some(back.parse().unwrap());
        }
    });
    let platform = platform.await;
    let (_, mut holder) = town.enrolled_holder().await;
    let wish = Wish {
        flow: Some(FlowKind::SameDevice),
        ..Wish::default()
    };
    let created = platform.app.request("age-over-18", &wish).await.unwrap();
    let review = holder.wallet.review_request(created.link.expose()).await;
    let presented = holder.wallet.present(review.unwrap(), None).await.unwrap();
    let browser = presented.redirect_uri.unwrap();
    assert!(browser.as_str().starts_with(back), "{browser}");
    let place = browser.fragment().or(browser.query()).unwrap();
    let response_code = url::form_urlencoded::parse(place.as_bytes())
        .find(|(name, _)| name == "response_code")
        .map(|(_, code)| BearerToken::from(code.as_ref()))
        .unwrap();

    // Whoever sent the link to somebody else has the token, and not the code.
    let take = async |code| platform.app.result(&created.id, &created.token, code).await;
    let without = take(None).await.unwrap_err();
    assert!(matches!(without, ResultError::Take(TakeError::Code)));
    let guessed = BearerToken::from("guessed");
    let wrong = take(Some(&guessed)).await.unwrap_err();
    assert!(matches!(wrong, ResultError::Take(TakeError::Code)));
    let outcome = take(Some(&response_code)).await.unwrap();
    assert!(matches!(outcome, Outcome::Answered(_)));
    let again = take(Some(&response_code)).await.unwrap_err();
    assert!(matches!(again, ResultError::Take(TakeError::Taken)));
}

#[tokio::test]
async fn a_request_by_value_is_answered_and_nobody_vouches_for_it() {
    let town = Town::open().await;
    let platform = town.platform_with("agora", |config| {
        // Nobody shows a number to somebody without a name.
        let policies = &mut config.verifier.policies;
        policies.retain(|policy| policy.name != "login");
        for policy in policies {
            policy.client_id_prefix = ClientIdPrefix::RedirectUri;
        }
    });
    let platform = platform.await;
    let (_, mut holder) = town.enrolled_holder().await;
    let created = request(&platform, "age-over-18").await;
    let review = holder.wallet.review_request(created.link.expose()).await;
    let review = review.unwrap();
    assert_eq!(review.authenticated_did(), None);
    assert!(platform.log.take().is_empty(), "the request is in the link");
    holder.wallet.present(review, None).await.unwrap();
    let outcome = platform.app.result(&created.id, &created.token, None).await;
    assert!(matches!(outcome.unwrap(), Outcome::Answered(_)));
}

#[tokio::test]
async fn a_link_used_twice_is_answered_once() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let created = request(&platform, "age-over-18").await;
    let link = created.link.expose();
    let wallet = &mut holder.wallet;
    let (first, second) = (
        wallet.review_request(link).await.unwrap(),
        wallet.review_request(link).await.unwrap(),
    );
    wallet.present(first, None).await.unwrap();
    let replayed = wallet.present(second, None).await.unwrap_err();
    assert!(
        matches!(replayed, PresentError::Presentation(_)),
        "{replayed}"
    );
    let opened = wallet.review_request(link).await.err().unwrap();
    assert!(matches!(opened, PresentError::Presentation(_)), "{opened}");
    let outcome = platform.app.result(&created.id, &created.token, None).await;
    assert!(matches!(outcome.unwrap(), Outcome::Answered(_)));
}

#[tokio::test]
async fn a_holder_who_declines_shows_nothing() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let created = request(&platform, "identity").await;
    let review = holder.wallet.review_request(created.link.expose()).await;
    holder.wallet.decline(review.unwrap()).await.unwrap();
    let outcome = platform.app.result(&created.id, &created.token, None).await;
    let declined = openid4vp::verifier::Failure::HolderDeclined;
    assert_eq!(outcome.unwrap(), Outcome::Failed(declined));
    assert_eq!(holder.wallet.credentials()[0].copies_left(), 10);
}
