use serde::Serialize;
use store::{Depth, Remains, Store, StoreError};
use utoipa::ToSchema;

use crate::app::App;

impl App {
    /// Removes from the database's files what was deleted or replaced, as far as the engine lets
    /// ([`Store::scrub`]). On SQLite this holds up whoever writes, for about a second per 100
    /// megabytes.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn scrub(&self) -> Result<Leftovers, StoreError> {
        let remains = self.parts().store.scrub(Depth::Pages).await?;
        Ok(Leftovers::after(Depth::Pages, remains))
    }
}

/// Where what was deleted or replaced may still lie.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Leftovers {
    /// Nowhere in the database's files.
    None,
    /// In the database's files, until `pessoa-issuer scrub`.
    UntilScrub,
    /// At the PostgreSQL server, until its operator vacuums and its write-ahead log is gone.
    UntilVacuum,
}

impl Leftovers {
    /// Scrubs after something else was done, which a failure does not undo: it leaves the work to be
    /// done later, and is logged.
    pub(crate) async fn of(store: &Store, depth: Depth) -> Self {
        match store.scrub(depth).await {
            Ok(remains) => Self::after(depth, remains),
            Err(error) => {
                tracing::warn!(reason = %error, "what was deleted stays in the database's files");
                Self::UntilScrub
            }
        }
    }

    fn after(depth: Depth, remains: Remains) -> Self {
        match (remains, depth) {
            (Remains::Server, _) => Self::UntilVacuum,
            (Remains::Nowhere, Depth::Pages) => Self::None,
            (Remains::Nowhere, Depth::Log) | (Remains::Log, _) => Self::UntilScrub,
        }
    }

    /// The message that tells the operator what is left to do, if anything is.
    pub(crate) const fn message(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::UntilScrub => Some("issuer-scrub-later"),
            Self::UntilVacuum => Some("issuer-scrub-vacuum"),
        }
    }
}
