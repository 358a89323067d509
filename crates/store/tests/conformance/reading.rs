//! Lists, counts, counters and unreadable values.

use serde::{Deserialize, Serialize};
use store::{Batch, Record, StoreError};

use super::{Note, Tally, at, note, open};

pub(crate) async fn a_list_is_read_in_pages(address: &str) {
    let store = open(address).await;
    let ids: [&[u8]; 6] = [b"", b"\0", b"a", b"a\0", b"b", b"\xff\xff"];
    let mut batch = Batch::new().create("aa", &Tally(0), None).unwrap();
    for id in ids.iter().rev() {
        batch = batch.create(id, &note("x"), None).unwrap();
    }
    batch = batch.create("a!", &note("expired"), Some(at(1))).unwrap();
    store.commit(batch, at(0)).await.unwrap();

    for limit in 1..=7 {
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0_usize);
        loop {
            let page = store
                .list::<Note>(after.as_deref(), limit, at(1))
                .await
                .unwrap();
            pages += 1;
            assert!(pages <= ids.len(), "the list does not end");
            seen.extend(page.entries.into_iter().map(|(id, _)| id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ids, "limit {limit}");
        assert_eq!(pages, ids.len().div_ceil(limit as usize), "limit {limit}");
    }
    assert_eq!(store.count::<Note>(at(0)).await.unwrap(), 7);
    assert_eq!(store.count::<Note>(at(1)).await.unwrap(), 6);
    assert_eq!(store.count::<Tally>(at(1)).await.unwrap(), 1);
    let listed = store.list::<Note>(Some(b"a\0"), 1, at(1)).await.unwrap();
    let loaded = store.load::<Note>("b", at(1)).await.unwrap().unwrap();
    assert_eq!(listed.entries, [(b"b".to_vec(), loaded)]);
}

pub(crate) async fn a_counter_ends(address: &str) {
    let store = open(address).await;
    assert_eq!(
        store.reserve("index", u64::MAX).await,
        Err(StoreError::Exhausted)
    );
    assert_eq!(store.reserve("index", i64::MAX as u64 - 1).await, Ok(0));
    assert_eq!(store.reserve("index", 2).await, Err(StoreError::Exhausted));
    assert_eq!(store.reserve("index", 1).await, Ok(i64::MAX as u64 - 1));
    assert_eq!(store.reserve("index", 1).await, Err(StoreError::Exhausted));
    assert_eq!(store.reserve("another", 3).await, Ok(0));
    assert_eq!(store.reserve("another", 3).await, Ok(3));
}

pub(crate) async fn an_unreadable_value_is_corrupt(address: &str) {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Impostor(u8);
    impl Record for Impostor {
        const KIND: &'static str = Note::KIND;
    }

    let store = open(address).await;
    store
        .commit(Batch::new().create("a", &Impostor(1), None).unwrap(), at(0))
        .await
        .unwrap();
    let corrupt = StoreError::Corrupt { kind: "note" };
    assert_eq!(store.load::<Note>("a", at(0)).await, Err(corrupt.clone()));
    assert_eq!(store.list::<Note>(None, 1, at(0)).await, Err(corrupt));
    assert_eq!(
        store
            .load::<Impostor>("a", at(0))
            .await
            .unwrap()
            .unwrap()
            .value,
        Impostor(1)
    );
}
