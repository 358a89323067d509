use clap::Args;
use host::{CommandError, Kind, Output};
use serde_json::json;

use crate::cli::Shared;

/// Remove from the database's files what was deleted or replaced
///
/// SQLite keeps copies of deleted records in free space and in its log: this writes the file anew and
/// empties the log. It needs as much memory as the file is large, and holds up enrolling and issuing
/// for about a second per 100 megabytes. With PostgreSQL it does nothing but say what to do there.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Scrub {}

impl Scrub {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let scrubbed = app.scrub().await;
        app.close().await;
        let leftovers = scrubbed.map_err(|error| CommandError::from_error(Kind::User, &error))?;
        output.data(&json!({ "leftovers": leftovers }), || {
            let done = leftovers.message().unwrap_or("issuer-scrub-done");
            output.text(done, &[])
        })
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer scrub";
