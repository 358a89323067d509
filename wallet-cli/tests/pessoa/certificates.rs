//! Net certificates: shown, counted, backed up, and renewed by a timer.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::holder::{Holder, PASSPHRASE, person};
use crate::script::Ran;
use crate::verifier::{Verifier, net_query};

const ADULT: &[&str] = &["age_over_18"];

/// Numbers and ports differ from run to run.
fn steady(text: &str, port: &str) -> String {
    let text = text.replace(port, "PORT");
    let lines = text.lines().map(|line| match line.split_once("nn1 ") {
        Some((before, _)) => format!("{before}nn1 NUMBER"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn port(verifier: &Verifier) -> String {
    url::Url::parse(&verifier.response_uri)
        .unwrap()
        .port()
        .unwrap()
        .to_string()
}

fn visit(holder: &Holder, arguments: &[&str]) -> (Ran, String) {
    let verifier = Verifier::new();
    let port = port(&verifier);
    let (link, served) = verifier.web(&net_query(ADULT, true));
    let answers: &[&str] = if arguments.is_empty() { &["y"] } else { &[] };
    let shared = holder.unlocked(answers, &[&["present", &link], arguments].concat());
    assert_eq!(shared.code, 0, "{}", shared.said);
    served.join().unwrap();
    (shared, port)
}

#[test]
fn a_person_sees_the_number_before_it_is_shown() {
    let holder = Holder::with_net_certificate();
    let (shared, port) = visit(&holder, &[]);
    assert_snapshot!(steady(
        &format!("{}---\n{}", shared.said, shared.data),
        &port
    ));
    let numbers = holder.unlocked(&[], &["numbers"]);
    assert_snapshot!("numbers", steady(&numbers.data, &port));
    let json = holder.unlocked(&[], &["numbers", "--json"]);
    let json: Value = serde_json::from_str(&json.data).unwrap();
    let number = json["numbers"][0]["number"].as_str().unwrap();
    assert!(shared.said.contains(number));
    let plain = number.replace(' ', "");
    let history = holder.unlocked(&[], &["history"]).data;
    assert!(history.contains(&plain), "{history}");
}

#[test]
fn a_script_learns_of_the_number_too() {
    let holder = Holder::with_net_certificate();
    let (shared, port) = visit(&holder, &["--yes", "--json"]);
    let shared: Value = serde_json::from_str(&shared.data).unwrap();
    let net = &shared["shared"][0]["net"];
    assert_eq!(net["number"]["platform"], format!("127.0.0.1:{port}"));
    assert_eq!(net["number"]["seen"], "first");
    assert_eq!(net["number"]["development"], true);
    assert_eq!(shared["shared"][0]["claims"], json!({"age_over_18": true}));
}

#[test]
fn a_name_is_not_put_to_a_number_unasked() {
    let holder = Holder::with_net_certificate();
    let verifier = Verifier::new();
    let port = port(&verifier);
    let query = net_query(&["given_name", "nationality"], true);
    let (link, served) = verifier.web(&query);
    let refused = holder.unlocked(&[], &["present", &link, "--yes"]);
    assert_eq!(refused.code, 4);
    assert_snapshot!(steady(&refused.said, &port));
    let allowed = ["present", &link, "--yes", "--allow-name-beside-number"];
    assert_eq!(holder.unlocked(&[], &allowed).code, 0);
    let form = served.join().unwrap();
    assert!(form.iter().any(|(_, value)| value.contains("ANNA")));
}

#[test]
fn a_nationality_that_nobody_can_count_is_not_put_to_a_number_unasked() {
    let holder = Holder::with_net_certificate();
    let verifier = Verifier::new();
    let (link, served) = verifier.web(&net_query(&["nationality"], true));
    let refused = holder.unlocked(&[], &["present", &link, "--yes"]);
    assert_eq!(refused.code, 4, "{}", refused.said);
    assert!(refused.said.contains("cannot estimate"), "{}", refused.said);
    let option = "--allow-name-beside-number";
    assert!(refused.said.contains(option), "{}", refused.said);
    let allowed = holder.unlocked(&[], &["present", &link, "--yes", option, "--json"]);
    assert_eq!(allowed.code, 0, "{}", allowed.said);
    let shared: Value = serde_json::from_str(&allowed.data).unwrap();
    assert_eq!(shared["shared"][0]["net"]["crowd"], "unknown");
    served.join().unwrap();
}

#[test]
fn a_flag_that_rests_is_told_and_not_shown() {
    let holder = Holder::with_net_certificate();
    let verifier = Verifier::new();
    let uri = verifier.response_uri.clone();
    let (link, _) = verifier.signed(&net_query(&["age_over_14"], false));
    let refused = holder.unlocked(&[], &["present", &link, "--yes"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.said.contains("--allow-new-flags"),
        "{}",
        refused.said
    );
    let looked = ["present", &link, "--dry-run", "--allow-new-flags"];
    let looked = holder.unlocked(&[], &looked);
    assert!(looked.data.contains("age_over_14  true"), "{}", looked.data);
    assert!(looked.data.contains("It would see no number"), "{uri}");
}

#[test]
fn a_certificate_is_listed_and_shown_with_all_that_it_says() {
    let holder = Holder::with_net_certificate();
    let list = holder.unlocked(&[], &["list"]);
    assert_eq!(list.code, 0, "{}", list.said);
    let shown = holder.unlocked(&[], &["show", "n3t0x"]);
    assert_snapshot!(format!("{}---\n{}", list.data, shown.data));
    let json = holder.unlocked(&[], &["list", "--json"]).data;
    assert_snapshot!("list net json", json);
}

#[test]
fn a_certificate_that_ran_out_is_renewed_only_by_consent() {
    let holder = Holder::with_net_certificate();
    holder
        .clock
        .advance(jiff::SignedDuration::from_hours(24 * 20));
    let verifier = Verifier::new();
    let port = port(&verifier);
    let (link, _served) = verifier.web(&net_query(ADULT, true));
    let refused = holder.unlocked(&[], &["present", &link, "--yes", "--quiet"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!("ran out", steady(&refused.said, &port));
    let declined = holder.unlocked(&["n"], &["present", &link]);
    assert_eq!(declined.code, 4);
    assert_snapshot!(steady(&declined.said, &port));
}

#[test]
fn a_timer_is_installed_and_removed() {
    let holder = Holder::with_net_certificate();
    let compartment = holder.wallet_folder().join("wallet.vault.renewal");
    let installed = holder.unlocked(&[], &["renew", "--install"]);
    assert_eq!(installed.code, 0, "{}", installed.said);
    assert_snapshot!(format!("{}---\n{}", installed.said, installed.data));
    assert!(compartment.exists());
    let cron = holder.unlocked(&[], &["renew", "--install", "--cron", "--json"]);
    assert!(cron.data.contains("renew --scheduled"), "{}", cron.data);
    // Nothing is due, so nobody is asked for anything.
    let idle = holder.piped(&[], &["renew", "--scheduled"]);
    assert_eq!((idle.code, idle.data.as_str()), (0, "Nothing is due.\n"));
    let gone = holder.unlocked(&[], &["renew", "--uninstall"]);
    assert_eq!(gone.code, 0, "{}", gone.said);
    assert!(!compartment.exists());
    assert_eq!(holder.piped(&[], &["renew", "--scheduled"]).code, 0);
}

#[test]
fn renewing_says_what_the_issuer_learns() {
    let holder = Holder::with_net_certificate();
    let declined = holder.unlocked(&["n"], &["renew"]);
    assert_eq!(declined.code, 4);
    assert_snapshot!(declined.said);
    let unknown = holder.unlocked(&[], &["renew", "zzzzz"]);
    assert_eq!(unknown.code, 1);
    let empty = Holder::with_wallet().unlocked(&[], &["renew"]);
    assert_eq!(empty.data, "There is no net certificate to renew.\n");
}

#[test]
fn a_backup_and_the_words_bring_the_wallet_back() {
    let holder = Holder::with_net_certificate();
    let (_, _) = visit(&holder, &["--yes"]);
    let words = holder.piped(&[PASSPHRASE], &["words", "--json"]).data;
    let words: Value = serde_json::from_str(&words).unwrap();
    let words = words["words"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let file = file.to_str().unwrap();
    let made = holder.unlocked(&[], &["backup", file]);
    assert_eq!(made.code, 0, "{}", made.said);
    assert_snapshot!(
        "backup",
        format!("{}---\n{}", made.said, made.data).replace(file, "FILE")
    );

    let other = Holder::new();
    let restored = other.piped(&[words, PASSPHRASE], &["restore", file, "--dev"]);
    assert_eq!(restored.code, 0, "{}", restored.said);
    assert_snapshot!(format!("{}---\n{}", restored.said, restored.data));
    let numbers = |holder: &Holder| holder.unlocked(&[], &["numbers"]).data;
    assert_eq!(numbers(&other), numbers(&holder));
    let again = other.piped(&[], &["restore", file]);
    assert_eq!(again.code, 1);

    let stranger = Holder::new();
    let wrong = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                 abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                 abandon abandon abandon art";
    let refused = stranger.piped(&[wrong, PASSPHRASE], &["restore", file]);
    assert_eq!(refused.code, 1);
    assert_snapshot!("restore wrong words", refused.said.replace(file, "FILE"));
    assert!(!stranger.wallet_folder().join("wallet.vault").exists());
    let alone = stranger.piped(&[words, PASSPHRASE], &["restore"]);
    assert_eq!(alone.code, 0, "{}", alone.said);
    assert_snapshot!(
        "restore words",
        format!("{}---\n{}", alone.said, alone.data)
    );
}

#[test]
fn a_backup_has_no_copies_and_steps_on_no_other_file() {
    let holder = Holder::new();
    holder.keep(json!([person("3k9xm", &["2026-11-20T10:00:00Z"; 3])]));
    let words = holder.piped(&[PASSPHRASE], &["words", "--json"]).data;
    let words: Value = serde_json::from_str(&words).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    std::fs::write(&file, "letters").unwrap();
    let path = file.to_str().unwrap();
    let refused = holder.unlocked(&[], &["backup", path]);
    assert_eq!(refused.code, 1);
    assert!(refused.said.contains("left as it is") || refused.said.contains("left as it was"));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(holder.unlocked(&[], &["backup", path]).code, 0);
    let other = Holder::new();
    let lines = [words["words"].as_str().unwrap(), PASSPHRASE];
    assert_eq!(other.piped(&lines, &["restore", path]).code, 0);
    let list = other.unlocked(&[], &["list"]).data;
    assert!(list.contains("3k9xm") && list.contains("left: 0"), "{list}");
}

#[test]
fn a_door_is_answered_by_a_code() {
    let holder = Holder::with_net_certificate();
    let unknown = holder.unlocked(&[], &["present", "--offline", DOOR]);
    assert_eq!(unknown.code, 3, "{}", unknown.said);
    assert!(unknown.said.contains("hint:"), "{}", unknown.said);
}

const DOOR: &str = "openid4vp://?client_id=decentralized_identifier%3Adid%3Aweb%3Aclub.example";
