use std::path::{Path, PathBuf};

use clap::Args;
use credential::KeySource;
use credential::data_integrity::Leniency;
use credential::mechanism::{Mechanism, Unverified};
use host::{CommandError, Output};
use inspect::{Known, Verdict};
use operator::{ContextArgs, ResultFile, read_credential};
use serde_json::{Value, json};

use super::Basis;
use super::verify::unsupported;

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
    /// How it has to be secured, such as eddsa-rdfc-2022 or vc-jose-es256; any way unless given
    #[arg(long, value_name = "NAME")]
    mechanism: Option<String>,
    #[command(flatten)]
    contexts: ContextArgs,
    /// Write a result instead of words; - is standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Inspect {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let input = read_credential(&self.input, output)?;
        self.contexts.establish(output)?;
        let key = self.basis.method(output)?;
        let find = |source: &KeySource| key.as_ref()?.evidence(source, Leniency::None);
        let known = Known::at(self.basis.now()).issuer_keys(&find);
        let text = String::from_utf8_lossy(&input);
        let wanted = self.mechanism.as_deref();
        if let Some(refused) = wanted.and_then(|name| secured_otherwise(&text, name)) {
            let path = self.output.as_deref().unwrap_or(Path::new("-"));
            return refused.write(path, output);
        }
        let report = inspect::inspect(&text, &known);
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

/// The result for a text that is not secured as it has to be.
fn secured_otherwise(text: &str, name: &str) -> Option<ResultFile> {
    let Some(wanted) = Mechanism::parse(name) else {
        return Some(unsupported("the mechanism is not known here"));
    };
    let stated = Unverified::parse(text).map(|unverified| unverified.mechanisms());
    let fits = stated.is_ok_and(|stated| stated.contains(&wanted));
    (!fits).then(|| ResultFile::failure(json!([{"detail": "it is secured in another way"}])))
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier credential inspect --input credential.json
  pessoa-verifier credential inspect < request.txt
  pessoa-verifier credential inspect --input credential.jwt --key issuer.json --json";
