//! Whatever comes, no request fails the service.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use credential::mechanism::Mechanism;
use serde_json::{Value, json};

use super::{CREDENTIALS, PRESENTATIONS, Party, issuing, post_bytes, shop};
use crate::harness::json;
use crate::weather::Weather;

#[tokio::test]
async fn whatever_comes_no_request_fails_the_service() {
    let answers = storm(Duration::from_secs(3)).await;
    assert!(answers.values().sum::<usize>() > 50, "{answers:?}");
}

/// As long as the issue demands; `cargo nextest run -p verifier --run-ignored only a_minute`.
#[tokio::test]
#[ignore = "takes a minute"]
async fn whatever_comes_for_a_minute_no_request_fails_the_service() {
    let answers = storm(Duration::from_secs(60)).await;
    println!("answers by status: {answers:?}");
    // What is left whole by chance is done, so that the rest is refused for what was changed.
    for status in [200, 400] {
        assert!(answers.contains_key(&status), "{answers:?}");
    }
}

/// Sends what was changed at random for this long, and counts the answers by their status.
async fn storm(time: Duration) -> BTreeMap<u16, usize> {
    let shop = shop().await;
    let mut targets = Vec::new();
    for mechanism in issuing() {
        let secured = Party::new(mechanism).shown();
        targets.push((CREDENTIALS, json!({"verifiableCredential": secured})));
        let holder = Party::new(Mechanism::EddsaRdfc2022);
        let presentation = holder.presentation(json!({"verifiableCredential": [secured]}));
        let options = json!({"challenge": "c", "domain": "d"});
        for presented in [
            Value::Object(presentation.clone()),
            holder.present(presentation.clone()),
        ] {
            let asked = json!({"verifiablePresentation": presented, "options": options});
            targets.push((PRESENTATIONS, asked));
        }
    }
    let description = serde_json::to_value(verifier::openapi()).unwrap();
    let mut weather = Weather::new(0x5eed);
    let start = Instant::now();
    let mut answers = BTreeMap::new();
    while start.elapsed() < time {
        let (path, seed) = weather.pick(&targets);
        let body = weather.change(seed);
        let answer = post_bytes(&shop, path, &body).await;
        let status = answer.status().as_u16();
        let shown = String::from_utf8_lossy(&body);
        assert!(status < 500, "{path}: {status}: {shown}");
        let known = &description["paths"][*path]["post"]["responses"];
        assert!(
            known.get(status.to_string()).is_some(),
            "{path}: {status}: {shown}"
        );
        assert_eq!(json(&answer)["verified"], status == 200);
        *answers.entry(status).or_default() += 1;
    }
    answers
}
