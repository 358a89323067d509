//! The profile's test vectors: each file is run by the test of its name, and a file that is not
//! run fails. `cargo test -p netcert -- --ignored` writes them anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bbs::{NymSecrets, ProverNyms, Scalar};
use did::Did;
use keys::base64url;
use keys::seed::Seed;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::*;

mod write;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/net-certificate-v1")
}

/// Runs each listed file by a test of its name, and fails when another file lies in the folder.
macro_rules! vectors {
    ($($name:ident)+) => {
        mod run {
            $(
                #[test]
                fn $name() {
                    let file = super::folder().join(concat!(stringify!($name), ".json"));
                    let text = std::fs::read(file).unwrap();
                    super::$name(&serde_json::from_slice(&text).unwrap());
                }
            )+
        }

        #[test]
        fn every_file_is_run() {
            let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
            let found: BTreeSet<String> = files
                .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
                .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
                .collect();
            let run = [$(stringify!($name)),+].map(str::to_owned);
            assert_eq!(found, BTreeSet::from(run));
        }
    };
}

vectors! {
    anchor
    certificate
    context
    issuance_first
    issuance_renewal
    net_number
    presentation_with_pseudonym
    presentation_without_pseudonym
    profile
    pseudonym
    refused_presentation
    request_digest
    secret
    slots
    token_binding
}

fn secret(vector: &Value) {
    for one in vector.as_array().unwrap() {
        let seed = Seed::from_words(text(&one["words"])).unwrap();
        assert_eq!(hex(seed.expose_entropy()), text(&one["entropy"]));
        let generation = u32::try_from(number(&one["generation"])).unwrap();
        let secret = HolderSecret::derive(&seed, text(&one["domain"]), generation);
        let nyms = secret.nyms().expose_secret().iter();
        let nyms: Vec<String> = nyms.map(|nym| hex(&nym.to_bytes())).collect();
        assert_eq!(Value::from(nyms), one["prover_nyms"]);
        assert_eq!(
            hex(secret.box_key().expose_secret()),
            text(&one["anchor_box_key"])
        );
    }
}

fn anchor(vector: &Value) {
    let (seed, wallet, opening, anchor) = holder(vector);
    assert!(opening.opens(&wallet, &anchor));
    assert_eq!(
        hex(&anchor.entropy().to_bytes()),
        text(&vector["signer_nym_entropy"])
    );
    let sealed = AnchorBox::from_bytes(&bytes(&vector["anchor_box"])).unwrap();
    let (opened, found) = sealed.open(&seed, wallet.domain(), &anchor).unwrap();
    assert_eq!(opened.generation(), wallet.generation());
    assert_eq!(found.expose_secret(), opening.expose_secret());
}

fn profile(vector: &Value) {
    let profile = the_profile(vector);
    let key = the_key(vector);
    assert_eq!(key.multikey(), profile.multikey());
    assert_eq!(hex(&profile.hash()), text(&vector["hash"]));
    assert_eq!(hex(&profile.header()), text(&vector["header"]));
    let instants = [
        ("issued_from", profile.renew_from().unwrap()),
        ("valid_from", profile.valid_from()),
        ("switch_at", profile.switch_at().unwrap()),
        ("valid_until", profile.valid_until()),
    ];
    for (name, instant) in instants {
        assert_eq!(instant.to_string(), text(&vector[name]));
    }
    assert_eq!(
        profile.reference_date().to_string(),
        text(&vector["reference_date"])
    );
    for refused in vector["refused"].as_array().unwrap() {
        assert!(EpochProfile::parse(text(refused).as_bytes()).is_err());
    }
}

fn slots(vector: &Value) {
    for one in vector["valid"].as_array().unwrap() {
        let slots = read_slots(&one["subject"]).unwrap();
        let messages: Vec<String> = slots.messages().iter().map(|one| hex(one)).collect();
        assert_eq!(Value::from(messages), one["messages"]);
    }
    for refused in vector["refused"].as_array().unwrap() {
        assert!(read_slots(refused).is_err(), "{refused}");
    }
}

fn context(vector: &Value) {
    for one in vector["valid"].as_array().unwrap() {
        assert_eq!(hex(&a_context(one).unwrap().id()), text(&one["context_id"]));
    }
    for one in vector["refused"].as_array().unwrap() {
        let error = a_context(one).unwrap_err();
        assert_eq!(format!("{error:?}"), text(&one["error"]), "{one}");
    }
}

fn pseudonym(vector: &Value) {
    let nyms = vector["prover_nyms"].as_array().unwrap().iter();
    let nyms = nyms.map(scalar).collect();
    let nyms = ProverNyms::new(Zeroizing::new(nyms)).unwrap();
    let secrets = NymSecrets::new(&nyms, scalar(&vector["signer_nym_entropy"]));
    let last = secrets.expose_secret().last().unwrap();
    assert_eq!(hex(&last.to_bytes()), text(&vector["last_nym_secret"]));
    for one in vector["pseudonyms"].as_array().unwrap() {
        let pseudonym = bbs::calculate_pseudonym(&bytes(&one["context_id"]), &secrets).unwrap();
        assert_eq!(hex(&pseudonym.to_bytes()), text(&one["pseudonym"]));
        let number = NetNumber::of(&Pseudonym::of(&pseudonym));
        assert_eq!(number.to_string(), text(&one["net_number"]));
        assert_eq!(number.grouped(), text(&one["read_aloud"]));
    }
}

fn net_number(vector: &Value) {
    for one in vector.as_array().unwrap() {
        assert_eq!(outcome(text(&one["typed"])), one["outcome"]);
    }
}

fn issuance_first(vector: &Value) {
    let proof = IssuanceProof::from_wire(&the_wire(vector)).unwrap();
    let profile = the_profile(vector);
    let binding = the_binding(vector, &profile);
    let (proven, sealed) = proof.verify_first(&binding).unwrap();
    assert_eq!(hex(&sealed.to_bytes()), text(&vector["anchor_box"]));
    let document = issue(
        &the_key(vector),
        &profile,
        &Slots::new([]).unwrap(),
        &proven,
    );
    assert!(document.is_ok());
    refused_sessions(vector, &profile, |binding| {
        proof.verify_first(binding).map(|_| ())
    });
}

fn issuance_renewal(vector: &Value) {
    let proof = IssuanceProof::from_wire(&the_wire(vector)).unwrap();
    let profile = the_profile(vector);
    let binding = the_binding(vector, &profile);
    let stored = Anchor::from_bytes(&bytes(&vector["anchor"])).unwrap();
    assert!(proof.verify_renewal(&stored, &binding).is_ok());
    assert_eq!(
        proof.verify_first(&binding).map(|_| ()),
        Err(IssuanceProofError::NotFirst)
    );
    refused_sessions(vector, &profile, |binding| {
        proof.verify_renewal(&stored, binding).map(|_| ())
    });
    for refused in vector["refused"].as_array().unwrap() {
        let wire = serde_json::from_value(refused["proof"].clone()).unwrap();
        let error = IssuanceProof::from_wire(&wire)
            .and_then(|proof| proof.verify_renewal(&stored, &binding))
            .unwrap_err();
        assert_eq!(format!("{error:?}"), text(&refused["error"]));
    }
}

fn token_binding(vector: &Value) {
    let stored = Anchor::from_bytes(&bytes(&vector["anchor"])).unwrap();
    let binding: TokenBinding = serde_json::from_value(vector["net_anchor_proof"].clone()).unwrap();
    let session = TokenSession {
        issuer: text(&vector["issuer"]),
        c_nonce: text(&vector["c_nonce"]),
        dpop_jkt: text(&vector["dpop_jkt"]),
    };
    assert_eq!(binding.verify(&stored, &session), Ok(()));
    let other = TokenSession {
        c_nonce: "",
        ..session
    };
    assert_eq!(
        binding.verify(&stored, &other),
        Err(IssuanceProofError::Opening)
    );
}

fn certificate(vector: &Value) {
    let (_, wallet, opening, anchor) = holder(vector);
    let profile = the_profile(vector);
    let prepared = Prepared::from_bytes(&bytes(&vector["prepared"])).unwrap();
    let finish = |document: &Value| {
        UnverifiedCertificate::parse(document)?
            .finish(&profile, &wallet, &opening, &anchor, &prepared)
            .map(|certificate| hex(&certificate.blind.expose_secret().to_bytes()))
    };
    assert_eq!(
        finish(&vector["credential"]).unwrap(),
        text(&vector["secret_prover_blind"])
    );
    for refused in vector["refused"].as_array().unwrap() {
        let error = finish(&refused["credential"]).unwrap_err();
        assert_eq!(format!("{error:?}"), text(&refused["error"]));
    }
}

fn presentation_with_pseudonym(vector: &Value) {
    presentation(vector);
}

fn presentation_without_pseudonym(vector: &Value) {
    presentation(vector);
}

fn presentation(vector: &Value) {
    let profile = the_profile(vector);
    let context = vector.get("context").map(|one| a_context(one).unwrap());
    let header = the_header(&vector["presentation_header"]);
    assert_eq!(
        hex(&header.bytes(context.as_ref())),
        text(&vector["presentation_header"]["bytes"])
    );
    let now = text(&vector["now"]).parse().unwrap();
    let json = Shown::from_json(&vector["presentation"]).unwrap();
    let cbor = Shown::from_cbor(&bytes(&vector["cbor"])).unwrap();
    assert_eq!(hex(&json.to_cbor()), text(&vector["cbor"]));
    assert_eq!(cbor.to_json(&profile).unwrap(), vector["presentation"]);
    for shown in [json, cbor] {
        let showing = shown
            .verify(&profile, context.as_ref(), &header, now)
            .unwrap();
        assert_eq!(Value::from(showing.slots().subject()), vector["shown"]);
        let pseudonym = showing
            .pseudonym()
            .map(|one| Value::from(hex(one.as_bytes())));
        assert_eq!(pseudonym.as_ref(), vector.get("pseudonym"));
    }
}

fn refused_presentation(vector: &Value) {
    let profile = the_profile(vector);
    for one in vector["refused"].as_array().unwrap() {
        let context = one.get("context").map(|one| a_context(one).unwrap());
        let shown = match one.get("presentation") {
            Some(document) => Shown::from_json(document),
            None => Shown::from_cbor(&bytes(&one["cbor"])),
        };
        let now = text(&one["now"]).parse().unwrap();
        let header = the_header(&one["presentation_header"]);
        let error = shown
            .and_then(|shown| shown.verify(&profile, context.as_ref(), &header, now))
            .unwrap_err();
        assert_eq!(format!("{error:?}"), text(&one["error"]), "{}", one["why"]);
    }
}

fn request_digest(vector: &Value) {
    for one in vector.as_array().unwrap() {
        let digest = crate::request_digest(one["parameters"].as_object().unwrap()).unwrap();
        assert_eq!(hex(&digest), text(&one["digest"]));
    }
}

fn holder(vector: &Value) -> (Seed, HolderSecret, AnchorOpening, Anchor) {
    let seed = Seed::from_words(text(&vector["words"])).unwrap();
    let generation = u32::try_from(number(&vector["generation"])).unwrap();
    let secret = HolderSecret::derive(&seed, text(&vector["domain"]), generation);
    let opening = bytes(&vector["anchor_blind"]).try_into().unwrap();
    let opening = AnchorOpening::from_bytes(&opening).unwrap();
    let anchor = Anchor::from_bytes(&bytes(&vector["anchor"])).unwrap();
    (seed, secret, opening, anchor)
}

fn the_profile(vector: &Value) -> EpochProfile {
    EpochProfile::parse(text(&vector["profile"]).as_bytes()).unwrap()
}

fn the_key(vector: &Value) -> EpochKey {
    EpochKey::from_bytes(&bytes(&vector["secret_key"]).try_into().unwrap()).unwrap()
}

fn the_wire(vector: &Value) -> IssuanceProofWire {
    serde_json::from_value(vector["proof"].clone()).unwrap()
}

fn the_binding<'a>(vector: &'a Value, profile: &'a EpochProfile) -> Binding<'a> {
    Binding {
        profile,
        c_nonce: text(&vector["c_nonce"]),
        dpop_jkt: text(&vector["dpop_jkt"]),
    }
}

fn refused_sessions(
    vector: &Value,
    profile: &EpochProfile,
    verify: impl Fn(&Binding<'_>) -> Result<(), IssuanceProofError>,
) {
    let binding = the_binding(vector, profile);
    for other in [
        Binding {
            c_nonce: "",
            ..binding
        },
        Binding {
            dpop_jkt: "",
            ..binding
        },
    ] {
        assert_eq!(verify(&other), Err(IssuanceProofError::Delta));
    }
}

fn the_header(value: &Value) -> PresentationHeader<'_> {
    PresentationHeader {
        nonce: text(&value["nonce"]),
        client_id: text(&value["client_id"]),
        response_uri: text(&value["response_uri"]),
        request_digest: bytes(&value["request_digest"]).try_into().unwrap(),
    }
}

fn a_context(value: &Value) -> Result<PseudonymContext, ContextError> {
    let loopback = match value["loopback"].as_bool() {
        Some(true) => Loopback::Allowed,
        _ => Loopback::Refused,
    };
    let context = match (value["did"].as_str(), value["origin"].as_str()) {
        (Some(did), _) => {
            let did = Did::parse(did).map_err(|_| ContextError::Identity)?;
            PseudonymContext::of_did_web(&did, loopback)?
        }
        (_, Some(origin)) => PseudonymContext::of_origin(origin, loopback)?,
        _ => PseudonymContext::of_client_id(
            text(&value["client_id"]),
            text(&value["response_uri"]),
            loopback,
        )?,
    };
    match value["purpose"].as_str() {
        None => Ok(context),
        Some(purpose) => Ok(context.within(Scope::new(purpose, value["period"].as_str())?)),
    }
}

fn read_slots(subject: &Value) -> Result<Slots, SlotError> {
    Slots::new(slot::read_subject(subject.as_object().unwrap())?)
}

/// What is said of a typed number.
fn outcome(typed: &str) -> Value {
    let repaired = |repair: Repair| {
        let change = match repair.change {
            Change::Insert(letter) => format!("insert {letter}"),
            Change::Remove => "remove".to_owned(),
            Change::Replace(letter) => format!("replace by {letter}"),
        };
        serde_json::json!({
            "place": repair.place, "change": change, "net_number": repair.number.to_string(),
        })
    };
    match NetNumber::parse(typed) {
        Ok(number) => serde_json::json!({"net_number": number.to_string()}),
        Err(NetNumberError::Character { place, repair }) => serde_json::json!({
            "error": "Character", "place": place, "repair": repair.map(repaired),
        }),
        Err(NetNumberError::Mistyped(repair)) => {
            serde_json::json!({"error": "Mistyped", "repair": repaired(repair)})
        }
        Err(NetNumberError::Length { typed }) => {
            serde_json::json!({"error": "Length", "typed": typed})
        }
        Err(NetNumberError::Prefix) => serde_json::json!({"error": "Prefix"}),
        Err(NetNumberError::Scrambled) => serde_json::json!({"error": "Scrambled"}),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn scalar(value: &Value) -> Scalar {
    Scalar::from_bytes(&bytes(value).try_into().unwrap()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = text(value);
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
