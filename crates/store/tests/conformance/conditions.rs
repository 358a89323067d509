//! Conditions, and that a batch is a whole.

use store::Batch;

use super::{Note, Tally, assert_conflict, at, create, note, open, read};

pub(crate) async fn a_record_is_created_once(address: &str) {
    let store = open(address).await;
    create(&store, "a", "first").await.unwrap();
    assert_conflict(create(&store, "a", "second").await, "note", 0);
    assert_eq!(read(&store, "a").await.unwrap().0, "first");
    // Another kind has its own identifiers.
    store
        .commit(Batch::new().create("a", &Tally(1), None).unwrap(), at(0))
        .await
        .unwrap();
}

pub(crate) async fn a_replacement_names_the_version_read(address: &str) {
    let store = open(address).await;
    create(&store, "a", "first").await.unwrap();
    let (_, version) = read(&store, "a").await.unwrap();
    let replace = |version, text| {
        Batch::new()
            .replace("a", version, &note(text), None)
            .unwrap()
    };
    store
        .commit(replace(version, "second"), at(0))
        .await
        .unwrap();
    assert_conflict(
        store.commit(replace(version, "third"), at(0)).await,
        "note",
        0,
    );
    let (text, newer) = read(&store, "a").await.unwrap();
    assert_eq!(text, "second");
    assert_ne!(newer, version);
    assert_conflict(
        store.commit(replace(u64::MAX, "third"), at(0)).await,
        "note",
        0,
    );
    let absent = Batch::new().replace("b", newer, &note("x"), None).unwrap();
    assert_conflict(store.commit(absent, at(0)).await, "note", 0);
    assert_eq!(read(&store, "b").await, None);
}

/// Else a process that remembers what it wrote could not change it without reading it first.
pub(crate) async fn a_version_is_known_to_whoever_writes(address: &str) {
    let store = open(address).await;
    let batch = Batch::new().create("a", &note("first"), None).unwrap();
    let created = batch.version_of::<Note>("a").unwrap();
    assert_eq!(batch.version_of::<Note>("b"), None);
    assert_eq!(batch.version_of::<Tally>("a"), None);
    store.commit(batch, at(0)).await.unwrap();
    assert_eq!(read(&store, "a").await.unwrap().1, created);
    let batch = Batch::new().replace("a", created, &note("second"), None);
    let batch = batch.unwrap();
    let replaced = batch.version_of::<Note>("a").unwrap();
    assert_ne!(replaced, created);
    store.commit(batch, at(0)).await.unwrap();
    let (text, version) = read(&store, "a").await.unwrap();
    assert_eq!((text.as_str(), version), ("second", replaced));
    let gone = Batch::new().delete::<Note>("a", replaced);
    assert_eq!(gone.version_of::<Note>("a"), None);
    store.commit(gone, at(0)).await.unwrap();
}

pub(crate) async fn a_deleted_record_is_not_replaced(address: &str) {
    let store = open(address).await;
    create(&store, "a", "first").await.unwrap();
    let (_, version) = read(&store, "a").await.unwrap();
    let stale = Batch::new().delete::<Note>("a", version.wrapping_add(1));
    assert_conflict(store.commit(stale, at(0)).await, "note", 0);
    store
        .commit(Batch::new().delete::<Note>("a", version), at(0))
        .await
        .unwrap();
    assert_eq!(read(&store, "a").await, None);
    let again = Batch::new().delete::<Note>("a", version);
    assert_conflict(store.commit(again, at(0)).await, "note", 0);
    let replace = Batch::new()
        .replace("a", version, &note("second"), None)
        .unwrap();
    assert_conflict(store.commit(replace, at(0)).await, "note", 0);
}

pub(crate) async fn a_version_is_never_given_out_twice(address: &str) {
    let store = open(address).await;
    create(&store, "a", "first").await.unwrap();
    let (_, version) = read(&store, "a").await.unwrap();
    store
        .commit(Batch::new().delete::<Note>("a", version), at(0))
        .await
        .unwrap();
    create(&store, "a", "another").await.unwrap();
    let replace = Batch::new()
        .replace("a", version, &note("lost"), None)
        .unwrap();
    assert_conflict(store.commit(replace, at(0)).await, "note", 0);
    assert_eq!(read(&store, "a").await.unwrap().0, "another");
}

pub(crate) async fn a_marker_is_spent_once(address: &str) {
    let store = open(address).await;
    let spend = |kind| Batch::new().spend(kind, "n", None);
    store.commit(spend("nonce"), at(0)).await.unwrap();
    assert_conflict(store.commit(spend("nonce"), at(0)).await, "nonce", 0);
    store.commit(spend("jti"), at(0)).await.unwrap();
    let twice = Batch::new()
        .spend("nonce", "m", None)
        .spend("nonce", "m", None);
    assert_conflict(store.commit(twice, at(0)).await, "nonce", 1);
    store
        .commit(Batch::new().spend("nonce", "m", None), at(0))
        .await
        .unwrap();
}

pub(crate) async fn a_required_record_is_left_as_it_was_read(address: &str) {
    let store = open(address).await;
    create(&store, "a", "first").await.unwrap();
    let (_, version) = read(&store, "a").await.unwrap();
    let require = |version, marker| {
        Batch::new()
            .require::<Note>("a", version)
            .spend("nonce", marker, None)
    };
    let (one, two) = tokio::join!(
        store.commit(require(version, "one"), at(0)),
        store.commit(require(version, "two"), at(0)),
    );
    assert_eq!((one, two), (Ok(()), Ok(())));
    assert_eq!(read(&store, "a").await.unwrap(), ("first".into(), version));
    let replace = Batch::new()
        .replace("a", version, &note("second"), None)
        .unwrap();
    store.commit(replace, at(0)).await.unwrap();
    assert_conflict(store.commit(require(version, "x"), at(0)).await, "note", 0);
    let absent = Batch::new().require::<Note>("b", version);
    assert_conflict(store.commit(absent, at(0)).await, "note", 0);
    let wrong = Batch::new().require::<Note>("a", u64::MAX);
    assert_conflict(store.commit(wrong, at(0)).await, "note", 0);
    let kept = store.commit(Batch::new().spend("nonce", "x", None), at(0));
    assert_eq!(kept.await, Ok(()));
}

pub(crate) async fn a_batch_applies_as_a_whole(address: &str) {
    let store = open(address).await;
    create(&store, "kept", "first").await.unwrap();
    create(&store, "gone", "first").await.unwrap();
    let (_, kept) = read(&store, "kept").await.unwrap();
    let (_, gone) = read(&store, "gone").await.unwrap();
    store
        .commit(Batch::new().spend("nonce", "m", None), at(0))
        .await
        .unwrap();
    let batch = |nonce| {
        Batch::new()
            .create("new", &note("new"), None)
            .unwrap()
            .replace("kept", kept, &note("second"), None)
            .unwrap()
            .delete::<Note>("gone", gone)
            .spend("nonce", nonce, None)
            .spend("nonce", "z", None)
    };

    // The fourth write fails: nothing of the others remains.
    assert_conflict(store.commit(batch("m"), at(0)).await, "nonce", 3);
    assert_eq!(read(&store, "new").await, None);
    assert_eq!(read(&store, "kept").await.unwrap(), ("first".into(), kept));
    assert_eq!(read(&store, "gone").await.unwrap(), ("first".into(), gone));

    store.commit(batch("n"), at(0)).await.unwrap();
    assert_eq!(read(&store, "new").await.unwrap().0, "new");
    assert_eq!(read(&store, "kept").await.unwrap().0, "second");
    assert_eq!(read(&store, "gone").await, None);
    for nonce in ["n", "z"] {
        let spent = store
            .commit(Batch::new().spend("nonce", nonce, None), at(0))
            .await;
        assert_conflict(spent, "nonce", 0);
    }
}

pub(crate) async fn a_batch_may_change_one_record_twice(address: &str) {
    let store = open(address).await;
    create(&store, "a", "first").await.unwrap();
    let (_, version) = read(&store, "a").await.unwrap();
    let renew = |text| {
        Batch::new()
            .delete::<Note>("a", version)
            .create("a", &note(text), None)
            .unwrap()
    };
    store.commit(renew("second"), at(0)).await.unwrap();
    assert_conflict(store.commit(renew("third"), at(0)).await, "note", 0);
    assert_eq!(read(&store, "a").await.unwrap().0, "second");
    let twice = Batch::new().create("b", &note("x"), None).unwrap();
    let twice = twice.create("b", &note("y"), None).unwrap();
    assert_conflict(store.commit(twice, at(0)).await, "note", 1);
    assert_eq!(read(&store, "b").await, None);
}

/// More than one statement of any engine holds.
pub(crate) async fn a_batch_of_hundreds_applies(address: &str) {
    let store = open(address).await;
    let ids: Vec<String> = (0..700).map(|number| format!("{number:03}")).collect();
    let mut batch = Batch::new();
    for id in &ids {
        batch = batch.create(id, &note(id), None).unwrap();
    }
    assert_eq!(batch.len(), ids.len());
    store.commit(batch, at(0)).await.unwrap();
    let (mut renew, mut stale) = (Batch::new(), Batch::new());
    for (number, id) in ids.iter().enumerate() {
        let (text, version) = read(&store, id).await.unwrap();
        assert_eq!(&text, id);
        stale = stale.delete::<Note>(id, version);
        renew = match number % 2 {
            0 => renew.delete::<Note>(id, version),
            _ => renew.replace(id, version, &note("renewed"), None).unwrap(),
        };
    }
    store.commit(renew, at(0)).await.unwrap();
    assert!(store.commit(stale, at(0)).await.unwrap_err().is_conflict());
    let page = store.list::<Note>(None, 1000, at(0)).await.unwrap();
    assert_eq!(page.entries.len(), ids.len() / 2);
    assert!(
        page.entries
            .iter()
            .all(|(_, stored)| stored.value == note("renewed"))
    );
}

pub(crate) async fn an_empty_batch_does_nothing(address: &str) {
    let store = open(address).await;
    assert!(Batch::new().is_empty());
    store.commit(Batch::new(), at(0)).await.unwrap();
}
