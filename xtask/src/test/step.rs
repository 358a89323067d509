use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::test::TestError;

/// Announces a step.
pub(crate) fn title(step: &str) {
    println!("== {step}");
}

/// Tells something within a step.
pub(crate) fn say(line: &str) {
    println!("   {line}");
}

/// Runs a step and keeps its output back unless it fails; shows a sign of life now and then.
pub(crate) fn quiet(step: &'static str, command: &mut Command) -> Result<(), TestError> {
    title(step);
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| program_error(command, source))?;
    let (sender, receiver) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|pipe| read(pipe, sender.clone())),
        child.stderr.take().map(|pipe| read(pipe, sender.clone())),
    ];
    drop(sender);
    let mut lines: Vec<String> = Vec::new();
    let mut shown = Instant::now();
    loop {
        match receiver.recv_timeout(SIGN_OF_LIFE) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if shown.elapsed() >= SIGN_OF_LIFE {
            shown = Instant::now();
            let last = lines.last().map_or("", |line| line.trim());
            say(&format!(
                "{:.0} s … {last}",
                started.elapsed().as_secs_f32()
            ));
        }
    }
    for reader in readers.into_iter().flatten() {
        // A reader that panicked has nothing more to give; the exit status decides.
        let _ = reader.join();
    }
    let status = child
        .wait()
        .map_err(|source| program_error(command, source))?;
    if status.success() {
        say(&format!("ok ({:.1} s)", started.elapsed().as_secs_f32()));
        return Ok(());
    }
    for line in lines.iter().skip(lines.len().saturating_sub(LINES_SHOWN)) {
        println!("{line}");
    }
    Err(TestError::Failed(step))
}

/// Runs a step whose output people want to see.
pub(crate) fn aloud(step: &'static str, command: &mut Command) -> Result<(), TestError> {
    title(step);
    let status = command
        .status()
        .map_err(|source| program_error(command, source))?;
    if status.success() {
        Ok(())
    } else {
        Err(TestError::Failed(step))
    }
}

/// What a program printed, if it ran and succeeded.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Where cargo puts what it builds in this folder. It says so itself, since variables and
/// configuration files may have it elsewhere.
pub(crate) fn target_folder(folder: &Path) -> Result<PathBuf, TestError> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let said = output(Command::new("cargo").current_dir(folder).args([
        "metadata",
        "--format-version=1",
        "--no-deps",
        "--offline",
    ]));
    let metadata = said.and_then(|said| serde_json::from_str::<Metadata>(&said).ok());
    let metadata = metadata.ok_or(TestError::Failed("asking cargo where it builds"))?;
    Ok(metadata.target_directory)
}

pub(crate) fn program_error(command: &Command, source: std::io::Error) -> TestError {
    TestError::Program {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

fn read(pipe: impl Read + Send + 'static, sender: Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            if sender
                .send(String::from_utf8_lossy(&line).into_owned())
                .is_err()
            {
                break;
            }
        }
    })
}

/// How much of a failed step's output is shown.
const LINES_SHOWN: usize = 400;
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);
