use clap::{Args, Subcommand, ValueEnum};
use host::{CommandError, Kind, Output};
use jiff::SignedDuration;
use serde_json::json;

use crate::cli::Shared;
use crate::disclosing_keys::DisclosingKeys;
use crate::secret_keys::{Change, SecretKeysError};

/// Look after the keys of tokens, codes and tickets, and of credentials that are disclosed in part
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(Add),
    List(List),
    Rotate(Rotate),
}

/// Make the keys of credentials that are disclosed in part, if they are missing
///
/// An issuer that was made by an earlier release has none for ecdsa-sd-2023 and bbs-2023. No key that is
/// there is touched. Copy the new ones to every machine of the issuer and restart the service there.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Add {}

/// List the keys of tokens, codes and tickets: which is current, and until when earlier ones are read
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct List {}

/// Make a new key, which is used after a while; the earlier one is read until its last ticket ends
///
/// Copy the new key to every machine of the issuer and restart the service there before it begins.
/// With --at-once, for a key that was stolen, everything that was made under the earlier one is refused:
/// open offers and the wallets' tickets are void, and people show their document again.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
struct Rotate {
    /// Which key
    #[arg(value_enum)]
    which: Which,
    /// After how many minutes the new key is used
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(..=MOST_MINUTES))]
    after: u32,
    /// Use it now, and refuse what was made under the earlier one
    #[arg(long, conflicts_with = "after")]
    at_once: bool,
}

/// A kind of key that can be changed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// secrets.key: tokens, tickets, codes and nonces
    Secrets,
}

impl Keys {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        match self.command {
            Command::Add(Add {}) => add(shared, output),
            Command::List(List {}) => list(shared, output).await,
            Command::Rotate(rotate) => rotate.run(shared, output).await,
        }
    }
}

impl Rotate {
    async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let Which::Secrets = self.which;
        let change = match self.at_once {
            true => Change::AtOnce,
            false => Change::After(SignedDuration::from_mins(self.after.into())),
        };
        let app = shared.open(output).await?;
        let rotated = app.rotate_secrets(change).await;
        app.close().await;
        let made = rotated.map_err(|error| failed(&error))?;
        output.data(&made, || {
            let [key, from, until] = [&made.key, &made.from, &made.before_until];
            let arguments = [
                ("key", key.clone().into()),
                ("from", from.clone().into()),
                ("until", until.clone().into()),
            ];
            output.text("issuer-keys-rotated", &arguments)
        })?;
        output.remark("issuer-keys-next", &[("key", made.key.clone().into())]);
        Ok(())
    }
}

/// Works without the service, which does not start while a key is missing.
fn add(shared: &Shared, output: &Output) -> Result<(), CommandError> {
    let folder = shared.config(output)?.issuer.keys;
    let made = DisclosingKeys::make_missing(&folder, &mut host::system_rng());
    let made = made.map_err(|error| CommandError::from_error(Kind::User, &error))?;
    let names = made.iter().filter_map(|path| path.file_name()?.to_str());
    let names: Vec<_> = names.collect();
    output.data(&json!({ "keys": names }), || match names.as_slice() {
        [] => output.text("issuer-keys-complete", &[]),
        names => output.text("issuer-keys-added", &[("keys", names.join(", ").into())]),
    })?;
    if !names.is_empty() {
        output.remark("issuer-keys-copy", &[]);
    }
    Ok(())
}

async fn list(shared: &Shared, output: &Output) -> Result<(), CommandError> {
    let app = shared.open(output).await?;
    let keys = app.secret_keys().await;
    app.close().await;
    let keys = keys.map_err(|error| failed(&error))?;
    output.data(&json!({ "keys": keys }), || {
        let line = |key: &crate::secret_keys::KeySummary| {
            format!(
                "{:<16}  {:<8}  {}  {}",
                key.key,
                key.state.as_str(),
                key.from.as_deref().unwrap_or("-"),
                key.until.as_deref().unwrap_or("-"),
            )
        };
        keys.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

fn failed(error: &SecretKeysError) -> CommandError {
    CommandError::from_error(Kind::User, error)
}

/// A month.
const MOST_MINUTES: i64 = 31 * 24 * 60;

const EXAMPLES: &str = "\
Examples:
  pessoa-issuer keys list
  pessoa-issuer keys rotate secrets
  pessoa-issuer keys rotate secrets --at-once      the key was stolen
  pessoa-issuer keys add                           before the first ecdsa-sd-2023 or bbs-2023";
