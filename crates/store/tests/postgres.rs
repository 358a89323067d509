//! The conformance suite on PostgreSQL, and what only PostgreSQL does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod conformance;

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::{Cause, Store, StoreError};

use conformance::{conformance, open};

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
