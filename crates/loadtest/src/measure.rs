//! One run: a service, people with wallets, and what both saw.

mod floor;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use host::SystemClock;
use http::Request;
use issuer::{InitError, InitOptions};
use keys::token::BearerToken;
use tempfile::TempDir;

use crate::child::{Child, ChildError, Listening, Service, free_address};
use crate::connection::Connection;
use crate::database::Database;
use crate::drive::{Flow, FlowError, Load, Seen, drive};
use crate::health::Watch;
use crate::issuance::Issuance;
use crate::net_issuance::{Held, NetIssuance};
use crate::presentation::{Answering, Presentation, Wallet};
use crate::process::NotLinux;
use crate::proofs::NetProofs;
use crate::report::{Parts, Report, Run, Targets};
use crate::signatures::{Signatures, SignaturesError};

pub(crate) use floor::SKELETON_POSTGRES;

/// What all runs have in common.
pub(crate) struct Session {
    place: TempDir,
    /// Where what is measured alone finds a configuration.
    plain: PathBuf,
    /// The issuers that were made, by their folders: tokens and addresses.
    issuers: RefCell<BTreeMap<PathBuf, (BearerToken, SocketAddr)>>,
    load: Load,
    /// How many the service may use.
    cores: usize,
    flows: usize,
    signatures: Signatures,
    proofs: NetProofs,
}

impl Session {
    /// Makes a folder, and measures what every run is compared with.
    ///
    /// # Errors
    /// [`MeasureError`]
    pub(crate) fn new(
        parent: &Path,
        load: Load,
        cores: usize,
        flows: usize,
    ) -> Result<Self, MeasureError> {
        let place = TempDir::with_prefix_in("pessoa-loadtest-", parent)?;
        let plain = place.path().join("plain");
        issuer::init(&plain, &InitOptions::default(), &SystemClock)?;
        Ok(Self {
            place,
            plain,
            issuers: RefCell::default(),
            load,
            cores,
            flows,
            signatures: Signatures::measure()?,
            proofs: NetProofs::measure()?,
        })
    }

    /// Measures issuances.
    ///
    /// # Errors
    /// [`MeasureError`]
    pub(crate) async fn issuance(&self, database: &Database) -> Result<Run, MeasureError> {
        let (issuer, issuance, listening) = self.issuer("issuer", database).await?;
        let (seen, memory) = self.issued(issuer, listening, &issuance).await?;
        let parts = Parts {
            // The credential; the key, and its possession twice.
            signatures: self.signatures.micros(1, 3),
            storage: self.storage("issuance", database)?,
            requests: self.requests(5).await?,
        };
        let skeleton = self.skeleton_issuance(database).await?;
        let targets = Targets {
            flows_per_core_second: Some(1700.0),
            share_of_skeleton: Some(0.6),
            p99_ms: Some(30.0),
            peak_memory_mb: Some(32.0),
            ..Targets::default()
        };
        let names = ("issuance", database.name());
        let run = Run::new(names, &seen, parts, memory, targets);
        Ok(run.beside(&skeleton, self.signatures, targets))
    }

    /// Measures presentations of SD-JWT VCs, three claims shown.
    ///
    /// # Errors
    /// [`MeasureError`]
    pub(crate) async fn presentation(&self, database: &Database) -> Result<Run, MeasureError> {
        let (_issuer, issuance, office) = self
            .issuer(&format!("trusted-{}", database.engine()), &Database::Sqlite)
            .await?;
        let wallets = wallets(&issuance, office).await?;
        let (verifier, presentation, listening) =
            self.verifier("verifier", office, database).await?;
        let mut connection = Connection::open(listening.address).await?;
        presentation.ready(&mut connection).await?;
        let (seen, memory) = self
            .presented(verifier, listening, &presentation, &wallets)
            .await?;
        let parts = Parts {
            // The request; the credential, and its binding to the wallet's key.
            signatures: self.signatures.micros(1, 2),
            storage: self.storage("presentation", database)?,
            requests: self.requests(3).await?,
        };
        let skeleton = self.skeleton_presentation(database).await?;
        let targets = Targets {
            flows_per_core_second: Some(2000.0),
            ..Targets::default()
        };
        let names = ("presentation", database.name());
        let run = Run::new(names, &seen, parts, memory, targets);
        Ok(run.beside(&skeleton, self.signatures, targets))
    }

    /// Measures issuances of net certificates: those of this epoch and the next, to people whom
    /// the issuer sees for the first time.
    ///
    /// # Errors
    /// [`MeasureError`]
    pub(crate) async fn net_issuance(&self, database: &Database) -> Result<Run, MeasureError> {
        let (issuer, issuance, listening) = self.issuer("issuer", database).await?;
        let base = format!("http://{}", listening.address);
        let issuance = Arc::new(NetIssuance::new(&base, &issuance)?);
        // Others than those who may have been at the same desk before.
        let first = WARM_UP + self.flows;
        let last = first + NET_WARM_UP + self.flows / SLOWER;
        let mut people = issuance.people(first..last)?;
        let measured = people.split_off(NET_WARM_UP);
        let others = issuance.people(last..last + self.flows / FEWER)?;
        let mut connection = Connection::open(listening.address).await?;
        if let Some(first) = people.pop() {
            issuance.issue(&mut connection, first).await?.keep()?;
        }
        let mut seen = self
            .seen(&issuer, listening, &issuance, people, measured)
            .await?;
        let mut ready = Vec::new();
        for person in others {
            ready.push(issuance.prepare(&mut connection, person).await?.1);
        }
        seen.health = self.health(&issuer, listening, ready).await?;
        let memory = issuer.process().peak_memory()?;
        drop(issuer);
        let parts = Parts {
            // The key's possession, three times; the proofs, and the certificates.
            signatures: self.signatures.micros(0, 3) + self.proofs.issuance,
            storage: self.storage("net-issuance", database)?,
            requests: self.requests(9).await?,
        };
        let targets = Targets {
            healthz_p99_ms: HEALTHZ,
            ..Targets::default()
        };
        let names = ("net issuance", database.name());
        Ok(Run::new(names, &seen, parts, memory, targets))
    }

    /// Measures presentations of net certificates: an age, and the number of somebody who was
    /// there before.
    ///
    /// # Errors
    /// [`MeasureError`]
    pub(crate) async fn net_presentation(&self, database: &Database) -> Result<Run, MeasureError> {
        let name = format!("net-trusted-{}", database.engine());
        let (_issuer, issuance, office) = self.issuer(&name, &Database::Sqlite).await?;
        let issuance = NetIssuance::new(&format!("http://{}", office.address), &issuance)?;
        let mut connection = Connection::open(office.address).await?;
        let mut wallets = Vec::new();
        for person in issuance.people(0..WALLETS)? {
            let issued = issuance.issue(&mut connection, person).await?;
            wallets.push(Arc::new(issued.keep()?));
        }
        let (verifier, presentation, listening) =
            self.verifier("net-verifier", office, database).await?;
        let mut connection = Connection::open(listening.address).await?;
        presentation.ready(&mut connection).await?;
        if let Some(first) = wallets.first() {
            let created = presentation.present(&mut connection, &**first).await?;
            presentation.verify(&mut connection, &created).await?;
        }
        let mut wallets = wallets.iter().cycle().cloned();
        let first = wallets.by_ref().take(WALLETS).collect();
        let measured = wallets.by_ref().take(self.flows / SLOWER).collect();
        let answering = Answering::<Held>::new(&presentation);
        let mut seen = self
            .seen(&verifier, listening, &answering, first, measured)
            .await?;
        let mut ready = Vec::new();
        for wallet in wallets.take(self.flows / FEWER) {
            ready.push(presentation.prepare(&mut connection, &*wallet).await?.1);
        }
        seen.health = self.health(&verifier, listening, ready).await?;
        let memory = verifier.process().peak_memory()?;
        drop(verifier);
        let parts = Parts {
            // The request; the certificate, and its number.
            signatures: self.signatures.micros(1, 0) + self.proofs.presentation,
            storage: self.storage("net-presentation", database)?,
            requests: self.requests(3).await?,
        };
        let targets = Targets {
            flows_per_core_second: Some(300.0),
            healthz_p99_ms: HEALTHZ,
            ..Targets::default()
        };
        let names = ("net presentation", database.name());
        Ok(Run::new(names, &seen, parts, memory, targets))
    }

    /// What was measured, with the conditions.
    pub(crate) fn report(&self, runs: Vec<Run>) -> Report {
        Report {
            connections: self.load.connections,
            cores: self.cores,
            machine_cores: thread::available_parallelism().map_or(1, usize::from),
            file_system: file_system(self.place.path()),
            es256_verification_micros: self.signatures.micros(0, 1),
            runs,
        }
    }

    /// An issuer as `init` makes it, without rate limits and on any free port. One that was there
    /// before is the same again, with its keys and its address: what it left in its database says so.
    async fn issuer(
        &self,
        name: &str,
        database: &Database,
    ) -> Result<(Child, Arc<Issuance>, Listening), MeasureError> {
        let folder = self
            .place
            .path()
            .join(format!("{name}-{}", database.engine()));
        let known = self.issuers.borrow().get(&folder).map(|(admin, address)| {
            let admin = BearerToken::from(admin.expose());
            (admin, *address)
        });
        let (admin, address) = match known {
            Some(known) => known,
            None => {
                let init = issuer::init(&folder, &InitOptions::default(), &SystemClock)?;
                (init.admin_token, free_address()?)
            }
        };
        let url = database.url(&folder, "issuer.db");
        let service = Service::issuer(address);
        let environment = issuer_environment(&url);
        let child = Child::service(service, self.cores, &folder, &environment).await?;
        let again = (BearerToken::from(admin.expose()), address);
        self.issuers.borrow_mut().insert(folder, again);
        let base = format!("http://{address}");
        let issuance = Issuance::new(&base, admin)?;
        Ok((child, Arc::new(issuance), Listening { address }))
    }

    /// A verifier as `init` makes it, without rate limits and on any free port.
    async fn verifier(
        &self,
        name: &str,
        issuer: Listening,
        database: &Database,
    ) -> Result<(Child, Arc<Presentation>, Listening), MeasureError> {
        let folder = self
            .place
            .path()
            .join(format!("{name}-{}", database.engine()));
        let options = verifier::InitOptions {
            trust: vec![format!("http://{}", issuer.address)],
            ..verifier::InitOptions::default()
        };
        let init = verifier::init(&folder, &options)?;
        let url = database.url(&folder, "verifier.db");
        let environment = [
            ("PESSOA_VERIFIER_DATABASE", url.as_str()),
            ("PESSOA_VERIFIER_LIMITS__REQUESTS_PER_MINUTE", "0"),
        ];
        let address = free_address()?;
        let service = Service::verifier(address);
        let child = Child::service(service, self.cores, &folder, &environment).await?;
        let presentation = Presentation::new(init.admin_token);
        Ok((child, Arc::new(presentation), Listening { address }))
    }

    /// Has people issued to. Gives what was seen, and the greatest memory of the server, which ends
    /// with it.
    async fn issued(
        &self,
        server: Child,
        listening: Listening,
        issuance: &Arc<Issuance>,
    ) -> Result<(Seen, u64), MeasureError> {
        let mut people = issuance.people(0..WARM_UP + self.flows)?;
        let measured = people.split_off(WARM_UP);
        let mut connection = Connection::open(listening.address).await?;
        if let Some(first) = people.pop() {
            let issued = issuance.issue(&mut connection, first).await?;
            issuance.verify(&mut connection, &issued).await?;
        }
        let seen = self
            .seen(&server, listening, issuance, people, measured)
            .await?;
        Ok((seen, server.process().peak_memory()?))
    }

    /// Has these wallets present, in turns. Gives what [`Self::issued`] does.
    async fn presented(
        &self,
        server: Child,
        listening: Listening,
        presentation: &Arc<Presentation>,
        wallets: &[Arc<Wallet>],
    ) -> Result<(Seen, u64), MeasureError> {
        let mut connection = Connection::open(listening.address).await?;
        if let Some(first) = wallets.first() {
            let created = presentation.present(&mut connection, &**first).await?;
            presentation.verify(&mut connection, &created).await?;
        }
        let mut wallets = wallets.iter().cycle().cloned();
        let first = wallets.by_ref().take(WARM_UP).collect();
        let measured = wallets.take(self.flows).collect();
        let answering = Answering::<Wallet>::new(presentation);
        let seen = self
            .seen(&server, listening, &answering, first, measured)
            .await?;
        Ok((seen, server.process().peak_memory()?))
    }

    async fn seen<F: Flow>(
        &self,
        service: &Child,
        Listening { address }: Listening,
        flow: &Arc<F>,
        first: Vec<F::Work>,
        measured: Vec<F::Work>,
    ) -> Result<Seen, MeasureError> {
        drive(flow, address, first, self.load, service.process()).await?;
        Ok(drive(flow, address, measured, self.load, service.process()).await?)
    }

    /// How long it takes a service to say that it is alive, while it gets requests that are ready,
    /// as fast as it takes them.
    async fn health(
        &self,
        service: &Child,
        Listening { address }: Listening,
        ready: Vec<Request<Vec<u8>>>,
    ) -> Result<Vec<Duration>, MeasureError> {
        let watch = Watch::start(address);
        let sent = drive(
            &Arc::new(Ready),
            address,
            ready,
            self.load,
            service.process(),
        )
        .await;
        let health = watch.end();
        sent?;
        Ok(health?)
    }
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    /// A service does not run.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// A flow did not go through.
    #[error("a flow did not go through: {0}")]
    Flow(#[from] FlowError),
    /// The issuer cannot be made.
    #[error("the issuer under test cannot be made: {0}")]
    Init(#[from] InitError),
    /// The verifier cannot be made.
    #[error("the verifier under test cannot be made: {0}")]
    InitVerifier(#[from] verifier::InitError),
    /// The folder cannot be made, or there is no runtime.
    #[error("the machine refuses: {0}")]
    Io(#[from] io::Error),
    /// The server may lose what it has acknowledged: its figures say nothing.
    #[error("the PostgreSQL server runs with {0} off, and may lose what it acknowledged")]
    NotDurable(&'static str),
    /// The PostgreSQL server does not answer.
    #[error("the PostgreSQL database cannot be asked for its settings")]
    Postgres(#[from] sqlx::Error),
    /// Signatures cannot be measured.
    #[error(transparent)]
    Signatures(#[from] SignaturesError),
    /// The service cannot be watched.
    #[error(transparent)]
    Watch(#[from] NotLinux),
}

impl From<crate::connection::ExchangeError> for MeasureError {
    fn from(error: crate::connection::ExchangeError) -> Self {
        Self::Flow(error.into())
    }
}

/// Requests that were made beforehand.
struct Ready;

impl Flow for Ready {
    type Work = Request<Vec<u8>>;

    async fn run(&self, connection: &mut Connection, work: Self::Work) -> Result<(), FlowError> {
        connection.send(work).await?;
        Ok(())
    }
}

/// Wallets to which an issuer has issued.
async fn wallets(
    issuance: &Issuance,
    Listening { address }: Listening,
) -> Result<Vec<Arc<Wallet>>, MeasureError> {
    let mut connection = Connection::open(address).await?;
    let mut wallets = Vec::new();
    for person in issuance.people(0..WALLETS)? {
        wallets.push(Wallet::new(issuance.issue(&mut connection, person).await?)?);
    }
    Ok(wallets)
}

fn issuer_environment(database: &str) -> [(&str, &str); 2] {
    [
        ("PESSOA_ISSUER_DATABASE", database),
        ("PESSOA_ISSUER_LIMITS__REQUESTS_PER_MINUTE", "0"),
    ]
}

/// The kind of the file system under a folder, as Linux names it.
fn file_system(folder: &Path) -> String {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|mount| {
        let mut fields = mount.split(' ').skip(1);
        let (at, kind) = (fields.next()?, fields.next()?);
        folder.starts_with(at).then_some((at.len(), kind))
    });
    mounts.max_by_key(|(length, _)| *length).map_or_else(
        || "an unknown file system".to_owned(),
        |(_, kind)| kind.to_owned(),
    )
}

/// So many that the service cannot know one by heart.
const WALLETS: usize = 64;
/// Flows that are run before the measured ones: connections, caches and statements are made.
const WARM_UP: usize = 200;
/// The same, of those with net certificates.
const NET_WARM_UP: usize = 50;
/// Flows with net certificates take milliseconds: there is one where there are so many others.
const SLOWER: usize = 2;
/// Of those that are made beforehand there is one where there are so many others.
const FEWER: usize = 8;
/// Milliseconds within which a busy service says that it is alive.
const HEALTHZ: Option<f64> = Some(50.0);
