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
    let said = demo.said_until(|said| commands(said).len() == 10);
    let run = |line: &str| programs::shell(place.path(), line).output().unwrap();
    let succeed = |line: &str| {
        let output = run(line);
        assert!(output.status.success(), "{line}\n{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let [
        init,
        receive,
        revoke,
        numbers,
        renew,
        backup,
        restore,
        present @ ..,
    ] = &commands(&said)[..]
    else {
        panic!("{said}");
    };
    for line in [init, receive].into_iter().chain(present) {
        succeed(line);
    }
    let said = demo.said_until(|said| {
        said.contains("Agora learned: age_over_18: true")
            && said.contains("Bazaar learned: age_over_18: true")
            && said.contains("Bazaar learned: birth")
    });
    assert!(said.contains("family_name: SILVA"), "{said}");
    let [agora, bazaar] = ["Agora", "Bazaar"].map(|platform| {
        let (_, number) = said
            .split_once(&format!("{platform} saw the net number "))
            .unwrap();
        number.lines().next().unwrap().replace(' ', "")
    });
    assert_ne!(agora, bazaar);

    let known = succeed(numbers);
    for number in [agora, bazaar] {
        assert!(known.replace(' ', "").contains(&number), "{known}");
    }
    succeed(renew);
    succeed(backup);
    succeed(WRITE_WORDS);
    succeed(&format!("{restore} < words"));
    assert_eq!(succeed(&format!("{numbers} --dir new-device")), known);

    succeed(revoke);
    // New links were printed when the first were answered.
    let said = demo.said_until(|said| commands(said).len() == 13);
    std::thread::sleep(demo::FOLLOW_EVERY * 2);
    let (_, again) = said.rsplit_once("whose policy is \"identity\"").unwrap();
    let again = commands(again).into_iter().next().unwrap();
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

/// A person would have them on paper.
const WRITE_WORDS: &str =
    r#"pessoa words --json | sed -n 's/.*"words": *"\([^"]*\)".*/\1/p' > words"#;
