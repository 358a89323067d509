//! What this program is when it starts itself again: what services under test are held against.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use axum::Router;
use axum::routing::get;
use clap::Subcommand;
use serde::Serialize;
use service::{Listener, Stop};
use store::Store;

use crate::child::Listening;
use crate::drive::count;
use crate::measure::SKELETON_POSTGRES;
use crate::process::Process;
use crate::skeleton::Skeleton;
use crate::storage::Plan;

/// A role. It ends with its standard input.
#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// An axum route that answers nothing, on the same listener
    Empty {
        /// The folder of an issuer, whose listener is used
        folder: PathBuf,
    },
    /// Issuer and verifier with nothing of the product in them
    Skeleton {
        /// Where it keeps its file
        folder: PathBuf,
        /// Where it keeps its table instead
        #[arg(long, env = SKELETON_POSTGRES, hide_env_values = true)]
        postgres: Option<String>,
    },
    /// The storage of a flow, alone
    Store {
        /// The folder of an issuer, whose database is used
        folder: PathBuf,
        /// Whose storage
        plan: Plan,
        /// How many flows
        flows: usize,
        /// How many at a time
        connections: usize,
    },
}

/// What the store role says.
#[derive(Debug, serde::Deserialize, Serialize)]
pub(crate) struct Stored {
    /// The computing time of the storage of one flow.
    pub(crate) micros_per_flow: f64,
}

impl Role {
    /// Plays the role until standard input ends.
    ///
    /// # Errors
    /// Whatever goes wrong: the parent shows it.
    pub(crate) fn play(self) -> Result<(), Box<dyn Error>> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Empty { folder } => {
                let config = issuer::Config::read(&folder)?;
                let listener = Listener::bind(&config.service).await?;
                let nothing = || async {};
                let routes = Router::new().route("/", get(nothing).post(nothing));
                let stop = listening(&listener)?;
                listener.serve(routes, &stop).await?;
            }
            Self::Skeleton { folder, postgres } => {
                let (skeleton, bare) = Skeleton::open(&folder, postgres.as_deref()).await?;
                say(&bare)?;
                let stop = ending();
                tokio::select! {
                    served = skeleton.serve() => served?,
                    () = stop.wished() => {}
                }
            }
            Self::Store {
                folder,
                plan,
                flows,
                connections,
            } => {
                let config = issuer::Config::read(&folder)?;
                let store = Store::open(config.service.database.expose()).await?;
                plan.run(&store, flows / 10, connections).await?;
                let before = Process::own_cpu();
                plan.run(&store, flows, connections).await?;
                let used = Process::own_cpu() - before;
                store.close().await;
                say(&Stored {
                    micros_per_flow: used.as_secs_f64() * 1e6 / count(flows),
                })?;
            }
        }
        Ok(())
    }
}

/// Says where a service listens, and what makes it stop.
fn listening(listener: &Listener) -> io::Result<Stop> {
    say(&Listening {
        address: listener.address(),
    })?;
    Ok(ending())
}

/// The wish to stop, which is there when the parent is gone.
fn ending() -> Stop {
    let stop = Stop::new();
    let wish = stop.clone();
    std::thread::spawn(move || {
        // Nothing is ever written there: the end comes, or an error, which is an end too.
        let _ = io::stdin().read(&mut [0]);
        wish.now();
    });
    stop
}

fn say(what: &impl Serialize) -> io::Result<()> {
    let line = serde_json::to_string(what)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
