use insta::assert_snapshot;
use serde_json::Value;

use crate::holder::{Holder, PASSPHRASE};

/// BIP 39's test vector for the entropy 7f7f…7f.
const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave \
                     sausage worth useful legal winner thank year wave sausage worth title";

#[test]
fn a_person_makes_a_wallet() {
    let holder = Holder::new();
    let restored = holder.person(
        &["short", "shirt", "short", "short", WORDS],
        &["init", "--words"],
    );
    assert_eq!(restored.code, 0, "{}", restored.said);
    assert_snapshot!(format!("{}---\n{}", restored.said, restored.data));
    let again = holder.person(&["short"], &["words"]);
    assert_snapshot!(
        "the words again",
        format!("{}---\n{}", again.said, again.data)
    );
}

#[test]
fn a_new_wallet_shows_its_words_once_and_they_bring_it_back() {
    let holder = Holder::new();
    let made = holder.piped(&[PASSPHRASE], &["init", "--json"]);
    assert_eq!((made.code, made.said.as_str()), (0, ""));
    let made: Value = serde_json::from_str(&made.data).unwrap();
    assert_eq!(made["vault"], "HOME/pessoa/wallet.vault");
    assert_eq!(made["config"], "HOME/pessoa/wallet.toml");
    assert_eq!(made["restored"], false);
    let words = made["words"].as_str().unwrap();
    assert_eq!(words.split(' ').count(), 24);

    let other = Holder::new();
    let restored = other.piped(&[PASSPHRASE, words], &["init", "--words", "--json"]);
    let restored: Value = serde_json::from_str(&restored.data).unwrap();
    assert_eq!(
        (&restored["restored"], &restored["words"]),
        (&true.into(), &Value::Null)
    );
    let again = other.piped(&[PASSPHRASE], &["words", "--json"]);
    let again: Value = serde_json::from_str(&again.data).unwrap();
    assert_eq!(again["words"], words);
}

#[test]
fn wrong_words_make_no_wallet() {
    let holder = Holder::new();
    let refused = holder.piped(&[PASSPHRASE, "abandon ability"], &["init", "--words"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!(refused.said);
    assert!(!holder.wallet_folder().exists());
}

#[test]
fn an_existing_wallet_is_left_as_it_is() {
    let holder = Holder::with_wallet();
    let vault = holder.wallet_folder().join("wallet.vault");
    let before = std::fs::read(&vault).unwrap();
    let refused = holder.person(&[], &["init"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!(refused.said);
    assert_eq!(std::fs::read(&vault).unwrap(), before);
}

#[test]
fn only_dev_writes_dev() {
    let plain = Holder::new();
    plain.piped(&[PASSPHRASE], &["init"]);
    let text = std::fs::read_to_string(plain.wallet_folder().join("wallet.toml")).unwrap();
    assert!(text.contains("\n# dev = false\n"));
    let dev = Holder::with_wallet();
    let text = std::fs::read_to_string(dev.wallet_folder().join("wallet.toml")).unwrap();
    assert!(text.contains("\ndev = true\n"));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_a_wallet() {
    use std::os::unix::fs::PermissionsExt as _;
    let holder = Holder::with_wallet();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&holder.wallet_folder()) & 0o777, 0o700);
    for file in ["wallet.vault", "wallet.toml"] {
        assert_eq!(
            mode(&holder.wallet_folder().join(file)) & 0o777,
            0o600,
            "{file}"
        );
    }
}

#[test]
fn the_passphrase_is_changed_with_the_old_one() {
    let holder = Holder::with_wallet();
    let changed = holder.person(
        &[PASSPHRASE, "another long one", "another long one"],
        &["passphrase"],
    );
    assert_eq!(changed.code, 0, "{}", changed.said);
    assert_snapshot!(format!("{}---\n{}", changed.said, changed.data));
    let old = holder.person(&[PASSPHRASE], &["list"]);
    assert_eq!(old.code, 1);
    assert_snapshot!("the old passphrase", old.said);
    let changed = holder.piped(&["another long one", PASSPHRASE], &["passphrase", "--json"]);
    assert_eq!(changed.data, "{\n  \"changed\": true\n}\n");
    assert_eq!(holder.person(&[PASSPHRASE], &["list"]).code, 0);
}

#[test]
fn the_passphrase_comes_from_a_file_too() {
    let holder = Holder::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passphrase");
    std::fs::write(&file, format!("{PASSPHRASE}\nsecond line\n")).unwrap();
    let file = file.to_str().unwrap();
    let made = holder.piped(&[], &["init", "--passphrase-file", file, "--quiet"]);
    assert_eq!((made.code, made.said.as_str()), (0, ""));
    assert_eq!(holder.piped(&[PASSPHRASE], &["list"]).code, 0);
}

#[test]
fn a_wallet_stays_unlocked_only_for_as_long_as_it_was_told() {
    let holder = Holder::with_wallet();
    assert_eq!(holder.unlocked(&[], &["list"]).code, 0);
    assert_eq!(holder.person(&[PASSPHRASE], &["words"]).code, 0);
    holder.clock.advance(jiff::SignedDuration::from_mins(61));
    assert_eq!(holder.person(&[PASSPHRASE], &["list"]).code, 0);

    assert_eq!(holder.unlocked(&[], &["list"]).code, 0);
    let locked = holder.person(&[], &["lock", "--json"]);
    assert_eq!(locked.data, "{\n  \"locked\": true\n}\n");
    assert_eq!(holder.person(&[PASSPHRASE], &["list"]).code, 0);
}

#[test]
fn unlocking_asks_for_a_sane_time_and_a_place_in_memory() {
    let mut holder = Holder::with_wallet();
    for duration in ["3d", "0s", "-1h", "soon"] {
        let argument = format!("--for={duration}");
        assert_eq!(
            holder.person(&[], &["unlock", &argument]).code,
            2,
            "{duration}"
        );
    }
    holder.machine.runtime_folder = None;
    let refused = holder.person(&[], &["unlock"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!(refused.said);
}
