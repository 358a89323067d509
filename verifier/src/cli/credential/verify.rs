use std::path::PathBuf;

use clap::Args;
use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, Judgement, Mechanism, MethodFile, Problem, Unverified};
use credential::{KeySource, KnownResources};
use host::{CommandError, Output};
use operator::{ContextArgs, ReferenceArgs, ResultFile, read_credential};
use serde_json::{Value, json};
use strict_json::Limits;

use super::Basis;

/// Judge a credential or presentation, and write {"result": "success|failure|indeterminate", "data": …}
///
/// Ends with 0 on success, 3 on failure, 2 if that mechanism is not supported.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
    /// The credential or presentation: JSON or a compact token, or what `issue` or `derive` wrote; - is
    /// standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    input: PathBuf,
    #[command(flatten)]
    basis: Basis,
    /// How it has to be secured, such as eddsa-rdfc-2022 or vc-jose-es256; any way unless given
    #[arg(long, value_name = "NAME")]
    mechanism: Option<String>,
    /// The challenge that a presentation has to answer; any unless given
    #[arg(long, value_name = "TEXT")]
    challenge: Option<String>,
    /// The verifier that a presentation has to be made for; any unless given
    #[arg(long, value_name = "TEXT")]
    domain: Option<String>,
    #[command(flatten)]
    contexts: ContextArgs,
    #[command(flatten)]
    references: ReferenceArgs,
    /// For public test suites only: take any key for any issuer
    #[arg(long)]
    test_suite: bool,
    /// Where the result goes; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

impl Verify {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let input = read_credential(&self.input, output)?;
        let key = self.basis.method(output)?;
        self.contexts.establish(output)?;
        let known = self.references.read(output)?;
        let leniency = match self.test_suite {
            true => Leniency::TestSuites,
            false => Leniency::None,
        };
        if self.test_suite {
            output.remark("operator-test-suite", &[]);
        }
        let text = String::from_utf8_lossy(&input);
        let result = self.judge(&text, key.as_ref(), &known, leniency);
        result.write(&self.output, output)
    }

    fn judge(
        &self,
        text: &str,
        key: Option<&MethodFile>,
        references: &KnownResources,
        leniency: Leniency,
    ) -> ResultFile {
        let wanted = match &self.mechanism {
            None => None,
            Some(name) => match Mechanism::parse(name) {
                None => return unsupported("the mechanism is not known here"),
                known => known,
            },
        };
        let unverified = match Unverified::parse(text) {
            Ok(unverified) => unverified,
            Err(problem) => return ResultFile::failure(problems(&[problem]).into()),
        };
        let stated = unverified.mechanisms();
        if stated.is_empty() && has_proof(text) {
            return unsupported("the cryptosuite is not known here");
        }
        if wanted.is_some_and(|wanted| !stated.contains(&wanted)) {
            return ResultFile::failure(json!([{"detail": "it is secured in another way"}]));
        }
        let find = |source: &KeySource| key?.evidence(source, leniency);
        let evidence: Vec<_> = unverified.key_sources().iter().filter_map(find).collect();
        let expected = Expected {
            challenge: self.challenge.as_deref(),
            domain: self.domain.as_deref(),
        };
        let mut judgement = unverified.verify(&evidence, &expected, leniency, self.basis.now());
        judgement.hold_against(references);
        match judgement.is_verified() {
            true => {
                let warnings = all(&judgement, |one| &one.warnings);
                ResultFile::success(Value::Object(judgement.document)).with_warnings(warnings)
            }
            false => ResultFile::failure(all(&judgement, |one| &one.problems).into()),
        }
    }
}

/// Whether the text is an object that says that it is secured.
fn has_proof(text: &str) -> bool {
    let read = strict_json::parse(text.as_bytes(), Limits::bytes(text.len()));
    read.is_ok_and(|value| value.get("proof").is_some())
}

/// What is told of a judgement, and of the credentials in a presentation after that.
fn all(judgement: &Judgement, told: impl Fn(&Judgement) -> &[Problem]) -> Vec<Value> {
    let inside = judgement.credentials.iter().flat_map(&told);
    let found: Vec<Problem> = told(judgement).iter().chain(inside).cloned().collect();
    problems(&found)
}

fn problems(problems: &[Problem]) -> Vec<Value> {
    let worded = problems.iter().map(|problem| {
        json!({
            "type": problem.kind.url(),
            "title": problem.kind.title(),
            "detail": problem.detail,
        })
    });
    worded.collect()
}

/// The result where nothing can be judged.
pub(super) fn unsupported(why: &str) -> ResultFile {
    ResultFile::indeterminate(json!([{ "detail": why }]))
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier credential verify --input credential.json
  pessoa-verifier credential verify --input credential.jwt --key issuer.json \\
      --mechanism vc-jose-es256 --output result.json
  pessoa-verifier credential verify --input credential.json --schema person.json \\
      --resource https://issuer.example/logo.png=logo.png
  pessoa-verifier credential verify --input presentation.json --challenge 4f3a --domain shop.example";
