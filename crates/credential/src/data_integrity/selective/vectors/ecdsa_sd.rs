//! The vectors of `ecdsa-sd-2023`.

use std::collections::BTreeSet;

use keys::mac::MacKey;
use linked_data::Inline;
use serde_json::{Map, Value, json};

use super::{
    Folder, bytes, hex, json_file, label_map, object, pointers, resident_card, secret, steps,
    tamper, verify,
};
use crate::VerificationError;
use crate::data_integrity::ProofFault;
use crate::data_integrity::selective::ecdsa_sd::{self, Base, Secrets};
use crate::data_integrity::selective::groups::{hash, hmac_labels, relabelled, split};

pub(super) fn run(folder: &str, documents: &str) -> BTreeSet<String> {
    let set = "w3c-vc-di-ecdsa";
    let files = Folder::new(&format!("{set}/ecdsa-sd-2023/{folder}"));
    let file = |name: &str| files.json(name);
    let unsigned = match documents {
        "employ" => object(&json_file(&format!("{set}/employmentAuth.json"))),
        _ => resident_card(&file, set),
    };
    let mandatory = pointers(&json_file(&format!("{set}/{documents}Mandatory.json")));
    let selective = pointers(&json_file(&format!("{set}/{documents}Selective.json")));
    let material = json_file(&format!("{set}/ecdsa-sd-2023/SDKeyMaterial.json"));
    let secrets = Secrets {
        labels: MacKey::new(&bytes(&material["hmacKeyString"]).try_into().unwrap()),
        statements: secret(&material["proofKeyPair"]),
    };
    let issuer = secret(&material["baseKeyPair"]);
    let relabel = |labels: &[String]| hmac_labels(&secrets.labels, labels);
    let statements = steps(
        &files,
        &unsigned,
        &mandatory,
        &selective,
        &relabel,
        Inline::OwnNames,
    );

    // The base proof, with signatures of our own, and the published one.
    let raw = file("addRawBaseSignatureInfo");
    assert_eq!(raw["mandatoryPointers"], json!(mandatory));
    assert_eq!(
        raw["publicKey"],
        json!(secrets.statements.public().multikey())
    );
    let config = object(&file("addProofConfig"));
    let ours = ecdsa_sd::secure(
        unsigned.clone(),
        config,
        &mandatory,
        &issuer,
        &secrets,
        Inline::OwnNames,
    )
    .unwrap();
    let theirs = object(&file("addSignedSDBase"));
    let base = |document: &Map<String, Value>| {
        Base::decode(document["proof"]["proofValue"].as_str().unwrap()).unwrap()
    };
    let (mut own, published) = (base(&ours), base(&theirs));
    let recovered = file("derivedRecoveredBaseData");
    assert_eq!(recovered["baseSignature"], json!(hex(&published.signature)));
    assert_eq!(recovered["hmacKey"], json!(hex(&published.label_key)));
    assert_eq!(recovered["mandatoryPointers"], json!(published.mandatory));
    assert_eq!(recovered["proofPublicKey"], raw["publicKey"]);
    assert_eq!(published.statement_key, own.statement_key);
    let signatures: Vec<String> = published.signatures.iter().map(|one| hex(one)).collect();
    assert_eq!(recovered["signatures"], json!(signatures));
    assert_eq!(raw["signatures"], json!(signatures));
    assert_eq!(
        own.signatures.len(),
        statements.lines.len() - statements.indexes(&mandatory).unwrap().len()
    );
    // But for the nonces of ECDSA, they are the same to the byte.
    own.signature = published.signature;
    own.signatures = published.signatures;
    assert_eq!(json!(own.encode()), theirs["proof"]["proofValue"]);

    // Deriving has no randomness.
    let key = issuer.public();
    let derived = ecdsa_sd::derive(&theirs, &selective, key).unwrap();
    let expected = object(&file("derivedRevealDocument"));
    assert_eq!(derived, expected);
    verify(&expected).unwrap();
    verify(&ecdsa_sd::derive(&ours, &selective, key).unwrap()).unwrap();
    let value = expected["proof"]["proofValue"].as_str().unwrap();
    let shown = ecdsa_sd::Derived::decode(value).unwrap();
    let signatures: Vec<String> = shown.signatures.iter().map(|one| hex(one)).collect();
    for step in ["derivedDisclosureData", "verifyDerivedProofValue"] {
        let step = file(step);
        assert_eq!(step["baseSignature"], json!(hex(&shown.signature)));
        assert_eq!(step["publicKey"], raw["publicKey"]);
        assert_eq!(step["signatures"], json!(signatures));
        assert_eq!(step["mandatoryIndexes"], json!(shown.mandatory));
        assert_eq!(label_map(&step["labelMap"]), shown.labels);
    }
    let filtered = &file("derivedAdjSignatures")["filteredSignatures"];
    assert_eq!(*filtered, json!(signatures));
    let adjusted = &file("derivedAdjMandatoryIndexes")["adjMandatoryIndexes"];
    assert_eq!(*adjusted, json!(shown.mandatory));
    let indexes = statements.indexes(&mandatory).unwrap();
    let pointers = [mandatory.clone(), selective.clone()].concat();
    assert_eq!(
        shown.mandatory,
        statements.shown(&indexes, &pointers).unwrap().mandatory
    );

    // What a verifier makes of it.
    let mut revealed = expected.clone();
    revealed.remove("proof");
    let lines = relabelled(&revealed, Inline::OwnNames, &shown.labels).unwrap();
    assert_eq!(file("verifyNQuads"), json!(lines));
    let (always, rest) = split(&lines, &shown.mandatory);
    let data = file("verifyCreateVerifyData");
    assert_eq!(data["baseSignature"], json!(hex(&shown.signature)));
    assert_eq!(data["publicKey"], raw["publicKey"]);
    assert_eq!(data["signatures"], json!(signatures));
    assert_eq!(data["nonMandatory"], json!(rest));
    assert_eq!(data["mandatoryHash"], json!(hex(&hash(always))));
    assert_eq!(data["proofHash"], file("addHashData")["proofHash"]);

    // A base proof shows the Holder's secret: no Verifier takes one.
    let fault: VerificationError = ProofFault::BaseProof.into();
    assert_eq!(verify(&theirs).unwrap_err(), fault);
    // Nothing disclosed may be changed, left out or added.
    tamper(&expected, &|document| verify(document).is_err());
    files.read.into_inner()
}
