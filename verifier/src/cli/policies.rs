use clap::Args;
use host::{CommandError, Output};
use serde_json::json;

use crate::cli::Shared;
use crate::http::PolicyMessage;
use crate::policy::FlowKind;

/// List what can be asked for
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Policies {}

impl Policies {
    pub(super) fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let config = shared.config(output)?.verifier;
        let policies: Vec<_> = config.policies.iter().map(PolicyMessage::from).collect();
        output.data(&json!({"policies": policies}), || words(&policies, output))?;
        output.remark("verifier-policies-next", &[]);
        Ok(())
    }
}

fn words(policies: &[PolicyMessage], output: &Output) -> String {
    let count = [("count", policies.len().into())];
    let mut lines = vec![output.text("verifier-policies-count", &count)];
    let language = output.catalogue().language().tag();
    lines.extend(policies.iter().map(|policy| {
        let flow = match policy.flow {
            FlowKind::CrossDevice => "cross-device",
            FlowKind::SameDevice => "same-device",
        };
        let purpose = policy
            .purpose
            .get(language)
            .or_else(|| policy.purpose.values().next());
        let purpose = purpose.map_or("", String::as_str);
        format!("{:<16}  {flow:<12}  {purpose}", policy.name)
    }));
    lines.join("\n")
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier policies
  pessoa-verifier policies --json";
