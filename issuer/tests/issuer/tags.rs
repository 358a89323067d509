//! Tags are wrapped under a new key while people enrol, however often that is ended halfway.

use std::collections::BTreeSet;
use std::time::Duration;

use issuer::{App, EnrolError, OpenError, TagsError};
use serde::{Deserialize, Serialize};
use store::{Record, Store};

use crate::harness::{Office, now, passport, read};
use crate::once::{Schema, postgres, sqlite};

/// What the test looks at: how often the tags of the database are wrapped.
#[derive(Deserialize, Serialize)]
struct Tag {
    generation: u32,
}

impl Record for Tag {
    const KIND: &'static str = "known_document";
}

/// Whether they all are wrapped so often.
#[derive(Deserialize, Serialize)]
struct Head {
    generation: u32,
    moving: bool,
    trailing: bool,
}

impl Record for Head {
    const KIND: &'static str = "tag_head";
}

async fn tags(store: &Store) -> (BTreeSet<Vec<u8>>, BTreeSet<u32>) {
    let page = store.list::<Tag>(None, 100_000, now()).await.unwrap();
    let generations = page.entries.iter().map(|(_, tag)| tag.value.generation);
    let generations = generations.collect();
    (
        page.entries.into_iter().map(|(id, _)| id).collect(),
        generations,
    )
}

async fn enrol(app: &App, number: &str) -> String {
    let enrolled = app.enrol(&passport(number)).await;
    enrolled.unwrap().handle.to_string()
}

/// Nobody is forgotten, nobody becomes two, and nothing of the earlier tags is left.
async fn rotating_is_resumed_while_others_enrol((office, other, _): (Office, App, axum::Router)) {
    let mut known = Vec::new();
    for person in 0..PEOPLE {
        known.push(enrol(&office.app, &format!("P{person}")).await);
    }
    let store = office.store().await;
    let (before, generations) = tags(&store).await;
    assert_eq!(generations, BTreeSet::from([0]));

    let (mut ended, mut halfway, mut late) = (0, false, Vec::new());
    loop {
        let patience = Duration::from_micros(200 << ended);
        let number = format!("LATE{ended}");
        let (rotation, handle) = tokio::join!(
            tokio::time::timeout(patience, office.app.rotate_tags()),
            enrol(&other, &number),
        );
        late.push((number, handle));
        // In the middle of it, everybody is known, to both processes.
        for app in [&office.app, &other] {
            let again = app.enrol(&passport("P7")).await.unwrap();
            assert_eq!(again.handle.to_string(), known[7]);
        }
        if let Ok(done) = rotation {
            let done = done.unwrap();
            assert_eq!(done.key, "tags.1.key");
            halfway |= done.resumed;
            break;
        }
        ended += 1;
        let head = store.load::<Head>("current", now()).await.unwrap();
        match head.unwrap().value {
            Head { generation: 0, .. } => {}
            // The last commit was made, and nobody heard of it.
            Head {
                moving: false,
                trailing: false,
                ..
            } => break,
            _ => halfway = true,
        }
    }
    assert!(halfway, "it was never ended halfway");
    let (after, generations) = tags(&store).await;
    assert_eq!(generations, BTreeSet::from([1]));
    assert!(before.is_disjoint(&after));
    assert_eq!(after.len(), PEOPLE + late.len());
    for (person, handle) in known.iter().enumerate() {
        let again = other.enrol(&passport(&format!("P{person}"))).await.unwrap();
        assert_eq!(again.handle.to_string(), *handle);
    }
    for (number, handle) in late {
        let again = office.app.enrol(&passport(&number)).await.unwrap();
        assert_eq!(again.handle.to_string(), handle);
    }
    // Once more, from the beginning, and by two at once.
    let (one, two) = tokio::join!(office.app.rotate_tags(), other.rotate_tags());
    let keys = BTreeSet::from([one.unwrap().key, two.unwrap().key]);
    assert!(keys.contains("tags.2.key") && !keys.contains("tags.4.key"));
    let again = office.app.enrol(&passport("P0")).await.unwrap();
    assert_eq!(again.handle.to_string(), known[0]);
    let (last, generations) = tags(&store).await;
    assert_eq!((last.len(), generations.len()), (after.len(), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotating_on_sqlite() {
    rotating_is_resumed_while_others_enrol(sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotating_on_postgres() {
    let schema = Schema::fresh().await;
    rotating_is_resumed_while_others_enrol(postgres(&schema).await).await;
    schema.remove().await;
}

/// A machine that does not have the newest key would take everybody for somebody new.
#[tokio::test]
async fn whoever_lacks_the_new_key_enrols_nobody() {
    let office = Office::open().await;
    office.enrol().await;
    let (behind, _) = office.second(|_| {}).await;
    office.app.rotate_tags().await.unwrap();
    let key = office.place.path().join("keys/tags.1.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let refused = behind.enrol(&passport("NEW")).await;
    assert!(matches!(
        refused,
        Err(EnrolError::Tags(TagsError::KeyMissing { .. }))
    ));
    let clock = std::sync::Arc::new(office.clock.clone());
    let refused = App::open(read(office.place.path()), clock)
        .await
        .unwrap_err();
    assert!(matches!(
        refused,
        OpenError::Tags(TagsError::KeyMissing { .. })
    ));
    assert!(refused.to_string().contains("tags.1.key"));
    std::fs::write(&key, kept).unwrap();
    let again = behind.enrol(&passport("L898902C3")).await.unwrap();
    assert!(again.again);
}

const PEOPLE: usize = 600;
