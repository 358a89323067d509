use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use netcert::{Anchor, EpochProfile};
use openid4vci::issuer::{Accepted, CredentialError, NetAccepted, NetRequest};
use openid4vci::messages::CredentialResponse;
use serde_json::Value;
use store::{Batch, Record as _, StoreError, Stored};

use crate::app::App;
use crate::epochs::Epoch;
use crate::person::Person;
use crate::records::{Anchored, Enrolment, KnownAnchor, Standing, handle_of};
use crate::usecases::ATTEMPTS;
use crate::usecases::credential::CredentialFailure;
use crate::usecases::enrol::day;
use crate::usecases::token::spending;

impl App {
    /// Issues net certificates, for the enrolment's anchor or with its first.
    ///
    /// A first anchor is recorded in the commit that spends the challenge, and only then do the
    /// certificates leave. To revoke is to come here no more.
    pub(crate) async fn net_certificates(
        &self,
        request: NetRequest,
    ) -> Result<CredentialResponse, CredentialFailure> {
        let (now, parts) = (self.now(), self.parts());
        let epochs = parts.epochs.as_ref();
        let epochs = epochs.ok_or(CredentialError::UnknownConfiguration)?;
        let epochs = epochs.issued(now).await?;
        let (read, _) = self
            .entitled(request.handle(), request.claims_version(), now)
            .await?;
        let enrolled = read.value.anchored.clone();
        let assurance = parts.config.net_certificate.assurance.clone();
        let pressed = self.compute(move || press(request, enrolled, &epochs, &assurance));
        let (accepted, certificates) = pressed.await.ok_or(CredentialFailure::Ended)??;
        self.record_anchor(&accepted, read, now).await?;
        Ok(NetAccepted::response(certificates))
    }

    /// Reads the enrolment of a token, and what the token is worth to it.
    pub(crate) async fn entitled(
        &self,
        grant: &str,
        claims_version: u32,
        now: Timestamp,
    ) -> Result<(Stored<Enrolment>, Standing), CredentialFailure> {
        let store = &self.parts().store;
        let read = store.load::<Enrolment>(handle_of(grant), now).await?;
        let read = read.ok_or(CredentialError::Denied)?;
        match read.value.standing(grant, claims_version) {
            Standing::Closed | Standing::Stale => Err(CredentialError::Denied.into()),
            standing @ (Standing::Current | Standing::Pending) => Ok((read, standing)),
        }
    }

    /// Commits against the version that was read: whoever else anchored or revoked the enrolment
    /// since then is seen.
    async fn record_anchor(
        &self,
        accepted: &NetAccepted,
        mut read: Stored<Enrolment>,
        now: Timestamp,
    ) -> Result<(), CredentialFailure> {
        let id = handle_of(&accepted.handle);
        for _ in 0..ATTEMPTS {
            let before = read.value.clone();
            let standing = before.standing(&accepted.handle, accepted.claims_version);
            let mut batch = Batch::new();
            let mut after = read.value;
            match &mut after.anchored {
                Some(anchored) if anchored.anchor != accepted.anchor => {
                    return Err(CredentialError::AnotherAnchor.into());
                }
                Some(anchored) => {
                    // After a withdrawal there is the bare anchor.
                    anchored.since.get_or_insert_with(|| day(now));
                    if anchored.sealed_opening.is_none() {
                        anchored.sealed_opening = accepted.anchor_box;
                    }
                }
                // A ticket of earlier claims is not that of who showed the document last.
                None if standing == Standing::Current && before.pending.is_some() => {
                    return Err(CredentialError::Denied.into());
                }
                anchored @ None => {
                    *anchored = Some(Anchored {
                        anchor: accepted.anchor,
                        sealed_opening: accepted.anchor_box,
                        since: Some(day(now)),
                    });
                }
            }
            after.offer = None;
            if standing == Standing::Pending {
                batch = self.take_effect(batch, &mut after, id, now).await?;
            }
            batch = match after == before {
                true => batch.require::<Enrolment>(id, read.version),
                false => batch.replace(id, read.version, &after, None)?,
            };
            // Last, so that who anchored this very enrolment meanwhile is seen first.
            if before.anchored.is_none() {
                let entry = KnownAnchor {
                    handle: id.to_owned(),
                };
                batch = batch.create(accepted.anchor.to_bytes(), &entry, None)?;
            }
            let batch = spending(batch, accepted.spends.clone());
            match self.parts().store.commit(batch, now).await {
                // One secret is one person's.
                Err(StoreError::Conflict {
                    kind: KnownAnchor::KIND,
                    ..
                }) => return Err(CredentialError::AnotherAnchor.into()),
                Err(error) => self.retry(error, now).await?,
                Ok(()) => return Ok(()),
            }
            let (grant, version) = (&accepted.handle, accepted.claims_version);
            read = self.entitled(grant, version, now).await?.0;
        }
        Err(CredentialFailure::Busy)
    }

    /// Makes pending claims those of the enrolment, which is thereby open (again); the document's
    /// tags are added to a batch.
    pub(crate) async fn take_effect(
        &self,
        batch: Batch,
        enrolment: &mut Enrolment,
        id: &str,
        now: Timestamp,
    ) -> Result<Batch, CredentialFailure> {
        let Some(pending) = enrolment.pending.take() else {
            return Ok(batch);
        };
        let corrupt = || StoreError::Corrupt {
            kind: Enrolment::KIND,
        };
        let handle = id.parse().map_err(|_| corrupt())?;
        let marks = pending.marks()?;
        let mut tags = self.parts().tags.seen();
        if marks.iter().any(|mark| tags.places(mark).is_none()) {
            // Tagged by another process, under a key that is newer than what was seen here.
            tags = self.parts().tags.look_again(now).await?;
        }
        let batch = self.tag(batch, &tags, &marks, &handle, now).await?;
        enrolment.state = crate::records::EnrolmentState::Active;
        enrolment.claims_version = pending.version;
        enrolment.cool_down_until = None;
        enrolment
            .enrolled_on
            .get_or_insert_with(|| day(now).to_string());
        // Somebody else was enrolled with the document meanwhile.
        batch.ok_or(CredentialError::Denied.into())
    }

    /// Whether to begin anew after a commit has failed: somebody else changed the enrolment or its
    /// tags meanwhile. A spent proof stays spent.
    pub(crate) async fn retry(
        &self,
        error: StoreError,
        now: Timestamp,
    ) -> Result<(), CredentialFailure> {
        match error {
            StoreError::Conflict { kind, .. } if Accepted::is_spent(kind) => {
                Err(Accepted::conflict(kind).into())
            }
            StoreError::Conflict { .. } => {
                self.parts().tags.look_again(now).await?;
                Ok(())
            }
            error => Err(error.into()),
        }
    }
}

/// Judges the proofs and signs: milliseconds of computing.
fn press(
    request: NetRequest,
    enrolled: Option<Anchored>,
    epochs: &[Arc<Epoch>; 2],
    assurance: &str,
) -> Result<(NetAccepted, Vec<Value>), CredentialFailure> {
    let anchor: Option<Anchor> = enrolled.as_ref().map(|enrolled| enrolled.anchor);
    let since: Option<Date> = enrolled.and_then(|enrolled| enrolled.since);
    let profiles: Vec<EpochProfile> = epochs.iter().map(|epoch| epoch.profile.clone()).collect();
    let accepted = request.verify(anchor.as_ref(), &profiles)?;
    let person: Person =
        serde_json::from_slice(&accepted.claims).map_err(|_| CredentialError::Denied)?;
    let mut certificates = Vec::with_capacity(accepted.orders.len());
    for order in &accepted.orders {
        let epoch = epochs
            .iter()
            .find(|epoch| epoch.profile == order.profile)
            .ok_or(CredentialError::Epoch)?;
        let slots = person.slots(epoch.profile.reference_date(), assurance, since)?;
        certificates.push(netcert::issue(
            &epoch.key,
            &epoch.profile,
            &slots,
            &order.commitment,
        )?);
    }
    Ok((accepted, certificates))
}
