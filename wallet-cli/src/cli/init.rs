use std::sync::Arc;

use clap::Args;
use host::{Access, Clock, CommandError, Folder, FolderError, Kind};
use keys::seed::Seed;
use serde_json::json;
use vault::{Passphrase, VaultError};
use wallet::{NewVault, Settings, Wallet, WalletError};
use zeroize::Zeroizing;

use crate::config::{Config, FILE};
use crate::session::Session;
use crate::{failure, passphrase};

/// Make a wallet: a new seed of 24 words, and an encrypted file
///
/// The passphrase is asked for twice; from scripts it is read from --passphrase-file, or from the
/// first line of standard input.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Init {
    /// Take the 24 words of an earlier wallet instead of new ones; they are asked for
    #[arg(long)]
    words: bool,
    /// For trying things out: let issuers and verifiers on this machine speak http
    #[arg(long)]
    dev: bool,
}

impl Init {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<(), CommandError> {
        if session.vault_path().exists() {
            return Err(exists(session));
        }
        let passphrase = chosen_passphrase(session)?;
        let seed = if self.words {
            typed_seed(session)?
        } else {
            Seed::generate(&mut host::system_rng())
        };
        let make =
            |place: &NewVault<'_>, settings, clock| Wallet::create(place, &seed, settings, clock);
        let wallet = make_vault(session, &passphrase, self.dev, make, failure::wallet)?;
        self.tell(session, &wallet)
    }

    fn tell(&self, session: &mut Session<'_>, wallet: &Wallet) -> Result<(), CommandError> {
        let path = session.vault_path();
        let words = wallet
            .words()
            .map_err(|error| failure::wallet(session, &error))?;
        let data = json!({
            "vault": path,
            "config": session.config_path(),
            "restored": self.words,
            "words": (!self.words).then_some(words.as_str()),
        });
        let (id, next) = ("init-done", session.text("init-next", &[]));
        let done = session.text(id, &[("vault", path.display().to_string().into())]);
        if self.words {
            session.data(&data, |session| {
                format!("{done}\n{}", session.text("init-restored", &[]))
            })?;
        } else {
            let advice = session.text("words-advice", &[]);
            session.data(&data, |_| format!("{done}\n\n{}", numbered(&words)))?;
            session.remark(&format!("\n{advice}"));
        }
        session.remark(&format!("\n{next}"));
        Ok(())
    }
}

/// The 24 words in four columns, each with its number, so that none is lost in copying.
pub(super) fn numbered(words: &str) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let rows = words.len().div_ceil(COLUMNS);
    let lines: Vec<String> = (0..rows)
        .map(|row| {
            let line: String = (0..COLUMNS)
                .filter_map(|column| {
                    let place = column * rows + row;
                    Some(format!("{:>2} {:<10}", place + 1, words.get(place)?))
                })
                .collect();
            format!("  {}", line.trim_end())
        })
        .collect();
    lines.join("\n")
}

/// Asks for the passphrase of a new vault, twice.
pub(super) fn chosen_passphrase(session: &mut Session<'_>) -> Result<Passphrase, CommandError> {
    let prompt = session.text("passphrase-choose", &[]);
    let file = session.shared.passphrase_file.clone();
    passphrase::new(session, file.as_deref(), &prompt)
}

/// Makes the folder of a wallet, its vault, and its settings.
pub(super) fn make_vault(
    session: &mut Session<'_>,
    passphrase: &Passphrase,
    dev: bool,
    make: impl FnOnce(&NewVault<'_>, Settings, Arc<dyn Clock>) -> Result<Wallet, WalletError>,
    failed: impl FnOnce(&Session<'_>, &WalletError) -> CommandError,
) -> Result<Wallet, CommandError> {
    let unusable = |error: FolderError| CommandError::from_error(Kind::User, &error);
    let folder = Folder::create(session.folder()).map_err(unusable)?;
    let unlocking = session.text("progress-unlock", &[]);
    let progress = session.progress(&unlocking);
    let path = session.vault_path();
    let place = NewVault {
        path: &path,
        passphrase,
        cost: session.machine.cost,
    };
    let clock = Arc::clone(&session.machine.clock);
    let made = make(&place, session.settings()?, clock);
    drop(progress);
    let wallet = made.map_err(|error| match error {
        WalletError::Vault(VaultError::Exists { .. }) => exists(session),
        error => failed(session, &error),
    })?;
    write_settings(session, &folder, dev)?;
    Ok(wallet)
}

/// Writes the settings of a new wallet. Its folder may hold some already: they are the person's.
fn write_settings(session: &Session<'_>, folder: &Folder, dev: bool) -> Result<(), CommandError> {
    if session.config_path().exists() {
        return Ok(());
    }
    let text = Config::template(dev, session.shared.language());
    let written = folder.write_new(&[(FILE, text.as_bytes(), Access::Private)]);
    written
        .map(drop)
        .map_err(|error| CommandError::from_error(Kind::User, &error))
}

pub(super) fn typed_seed(session: &mut Session<'_>) -> Result<Seed, CommandError> {
    let prompt = session.text("init-words-prompt", &[]);
    let typed = if session.terminal.is_interactive() {
        session.terminal.ask(&prompt).map(Some)
    } else {
        session.terminal.next_line()
    };
    let typed: Zeroizing<String> = typed
        .map_err(|error| CommandError::from_error(Kind::User, &error))?
        .unwrap_or_default();
    Seed::from_words(&typed).map_err(|error| {
        CommandError::new(Kind::User, session.text("words-bad", &[]))
            .because(Some(&error))
            .hint(session.text("words-bad-hint", &[]))
    })
}

pub(super) fn exists(session: &Session<'_>) -> CommandError {
    let dir = session.folder().display().to_string();
    let message = session.text("init-exists", &[("dir", dir.into())]);
    CommandError::new(Kind::User, message).hint(session.text("init-exists-hint", &[]))
}

const COLUMNS: usize = 4;
const EXAMPLES: &str = "\
Examples:
  pessoa init
  pessoa init --words                          with the words of an earlier wallet
  pessoa init --dir demo --dev                 a wallet for trying things out on this machine
  pessoa init --passphrase-file secret.txt --json";
