//! Whatever comes: an answer, in little time, that is fit to be shown.

use inspect::{Entry, Report, Shown, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{explain, ldp_vc, ldp_vp, presented, sd_jwt, vc_jwt};

fn texts(report: &Report) -> Vec<String> {
    fn of(entries: &[Entry], texts: &mut Vec<String>) {
        for entry in entries {
            texts.push(entry.name.clone());
            texts.push(entry.pointer.clone());
            match &entry.value {
                Shown::Text(text) | Shown::Number(text) => texts.push(text.clone()),
                Shown::Items(inner) | Shown::Members(inner) => of(inner, texts),
                _ => {}
            }
        }
    }
    let mut texts: Vec<String> = Vec::new();
    for finding in &report.findings {
        texts.extend(finding.values.values().cloned());
        texts.extend(finding.pointer.clone());
    }
    for section in &report.sections {
        of(&section.entries, &mut texts);
    }
    for inside in &report.inside {
        texts.extend(self::texts(inside));
    }
    texts
}

fn fit_to_be_shown(report: &Report) {
    for text in texts(report) {
        assert!(
            !text.chars().any(|char| char.is_control()
                || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
            "{text:?}"
        );
        assert!(text.chars().count() < 20_000);
    }
}

#[test]
fn what_hides_or_reorders_is_written_out() {
    let text = json!({"a\u{202e}b": "\u{1b}[2Jx\u{200b}", "c": ["\u{2066}y"]}).to_string();
    let report = explain(&text);
    fit_to_be_shown(&report);
    assert!(
        report
            .findings
            .iter()
            .any(|one| one.code == inspect::Code::Invisible)
    );
}

#[test]
fn what_is_too_much_is_cut_or_refused() {
    let many: Vec<Value> = (0..5000).map(Value::from).collect();
    let report = explain(&json!({ "a": many }).to_string());
    assert!(texts(&report).len() < 3000);
    let long = "x".repeat(inspect::LONGEST_TEXT + 1);
    assert_eq!(explain(&long).verdict, Verdict::Bad);
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    assert_eq!(explain(&deep).verdict, Verdict::Bad);
    // Envelopes in envelopes end somewhere.
    let mut nested = vc_jwt();
    for _ in 0..40 {
        nested = format!("data:application/vc+jwt,{nested}");
    }
    let _ = explain(&nested);
    let mut quoted = vc_jwt();
    for _ in 0..12 {
        quoted = serde_json::to_string(&quoted).unwrap();
    }
    let _ = explain(&quoted);
}

proptest! {
    #[test]
    fn any_text_is_answered(text in ".{0,400}") {
        fit_to_be_shown(&explain(&text));
    }

    #[test]
    fn any_text_after_a_known_start_is_answered(
        start in prop::sample::select(vec![
            "did:key:z", "did:web:", "did:jwk:", "data:", "NC1:", "nn1", "openid4vp://?client_id=",
            "openid-credential-offer://?credential_offer=", "{\"type\":\"VerifiableCredential\",",
            "eyJhbGciOiJFZERTQSJ9.", "{\"kty\":\"EC\",", "{\"keys\":[", "https://x.example/?request=",
        ]),
        rest in ".{0,200}",
    ) {
        fit_to_be_shown(&explain(&format!("{start}{rest}")));
    }

    #[test]
    fn any_change_of_a_good_text_is_answered(
        which in 0usize..5,
        at in any::<prop::sample::Index>(),
        put in ".{0,3}",
        cut in 0usize..4,
    ) {
        let good = match which {
            0 => sd_jwt(),
            1 => presented(),
            2 => vc_jwt(),
            3 => Value::Object(ldp_vc()).to_string(),
            _ => Value::Object(ldp_vp()).to_string(),
        };
        let at = at.index(good.len());
        let end = (at + cut).min(good.len());
        let changed = format!("{}{put}{}", &good[..at], &good[end..]);
        fit_to_be_shown(&explain(&changed));
    }
}
