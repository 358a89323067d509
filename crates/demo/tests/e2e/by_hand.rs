//! What `pessoa-demo --serve` prints, typed in a second terminal.

use std::process::Command;

use crate::programs::{self, Terminal};

#[test]
fn the_commands_that_serve_prints_work_word_for_word() {
    let place = tempfile::tempdir().unwrap();
    let mut demo = Command::new(assert_cmd::cargo::cargo_bin!("pessoa-demo"));
    demo.args(["--serve", "--language", "en"])
        .env("TMPDIR", place.path());
    let mut demo = Terminal::open(demo, &place.path().join("demo"));
    let said = demo.said_until(|said| commands(said).len() == 5);
    let run = |line: &str| programs::shell(place.path(), line).output().unwrap();
    let [init, receive, revoke, present @ ..] = &commands(&said)[..] else {
        panic!("{said}");
    };
    for line in [init, receive].into_iter().chain(present) {
        let output = run(line);
        assert!(output.status.success(), "{line}\n{output:?}");
    }
    let said = demo.said_until(|said| {
        said.contains("Agora learned: age_over_18: true") && said.contains("Bazaar learned: birth")
    });
    assert!(said.contains("family_name: ERIKSSON"), "{said}");

    let output = run(revoke);
    assert!(output.status.success(), "{output:?}");
    // New links were printed when the first were answered.
    let said = demo.said_until(|said| commands(said).len() == 7);
    std::thread::sleep(demo::FOLLOW_EVERY * 2);
    let again = commands(&said).pop().unwrap();
    assert!(!run(&again).status.success(), "{again}");
    demo.said_until(|said| said.contains("refused the presentation: revoked"));
}

/// The commands of the wallet and the issuer, in the order in which they were printed.
fn commands(said: &str) -> Vec<String> {
    let lines = said
        .lines()
        .filter_map(|line| line.strip_prefix("  pessoa"));
    lines.map(|rest| format!("pessoa{rest}")).collect()
}
