//! One algorithm, two names (RFC 9864): whoever lists only one of them is given that one.

use credential::sd_jwt::Held;
use credential::{Format, vc_jwt};
use keys::jws::UnverifiedJws;
use keys::{Algorithm, NamedKey};
use serde_json::json;

use crate::parties::*;

const NAME: &str = "Ed25519";

fn alg(jws: &str) -> String {
    let header = jws.split('.').next().unwrap();
    let header: serde_json::Value =
        serde_json::from_slice(&keys::base64url::decode(header).unwrap()).unwrap();
    header["alg"].as_str().unwrap().to_owned()
}

#[test]
fn presentations_are_signed_under_the_name_that_is_listed() {
    let parties = Parties::new(Algorithm::EdDsa);
    let holder = NamedKey::known_as(&parties.holder, |name| name == NAME).unwrap();

    let issued = parties.issue(json!({}), &[]);
    let selected = Held::parse(&issued).unwrap().select(&[]).unwrap();
    let presented = selected.bind(holder, &challenge(), now()).unwrap();
    assert_eq!(alg(presented.rsplit('~').next().unwrap()), NAME);
    verify_presentation(Format::SdJwtVc, &presented).unwrap();

    let issued = parties.issue_vc(parties.credential());
    let presented = vc_jwt::present(&[&issued], holder, &challenge(), now()).unwrap();
    assert_eq!(alg(&presented), NAME);
    verify_presentation(Format::JwtVcJson, &presented).unwrap();
}

#[test]
fn credentials_are_read_under_either_name() {
    let parties = Parties::new(Algorithm::EdDsa);
    for name in Algorithm::EdDsa.names() {
        let mut header = parties.header("vc+jwt");
        header["alg"] = json!(name);
        let payload = serde_json::to_vec(&parties.credential()).unwrap();
        let signed = forge(&header, &payload, &parties.issuer);
        assert_eq!(alg(&signed), *name);
        verify(Format::JwtVcJson, &signed).unwrap();
        let read = UnverifiedJws::parse(&signed, 65536).unwrap();
        assert_eq!(read.header().alg, Algorithm::EdDsa);
    }
}
