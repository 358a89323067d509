use std::path::PathBuf;

use clap::Args;
use credential::KeySource;
use credential::data_integrity::Leniency;
use credential::mechanism::{self, MechanismError, MethodFile};
use did::DidUrl;
use host::{CommandError, Kind, Output};
use operator::{ResultFile, read_file};
use serde_json::{Map, Value, json};

/// Derive a credential that discloses a part, and write {"result": "success|failure|indeterminate", "data": …}
///
/// Ends with 0 on success, 3 on failure, 2 if nothing can be derived from that mechanism.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Derive {
    /// The credential with a base proof (ecdsa-sd-2023, bbs-2023), JSON; - is standard input
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
    /// Where the result goes; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

impl Derive {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let input = read_file(&self.input, output)?;
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
        let result = match super::object(&input) {
            None => ResultFile::failure(json!("the input is no JSON object")),
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
        let proof = secured.get("proof");
        let member = |name: &str| proof.and_then(|proof| proof.get(name)?.as_str());
        if let Some(wanted) = &self.mechanism
            && member("cryptosuite") != Some(wanted)
        {
            return ResultFile::indeterminate(json!("the credential has another mechanism"));
        }
        let source = member("verificationMethod").and_then(|url| DidUrl::parse(url).ok());
        let source = source.map(KeySource::Did);
        let evidence: Vec<_> = source
            .zip(method)
            .and_then(|(source, method)| method.evidence(&source, Leniency::None))
            .into_iter()
            .collect();
        let header = self.presentation_header.as_bytes();
        let mut rng = host::system_rng();
        match mechanism::derive(secured, pointers, header, &evidence, &mut rng) {
            Ok(derived) => ResultFile::success(Value::Object(derived)),
            Err(error @ (MechanismError::Key | MechanismError::Unsupported)) => {
                ResultFile::indeterminate(error.to_string().into())
            }
            Err(error) => ResultFile::failure(error.to_string().into()),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer credential derive --input base.json --sd '[\"/credentialSubject/name\"]' \\
      --output result.json";
