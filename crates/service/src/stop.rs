use std::time::Duration;

use axum_server::Handle;
use tokio::sync::watch;

use crate::boot::BootError;

/// The wish that a service stops; clones share it.
///
/// One `Stop` may end several services. Long answers (server-sent events) and scheduled work await
/// [`Stop::wished`], so that a stop does not wait for them until its deadline.
#[derive(Clone, Debug)]
pub struct Stop {
    wish: watch::Sender<bool>,
}

impl Stop {
    /// Makes a wish that only [`Stop::now`] utters.
    #[must_use]
    pub fn new() -> Self {
        Self {
            wish: watch::Sender::new(false),
        }
    }

    /// Makes a wish that SIGTERM and SIGINT utter too.
    ///
    /// # Errors
    ///
    /// When the signals cannot be caught.
    pub fn on_signals() -> Result<Self, BootError> {
        let stop = Self::new();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let mut terminate = signal(SignalKind::terminate()).map_err(BootError::Signals)?;
            let mut interrupt = signal(SignalKind::interrupt()).map_err(BootError::Signals)?;
            let wish = stop.clone();
            tokio::spawn(async move {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                wish.now();
            });
        }
        #[cfg(not(unix))]
        {
            let wish = stop.clone();
            tokio::spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    wish.now();
                }
            });
        }
        Ok(stop)
    }

    /// Utters the wish.
    pub fn now(&self) {
        self.wish.send_replace(true);
    }

    /// Tells whether the wish was uttered.
    #[must_use]
    pub fn is_wished(&self) -> bool {
        *self.wish.borrow()
    }

    /// Waits until the wish is uttered.
    pub async fn wished(&self) {
        let mut wish = self.wish.subscribe();
        // The sender lives in `self`: waiting cannot fail.
        let _ = wish.wait_for(|wished| *wished).await;
    }

    pub(crate) async fn shut(self, handle: Handle<std::net::SocketAddr>, deadline: Duration) {
        self.wished().await;
        tracing::info!("stopping");
        handle.graceful_shutdown(Some(deadline));
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}
