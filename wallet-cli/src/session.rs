use std::path::PathBuf;

use catalogue::{Catalogue, Language, Value};
use host::{CommandError, Kind};
use jiff::Timestamp;
use serde::Serialize;
use url::Url;
use vault::UnlockCache;
use wallet::{Settings, Wallet};

use crate::cli::Shared;
use crate::config::{Config, FILE};
use crate::foreign::plain;
use crate::machine::Machine;
use crate::terminal::{Progress, Terminal};
use crate::{failure, passphrase};

/// One command's run: what was asked for, and how to speak to whoever asked.
pub(crate) struct Session<'a> {
    pub(crate) terminal: &'a mut dyn Terminal,
    pub(crate) machine: &'a Machine,
    pub(crate) shared: Shared,
    pub(crate) config: Config,
    catalogue: Catalogue,
    folder: PathBuf,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        shared: Shared,
        terminal: &'a mut dyn Terminal,
        machine: &'a Machine,
    ) -> Self {
        let language = Language::choose(shared.language(), machine.locale.as_deref());
        let folder = shared.dir.clone().or_else(|| machine.data_folder.clone());
        Self {
            terminal,
            machine,
            shared,
            config: Config::default(),
            catalogue: Catalogue::new(language),
            folder: folder.unwrap_or_else(|| PathBuf::from("pessoa")),
        }
    }

    /// Reads the wallet's configuration, which may speak another language.
    pub(crate) fn configure(&mut self) -> Result<(), CommandError> {
        self.config = Config::read(&self.folder)
            .map_err(|error| CommandError::from_error(Kind::User, &error))?;
        self.config
            .establish_contexts()
            .map_err(|error| CommandError::from_error(Kind::User, &error))?;
        if let Some(language) = self.shared.language().or(self.config.language()) {
            self.catalogue = Catalogue::new(language);
        }
        Ok(())
    }

    pub(crate) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    pub(crate) fn vault_path(&self) -> PathBuf {
        self.folder.join(VAULT)
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.machine.clock.now()
    }

    /// Says a message of the catalogue.
    pub(crate) fn text(&self, id: &str, variables: &[(&str, Value<'_>)]) -> String {
        self.catalogue.text(id, variables)
    }

    /// Prints data: as JSON if asked for, else in words.
    pub(crate) fn data(
        &mut self,
        data: &impl Serialize,
        words: impl FnOnce(&Self) -> String,
    ) -> Result<(), CommandError> {
        let mut text = if self.shared.json {
            let json = serde_json::to_string_pretty(data);
            json.map_err(|error| CommandError::from_error(Kind::Defect, &error))?
        } else {
            words(self)
        };
        text.push('\n');
        self.terminal
            .write(text.as_bytes())
            .map_err(|error| CommandError::from_error(Kind::User, &error))
    }

    /// Says something useful that is neither data nor needed for a decision.
    pub(crate) fn remark(&mut self, text: &str) {
        if !self.shared.quiet && !self.shared.json {
            self.terminal.say(text);
        }
    }

    /// Shows what the person decides upon. It is part of the question, so that it is left out only
    /// where nobody is asked and nothing shall be said.
    pub(crate) fn review(&mut self, agreed: bool, text: &str) {
        if !(agreed && self.shared.quiet) {
            self.terminal.say(text);
        }
    }

    /// Shows that something is being done, until the guard is dropped.
    pub(crate) fn progress(&mut self, text: &str) -> Progress {
        if self.shared.quiet {
            return Progress::hidden();
        }
        self.terminal.progress(text)
    }

    /// Asks for consent to what was shown; `agreed` is what `--yes` said.
    pub(crate) fn consents(&mut self, agreed: bool, question: &str) -> Result<bool, CommandError> {
        if agreed {
            return Ok(true);
        }
        if !self.terminal.is_interactive() {
            let message = self.text("terminal-none", &[]);
            let hint = self.text("terminal-none-hint", &[]);
            return Err(CommandError::new(Kind::Usage, message).hint(hint));
        }
        self.terminal
            .confirm(question)
            .map_err(|error| CommandError::from_error(Kind::User, &error))
    }

    /// How the wallet behaves towards the world.
    pub(crate) fn settings(&self) -> Result<Settings, CommandError> {
        let trust_anchors = self
            .config
            .x5c_authorities()
            .map_err(|error| CommandError::from_error(Kind::User, &error))?;
        Ok(Settings {
            dev_loopback: self.config.dev,
            language: self.catalogue.language().tag().to_owned(),
            proxy: self.proxy().cloned(),
            proxy_shared: self.config.proxy_isolation == Some(false),
            trust_anchors,
        })
    }

    /// Whether requests go through a proxy.
    pub(crate) fn has_proxy(&self) -> bool {
        self.proxy().is_some()
    }

    /// Opens the wallet: with the key that `unlock` keeps, or with the passphrase.
    pub(crate) fn open(&mut self) -> Result<Wallet, CommandError> {
        let path = self.vault_path();
        if !path.exists() {
            return Err(self.missing());
        }
        let kept = match self.unlock_cache() {
            Some(cache) => cache.open(&path, self.now()),
            None => Ok(None),
        };
        match kept.map_err(|error| failure::vault(self, &error))? {
            Some(vault) => self.assemble(vault),
            None => self.open_with_passphrase(),
        }
    }

    /// Opens the wallet for whoever knows the passphrase, unlocked or not.
    pub(crate) fn open_with_passphrase(&mut self) -> Result<Wallet, CommandError> {
        let path = self.vault_path();
        if !path.exists() {
            return Err(self.missing());
        }
        let passphrase = passphrase::existing(self)?;
        let unlocking = self.text("progress-unlock", &[]);
        let progress = self.progress(&unlocking);
        let vault = vault::Vault::open(&path, &passphrase);
        drop(progress);
        let vault = vault.map_err(|error| failure::vault(self, &error))?;
        self.assemble(vault)
    }

    /// The place of the key that `unlock` keeps, where the machine has one.
    pub(crate) fn unlock_cache(&self) -> Option<UnlockCache> {
        let folder = self.machine.runtime_folder.as_deref()?;
        Some(UnlockCache::new(folder, &self.vault_path()))
    }

    fn proxy(&self) -> Option<&Url> {
        self.shared.proxy.as_ref().or(self.config.proxy.as_ref())
    }

    fn assemble(&mut self, vault: vault::Vault) -> Result<Wallet, CommandError> {
        let opened = Wallet::open(vault, self.settings()?, self.machine.clock.clone());
        let mut wallet = opened.map_err(|error| failure::wallet(self, &error))?;
        let collected = wallet.collect();
        let collected = collected.map_err(|error| failure::wallet(self, &error))?;
        for (id, fault) in collected.refused {
            let about = [("id", id.into()), ("reason", fault.to_string().into())];
            let warning = self.text("net-not-taken", &about);
            self.terminal.say(&warning);
        }
        for conflict in collected.conflicts {
            let about = [
                ("issuer", plain(&conflict.issuer).into()),
                ("epoch", conflict.epoch.to_string().into()),
                (
                    "pinned",
                    conflict.pinned.unwrap_or_else(|| "-".to_owned()).into(),
                ),
                ("refused", conflict.refused.into()),
            ];
            let warning = self.text("net-two-profiles", &about);
            self.terminal.say(&warning);
        }
        Ok(wallet)
    }

    pub(crate) fn missing(&self) -> CommandError {
        let dir = self.folder.display().to_string();
        let message = self.text("vault-missing", &[("dir", dir.into())]);
        CommandError::new(Kind::User, message).hint(self.text("vault-missing-hint", &[]))
    }
}

/// Runs work that waits for the network.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
    Ok(runtime.block_on(work))
}

const VAULT: &str = "wallet.vault";
