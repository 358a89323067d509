//! The small form of the game, with a fixed seed: nobody is found, and every defect is.

use link_game::{Attack, Finding, Kind, Mutant, Report, Settings};

#[test]
fn nobody_is_found_and_every_defect_is() {
    let report = Report::play(&Settings {
        seed: *b"the same games in every test run",
        games: 2,
        people: 10,
    });
    for (kind, outcome) in &report.honest {
        assert_eq!(outcome.findings(), [], "{}", kind.name());
        assert_eq!(outcome.people, 20);
    }
    for (mutant, outcomes) in &report.mutants {
        let found: Vec<Finding> = outcomes
            .values()
            .flat_map(|outcome| outcome.findings())
            .collect();
        assert_ne!(found, [], "{}", mutant.name());
    }
    assert_eq!(report.line.findings(), []);
    assert!(report.resuming.is_break());
    assert!(report.passes());

    // Each is seen by what it is meant to be seen by.
    let outcome = |mutant: Mutant, kind: Kind| {
        let mut all = report.mutants.iter();
        all.find(|(one, _)| *one == mutant).unwrap().1[&kind].clone()
    };
    let attacked = |mutant, kind| {
        let findings = outcome(mutant, kind).findings();
        let attacks = findings.into_iter().filter_map(|finding| match finding {
            Finding::Matches { attack, .. } => Some(attack),
            _ => None,
        });
        attacks.collect::<Vec<Attack>>()
    };
    let (issuer, visits, verifiers) = (
        Kind::IssuerVerifier,
        Kind::RepeatVisits,
        Kind::VerifierVerifier,
    );
    assert!(outcome(Mutant::ChangedEntropy, issuer).explained > 0);
    assert_eq!(attacked(Mutant::ChangedEntropy, issuer), [Attack::Algebra]);
    assert_eq!(attacked(Mutant::RenewThenPresent, issuer), [Attack::Timing]);
    for (mutant, kind) in [
        (Mutant::JsonOrder, visits),
        (Mutant::ReusedBlinding, verifiers),
        (Mutant::ReusedBlinding, visits),
        (Mutant::ReusedEphemeralKey, issuer),
        (Mutant::SlotIndex, issuer),
        (Mutant::StatusIndex, issuer),
        (Mutant::StatusIndex, verifiers),
        (Mutant::TlsResumption, visits),
    ] {
        assert_eq!(
            attacked(mutant, kind),
            [Attack::SharedValues],
            "{}",
            mutant.name()
        );
    }
    // One marked person in twenty is no statistic, but a mark.
    for mutant in [Mutant::TaggedKey, Mutant::ValidUntil] {
        for kind in Kind::ALL {
            assert!(!outcome(mutant, kind).marks.is_empty(), "{}", mutant.name());
        }
    }
}
