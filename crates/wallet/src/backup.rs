use std::path::Path;
use std::sync::Arc;

use host::Clock;
use jiff::Timestamp;
use keys::SigningKey;
use keys::seal::SealingKey;
use keys::seed::Seed;
use serde::{Deserialize, Serialize};
use vault::Backup;

use crate::contents::{self, Contents, ContentsError};
use crate::held::{Sealed, VaultKey};
use crate::history::Event;
use crate::wallet::{NewVault, Wallet, WalletError};
use crate::world::Settings;

/// What a backup holds: everything but the seed, which its own key derives from; one-time copies,
/// which two devices would show twice; and keys that each device has for itself.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BackupContents {
    version: u32,
    made_at: Timestamp,
    contents: Contents,
}

impl Wallet {
    /// Writes a backup that the 24 words open, and nothing else: it may lie anywhere.
    ///
    /// # Errors
    /// A [`WalletError`] when the file cannot be written, or is something else than a backup.
    pub fn back_up(&self, file: &Path) -> Result<(), WalletError> {
        let mut kept = Contents::from_bytes(&self.contents.to_bytes()?)?;
        for held in &mut kept.credentials {
            held.copies.clear();
        }
        for held in &mut kept.net {
            if let Some(ticket) = &mut held.ticket {
                let none = SigningKey::generate(keys::Algorithm::Es256, &mut host::system_rng());
                ticket.dpop = VaultKey::of(&none);
            }
            held.rebind = true;
        }
        let key = backup_key(&self.contents.seed()?);
        kept.forget_seed();
        let backup = BackupContents {
            version: VERSION,
            made_at: self.now(),
            contents: kept,
        };
        let bytes = contents::to_bytes(&backup)?;
        Ok(Backup::at(file).write(&key, &bytes, &mut host::system_rng())?)
    }

    /// Makes a wallet with the words of an earlier one, and with what its backup holds.
    ///
    /// The words alone bring every number back, as soon as the Issuer has seen the document again:
    /// it keeps what only the words open. What certificates say comes from the backup, or from the
    /// Issuer.
    ///
    /// # Errors
    /// A [`WalletError`] when the backup is of other words, or damaged; nothing is made then.
    pub fn restore(
        place: &NewVault<'_>,
        seed: &Seed,
        backup: Option<&Path>,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WalletError> {
        let (mut kept, made_at) = match backup {
            None => (Contents::new(seed), None),
            Some(file) => {
                let (kept, made_at) = read(file, seed)?;
                (kept, Some(made_at))
            }
        };
        kept.remember(clock.now(), Event::Restored { backup: made_at });
        Self::create_with(place, kept, settings, clock)
    }
}

fn read(file: &Path, seed: &Seed) -> Result<(Contents, Timestamp), WalletError> {
    let bytes = Backup::at(file).read(&backup_key(seed))?;
    let backup: BackupContents =
        serde_json::from_slice(&bytes).map_err(|_| ContentsError::Malformed)?;
    if backup.version != VERSION {
        return Err(ContentsError::Version(backup.version).into());
    }
    let mut kept = backup.contents;
    for held in &mut kept.credentials {
        // There are none in a backup.
        held.copies.clear();
    }
    kept.restore_seed(seed)?;
    for known in &kept.anchors {
        // What the words do not open is of no use, and must not look as if it were.
        let opening = known.opening()?;
        if !opening.opens(&known.secret(seed), &known.anchor) {
            return Err(ContentsError::Malformed.into());
        }
    }
    Ok((kept, backup.made_at))
}

fn backup_key(seed: &Seed) -> SealingKey {
    SealingKey::new(&seed.derive(DOMAIN, 0))
}

impl Contents {
    fn forget_seed(&mut self) {
        self.seed = Sealed::from("");
    }

    fn restore_seed(&mut self, seed: &Seed) -> Result<(), ContentsError> {
        self.seed = Self::new(seed).seed;
        self.current()
    }
}

const DOMAIN: &str = "pessoa/backup";
const VERSION: u32 = 1;
