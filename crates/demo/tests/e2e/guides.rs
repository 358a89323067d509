//! The guides (`docs/guides`), followed word for word with the real programs.
//!
//! Every block that is marked `sh` is run, in the order in which the guides are read: of each first
//! what comes before **Next:**, which is the story, then of each the rest. Two things differ from what
//! a person does: the ports are free ones, and the wallet's questions are answered by `--yes` and a
//! file with the passphrase.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Instant;

use tempfile::TempDir;

use crate::programs::{self, LOOK_EVERY, PATIENCE, Terminal, without_pictures};

#[test]
fn the_story_can_be_told_by_the_guides_word_for_word() {
    let mut reader = Reader::new();
    for part in [Part::Story, Part::Rest] {
        for guide in ["issue", "hold", "verify"] {
            reader.follow(guide, part);
        }
    }
    let learned: Vec<&str> = reader.answers.iter().map(String::as_str).collect();
    let [agora, bazaar, named, refused] = learned[..] else {
        panic!("the guides ask {} times", learned.len());
    };
    let number = |said: &str| {
        let (_, number) = said.split_once("net number: ").unwrap();
        number.lines().next().unwrap().to_owned()
    };
    for learned in [agora, bazaar] {
        assert!(learned.contains("age_over_18: true"), "{learned}");
        assert!(!learned.contains("ERIKSSON"), "{learned}");
    }
    assert_ne!(number(agora), number(bazaar));
    assert!(named.contains("family_name: ERIKSSON"), "{named}");
    assert!(refused.contains("revoked"), "{refused}");
}

/// A part of a guide.
#[derive(Clone, Copy)]
enum Part {
    /// Up to what leads to the next guide.
    Story,
    /// What can wait until the story is told.
    Rest,
}

/// Somebody at several terminals.
struct Reader {
    place: TempDir,
    ports: BTreeMap<&'static str, String>,
    /// What the text says to put in place of each name.
    noted: BTreeMap<&'static str, String>,
    terminals: Vec<Terminal>,
    waiting: Option<Terminal>,
    /// What the verifiers' terminals said in the end.
    answers: Vec<String>,
}

impl Reader {
    fn new() -> Self {
        let curl = Command::new("curl").arg("--version").output();
        assert!(curl.is_ok(), "the guides use curl: install it");
        let place = tempfile::tempdir().unwrap();
        // Held until all are found, so that they differ.
        let free: Vec<TcpListener> = PORTS
            .iter()
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let ports = PORTS.into_iter().zip(&free);
        Self {
            ports: ports
                .map(|(port, free)| (port, free.local_addr().unwrap().to_string()))
                .collect(),
            noted: BTreeMap::new(),
            terminals: Vec::new(),
            waiting: None,
            answers: Vec::new(),
            place,
        }
    }

    fn follow(&mut self, guide: &str, part: Part) {
        let text = guide_called(guide);
        let (story, rest) = text.split_once("\n**Next:** ").unwrap();
        let read = match part {
            Part::Story => story,
            Part::Rest => rest,
        };
        for (kind, commands) in commands(read) {
            let mut commands = commands.to_owned();
            for (port, free) in &self.ports {
                commands = commands.replace(&format!("127.0.0.1:{port}"), free);
            }
            match kind {
                "sh install" => {}
                _ if commands.contains(" serve") => self.serve(&commands),
                _ if commands.contains("--wait") => self.wait(&commands),
                "sh" => assert!(self.run(&commands), "{guide}: {commands}"),
                "sh refused" => assert!(!self.run(&commands), "{guide}: {commands}"),
                other => panic!("{guide}: a block of the unknown kind {other}"),
            }
        }
    }

    /// Runs a block to its end, notes what it printed, and says whether it succeeded.
    fn run(&mut self, commands: &str) -> bool {
        let output = self.shell(commands).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        println!("$ {commands}\n{}", without_pictures(&said));
        self.note(&said);
        if let Some(mut waiting) = self.waiting.take() {
            self.answers.push(waiting.said_until(|_| false));
        }
        output.status.success()
    }

    /// Starts what goes on in a terminal of its own.
    fn serve(&mut self, commands: &str) {
        let number = self.terminals.len();
        let mut terminal = Terminal::open(self.shell(commands), &self.log(number));
        let said = terminal.said_until(|said| said.contains("\"listening\""));
        let address = said.split(" on ").nth(1).unwrap();
        let address = address.split(". ").next().unwrap();
        wait_until_ready(address);
        self.terminals.push(terminal);
    }

    /// Starts a request that waits for its answer.
    fn wait(&mut self, commands: &str) {
        let log = self.log(usize::MAX - self.answers.len());
        let mut terminal = Terminal::open(self.shell(commands), &log);
        let said = terminal.said_until(|said| said.contains("result token"));
        self.note(&said);
        self.waiting = Some(terminal);
    }

    fn shell(&self, commands: &str) -> Command {
        let mut shell = programs::shell(self.place.path(), commands);
        shell.envs(&self.noted);
        shell
    }

    fn log(&self, number: usize) -> PathBuf {
        self.place.path().join(format!("terminal-{number}"))
    }

    /// Notes what the text tells to note.
    fn note(&mut self, said: &str) {
        let mut note = |name, found: Option<&str>| {
            if let Some(found) = found {
                self.noted.insert(name, found.to_owned());
            }
        };
        let link = |scheme: &str| said.lines().find(|line| line.starts_with(scheme));
        let word_after = |words: &str| {
            let (_, rest) = said.rsplit_once(words)?;
            rest.split([' ', '\n', '"', ','])
                .find(|word| !word.is_empty())
        };
        note("OFFER", link("openid-credential-offer://"));
        note("REQUEST", link("openid4vp://"));
        note("CODE", word_after("Transaction code: "));
        let handle = word_after("Enrolled as ");
        note("HANDLE", handle.map(|handle| handle.trim_end_matches('.')));
        let token = word_after("Admin token (shown this once; only its hash is kept):\n");
        let token_of = |service: &str| token.filter(|_| said.contains(service));
        note("ISSUER_TOKEN", token_of("issuer.toml"));
        note("TOKEN", token_of("verifier.toml"));
        note("SESSION", word_after("\"id\":\""));
        note("RESULT_TOKEN", word_after("\"result_token\":\""));
        let listed = said
            .lines()
            .find(|line| line.contains(" Person") && line.contains("copies"));
        // Of `/mechanisms`, the first of which is the default.
        let issuer = said
            .strip_prefix("{\"default\":")
            .and_then(|said| said.split("\"issuer\":\"").nth(1));
        note("DID", issuer.and_then(|rest| rest.split('"').next()));
        note("KEY_DID", link("did:key:"));
        let account = link("nn1 ").and_then(|line| line.split("  ").next());
        note("NUMBER", account);
        note("ID", listed.and_then(|line| line.split_whitespace().next()));
    }
}

/// The text of a guide.
pub(crate) fn guide_called(name: &str) -> String {
    let guides = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides");
    fs::read_to_string(guides.join(format!("{name}.md"))).unwrap()
}

/// The blocks, each with its mark.
pub(crate) fn blocks(guide: &str) -> impl Iterator<Item = (&str, &str)> {
    guide
        .split("\n```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.split_once('\n'))
}

/// The blocks that are marked as commands.
fn commands(guide: &str) -> impl Iterator<Item = (&str, &str)> {
    blocks(guide).filter(|(kind, _)| kind.split(' ').next() == Some("sh"))
}

pub(crate) fn wait_until_ready(address: &str) {
    let began = Instant::now();
    while !get(address, "/readyz").starts_with("HTTP/1.1 200") {
        assert!(
            began.elapsed() < PATIENCE,
            "{address} does not become ready"
        );
        sleep(LOOK_EVERY);
    }
}

pub(crate) fn get(address: &str, path: &str) -> String {
    get_with(address, path, "")
}

/// Asks with further header lines, each with its end.
pub(crate) fn get_with(address: &str, path: &str, headers: &str) -> String {
    let mut answer = String::new();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n"
    )
    .unwrap();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_block_is_found_by_its_mark() {
    let guide = "a\n```sh\nb\nc\n```\nd\n```toml\ne\n```\n```sh refused\nf\n```\n";
    let found: Vec<(&str, &str)> = commands(guide).collect();
    assert_eq!(found, [("sh", "b\nc"), ("sh refused", "f")]);
}

const PORTS: [&str; 5] = ["8001", "8002", "8003", "8004", "8005"];
