//! The story on PostgreSQL.

use openid4vp::verifier::Failure;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::harness::{Town, claims, log_in, refused};
use crate::programs;

#[tokio::test]
async fn the_story_holds_on_postgresql() {
    let (issuers, verifiers) = (Schema::make("issuer").await, Schema::make("verifier").await);
    let town = Town::with(|config| config.service.database = issuers.address().into()).await;
    let platform = town.platform_with("agora", |config| {
        config.service.database = verifiers.address().into();
    });
    let platform = platform.await;
    let (enrolled, mut holder) = town.enrolled_holder().await;
    let wallet = &mut holder.wallet;
    let answer = log_in(&platform, "age-over-18", wallet).await;
    assert_eq!(claims(&answer), ["age_over_18=true"]);
    log_in(&platform, "adult-jwt", wallet).await;
    let id = wallet.credentials()[0].id.clone();
    wallet.refill(&id).await.unwrap();
    town.office.app.revoke(&enrolled.handle).await.unwrap();
    platform.app.refresh().await;
    refused(&platform, "age-over-18", wallet, Failure::Revoked).await;
    platform.close().await.unwrap();
    town.office.close().await.unwrap();
    issuers.remove().await;
    verifiers.remove().await;
}

/// A schema of its own in the database that the tests are given.
struct Schema(String);

impl Schema {
    async fn make(name: &str) -> Self {
        let schema = Self(format!("demo_{name}_{}", std::process::id()));
        schema.execute(&format!("CREATE SCHEMA {}", schema.0)).await;
        schema
    }

    fn address(&self) -> String {
        let given = programs::postgres();
        let joint = if given.contains('?') { '&' } else { '?' };
        format!("{given}{joint}options[search_path]={}", self.0)
    }

    async fn remove(self) {
        self.execute(&format!("DROP SCHEMA {} CASCADE", self.0))
            .await;
    }

    async fn execute(&self, statement: &str) {
        let mut connection = PgConnection::connect(&programs::postgres()).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}
