//! The conformance suite on SQLite, and what only SQLite does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod conformance;

use std::fs;
use std::io::ErrorKind;
use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use store::{Batch, Cause, Depth, Remains, Store, StoreError};
use tempfile::TempDir;

use conformance::{Note, at, conformance, create, note, open, read};

conformance!(Database);

#[test]
#[ignore = "other tests run it as a child process"]
fn child() {
    conformance::children::run();
}

/// A file in a folder of its own.
struct Database {
    address: String,
    folder: TempDir,
}

impl Database {
    async fn fresh() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            address: format!("sqlite://{}/store.db", folder.path().display()),
            folder,
        }
    }

    async fn execute(address: &str, statement: &'static str) {
        let mut connection = SqliteConnection::connect(address).await.unwrap();
        sqlx::raw_sql(statement)
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    async fn remove(self) {
        self.folder.close().unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_private() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::fresh().await;
    let store = open(&database.address).await;
    create(&store, "a", "secret").await.unwrap();
    let mut names = Vec::new();
    for file in fs::read_dir(&database.folder).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{file:?}"
        );
        names.push(file.file_name());
    }
    names.sort();
    assert_eq!(names, ["store.db", "store.db-shm", "store.db-wal"]);
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for address in [
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite://x?mode=memory",
        "sqlite://",
    ] {
        let error = Store::open(address).await.unwrap_err();
        assert_eq!(error, StoreError::UnsupportedAddress, "{address}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_refused_and_not_repeated() {
    for address in [
        "",
        "mysql://root:hunter2@host/x",
        "hunter2",
        "postgres://[hunter2",
    ] {
        let error = Store::open(address).await.unwrap_err();
        assert_eq!(error, StoreError::UnsupportedAddress, "{address}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let database = Database::fresh().await;
    fs::write(database.folder.path().join("store.db"), [b'x'; 4096]).unwrap();
    let error = Store::open(&database.address).await.unwrap_err();
    assert_eq!(error, StoreError::Unavailable(Cause::Engine("26".into())));
}

/// Every caller of a group learns that the group failed, nothing of it remains,
/// and the writer goes on.
#[tokio::test]
async fn a_failed_group_is_reported_to_everyone() {
    let database = Database::fresh().await;
    let store = open(&database.address).await;
    Database::execute(
        &database.address,
        "CREATE TRIGGER refuse BEFORE INSERT ON records WHEN new.kind = 'poison'
         BEGIN SELECT RAISE(ABORT, 'private text'); END",
    )
    .await;
    let poison = store.commit(Batch::new().spend("poison", "p", None), at(0));
    let (a, b) = (create(&store, "a", "first"), create(&store, "b", "first"));
    let results = tokio::join!(a, poison, b);
    let failed = Err(StoreError::Unavailable(Cause::Engine("1811".into())));
    assert_eq!(results, (failed.clone(), failed.clone(), failed));
    assert_eq!(read(&store, "a").await, None);
    create(&store, "a", "second").await.unwrap();
    assert_eq!(read(&store, "a").await.unwrap().0, "second");
}

#[tokio::test]
async fn a_writer_waits_for_another_process() {
    let database = Database::fresh().await;
    let store = open(&database.address).await;
    let mut other = SqliteConnection::connect(&database.address).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { create(&store, "a", "first").await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!waiting.is_finished());
    assert_eq!(read(&store, "a").await, None);
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(read(&store, "a").await.unwrap().0, "first");
}

/// What was deleted or replaced is found neither in the file nor in its log: records are moved from
/// page to page, and what is left behind is as readable as what is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_leaves_the_files() {
    let database = Database::fresh().await;
    let store = open(&database.address).await;
    let name = |number: u32| format!("{:08x} gone", number.wrapping_mul(2_654_435_761));
    let found = |what: &str| {
        let mut places = Vec::new();
        for file in ["store.db", "store.db-wal"] {
            let bytes = fs::read(database.folder.path().join(file)).unwrap();
            if bytes
                .windows(what.len())
                .any(|part| part == what.as_bytes())
            {
                places.push(file);
            }
        }
        places
    };
    for part in 0..60 {
        let numbers = part * 50..(part + 1) * 50;
        let batch = numbers.fold(Batch::new(), |batch, number| {
            let length = usize::try_from(number % 7).unwrap();
            let text = format!("gone {}", "x".repeat(60 * length));
            batch.create(name(number), &note(&text), None).unwrap()
        });
        store.commit(batch, at(0)).await.unwrap();
    }
    assert_eq!(store.scrub(Depth::Log).await.unwrap(), Remains::Nowhere);
    assert_eq!(found("gone"), ["store.db"]);
    let mut after = None::<Vec<u8>>;
    loop {
        let page = store.list::<Note>(after.as_deref(), 50, at(0)).await;
        let page = page.unwrap();
        let mut batch = Batch::new();
        for (id, read) in page.entries {
            batch = batch.delete::<Note>(&id, read.version);
            if id[0] % 2 == 0 {
                batch = batch
                    .create([&id[..8], b"+"].concat(), &note("kept"), None)
                    .unwrap();
            }
        }
        store.commit(batch, at(0)).await.unwrap();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let kept = store.count::<Note>(at(0)).await.unwrap();
    assert!(found("gone").contains(&"store.db-wal"), "the scan finds it");
    assert_eq!(store.scrub(Depth::Pages).await.unwrap(), Remains::Nowhere);
    assert_eq!(found("gone"), [""; 0]);
    let log = fs::metadata(database.folder.path().join("store.db-wal"));
    assert_eq!(log.unwrap().len(), 0);
    assert_eq!(store.count::<Note>(at(0)).await.unwrap(), kept);
    assert!(kept > 1000);
}

/// Whoever reads all the time keeps the log from being emptied, and that is said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_being_read_is_not_called_empty() {
    let database = Database::fresh().await;
    let store = open(&database.address).await;
    create(&store, "a", "first").await.unwrap();
    let mut reader = SqliteConnection::connect(&database.address).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT * FROM records")
        .execute(&mut reader)
        .await
        .unwrap();
    create(&store, "b", "second").await.unwrap();
    assert_eq!(store.scrub(Depth::Log).await.unwrap(), Remains::Log);
    reader.close().await.unwrap();
    assert_eq!(store.scrub(Depth::Log).await.unwrap(), Remains::Nowhere);
}

#[tokio::test]
async fn a_missing_folder_is_reported() {
    let database = Database::fresh().await;
    let address = format!(
        "sqlite://{}/missing/store.db",
        database.folder.path().display()
    );
    let error = Store::open(&address).await.unwrap_err();
    assert_eq!(
        error,
        StoreError::Unavailable(Cause::Io(ErrorKind::NotFound))
    );
}
