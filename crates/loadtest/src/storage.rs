//! What a flow costs in the store alone: the same records, read and written as often.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Store, StoreError};
use tokio::task::JoinSet;

use crate::issuance::now;

/// Which flow's storage.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Plan {
    /// Enrolment, redemption and issue: three commits, and no read of what was just written.
    Issuance,
    /// Enrolment, redemption, the question for an anchor, and issue: four commits, two reads.
    NetIssuance,
    /// Request and answer of somebody who is known by a number: two commits, three reads.
    NetPresentation,
    /// Request and answer: two commits, two reads.
    Presentation,
}

impl Plan {
    /// Stores what `flows` flows store, `connections` at a time.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn run(
        self,
        store: &Store,
        flows: usize,
        connections: usize,
    ) -> Result<(), StoreError> {
        let left = Arc::new(AtomicUsize::new(flows));
        let mut running = JoinSet::new();
        for _ in 0..connections {
            let (store, left) = (store.clone(), Arc::clone(&left));
            running.spawn(async move {
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                        left.checked_sub(1)
                    })
                    .is_ok()
                {
                    match self {
                        Self::Issuance => issuance(&store).await?,
                        Self::NetIssuance => net_issuance(&store).await?,
                        Self::NetPresentation => net_presentation(&store).await?,
                        Self::Presentation => presentation(&store).await?,
                    }
                }
                Ok(())
            });
        }
        while let Some(ended) = running.join_next().await {
            ended.unwrap_or(Err(StoreError::Unavailable(store::Cause::Closed)))?;
        }
        Ok(())
    }
}

async fn issuance(store: &Store) -> Result<(), StoreError> {
    let (now, later) = times();
    let (enrolment, version) = redeemed(store).await?;
    let batch = Batch::new().replace(enrolment, version, &Enrolment(filler(130)), None)?;
    let batch = batch.spend(PROOF, id(), later);
    store.commit(batch.spend(NONCE, id(), later), now).await
}

async fn net_issuance(store: &Store) -> Result<(), StoreError> {
    let (now, later) = times();
    let (enrolment, _) = redeemed(store).await?;
    store.load::<Enrolment>(enrolment, now).await?;
    let batch = Batch::new().spend(PROOF, id(), later);
    store.commit(batch, now).await?;
    if let Some(read) = store.load::<Enrolment>(enrolment, now).await? {
        let batch = Batch::new()
            .replace(enrolment, read.version, &Enrolment(filler(400)), None)?
            .create(id(), &Anchor(filler(40)), None)?;
        let batch = batch.spend(PROOF, id(), later);
        store.commit(batch.spend(NONCE, id(), later), now).await?;
    }
    Ok(())
}

/// Somebody new is enrolled, and redeems the offer at once. Returns the enrolment and its version.
async fn redeemed(store: &Store) -> Result<([u8; 32], u64), StoreError> {
    let (now, later) = times();
    let [enrolment, document, likeness, offer] = [id(), id(), id(), id()];
    let batch = Batch::new()
        .create(enrolment, &Enrolment(filler(130)), None)?
        .create(document, &Document(filler(30)), None)?
        .create(likeness, &Document(filler(30)), None)?
        .create(offer, &Offer(filler(SEALED_OFFER)), later)?;
    // Of what a batch does not write there is no version, and the next commit would fail.
    let enrolled = batch.version_of::<Enrolment>(enrolment).unwrap_or_default();
    let offered = batch.version_of::<Offer>(offer).unwrap_or_default();
    store.commit(batch, now).await?;
    let batch = Batch::new().delete::<Offer>(offer, offered);
    store.commit(batch.spend(PROOF, id(), later), now).await?;
    Ok((enrolment, enrolled))
}

async fn net_presentation(store: &Store) -> Result<(), StoreError> {
    let (now, later) = times();
    let session = id();
    let batch = Batch::new().create(session, &Session(filler(1100)), later)?;
    store.commit(batch, now).await?;
    store.load::<Session>(session, now).await?;
    if let Some(read) = store.load::<Session>(session, now).await? {
        let person = [id().first().map_or(0, |byte| byte % 64)];
        let known = store.load::<Account>(person, now).await?;
        let answered = Session(filler(700));
        let batch = Batch::new().replace(session, read.version, &answered, later)?;
        let admitted = match known {
            Some(known) => batch.require::<Account>(person, known.version),
            None => batch.create(person, &Account(filler(150)), None)?,
        };
        match store.commit(admitted, now).await {
            // Somebody with the number came at the same instant: the flow looks again.
            Err(error) if error.is_conflict() => {}
            other => other?,
        }
    }
    Ok(())
}

async fn presentation(store: &Store) -> Result<(), StoreError> {
    let (now, later) = times();
    let session = id();
    let batch = Batch::new().create(session, &Session(filler(1100)), later)?;
    store.commit(batch, now).await?;
    store.load::<Session>(session, now).await?;
    if let Some(read) = store.load::<Session>(session, now).await? {
        let answered = Session(filler(500));
        let batch = Batch::new().replace(session, read.version, &answered, later)?;
        store.commit(batch, now).await?;
    }
    Ok(())
}

fn times() -> (Timestamp, Option<Timestamp>) {
    let now = now();
    (now, Some(now + SignedDuration::from_mins(10)))
}

fn id() -> [u8; 32] {
    let mut id = [0; 32];
    rand_core::Rng::fill_bytes(&mut host::system_rng(), &mut id);
    id
}

fn filler(length: usize) -> String {
    "x".repeat(length)
}

macro_rules! records {
    ($($name:ident = $kind:literal),*) => {$(
        #[derive(Deserialize, Serialize)]
        struct $name(String);

        impl Record for $name {
            const KIND: &'static str = $kind;
        }
    )*};
}

records!(
    Account = "loadtest_account",
    Anchor = "loadtest_anchor",
    Document = "loadtest_document",
    Enrolment = "loadtest_enrolment",
    Offer = "loadtest_offer",
    Session = "loadtest_session"
);
/// An offer holds claims, sealed and filled up to one kibibyte, in base64url, and some more.
const SEALED_OFFER: usize = 1650;
const PROOF: &str = "loadtest_proof";
const NONCE: &str = "loadtest_nonce";
