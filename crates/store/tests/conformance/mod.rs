//! What every engine must do. Each function takes the address of a fresh, empty
//! database; [`conformance!`] makes a test of each.

pub(crate) mod children;
mod concurrency;
mod conditions;
mod lifetime;
mod reading;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Store, StoreError};

pub(crate) use concurrency::*;
pub(crate) use conditions::*;
pub(crate) use lifetime::*;
pub(crate) use reading::*;

/// Makes one test per rule; `$database::fresh()` gives a `Database` with an
/// `address` for each.
macro_rules! conformance {
    ($database:ident: $($rule:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let database = $database::fresh().await;
                conformance::$rule(&database.address).await;
                database.remove().await;
            }
        )+
    };
    ($database:ident) => {
        conformance!($database:
            a_batch_applies_as_a_whole,
            a_batch_may_change_one_record_twice,
            a_batch_of_hundreds_applies,
            a_block_of_numbers_is_reserved_once,
            a_caller_that_leaves_breaks_nothing,
            a_closed_store_refuses,
            a_counter_ends,
            a_database_keeps_everything,
            a_deleted_record_is_not_replaced,
            a_killed_process_loses_nothing_acknowledged,
            a_list_is_read_in_pages,
            a_marker_is_spent_once,
            a_record_is_created_once,
            a_replacement_names_the_version_read,
            a_required_record_is_left_as_it_was_read,
            a_version_is_known_to_whoever_writes,
            a_version_is_never_given_out_twice,
            an_altered_schema_is_refused,
            an_empty_batch_does_nothing,
            an_expired_marker_can_be_spent_again,
            an_expired_record_is_absent,
            an_expiry_is_replaced,
            an_unreadable_value_is_corrupt,
            a_newer_schema_is_refused,
            clients_lose_nothing,
            opening_together_migrates_once,
            processes_spend_once_and_lose_no_update,
            purging_deletes_only_what_expired,
            scrubbing_loses_nothing,
            stores_spend_once_at_one_instant,
        );
    };
}
pub(crate) use conformance;

/// The record of these tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) text: String,
}

impl Record for Note {
    const KIND: &'static str = "note";
}

/// Another kind of record, whose identifiers may be the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally(pub(crate) u64);

impl Record for Tally {
    const KIND: &'static str = "tally";
}

pub(crate) fn note(text: &str) -> Note {
    Note {
        text: text.to_owned(),
    }
}

/// The instant at which these tests happen, in seconds after an arbitrary one.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(crate) async fn open(address: &str) -> Store {
    Store::open(address).await.unwrap()
}

pub(crate) async fn create(store: &Store, id: &str, text: &str) -> Result<(), StoreError> {
    store
        .commit(Batch::new().create(id, &note(text), None).unwrap(), at(0))
        .await
}

/// The text of a note and its version.
pub(crate) async fn read(store: &Store, id: &str) -> Option<(String, u64)> {
    let stored = store.load::<Note>(id, at(0)).await.unwrap()?;
    Some((stored.value.text, stored.version))
}

#[track_caller]
pub(crate) fn assert_conflict(result: Result<(), StoreError>, kind: &'static str, position: usize) {
    assert_eq!(result, Err(StoreError::Conflict { kind, position }));
}
