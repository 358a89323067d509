use insta::assert_snapshot;

use crate::holder::{Holder, PASSPHRASE};

/// Each error by name: the answers, the arguments, and the exit code.
#[test]
fn every_error_says_what_to_do_next() {
    let holder = Holder::with_wallet();
    for (name, answers, arguments, code) in [
        (
            "no such credential",
            &[PASSPHRASE][..],
            &["show", "zzzzz"][..],
            1,
        ),
        ("wrong passphrase", &["guess"], &["list"], 1),
        ("empty passphrase", &[""], &["list"], 1),
        ("no link", &[], &["present", "nonsense"], 1),
        (
            "offer for request",
            &[],
            &[
                "present",
                "openid-credential-offer://?credential_offer_uri=x",
            ],
            1,
        ),
        (
            "request for offer",
            &[],
            &["receive", "openid4vp://?client_id=x"],
            1,
        ),
        (
            "not a request",
            &[PASSPHRASE],
            &["present", "openid4vp://?x=y"],
            1,
        ),
        (
            "not an offer",
            &[PASSPHRASE],
            &["receive", "https://issuer.example/?x=y"],
            1,
        ),
        ("unknown command", &[], &["frobnicate"], 2),
        ("unknown flag", &[], &["list", "--frobnicate"], 2),
        ("passphrase by flag", &[], &["list", "--passphrase", "x"], 2),
    ] {
        let failed = holder.person(answers, arguments);
        assert_eq!((failed.code, failed.data.as_str()), (code, ""), "{name}");
        assert_snapshot!(format!("error {name}"), failed.said);
    }
}

#[test]
fn without_a_wallet_the_way_to_one_is_told() {
    let refused = Holder::new().person(&[], &["list"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!(refused.said);
    let chinese = Holder::new().person(&[], &["list", "--language", "zh"]);
    assert_snapshot!("no wallet zh", chinese.said);
}

#[test]
fn loopback_without_dev_is_refused_with_the_way_to_permit_it() {
    let holder = Holder::with_wallet();
    holder.configure("");
    let offer = "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A1%2Fo";
    let refused = holder.person(&[PASSPHRASE], &["receive", offer]);
    assert_eq!(refused.code, 3);
    assert_snapshot!(refused.said);
    let request = "openid4vp://?client_id=decentralized_identifier%3Adid%3Aweb%3A127.0.0.1%253A1\
                   &request_uri=http%3A%2F%2F127.0.0.1%3A1%2Fr";
    let refused = holder.person(&[PASSPHRASE], &["present", request]);
    assert_snapshot!("loopback request without dev", refused.said);
}

#[test]
fn a_peer_that_is_not_there_is_the_peers_fault() {
    let holder = Holder::with_wallet();
    let offer = "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A1%2Fo";
    let refused = holder.person(&[PASSPHRASE], &["receive", offer]);
    assert_eq!(refused.code, 3);
    assert!(
        refused.said.contains("hint: check the network"),
        "{}",
        refused.said
    );
}

#[test]
fn an_unknown_setting_is_told_with_its_line() {
    let holder = Holder::with_wallet();
    holder.configure("\nprxy = \"x\"\n");
    let refused = holder.person(&[], &["list"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!(refused.said);
}

#[test]
fn a_damaged_vault_is_told_from_a_wrong_passphrase() {
    let holder = Holder::with_wallet();
    let path = holder.wallet_folder().join("wallet.vault");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let refused = holder.person(&[PASSPHRASE], &["list"]);
    assert_eq!(refused.code, 1);
    assert_snapshot!(refused.said);
}
