//! The vectors of `bbs-2023`.

use std::collections::BTreeSet;

use bbs::SecretKey;
use keys::mac::MacKey;
use linked_data::Inline;
use serde_json::{Map, Value, json};

use super::{
    Folder, bytes, hex, json_file, label_map, object, pointers, resident_card, same, steps, tamper,
    verify,
};
use crate::VerificationError;
use crate::data_integrity::ProofFault;
use crate::data_integrity::selective::bbs as suite_bbs;
use crate::data_integrity::selective::groups::relabelled;

pub(super) fn run(folder: &str, documents: &str) -> BTreeSet<String> {
    let set = "w3c-vc-di-bbs";
    let files = Folder::new(&format!("{set}/{folder}"));
    let file = |name: &str| files.json(name);
    let unsigned = match documents {
        "wind" => object(&json_file(&format!("{set}/windDoc.json"))),
        _ => resident_card(&file, set),
    };
    let mandatory = pointers(&json_file(&format!("{set}/{documents}Mandatory.json")));
    let selective = pointers(&json_file(&format!("{set}/{documents}Selective.json")));
    let material = json_file(&format!("{set}/BBSKeyMaterial.json"));
    let labels = MacKey::new(&bytes(&material["hmacKeyString"]).try_into().unwrap());
    let issuer = bytes(&material["privateKeyHex"]).try_into().unwrap();
    let issuer = SecretKey::from_bytes(&issuer).unwrap();
    assert_eq!(
        json!(hex(&issuer.public().to_bytes())),
        material["publicKeyHex"]
    );
    // One document spells its context out.
    let inline = match documents {
        "wind" => Inline::Any,
        _ => Inline::OwnNames,
    };
    let relabel = |all: &[String]| suite_bbs::shuffled(&labels, all);
    let statements = steps(&files, &unsigned, &mandatory, &selective, &relabel, inline);
    let config = object(&file("addProofConfig"));
    let base = suite_bbs::secure(unsigned, config, &mandatory, &issuer, &labels, inline).unwrap();
    same(&Value::Object(base.clone()), &file("addSignedSDBase"));
    let parts = suite_bbs::Base::decode(base["proof"]["proofValue"].as_str().unwrap()).unwrap();
    for step in ["addRawBaseSignatureInfo", "derivedRecoveredBaseData"] {
        let step = file(step);
        assert_eq!(step["bbsSignature"], json!(hex(&parts.signature)));
        assert_eq!(step["mandatoryPointers"], json!(parts.mandatory));
        if let Some(key) = step.get("hmacKey") {
            assert_eq!(*key, json!(hex(&parts.label_key)));
        }
    }

    let header =
        bytes(&json_file(&format!("{set}/BBSDeriveMaterial.json"))["presentationHeaderHex"]);
    let key = issuer.public();
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let mut draw = |witness: &suite_bbs::Witness<'_>| {
        bbs::proof_gen(
            key,
            witness.signature,
            witness.header,
            &header,
            witness.messages,
            witness.disclosed,
            &mut rng,
        )
    };
    let derived = suite_bbs::derive_as(&base, &selective, &header, key, inline, &mut draw).unwrap();
    let expected = object(&file("derivedRevealDocument"));
    // The same but for the proof's own bytes.
    assert_eq!(
        suite_bbs::without_proof(&derived),
        suite_bbs::without_proof(&expected)
    );
    let value = expected["proof"]["proofValue"].as_str().unwrap();
    let shown = suite_bbs::Derived::decode(value).unwrap();
    let numbers: Map<String, Value> = header
        .iter()
        .enumerate()
        .map(|(index, byte)| (index.to_string(), json!(byte)))
        .collect();
    assert_eq!(shown.presentation_header, header);
    for step in ["derivedDisclosureData", "verifyDerivedProofValue"] {
        if !files.has(&format!("{step}.json")) {
            continue;
        }
        let step = file(step);
        assert_eq!(step["bbsProof"], json!(hex(&shown.proof)));
        assert_eq!(label_map(&step["labelMap"]), shown.labels);
        assert_eq!(step["mandatoryIndexes"], json!(shown.mandatory));
        let disclosed = step.get("adjSelectiveIndexes");
        let disclosed = disclosed.or_else(|| step.get("adjSelectedIndexes"));
        assert_eq!(disclosed, Some(&json!(shown.disclosed)));
        if let Some(header) = step.get("presentationHeader") {
            assert_eq!(*header, Value::Object(numbers.clone()));
        }
    }
    let adjusted = file("derivedAdjIndexes");
    assert_eq!(adjusted["adjMandatoryIndexes"], json!(shown.mandatory));
    assert_eq!(adjusted["adjSelectiveIndexes"], json!(shown.disclosed));
    let indexes = statements.indexes(&mandatory).unwrap();
    let pointers = [mandatory.clone(), selective.clone()].concat();
    let ours = statements.shown(&indexes, &pointers).unwrap();
    assert_eq!(ours.mandatory, shown.mandatory);
    assert_eq!(ours.disclosed, shown.disclosed);
    if files.has("verifyNQuads.json") {
        let mut revealed = expected.clone();
        revealed.remove("proof");
        let lines = relabelled(&revealed, inline, &shown.labels).unwrap();
        assert_eq!(file("verifyNQuads"), json!(lines));
    }
    verify(&derived).unwrap();
    verify(&expected).unwrap();
    let fault: VerificationError = ProofFault::BaseProof.into();
    assert_eq!(verify(&base).unwrap_err(), fault);
    tamper(&expected, &|document| verify(document).is_err());
    files.read.into_inner()
}
