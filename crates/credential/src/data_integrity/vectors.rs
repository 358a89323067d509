//! The test vectors of vc-di-eddsa and vc-di-ecdsa, step by step.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use did::Did;
use jiff::Timestamp;
use keys::{Algorithm, SigningKey};
use linked_data::Inline;
use serde_json::{Map, Value};

use crate::data_integrity::issue::secure_as;
use crate::data_integrity::proof::Proof;
use crate::data_integrity::suite::{Cryptosuite, canonical, hash_data, hash_of};
use crate::data_integrity::{Leniency, ProofFault};
use crate::{Format, IssuerKey, UnverifiedCredential, VerificationError};

macro_rules! steps {
    ($($name:ident: $folder:literal, $suffix:literal, $suite:ident, $unsigned:literal, $keys:literal;)+) => {
        $(#[test]
        fn $name() {
            run(&Steps {
                folder: $folder,
                suffix: $suffix,
                suite: Cryptosuite::$suite,
                unsigned: $unsigned,
                keys: $keys,
            });
        })+

        /// Folder, suffix, unsigned document and keys of every test.
        const STEPS: &[[&str; 4]] = &[$([$folder, $suffix, $unsigned, $keys]),+];
    };
}

steps! {
    ed25519_signature_2020: "w3c-vc-di-eddsa/Ed25519Signature2020", "EdSig", Ed25519Signature2020, "unsigned", "keyPair";
    eddsa_jcs_2022: "w3c-vc-di-eddsa/eddsa-jcs-2022", "JCS", EddsaJcs2022, "unsigned", "keyPair";
    eddsa_rdfc_2022: "w3c-vc-di-eddsa/eddsa-rdfc-2022", "DataInt", EddsaRdfc2022, "unsigned", "keyPair";
    eddsa_rdfc_2022_employ: "w3c-vc-di-eddsa/eddsa-rdfc-2022/employ", "DataInt", EddsaRdfc2022, "employmentAuth", "keyPair";
    ecdsa_jcs_2019_p256: "w3c-vc-di-ecdsa/ecdsa-jcs-2019-p256", "JCSECDSAP256", EcdsaJcs2019, "unsigned", "p256KeyPair";
    ecdsa_jcs_2019_p384: "w3c-vc-di-ecdsa/ecdsa-jcs-2019-p384", "JCSECDSAP384", EcdsaJcs2019, "unsigned", "p384KeyPair";
    ecdsa_rdfc_2019_p384: "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p384", "ECDSAP384", EcdsaRdfc2019, "unsigned", "p384KeyPair";
    ecdsa_rdfc_2019_p384_employ: "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p384/employ", "ECDSAP384", EcdsaRdfc2019, "employmentAuth", "p384KeyPair";
    ecdsa_rdfc_2019_p256: "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p256", "ECDSAP256", EcdsaRdfc2019, "unsigned", "p256KeyPair";
    ecdsa_rdfc_2019_p256_employ: "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ", "ECDSAP256", EcdsaRdfc2019, "employmentAuth", "p256KeyPair";
}

#[test]
fn a_set_of_proofs() {
    let unsigned = object("w3c-vc-di-eddsa/proof-set-chain/unsigned.json");
    let set = |number| {
        let config = format!("w3c-vc-di-eddsa/proof-set-chain/proofSetConfig{number}.json");
        let signed = format!("w3c-vc-di-eddsa/proof-set-chain/proofSetConfigSigned{number}.json");
        (object(&config), object(&signed))
    };
    let (config, signed) = set(1);
    let one = add(unsigned, config, &[], "keyPair1");
    assert_eq!(one["proof"], Value::Object(signed));
    same(&one, "w3c-vc-di-eddsa/proof-set-chain/signedProofSet1.json");
    let (config, signed) = set(2);
    let two = add(one, config, &[], "keyPair2");
    assert_eq!(two["proof"][1], Value::Object(signed));
    same(&two, "w3c-vc-di-eddsa/proof-set-chain/signedProofSet2.json");
    verify(&two).unwrap();
}

#[test]
fn a_chain_of_proofs() {
    let mut document = object("w3c-vc-di-eddsa/proof-set-chain/signedProofSet2.json");
    for (number, key) in [(1, "keyPair3"), (2, "keyPair4")] {
        let file = |name: &str| format!("w3c-vc-di-eddsa/proof-set-chain/{name}{number}.json");
        let config = object(&file("proofChainConfig"));
        let previous = match &config["previousProof"] {
            Value::Array(several) => several.clone(),
            one => vec![one.clone()],
        };
        let previous: Vec<String> = previous
            .iter()
            .map(|one| one.as_str().unwrap().to_owned())
            .collect();
        document = add(document, config, &previous, key);
        let signed = object(&file("proofChainConfigSigned"));
        let proofs = document["proof"].as_array().unwrap();
        assert_eq!(proofs.last().unwrap(), &Value::Object(signed));
        same(&document, &file("signedProofChain"));
        let mut taken = document.clone();
        let proofs = Proof::take_all(&mut taken).unwrap();
        let last = proofs.last().unwrap();
        let was = last.as_signed(&taken, None, &proofs).unwrap();
        same(&was, &file("proofChainTempDoc"));
    }
    verify(&document).unwrap();
    // A chain without one of its earlier proofs is none.
    for missing in 0..3 {
        let mut document = document.clone();
        document["proof"].as_array_mut().unwrap().remove(missing);
        let error = verify(&document).unwrap_err();
        assert_eq!(error, ProofFault::PreviousProof.into(), "{missing}");
    }
}

#[test]
fn every_file_is_run() {
    let mut run: BTreeSet<String> = SELECTIVE
        .iter()
        .flat_map(|folder| files(&root().join(folder)))
        .collect();
    for [folder, suffix, unsigned, keys] in STEPS {
        let set = folder.split('/').next().unwrap();
        run.insert(format!("{set}/{unsigned}.json"));
        run.insert(format!("{set}/{keys}.json"));
        for name in [
            "canonDoc",
            "combinedHash",
            "docHash",
            "proofCanon",
            "proofHash",
            "sigBTC58",
            "sigHex",
        ] {
            run.insert(format!("{folder}/{name}{suffix}.txt"));
        }
        for name in ["proofConfig", "signed"] {
            run.insert(format!("{folder}/{name}{suffix}.json"));
        }
    }
    let chain = "w3c-vc-di-eddsa/proof-set-chain";
    run.insert(format!("{chain}/multiKeyPairs.json"));
    run.insert(format!("{chain}/unsigned.json"));
    for number in [1, 2] {
        for name in [
            "proofChainConfig",
            "proofChainConfigSigned",
            "proofChainTempDoc",
            "proofSetConfig",
            "proofSetConfigSigned",
            "signedProofChain",
            "signedProofSet",
        ] {
            run.insert(format!("{chain}/{name}{number}.json"));
        }
    }
    let there: BTreeSet<String> = ["w3c-vc-di-eddsa", "w3c-vc-di-ecdsa"]
        .iter()
        .flat_map(|set| files(&root().join(set)))
        .filter(|file| !file.ends_with("README.md"))
        .collect();
    assert_eq!(there, run);
}

/// Files and folders that the tests of selective disclosure run.
const SELECTIVE: &[&str] = &[
    "w3c-vc-di-ecdsa/ecdsa-sd-2023",
    "w3c-vc-di-ecdsa/employMandatory.json",
    "w3c-vc-di-ecdsa/employSelective.json",
    "w3c-vc-di-ecdsa/prCredMandatory.json",
    "w3c-vc-di-ecdsa/prCredSelective.json",
    "w3c-vc-di-ecdsa/prCredUnsigned.json",
];

struct Steps {
    folder: &'static str,
    suffix: &'static str,
    suite: Cryptosuite,
    unsigned: &'static str,
    keys: &'static str,
}

fn run(steps: &Steps) {
    let Steps {
        folder,
        suffix,
        suite,
        ..
    } = *steps;
    let set = folder.split('/').next().unwrap();
    let key = secret(&object(&format!("{set}/{}.json", steps.keys)));
    let hash = hash_of(key.algorithm());
    let text = |name: &str| text(&format!("{folder}/{name}{suffix}.txt"));
    let unsigned = object(&format!("{set}/{}.json", steps.unsigned));
    let config = object(&format!("{folder}/proofConfig{suffix}.json"));
    let signed = object(&format!("{folder}/signed{suffix}.json"));
    // The suite of 2020 signs a document that also names its own context.
    let mut document = signed.clone();
    document.remove("proof");
    if suite != Cryptosuite::Ed25519Signature2020 {
        assert_eq!(document, unsigned);
    }

    let canonical_document = canonical(suite, &document, hash, Inline::OwnNames).unwrap();
    assert_eq!(canonical_document, text("canonDoc"));
    let canonical_config = canonical(suite, &config, hash, Inline::OwnNames).unwrap();
    assert_eq!(canonical_config, text("proofCanon"));
    assert_eq!(hex(&hash.digest(&canonical_document)), text("docHash"));
    assert_eq!(hex(&hash.digest(&canonical_config)), text("proofHash"));
    let data = hash_data(hash, &canonical_config, &canonical_document);
    assert_eq!(hex(&data), text("combinedHash"));

    let mut taken = signed.clone();
    let proofs = Proof::take_all(&mut taken).unwrap();
    let signature = hex(&keys::base58::decode(&text("sigBTC58"), 140).unwrap());
    assert_eq!(signature, text("sigHex"));
    assert_eq!(signed["proof"]["proofValue"], text("sigBTC58"));
    assert_eq!(
        proofs[0]
            .signed_data(&taken, &proofs, hash, Inline::OwnNames)
            .unwrap(),
        data
    );

    if suite == Cryptosuite::Ed25519Signature2020 {
        assert_eq!(hex(&key.sign(&data).unwrap()), text("sigHex"));
    } else {
        let ours = secure_as(document, suite, config, &[], &key, Inline::OwnNames).unwrap();
        if key.algorithm() == Algorithm::EdDsa {
            assert_eq!(ours, signed);
        }
        verify(&ours).unwrap();
    }
    verify(&signed).unwrap();
    let strict = UnverifiedCredential::parse(Format::LdpVc, &json(&signed)).unwrap();
    let keys = evidence(&strict);
    let error = strict.verify(&keys[0], now()).unwrap_err();
    assert_eq!(error, ProofFault::Controller.into());
}

fn add(
    document: Map<String, Value>,
    config: Map<String, Value>,
    previous: &[String],
    key: &str,
) -> Map<String, Value> {
    let keys = object("w3c-vc-di-eddsa/proof-set-chain/multiKeyPairs.json");
    let key = secret(keys[key].as_object().unwrap());
    let suite = Cryptosuite::EddsaRdfc2022;
    secure_as(document, suite, config, previous, &key, Inline::OwnNames).unwrap()
}

fn verify(document: &Map<String, Value>) -> Result<(), VerificationError> {
    let credential = UnverifiedCredential::parse(Format::LdpVc, &json(document))?;
    let keys = evidence(&credential);
    credential.verify_with(&keys, Leniency::TestSuites, now())?;
    Ok(())
}

fn evidence(credential: &UnverifiedCredential) -> Vec<IssuerKey> {
    let sources = credential.key_sources().unwrap();
    let evidence = |source: &crate::KeySource| {
        let did = Did::parse(&source.issuer()).unwrap();
        let document = did::key::document(&did).unwrap();
        IssuerKey::from_did_document(source, &document).unwrap()
    };
    sources.iter().map(evidence).collect()
}

/// A private key as multibase with its multicodec, checked against the public one.
fn secret(pair: &Map<String, Value>) -> SigningKey {
    let text = pair
        .get("privateKeyMultibase")
        .or_else(|| pair.get("secretKeyMultibase"));
    let bytes = keys::base58::decode(text.unwrap().as_str().unwrap(), 80).unwrap();
    let (code, secret) = bytes.split_first_chunk::<2>().unwrap();
    let algorithm = match code {
        [0x80, 0x26] => Algorithm::EdDsa,
        [0x86, 0x26] => Algorithm::Es256,
        [0x87, 0x26] => Algorithm::Es384,
        other => panic!("unknown kind of key {other:?}"),
    };
    let key = SigningKey::from_secret(algorithm, secret).unwrap();
    assert_eq!(key.public().multikey(), pair["publicKeyMultibase"]);
    key
}

fn same(document: &Map<String, Value>, file: &str) {
    assert_eq!(document, &object(file), "{file}");
}

fn object(file: &str) -> Map<String, Value> {
    serde_json::from_str(&text(file)).unwrap()
}

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

fn json(document: &Map<String, Value>) -> String {
    serde_json::to_string(document).unwrap()
}

/// All files below a path, by their place among the vectors.
fn files(path: &Path) -> Vec<String> {
    if path.is_file() {
        let name = path.strip_prefix(root()).unwrap();
        return vec![name.to_str().unwrap().to_owned()];
    }
    let inner = std::fs::read_dir(path).unwrap();
    inner
        .flat_map(|inner| files(&inner.unwrap().path()))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn now() -> Timestamp {
    "2025-06-01T00:00:00Z".parse().unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))
}
