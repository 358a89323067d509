//! W3C credentials with Data Integrity proofs, and their Bitstring Status Lists.

use credential::Format;
use demo::stage::Platform;
use issuer::{CredentialType, Identification, Suite};
use jiff::SignedDuration;
use openid4vp::verifier::Failure;
use serde_json::json;
use verifier::{NamedPolicy, TrustedIssuer};
use wallet::PresentError;

use crate::harness::{Town, claims, code, log_in, refused, request};

/// A town whose issuer has a DID, and gives the fact of majority with this proof.
async fn town(suite: Suite) -> Town {
    let adult = CredentialType {
        id: "adult-ldp".to_owned(),
        format: Format::LdpVc,
        cryptosuite: suite,
        ..CredentialType::defaults().remove(1)
    };
    Town::with(|config| {
        config.issuer.identification = Identification::Did;
        config.issuer.credentials.push(adult);
    })
    .await
}

async fn platform(town: &Town) -> Platform {
    let trusted = TrustedIssuer::new(town.office.app.did());
    town.platform_with("agora", |config| {
        config.verifier.issuers = vec![trusted];
        config.verifier.policies.extend([
            policy("adult-ldp", &["AdultCredential"]),
            policy(
                "adult-iri",
                &[
                    "https://www.w3.org/2018/credentials#VerifiableCredential",
                    "https://www.w3.org/ns/credentials/undefined-term#AdultCredential",
                ],
            ),
            policy(
                "minor-iri",
                &["https://www.w3.org/ns/credentials#AdultCredential"],
            ),
        ]);
    })
    .await
}

fn policy(name: &str, types: &[&str]) -> NamedPolicy {
    let query = json!({"credentials": [{
        "id": "adult",
        "format": "ldp_vc",
        "meta": {"type_values": [types]},
        "claims": [{"path": ["credentialSubject", "age_over_18"], "values": [true]}],
    }]});
    serde_json::from_value(json!({"name": name, "query": query.to_string()})).unwrap()
}

async fn holder(town: &Town) -> (issuer::Enrolled, demo::stage::Holder) {
    let enrolled = town.enrol().await;
    let mut holder = town.holder("holder");
    let review = holder.wallet.review_offer(enrolled.link.expose()).await;
    let received = holder.wallet.accept_offer(review.unwrap(), code(&enrolled));
    assert_eq!(received.await.unwrap().len(), 4);
    (enrolled, holder)
}

#[tokio::test]
async fn issued_presented_revoked_and_refused() {
    for suite in [Suite::EddsaRdfc2022, Suite::EcdsaRdfc2019] {
        let town = town(suite).await;
        let platform = platform(&town).await;
        let (enrolled, mut holder) = holder(&town).await;
        let wallet = &mut holder.wallet;
        let held = wallet
            .credentials()
            .iter()
            .find(|one| one.format == Format::LdpVc);
        let id = held.unwrap().id.clone();

        // The holder sees that all of it goes, and the verifier gets what it asked for.
        let created = request(&platform, "adult-ldp").await;
        let review = wallet.review_request(created.link.expose()).await.unwrap();
        let option = &review.asks()[0].options[0];
        assert!(option.id == id && option.whole && option.hidden.is_empty());
        let asked = town.office.log.take().len();
        for policy in ["adult-ldp", "adult-iri"] {
            let answer = log_in(&platform, policy, wallet).await;
            assert_eq!(claims(&answer), ["credentialSubject.age_over_18=true"]);
            assert_eq!(answer.credentials[0].format, "ldp_vc");
            assert_eq!(answer.credentials[0].issuer, town.office.app.did());
        }
        // Nobody asked the issuer for a status because somebody presents.
        assert!(town.office.log.take().is_empty(), "after {asked}");
        assert_eq!(wallet.credential(&id).unwrap().copies_left(), 8);

        // A type means what its context says.
        let created = request(&platform, "minor-iri").await;
        let review = wallet.review_request(created.link.expose()).await.unwrap();
        assert!(review.asks()[0].options.is_empty());
        let nothing = wallet.present(review, None).await;
        assert!(
            matches!(nothing, Err(PresentError::Selection(_))),
            "{nothing:?}"
        );

        let revoked = town.office.app.revoke(&enrolled.handle).await.unwrap();
        assert_eq!(revoked.copies, 30);
        log_in(&platform, "adult-ldp", wallet).await;
        let refreshed = platform.app.refresh().await;
        assert_eq!(refreshed.failed, [""; 0]);
        assert_eq!(refreshed.lists, 5);
        for policy in ["adult-ldp", "adult-jwt", "age-over-18"] {
            refused(&platform, policy, wallet, Failure::Revoked).await;
        }
    }
}

#[tokio::test]
async fn a_refill_brings_copies_that_are_read_after_days() {
    let town = town(Suite::EddsaRdfc2022).await;
    let platform = platform(&town).await;
    let (_, mut holder) = holder(&town).await;
    let wallet = &mut holder.wallet;
    let held = wallet
        .credentials()
        .iter()
        .find(|one| one.format == Format::LdpVc);
    let id = held.unwrap().id.clone();
    town.later(&[&platform], SignedDuration::from_hours(15 * 24))
        .await;
    assert_eq!(wallet.refill(&id).await.unwrap(), [id.as_str()]);
    log_in(&platform, "adult-ldp", wallet).await;
}

/// A status list that grew old is no list: the verifier says that it cannot tell, and nobody else.
#[tokio::test]
async fn an_old_list_is_not_believed() {
    let town = town(Suite::EddsaRdfc2022).await;
    let platform = platform(&town).await;
    let (_, mut holder) = holder(&town).await;
    town.clock.advance(SignedDuration::from_mins(6));
    let created = request(&platform, "adult-ldp").await;
    let review = holder.wallet.review_request(created.link.expose()).await;
    let presented = holder.wallet.present(review.unwrap(), None).await;
    assert!(presented.is_err());
    town.later(&[&platform], SignedDuration::from_mins(1)).await;
    log_in(&platform, "adult-ldp", &mut holder.wallet).await;
}
