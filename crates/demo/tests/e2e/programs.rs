//! The programs that were built with this test.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The folder of the programs.
pub(crate) fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let programs = test.parent().unwrap().parent().unwrap().to_owned();
    for program in ["pessoa", "pessoa-issuer", "pessoa-verifier"] {
        assert!(
            programs.join(program).is_file(),
            "{program} is not built: run `cargo build --bins`, or all tests with `cargo xtask test`"
        );
    }
    programs
}

/// A shell of somebody who lives in `place`, has the programs installed, and agrees to what the
/// wallet asks.
pub(crate) fn shell(place: &Path, commands: &str) -> Command {
    let path = env("PATH");
    let path = [folder()].into_iter().chain(std::env::split_paths(&path));
    let passphrase = place.join("passphrase");
    fs::write(&passphrase, "correct horse\n").unwrap();
    let mut shell = Command::new("bash");
    shell
        .current_dir(place)
        .env_clear()
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("HOME", place)
        .env("LC_ALL", "C.UTF-8")
        .env("PESSOA_PASSPHRASE_FILE", passphrase)
        .args(["-euo", "pipefail", "-c", &format!("{AGREE}\n{commands}")])
        .stdin(Stdio::null());
    shell
}

/// A program that does not outlive the test; dropping it kills it.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program that goes on, with all its children; closed when dropped.
pub(crate) struct Terminal {
    child: Child,
    log: PathBuf,
}

impl Terminal {
    pub(crate) fn open(mut command: Command, log: &Path) -> Self {
        let output = fs::File::create(log).unwrap();
        command
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .process_group(0);
        Self {
            child: command.spawn().unwrap(),
            log: log.to_owned(),
        }
    }

    /// Tells it to stop, waits until it has, and says whether it was content.
    pub(crate) fn stop(mut self) -> bool {
        self.terminate();
        self.child.wait().unwrap().success()
    }

    /// Waits until what it said is enough, or it has ended, and returns what it said.
    pub(crate) fn said_until(&mut self, enough: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let ended = self.child.try_wait().unwrap().is_some();
            let said = without_pictures(&fs::read_to_string(&self.log).unwrap());
            if ended || enough(&said) {
                return said;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain: {said}");
            sleep(LOOK_EVERY);
        }
    }

    fn terminate(&self) {
        // The group may have ended.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).output();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.terminate();
        let _ = self.child.wait();
    }
}

/// A QR code says what the link above it says.
pub(crate) fn without_pictures(said: &str) -> String {
    let lines = said
        .lines()
        .filter(|line| !line.contains('█') && !line.contains('▄'));
    lines.collect::<Vec<_>>().join("\n")
}

/// The address of the database server that the tests are given.
#[expect(
    clippy::disallowed_methods,
    reason = "the address of the test database"
)]
pub(crate) fn postgres() -> String {
    std::env::var("PESSOA_TEST_POSTGRES").expect(
        "PESSOA_TEST_POSTGRES must hold the address of a PostgreSQL database: `cargo xtask test` \
         starts one and sets it",
    )
}

#[expect(clippy::disallowed_methods, reason = "programs find their tools by it")]
fn env(name: &str) -> String {
    std::env::var(name).unwrap()
}

/// Answers yes where the wallet would ask.
const AGREE: &str = r#"pessoa() {
  case "$1" in
    receive | present | refill | renew | forget) command pessoa "$@" --yes ;;
    *) command pessoa "$@" ;;
  esac
}"#;
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(30);
