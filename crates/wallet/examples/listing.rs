//! Measures how long it takes to list what a large vault holds, once it is unlocked:
//! `listing [<credentials> [<copies of each> [<folder>]]]`. With a folder, the vault is made there,
//! unlocked for an hour, and left for others to list.
//!
//! The vault is opened by its kept key, as after `pessoa unlock`; what a guess of the passphrase
//! costs is left out, since it is meant to cost. Times are those of a clock on the wall.
#![expect(clippy::print_stdout, reason = "the result of a measurement")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use host::{Clock as _, SystemClock};
use jiff::SignedDuration;
use serde_json::{Value, json};
use vault::{Cost, Passphrase, UnlockCache, Vault};
use wallet::{Settings, Wallet};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let credentials = number(arguments.next(), 1_000)?;
    let copies = number(arguments.next(), 10)?;
    if let Some(folder) = arguments.next() {
        make(Path::new(&folder), credentials, copies)?;
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (path, kept) = make(folder.path(), credentials, copies)?;
    let size = std::fs::metadata(&path)?.len();

    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(list(&kept, &path, credentials * copies)?);
    }
    println!("{credentials} credentials, {copies} copies of each: a file of {size} bytes");
    println!("{:<30} {:>10} {:>10}", "in ms", "median", "slowest");
    let names = [
        "read and decrypt",
        "read the contents",
        "list",
        "wipe and close",
    ];
    for (step, name) in names.into_iter().enumerate() {
        let times = rounds.iter().filter_map(|round| round.get(step).copied());
        print_row(name, times.collect());
    }
    print_row(
        "in all",
        rounds.iter().map(|round| round.iter().sum()).collect(),
    );
    Ok(())
}

/// Opens the wallet, looks at each credential as a list does, and closes it: how long each took.
fn list(kept: &UnlockCache, path: &Path, expected: usize) -> Result<[Duration; 4], Box<dyn Error>> {
    let start = Instant::now();
    let vault = kept.open(path, SystemClock.now())?.ok_or("locked")?;
    let decrypted = Instant::now();
    let wallet = Wallet::open(vault, Settings::default(), Arc::new(SystemClock))?;
    let read = Instant::now();
    let copies = wallet.credentials().iter().map(|held| held.copies_left());
    let found: usize = copies.sum();
    let listed = Instant::now();
    drop(wallet);
    let closed = Instant::now();
    if found != expected {
        return Err("copies are missing".into());
    }
    Ok([
        decrypted - start,
        read - decrypted,
        listed - read,
        closed - listed,
    ])
}

/// Makes a vault in a folder, which keeps its key too.
fn make(
    folder: &Path,
    credentials: usize,
    copies: usize,
) -> Result<(PathBuf, UnlockCache), Box<dyn Error>> {
    let path = folder.join("wallet.vault");
    let mut wallet = fill(&path, credentials, copies)?;
    let kept = UnlockCache::new(folder, &path);
    let until = SystemClock.now() + SignedDuration::from_hours(1);
    kept.remember(wallet.vault(), until)?;
    Ok((path, kept))
}

/// Makes a vault of contents as earlier wallets wrote them, and has the wallet of today write it.
fn fill(path: &Path, credentials: usize, copies: usize) -> Result<Wallet, Box<dyn Error>> {
    let credentials: Vec<Value> = (0..=credentials)
        .map(|place| credential(place, copies))
        .collect();
    let contents = json!({
        "version": 2,
        "seed": "A".repeat(43),
        "credentials": credentials,
        "history": [],
        "pending": [],
    });
    let vault = Vault::create_at_cost(
        path,
        &Passphrase::from(PASSPHRASE.to_owned()),
        Cost::insecure_for_tests(),
        serde_json::to_vec(&contents)?.into(),
        &mut host::system_rng(),
    )?;
    let mut wallet = Wallet::open(vault, Settings::default(), Arc::new(SystemClock))?;
    wallet.forget("00000")?;
    Ok(wallet)
}

/// An SD-JWT VC of ten claims: about as long as it is when it was signed.
fn credential(place: usize, copies: usize) -> Value {
    let copy = json!({
        "credential": "eyJ0eXAiOiJkYytzZC1qd3Qi".repeat(COPY_LENGTH / 24),
        "key": { "algorithm": "ES256", "secret": "c".repeat(43) },
    });
    json!({
        "id": format!("{place:05}"),
        "name": "Residence permit",
        "issuer": "https://issuer.example",
        "issuer_name": "The Registry",
        "signed_by": "https://issuer.example",
        "configuration": "residence",
        "format": "dc+sd-jwt",
        "types": ["https://issuer.example/types/residence"],
        "claims": {
            "iss": "https://issuer.example",
            "vct": "https://issuer.example/types/residence",
            "age_over_18": true,
            "age_over_21": true,
            "birth_date": "1988-06-13",
            "document_number": "L898902C3",
            "document_type": "passport",
            "family_name": "Soares",
            "given_name": "Bernardo",
            "issuing_state": "PRT",
            "nationality": "PRT",
            "native_name": "Bernardo Soares",
        },
        "authority_key_ids": [],
        "received_at": "2026-11-22T00:00:00Z",
        "valid_until": "2026-12-22T00:00:00Z",
        "copies": vec![copy; copies],
        "grant": null,
    })
}

fn number(argument: Option<String>, otherwise: usize) -> Result<usize, Box<dyn Error>> {
    Ok(argument.map_or(Ok(otherwise), |text| text.parse())?)
}

fn print_row(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |place: usize| times.get(place).map_or(0.0, Duration::as_secs_f64) * 1e3;
    println!(
        "{name:<30} {:>10.1} {:>10.1}",
        at(times.len() / 2),
        at(times.len().saturating_sub(1))
    );
}

const PASSPHRASE: &str = "measured";
const COPY_LENGTH: usize = 1_800;
const ROUNDS: usize = 15;
