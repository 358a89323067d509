use std::path::{Path, PathBuf};

use clap::Args;
use credential::mechanism::{Mechanism, MechanismKey};
use host::{Access, CommandError, Folder, Kind, Output};
use keys::KeyError;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Make a key: a verification method with its private key, which issues as its own did:key
///
/// The file is for its owner alone, and never put in the place of another. With --json, the public half is
/// printed.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Key {
    /// What it is for, such as eddsa-rdfc-2022, bbs-2023 or vc-jose-es256
    #[arg(long, value_name = "NAME")]
    mechanism: String,
    /// Where the key goes
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

impl Key {
    pub(super) fn run(self, output: &Output) -> Result<(), CommandError> {
        let known = Mechanism::parse(&self.mechanism).filter(|known| known.issues());
        let Some(mechanism) = known else {
            let names = Mechanism::ALL.into_iter().filter(|known| known.issues());
            let names: Vec<&str> = names.map(Mechanism::name).collect();
            let hint = output.text(
                "issuer-hint-mechanism",
                &[("names", names.join(", ").into())],
            );
            let message = output.text("issuer-mechanism-unknown", &[]);
            return Err(CommandError::new(Kind::Usage, message).hint(hint));
        };
        let defect = |error: KeyError| CommandError::from_error(Kind::Defect, &error);
        let key = MechanismKey::generate(mechanism.key_kind(), &mut host::system_rng());
        let key = key.map_err(defect)?;
        let public = public_half(&key).map_err(defect)?;
        write(&self.output, &public, &key)?;
        let did = public.get("controller").and_then(Value::as_str);
        let variables = [
            ("did", did.unwrap_or_default().to_owned().into()),
            ("file", self.output.display().to_string().into()),
        ];
        output.data(&public, || output.text("issuer-key-made", &variables))
    }
}

/// The verification method of the key's did:key (Controlled Identifiers 1.0, section 2.2.2).
fn public_half(key: &MechanismKey) -> Result<Map<String, Value>, KeyError> {
    let method = key.verification_method()?;
    let members = [
        ("id", method.to_string()),
        ("type", "Multikey".to_owned()),
        ("controller", method.did().to_string()),
        ("publicKeyMultibase", key.multikey()),
    ];
    Ok(members
        .map(|(name, value)| (name.to_owned(), value.into()))
        .into_iter()
        .collect())
}

fn write(path: &Path, public: &Map<String, Value>, key: &MechanismKey) -> Result<(), CommandError> {
    let failed = |error: &dyn std::error::Error| CommandError::from_error(Kind::User, error);
    let public = serde_json::to_string(public);
    let public = public.map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
    let secret = key.expose_secret_multikey();
    // A value would leave copies of the secret behind.
    let contents = Zeroizing::new(format!(
        "{},\"secretKeyMultibase\":\"{}\"}}\n",
        public.trim_end_matches('}'),
        secret.as_str()
    ));
    let name = path.file_name().and_then(|name| name.to_str());
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = Folder::create(folder.unwrap_or(Path::new(".")));
    let folder = folder.map_err(|error| failed(&error))?;
    let file = (
        name.unwrap_or_default(),
        contents.as_bytes(),
        Access::Private,
    );
    folder.write_new(&[file]).map_err(|error| failed(&error))?;
    Ok(())
}

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer credential key --mechanism eddsa-rdfc-2022 --output key.json
  pessoa-issuer credential key --mechanism bbs-2023 --output key.json --json";
