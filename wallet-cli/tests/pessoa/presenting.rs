use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::holder::{Holder, adult, person};
use crate::verifier::{Verifier, adult_query, query};

/// The port differs from run to run.
fn without_port(text: &str, verifier_uri: &str) -> String {
    text.replace(verifier_uri, "http://127.0.0.1:PORT/response")
}

#[test]
fn a_person_sees_who_asks_for_what_before_anything_leaves() {
    let holder = Holder::with_credentials();
    let verifier = Verifier::new();
    let uri = verifier.response_uri.clone();
    let (link, did) = verifier.signed(&query("age_over_18"));
    let declined = holder.unlocked(&["n"], &["present", &link]);
    assert_eq!((declined.code, declined.data.as_str()), (4, ""));
    assert_snapshot!(without_port(&declined.said, &uri).replace(&did, "did:jwk:DID"));
    assert!(verifier.was_left_alone());
    assert!(holder.unlocked(&[], &["list"]).data.contains("left: 3"));
}

#[test]
fn what_leaves_is_what_was_shown() {
    let holder = Holder::with_credentials();
    let verifier = Verifier::new();
    let uri = verifier.response_uri.clone();
    let link = verifier.unsigned("Bank\n\u{1b}[32mtrusted", &query("age_over_18"));
    let answered = verifier.take(
        200,
        &json!({"redirect_uri": "https://shop.example/done?code=1"}),
    );
    let shared = holder.unlocked(&["y"], &["present", &link]);
    assert_eq!(shared.code, 0, "{}", shared.said);
    let transcript = format!("{}---\n{}", shared.said, shared.data);
    assert_snapshot!(without_port(&transcript, &uri));

    let form = answered.join().unwrap();
    let token: Value = serde_json::from_str(&form[0].1).unwrap();
    let presentation = token["person"][0].as_str().unwrap();
    let disclosures: Vec<&str> = presentation.split('~').skip(1).collect();
    // One disclosure, and the key binding.
    assert_eq!(disclosures.len(), 2, "{presentation}");
    let disclosed = keys::base64url::decode(disclosures[0]).unwrap();
    assert!(
        String::from_utf8(disclosed)
            .unwrap()
            .contains("age_over_18")
    );
    assert!(holder.unlocked(&[], &["list"]).data.contains("left: 2"));
}

#[test]
fn a_script_gets_json_and_agrees_by_flag() {
    let holder = Holder::with_credentials();
    let verifier = Verifier::new();
    let uri = verifier.response_uri.clone();
    let link = verifier.unsigned("Shop", &adult_query());
    let looked = holder.unlocked(&[], &["present", &link, "--dry-run", "--json"]);
    assert_eq!((looked.code, looked.said.as_str()), (0, ""));
    assert_snapshot!("dry run json", without_port(&looked.data, &uri));

    let undecided = holder.piped(&[], &["present", &link]);
    assert_eq!(undecided.code, 2);
    assert!(
        undecided.said.contains("hint: add `--yes`"),
        "{}",
        undecided.said
    );
    assert!(verifier.was_left_alone());

    let verifier = Verifier::new();
    let uri = verifier.response_uri.clone();
    let link = verifier.unsigned("Shop", &adult_query());
    let answered = verifier.take(200, &json!({}));
    let shared = holder.unlocked(&[], &["present", &link, "--yes", "--json", "--quiet"]);
    assert_eq!((shared.code, shared.said.as_str()), (0, ""));
    assert_snapshot!("present json", without_port(&shared.data, &uri));
    answered.join().unwrap();
}

#[test]
fn a_verifier_is_told_no_only_when_the_holder_wants_that() {
    let holder = Holder::with_credentials();
    let verifier = Verifier::new();
    let link = verifier.unsigned("Shop", &query("age_over_18"));
    let answered = verifier.take(200, &json!({}));
    let declined = holder.unlocked(&[], &["present", &link, "--decline"]);
    assert_eq!(declined.code, 0, "{}", declined.said);
    assert_eq!(
        declined.data,
        "Declined. Shop was told so, and nothing else.\n"
    );
    let form = answered.join().unwrap();
    assert_eq!(form, [("error".to_owned(), "access_denied".to_owned())]);
}

#[test]
fn a_verifier_that_refuses_has_still_seen_the_copy() {
    let holder = Holder::with_credentials();
    let verifier = Verifier::new();
    let link = verifier.unsigned("Shop", &query("age_over_18"));
    let answered = verifier.take(400, &json!({"error": "invalid_request"}));
    let refused = holder.unlocked(&[], &["present", &link, "--yes", "--quiet"]);
    assert_eq!(refused.code, 3);
    assert_snapshot!(refused.said);
    answered.join().unwrap();
    assert!(holder.unlocked(&[], &["list"]).data.contains("left: 2"));
    let history = holder.unlocked(&[], &["history"]).data;
    assert!(history.ends_with("refused by the verifier\n"), "{history}");
}

#[test]
fn a_copy_is_never_used_twice_and_a_refill_is_never_silent() {
    let holder = Holder::new();
    holder.keep(json!([person("3k9xm", &[])]));
    let verifier = Verifier::new();
    let uri = verifier.response_uri.clone();
    let link = verifier.unsigned("Shop", &query("age_over_18"));
    let refused = holder.unlocked(&[], &["present", &link, "--yes", "--quiet"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!("used up", refused.said);
    let kept = holder.unlocked(&["n"], &["present", &link]);
    assert_eq!(kept.code, 4);
    assert_snapshot!("no refill", without_port(&kept.said, &uri));
    assert!(verifier.was_left_alone());
}

#[test]
fn what_can_be_presented_comes_before_what_cannot() {
    let holder = Holder::new();
    holder.keep(json!([
        person("aaaaa", &[]),
        person("bbbbb", &["2026-11-20T10:00:00Z"]),
        person("ccccc", &["2026-11-20T10:00:00Z"])
    ]));
    let verifier = Verifier::new();
    let link = verifier.unsigned("Shop", &query("age_over_18"));
    let choice = |more: &[&str]| -> Value {
        let mut arguments = vec!["present", &link, "--dry-run", "--json"];
        arguments.extend(more);
        let looked = holder.unlocked(&[], &arguments);
        serde_json::from_str(&looked.data).unwrap()
    };
    let first = choice(&[]);
    assert_eq!(first["would_share"][0]["id"], "bbbbb");
    assert_eq!(first["could_share_instead"], json!(["aaaaa", "ccccc"]));
    let chosen = choice(&["--credential", "ccccc"]);
    assert_eq!(chosen["would_share"][0]["id"], "ccccc");
    let wrong = holder.unlocked(&[], &["present", &link, "--credential", "zzzzz"]);
    assert_eq!(wrong.code, 1);
    assert_snapshot!(wrong.said);
}

#[test]
fn a_request_that_nothing_answers_ends_without_a_word_to_the_verifier() {
    let holder = Holder::new();
    holder.keep(json!([adult("7q2ab", &["2026-11-20T10:00:00Z"])]));
    let verifier = Verifier::new();
    let uri = verifier.response_uri.clone();
    let link = verifier.unsigned("Shop", &query("age_over_18"));
    let refused = holder.unlocked(&[], &["present", &link, "--yes"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!(without_port(&refused.said, &uri));
    assert!(verifier.was_left_alone());
}

#[test]
fn what_nearly_answers_is_told_with_what_it_lacks() {
    let holder = Holder::with_credentials();
    let verifier = Verifier::new();
    let mut two = query("maiden_name");
    let mut second = query("shoe_size")["credentials"][0].clone();
    second["id"] = "second".into();
    two["credentials"].as_array_mut().unwrap().push(second);
    let link = verifier.unsigned("Shop", &two);
    let refused = holder.unlocked(&[], &["present", &link, "--yes"]);
    assert_eq!(refused.code, 1);
    for claim in ["maiden_name", "shoe_size"] {
        let lack = format!("is of that kind, but does not say {claim}.");
        assert!(refused.said.contains(&lack), "{}", refused.said);
    }
    let looked = holder.unlocked(&[], &["present", &link, "--dry-run", "--json"]);
    let looked: Value = serde_json::from_str(&looked.data).unwrap();
    let miss = &looked["asks"][0]["near_misses"][0];
    assert_eq!(
        (&miss["lacks"], &miss["claim"]),
        (&json!("claim"), &json!("maiden_name"))
    );
    assert!(verifier.was_left_alone());
}

#[test]
fn a_link_comes_from_standard_input_too() {
    let holder = Holder::with_credentials();
    let verifier = Verifier::new();
    let link = verifier.unsigned("Shop", &query("age_over_18"));
    let passphrase = crate::holder::PASSPHRASE;
    let looked = holder.piped(&[&link, passphrase], &["present", "-", "--dry-run"]);
    assert_eq!(looked.code, 0, "{}", looked.said);
    assert!(looked.data.starts_with("Shop asks"));
}
