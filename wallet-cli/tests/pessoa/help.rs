use insta::assert_snapshot;

use crate::holder::Holder;

#[test]
fn every_command_has_help_with_examples() {
    let holder = Holder::new();
    let commands: Vec<String> = wallet_cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    assert_eq!(commands.len(), 14);
    for command in &commands {
        let help = holder.piped(&[], &[command, "--help"]);
        assert_eq!((help.code, help.said.as_str()), (0, ""), "{command}");
        assert!(help.data.contains("\nExamples:\n"), "{command}");
        assert_snapshot!(format!("help {command}"), help.data);
    }
}

#[test]
fn the_program_has_help() {
    let help = Holder::new().piped(&[], &["--help"]);
    assert_eq!(help.code, 0);
    assert_snapshot!(help.data);
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
