//! The parties of the story: each with its own keys, database and address on this machine.
//!
//! They live in one process so that one command starts them, and know each other only through
//! HTTP, as services and a wallet on different machines would.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use host::Clock;
use tempfile::TempDir;
use vault::Cost;

mod holder;
mod office;
mod platform;
mod serving;

pub use holder::{Holder, HolderError, PASSPHRASE};
pub use office::{Office, OfficeError};
pub use platform::{Platform, PlatformError};

/// Everybody who takes part: an Issuer, two Platforms and a Holder.
pub struct Stage {
    /// The Issuer.
    pub office: Office,
    /// The Platforms, in the order in which they ask.
    pub platforms: [Platform; 2],
    /// The person.
    pub holder: Holder,
    place: Place,
}

impl Stage {
    /// Brings everybody on the stage.
    ///
    /// # Errors
    /// A [`StageError`]: who is missing, and why.
    pub async fn set(
        place: Place,
        language: &str,
        cost: Cost,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StageError> {
        let [device, other] = DEVICES.map(|device| place.folder().join(device));
        if device.exists() && other.exists() {
            // An earlier run ended between the two: they have the same seed.
            std::fs::remove_file(&device)?;
        }
        let vault = if other.exists() { other } else { device };
        let holder = Holder::open(&vault, language, cost, clock.clone())?;
        Self::return_to(place, holder, clock).await
    }

    /// Opens the services that live in a place, for a Holder who is there already.
    ///
    /// # Errors
    /// As [`Stage::set`].
    pub async fn return_to(
        place: Place,
        holder: Holder,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StageError> {
        let folder = place.folder().to_owned();
        let office = Office::open(&folder.join("issuer"), ISSUER, clock.clone(), crowded).await?;
        let issuer = office.app.identifier();
        let platform = async |folder: PathBuf, name| {
            Platform::open(&folder, name, issuer, clock.clone(), patient)
                .await
                .map_err(|source| StageError::Platform { name, source })
        };
        let [first, second] = PLATFORMS;
        let platforms = [
            platform(folder.join("agora"), first).await?,
            platform(folder.join("bazaar"), second).await?,
        ];
        Ok(Self {
            office,
            platforms,
            holder,
            place,
        })
    }

    /// Where they live, and whether they stay.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// The person gets a new device, and has the 24 words and a backup; the old one is lost.
    ///
    /// # Errors
    /// A [`StageError`] if the words or the backup do not do.
    pub fn change_device(&mut self) -> Result<(), StageError> {
        let folder = self.place.folder();
        let backup = folder.join("holder.backup");
        let back_up = self.holder.wallet.back_up(&backup);
        back_up.map_err(HolderError::from)?;
        let [device, other] = DEVICES.map(|device| folder.join(device));
        let vault = if self.holder.vault() == device {
            other
        } else {
            device
        };
        let restored = self.holder.restored(&vault, Some(&backup))?;
        std::mem::replace(&mut self.holder, restored).lose_device()?;
        Ok(std::fs::remove_file(backup)?)
    }

    /// Closes the services. What they have is written.
    ///
    /// # Errors
    /// A [`StageError`] if a service had failed.
    pub async fn leave(self) -> Result<(Place, Holder), StageError> {
        self.office.close().await?;
        for (platform, name) in self.platforms.into_iter().zip(PLATFORMS) {
            platform
                .close()
                .await
                .map_err(|source| StageError::Platform { name, source })?;
        }
        Ok((self.place, self.holder))
    }

    /// Sends everybody home. If what they have was to be forgotten, it is gone.
    ///
    /// # Errors
    /// As [`Stage::leave`].
    pub async fn clear(self) -> Result<(), StageError> {
        self.leave().await.map(drop)
    }
}

/// Where the parties keep what they have.
#[derive(Debug)]
pub enum Place {
    /// A folder that stays.
    Kept(PathBuf),
    /// A folder that goes with the story.
    Passing(TempDir),
}

impl Place {
    /// A folder that stays, made where it does not exist.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn kept(folder: &Path) -> io::Result<Self> {
        host::Folder::create(folder).map_err(io::Error::other)?;
        // Services and commands are started elsewhere: the path must lead there from anywhere.
        Ok(Self::Kept(folder.canonicalize()?))
    }

    /// A new folder that goes with the story.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn passing() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("pessoa-demo-").tempdir()?;
        Ok(Self::Passing(folder))
    }

    /// A copy of everything here, that goes with the story.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn copied(&self) -> io::Result<Self> {
        let copy = Self::passing()?;
        let mut folders = vec![(self.folder().to_owned(), copy.folder().to_owned())];
        while let Some((from, to)) = folders.pop() {
            for entry in std::fs::read_dir(from)? {
                let entry = entry?;
                let (path, to) = (entry.path(), to.join(entry.file_name()));
                if path.is_dir() {
                    // Nobody else may read a key there either.
                    host::Folder::create(&to).map_err(io::Error::other)?;
                    folders.push((path, to));
                } else {
                    std::fs::copy(path, to)?;
                }
            }
        }
        Ok(copy)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Passing(folder) => folder.path(),
        }
    }
}

/// Who is missing on the stage, and why.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A file of the Holder cannot be written.
    #[error("a file of the holder cannot be written")]
    Files(#[from] io::Error),
    /// The wallet cannot be opened.
    #[error("the wallet cannot be opened")]
    Holder(#[from] HolderError),
    /// The Issuer cannot work.
    #[error("the issuer cannot work")]
    Office(#[from] OfficeError),
    /// A Platform's Verifier cannot work.
    #[error("the verifier of {name} cannot work")]
    Platform {
        /// Whose.
        name: &'static str,
        /// Why.
        source: PlatformError,
    },
}

impl StageError {
    /// Whether an address is taken, as by another demo.
    #[must_use]
    pub const fn is_address_taken(&self) -> bool {
        matches!(
            self,
            Self::Office(OfficeError::Boot(_))
                | Self::Platform {
                    source: PlatformError::Boot(_),
                    ..
                }
        )
    }
}

/// Everybody's requests come from one address here.
fn crowded(config: &mut issuer::Config) {
    config.service.limits.requests_per_minute = 0;
}

/// A person who tries it by hand reads before typing.
fn patient(config: &mut verifier::Config) {
    for policy in &mut config.verifier.policies {
        policy.ttl_seconds = 3600;
    }
}

/// The vaults of the person's devices; one of them is lost by the time there is the other.
const DEVICES: [&str; 2] = ["wallet.vault", "new-device.vault"];
/// What people call the Issuer.
pub const ISSUER: &str = "Utopia Registry";
/// What people call the Platforms.
pub const PLATFORMS: [&str; 2] = ["Agora", "Bazaar"];
