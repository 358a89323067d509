//! Invariant 5: nothing of a person lies in the open, nor under a hash that anybody can compute.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use keys::{base64url, sha256};

use crate::harness::{Office, Wallet, now, passport};

/// What the planted person would be recognized by.
const PLANTED: [&str; 6] = [
    "ERIKSSON",
    "ANNA MARIA",
    "PLANT3DNO",
    "1974-08-12",
    "740812",
    "1974-08",
];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_scan_of_database_and_logs_finds_no_person() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let office = Office::open().await;
    let enrolled = office.app.enrol(&passport("PLANT3DNO")).await.unwrap();
    let mut secrets = vec![
        enrolled
            .link
            .expose()
            .rsplit("%2F")
            .next()
            .unwrap()
            .to_owned(),
        enrolled.tx_code.as_ref().unwrap().expose().to_owned(),
    ];
    scan(&office, &log, &secrets, "between enrolment and redemption");

    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &enrolled).await;
    secrets.push(grant.refresh_token().unwrap().expose().to_owned());
    wallet.order(&office.router, &grant, "person", 2).await;
    wallet.order(&office.router, &grant, "adult", 1).await;
    scan(&office, &log, &secrets, "after redemption");

    office.app.revoke(&enrolled.handle).await.unwrap();
    scan(&office, &log, &secrets, "after revocation");
    office.app.close().await;
    scan(&office, &log, &secrets, "after closing");
}

#[tokio::test]
async fn the_scan_finds_what_it_looks_for() {
    let needle = needles("ERIKSSON").pop().unwrap();
    assert!(found(
        &[b"..".as_slice(), &needle, b".."].concat(),
        "ERIKSSON"
    ));
    assert!(found(b"eriksson", "ERIKSSON"));
    assert!(!found(b"nobody", "ERIKSSON"));
}

fn scan(office: &Office, log: &Log, secrets: &[String], when: &str) {
    let mut places = vec![("log".to_owned(), log.0.lock().unwrap().clone())];
    files(office.place.path(), &mut places);
    let scanned: Vec<&str> = places.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        scanned.iter().any(|name| name.ends_with("issuer.db")),
        "{scanned:?}"
    );
    for (name, bytes) in &places {
        for planted in PLANTED {
            assert!(!found(bytes, planted), "{when}: {planted} is in {name}");
        }
        for secret in secrets {
            assert!(
                !contains(bytes, secret.as_bytes()),
                "{when}: a secret is in {name}"
            );
        }
    }
}

/// Everything below the folder but the keys, which no database backup holds.
fn files(folder: &Path, places: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("keys") {
                files(&path, places);
            }
        } else {
            places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

fn found(bytes: &[u8], planted: &str) -> bool {
    let folded = bytes.to_ascii_uppercase();
    needles(planted)
        .iter()
        .any(|needle| contains(bytes, needle))
        || contains(&folded, planted.as_bytes())
}

/// A text in common encodings: itself, UTF-16, hex, base64 at all three offsets, reversed, JSON's
/// array of bytes, and its unkeyed hash in those.
fn needles(planted: &str) -> Vec<Vec<u8>> {
    let mut needles = Vec::new();
    for text in [planted.to_owned(), planted.to_lowercase()] {
        needles.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        needles.push(text.bytes().rev().collect());
        for bytes in [text.clone().into_bytes(), sha256(text.as_bytes()).to_vec()] {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            needles.push(hex.to_uppercase().into_bytes());
            needles.push(hex.into_bytes());
            for offset in 0..3 {
                let shifted = [vec![0; offset], bytes.clone()].concat();
                let encoded = base64url::encode(shifted);
                // The first and last characters mix with what stands beside.
                let middle = &encoded[(offset * 4).div_ceil(3)..encoded.len() - 1];
                needles.push(middle.as_bytes().to_vec());
                needles.push(middle.replace('-', "+").replace('_', "/").into_bytes());
            }
            let numbers = format!("{bytes:?}").replace(' ', "");
            needles.push(numbers.trim_matches(['[', ']']).as_bytes().to_vec());
            needles.push(bytes);
        }
    }
    needles
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
