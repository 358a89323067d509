//! Digital Bazaar's library, in a process of Node's beside this one.
//!
//! What it is made of is pinned in `bench/digital-bazaar`; npm puts it into the target folder.
//! Where npm or Node is missing, or the registry out of reach, the rows say so.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;

use credential::mechanism::MechanismKey;
use serde_json::{Map, Value, json};

use crate::harness::{Against, elsewhere};

/// The process, or why there is none.
#[derive(Clone)]
pub struct DigitalBazaar(Result<Rc<RefCell<Node>>, String>);

impl DigitalBazaar {
    /// Installs it if need be, and starts it.
    pub fn start() -> Self {
        let node = install().and_then(|folder| Node::start(&folder));
        if let Err(reason) = &node {
            eprintln!("Digital Bazaar's library is left out: {reason}");
        }
        Self(node.map(|node| Rc::new(RefCell::new(node))))
    }

    /// Why there is none.
    pub fn absence(&self) -> Option<&str> {
        self.0.as_ref().err().map(String::as_str)
    }

    /// Issuing; pointers lead to what is mandatory, where the suite discloses selectively.
    pub fn issue(
        &self,
        suite: &'static str,
        document: &Map<String, Value>,
        key: &MechanismKey,
        pointers: &[&str],
    ) -> Task {
        let key = json!({
            "publicKeyMultibase": key.multikey(),
            "secretKeyMultibase": key.expose_secret_multikey().as_str(),
        });
        self.task(json!({
            "work": "issue",
            "suite": suite,
            "document": document,
            "key": key,
            "pointers": pointers,
        }))
    }

    /// Deriving what pointers lead to.
    pub fn derive(&self, suite: &'static str, text: &str, pointers: &[&str]) -> Task {
        self.task(json!({
            "work": "derive",
            "suite": suite,
            "document": parsed(text),
            "pointers": pointers,
        }))
    }

    /// Verifying, by the key that a did:key is.
    pub fn verify(&self, suite: &'static str, text: &str) -> Task {
        self.task(json!({"work": "verify", "suite": suite, "document": parsed(text)}))
    }

    fn task(&self, mut request: Value) -> Task {
        let job = self.0.clone().and_then(|node| {
            let number = node.borrow_mut().next_job();
            request["ask"] = "prepare".into();
            request["job"] = number.into();
            node.borrow_mut().ask(&request)?;
            Ok(Job { node, number })
        });
        Task(job)
    }
}

/// Some work that was handed over, or why it could not be.
pub struct Task(Result<Job, String>);

struct Job {
    node: Rc<RefCell<Node>>,
    number: u64,
}

impl Task {
    /// Does it once: the text of what it gives.
    pub fn once(&self) -> Result<String, String> {
        let job = self.0.as_ref().map_err(Clone::clone)?;
        Ok(job.ask(json!({"ask": "once"}))?.to_string())
    }

    /// A peer for a row, warm: a compiler works while the first runs are made.
    pub fn against(self) -> Against {
        let runs = self.0.map(|job| {
            let mut spent = 0.0;
            while spent < WARM_NANOS {
                spent += job.run(1);
            }
            move |runs| job.run(runs)
        });
        elsewhere("Digital Bazaar in Node", runs)
    }
}

impl Job {
    /// The CPU time of so many runs, in nanoseconds.
    fn run(&self, runs: u32) -> f64 {
        let answer = self.ask(json!({"ask": "run", "runs": runs}));
        let micros = answer.expect("it did this before").as_f64();
        micros.expect("a number") * 1e3
    }

    fn ask(&self, mut request: Value) -> Result<Value, String> {
        request["job"] = self.number.into();
        self.node.borrow_mut().ask(&request)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Nothing is lost if it is gone already.
        let _ = self.ask(json!({"ask": "forget"}));
    }
}

struct Node {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    jobs: u64,
}

impl Node {
    fn start(folder: &Path) -> Result<Self, String> {
        let mut process = Command::new("node")
            .arg(folder.join("peer.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|_| "node not found".to_owned())?;
        let requests = process.stdin.take().ok_or("no input")?;
        let answers = process.stdout.take().ok_or("no output")?;
        let mut node = Self {
            process,
            requests,
            answers: BufReader::new(answers),
            jobs: 0,
        };
        for (url, text) in CONTEXTS {
            node.ask(&json!({"ask": "know", "url": url, "document": parsed(text)}))?;
        }
        Ok(node)
    }

    fn next_job(&mut self) -> u64 {
        self.jobs += 1;
        self.jobs
    }

    fn ask(&mut self, request: &Value) -> Result<Value, String> {
        let mut answer = String::new();
        let asked = writeln!(self.requests, "{request}").and_then(|()| self.requests.flush());
        asked
            .and_then(|()| self.answers.read_line(&mut answer))
            .map_err(|error| error.to_string())?;
        match serde_json::from_str(&answer) {
            Ok(Value::Object(mut answer)) => match answer.remove("error") {
                Some(error) => Err(error.to_string()),
                None => Ok(answer.remove("ok").unwrap_or_default()),
            },
            _ => Err("its process ended".to_owned()),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It is ours alone, and keeps nothing.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The folder in which npm put the library, beside the programs that cargo builds.
fn install() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = program
        .ancestors()
        .nth(2)
        .ok_or("no target folder")?
        .join("digital-bazaar");
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.package-lock.json").exists()
        && fs::read_to_string(&lock).is_ok_and(|text| text == LOCK);
    let written = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(|error| error.to_string())
    };
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    written("peer.mjs", PEER)?;
    if installed {
        return Ok(folder);
    }
    written("package.json", PACKAGE)?;
    eprintln!("installing Digital Bazaar's library from npm");
    // The lock is written last: what was broken off is not taken for installed.
    let staged = folder.join("node_modules");
    let _ = fs::remove_dir_all(&staged);
    written("package-lock.json", LOCK)?;
    let output = Command::new("npm")
        .current_dir(&folder)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--fetch-retries=1", "--fetch-timeout=20000"])
        .output()
        .map_err(|_| "npm not found".to_owned())?;
    if output.status.success() {
        return Ok(folder);
    }
    let _ = fs::remove_dir_all(&staged);
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said
        .lines()
        .find_map(|line| line.strip_prefix("npm error "))
        .unwrap_or("no reason given");
    Err(format!("npm could not install it ({reason})"))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

const PACKAGE: &str = include_str!("../digital-bazaar/package.json");
const LOCK: &str = include_str!("../digital-bazaar/package-lock.json");
const PEER: &str = include_str!("../digital-bazaar/peer.mjs");

/// What our own side has bundled too.
const CONTEXTS: [(&str, &str); 5] = [
    (
        "https://w3id.org/security/data-integrity/v2",
        include_str!("../../crates/linked-data/contexts/data-integrity-v2.json"),
    ),
    (
        "https://w3id.org/security/multikey/v1",
        include_str!("../../crates/linked-data/contexts/multikey-v1.json"),
    ),
    (
        "https://www.w3.org/ns/credentials/examples/v2",
        include_str!("../../crates/linked-data/contexts/credentials-examples-v2.json"),
    ),
    (
        "https://www.w3.org/ns/credentials/v2",
        include_str!("../../crates/linked-data/contexts/credentials-v2.json"),
    ),
    (
        "https://www.w3.org/ns/did/v1",
        include_str!("../../crates/linked-data/contexts/did-v1.json"),
    ),
];

/// The CPU time after which compiling is done.
const WARM_NANOS: f64 = 1.5e9;
