//! Expiry, purging, closing and opening again.

use store::{Batch, Cause, Depth, Remains, Store, StoreError};

use super::children::{Task, acknowledged_until_killed};
use super::{Note, assert_conflict, at, create, note, open, read};

pub(crate) async fn an_expired_record_is_absent(address: &str) {
    let store = open(address).await;
    let create = |text, until| {
        Batch::new()
            .create("a", &note(text), Some(at(until)))
            .unwrap()
    };
    store.commit(create("first", 10), at(0)).await.unwrap();
    let version = store
        .load::<Note>("a", at(9))
        .await
        .unwrap()
        .unwrap()
        .version;
    assert_conflict(store.commit(create("second", 20), at(9)).await, "note", 0);

    assert_eq!(store.load::<Note>("a", at(10)).await.unwrap(), None);
    assert_eq!(store.count::<Note>(at(9)).await.unwrap(), 1);
    assert_eq!(store.count::<Note>(at(10)).await.unwrap(), 0);
    assert!(
        store
            .list::<Note>(None, 9, at(10))
            .await
            .unwrap()
            .entries
            .is_empty()
    );
    let replace = || {
        Batch::new()
            .replace("a", version, &note("x"), None)
            .unwrap()
    };
    assert_conflict(store.commit(replace(), at(10)).await, "note", 0);
    let delete = Batch::new().delete::<Note>("a", version);
    assert_conflict(store.commit(delete, at(10)).await, "note", 0);

    store.commit(create("second", 20), at(10)).await.unwrap();
    // The version of the expired record does not fit the new one.
    assert_conflict(store.commit(replace(), at(11)).await, "note", 0);
    let second = store.load::<Note>("a", at(19)).await.unwrap().unwrap();
    assert_eq!(second.value, note("second"));
}

pub(crate) async fn an_expiry_is_replaced(address: &str) {
    let store = open(address).await;
    let batch = Batch::new()
        .create("a", &note("first"), Some(at(10)))
        .unwrap();
    store.commit(batch, at(0)).await.unwrap();
    let (_, version) = read(&store, "a").await.unwrap();
    let batch = Batch::new()
        .replace("a", version, &note("second"), None)
        .unwrap();
    store.commit(batch, at(0)).await.unwrap();
    assert!(
        store
            .load::<Note>("a", at(1_000_000))
            .await
            .unwrap()
            .is_some()
    );
}

pub(crate) async fn an_expired_marker_can_be_spent_again(address: &str) {
    let store = open(address).await;
    let spend = |until| Batch::new().spend("nonce", "n", Some(at(until)));
    store.commit(spend(10), at(0)).await.unwrap();
    assert_conflict(store.commit(spend(20), at(9)).await, "nonce", 0);
    store.commit(spend(20), at(10)).await.unwrap();
    assert_conflict(store.commit(spend(30), at(19)).await, "nonce", 0);
}

pub(crate) async fn purging_deletes_only_what_expired(address: &str) {
    let store = open(address).await;
    let mut batch = Batch::new();
    for number in 0..1200 {
        batch = batch
            .create(format!("old {number}"), &note("old"), Some(at(10)))
            .unwrap();
    }
    batch = batch.create("later", &note("later"), Some(at(11))).unwrap();
    batch = batch.create("never", &note("never"), None).unwrap();
    store
        .commit(batch.spend("nonce", "n", Some(at(5))), at(0))
        .await
        .unwrap();

    assert_eq!(store.purge_expired(at(4)).await.unwrap(), 0);
    assert_eq!(store.purge_expired(at(10)).await.unwrap(), 1201);
    assert_eq!(store.purge_expired(at(10)).await.unwrap(), 0);
    // Seen from before they expired: what was deleted is no longer there at all.
    assert_eq!(store.count::<Note>(at(0)).await.unwrap(), 2);
    assert_conflict(create(&store, "later", "x").await, "note", 0);
}

pub(crate) async fn a_database_keeps_everything(address: &str) {
    let store = open(address).await;
    create(&store, "a", "first").await.unwrap();
    store
        .commit(Batch::new().spend("nonce", "n", None), at(0))
        .await
        .unwrap();
    assert_eq!(store.reserve("index", 5).await.unwrap(), 0);
    let before = read(&store, "a").await.unwrap();
    store.close().await;

    let store = open(address).await;
    assert_eq!(read(&store, "a").await.unwrap(), before);
    let spent = store
        .commit(Batch::new().spend("nonce", "n", None), at(0))
        .await;
    assert_conflict(spent, "nonce", 0);
    assert_eq!(store.reserve("index", 1).await.unwrap(), 5);
}

pub(crate) async fn a_closed_store_refuses(address: &str) {
    let store = open(address).await;
    store.ready().await.unwrap();
    let clone = store.clone();
    store.close().await;
    store.close().await;
    let closed = || StoreError::Unavailable(Cause::Closed);
    assert_eq!(clone.ready().await, Err(closed()));
    assert_eq!(create(&clone, "a", "first").await, Err(closed()));
    assert_eq!(clone.load::<Note>("a", at(0)).await, Err(closed()));
    assert_eq!(clone.reserve("index", 1).await, Err(closed()));
}

pub(crate) async fn a_killed_process_loses_nothing_acknowledged(address: &str) {
    open(address).await.close().await;
    let acknowledged = acknowledged_until_killed(Task::Create, address, 500);
    assert!(acknowledged.len() >= 500);
    let store = open(address).await;
    for id in acknowledged {
        assert_eq!(read(&store, &id).await.map(|(text, _)| text), Some(id));
    }
}

/// Whatever the engine does about it, at both depths and while others write.
pub(crate) async fn scrubbing_loses_nothing(address: &str) {
    let (store, other) = (open(address).await, open(address).await);
    for id in 0..50 {
        create(&store, &format!("a{id}"), "kept").await.unwrap();
    }
    let writing = async {
        for id in 0..50 {
            create(&other, &format!("b{id}"), "kept").await.unwrap();
        }
    };
    let scrubbing = async {
        for depth in [Depth::Log, Depth::Pages, Depth::Log] {
            store.scrub(depth).await.unwrap();
        }
    };
    tokio::join!(writing, scrubbing);
    for store in [&store, &other] {
        assert_eq!(store.count::<Note>(at(0)).await.unwrap(), 100);
        assert_eq!(read(store, "a7").await.unwrap().0, "kept");
        assert_eq!(read(store, "b7").await.unwrap().0, "kept");
    }
    store.close().await;
    let closed = store.scrub(Depth::Log).await;
    assert!(matches!(
        closed,
        Ok(Remains::Server) | Err(StoreError::Unavailable(Cause::Closed))
    ));
}

pub(crate) async fn a_newer_schema_is_refused(address: &str) {
    open(address).await.close().await;
    super::super::Database::execute(
        address,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9000, 'from the future', success, checksum, 0 FROM _sqlx_migrations
         WHERE version = 1",
    )
    .await;
    let error = Store::open(address).await.unwrap_err();
    assert_eq!(error, StoreError::NewerSchema { migration: 9000 });
}

pub(crate) async fn an_altered_schema_is_refused(address: &str) {
    open(address).await.close().await;
    super::super::Database::execute(
        address,
        "UPDATE _sqlx_migrations SET checksum = CAST('other' AS blob)",
    )
    .await;
    let error = Store::open(address).await.unwrap_err();
    assert_eq!(error, StoreError::AlteredSchema { migration: 1 });
}
