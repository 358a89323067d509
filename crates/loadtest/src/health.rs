//! How soon a service says that it is alive while it is busy.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use http::Request;

use crate::connection::Connection;
use crate::drive::FlowError;

/// Somebody who asks `/healthz` again and again, from a thread of their own: the wallets' work must
/// not be taken for the service's.
pub(crate) struct Watch {
    end: Arc<AtomicBool>,
    asking: JoinHandle<Result<Vec<Duration>, FlowError>>,
}

impl Watch {
    /// Begins to ask.
    pub(crate) fn start(address: SocketAddr) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&end);
        Self {
            end,
            asking: thread::spawn(move || ask(address, &ended)),
        }
    }

    /// Ends, and returns how long the answers took, the quickest first.
    ///
    /// # Errors
    /// The [`FlowError`] of the first request that was not answered well.
    pub(crate) fn end(self) -> Result<Vec<Duration>, FlowError> {
        self.end.store(true, Ordering::Relaxed);
        let mut took = self.asking.join().map_err(|_| FlowError::Died)??;
        took.sort_unstable();
        Ok(took)
    }
}

fn ask(address: SocketAddr, end: &AtomicBool) -> Result<Vec<Duration>, FlowError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|_| FlowError::Died)?;
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        let mut took = Vec::new();
        while !end.load(Ordering::Relaxed) {
            let request = Request::get("/healthz").body(Vec::new());
            let request = request.map_err(|_| FlowError::Make("request"))?;
            let begun = Instant::now();
            connection.send(request).await?;
            took.push(begun.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        Ok(took)
    })
}

/// Two hundred times a second: nothing beside what it watches.
const PAUSE: Duration = Duration::from_millis(5);
