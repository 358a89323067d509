use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::test::TestError;
use crate::test::machine::is_root;
use crate::test::step::{output, program_error, say, title};

/// A PostgreSQL server of our own: in a temporary folder, on a socket that only this person can
/// open. It stops and vanishes with this value, and with this process if that is killed.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    server: Child,
}

impl Postgres {
    /// For tests: it forgets what it wrote if the machine stops.
    pub(crate) fn start() -> Result<Self, TestError> {
        Self::with(&["-F", "-c", "full_page_writes=off"])
    }

    /// For measurements: as durable as a server is.
    pub(crate) fn start_durable() -> Result<Self, TestError> {
        Self::with(&[])
    }

    fn with(settings: &[&str]) -> Result<Self, TestError> {
        title("a temporary PostgreSQL server");
        let programs = programs().ok_or(TestError::Missing {
            tool: "initdb",
            hint: "install the PostgreSQL server",
        })?;
        // A socket's path may have 107 bytes at most, so not under TMPDIR.
        let folder = PathBuf::from(format!("/tmp/pessoa-postgres-{}", std::process::id()));
        let result = make(&programs, &folder).and_then(|()| serve(&programs, &folder, settings));
        let server = result.inspect_err(|_| remove(&folder))?;
        let mut postgres = Self {
            programs,
            folder,
            server,
        };
        postgres.wait_until_ready()?;
        say("ready");
        Ok(postgres)
    }

    /// Where the tests reach it.
    pub(crate) fn url(&self) -> String {
        let folder = self.folder.display();
        format!("postgres://postgres@localhost/postgres?host={folder}")
    }

    fn wait_until_ready(&mut self) -> Result<(), TestError> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if !matches!(self.server.try_wait(), Ok(None)) {
                break;
            }
            let mut ready = Command::new(self.programs.join("pg_isready"));
            if output(ready.arg("-h").arg(&self.folder)).is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(TestError::Postgres(log))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = unprivileged(&self.programs.join("pg_ctl"));
        stop.args(["-s", "-m", "immediate", "-D"])
            .arg(self.folder.join("data"));
        if output(stop.arg("stop")).is_none() {
            // It may be gone already; what matters is that it is not there afterwards.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        remove(&self.folder);
    }
}

/// The folder with the newest server's programs.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir();
    let versions = versions.into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin"))
        .filter(|programs| programs.join("initdb").is_file())
        .max();
    newest.or_else(|| {
        let programs = output(Command::new("pg_config").arg("--bindir"))?;
        Some(PathBuf::from(programs)).filter(|programs| programs.join("initdb").is_file())
    })
}

/// Makes an empty cluster.
fn make(programs: &Path, folder: &Path) -> Result<(), TestError> {
    let mut install = Command::new("install");
    install.args(["-d", "-m", "0700"]);
    if is_root() {
        install.args(["-o", SERVER_USER]);
    }
    run(install.arg(folder))?;
    let mut initdb = unprivileged(&programs.join("initdb"));
    initdb.args(["--auth=trust", "--username=postgres", "--no-sync"]);
    initdb.args(["--encoding=UTF8", "--locale=C", "-D"]);
    run(initdb.arg(folder.join("data")))
}

/// Starts the server; it gets an interrupt, and stops, when this process dies.
fn serve(programs: &Path, folder: &Path, settings: &[&str]) -> Result<Child, TestError> {
    let log_error = |source| TestError::Program {
        program: "postgres".to_owned(),
        source,
    };
    let log = fs::File::create(folder.join("log")).map_err(log_error)?;
    let mut postgres = unprivileged(&programs.join("postgres"));
    postgres
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder);
    postgres.args(["-N", "300", "-c", "listen_addresses="]);
    postgres.args(settings);
    postgres
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(log_error)?)
        .stderr(log)
        .spawn()
        .map_err(|source| program_error(&postgres, source))
}

/// A command that is not run as root, which the server refuses.
fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]).current_dir("/tmp");
    if is_root() {
        let user = [
            format!("--reuid={SERVER_USER}"),
            format!("--regid={SERVER_USER}"),
        ];
        command.args(user).arg("--init-groups");
    }
    command.arg(program);
    command
}

fn run(command: &mut Command) -> Result<(), TestError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| program_error(command, source))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(TestError::Postgres(stderr))
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder)
        && folder.exists()
    {
        say(&format!("{} was left behind: {error}", folder.display()));
    }
}

/// The user that Debian's package makes.
const SERVER_USER: &str = "postgres";
const START_LIMIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_vanishes() {
        let Some(programs) = programs() else {
            println!("no PostgreSQL server here; `cargo xtask test` installs one");
            return;
        };
        let postgres = Postgres::start().unwrap();
        let folder = postgres.folder.clone();
        let mut query = Command::new(programs.join("psql"));
        query.args(["-Atc", "select 6 * 7"]).arg(postgres.url());
        assert_eq!(output(&mut query).as_deref(), Some("42"));
        drop(postgres);
        assert!(!folder.exists());
    }
}
