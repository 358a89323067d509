//! Where the services under test keep their records.

use std::path::Path;

use sqlx::{Connection as _, PgConnection};

use crate::measure::MeasureError;

/// Where records are kept.
#[derive(Clone)]
pub(crate) enum Database {
    /// On a PostgreSQL server.
    Postgres(String),
    /// In a file of the session's folder.
    Sqlite,
}

impl Database {
    /// What people call it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }

    /// The same, for the names of folders.
    pub(crate) fn engine(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// The address of a service's records, whose folder and file are these.
    pub(crate) fn url(&self, folder: &Path, file: &str) -> String {
        match self {
            Self::Postgres(url) => url.clone(),
            Self::Sqlite => format!("sqlite://{}", folder.join(file).display()),
        }
    }

    /// Makes sure that it loses nothing that it has acknowledged.
    ///
    /// # Errors
    /// [`MeasureError::NotDurable`], or if it does not answer.
    pub(crate) async fn check(&self) -> Result<(), MeasureError> {
        let Self::Postgres(url) = self else {
            // The store sees to it itself.
            return Ok(());
        };
        let mut connection = PgConnection::connect(url).await?;
        for setting in ["fsync", "full_page_writes"] {
            let ask = sqlx::query_scalar::<_, String>("SELECT current_setting($1)");
            if ask.bind(setting).fetch_one(&mut connection).await? != "on" {
                return Err(MeasureError::NotDurable(setting));
            }
        }
        Ok(connection.close().await?)
    }
}
