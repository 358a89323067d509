//! Invariant 5: nothing of a person lies in the open, nor under a hash that anybody can compute.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest;
use keys::base64url;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::harness::{Office, Wallet, now, passport};
use crate::net_wallet::{Form, NetWallet, epochs, number, ticket};

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
    let mut net = NetWallet::new(&office);
    net.dpop = wallet.dpop;
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    let certificates = net.order(&office, &grant, Form::First, profiles).await;
    let known = number(&net, &certificates.unwrap()[0]);
    secrets.push(keys::base64url::encode(known.as_bytes()));
    secrets.push(keys::base64url::encode(
        net.opening.expose_secret().as_slice(),
    ));
    let rebound = net.rebind(&office, &ticket(&grant)).await.unwrap();
    secrets.push(ticket(&rebound));
    scan(&office, &log, &secrets, "after redemption");

    // A document that is waiting for its anchor: the tags of both lie there.
    let renewed = office.app.enrol(&passport("PLANT3DNO")).await.unwrap();
    scan(
        &office,
        &log,
        &secrets,
        "between the second enrolment and redemption",
    );
    net.receive(&office, &renewed, Form::Renewal).await.unwrap();
    office.app.rotate_tags().await.unwrap();
    scan(&office, &log, &secrets, "after the tags were wrapped");
    backup(&office).await;
    scan(&office, &log, &secrets, "in a backup");

    office.app.revoke(&enrolled.handle).await.unwrap();
    scan(&office, &log, &secrets, "after revocation");
    office.app.withdraw(&enrolled.handle).await.unwrap();
    scan(&office, &log, &secrets, "after withdrawal");
    office.app.close().await;
    scan(&office, &log, &secrets, "after closing");
}

/// What an operator's backup has: a copy of the database, made by the database, while it is served.
async fn backup(office: &Office) {
    let folder = office.place.path();
    let copy = folder.join("backup.db");
    let address = format!("sqlite://{}", folder.join("issuer.db").display());
    let options: sqlx::sqlite::SqliteConnectOptions = address.parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    let statement = format!("VACUUM INTO '{}'", copy.display());
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(copy.metadata().unwrap().len() > 10_000);
    connection.close().await.unwrap();
}

/// Nobody's address is stored, nor logged, whoever asks.
#[tokio::test]
async fn no_network_address_is_kept() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let office = Office::with(|config| {
        config.service.limits.requests_per_minute = 1000;
    })
    .await;
    let enrolled = office.enrol().await;
    for path in [
        "/net/epochs",
        "/net/anchor",
        "/nonce",
        "/token",
        "/credential",
    ] {
        let request = http::Request::post(path)
            .header("x-forwarded-for", ADDRESS)
            .header("forwarded", format!("for={ADDRESS}"))
            .extension(axum::extract::ConnectInfo(std::net::SocketAddr::from((
                [203, 0, 113, 77],
                40_000,
            ))))
            .body(Vec::new());
        crate::harness::send(&office.router, request.unwrap()).await;
    }
    Wallet::new(now()).redeem(&office.router, &enrolled).await;
    office.app.close().await;
    let mut places = vec![("log".to_owned(), log.0.lock().unwrap().clone())];
    files(office.place.path(), &mut places);
    for (name, bytes) in &places {
        assert!(!found(bytes, ADDRESS), "an address is in {name}");
        assert!(
            !contains(bytes, &[203, 0, 113, 77]),
            "an address is in {name}"
        );
    }
}

const ADDRESS: &str = "203.0.113.77";

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
    any(bytes, &needles(planted)) || any(&folded, &[planted.as_bytes().to_vec()])
}

/// Looks for all needles in one pass, by their first two bytes.
fn any(haystack: &[u8], needles: &[Vec<u8>]) -> bool {
    let mut starts = vec![Vec::new(); 1 << 16];
    for needle in needles {
        starts[usize::from(u16::from_be_bytes([needle[0], needle[1]]))].push(needle);
    }
    (1..haystack.len()).any(|end| {
        let start = u16::from_be_bytes([haystack[end - 1], haystack[end]]);
        let rest = &haystack[end - 1..];
        starts[usize::from(start)]
            .iter()
            .any(|needle| rest.starts_with(needle))
    })
}

/// A text in common encodings: itself, UTF-16, hex, base64 at all three offsets, percent-encoded,
/// reversed, JSON's array of bytes, and its unkeyed hashes in those.
fn needles(planted: &str) -> Vec<Vec<u8>> {
    let mut needles = Vec::new();
    for text in [planted.to_owned(), planted.to_lowercase()] {
        needles.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        needles.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        let percent = text.bytes().map(|byte| format!("%{byte:02X}"));
        needles.push(percent.collect::<String>().into_bytes());
        needles.push(text.replace(' ', "%20").replace('<', "%3C").into_bytes());
        needles.push(text.replace(' ', "+").into_bytes());
        needles.push(text.bytes().rev().collect());
        let hashes = [
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            &digest::SHA256,
            &digest::SHA384,
            &digest::SHA512,
        ];
        let hashes = hashes.map(|hash| digest::digest(hash, text.as_bytes()).as_ref().to_vec());
        for bytes in [vec![text.clone().into_bytes()], hashes.to_vec()].concat() {
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
    any(haystack, &[needle.to_vec()])
}
