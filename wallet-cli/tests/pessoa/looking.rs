use insta::assert_snapshot;
use serde_json::json;

use crate::holder::{Holder, person};

#[test]
fn a_list_says_what_there_is_and_not_what_it_says() {
    let holder = Holder::with_credentials();
    let list = holder.unlocked(&[], &["list"]);
    assert_eq!(list.code, 0, "{}", list.said);
    assert!(!list.data.contains("Eriksson"));
    assert_snapshot!(list.data);
    assert_snapshot!("list json", holder.unlocked(&[], &["list", "--json"]).data);
    let chinese = holder.unlocked(&[], &["list", "--language", "zh"]);
    assert_snapshot!("list zh", chinese.data);
}

#[test]
fn an_empty_wallet_says_what_to_do_next() {
    let list = Holder::with_wallet().unlocked(&[], &["list"]);
    assert_snapshot!(format!("{}---\n{}", list.said, list.data));
}

#[test]
fn a_credential_is_shown_with_all_that_it_says() {
    let holder = Holder::with_credentials();
    assert_snapshot!(holder.unlocked(&[], &["show", "3k9xm"]).data);
    assert_snapshot!(
        "show json",
        holder.unlocked(&[], &["show", "3k9xm", "--json"]).data
    );
    assert_snapshot!("show w3c", holder.unlocked(&[], &["show", "7q2ab"]).data);
}

#[test]
fn what_has_expired_is_called_so() {
    let holder = Holder::new();
    holder.keep(json!([person("3k9xm", &["2026-11-20T10:00:00Z"])]));
    holder.clock.set("2026-12-05T00:00:00Z".parse().unwrap());
    assert!(holder.unlocked(&[], &["list"]).data.contains("; expired"));
}

#[test]
fn the_history_is_shown_and_cannot_move_the_cursor() {
    let holder = Holder::with_credentials();
    let history = holder.unlocked(&[], &["history"]);
    assert!(!history.data.contains('\u{1b}'));
    assert_snapshot!(history.data);
    assert_snapshot!(
        "history json",
        holder.unlocked(&[], &["history", "--json"]).data
    );
}

#[test]
fn forgetting_asks_and_is_for_good() {
    let holder = Holder::with_credentials();
    let kept = holder.unlocked(&["n"], &["forget", "3k9xm"]);
    assert_eq!(kept.code, 4);
    assert_snapshot!(kept.said);
    assert_eq!(holder.unlocked(&[], &["show", "3k9xm"]).code, 0);
    let forgot = holder.unlocked(&["y"], &["forget", "3k9xm"]);
    assert_eq!(
        (forgot.code, forgot.data.as_str()),
        (0, "Forgot Person (3k9xm).\n")
    );
    assert_eq!(holder.unlocked(&[], &["show", "3k9xm"]).code, 1);
    let forgot = holder.unlocked(&[], &["forget", "7q2ab", "--yes", "--json"]);
    assert_snapshot!("forget json", forgot.data);
}
