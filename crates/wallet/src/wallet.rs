use std::path::Path;
use std::sync::Arc;

use fetch::{Client, FetchError, resolve::Resolver};
use host::Clock;
use jiff::Timestamp;
use keys::seed::Seed;
use openid4vci::messages::{ClaimDescription, CredentialDisplay, PathSegment};
use openid4vci::wallet::{IssuerProfile, OfferedCredential};
use vault::{Cost, Passphrase, Vault, VaultError};
use zeroize::Zeroizing;

use crate::contents::{Contents, ContentsError, Pending};
use crate::held::{HeldCredential, OneTimeCopy};
use crate::history::{Event, HistoryEntry};
use crate::world::{Settings, World};

/// Where and how a new vault is made.
#[derive(Clone, Copy, Debug)]
pub struct NewVault<'a> {
    /// The file, which must not exist yet.
    pub path: &'a Path,
    /// What will open it.
    pub passphrase: &'a Passphrase,
    /// What one guess of the passphrase shall cost.
    pub cost: Cost,
}

/// A person's wallet, opened: what the vault holds, and the way to the world.
///
/// Every change is in the vault before the method returns.
pub struct Wallet {
    pub(crate) contents: Contents,
    pub(crate) world: World,
    vault: Vault,
}

impl Wallet {
    /// Begins a wallet: makes its vault, with nothing in it but the seed.
    ///
    /// # Errors
    /// A [`WalletError`] when the vault cannot be made; nothing is left behind then.
    pub fn create(
        place: &NewVault<'_>,
        seed: &Seed,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WalletError> {
        Self::create_with(place, Contents::new(seed), settings, clock)
    }

    pub(crate) fn create_with(
        place: &NewVault<'_>,
        contents: Contents,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WalletError> {
        let vault = Vault::create_at_cost(
            place.path,
            place.passphrase,
            place.cost,
            contents.to_bytes()?,
            &mut host::system_rng(),
        )?;
        Ok(Self::assemble(vault, contents, settings, clock))
    }

    /// Opens the wallet that an unlocked vault holds.
    ///
    /// # Errors
    /// A [`WalletError`] when the vault holds something else.
    pub fn open(
        vault: Vault,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WalletError> {
        let contents = Contents::from_bytes(vault.contents())?;
        Ok(Self::assemble(vault, contents, settings, clock))
    }

    /// The Credentials, in the order in which they were received.
    #[must_use]
    pub fn credentials(&self) -> &[HeldCredential] {
        &self.contents.credentials
    }

    /// What the Holder did, oldest first.
    #[must_use]
    pub fn history(&self) -> &[HistoryEntry] {
        &self.contents.history
    }

    /// What Issuers granted and did not deliver yet: identifiers for [`Wallet::refill`], with the
    /// Issuers' names.
    pub fn pending(&self) -> impl Iterator<Item = (&str, &str)> {
        self.contents
            .pending
            .iter()
            .map(|one| (one.id.as_str(), one.issuer_name.as_str()))
    }

    /// Finds a Credential by its identifier.
    #[must_use]
    pub fn credential(&self, id: &str) -> Option<&HeldCredential> {
        self.contents.credentials.iter().find(|held| held.id == id)
    }

    /// The 24 words from which every long-lived secret derives.
    ///
    /// # Errors
    /// A [`WalletError`] when the vault holds no seed.
    pub fn words(&self) -> Result<Zeroizing<String>, WalletError> {
        Ok(self.contents.seed()?.words())
    }

    /// Removes a Credential, or what is pending, with its keys and all its copies.
    ///
    /// # Errors
    /// [`WalletError::NoSuchCredential`], or that the vault cannot be written.
    pub fn forget(&mut self, id: &str) -> Result<(), WalletError> {
        let credential = match self.credential(id) {
            Some(held) => held.name.clone(),
            None if self.net_certificate(id).is_some() => self
                .net_certificate(id)
                .map(|held| held.name.clone())
                .unwrap_or_default(),
            None => self
                .contents
                .pending
                .iter()
                .find(|one| one.id == id)
                .map(|one| one.issuer_name.clone())
                .ok_or(WalletError::NoSuchCredential)?,
        };
        self.contents.credentials.retain(|held| held.id != id);
        self.contents.pending.retain(|one| one.id != id);
        self.contents.net.retain(|held| held.id != id);
        self.contents
            .remember(self.world.now(), Event::Forgot { credential });
        self.save()?;
        self.refresh_compartment()
    }

    /// Puts the contents into the vault: the old ones or these, never neither.
    pub(crate) fn save(&mut self) -> Result<(), WalletError> {
        let bytes = self.contents.to_bytes()?;
        let annex = self.contents.to_annex(self.vault.annex()?)?;
        self.vault.save(bytes, annex, &mut host::system_rng())?;
        self.contents.note_saved();
        Ok(())
    }

    /// The vault, whose passphrase can be changed, and whose key can be kept for a while.
    pub const fn vault(&mut self) -> &mut Vault {
        &mut self.vault
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.world.now()
    }

    pub(crate) fn transaction(&self) -> Result<Client, FetchError> {
        self.world.transaction()
    }

    pub(crate) fn resolver(&self, transaction: &Client) -> Resolver {
        self.world.resolver(transaction)
    }

    pub(crate) fn pending_grant(&self, id: &str) -> Option<&Pending> {
        self.contents.pending.iter().find(|one| one.id == id)
    }

    /// An Issuer's own name for itself in the Holder's language, or its host.
    #[must_use]
    pub fn issuer_name(&self, issuer: &IssuerProfile) -> String {
        let names = issuer
            .display
            .iter()
            .filter_map(|one| Some((one.locale.as_deref(), one.name.as_deref()?)));
        self.in_my_language(names)
            .map(str::to_owned)
            .or_else(|| issuer.host())
            .unwrap_or_else(|| issuer.identifier.clone())
    }

    /// A Credential's name in the Holder's language, or its configuration's identifier.
    #[must_use]
    pub fn credential_name(&self, offered: &OfferedCredential) -> String {
        self.display_name(&offered.display, &offered.configuration_id)
    }

    /// A claim's name in the Holder's language, or its path.
    #[must_use]
    pub fn claim_name(&self, claim: &ClaimDescription) -> String {
        let names = claim.display.iter().flatten();
        let names = names.filter_map(|one| Some((one.locale.as_deref(), one.name.as_deref()?)));
        self.in_my_language(names)
            .map_or_else(|| dotted(&claim.path), str::to_owned)
    }

    /// The copy of a Credential that is shown next; `None` when none is left.
    pub(crate) fn next_copy(
        &self,
        held: &HeldCredential,
    ) -> Result<Option<OneTimeCopy>, WalletError> {
        held.copies.last(&self.vault)
    }

    pub(crate) fn vault_path(&self) -> &Path {
        self.vault.path()
    }

    /// What a configuration is called in the Holder's language, or its identifier.
    pub(crate) fn display_name(&self, display: &[CredentialDisplay], otherwise: &str) -> String {
        let names = display
            .iter()
            .map(|one| (one.locale.as_deref(), one.name.as_str()));
        self.in_my_language(names).unwrap_or(otherwise).to_owned()
    }

    fn in_my_language<'a>(
        &self,
        names: impl Iterator<Item = (Option<&'a str>, &'a str)>,
    ) -> Option<&'a str> {
        let names: Vec<_> = names.collect();
        let mine =
            |locale: &str| primary(locale).eq_ignore_ascii_case(primary(self.world.language()));
        names
            .iter()
            .find(|(locale, _)| locale.is_some_and(mine))
            .or_else(|| names.iter().find(|(locale, _)| locale.is_none()))
            .or_else(|| names.first())
            .map(|(_, name)| *name)
    }

    fn assemble(
        vault: Vault,
        contents: Contents,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            contents,
            world: World::new(settings, clock),
            vault,
        }
    }
}

/// Why the wallet itself could not do something.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    /// The vault holds something else than this program's wallet.
    #[error(transparent)]
    Contents(#[from] ContentsError),
    /// No Credential has this identifier.
    #[error("the wallet has no such credential")]
    NoSuchCredential,
    /// The vault file cannot be read or written.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// A claim's path, as in `address.country`.
fn dotted(path: &[PathSegment]) -> String {
    let segments: Vec<String> = path
        .iter()
        .map(|segment| match segment {
            PathSegment::All => "*".to_owned(),
            PathSegment::Index(index) => index.to_string(),
            PathSegment::Name(name) => name.clone(),
        })
        .collect();
    segments.join(".")
}

/// The primary language of a tag: `zh` of `zh-Hant`.
fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}
