use clap::Args;
use host::{CommandError, Kind, Output};

/// Print the description of the HTTP API (OpenAPI, JSON)
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let api = crate::http::openapi();
        let text = api
            .to_pretty_json()
            .map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
        output.data(&api, || text)
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer openapi > issuer-openapi.json";
