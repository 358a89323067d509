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

pub use holder::{Holder, HolderError};
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
        let folder = place.folder().to_owned();
        let office = Office::open(&folder.join("issuer"), ISSUER, clock.clone(), |_| {}).await?;
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
        let holder = Holder::open(&folder.join("wallet.vault"), language, cost, clock)?;
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

    /// Sends everybody home. What they have is written; if it was to be forgotten, it is gone.
    ///
    /// # Errors
    /// A [`StageError`] if a service had failed.
    pub async fn clear(self) -> Result<(), StageError> {
        self.office.close().await?;
        for platform in self.platforms {
            let name = if platform.name() == PLATFORMS[0] {
                PLATFORMS[0]
            } else {
                PLATFORMS[1]
            };
            platform
                .close()
                .await
                .map_err(|source| StageError::Platform { name, source })?;
        }
        Ok(())
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

/// A person who tries it by hand reads before typing.
fn patient(config: &mut verifier::Config) {
    for policy in &mut config.verifier.policies {
        policy.ttl_seconds = 3600;
    }
}

/// What people call the Issuer.
pub const ISSUER: &str = "Utopia Registry";
/// What people call the Platforms.
pub const PLATFORMS: [&str; 2] = ["Agora", "Bazaar"];
