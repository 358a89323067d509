//! draft-irtf-cfrg-bbs-signatures.

use serde_json::Value;

use super::{assert_all_run, bytes, list, mocked, proof, public_key, read, scalar_bytes};
use super::{fixtures, secret_key, signature};
use crate::disclosure::generate;
use crate::generators::{Interface, p1};
use crate::random::RandomScalars as _;
use crate::suite::{API_ID, hash_to_scalar, message_to_scalar};
use crate::{SecretKey, proof_verify, sign, verify};

const SET: &str = "bbs-irtf";

mod signatures {
    super::fixtures!("bbs-irtf", "signature", super::run_signature,
        signature001 signature002 signature003 signature004 signature005
        signature006 signature007 signature008 signature009 signature010);
}

mod proofs {
    super::fixtures!("bbs-irtf", "proof", super::run_proof,
        proof001 proof002 proof003 proof004 proof005
        proof006 proof007 proof008 proof009 proof010
        proof011 proof012 proof013 proof014 proof015);
}

#[test]
fn every_general_file_is_run() {
    let names = [
        "MapMessageToScalarAsHash",
        "generators",
        "h2s",
        "keypair",
        "mockedRng",
    ];
    assert_all_run(SET, "", &names);
}

#[test]
fn map_message_to_scalar_as_hash() {
    let vector = read(SET, "MapMessageToScalarAsHash.json");
    for case in vector["cases"].as_array().unwrap() {
        let scalar = message_to_scalar(&bytes(&case["message"]), API_ID);
        assert_eq!(scalar.to_bytes(), scalar_bytes(&case["scalar"]));
    }
}

#[test]
fn generators() {
    let vector = read(SET, "generators.json");
    assert_eq!(p1().encoded.to_vec(), bytes(&vector["P1"]));
    let mut expected = vec![bytes(&vector["Q1"])];
    expected.extend(list(&vector["MsgGenerators"]));
    let generators = Interface::Plain.generators(expected.len()).unwrap();
    let encoded: Vec<_> = generators
        .iter()
        .map(|generator| generator.encoded.to_vec())
        .collect();
    assert_eq!(encoded, expected);
}

#[test]
fn h2s() {
    let vector = read(SET, "h2s.json");
    let scalar = hash_to_scalar(&bytes(&vector["message"]), &bytes(&vector["dst"]), b"");
    assert_eq!(scalar.to_bytes(), scalar_bytes(&vector["scalar"]));
}

#[test]
fn keypair() {
    let vector = read(SET, "keypair.json");
    assert_eq!(bytes(&vector["keyDst"]), [API_ID, b"KEYGEN_DST_"].concat());
    let key = SecretKey::key_gen(&bytes(&vector["keyMaterial"]), &bytes(&vector["keyInfo"]));
    let key = key.unwrap();
    assert_eq!(
        *key.expose_secret(),
        scalar_bytes(&vector["keyPair"]["secretKey"])
    );
    assert_eq!(
        key.public().to_bytes().to_vec(),
        bytes(&vector["keyPair"]["publicKey"])
    );
}

#[test]
fn mocked_rng() {
    let vector = read(SET, "mockedRng.json");
    let mut random = mocked(std::str::from_utf8(&bytes(&vector["dst"])).unwrap());
    assert_eq!(random.seed, bytes(&vector["seed"]));
    let expected = vector["mockedScalars"].as_array().unwrap();
    let scalars = random.draw(expected.len(), &[], &[]);
    for (scalar, expected) in scalars.iter().zip(expected) {
        assert_eq!(scalar.to_bytes(), scalar_bytes(expected));
    }
}

fn run_signature(vector: &Value) {
    let key = secret_key(&vector["signerKeyPair"]["secretKey"]);
    let public = public_key(&vector["signerKeyPair"]["publicKey"]);
    let (header, messages) = (bytes(&vector["header"]), list(&vector["messages"]));
    let signature = signature(&vector["signature"]);
    let verified = verify(&public, &signature, &header, &messages);
    assert_eq!(
        verified.is_ok(),
        vector["result"]["valid"].as_bool().unwrap()
    );
    if verified.is_ok() {
        assert_eq!(key.public(), &public);
        let again = sign(&key, &header, &messages).unwrap();
        assert_eq!(again.to_bytes().to_vec(), bytes(&vector["signature"]));
    }
}

fn run_proof(vector: &Value) {
    let public = public_key(&vector["signerPublicKey"]);
    let (header, ph) = (
        bytes(&vector["header"]),
        bytes(&vector["presentationHeader"]),
    );
    let messages = list(&vector["messages"]);
    let indexes: Vec<usize> = vector["disclosedIndexes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|index| index.as_u64().unwrap().try_into().unwrap())
        .collect();
    let proof = proof(&vector["proof"]);
    let disclosed: Vec<_> = indexes
        .iter()
        .map(|index| (*index, messages.get(*index).unwrap()))
        .collect();
    // The draft takes the length from the proof.
    let length = proof.hidden() + indexes.len();
    let verified = proof_verify(&public, &proof, &header, &ph, length, &disclosed);
    assert_eq!(
        verified.is_ok(),
        vector["result"]["valid"].as_bool().unwrap()
    );
    if verified.is_ok() {
        assert_eq!(length, messages.len());
        let signature = signature(&vector["signature"]);
        let mut random =
            mocked("BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_MOCK_RANDOM_SCALARS_DST_");
        let again = generate(
            &public,
            &signature,
            &header,
            &ph,
            &messages,
            &indexes,
            &mut random,
        )
        .unwrap();
        assert_eq!(again.to_bytes(), bytes(&vector["proof"]));
    }
}
