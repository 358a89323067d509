use std::path::PathBuf;

use clap::Args;
use credential::mechanism::{
    IssueOptions, Mechanism, MechanismError, MechanismKey, MethodFile, PresentOptions, Secured,
};
use credential::{KeyReference, KnownResources, ReferenceFault, vc_jwt};
use host::{Clock as _, CommandError, Kind, Output, SystemClock};
use jiff::Timestamp;
use operator::{ContextArgs, ReferenceArgs, ResultFile, read_file};
use serde_json::{Map, Value, json};

/// Secure a credential or presentation, and write {"result": "success|failure|indeterminate", "data": …}
///
/// Ends with 0 on success, 3 on failure, 2 if that mechanism or kind of key is not supported.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Issue {
    /// The credential or presentation without proof, JSON; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    input: PathBuf,
    /// The verification method with its private key as JSON, or a private JWK
    #[arg(long, value_name = "VM.json")]
    key: PathBuf,
    /// How to secure it, such as eddsa-rdfc-2022, ecdsa-sd-2023 or vc-jose-es256
    #[arg(long, value_name = "NAME")]
    mechanism: String,
    /// What every derived credential discloses (ecdsa-sd-2023, bbs-2023, vc-sd-jwt-…): a JSON array of
    /// pointers
    #[arg(long, value_name = "JSON")]
    sd: Option<String>,
    /// The challenge of a verifier, for a presentation
    #[arg(long, value_name = "TEXT")]
    challenge: Option<String>,
    /// The verifier, for a presentation
    #[arg(long, value_name = "TEXT")]
    domain: Option<String>,
    #[command(flatten)]
    contexts: ContextArgs,
    #[command(flatten)]
    references: ReferenceArgs,
    /// When the proof is made (RFC 3339); now unless given
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Where the result goes; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

impl Issue {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let input = read_file(&self.input, output)?;
        let pointers = super::pointers(self.sd.as_deref(), output)?;
        let method = MethodFile::parse(&read_file(&self.key, output)?).map_err(|error| {
            let message = output.text("operator-key-file", &[]);
            CommandError::new(Kind::User, message).because(Some(&error))
        })?;
        let Some(key) = method.secret() else {
            let message = output.text("operator-key-file-secret", &[]);
            return Err(CommandError::new(Kind::User, message));
        };
        self.contexts.establish(output)?;
        let known = self.references.read(output)?;
        let result = match super::object(&input) {
            None => ResultFile::failure(json!("the input is no JSON object")),
            Some(document) => match Mechanism::parse(&self.mechanism) {
                None => ResultFile::indeterminate(json!("the mechanism is not known here")),
                Some(mechanism) => match judge(&known, &document) {
                    Err(fault) => ResultFile::failure(fault.to_string().into()),
                    Ok(unknown) => self
                        .result(self.secure(mechanism, document, &method, key, &pointers))
                        .with_warnings(unknown.into_iter().map(Value::from).collect()),
                },
            },
        };
        result.write(&self.output, output)
    }

    fn secure(
        &self,
        mechanism: Mechanism,
        document: Map<String, Value>,
        method: &MethodFile,
        key: &MechanismKey,
        pointers: &[String],
    ) -> Result<Secured, MechanismError> {
        let created = Some(self.at.unwrap_or_else(|| SystemClock.now()));
        let Some(url) = method.did_url() else {
            return issue_by_address(mechanism, document, method, key);
        };
        if is_presentation(&document) {
            let options = PresentOptions {
                verification_method: &url,
                created,
                challenge: self.challenge.as_deref(),
                domain: self.domain.as_deref(),
            };
            return mechanism.present(document, key, &options);
        }
        let options = IssueOptions {
            verification_method: &url,
            created,
            mandatory: pointers,
        };
        mechanism.issue(document, key, &options, &mut host::system_rng())
    }

    fn result(&self, secured: Result<Secured, MechanismError>) -> ResultFile {
        match secured {
            Ok(Secured::Object(members)) => ResultFile::success(Value::Object(members)),
            Ok(token) => ResultFile::success(token.into_text().into()),
            Err(error @ (MechanismError::Key | MechanismError::Unsupported)) => {
                ResultFile::indeterminate(error.to_string().into())
            }
            Err(error) => ResultFile::failure(error.to_string().into()),
        }
    }
}

/// Issues in the name of a web address: a token whose `kid` is the method's name. Data Integrity
/// proofs name DIDs alone here.
fn issue_by_address(
    mechanism: Mechanism,
    credential: Map<String, Value>,
    method: &MethodFile,
    key: &MechanismKey,
) -> Result<Secured, MechanismError> {
    let is_token = matches!(
        mechanism,
        Mechanism::VcJoseEddsa | Mechanism::VcJoseEs256 | Mechanism::VcJoseEs384
    );
    let (MechanismKey::Signing(signing), true) = (key, is_token) else {
        return Err(MechanismError::Unsupported);
    };
    if is_presentation(&credential) || key.kind() != mechanism.key_kind() {
        return Err(MechanismError::Unsupported);
    }
    let issuer = credential.get("issuer");
    let issuer = issuer.and_then(|issuer| issuer.as_str().or_else(|| issuer.get("id")?.as_str()));
    if issuer != Some(method.controller()) {
        return Err(credential::data_integrity::ProofFault::Controller.into());
    }
    let reference = KeyReference::KeyId(method.id().to_owned());
    let issuance = vc_jwt::Issuance {
        credential,
        holder: None,
        status: None,
        key_reference: &reference,
    };
    Ok(Secured::Token {
        envelope: "EnvelopedVerifiableCredential",
        media_type: "application/vc+jwt",
        text: issuance.sign(signing)?,
    })
}

/// Holds a credential against what it refers to, before it is issued.
fn judge(
    known: &KnownResources,
    document: &Map<String, Value>,
) -> Result<Vec<String>, ReferenceFault> {
    match is_presentation(document) {
        true => Ok(Vec::new()),
        false => known.judge(document),
    }
}

fn is_presentation(document: &Map<String, Value>) -> bool {
    match document.get("type") {
        Some(Value::Array(several)) => several.iter().any(|one| one == PRESENTATION),
        Some(one) => one == PRESENTATION,
        None => false,
    }
}

const PRESENTATION: &str = "VerifiablePresentation";

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer credential issue --input unsigned.json --key key.json \\
      --mechanism eddsa-jcs-2022
  pessoa-issuer credential issue --input unsigned.json --key key.json --mechanism ecdsa-sd-2023 \\
      --sd '[\"/issuer\", \"/validFrom\"]' --output result.json
  pessoa-issuer credential issue --input unsigned.json --key key.json --mechanism eddsa-rdfc-2022 \\
      --schema person.json --refuse-unknown-references";
