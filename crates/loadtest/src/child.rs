//! A server as a process of its own, so that what it uses is told apart from what asks it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child as Running, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use http::Request;
use rustix::process::{Pid, Signal, kill_process};
use serde::de::DeserializeOwned;

use crate::connection::Connection;
use crate::process::Process;

/// A child process. It stops with this value, however that ends.
pub(crate) struct Child {
    running: Running,
    end: End,
    log: PathBuf,
}

/// How a process is told to stop.
enum End {
    /// By the end of its standard input.
    Input(Option<ChildStdin>),
    /// By SIGTERM, as an operator does.
    Signal,
}

impl Child {
    /// Starts this program in another role, on so many cores, and waits for the first thing that
    /// it says.
    ///
    /// # Errors
    /// [`ChildError`]
    pub(crate) fn role<T: DeserializeOwned>(
        role: &[&str],
        cores: usize,
        folder: &Path,
        environment: &[(&str, &str)],
    ) -> Result<(Self, T), ChildError> {
        let log = folder.join(format!("{}.log", role.first().unwrap_or(&"child")));
        let mut command = on_cores(cores, &[std::env::current_exe()?.as_os_str()]);
        command
            .arg("as")
            .args(role)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut running = command.spawn().map_err(ChildError::Tools)?;
        let (lifeline, said) = (running.stdin.take(), running.stdout.take());
        let child = Self {
            running,
            end: End::Input(lifeline),
            log,
        };
        let mut line = String::new();
        if let Some(said) = said {
            BufReader::new(said).read_line(&mut line)?;
        }
        match serde_json::from_str(&line) {
            Ok(said) => Ok((child, said)),
            Err(_) => Err(child.failed()),
        }
    }

    /// Starts the program of a service, the one that operators run, on so many cores, and waits
    /// until it is ready.
    ///
    /// # Errors
    /// [`ChildError`]
    pub(crate) async fn service(
        service: Service,
        cores: usize,
        folder: &Path,
        environment: &[(&str, &str)],
    ) -> Result<Self, ChildError> {
        let program = std::env::current_exe()?.with_file_name(service.program);
        if !program.is_file() {
            return Err(ChildError::NotBuilt(service.program));
        }
        let log = folder.join(format!("{}.log", service.program));
        let end = ["setpriv", "--pdeathsig", "TERM"].map(OsStr::new);
        let mut command = on_cores(cores, &[&end[..], &[program.as_os_str()]].concat());
        command
            .args(["serve", "--dir"])
            .arg(folder)
            .envs(environment.iter().copied())
            .env(service.listen, service.address.to_string())
            .env(service.public_url, format!("http://{}", service.address))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?);
        let mut child = Self {
            running: command.spawn().map_err(ChildError::Tools)?,
            end: End::Signal,
            log,
        };
        let deadline = Instant::now() + START;
        while !is_ready(service.address).await {
            let ended = child.running.try_wait()?.is_some();
            if ended || Instant::now() > deadline {
                return Err(child.failed());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(child)
    }

    /// The process.
    pub(crate) fn process(&self) -> Process {
        Process::new(self.running.id())
    }

    fn failed(&self) -> ChildError {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        ChildError::Failed(log.lines().last().unwrap_or_default().to_owned())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        match &mut self.end {
            End::Input(lifeline) => drop(lifeline.take()),
            // Whoever has ended already cannot be told.
            End::Signal => drop(kill_process(Pid::from_child(&self.running), Signal::TERM)),
        }
        let deadline = Instant::now() + PATIENCE;
        while let Ok(None) = self.running.try_wait() {
            if Instant::now() > deadline {
                // Whatever this says, nothing more can be done.
                let _ = self.running.kill();
                let _ = self.running.wait();
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// A service's program, and where it listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    program: &'static str,
    listen: &'static str,
    public_url: &'static str,
    address: SocketAddr,
}

impl Service {
    /// An issuer at an address.
    pub(crate) fn issuer(address: SocketAddr) -> Self {
        Self {
            program: "pessoa-issuer",
            listen: "PESSOA_ISSUER_LISTEN",
            public_url: "PESSOA_ISSUER_PUBLIC_URL",
            address,
        }
    }

    /// A verifier at an address.
    pub(crate) fn verifier(address: SocketAddr) -> Self {
        Self {
            program: "pessoa-verifier",
            listen: "PESSOA_VERIFIER_LISTEN",
            public_url: "PESSOA_VERIFIER_PUBLIC_URL",
            address,
        }
    }
}

/// An address of this machine that nobody listens on.
///
/// # Errors
/// If the machine has none.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(ANY_PORT)?.local_addr()
}

/// A command that keeps to the first so many cores. Each of these programs becomes the next, so that
/// the number of the process stays.
fn on_cores(cores: usize, programs: &[&OsStr]) -> Command {
    let mut command = Command::new("taskset");
    let last = cores.saturating_sub(1);
    command.args(["--cpu-list", &format!("0-{last}")]);
    command.args(programs);
    command
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else {
        return false;
    };
    match Request::get("/readyz").body(Vec::new()) {
        Ok(request) => connection.send(request).await.is_ok(),
        Err(_) => false,
    }
}

/// What a server in a role says first.
#[derive(Clone, Copy, Debug, serde::Deserialize, serde::Serialize)]
pub(crate) struct Listening {
    /// Where.
    pub(crate) address: SocketAddr,
}

/// Why a child does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// It ended before it had anything to say, or was never ready.
    #[error("a service under test did not start: {0}")]
    Failed(String),
    /// A program is not where this one is.
    #[error("{0} is not beside this program: build both, with `cargo build --release --bins`")]
    NotBuilt(&'static str),
    /// The machine refused.
    #[error("cannot start a service under test")]
    Start(#[from] io::Error),
    /// The program that keeps a service to some cores does not run.
    #[error("cannot run taskset, of util-linux")]
    Tools(#[source] io::Error),
}

pub(crate) const ANY_PORT: &str = "127.0.0.1:0";
/// How long a service takes to be ready, at most.
const START: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);
