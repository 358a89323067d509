//! What people paste to have it explained.

use inspect::{Entry, Known, Report, Shown, inspect};
use serde_json::json;

use crate::Target;
use crate::fixture::{holder, issuer, method, now, text};

pub(crate) const TARGETS: &[Target] = &[Target::new("inspected", inspected, seeds).vectors(&[
    "credential/tests/vectors/sd-jwt-rfc9901",
    "credential/tests/vectors/w3c-vc-di-eddsa",
    "did/tests/vectors",
    "openid4vci/tests/vectors",
    "openid4vp/tests/vectors",
])];

/// Any text is answered, and the answer is fit to be shown: one line each, nothing that hides or
/// reorders, not more than anybody reads.
fn inspected(bytes: &[u8]) -> Option<()> {
    let report = inspect(text(bytes)?, &Known::at(now()));
    let mut entries = 0;
    fit(&report, &mut entries);
    // Of each of at most so many credentials in a presentation.
    assert!(entries <= 600 * 64, "{entries} entries");
    (!report.findings.is_empty()).then_some(())
}

fn fit(report: &Report, entries: &mut usize) {
    for finding in &report.findings {
        finding.values.values().for_each(|value| legible(value));
        finding.pointer.iter().for_each(|value| legible(value));
    }
    for section in &report.sections {
        section
            .entries
            .iter()
            .for_each(|entry| shown(entry, entries));
    }
    report.inside.iter().for_each(|inside| fit(inside, entries));
}

fn shown(entry: &Entry, entries: &mut usize) {
    *entries += 1;
    legible(&entry.name);
    match &entry.value {
        Shown::Text(text) | Shown::Number(text) => legible(text),
        Shown::Items(inner) | Shown::Members(inner) => {
            inner.iter().for_each(|entry| shown(entry, entries));
        }
        _ => {}
    }
}

fn legible(text: &str) {
    let hidden = |char: char| {
        char.is_control()
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    assert!(!text.contains(hidden), "{text:?} is not fit to be shown");
}

fn seeds() -> Vec<Vec<u8>> {
    let issuer = issuer();
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": method(&issuer).did().as_str(),
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": method(&holder()).did().as_str()},
    });
    let header = json!({"alg": "EdDSA", "typ": "vc+jwt", "kid": method(&issuer).to_string()});
    let token = keys::jws::sign(&header, credential.to_string().as_bytes(), &issuer);
    let token = token.expect("signed");
    let texts = [
        token.clone(),
        format!("data:application/vc+jwt,{token}"),
        credential.to_string(),
        method(&issuer).to_string(),
        serde_json::to_string(&issuer.public().jwk()).expect("JSON"),
        json!({"kty": "EC", "d": "AA"}).to_string(),
        "nn187xyrhnnrdgdme37nptr3p4ya4".to_owned(),
        "openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fa.example&response_type=vp_token&nonce=n"
            .to_owned(),
        "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example%2Fo".to_owned(),
        "493536".to_owned(),
    ];
    texts.into_iter().map(String::into_bytes).collect()
}
