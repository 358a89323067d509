use clap::Args;
use host::{CommandError, Kind, Output};
use serde_json::json;

use crate::cli::Shared;
use crate::handle::Handle;
use crate::usecases::list::EnrolmentSummary;

/// List enrolments: handles and states, never names
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct List {}

impl List {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let mut enrolments = Vec::new();
        let mut after: Option<Handle> = None;
        loop {
            let page = app.enrolments(after.as_ref(), PAGE).await;
            let page = page.map_err(|error| CommandError::from_error(Kind::User, &error))?;
            enrolments.extend(page.enrolments);
            after = page.next.and_then(|next| next.parse().ok());
            if after.is_none() {
                break;
            }
        }
        app.close().await;
        output.data(&json!({"enrolments": enrolments}), || {
            words(&enrolments, output)
        })?;
        if enrolments.is_empty() {
            output.remark("issuer-list-next", &[]);
        }
        Ok(())
    }
}

fn words(enrolments: &[EnrolmentSummary], output: &Output) -> String {
    let mut lines = vec![output.text("issuer-list-count", &[("count", enrolments.len().into())])];
    lines.extend(enrolments.iter().map(|one| {
        format!(
            "{}  {:<9}  {:<10}  {}",
            one.handle,
            one.state,
            one.enrolled_on.as_deref().unwrap_or("-"),
            output.text("issuer-list-copies", &[("count", one.copies.into())])
        )
    }));
    lines.join("\n")
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer list
  pessoa-issuer list --json";
const PAGE: u32 = 1000;
