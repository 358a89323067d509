//! What flows are held against: their parts, each alone, and the skeleton, which is nothing but
//! them.

use std::sync::Arc;

use http::Request;
use keys::token::BearerToken;

use super::{MeasureError, Session, WARM_UP, issuer_environment, wallets};
use crate::child::{ANY_PORT, Child, Listening};
use crate::connection::Connection;
use crate::database::Database;
use crate::drive::{Flow, FlowError};
use crate::issuance::Issuance;
use crate::presentation::Presentation;
use crate::report::Bones;
use crate::role::Stored;
use crate::skeleton::Bare;

impl Session {
    /// What the skeleton needs for the same issuances.
    pub(super) async fn skeleton_issuance(
        &self,
        database: &Database,
    ) -> Result<Bones, MeasureError> {
        let (child, listening, admin) = self.skeleton("issuance", database)?;
        let base = format!("http://{}", listening.address);
        let issuance = Arc::new(Issuance::new(&base, admin)?);
        let (seen, memory) = self.issued(child, listening, &issuance).await?;
        Ok(Bones::new(&seen, memory))
    }

    /// What the skeleton needs for the same presentations.
    pub(super) async fn skeleton_presentation(
        &self,
        database: &Database,
    ) -> Result<Bones, MeasureError> {
        let (child, listening, admin) = self.skeleton("presentation", database)?;
        let base = format!("http://{}", listening.address);
        let presentation = Arc::new(Presentation::new(BearerToken::from(admin.expose())));
        let issuance = Issuance::new(&base, admin)?;
        let wallets = wallets(&issuance, listening).await?;
        let (seen, memory) = self
            .presented(child, listening, &presentation, &wallets)
            .await?;
        Ok(Bones::new(&seen, memory))
    }

    fn skeleton(
        &self,
        flow: &str,
        database: &Database,
    ) -> Result<(Child, Listening, BearerToken), MeasureError> {
        let name = format!("skeleton-{flow}-{}", database.engine());
        let folder = self.place.path().join(name);
        std::fs::create_dir(&folder)?;
        let path = folder.to_string_lossy();
        let environment = match database {
            Database::Postgres(url) => vec![(SKELETON_POSTGRES, url.as_str())],
            Database::Sqlite => Vec::new(),
        };
        let role = ["skeleton", &path];
        let (child, Bare { address, admin }) =
            Child::role(&role, self.cores, &folder, &environment)?;
        Ok((child, Listening { address }, BearerToken::from(admin)))
    }

    /// The computing time of a flow's storage alone.
    pub(super) fn storage(&self, plan: &str, database: &Database) -> Result<f64, MeasureError> {
        let url = database.url(&self.plain, &format!("{plan}.db"));
        let path = self.plain.to_string_lossy();
        let (flows, connections) = (self.flows.to_string(), self.load.connections.to_string());
        let role = ["store", &path, plan, &flows, &connections];
        let (_child, stored) =
            Child::role::<Stored>(&role, self.cores, &self.plain, &issuer_environment(&url))?;
        Ok(stored.micros_per_flow)
    }

    /// The computing time of so many empty requests.
    pub(super) async fn requests(&self, requests: usize) -> Result<f64, MeasureError> {
        let environment = [("PESSOA_ISSUER_LISTEN", ANY_PORT)];
        let path = self.plain.to_string_lossy();
        let role = ["empty", &path];
        let (child, listening) =
            Child::role::<Listening>(&role, self.cores, &self.plain, &environment)?;
        let empty = Arc::new(Empty { requests });
        let (first, measured) = (vec![(); WARM_UP], vec![(); self.flows]);
        let seen = self
            .seen(&child, listening, &empty, first, measured)
            .await?;
        Ok(seen.micros_per_flow())
    }
}

/// Requests that ask for nothing.
struct Empty {
    requests: usize,
}

impl Flow for Empty {
    type Work = ();

    async fn run(&self, connection: &mut Connection, (): ()) -> Result<(), FlowError> {
        for _ in 0..self.requests {
            let request = Request::get("/").body(Vec::new());
            let request = request.map_err(|_| FlowError::Make("request"))?;
            connection.send(request).await?;
        }
        Ok(())
    }
}

/// Names the database of the skeleton, which is none for others to read in a list of processes.
pub(crate) const SKELETON_POSTGRES: &str = "PESSOA_LOADTEST_SKELETON_POSTGRES";
