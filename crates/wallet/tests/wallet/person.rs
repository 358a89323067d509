use std::path::PathBuf;
use std::sync::Arc;

use host::ManualClock;
use keys::seed::Seed;
use keys::token::BearerToken;
use tempfile::TempDir;
use vault::{Cost, Passphrase, Vault};
use wallet::{NewVault, ReceiveError, Settings, Wallet};

use crate::issuer::Issuer;

/// A person's machine: a folder, and a clock.
pub(crate) struct Person {
    folder: TempDir,
    pub(crate) clock: ManualClock,
}

impl Person {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap()),
        }
    }

    pub(crate) fn make_wallet(&self) -> Wallet {
        self.make_wallet_with(settings())
    }

    pub(crate) fn make_wallet_with(&self, settings: Settings) -> Wallet {
        let place = NewVault {
            path: &self.vault(),
            passphrase: &passphrase(),
            cost: Cost::insecure_for_tests(),
        };
        let seed = Seed::generate(&mut host::system_rng());
        Wallet::create(&place, &seed, settings, Arc::new(self.clock.clone())).unwrap()
    }

    /// Opens the wallet as it was saved, as after a crash.
    pub(crate) fn open_wallet(&self) -> Wallet {
        let vault = Vault::open(&self.vault(), &passphrase()).unwrap();
        Wallet::open(vault, settings(), Arc::new(self.clock.clone())).unwrap()
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        host::Clock::now(&self.clock)
    }

    /// A file on this person's machine.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.folder.path().join("wallet.vault")
    }
}

/// Takes an offer without a transaction code.
pub(crate) async fn receive(wallet: &mut Wallet, link: &str) -> Result<Vec<String>, ReceiveError> {
    let review = wallet.review_offer(link).await?;
    wallet.accept_offer(review, None).await
}

/// Takes an offer with this transaction code.
pub(crate) async fn receive_with(
    wallet: &mut Wallet,
    link: &str,
    code: &str,
) -> Result<Vec<String>, ReceiveError> {
    let review = wallet.review_offer(link).await?;
    wallet
        .accept_offer(review, Some(BearerToken::from(code)))
        .await
}

/// A person with one credential from this issuer.
pub(crate) async fn with_credential(issuer: &Issuer) -> (Person, Wallet, String) {
    let person = Person::new();
    let mut wallet = person.make_wallet();
    let ids = receive(&mut wallet, &issuer.offer(&["person"]))
        .await
        .unwrap();
    let [id] = &ids[..] else { panic!("{ids:?}") };
    let id = id.clone();
    (person, wallet, id)
}

pub(crate) fn passphrase() -> Passphrase {
    Passphrase::from("open sesame".to_owned())
}

pub(crate) fn settings() -> Settings {
    Settings {
        dev_loopback: true,
        language: "en".to_owned(),
        ..Settings::default()
    }
}
