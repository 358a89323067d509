//! The W3C form: one way to write a certificate, and none to read it but to write it again and
//! compare.

use keys::base64url;
use serde_json::{Map, Value, json};

use crate::cbor::{Reader, Writer};
use crate::{CONTEXTS, CRYPTOSUITE, EpochProfile, SUBJECT_TYPE, TYPES};

/// Writes a credential, issued or derived: everything but `subject` and `proof_value` is the same
/// for everybody in the epoch.
pub(crate) fn write(
    profile: &EpochProfile,
    mut subject: Map<String, Value>,
    proof_value: &str,
) -> Value {
    subject.insert("type".to_owned(), SUBJECT_TYPE.into());
    json!({
        "@context": CONTEXTS,
        "type": TYPES,
        "issuer": profile.issuer(),
        "validFrom": profile.valid_from().to_string(),
        "validUntil": profile.valid_until().to_string(),
        "credentialSubject": subject,
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": CRYPTOSUITE,
            "proofPurpose": "assertionMethod",
            "verificationMethod": profile.verification_method(),
            "proofValue": proof_value,
        },
    })
}

/// The members that differ between people: the subject's, without its type, and the proof's value.
pub(crate) fn read(document: &Value) -> Option<(Map<String, Value>, &str)> {
    let mut subject = document.get("credentialSubject")?.as_object()?.clone();
    subject.remove("type")?;
    let proof_value = document.get("proof")?.get("proofValue")?.as_str()?;
    Some((subject, proof_value))
}

/// `proofValue` of an issued certificate: `u` (base64url), two bytes that say what follows, and
/// `[profile hash, signature]`.
pub(crate) fn write_base(profile_hash: &[u8; 32], signature: &[u8]) -> String {
    let mut writer = Writer::default();
    writer.array(2).bytes(profile_hash).bytes(signature);
    multibase(BASE, &writer.finish())
}

/// Reads what [`write_base`] wrote.
pub(crate) fn read_base(text: &str) -> Option<([u8; 32], Vec<u8>)> {
    let bytes = unwrap(BASE, text)?;
    let mut reader = Reader::new(&bytes);
    reader.array(2).ok()?;
    let hash = reader.bytes().ok()?.try_into().ok()?;
    let signature = reader.bytes().ok()?.to_vec();
    reader.finish().ok()?;
    Some((hash, signature))
}

/// `proofValue` of a derived certificate: `[profile hash, pseudonym or null, proof]`.
pub(crate) fn write_derived(
    profile_hash: &[u8; 32],
    pseudonym: Option<&[u8]>,
    proof: &[u8],
) -> String {
    let mut writer = Writer::default();
    writer.array(3).bytes(profile_hash);
    match pseudonym {
        Some(pseudonym) => writer.bytes(pseudonym),
        None => writer.null(),
    };
    writer.bytes(proof);
    multibase(DERIVED, &writer.finish())
}

/// What [`write_derived`] wrote.
pub(crate) struct Derived {
    pub(crate) profile_hash: [u8; 32],
    pub(crate) pseudonym: Option<Vec<u8>>,
    pub(crate) proof: Vec<u8>,
}

/// Reads what [`write_derived`] wrote.
pub(crate) fn read_derived(text: &str) -> Option<Derived> {
    let bytes = unwrap(DERIVED, text)?;
    let mut reader = Reader::new(&bytes);
    reader.array(3).ok()?;
    let profile_hash = reader.bytes().ok()?.try_into().ok()?;
    let pseudonym = reader.optional_bytes().ok()?.map(<[u8]>::to_vec);
    let proof = reader.bytes().ok()?.to_vec();
    reader.finish().ok()?;
    Some(Derived {
        profile_hash,
        pseudonym,
        proof,
    })
}

fn multibase(kind: [u8; 2], cbor: &[u8]) -> String {
    format!("u{}", base64url::encode([&kind, cbor].concat()))
}

fn unwrap(kind: [u8; 2], text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST_PROOF_VALUE {
        return None;
    }
    let bytes = base64url::decode(text.strip_prefix('u')?).ok()?;
    bytes.strip_prefix(&kind).map(<[u8]>::to_vec)
}

/// `n`, then 0 for a certificate as issued.
const BASE: [u8; 2] = [0x6e, 0x00];
/// Then 1 for what is shown of one.
const DERIVED: [u8; 2] = [0x6e, 0x01];
const LONGEST_PROOF_VALUE: usize = 4096;
