//! Invariants 1 and 5: presentations show in no request, and nothing is kept but what was asked for.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use keys::{base64url, sha256};
use serde_json::json;

use crate::harness::{Held, PERSON, Shop, body, json, now};

/// Whoever watches the issuer's door learns nothing of who presents, when, or whether.
#[tokio::test]
async fn presentations_cause_no_request_to_the_issuer() {
    let shop = Shop::open().await;
    shop.issuer.publish_list(0, &[9], now());
    for (policy, held, status) in [
        ("age-over-18", shop.person(1), 200),
        ("identity", shop.person(2), 200),
        ("adult-jwt", Held::adult(&shop.issuer), 200),
        ("age-over-18", expired(&shop), 400),
        // A list, and a key, that nobody has heard of.
        (
            "age-over-18",
            Held::person_in(&shop.issuer, (5, 1), json!({})),
            503,
        ),
        ("age-over-18", other_key(&shop), 400),
    ] {
        for _ in 0..3 {
            let created = shop.request(policy).await;
            let reply = shop.present(&created, &held).await;
            assert_eq!(reply.status(), status, "{policy}");
        }
        shop.clock.advance(SignedDuration::from_secs(10));
    }
    assert_eq!(shop.issuer.asked(), Vec::<String>::new());
    // The schedule asks the same of everybody, whether somebody presented or not.
    shop.clock.advance(SignedDuration::from_mins(5));
    shop.app.refresh_due().await;
    assert_eq!(shop.issuer.asked(), ["/status/0", "/status"]);
}

/// Expired since the wallet got it.
fn expired(shop: &Shop) -> Held {
    let end = now().as_second() + 10;
    Held::person(&shop.issuer, 3, json!({"exp": end}))
}

/// Signed with a key that the issuer's document does not have.
fn other_key(shop: &Shop) -> Held {
    let held = shop.person(4);
    let (_, rest) = held.text.split_once('.').unwrap();
    let header = json!({"alg": "ES256", "typ": "dc+sd-jwt", "kid": "somebody"}).to_string();
    let text = format!("{}.{rest}", base64url::encode(header));
    Held { text, ..held }
}

/// All that is logged in this process.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .init();
        log
    }

    pub(crate) fn read(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What the holder would be recognized by.
const PLANTED: [&str; 3] = ["Zdenka", "Quastenflosser", "1974-08-12"];

#[tokio::test]
async fn only_what_was_asked_for_is_kept_and_nothing_of_it_is_logged() {
    let log = Log::start();
    let shop = Shop::open().await;
    let held = shop.person(1);
    // A wallet that sends everything, an honest one, and one that is refused.
    let modest = shop.request("age-over-18").await;
    let parameters = shop.parameters(&modest).await;
    let all = body(&parameters, "person", &held.present(&parameters, &PERSON));
    assert_eq!(shop.post(&modest, all.as_bytes()).await.status(), 200);
    let refused = shop.request("age-over-18").await;
    assert_eq!(shop.post(&refused, all.as_bytes()).await.status(), 400);
    let kept = scan(shop.place.path());
    for planted in PLANTED {
        assert!(!found(&kept, planted), "{planted} is kept");
    }
    let result = json(&shop.result(&modest).await);
    assert_eq!(result["answer"]["unasked"], 3);

    let named = shop.request("identity").await;
    assert_eq!(shop.present(&named, &held).await.status(), 200);
    let kept = scan(shop.place.path());
    for planted in PLANTED {
        assert!(found(&kept, planted), "the scan does not see {planted}");
    }
    assert_eq!(json(&shop.result(&named).await)["phase"], "answered");

    let logs = log.read();
    assert!(found(&logs, "answer refused"));
    let sessions = [&modest, &refused, &named];
    for session in sessions {
        for secret in [session.token.expose(), &session.id, session.link.expose()] {
            assert!(
                !contains(&logs, secret.as_bytes()),
                "a secret is in the log"
            );
        }
    }
    for planted in PLANTED {
        assert!(!found(&logs, planted), "{planted} is in the log");
    }
    for address in ["192.0.2.7", "203.0.113"] {
        assert!(!found(&logs, address) && !found(&kept, address));
    }
}

/// Everything below the folder: database, WAL, configuration, keys.
pub(crate) fn scan(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(scan(&path));
        } else {
            all.extend(std::fs::read(&path).unwrap());
        }
    }
    all
}

/// Looks for a text as it is, in hex, in base64 at all three offsets, and for its unkeyed hash.
fn found(bytes: &[u8], text: &str) -> bool {
    let mut needles = vec![text.as_bytes().to_vec()];
    for form in [text.as_bytes().to_vec(), sha256(text.as_bytes()).to_vec()] {
        let hex: String = form.iter().map(|byte| format!("{byte:02x}")).collect();
        needles.push(hex.into_bytes());
        for offset in 0..3 {
            let encoded = base64url::encode([vec![0; offset], form.clone()].concat());
            // The first and last characters mix with what stands beside.
            let middle = &encoded[(offset * 4).div_ceil(3)..encoded.len() - 1];
            needles.push(middle.as_bytes().to_vec());
        }
    }
    needles.iter().any(|needle| contains(bytes, needle))
}

/// As [`found`], and in UTF-16, reversed, percent-encoded, and in letters of another size.
pub(crate) fn found_anyhow(bytes: &[u8], text: &str) -> bool {
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    };
    let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let reversed: String = text.chars().rev().collect();
    let hashes = [text.to_uppercase(), text.to_lowercase(), reversed];
    found(bytes, text)
        || hashes.iter().any(|text| found(bytes, text))
        || contains(bytes, &utf_16(u16::to_le_bytes))
        || contains(bytes, &utf_16(u16::to_be_bytes))
        || contains(bytes, percent.as_bytes())
        || contains(bytes, percent.to_lowercase().as_bytes())
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
