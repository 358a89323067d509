use std::path::{Path, PathBuf};
use std::sync::Arc;

use host::Clock;
use host::config::Sources;
use issuer::{App, BadConfig, Config, InitError, InitOptions, OpenError, RunError};
use service::{BootError, Listener, RequestLog};

use crate::stage::serving::{PATIENCE, Serving, free_port};

/// An issuer that serves on loopback.
pub struct Office {
    /// The issuer itself: for what its clerk does at the desk.
    pub app: App,
    /// The requests that it saw.
    pub log: RequestLog,
    folder: PathBuf,
    serving: Serving<RunError>,
}

impl Office {
    /// Opens the issuer that lives in `folder`, making it on a free port where there is none. Its
    /// address is part of its name, so it keeps the port.
    ///
    /// # Errors
    /// An [`OfficeError`]: what it lacks.
    pub async fn open(
        folder: &Path,
        name: &str,
        clock: Arc<dyn Clock>,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, OfficeError> {
        let (listener, mut config) = if folder.join("issuer.toml").exists() {
            let mut config = read(folder)?;
            config.service.limits.stop_seconds = PATIENCE;
            (Listener::bind(&config.service).await?, config)
        } else {
            let (listener, url) = free_port().await?;
            let options = InitOptions {
                name: name.to_owned(),
                public_url: url,
                listen: Some(listener.address()),
            };
            issuer::init(folder, &options, &*clock)?;
            (listener, read(folder)?)
        };
        change(&mut config);
        let log = RequestLog::new();
        let app = App::open(config, clock).await?.noting_requests(log.clone());
        let served = app.clone();
        Ok(Self {
            app,
            log,
            folder: folder.to_owned(),
            serving: Serving::start(|stop| {
                tokio::spawn(async move { issuer::run_on(listener, served, &stop).await })
            }),
        })
    }

    /// Where it lives.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops it, and waits until it has stopped.
    ///
    /// # Errors
    /// [`OfficeError::Run`] if it had failed.
    pub async fn close(self) -> Result<(), OfficeError> {
        Ok(self.serving.end().await?)
    }
}

/// Why there is no issuer.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Its address is taken.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// Its configuration does not do.
    #[error(transparent)]
    Config(#[from] BadConfig),
    /// It cannot be made.
    #[error(transparent)]
    Init(#[from] InitError),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It failed while it ran.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Reads the configuration; the environment is for services that people run.
fn read(folder: &Path) -> Result<Config, BadConfig> {
    let file = folder.join("issuer.toml");
    Config::from_sources(Sources::with_environment("PESSOA_ISSUER", &[], []).file(&file))
}
