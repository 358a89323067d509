//! The reference (`docs/reference`) is what the programs say of themselves.
//!
//! `cargo xtask reference` writes it anew; the test here fails when that was forgotten.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};

#[test]
fn the_reference_says_what_the_programs_say() {
    for (name, page) in pages() {
        let written = fs::read_to_string(folder().join(name)).unwrap_or_default();
        // Not `assert_eq`: two whole pages side by side help nobody.
        let line = written.lines().zip(page.lines()).position(|(a, b)| a != b);
        assert!(
            written == page,
            "docs/reference/{name} differs, from line {} on: run `cargo xtask reference`",
            line.unwrap_or(written.lines().count().min(page.lines().count())) + 1
        );
    }
}

#[test]
fn nothing_else_lies_in_the_reference() {
    let mut there: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort_unstable();
    let mut expected = pages().map(|(name, _)| name);
    expected.sort_unstable();
    assert_eq!(there, expected);
}

#[test]
fn every_answer_of_the_services_is_described() {
    for api in [issuer::openapi(), verifier::openapi()] {
        let api = serde_json::to_value(api).unwrap();
        let paths = api["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|path| path.as_object().unwrap());
        let answers = operations
            .flat_map(|(_, operation)| operation["responses"].as_object().unwrap())
            .map(|(_, answer)| answer["description"].as_str().unwrap_or_default());
        assert!(answers.clone().count() > 10);
        assert!(answers.into_iter().all(|described| !described.is_empty()));
    }
}

#[test]
#[ignore = "it writes docs/reference: `cargo xtask reference` asks for it"]
fn write_the_reference() {
    fs::create_dir_all(folder()).unwrap();
    for (name, page) in pages() {
        fs::write(folder().join(name), page).unwrap();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference")
}

fn pages() -> [(&'static str, String); 5] {
    let issuer = issuer::openapi().to_pretty_json().unwrap();
    let verifier = verifier::openapi().to_pretty_json().unwrap();
    [
        ("issuer-openapi.json", issuer + "\n"),
        ("pessoa-issuer.md", manual(issuer::cli::command())),
        ("pessoa-verifier.md", manual(verifier::cli::command())),
        ("pessoa.md", manual(wallet_cli::command())),
        ("verifier-openapi.json", verifier + "\n"),
    ]
}

/// A program's page: what every command understands once, then each command.
fn manual(mut program: Command) -> String {
    program.build();
    let name = program.get_name().to_owned();
    let mut page = format!(
        "# `{name}`\n\n<!-- Written by `cargo xtask reference`. Change the command line instead. -->\n\n"
    );
    describe(&mut page, &program);
    let commands: Vec<Command> = program
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .cloned()
        .collect();
    page.push_str("\n## Commands\n\n| | |\n|---|---|\n");
    for command in &commands {
        let path = format!("{name} {}", command.get_name());
        let anchor = path.replace(' ', "-");
        let about = command
            .get_about()
            .expect("every command says what it does");
        writeln!(page, "| [`{path}`](#{anchor}) | {about} |").unwrap();
    }
    page.push_str("\n## Options of every command\n");
    arguments(&mut page, program.get_arguments());
    for command in commands {
        write!(page, "\n## `{name} {}`\n\n", command.get_name()).unwrap();
        describe(&mut page, &command);
        arguments(
            &mut page,
            command.get_arguments().filter(|one| !one.is_global_set()),
        );
        let path = format!("{name} {}", command.get_name());
        parts(&mut page, &path, &command);
    }
    page
}

/// The commands of a command, which share its examples.
fn parts(page: &mut String, path: &str, command: &Command) {
    let parts = command.get_subcommands();
    for part in parts.filter(|part| part.get_name() != "help") {
        let about = part.get_about().expect("every command says what it does");
        let usage = part.clone().render_usage();
        let name = part.get_name();
        write!(
            page,
            "\n### `{path} {name}`\n\n{about}\n\n```text\n{usage}\n```\n"
        )
        .unwrap();
        arguments(
            page,
            part.get_arguments().filter(|one| !one.is_global_set()),
        );
        assert!(part.get_subcommands().next().is_none(), "two levels deep");
    }
}

/// What a command does, how it is written, and its examples.
fn describe(page: &mut String, command: &Command) {
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.expect("every command says what it does");
    let usage = command.clone().render_usage();
    let usage = usage.to_string();
    let examples = command
        .get_after_help()
        .expect("every command has examples");
    write!(page, "{about}\n\n```text\n{usage}\n\n{examples}\n```\n").unwrap();
}

fn arguments<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    let told = arguments.filter(|argument| {
        !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str())
    });
    for (index, argument) in told.enumerate() {
        if index == 0 {
            page.push('\n');
        }
        let short = argument
            .get_short()
            .filter(|_| argument.get_long().is_some())
            .map(|short| format!("`-{short}`, "))
            .unwrap_or_default();
        let help = argument.get_long_help().or_else(|| argument.get_help());
        let help = help.expect("every argument says what it is").to_string();
        let help = help.replace("\n\n", "\n\n  ");
        write!(page, "- {short}`{argument}`: {help}").unwrap();
        if !argument.get_action().takes_values() {
            page.push('\n');
            continue;
        }
        let words: Vec<_> = argument
            .get_possible_values()
            .iter()
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if !words.is_empty() && !argument.is_hide_possible_values_set() {
            write!(page, " [one of: {}]", words.join(", ")).unwrap();
        }
        for value in argument.get_default_values() {
            write!(page, " [default: {}]", value.display()).unwrap();
        }
        if let Some(variable) = argument.get_env() {
            write!(page, " [environment: `{}`]", variable.display()).unwrap();
        }
        page.push('\n');
    }
}
