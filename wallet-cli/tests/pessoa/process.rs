use assert_cmd::Command;

use crate::holder::{Holder, PASSPHRASE};

fn pessoa(holder: &Holder) -> Command {
    let mut command = Command::cargo_bin("pessoa").unwrap();
    command
        .env_clear()
        .env("PESSOA_WALLET_DIR", holder.wallet_folder());
    command
}

#[test]
fn the_program_keeps_data_and_words_apart() {
    let holder = Holder::with_credentials();
    let list = pessoa(&holder)
        .args(["list", "--json"])
        .write_stdin(format!("{PASSPHRASE}\n"))
        .assert()
        .success();
    let output = list.get_output();
    assert!(output.stderr.is_empty());
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list["credentials"][0]["id"], "3k9xm");
}

#[test]
fn the_program_ends_with_the_code_of_the_error() {
    let holder = Holder::with_wallet();
    let refused = pessoa(&holder)
        .args(["show", "zzzzz"])
        .write_stdin(PASSPHRASE)
        .assert()
        .code(1);
    assert!(refused.get_output().stdout.is_empty());
    pessoa(&holder).arg("frobnicate").assert().code(2);
    pessoa(&holder).arg("--version").assert().success();
}

#[test]
fn the_environment_lies_over_the_file() {
    let holder = Holder::with_wallet();
    let chinese = pessoa(&holder)
        .args(["list", "--quiet"])
        .env("PESSOA_WALLET_LANGUAGE", "zh")
        .write_stdin(PASSPHRASE)
        .assert()
        .success();
    let said = String::from_utf8(chinese.get_output().stdout.clone()).unwrap();
    assert_eq!(said, "钱包是空的。\n");
}
