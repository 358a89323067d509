use std::path::PathBuf;

use clap::Args;
use credential::KeySource;
use credential::data_integrity::Leniency;
use host::{CommandError, Output};
use inspect::{Known, Verdict};
use operator::{ResultFile, read_file};
use serde_json::Value;

use super::Basis;

/// Explain a credential, presentation, offer, request, identifier or key, claim by claim
///
/// Nothing is fetched: what is published elsewhere is named, and left unjudged. With --output, writes
/// {"result": "success|failure|indeterminate", "data": …} and ends with 0, 3 or 2.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Inspect {
    /// What to explain; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    input: PathBuf,
    #[command(flatten)]
    basis: Basis,
    /// Write a result instead of words; - is standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Inspect {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let input = read_file(&self.input, output)?;
        let key = self.basis.method(output)?;
        let find = |source: &KeySource| key.as_ref()?.evidence(source, Leniency::None);
        let known = Known::at(self.basis.now()).issuer_keys(&find);
        let report = inspect::inspect(&String::from_utf8_lossy(&input), &known);
        let Some(path) = self.output else {
            return output.data(&report, || report.words(output.catalogue()));
        };
        let verdict = report.verdict;
        let data = serde_json::to_value(report).unwrap_or(Value::Null);
        let result = match verdict {
            Verdict::Good => ResultFile::success(data),
            Verdict::Bad | Verdict::Secret => ResultFile::failure(data),
            Verdict::Undecided => ResultFile::indeterminate(data),
        };
        result.write(&path, output)
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier credential inspect --input credential.json
  pessoa-verifier credential inspect < request.txt
  pessoa-verifier credential inspect --input credential.jwt --key issuer.json --json";
