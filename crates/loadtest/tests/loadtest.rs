//! The whole load test, small.

use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

#[test]
fn all_flows_go_through_and_are_measured() {
    let place = tempfile::tempdir().unwrap();
    let output = Command::new(cargo_bin("pessoa-loadtest"))
        .args(["--json", "--flows", "100", "--connections", "2", "--dir"])
        .arg(place.path())
        .env_remove("PESSOA_LOADTEST_POSTGRES")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = report["runs"].as_array().unwrap();
    let names: Vec<_> = runs
        .iter()
        .map(|run| run["flow"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "issuance",
            "presentation",
            "net issuance",
            "net presentation"
        ]
    );
    for run in runs {
        assert!(run["flows"].as_u64().unwrap() > 0, "{run}");
        let positive = |number: &Value| number.as_f64().unwrap() > 0.0;
        assert!(positive(&run["micros_per_flow"]), "{run}");
        assert!(positive(&run["p99_ms"]["value"]), "{run}");
        assert!(positive(&run["peak_memory_mb"]["value"]), "{run}");
        assert!(positive(&run["parts_micros"]["signatures"]), "{run}");
        assert!(positive(&run["parts_micros"]["storage"]), "{run}");
        let net = run["flow"].as_str().unwrap().starts_with("net ");
        // The skeleton has no proofs.
        for member in [
            "/skeleton/flows_per_core_second",
            "/skeleton/p99_ms",
            "/share_of_skeleton/value",
            "/flows_per_core_second_scaled/value",
        ] {
            assert_eq!(run.pointer(member).is_some_and(positive), !net, "{run}");
        }
        let healthy = run.pointer("/healthz_p99_ms/value").is_some_and(positive);
        assert_eq!(healthy, net, "{run}");
    }
    // The services' folders are gone, with all that was in them.
    assert_eq!(place.path().read_dir().unwrap().count(), 0);
}

#[test]
fn the_help_has_examples() {
    let output = Command::new(cargo_bin("pessoa-loadtest"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("Examples:\n  pessoa-loadtest"), "{help}");
    assert!(!help.contains("held against"), "{help}");
}
