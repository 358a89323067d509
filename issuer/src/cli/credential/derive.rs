use std::path::PathBuf;

use clap::Args;
use credential::data_integrity::Leniency;
use credential::mechanism::{self, MechanismError, MethodFile, Unverified};
use host::{CommandError, Kind, Output};
use operator::{ContextArgs, ResultFile, read_credential, read_file};
use serde_json::{Map, Value, json};

/// Derive a credential that discloses a part, and write {"result": "success|failure|indeterminate", "data": …}
///
/// Ends with 0 on success, 3 on failure, 2 if nothing can be derived from that mechanism.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Derive {
    /// The credential: JSON with a base proof (ecdsa-sd-2023, bbs-2023), or an SD-JWT, or what `issue`
    /// wrote; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    input: PathBuf,
    /// The issuer's verification method as JSON; did:key and did:jwk need none
    #[arg(long, value_name = "VM.json")]
    key: Option<PathBuf>,
    /// The mechanism that the credential has to have; any unless given
    #[arg(long, value_name = "NAME")]
    mechanism: Option<String>,
    /// What to disclose beside what is mandatory: a JSON array of pointers
    #[arg(long, value_name = "JSON")]
    sd: Option<String>,
    /// What binds a bbs-2023 proof to one use
    #[arg(long, value_name = "TEXT", default_value = "")]
    presentation_header: String,
    #[command(flatten)]
    contexts: ContextArgs,
    /// Where the result goes; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

impl Derive {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let input = read_credential(&self.input, output)?;
        self.contexts.establish(output)?;
        let pointers = super::pointers(self.sd.as_deref(), output)?;
        let method = match &self.key {
            None => None,
            Some(path) => {
                let read = MethodFile::parse(&read_file(path, output)?);
                Some(read.map_err(|error| {
                    let message = output.text("operator-key-file", &[]);
                    CommandError::new(Kind::User, message).because(Some(&error))
                })?)
            }
        };
        let result = match secured(&input) {
            None => ResultFile::failure(json!("the input is neither a JSON object nor an SD-JWT")),
            Some(secured) => self.derive(&secured, method.as_ref(), &pointers),
        };
        result.write(&self.output, output)
    }

    fn derive(
        &self,
        secured: &Map<String, Value>,
        method: Option<&MethodFile>,
        pointers: &[String],
    ) -> ResultFile {
        let Ok(unverified) = Unverified::from_value(Value::Object(secured.clone())) else {
            return ResultFile::failure(json!("the input is no secured credential"));
        };
        let mechanisms = unverified.mechanisms();
        let is = |wanted: &String| mechanisms.iter().any(|one| one.name() == wanted);
        if self.mechanism.as_ref().is_some_and(|wanted| !is(wanted)) {
            return ResultFile::indeterminate(json!("the credential has another mechanism"));
        }
        let sources = unverified.key_sources();
        let evidence = sources
            .iter()
            .filter_map(|source| method?.evidence(source, Leniency::None));
        let evidence: Vec<_> = evidence.collect();
        let header = self.presentation_header.as_bytes();
        let mut rng = host::system_rng();
        match mechanism::derive(secured, pointers, header, &evidence, &mut rng) {
            Ok(derived) => ResultFile::success(unwrapped(derived)),
            Err(error @ (MechanismError::Key | MechanismError::Unsupported)) => {
                ResultFile::indeterminate(error.to_string().into())
            }
            Err(error) => ResultFile::failure(error.to_string().into()),
        }
    }
}

/// Reads an object, or an SD-JWT, which stands in an envelope then.
fn secured(input: &[u8]) -> Option<Map<String, Value>> {
    if let Some(object) = super::object(input) {
        return Some(object);
    }
    let token = str::from_utf8(input).ok()?.trim().trim_matches('"');
    let envelope = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": format!("{ENVELOPE}{token}"),
        "type": "EnvelopedVerifiableCredential",
    });
    match envelope {
        Value::Object(members) if token.contains('~') => Some(members),
        _ => None,
    }
}

/// Takes an SD-JWT out of its envelope.
fn unwrapped(derived: Map<String, Value>) -> Value {
    let id = derived.get("id").and_then(Value::as_str);
    match id.and_then(|id| id.strip_prefix(ENVELOPE)) {
        Some(token) => token.into(),
        None => Value::Object(derived),
    }
}

/// What the identifier of an envelope begins with (VCDM 2.0, section 4.13).
const ENVELOPE: &str = "data:application/vc+sd-jwt,";

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer credential derive --input base.json --sd '[\"/credentialSubject/name\"]' \\
      --output result.json";
