//! Running the service: requests, and the work that nobody asks for.

use std::time::Duration;

use service::{BootError, Listener, Stop};

use crate::app::App;
use crate::status_lists::StatusListsError;

/// Serves on the configured address until `stop` is wished.
///
/// # Errors
/// [`RunError`] if the first status list cannot be published, or the socket fails.
pub async fn run(app: App, stop: &Stop) -> Result<(), RunError> {
    let listener = Listener::bind(app.service_config()).await?;
    run_on(listener, app, stop).await
}

/// Serves on a socket that is bound already.
///
/// # Errors
/// As [`run`].
pub async fn run_on(listener: Listener, app: App, stop: &Stop) -> Result<(), RunError> {
    app.publish_status().await?;
    let upkeep = tokio::spawn(upkeep(app.clone(), stop.clone()));
    let served = listener.serve(crate::http::router(app.clone()), stop).await;
    upkeep.abort();
    app.close().await;
    Ok(served?)
}

/// Why the service does not run. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The socket fails.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// The status list cannot be published.
    #[error("cannot publish the status list: {0}")]
    Status(#[from] StatusListsError),
}

async fn upkeep(app: App, stop: Stop) {
    let mut rounds: u32 = 0;
    loop {
        tokio::select! {
            () = stop.wished() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
        if let Err(error) = app.publish_status().await {
            tracing::error!(reason = %error, "the status lists were not published");
        }
        if let Err(error) = app.publish_epochs().await {
            tracing::error!(reason = %error, "the profile of the next epoch was not published");
        }
        app.fetch_references().await;
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(PURGE_EVERY) {
            if let Err(error) = app.purge().await {
                tracing::error!(reason = %error, "what has expired was not deleted");
            }
            if let Ok(false) = app.has_all_secrets().await {
                tracing::warn!(
                    "a key was made that this process has not read: copy it here, and restart"
                );
            }
        }
    }
}

/// How soon a revocation by another process is seen.
const ROUND: Duration = Duration::from_secs(2);
/// Rounds between two deletions.
const PURGE_EVERY: u32 = 60;
