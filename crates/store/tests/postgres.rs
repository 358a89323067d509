//! The conformance suite on PostgreSQL, and what only PostgreSQL does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod conformance;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::{Cause, Store, StoreError};

use conformance::{conformance, create, open, read};

conformance!(Database);

#[test]
#[ignore = "other tests run it as a child process"]
fn child() {
    conformance::children::run();
}

/// A schema of its own in the database that the tests are given.
struct Database {
    address: String,
    schema: String,
}

impl Database {
    async fn fresh() -> Self {
        static SCHEMAS: AtomicU32 = AtomicU32::new(0);
        let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
        let schema = format!("store_{}_{number}", std::process::id());
        Self::execute(&given(), &format!("CREATE SCHEMA {schema}")).await;
        let given = given();
        let joint = if given.contains('?') { '&' } else { '?' };
        Self {
            address: format!("{given}{joint}options[search_path]={schema}"),
            schema,
        }
    }

    async fn execute(address: &str, statement: &str) {
        let mut connection = PgConnection::connect(address).await.unwrap();
        let statement = statement.replace(" AS blob)", " AS bytea)");
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    async fn remove(self) {
        Self::execute(&given(), &format!("DROP SCHEMA {} CASCADE", self.schema)).await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the address of the test database"
)]
fn given() -> String {
    std::env::var("PESSOA_TEST_POSTGRES").expect(
        "PESSOA_TEST_POSTGRES must hold the address of a PostgreSQL database: `cargo xtask test` \
         starts one and sets it",
    )
}

#[tokio::test]
async fn an_unreachable_server_is_unavailable_and_its_password_stays_secret() {
    let error = Store::open("postgres://u:hunter2@127.0.0.1:1/x")
        .await
        .unwrap_err();
    let refused = Cause::Io(std::io::ErrorKind::ConnectionRefused);
    assert_eq!(error, StoreError::Unavailable(refused));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    let database = Database::fresh().await;
    assert!(!format!("{:?}", open(&database.address).await).contains("postgres:"));
    database.remove().await;
}

/// A server that promises TLS and then speaks something else is told apart from one that is down.
#[tokio::test]
async fn what_is_no_tls_is_called_so() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let answering = std::thread::spawn(move || {
        let (mut asked, _) = server.accept().unwrap();
        asked.read_exact(&mut [0; 8]).unwrap();
        asked.write_all(b"SHTTP/1.1 400 Bad Request\r\n").unwrap();
        // Closing at once could lose what was sent.
        let _ = asked.read_to_end(&mut Vec::new());
    });
    let refused = Store::open(&format!("postgres://u@{address}/x?sslmode=verify-full")).await;
    assert_eq!(refused.unwrap_err(), StoreError::Unavailable(Cause::Tls));
    answering.join().unwrap();
}

/// A database whose default is to acknowledge before it has written, and to
/// isolate strictly, does neither for the store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_settings_that_matter_are_the_stores_own() {
    let database = Database::fresh().await;
    let address = format!(
        "{}&options[synchronous_commit]=off&options[default_transaction_isolation]=serializable",
        database.address
    );
    open(&address).await.close().await;
    Database::execute(
        &database.address,
        "CREATE TABLE seen (setting text);
         CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO seen VALUES
                 (current_setting('synchronous_commit')),
                 (current_setting('transaction_isolation'));
             RETURN NULL;
         END $$;
         CREATE TRIGGER see AFTER INSERT ON records EXECUTE FUNCTION see()",
    )
    .await;
    create(&open(&address).await, "a", "first").await.unwrap();
    let mut connection = PgConnection::connect(&database.address).await.unwrap();
    let seen = sqlx::query_scalar("SELECT setting FROM seen ORDER BY setting");
    let seen: Vec<String> = seen.fetch_all(&mut connection).await.unwrap();
    assert_eq!(seen, ["on", "read committed"]);
    connection.close().await.unwrap();
    database.remove().await;
}

/// The server ends every connection, as it does when it restarts.
#[tokio::test]
async fn a_lost_connection_is_replaced() {
    let database = Database::fresh().await;
    let address = format!("{}&application_name={}", database.address, database.schema);
    let store = open(&address).await;
    create(&store, "a", "first").await.unwrap();
    let terminate = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE application_name = '{}'",
        database.schema
    );
    Database::execute(&database.address, &terminate).await;
    assert!(matches!(
        create(&store, "b", "x").await,
        Err(StoreError::Unavailable(_))
    ));
    create(&store, "b", "second").await.unwrap();
    assert_eq!(read(&store, "a").await.unwrap().0, "first");
    assert_eq!(read(&store, "b").await.unwrap().0, "second");
    database.remove().await;
}
