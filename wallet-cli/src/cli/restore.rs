use std::path::PathBuf;

use clap::Args;
use host::CommandError;
use serde_json::json;
use wallet::{NewVault, Wallet};

use super::init::{chosen_passphrase, exists, make_vault, typed_seed};
use crate::failure;
use crate::session::Session;
use crate::shape::Net;

/// Bring a wallet back: from your 24 words and a backup, or from the words and your document
///
/// The words alone bring back every net number, because they are the secret that all numbers come
/// from. What certificates say is not in the words: it comes from the backup, or from the issuer
/// when it has seen your document again. Credentials with one-time copies come from a refill.
///
/// The words are asked for, then a passphrase for the new file, twice; from scripts, the words come
/// from the first line of standard input, and the passphrase from --passphrase-file or the line
/// after.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Restore {
    /// A backup that `pessoa backup` wrote
    backup: Option<PathBuf>,
    /// For trying things out: let issuers and verifiers on this machine speak http
    #[arg(long)]
    dev: bool,
}

impl Restore {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        if session.vault_path().exists() {
            return Err(exists(session));
        }
        let seed = typed_seed(session)?;
        let passphrase = chosen_passphrase(session)?;
        let backup = self.backup.as_deref();
        let make = |place: &NewVault<'_>, settings, clock| {
            Wallet::restore(place, &seed, backup, settings, clock)
        };
        let wallet = make_vault(session, &passphrase, self.dev, make, failure::backup)?;
        self.tell(session, &wallet)
    }

    fn tell(&self, session: &mut Session<'_>, wallet: &Wallet) -> Result<(), CommandError> {
        let now = session.now();
        let net = wallet.net_certificates().iter();
        let numbers: usize = net.clone().map(|held| held.numbers().len()).sum();
        let net: Vec<Net<'_>> = net.map(|held| Net::new(held, now)).collect();
        let vault = session.vault_path();
        let data = json!({
            "vault": vault,
            "config": session.config_path(),
            "backup": self.backup,
            "net_certificates": net,
            "credentials": wallet.credentials().len(),
            "numbers": numbers,
        });
        let done = session.text(
            "init-done",
            &[("vault", vault.display().to_string().into())],
        );
        let about = [
            ("net", net.len().into()),
            ("credentials", wallet.credentials().len().into()),
            ("numbers", numbers.into()),
        ];
        let from_backup = self.backup.is_some();
        session.data(&data, |session| {
            let told = match from_backup {
                true => session.text("restore-done", &about),
                false => session.text("restore-words", &[]),
            };
            format!("{done}\n{told}")
        })?;
        let next = match from_backup {
            true => "restore-next",
            false => "init-next",
        };
        let next = session.text(next, &[]);
        session.remark(&format!("\n{next}"));
        Ok(())
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa restore pessoa-2026-11.backup
  pessoa restore                               with the words alone; then show your document again
  pessoa restore --dir other-device backup --json < words-and-passphrase.txt";
