use std::path::Path;
use std::sync::Arc;

use host::Clock;
use keys::seed::Seed;
use vault::{Cost, Passphrase, Vault, VaultError};
use wallet::{NewVault, Settings, Wallet, WalletError};

/// A person with a wallet.
pub struct Holder {
    /// The wallet.
    pub wallet: Wallet,
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
        let settings = Settings {
            dev_loopback: true,
            language: language.to_owned(),
            ..Settings::default()
        };
        let passphrase = Passphrase::from(PASSPHRASE.to_owned());
        let wallet = if vault.exists() {
            Wallet::open(Vault::open(vault, &passphrase)?, settings, clock)?
        } else {
            let place = NewVault {
                path: vault,
                passphrase: &passphrase,
                cost,
            };
            let seed = Seed::generate(&mut host::system_rng());
            Wallet::create(&place, &seed, settings, clock)?
        };
        Ok(Self { wallet })
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
}

/// It protects a specimen.
const PASSPHRASE: &str = "pessoa-demo";
