//! A town with an issuer, platforms and holders, each in a folder of its own.

use std::path::Path;
use std::sync::Arc;

use demo::passport::Specimen;
use demo::stage::{Holder, Office, Platform};
use host::{Clock as _, ManualClock};
use issuer::Enrolled;
use jiff::{SignedDuration, Timestamp};
use keys::token::BearerToken;
use openid4vp::verifier::{Answer, Failure};
use tempfile::TempDir;
use vault::Cost;
use verifier::{Created, Outcome, Wish};
use wallet::{PresentError, Wallet};

/// The day of the tests, at an hour when nothing expires by accident.
pub(crate) const DAY: &str = "2026-11-21T10:00:00Z";

pub(crate) struct Town {
    pub(crate) place: TempDir,
    pub(crate) clock: ManualClock,
    pub(crate) office: Office,
}

impl Town {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A town whose issuer is configured otherwise.
    pub(crate) async fn with(change: impl FnOnce(&mut issuer::Config)) -> Self {
        Self::at(DAY.parse().unwrap(), change).await
    }

    /// A town at another time, such as that of programs that know no other clock than the
    /// machine's.
    pub(crate) async fn at(now: Timestamp, change: impl FnOnce(&mut issuer::Config)) -> Self {
        let place = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(now);
        let office = office(place.path(), &clock, change).await;
        Self {
            place,
            clock,
            office,
        }
    }

    /// A platform whose verifier has fetched what it needs.
    pub(crate) async fn platform(&self, name: &str) -> Platform {
        self.platform_with(name, |_| {}).await
    }

    pub(crate) async fn platform_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut verifier::Config),
    ) -> Platform {
        let folder = self.place.path().join(name);
        let issuer = self.office.app.identifier();
        let clock = Arc::new(self.clock.clone());
        let platform = Platform::open(&folder, name, issuer, clock, change).await;
        let platform = platform.unwrap();
        platform.app.refresh_due().await;
        platform.app.ready().await.unwrap();
        platform
    }

    /// A person with a new wallet.
    pub(crate) fn holder(&self, name: &str) -> Holder {
        let vault = self.place.path().join(format!("{name}.vault"));
        let cost = Cost::insecure_for_tests();
        Holder::open(&vault, "en", cost, Arc::new(self.clock.clone())).unwrap()
    }

    pub(crate) async fn enrol(&self) -> Enrolled {
        let specimen = Specimen::of_doc_9303(self.clock.now()).unwrap();
        let document = specimen.read().unwrap();
        self.office.app.enrol(&document).await.unwrap()
    }

    /// Time passes, and everybody publishes and fetches, as on their schedules.
    pub(crate) async fn later(&self, platforms: &[&Platform], by: SignedDuration) {
        self.clock.advance(by);
        self.office.app.publish_status().await.unwrap();
        for platform in platforms {
            platform.app.refresh_due().await;
            assert_eq!(platform.app.refresh().await.failed, [""; 0]);
        }
    }

    /// A person who has received what the issuer offers.
    pub(crate) async fn enrolled_holder(&self) -> (Enrolled, Holder) {
        let enrolled = self.enrol().await;
        let mut holder = self.holder("holder");
        let review = holder.wallet.review_offer(enrolled.link.expose()).await;
        let received = holder.wallet.accept_offer(review.unwrap(), code(&enrolled));
        assert_eq!(received.await.unwrap().len(), 3);
        (enrolled, holder)
    }
}

pub(crate) async fn office(
    place: &Path,
    clock: &ManualClock,
    change: impl FnOnce(&mut issuer::Config),
) -> Office {
    let clock = Arc::new(clock.clone());
    Office::open(&place.join("issuer"), "Utopia Registry", clock, change)
        .await
        .unwrap()
}

pub(crate) fn code(enrolled: &Enrolled) -> Option<BearerToken> {
    let code = enrolled.tx_code.as_ref().unwrap();
    Some(BearerToken::from(code.expose()))
}

pub(crate) async fn request(platform: &Platform, policy: &str) -> Created {
    let created = platform.app.request(policy, &Wish::default()).await;
    created.unwrap()
}

/// Presents what the wallet prefers, and takes what the verifier has of it.
pub(crate) async fn present(
    platform: &Platform,
    policy: &str,
    wallet: &mut Wallet,
) -> (Result<(), PresentError>, Outcome) {
    let created = request(platform, policy).await;
    let review = wallet.review_request(created.link.expose()).await.unwrap();
    let presented = wallet.present(review, None).await;
    let outcome = platform.app.result(&created.id, &created.token, None).await;
    (presented.map(drop), outcome.unwrap())
}

/// Presents, and expects that the verifier is content.
pub(crate) async fn log_in(platform: &Platform, policy: &str, wallet: &mut Wallet) -> Answer {
    let (presented, outcome) = present(platform, policy, wallet).await;
    presented.unwrap();
    match outcome {
        Outcome::Answered(answer) => answer,
        Outcome::Failed(failure) => panic!("{failure:?}"),
    }
}

/// Logs in with the net certificate, and says as which number.
pub(crate) async fn number(platform: &Platform, wallet: &mut Wallet) -> String {
    let answer = log_in(platform, "login", wallet).await;
    assert_eq!(claims(&answer), ["credentialSubject.age_over_18=true"]);
    let shown = answer.credentials[0].pseudonym().unwrap();
    shown.net_number.clone()
}

/// Presents, and expects that the verifier refuses for this reason.
pub(crate) async fn refused(
    platform: &Platform,
    policy: &str,
    wallet: &mut Wallet,
    reason: Failure,
) {
    let (presented, outcome) = present(platform, policy, wallet).await;
    assert!(matches!(presented, Err(PresentError::Presentation(_))));
    assert_eq!(outcome, Outcome::Failed(reason));
}

/// The claims of an answer, as `path=value`.
pub(crate) fn claims(answer: &Answer) -> Vec<String> {
    let claims = answer.credentials.iter().flat_map(|one| &one.claims);
    claims
        .map(|claim| {
            assert_eq!(claim.values.len(), 1);
            format!("{}={}", claim.path, claim.values[0])
        })
        .collect()
}
