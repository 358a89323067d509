use std::path::{Path, PathBuf};
use std::sync::Arc;

use host::Clock;
use host::config::Sources;
use service::{BootError, Listener, RequestLog};
use verifier::{App, BadConfig, Config, InitError, InitOptions, OpenError, RunError};

use crate::stage::serving::{PATIENCE, Serving, free_port};

/// A platform: a service that admits people by what its verifier learned.
pub struct Platform {
    /// Its verifier.
    pub app: App,
    /// The requests that the verifier saw.
    pub log: RequestLog,
    name: String,
    folder: PathBuf,
    serving: Serving<RunError>,
}

impl Platform {
    /// Opens the verifier that lives in `folder`, making it on a free port where there is none. A
    /// new one trusts one issuer.
    ///
    /// # Errors
    /// A [`PlatformError`]: what it lacks.
    pub async fn open(
        folder: &Path,
        name: &str,
        issuer: &str,
        clock: Arc<dyn Clock>,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, PlatformError> {
        let (listener, mut config) = if folder.join("verifier.toml").exists() {
            let mut config = read(folder)?;
            config.service.limits.stop_seconds = PATIENCE;
            (Listener::bind(&config.service).await?, config)
        } else {
            let (listener, url) = free_port().await?;
            let options = InitOptions {
                name: name.to_owned(),
                public_url: url,
                listen: Some(listener.address()),
                trust: vec![issuer.to_owned()],
            };
            verifier::init(folder, &options)?;
            (listener, read(folder)?)
        };
        change(&mut config);
        let log = RequestLog::new();
        let app = App::open(config, clock).await?.noting_requests(log.clone());
        let served = app.clone();
        let serving = Serving::start(|stop| {
            tokio::spawn(async move { verifier::run_on(listener, served, &stop).await })
        });
        Ok(Self {
            app,
            log,
            name: name.to_owned(),
            folder: folder.to_owned(),
            serving,
        })
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it lives.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops it, and waits until it has stopped.
    ///
    /// # Errors
    /// [`PlatformError::Run`] if it had failed.
    pub async fn close(self) -> Result<(), PlatformError> {
        Ok(self.serving.end().await?)
    }
}

/// Why there is no verifier.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
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
    let file = folder.join("verifier.toml");
    Config::from_sources(Sources::with_environment("PESSOA_VERIFIER", &[], []).file(&file))
}
