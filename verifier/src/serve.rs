//! Running the service: requests, and the work that nobody asks for.

use std::time::Duration;

use service::{BootError, Listener, Stop};

use crate::app::App;

/// Serves on the configured address until `stop` is wished.
///
/// # Errors
/// [`RunError`] if the socket fails. An issuer that does not answer is no reason not to serve: the
/// service is not ready then, and says so.
pub async fn run(app: App, stop: &Stop) -> Result<(), RunError> {
    let listener = Listener::bind(app.service_config()).await?;
    run_on(listener, app, stop).await
}

/// Serves on a socket that is bound already.
///
/// # Errors
/// As [`run`].
pub async fn run_on(listener: Listener, app: App, stop: &Stop) -> Result<(), RunError> {
    if let Some(vc_api) = &app.parts().vc_api {
        vc_api.shout();
    }
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
}

async fn upkeep(app: App, stop: Stop) {
    let mut rounds: u32 = 0;
    loop {
        app.refresh_due().await;
        if rounds.is_multiple_of(PURGE_EVERY)
            && let Err(error) = app.purge().await
        {
            tracing::error!(reason = %error, "what has expired was not deleted");
        }
        rounds = rounds.wrapping_add(1);
        tokio::select! {
            () = stop.wished() => {
                app.end_streams();
                return;
            }
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// Shorter than the time before their end in which status lists are renewed.
const ROUND: Duration = Duration::from_secs(10);
/// Rounds between two deletions.
const PURGE_EVERY: u32 = 6;
