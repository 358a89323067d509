//! A process that saves without pause is killed at moments of chance.
#![cfg(unix)]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use vault::{Cost, Passphrase, Vault};
use zeroize::Zeroizing;

const ROUNDS: u64 = 20;
const MOST_ROUNDS: u64 = 300;
const CUT_OFF: u64 = 3;
const VARIABLE: &str = "PESSOA_VAULT_TO_SAVE";
const MARK: &str = "saved generation ";

/// Contents that show at every place which generation they belong to.
fn contents(generation: u64) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(generation.to_be_bytes().repeat(40_000))
}

fn generation(contents: &[u8]) -> u64 {
    let (words, rest) = contents.as_chunks::<8>();
    assert!(rest.is_empty() && words.len() == 40_000 && words.iter().all(|word| *word == words[0]));
    u64::from_be_bytes(words[0])
}

fn passphrase() -> Passphrase {
    Passphrase::from("open".to_owned())
}

#[test]
fn a_killed_process_leaves_the_old_or_the_new_contents() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("vault");
    let cost = Cost::insecure_for_tests();
    let rng = &mut UnwrapErr(SysRng);
    let mut vault = Vault::create_at_cost(&path, &passphrase(), cost, contents(0), rng).unwrap();
    vault.save(contents(0), contents(0), rng).unwrap();
    drop(vault);
    let new = place.path().join("vault.new");
    let (mut before, mut cut_off) = (0, 0);
    for round in 0..MOST_ROUNDS {
        let told = save_and_die(&path, || match round % 2 {
            0 => thread::sleep(Duration::from_micros(200 + round * 700)),
            // In the middle of a save, when the half-written file shows.
            _ => wait_for(&new),
        });
        cut_off += u64::from(new.exists());
        let vault = Vault::open(&path, &passphrase()).unwrap();
        let found = generation(vault.contents());
        assert_eq!(generation(vault.annex().unwrap()), found);
        // Whatever was told to be saved is saved; one more may be.
        let told = told.unwrap_or(before);
        assert!(
            found == told || found == told + 1,
            "told {told}, found {found}"
        );
        before = found;
        if round >= ROUNDS && cut_off >= CUT_OFF {
            return;
        }
    }
    panic!("no kill fell into a save");
}

fn wait_for(file: &Path) {
    let begun = Instant::now();
    while !file.exists() && begun.elapsed() < Duration::from_secs(5) {
        std::hint::spin_loop();
    }
}

/// Starts the saver, waits after its first save, kills it, and returns the last save it told of.
fn save_and_die(path: &Path, wait: impl FnOnce()) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "saves_until_killed", "--ignored", "--nocapture"])
        .env(VARIABLE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut saves = lines.filter_map(|line| line.split_once(MARK)?.1.parse().ok());
    let first = saves.next();
    wait();
    child.kill().unwrap();
    child.wait().unwrap();
    saves.last().or(first)
}

/// The child: not a test of its own.
#[test]
#[ignore = "runs until it is killed, as the child of the other test"]
fn saves_until_killed() {
    let Some(path) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        return;
    };
    let mut vault = Vault::open(&path, &passphrase()).unwrap();
    let mut number = generation(vault.contents());
    assert_eq!(generation(vault.annex().unwrap()), number);
    loop {
        number += 1;
        vault
            .save(contents(number), contents(number), &mut UnwrapErr(SysRng))
            .unwrap();
        writeln!(std::io::stdout(), "\n{MARK}{number}").unwrap();
    }
}
