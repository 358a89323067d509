//! Other processes: the test binary runs itself, with the ignored test `child`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use store::Batch;
use tokio::task::JoinSet;

use super::{add_one, at, create, open};

/// What a child does.
#[derive(Clone, Copy)]
pub(crate) enum Task {
    /// Adds to the tally `sum`.
    Add,
    /// Creates notes without end and reports the identifiers that were
    /// acknowledged.
    Create,
    /// Spends the same markers as its siblings and reports those that it got.
    Spend,
}

pub(crate) const ADDITIONS: usize = 100;
pub(crate) const SPENDS: usize = 300;

/// Runs children, lets them begin together, and collects what they report.
pub(crate) fn lines_of_children(task: Task, address: &str, count: usize) -> Vec<String> {
    let mut children: Vec<Process> = (0..count).map(|_| Process::start(task, address)).collect();
    children.iter_mut().for_each(Process::begin);
    let mut lines = Vec::new();
    for mut child in children {
        lines.extend(std::iter::from_fn(|| child.line()));
        assert!(child.process.wait().unwrap().success());
    }
    lines
}

/// Runs a child, kills it (SIGKILL) after it has reported `count` lines, and
/// returns these and those that it had reported meanwhile.
pub(crate) fn acknowledged_until_killed(task: Task, address: &str, count: usize) -> Vec<String> {
    let mut child = Process::start(task, address);
    child.begin();
    let mut lines: Vec<String> = std::iter::from_fn(|| child.line()).take(count).collect();
    child.process.kill().unwrap();
    lines.extend(std::iter::from_fn(|| child.line()));
    assert!(!child.process.wait().unwrap().success());
    lines
}

/// The body of the test `child`.
pub(crate) fn run() {
    let (task, address) = (variable(TASK), variable(ADDRESS));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        std::io::stdin().read_line(&mut String::new()).unwrap();
        let store = open(&address).await;
        let mut clients = JoinSet::new();
        for client in 0..8 {
            let (store, task) = (store.clone(), task.clone());
            clients.spawn(async move {
                match task.as_str() {
                    "add" if client == 0 => {
                        for _ in 0..ADDITIONS {
                            add_one(&store).await;
                        }
                    }
                    "create" => {
                        for number in 0_u64.. {
                            let id = format!("{client}.{number}");
                            create(&store, &id, &id).await.unwrap();
                            report(&id);
                        }
                    }
                    "spend" if client == 0 => {
                        for number in 0..SPENDS {
                            let id = number.to_string();
                            let batch = Batch::new().spend("nonce", &id, None);
                            match store.commit(batch, at(0)).await {
                                Ok(()) => report(&id),
                                Err(error) => assert!(error.is_conflict(), "{error}"),
                            }
                        }
                    }
                    _ => {}
                }
            });
        }
        clients.join_all().await;
    });
}

struct Process {
    process: Child,
    lines: BufReader<ChildStdout>,
}

impl Process {
    fn start(task: Task, address: &str) -> Self {
        let task = match task {
            Task::Add => "add",
            Task::Create => "create",
            Task::Spend => "spend",
        };
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(TASK, task)
            .env(ADDRESS, address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        Self { process, lines }
    }

    fn begin(&mut self) {
        self.process.stdin.take().unwrap().write_all(b"\n").unwrap();
    }

    /// The next report. The test harness of the child also writes lines, and a
    /// line cut short by a kill does not count.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            if let Some((_, report)) = line.split_once(REPORT)
                && let Some(report) = report.strip_suffix('\n')
            {
                return Some(report.to_owned());
            }
            line.clear();
        }
        None
    }
}

fn report(id: &str) {
    println!("{REPORT}{id}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "a child gets its orders by the environment"
)]
fn variable(name: &str) -> String {
    std::env::var(name).expect("only other tests run this, as a child process")
}

const ADDRESS: &str = "STORE_TEST_ADDRESS";
const REPORT: &str = "report: ";
const TASK: &str = "STORE_TEST_TASK";
