//! Measures durable commits: `throughput <address> <seconds> <clients>…`.
//!
//! One client is the plain loop: each commit waits for the one before.
//!
//! Rates per second depend on the disk, and on what else the machine does; rates
//! per CPU-second count this process only (not a PostgreSQL server).
#![expect(clippy::print_stdout, reason = "the result of a measurement")]

use std::error::Error;
use std::fs;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Store, StoreError};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("give the address of an empty database")?;
    let seconds = arguments
        .next()
        .ok_or("give the seconds per line")?
        .parse()?;
    let clients = arguments
        .map(|count| count.parse())
        .collect::<Result<Vec<usize>, _>>()?;
    let store = Store::open(&address).await?;
    println!(
        "{:<30} {:>10} {:>14}",
        "work", "per second", "per CPU-second"
    );
    for work in [Work::Create, Work::Load, Work::Flow] {
        for clients in &clients {
            measure(&store, *clients, seconds, work).await?;
        }
    }
    store.close().await;
    Ok(())
}

/// What an issuer keeps, in size.
#[derive(Serialize, Deserialize)]
struct Offer {
    sealed: String,
}

impl Record for Offer {
    const KIND: &'static str = "offer";
}

#[derive(Clone, Copy, Debug)]
enum Work {
    Create,
    Flow,
    Load,
}

impl Work {
    async fn once(self, store: &Store, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let offer = Offer {
            sealed: "x".repeat(600),
        };
        let later = Some(now + Duration::from_secs(600));
        match self {
            Self::Create => {
                store
                    .commit(Batch::new().create(id, &offer, later)?, now)
                    .await
            }
            Self::Flow => flow(store, &format!("{id} flow"), &offer, now, later).await,
            Self::Load => store.load::<Offer>(id, now).await.map(drop),
        }
    }
}

/// The storage of one issuance: offer, token request, credential request.
async fn flow(
    store: &Store,
    id: &str,
    offer: &Offer,
    now: Timestamp,
    later: Option<Timestamp>,
) -> Result<(), StoreError> {
    let enrolment = format!("{id} enrolment");
    let batch = Batch::new()
        .create(id, offer, later)?
        .create(&enrolment, offer, None)?;
    store.commit(batch, now).await?;
    if let Some(read) = store.load::<Offer>(id, now).await? {
        let batch = Batch::new()
            .delete::<Offer>(id, read.version)
            .spend("jti", id, later);
        store.commit(batch, now).await?;
    }
    if let Some(read) = store.load::<Offer>(&enrolment, now).await? {
        let batch = Batch::new()
            .replace(&enrolment, read.version, offer, None)?
            .spend("jti", &enrolment, later)
            .spend("nonce", id, later);
        store.commit(batch, now).await?;
    }
    Ok(())
}

async fn measure(
    store: &Store,
    clients: usize,
    seconds: u64,
    work: Work,
) -> Result<(), Box<dyn Error>> {
    let name = format!("{work:?}, {clients} clients");
    let now = Timestamp::from_second(1_800_000_000)?;
    let (start, cpu) = (Instant::now(), cpu_seconds()?);
    let mut running = JoinSet::new();
    for client in 0..clients {
        let store = store.clone();
        running.spawn(async move {
            let mut done = 0_u32;
            while start.elapsed().as_secs() < seconds {
                work.once(&store, &format!("{clients} {client} {done}"), now)
                    .await?;
                done += 1;
            }
            Ok::<_, StoreError>(done)
        });
    }
    let mut done = 0;
    while let Some(client) = running.join_next().await {
        done += client??;
    }
    let (done, cpu) = (f64::from(done), cpu_seconds()? - cpu);
    let elapsed = start.elapsed().as_secs_f64();
    println!("{name:<30} {:>10.0} {:>14.0}", done / elapsed, done / cpu);
    Ok(())
}

/// The processor time of this process, from Linux's `/proc` (hundredths).
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let statistics = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = statistics
        .rsplit_once(')')
        .ok_or("unexpected /proc/self/stat")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || fields.next().ok_or("unexpected /proc/self/stat");
    let (user, system): (f64, f64) = (next()?.parse()?, next()?.parse()?);
    Ok((user + system) / 100.0)
}
