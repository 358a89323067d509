use insta::assert_snapshot;

use crate::holder::Holder;

/// As wide as it is read in the documentation, whatever the terminal of whoever runs the tests.
const WIDTH: usize = 100;

#[test]
fn every_command_has_help_with_examples() {
    let mut pessoa = wallet_cli::command().term_width(WIDTH);
    pessoa.build();
    let mut seen = 0;
    for command in pessoa
        .get_subcommands_mut()
        .filter(|one| one.get_name() != "help")
    {
        let name = command.get_name().to_owned();
        let help = command.render_long_help().to_string();
        assert!(help.contains("\nExamples:\n"), "{name}");
        assert_snapshot!(format!("help {name}"), help);
        seen += 1;
    }
    assert_eq!(seen, 18);
}

#[test]
fn the_program_has_help() {
    let mut pessoa = wallet_cli::command().term_width(WIDTH);
    assert_snapshot!(pessoa.render_long_help().to_string());
}

#[test]
fn help_and_version_are_data() {
    for arguments in [&["--help"][..], &["--version"], &["present", "--help"]] {
        let help = Holder::new().piped(&[], arguments);
        assert_eq!((help.code, help.said.as_str()), (0, ""), "{arguments:?}");
        assert!(help.data.contains("pessoa"));
    }
}

#[test]
fn completions_and_manual_pages_are_made_without_a_wallet() {
    let holder = Holder::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = holder.piped(&[], &["completions", shell]);
        assert_eq!(script.code, 0);
        assert!(script.data.contains("present"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let made = holder.piped(&[], &["man", folder.path().to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.said);
    let page = std::fs::read_to_string(folder.path().join("pessoa-present.1")).unwrap();
    assert!(page.contains("pessoa"));
}
