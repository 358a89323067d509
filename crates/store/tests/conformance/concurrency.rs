//! Many callers: tasks, stores and processes.

use std::collections::BTreeSet;

use store::{Batch, Store, StoreError};
use tokio::task::JoinSet;

use super::children::{Task, lines_of_children};
use super::{Tally, at, create, open, read};

const CLIENTS: usize = 64;

pub(crate) async fn clients_lose_nothing(address: &str) {
    let store = open(address).await;
    store
        .commit(Batch::new().create("sum", &Tally(0), None).unwrap(), at(0))
        .await
        .unwrap();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let store = store.clone();
        clients.spawn(async move {
            for number in 0..10 {
                let id = format!("{client}.{number}");
                create(&store, &id, &id).await.unwrap();
                assert_eq!(read(&store, &id).await.unwrap().0, id);
            }
            add_one(&store).await;
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    assert_eq!(
        store.count::<super::Note>(at(0)).await.unwrap(),
        CLIENTS as u64 * 10
    );
    let sum = store.load::<Tally>("sum", at(0)).await.unwrap().unwrap();
    assert_eq!(sum.value, Tally(CLIENTS as u64));
}

/// Adds one to the tally `sum`, as often as others come first.
pub(crate) async fn add_one(store: &Store) {
    loop {
        let read = store.load::<Tally>("sum", at(0)).await.unwrap().unwrap();
        let next = Tally(read.value.0 + 1);
        let batch = Batch::new()
            .replace("sum", read.version, &next, None)
            .unwrap();
        match store.commit(batch, at(0)).await {
            Err(error) if error.is_conflict() => {}
            done => return done.unwrap(),
        }
    }
}

pub(crate) async fn stores_spend_once_at_one_instant(address: &str) {
    let stores = [open(address).await, open(address).await];
    for round in 0..10 {
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let store = stores[client % 2].clone();
            clients.spawn(async move {
                // The order differs: no two batches may wait for each other.
                let (first, second) = if client % 3 == 0 {
                    ("a", "b")
                } else {
                    ("b", "a")
                };
                let batch = Batch::new()
                    .spend("nonce", format!("{first}{round}"), None)
                    .spend("nonce", format!("{second}{round}"), None);
                store.commit(batch, at(0)).await
            });
        }
        let results = clients.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let refused = |result: &&Result<(), StoreError>| {
            matches!(result, Err(StoreError::Conflict { kind: "nonce", .. }))
        };
        assert_eq!(results.iter().filter(refused).count(), CLIENTS - 1);
    }
}

pub(crate) async fn a_block_of_numbers_is_reserved_once(address: &str) {
    let stores = [open(address).await, open(address).await];
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let store = stores[client % 2].clone();
        clients.spawn(async move {
            let mut numbers = Vec::new();
            for amount in 1..=5 {
                let first = store.reserve("index", amount).await.unwrap();
                numbers.extend(first..first + amount);
            }
            numbers
        });
    }
    let numbers = clients.join_all().await.concat();
    let distinct: BTreeSet<u64> = numbers.iter().copied().collect();
    assert_eq!(distinct.len(), numbers.len());
    assert_eq!(
        distinct.into_iter().collect::<Vec<_>>(),
        (0..15 * CLIENTS as u64).collect::<Vec<_>>()
    );
}

pub(crate) async fn a_caller_that_leaves_breaks_nothing(address: &str) {
    let store = open(address).await;
    for round in 0..20 {
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let store = store.clone();
            clients.spawn(async move { create(&store, &format!("{round}.{client}"), "x").await });
        }
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        clients.shutdown().await;
        let id = format!("{round}");
        create(&store, &id, &id).await.unwrap();
        assert_eq!(read(&store, &id).await.unwrap().0, id);
    }
}

pub(crate) async fn opening_together_migrates_once(address: &str) {
    let mut clients = JoinSet::new();
    for client in 0..8 {
        let address = address.to_owned();
        clients.spawn(async move {
            let store = open(&address).await;
            create(&store, &format!("{client}"), "x").await.unwrap();
        });
    }
    clients.join_all().await;
    assert_eq!(
        open(address)
            .await
            .count::<super::Note>(at(0))
            .await
            .unwrap(),
        8
    );
}

pub(crate) async fn processes_spend_once_and_lose_no_update(address: &str) {
    // The children open the empty database together.
    let won = lines_of_children(Task::Spend, address, 2);
    let distinct: BTreeSet<&String> = won.iter().collect();
    assert_eq!(won.len(), super::children::SPENDS, "spent twice or never");
    assert_eq!(distinct.len(), won.len());

    let store = open(address).await;
    store
        .commit(Batch::new().create("sum", &Tally(0), None).unwrap(), at(0))
        .await
        .unwrap();
    lines_of_children(Task::Add, address, 2);
    let sum = store.load::<Tally>("sum", at(0)).await.unwrap().unwrap();
    assert_eq!(sum.value, Tally(2 * super::children::ADDITIONS as u64));
}
