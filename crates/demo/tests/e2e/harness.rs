//! A town with an issuer, two platforms and a holder, each in a folder of its own.

use std::path::Path;
use std::sync::Arc;

use demo::passport::Specimen;
use demo::stage::{Holder, Office};
use host::{Clock as _, ManualClock};
use issuer::Enrolled;
use keys::token::BearerToken;
use tempfile::TempDir;
use vault::Cost;

/// The day of the tests, at an hour when nothing expires by accident.
const DAY: &str = "2026-11-21T10:00:00Z";

pub(crate) struct Town {
    pub(crate) place: TempDir,
    pub(crate) clock: ManualClock,
    pub(crate) office: Office,
}

impl Town {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut issuer::Config)) -> Self {
        let place = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(DAY.parse().unwrap());
        let office = office(place.path(), &clock, change).await;
        Self {
            place,
            clock,
            office,
        }
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

    /// A person who has received what the issuer offers.
    pub(crate) async fn enrolled_holder(&self) -> (Enrolled, Holder) {
        let enrolled = self.enrol().await;
        let mut holder = self.holder("holder");
        let review = holder.wallet.review_offer(enrolled.link.expose()).await;
        let received = holder.wallet.accept_offer(review.unwrap(), code(&enrolled));
        assert_eq!(received.await.unwrap().len(), 2);
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
