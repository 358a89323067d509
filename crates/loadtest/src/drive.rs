//! Many flows at once.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::connection::{Connection, ExchangeError};
use crate::process::{NotLinux, Process};

/// Something that takes several requests, one after the other on one connection.
pub(crate) trait Flow: Send + Sync + 'static {
    /// What is prepared for one run, so that the machine's cores are the service's while it is
    /// measured.
    type Work: Send + 'static;

    /// Goes through the whole flow.
    fn run(
        &self,
        connection: &mut Connection,
        work: Self::Work,
    ) -> impl Future<Output = Result<(), FlowError>> + Send;
}

/// How hard to push, and when to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Connections, each with one flow at a time.
    pub(crate) connections: usize,
    /// No flow begins later.
    pub(crate) within: Duration,
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// How long each flow took, shortest first.
    pub(crate) latencies: Vec<Duration>,
    /// How long all took together.
    pub(crate) wall: Duration,
    /// What the service computed meanwhile.
    pub(crate) cpu: Duration,
    /// How long `/healthz` took while the service was as busy as it can be, shortest first; none
    /// where nobody asked.
    pub(crate) health: Vec<Duration>,
}

impl Seen {
    /// How many flows were completed.
    pub(crate) fn flows(&self) -> usize {
        self.latencies.len()
    }

    /// The computing time of one flow, in microseconds.
    pub(crate) fn micros_per_flow(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / count(self.flows().max(1))
    }

    /// How long the given share of the flows took at most, in milliseconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        quantile(&self.latencies, share)
    }
}

/// How long the given share took at most, in milliseconds, of what took so long, the shortest
/// first.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    let place = (count(sorted.len()) * share).ceil() as usize;
    let latency = sorted.get(place.saturating_sub(1));
    latency.map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
}

/// Runs a flow for each piece of work, or until the time is over.
///
/// # Errors
/// The first [`FlowError`]: a service that refuses flows is not measured.
pub(crate) async fn drive<F: Flow>(
    flow: &Arc<F>,
    address: SocketAddr,
    works: Vec<F::Work>,
    load: Load,
    service: Process,
) -> Result<Seen, FlowError> {
    let works = Arc::new(Mutex::new(VecDeque::from(works)));
    let mut connections = Vec::new();
    for _ in 0..load.connections {
        connections.push(Connection::open(address).await?);
    }
    let (cpu, begun) = (service.cpu()?, Instant::now());
    let mut running = JoinSet::new();
    for mut connection in connections {
        let (flow, works) = (Arc::clone(flow), Arc::clone(&works));
        running.spawn(async move {
            let mut latencies = Vec::new();
            while begun.elapsed() < load.within {
                let Some(work) = next(&works) else { break };
                let begun = Instant::now();
                flow.run(&mut connection, work).await?;
                latencies.push(begun.elapsed());
            }
            Ok::<_, FlowError>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies.extend(ended.map_err(|_| FlowError::Died)??);
    }
    let (wall, cpu) = (begun.elapsed(), service.cpu()? - cpu);
    latencies.sort_unstable();
    Ok(Seen {
        latencies,
        wall,
        cpu,
        health: Vec::new(),
    })
}

/// Why a flow did not go through.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FlowError {
    /// An answer is not what the protocol says.
    #[error("the answer to the {0} is not understood")]
    Answer(&'static str),
    /// A connection's task ended by itself.
    #[error("a connection's task died")]
    Died,
    /// A request was not answered.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// A request cannot be made.
    #[error("the {0} cannot be made")]
    Make(&'static str),
    /// The service cannot be watched.
    #[error(transparent)]
    Watch(#[from] NotLinux),
}

/// A number of things, to calculate with: all are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "counts of things are small")]
pub(crate) fn count(things: usize) -> f64 {
    things as f64
}

fn next<W>(works: &Mutex<VecDeque<W>>) -> Option<W> {
    works
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_flow_that_happened() {
        let seen = |flows: u64| Seen {
            latencies: (1..=flows).map(Duration::from_millis).collect(),
            wall: Duration::from_secs(1),
            cpu: Duration::from_millis(flows),
            health: Vec::new(),
        };
        assert_eq!(seen(100).quantile(0.5), 50.0);
        assert_eq!(seen(100).quantile(0.99), 99.0);
        assert_eq!(seen(3).quantile(0.99), 3.0);
        assert_eq!(seen(1).quantile(0.5), 1.0);
        assert_eq!(seen(0).quantile(0.99), 0.0);
        assert_eq!(seen(7).micros_per_flow(), 1000.0);
    }
}
