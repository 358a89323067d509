use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use host::Clock;
use keys::seed::{Seed, WordsError};
use vault::{Cost, Passphrase, Vault, VaultError};
use wallet::{NewVault, Settings, Wallet, WalletError};

/// A person with a wallet.
pub struct Holder {
    /// The wallet.
    pub wallet: Wallet,
    vault: PathBuf,
    device: Device,
}

impl Holder {
    /// Opens the wallet whose vault is the file `vault`, making it where there is none.
    ///
    /// # Errors
    /// A [`HolderError`] if there is a file that is not this wallet's vault, or none can be made.
    pub fn open(
        vault: &Path,
        language: &str,
        cost: Cost,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, HolderError> {
        let device = Device {
            language: language.to_owned(),
            cost,
            clock,
        };
        let passphrase = Passphrase::from(PASSPHRASE.to_owned());
        let (settings, clock) = (device.settings(), Arc::clone(&device.clock));
        let wallet = if vault.exists() {
            Wallet::open(Vault::open(vault, &passphrase)?, settings, clock)?
        } else {
            let seed = Seed::generate(&mut host::system_rng());
            let place = NewVault {
                path: vault,
                passphrase: &passphrase,
                cost,
            };
            Wallet::create(&place, &seed, settings, clock)?
        };
        Ok(Self {
            wallet,
            vault: vault.to_owned(),
            device,
        })
    }

    /// The same person on another device, whose vault will be the file `vault`: with the 24 words
    /// and a backup, if there is one.
    ///
    /// # Errors
    /// A [`HolderError`] if there is such a file, or words and backup do not belong together.
    pub fn restored(&self, vault: &Path, backup: Option<&Path>) -> Result<Self, HolderError> {
        let seed = Seed::from_words(&self.wallet.words()?)?;
        let place = NewVault {
            path: vault,
            passphrase: &Passphrase::from(PASSPHRASE.to_owned()),
            cost: self.device.cost,
        };
        let (settings, clock) = (self.device.settings(), Arc::clone(&self.device.clock));
        Ok(Self {
            wallet: Wallet::restore(&place, &seed, backup, settings, clock)?,
            vault: vault.to_owned(),
            device: self.device.clone(),
        })
    }

    /// The file of the vault.
    #[must_use]
    pub fn vault(&self) -> &Path {
        &self.vault
    }

    /// The person loses the device, and with it the vault.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn lose_device(self) -> io::Result<()> {
        fs::remove_file(&self.vault)
    }
}

/// Why there is no wallet.
#[derive(Debug, thiserror::Error)]
pub enum HolderError {
    /// The vault cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The wallet cannot be made or opened.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// The words are none. No honest run ends so.
    #[error(transparent)]
    Words(#[from] WordsError),
}

/// What every wallet of one person is made with.
#[derive(Clone)]
struct Device {
    language: String,
    cost: Cost,
    clock: Arc<dyn Clock>,
}

impl Device {
    fn settings(&self) -> Settings {
        Settings {
            dev_loopback: true,
            language: self.language.clone(),
            ..Settings::default()
        }
    }
}

/// The passphrase of every vault: it protects a specimen.
pub const PASSPHRASE: &str = "pessoa-demo";
