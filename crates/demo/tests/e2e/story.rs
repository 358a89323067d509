//! `pessoa-demo`, as a person and as a program run it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use assert_cmd::assert::OutputAssertExt as _;
use demo::stage::Place;
use demo::{Listener, Step, Told};
use host::SystemClock;
use serde_json::Value;
use vault::Cost;

use crate::programs::Running;

#[derive(Default)]
struct Notes {
    begun: Vec<Step>,
    told: Vec<Told>,
}

impl Listener for Notes {
    fn begins(&mut self, step: Step) {
        self.begun.push(step);
    }

    fn held(&mut self, told: Told) {
        self.told.push(told);
    }
}

#[tokio::test]
async fn every_step_of_the_story_holds() {
    let mut notes = Notes::default();
    let place = Place::passing().unwrap();
    let folder = place.folder().to_owned();
    let cost = Cost::insecure_for_tests();
    let stage = demo::play(place, "en", cost, Arc::new(SystemClock), &mut notes).await;
    stage.unwrap().clear().await.unwrap();
    assert_eq!(notes.begun.len(), 10);
    assert_eq!(notes.told.len(), 10);
    assert!(!folder.exists());
}

#[test]
fn the_transcript_says_what_happened() {
    let transcript = transcript(Path::new(""));
    assert_eq!(transcript["transcript"], 2);
    assert_eq!(transcript["held"], true);
    assert_eq!(transcript["failure"], Value::Null);
    let steps = transcript["steps"].as_array().unwrap();
    let names: Vec<&str> = steps
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    let expected = [
        "start",
        "enrol",
        "receive",
        "log_in",
        "second_wallet",
        "restore",
        "block",
        "renew",
        "revoke",
        "compare",
    ];
    assert_eq!(names, expected);
    let [agora, bazaar, again] = &numbers(&steps[3])[..] else {
        panic!("three visits")
    };
    assert!(agora != bazaar && agora == again);
    assert!(agora.starts_with("nn1"), "{agora}");
    assert_eq!(steps[3]["visits"][2]["first_visit"], false);
    assert_eq!(
        steps[3]["visits"][0]["learned"],
        serde_json::json!({"age_over_18": true})
    );
    for step in [&steps[5], &steps[7]] {
        assert_eq!(numbers(step), [agora.clone(), bazaar.clone()]);
    }
    assert_eq!(steps[6]["net_number"], **agora);
    assert_eq!(numbers(&steps[6]), [bazaar.clone(), agora.clone()]);
    let epoch = steps[2]["net_certificate"]["epoch"].as_u64().unwrap();
    assert_eq!(steps[7]["visits"][0]["epoch"], epoch + 1);
    assert_eq!(steps[7]["newest_epoch"], epoch + 2);
    // 2 × 10 that were issued, and 10 for the new device.
    assert_eq!(steps[8]["copies"], 30);
    assert_eq!(steps[9]["issuer_requests"], serde_json::json!([]));
    assert_eq!(steps[9]["presentations"], 14);
    assert_eq!(steps[9]["linkable_by"]["issuer_with_platform"], false);
    assert_eq!(steps[9]["copies_linkable_by"]["issuer_with_platform"], true);
}

fn numbers(step: &Value) -> Vec<String> {
    let visits = step["visits"].as_array().unwrap().iter();
    let numbers = visits.map(|visit| visit["net_number"].as_str().unwrap().to_owned());
    numbers.collect()
}

#[test]
fn a_folder_is_kept_and_a_second_run_goes_on_with_it() {
    let place = tempfile::tempdir().unwrap();
    let (first, second) = (transcript(place.path()), transcript(place.path()));
    assert_eq!(
        (&first["held"], &second["held"]),
        (&true.into(), &true.into())
    );
    assert_eq!(first["steps"][0], second["steps"][0]);
    assert_eq!(first["steps"][1]["handle"], second["steps"][1]["handle"]);
    assert_eq!(second["steps"][1]["enrolled_before"], true);
    assert_eq!(numbers(&first["steps"][3]), numbers(&second["steps"][3]));
    assert_eq!(first["steps"][3]["visits"][0]["first_visit"], true);
    assert_eq!(second["steps"][3]["visits"][0]["first_visit"], false);
}

#[test]
fn it_fits_on_a_screen_and_a_half() {
    for language in ["en", "zh"] {
        let told = demo().args(["--language", language]).output().unwrap();
        assert!(told.status.success());
        let text = String::from_utf8([told.stdout, told.stderr].concat()).unwrap();
        assert!(text.lines().count() <= 50, "{text}");
        for line in text.lines() {
            assert!(columns(line) <= 100, "{line}");
        }
        assert!(!text.contains("demo-"), "an unknown message: {text}");
    }
}

#[test]
fn help_has_examples() {
    let help = demo().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("pessoa-demo --serve"), "{help}");
    demo().args(["--serve", "--json"]).assert().code(2);
}

#[test]
fn a_folder_in_use_is_refused_with_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    transcript(place.path());
    let config = std::fs::read_to_string(place.path().join("agora/verifier.toml")).unwrap();
    let listen = config
        .lines()
        .find_map(|line| line.strip_prefix("listen = "))
        .unwrap();
    let _taken = std::net::TcpListener::bind(listen.trim_matches('"')).unwrap();
    let refused = demo()
        .args(["--json", "--data"])
        .arg(place.path())
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("step 1 did not hold"), "{said}");
    assert!(said.contains("the verifier of Agora cannot work"), "{said}");
    assert!(said.contains("`--data`"), "{said}");
    let transcript: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(transcript["held"], false);
    assert_eq!(transcript["failure"]["step"], "start");
}

#[test]
fn a_signal_ends_it_and_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let mut serving = demo();
    serving.arg("--serve").env("TMPDIR", temporary.path());
    let mut serving = Running::start(serving.stdout(Stdio::piped()));
    wait_for(&mut serving.0, "pessoa present");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 1);
    let id = serving.0.id().to_string();
    Command::new("kill").args(["-TERM", &id]).assert().success();
    assert!(serving.0.wait().unwrap().success());
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

fn wait_for(child: &mut Child, words: &str) {
    use std::io::BufRead as _;
    let output = child.stdout.take().unwrap();
    let mut lines = std::io::BufReader::new(output).lines();
    assert!(lines.any(|line| line.unwrap().contains(words)));
}

fn demo() -> Command {
    let mut demo = Command::new(assert_cmd::cargo::cargo_bin!("pessoa-demo"));
    demo.env("LC_ALL", "C");
    demo
}

/// Runs the demo; an empty path is no `--data`.
fn transcript(data: &Path) -> Value {
    let mut demo = demo();
    demo.arg("--json");
    if data != Path::new("") {
        demo.arg("--data").arg(data);
    }
    let output = demo.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Terminals show characters of Chinese two columns wide.
fn columns(line: &str) -> usize {
    line.chars()
        .map(|one| if one >= '\u{2e80}' { 2 } else { 1 })
        .sum()
}
