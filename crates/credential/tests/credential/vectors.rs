//! The SD-JWT vectors: plain SD-JWT processing, key binding, and the holder's selection.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use credential::sd_jwt::{ClaimPath, Component, Held, UnverifiedSdJwt};
use credential::{
    Challenge, Format, IssuerKey, KeySource, PeerFault, UnverifiedPresentation, VerificationError,
};
use jiff::Timestamp;
use keys::jws::JwsError;
use keys::{Jwk, PublicKey};
use serde_json::Value;

macro_rules! vectors {
    ($set:literal: $($test:ident $directory:literal $check:path;)*) => {
        $(#[test]
        fn $test() {
            $check(&Case::open($set, $directory));
        })*

        #[test]
        fn every_file_is_run() {
            assert_eq!(directories($set), BTreeSet::from([$($directory.to_owned()),*]));
            for directory in directories($set) {
                for file in files($set, &directory) {
                    assert!(READ.contains(&file.as_str()), "{directory}/{file}");
                }
            }
        }
    };
}

mod sd_jwt_rfc9901 {
    use super::*;

    vectors! { "sd-jwt-rfc9901":
        address_only_flat "address_only_flat" processes;
        address_only_recursive "address_only_recursive" processes;
        address_only_structured "address_only_structured" processes;
        address_only_structured_one_open "address_only_structured_one_open" processes;
        arf_pid "arf-pid" processes;
        complex_eidas "complex_eidas" processes;
        complex_eidas_proposal "complex_eidas_proposal" processes;
        complex_ekyc "complex_ekyc" processes;
        json_serialization_flattened "json_serialization_flattened" refuses_json_serialization;
        json_serialization_general "json_serialization_general" refuses_json_serialization;
        jsonld "jsonld" processes;
        simple "simple" processes;
        simple_structured "simple_structured" processes;
        w3c_vc "w3c-vc" processes;
        w3c_vc_for_slide_deck "w3c-vc_for_slide_deck" processes;
    }
}

mod sd_jwt_python_testcases {
    use super::*;

    vectors! { "sd-jwt-python-testcases":
        array_data_types "array_data_types" processes;
        array_full_sd "array_full_sd" processes;
        array_in_sd "array_in_sd" processes;
        array_nested_in_plain "array_nested_in_plain" processes;
        array_none_disclosed "array_none_disclosed" processes;
        array_of_nulls "array_of_nulls" processes;
        array_of_objects "array_of_objects" processes;
        array_of_scalars "array_of_scalars" processes;
        array_recursive_sd "array_recursive_sd" processes;
        array_recursive_sd_some_disclosed "array_recursive_sd_some_disclosed" processes;
        header_mod "header_mod" refuses_kid_that_is_a_number;
        json_serialization_flattened "json_serialization_flattened" refuses_json_serialization;
        json_serialization_general "json_serialization_general" refuses_json_serialization;
        key_binding "key_binding" processes;
        no_sd "no_sd" processes;
        object_data_types "object_data_types" processes;
        recursions "recursions" processes;
    }
}

mod sd_jwt_vc_draft {
    use super::*;

    vectors! { "sd-jwt-vc-draft":
        example_01 "01" opens_the_door;
        example_02 "02" opens_the_door;
        pid_03 "03-pid" opens_the_door;
    }
}

mod openid4vp_examples {
    use super::*;

    vectors! { "openid4vp-1.0-examples/sd_jwt_vcld":
        sd_jwt_vcld_01 "01" opens_the_door;
    }
}

struct Case {
    set: PathBuf,
    directory: PathBuf,
}

impl Case {
    fn open(set: &str, directory: &str) -> Self {
        let set = vectors().join(set);
        Self {
            directory: set.join(directory),
            set,
        }
    }

    /// A file; a token may be broken into lines, as texts print it.
    fn text(&self, name: &str) -> String {
        let path = self.directory.join(name);
        let text = fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        match name.ends_with(".txt") {
            true => text.split_whitespace().collect(),
            false => text,
        }
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.directory.join(name).exists()
    }

    fn key(&self, owner: &str) -> PublicKey {
        let own = self.set.join("keys.json");
        let path = match own.exists() {
            true => own,
            false => vectors().join("sd-jwt-rfc9901/keys.json"),
        };
        let keys: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        public(&keys[owner])
    }
}

/// Every file of the case has a say: both SD-JWTs, both payloads, the Key Binding JWT.
fn processes(case: &Case) {
    let issuer = case.key("issuer");
    let types = ["example+sd-jwt", "dc+sd-jwt"];
    let issued = case.text("sd_jwt_issuance.txt");
    let presented = case.text("sd_jwt_presentation.txt");

    let header_and_payload = case.text("sd_jwt_jws_part.txt");
    assert!(issued.starts_with(&header_and_payload) && presented.starts_with(&header_and_payload));
    let signed = keys::jws::UnverifiedJws::parse(&header_and_payload, 1 << 16).unwrap();
    let payload: Value = serde_json::from_slice(signed.unverified_payload()).unwrap();
    assert_eq!(payload, case.json("sd_jwt_payload.json"));
    if case.has("decoy_digests.json") {
        for decoy in case.json("decoy_digests.json").as_array().unwrap() {
            assert!(payload.to_string().contains(decoy.as_str().unwrap()));
        }
    }

    let all = UnverifiedSdJwt::parse(&issued).unwrap();
    assert!(!all.has_key_binding());
    let all = all.verify(&issuer, &types).unwrap().claims;
    for (name, value) in case.json("user_claims.json").as_object().unwrap() {
        assert_eq!(all.get(name), Some(value));
    }

    let shown = UnverifiedSdJwt::parse(&presented).unwrap();
    assert_eq!(shown.has_key_binding(), case.has("kb_jwt_serialized.txt"));
    let shown = shown.verify(&issuer, &types).unwrap();
    assert_eq!(
        Value::Object(shown.claims.clone()),
        case.json("verified_contents.json")
    );
    if case.has("kb_jwt_serialized.txt") {
        assert_eq!(case.json("kb_jwt_header.json")["typ"], "kb+jwt");
        assert!(presented.ends_with(&case.text("kb_jwt_serialized.txt")));
        checks_key_binding(case, &presented);
    }
    selects_the_same(&issued, &presented);
}

/// The draft's examples are SD-JWT VCs: they pass the door, with key binding if they have it.
fn opens_the_door(case: &Case) {
    processes(case);
    let presentation = || {
        let text = case.text("sd_jwt_presentation.txt");
        UnverifiedPresentation::parse(Format::SdJwtVc, &text).unwrap()
    };
    let source = presentation().key_sources().unwrap().remove(0);
    let KeySource::WellKnown { issuer, kid } = &source else {
        panic!("not well-known")
    };
    let mut jwk = serde_json::to_value(case.key("issuer").jwk()).unwrap();
    if let Some(kid) = kid {
        jwk["kid"] = kid.as_str().into();
    }
    let metadata = serde_json::json!({ "issuer": issuer, "jwks": { "keys": [jwk] } });
    let evidence = IssuerKey::from_issuer_metadata(&source, metadata.to_string().as_bytes());
    let evidence = [evidence.unwrap()];
    let (verified, now) = if case.has("kb_jwt_payload.json") {
        let claims = case.json("kb_jwt_payload.json");
        let now = Timestamp::from_second(claims["iat"].as_i64().unwrap()).unwrap();
        let verified = presentation().verify(&evidence, &challenge(&claims), now);
        (verified.unwrap().into_inner(), now)
    } else {
        let now = Timestamp::from_second(1_795_302_941).unwrap();
        let verified = presentation().verify_unbound(&evidence, now);
        (verified.unwrap().into_inner(), now)
    };
    let credential = &verified.credentials[0];
    let contents = case.json("verified_contents.json");
    assert_eq!(Value::Object(credential.claims.clone()), contents);
    assert_eq!(credential.issuer, contents["iss"].as_str().unwrap());
    assert!(credential.valid_until.unwrap() > now);
}

fn challenge(claims: &Value) -> Challenge {
    Challenge {
        audience: claims["aud"].as_str().unwrap().to_owned(),
        nonce: claims["nonce"].as_str().unwrap().to_owned(),
    }
}

fn checks_key_binding(case: &Case, presented: &str) {
    let claims = case.json("kb_jwt_payload.json");
    let now = Timestamp::from_second(claims["iat"].as_i64().unwrap()).unwrap();
    let challenge = challenge(&claims);
    let processed = || {
        UnverifiedSdJwt::parse(presented)
            .unwrap()
            .verify(&case.key("issuer"), &[])
            .unwrap()
    };
    let holder = case.key("holder");
    processed()
        .verify_key_binding(&holder, &challenge, now)
        .unwrap();
    let other = Challenge {
        nonce: "another".to_owned(),
        ..challenge.clone()
    };
    assert_eq!(
        processed().verify_key_binding(&holder, &other, now),
        Err(PeerFault::Nonce.into())
    );
    assert_eq!(
        processed().verify_key_binding(&case.key("issuer"), &challenge, now),
        Err(PeerFault::Jws(JwsError::Signature).into())
    );
}

/// Selecting what the vector's Holder disclosed gives the vector's Disclosures.
fn selects_the_same(issued: &str, presented: &str) {
    let held = Held::parse(issued).unwrap();
    let disclosed: BTreeSet<&str> = presented.split('~').skip(1).collect();
    let disclosable: Vec<(&str, &ClaimPath)> =
        issued.split('~').skip(1).zip(held.disclosable()).collect();
    // Only innermost places: to select an object is to select everything in it.
    let wanted: Vec<ClaimPath> = disclosable
        .iter()
        .filter(|(encoded, _)| disclosed.contains(encoded))
        .map(|(_, path)| (*path).clone())
        .filter(|path| !has_withheld_inside(path, &disclosable, &disclosed))
        .collect();
    let selected = held.select(&wanted).unwrap().into_unbound();
    let selected: BTreeSet<&str> = selected
        .split('~')
        .skip(1)
        .filter(|d| !d.is_empty())
        .collect();
    let expected: BTreeSet<&str> = disclosable
        .iter()
        .map(|(encoded, _)| *encoded)
        .filter(|encoded| disclosed.contains(encoded))
        .filter(|encoded| {
            // A shell whose content is withheld altogether cannot be asked for by a path.
            let (_, path) = disclosable
                .iter()
                .find(|(other, _)| other == encoded)
                .unwrap();
            wanted
                .iter()
                .any(|one| one.components().starts_with(path.components()))
        })
        .collect();
    assert_eq!(selected, expected);
}

fn has_withheld_inside(
    path: &ClaimPath,
    disclosable: &[(&str, &ClaimPath)],
    disclosed: &BTreeSet<&str>,
) -> bool {
    disclosable.iter().any(|(encoded, inner)| {
        inner.components().len() > path.components().len()
            && inner.components().starts_with(path.components())
            && !disclosed.contains(encoded)
    })
}

/// The JWS JSON serialization is optional (RFC 9901, section 8) and not spoken here.
fn refuses_json_serialization(case: &Case) {
    for name in [
        "sd_jwt_issuance.json",
        "sd_jwt_presentation.json",
        "sd_jwt_jws_part.json",
    ] {
        let text = case.text(name);
        assert!(UnverifiedSdJwt::parse(&text).is_err());
        let unquoted: String = serde_json::from_str(&text).unwrap_or(text);
        assert!(UnverifiedSdJwt::parse(&unquoted).is_err());
    }
    for name in [
        "kb_jwt_payload.json",
        "kb_jwt_header.json",
        "sd_jwt_payload.json",
    ] {
        assert!(case.json(name).is_object());
    }
}

/// RFC 7515, section 4.1.4: `kid` is a string.
fn refuses_kid_that_is_a_number(case: &Case) {
    for name in ["sd_jwt_issuance.txt", "sd_jwt_presentation.txt"] {
        assert_eq!(
            UnverifiedSdJwt::parse(&case.text(name)).err(),
            Some(VerificationError::Peer(PeerFault::Jws(JwsError::Header)))
        );
    }
}

#[test]
fn places_count_the_elements_that_remain() {
    let case = Case::open("sd-jwt-python-testcases", "recursions");
    let held = Held::parse(&case.text("sd_jwt_issuance.txt")).unwrap();
    let path =
        ClaimPath::new(vec!["baz".into(), Component::Index(1), Component::Index(0)]).unwrap();
    assert!(held.disclosable().any(|place| *place == path));
    let claims = held.select(&[path]).unwrap().claims().unwrap();
    assert_eq!(claims["baz"], serde_json::json!([["black"]]));
}

fn public(jwk: &Value) -> PublicKey {
    let mut jwk = jwk.clone();
    jwk.as_object_mut().unwrap().remove("d");
    PublicKey::from_jwk(&serde_json::from_value::<Jwk>(jwk).unwrap()).unwrap()
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn directories(set: &str) -> BTreeSet<String> {
    fs::read_dir(vectors().join(set))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

fn files(set: &str, directory: &str) -> BTreeSet<String> {
    fs::read_dir(vectors().join(set).join(directory))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// What the checks above read. `specification.yml` is the input of the vectors' generator: it says
/// again, for another program, what `user_claims.json` and `verified_contents.json` say.
const READ: [&str; 14] = [
    "decoy_digests.json",
    "kb_jwt_header.json",
    "kb_jwt_payload.json",
    "kb_jwt_serialized.txt",
    "sd_jwt_issuance.json",
    "sd_jwt_issuance.txt",
    "sd_jwt_jws_part.json",
    "sd_jwt_jws_part.txt",
    "sd_jwt_payload.json",
    "sd_jwt_presentation.json",
    "sd_jwt_presentation.txt",
    "specification.yml",
    "user_claims.json",
    "verified_contents.json",
];
