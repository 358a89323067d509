//! `ecdsa-sd-2023` (vc-di-ecdsa, section 3.6): a signature for every statement.

use std::collections::BTreeMap;

use keys::mac::MacKey;
use keys::{Algorithm, PublicKey, SigningKey, base64url};
use linked_data::Inline;
use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::data_integrity::credential::Leniency;
use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::issue::{ProofOptions, SecureError, check_issuer};
use crate::data_integrity::selective::cbor::Item;
use crate::data_integrity::selective::groups::{
    Statements, check_within, hash, hmac_labels, relabelled, split,
};
use crate::data_integrity::selective::parts::{Parts, config_hash};
use crate::data_integrity::selective::proof_value::{
    byte_strings, has_prefix, read, read_labels, texts, write, write_labels,
};
use crate::data_integrity::selective::selection::{mandatory as mandatory_pointers, select};
use crate::data_integrity::suite::Cryptosuite;

/// Issues a Credential of which the Holder can disclose a part. What the pointers (RFC 6901) lead
/// to, and its status, is always disclosed.
///
/// # Errors
/// As [`issue`](crate::data_integrity::issue()), or if a pointer leads nowhere.
pub fn issue(
    credential: Map<String, Value>,
    options: &ProofOptions<'_>,
    mandatory: &[String],
    key: &SigningKey,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Map<String, Value>, SecureError> {
    check_issuer(&credential, options)?;
    let secrets = Secrets {
        labels: MacKey::generate(rng),
        statements: SigningKey::generate(Algorithm::Es256, rng),
    };
    let proof = options.members();
    let mandatory = mandatory_pointers(&credential, mandatory);
    secure(
        credential,
        proof,
        &mandatory,
        key,
        &secrets,
        options.leniency.inline(),
    )
}

/// Derives a Credential that discloses what the pointers lead to, and what is mandatory.
///
/// # Errors
/// If the proof is no base proof of this suite by this Issuer's key, or a pointer leads nowhere.
pub fn derive(
    credential: &Map<String, Value>,
    selective: &[String],
    issuer: &PublicKey,
) -> Result<Map<String, Value>, ProofFault> {
    derive_with(credential, selective, issuer, Leniency::None)
}

/// As [`derive`], with what test suites need.
pub(crate) fn derive_with(
    credential: &Map<String, Value>,
    selective: &[String],
    issuer: &PublicKey,
    leniency: Leniency,
) -> Result<Map<String, Value>, ProofFault> {
    let parts = Parts::of(credential, Cryptosuite::EcdsaSd2023)?;
    let opened = Opened::new(parts, leniency.inline())?;
    // A Holder keeps nothing that no Verifier would believe.
    opened.check(issuer)?;
    opened.derive(selective)
}

/// The secrets of one issuance.
pub(in crate::data_integrity) struct Secrets {
    /// Makes the labels of blank nodes. The Holder gets it.
    pub(in crate::data_integrity) labels: MacKey,
    /// Signs the statements, and is forgotten.
    pub(in crate::data_integrity) statements: SigningKey,
}

pub(in crate::data_integrity) fn secure(
    mut credential: Map<String, Value>,
    mut proof: Map<String, Value>,
    mandatory: &[String],
    key: &SigningKey,
    secrets: &Secrets,
    inline: Inline,
) -> Result<Map<String, Value>, SecureError> {
    if key.algorithm() != Algorithm::Es256 || credential.contains_key("proof") {
        return Err(ProofFault::Cryptosuite.into());
    }
    let config = config_hash(&credential, &proof, inline)?;
    let base = sign(&credential, &config, mandatory, key, secrets, inline)?;
    proof.remove("@context");
    proof.insert("proofValue".to_owned(), base.encode().into());
    credential.insert("proof".to_owned(), Value::Object(proof));
    Ok(credential)
}

pub(in crate::data_integrity) fn sign(
    document: &Map<String, Value>,
    config: &[u8],
    mandatory: &[String],
    key: &SigningKey,
    secrets: &Secrets,
    inline: Inline,
) -> Result<Base, SecureError> {
    let relabel = |labels: &[String]| hmac_labels(&secrets.labels, labels);
    let statements = Statements::new(document, inline, relabel)?;
    let indexes = statements.indexes(mandatory)?;
    let (always, rest) = split(&statements.lines, &indexes);
    let statement_key = multikey_bytes(secrets.statements.public())?;
    let signed = [config, &statement_key, &hash(always)].concat();
    let signatures = rest
        .iter()
        .map(|line| secrets.statements.sign(line.as_bytes()))
        .collect::<Result<_, _>>()?;
    Ok(Base {
        signature: key.sign(&signed)?,
        statement_key,
        label_key: *secrets.labels.expose_secret(),
        signatures,
        mandatory: mandatory.to_vec(),
    })
}

/// As [`derive`], from what was verified on receipt.
pub(super) fn derive_held(
    parts: Parts,
    selective: &[String],
) -> Result<Map<String, Value>, ProofFault> {
    Opened::new(parts, Inline::OwnNames)?.derive(selective)
}

/// Verifies a base proof, for the Holder.
pub(in crate::data_integrity) fn verify_base(
    document: &Map<String, Value>,
    config: &Map<String, Value>,
    value: &str,
    issuer: &PublicKey,
    inline: Inline,
) -> Result<(), ProofFault> {
    if has_prefix(DERIVED, value) {
        return Err(ProofFault::DerivedProof);
    }
    Opened::new(Parts::new(document, config, value), inline)?.check(issuer)
}

/// A Credential with a base proof, and its statements.
struct Opened {
    parts: Parts,
    base: Base,
    config: Vec<u8>,
    statements: Statements,
    mandatory: Vec<usize>,
}

impl Opened {
    fn new(parts: Parts, inline: Inline) -> Result<Self, ProofFault> {
        let base = Base::decode(&parts.value)?;
        let label_key = MacKey::new(&base.label_key);
        let relabel = |labels: &[String]| hmac_labels(&label_key, labels);
        let statements = Statements::new(&parts.document, inline, relabel)?;
        Ok(Self {
            mandatory: statements.indexes(&base.mandatory)?,
            config: config_hash(&parts.document, &parts.proof, inline)?,
            statements,
            base,
            parts,
        })
    }

    fn check(&self, issuer: &PublicKey) -> Result<(), ProofFault> {
        if issuer.algorithm() != Algorithm::Es256 {
            return Err(ProofFault::Cryptosuite);
        }
        let (always, rest) = split(&self.statements.lines, &self.mandatory);
        check(
            &self.config,
            &hash(always),
            &rest,
            &self.base.signature,
            &self.base.statement_key,
            &self.base.signatures,
            issuer,
        )
    }

    fn derive(self, selective: &[String]) -> Result<Map<String, Value>, ProofFault> {
        let Self {
            parts,
            base,
            statements,
            mandatory,
            ..
        } = self;
        let pointers = [base.mandatory.as_slice(), selective].concat();
        let shown = statements.shown(&mandatory, &pointers)?;
        let derived = Derived {
            signatures: shown
                .disclosed
                .into_iter()
                .filter_map(|place| base.signatures.get(place).cloned())
                .collect(),
            signature: base.signature,
            statement_key: base.statement_key,
            labels: statements.label_map(&pointers)?,
            mandatory: shown.mandatory,
        };
        let revealed = select(&parts.document, &pointers)?.ok_or(ProofFault::Pointer)?;
        Ok(parts.derived(revealed, derived.encode()?))
    }
}

/// Verifies a derived proof. A base proof is refused: it shows the Holder's secret.
pub(in crate::data_integrity) fn verify(
    document: &Map<String, Value>,
    config: &Map<String, Value>,
    value: &str,
    issuer: &PublicKey,
    inline: Inline,
) -> Result<(), ProofFault> {
    if issuer.algorithm() != Algorithm::Es256 {
        return Err(ProofFault::Cryptosuite);
    }
    if has_prefix(BASE, value) {
        return Err(ProofFault::BaseProof);
    }
    let derived = Derived::decode(value)?;
    let lines = relabelled(document, inline, &derived.labels)?;
    check_within(&derived.mandatory, &lines)?;
    let (always, rest) = split(&lines, &derived.mandatory);
    let config = config_hash(document, config, inline)?;
    check(
        &config,
        &hash(always),
        &rest,
        &derived.signature,
        &derived.statement_key,
        &derived.signatures,
        issuer,
    )
}

fn check(
    config: &[u8],
    mandatory: &[u8],
    rest: &[&String],
    signature: &[u8],
    statement_key: &[u8],
    signatures: &[Vec<u8>],
    issuer: &PublicKey,
) -> Result<(), ProofFault> {
    let signed = [config, statement_key, mandatory].concat();
    issuer
        .verify(&signed, signature)
        .map_err(|_| ProofFault::Signature)?;
    let key = statement_public(statement_key)?;
    if signatures.len() != rest.len() {
        return Err(ProofFault::Signature);
    }
    for (line, signature) in rest.iter().zip(signatures) {
        key.verify(line.as_bytes(), signature)
            .map_err(|_| ProofFault::Signature)?;
    }
    Ok(())
}

/// The value of a base proof (vc-di-ecdsa, section 3.5.3).
pub(in crate::data_integrity) struct Base {
    pub(in crate::data_integrity) signature: Vec<u8>,
    pub(super) statement_key: Vec<u8>,
    pub(super) label_key: [u8; 32],
    pub(in crate::data_integrity) signatures: Vec<Vec<u8>>,
    pub(super) mandatory: Vec<String>,
}

impl Base {
    pub(in crate::data_integrity) fn encode(&self) -> String {
        let item = Item::Array(vec![
            Item::Bytes(self.signature.clone()),
            Item::Bytes(self.statement_key.clone()),
            Item::Bytes(self.label_key.to_vec()),
            Item::Array(self.signatures.iter().cloned().map(Item::Bytes).collect()),
            Item::Array(self.mandatory.iter().cloned().map(Item::Text).collect()),
        ]);
        write(BASE, &item)
    }

    pub(in crate::data_integrity) fn decode(value: &str) -> Result<Self, ProofFault> {
        let read = || {
            let [signature, statement_key, label_key, signatures, mandatory] =
                read(BASE, value)?.try_into().ok()?;
            Some(Self {
                signature: signature.into_bytes()?,
                statement_key: statement_key.into_bytes()?,
                label_key: label_key.into_bytes()?.try_into().ok()?,
                signatures: byte_strings(signatures)?,
                mandatory: texts(mandatory)?,
            })
        };
        read().ok_or(ProofFault::Malformed("proofValue"))
    }
}

/// The value of a derived proof (vc-di-ecdsa, section 3.5.7).
pub(super) struct Derived {
    pub(super) signature: Vec<u8>,
    pub(super) statement_key: Vec<u8>,
    pub(super) signatures: Vec<Vec<u8>>,
    pub(super) labels: BTreeMap<usize, String>,
    pub(super) mandatory: Vec<usize>,
}

impl Derived {
    fn encode(&self) -> Result<String, ProofFault> {
        let label = |label: &str| {
            let bytes = base64url::decode(label.strip_prefix('u')?).ok()?;
            Some(Item::Bytes(bytes))
        };
        let item = Item::Array(vec![
            Item::Bytes(self.signature.clone()),
            Item::Bytes(self.statement_key.clone()),
            Item::Array(self.signatures.iter().cloned().map(Item::Bytes).collect()),
            write_labels(&self.labels, label)?,
            Item::numbers(&self.mandatory),
        ]);
        Ok(write(DERIVED, &item))
    }

    pub(super) fn decode(value: &str) -> Result<Self, ProofFault> {
        let read = || {
            let [signature, statement_key, signatures, labels, mandatory] =
                read(DERIVED, value)?.try_into().ok()?;
            let label = |own: Item| {
                let label: [u8; 32] = own.into_bytes()?.try_into().ok()?;
                Some(format!("u{}", base64url::encode(label)))
            };
            Some(Self {
                signature: signature.into_bytes()?,
                statement_key: statement_key.into_bytes()?,
                signatures: byte_strings(signatures)?,
                labels: read_labels(labels, label)?,
                mandatory: mandatory.into_ascending()?,
            })
        };
        read().ok_or(ProofFault::Malformed("proofValue"))
    }
}

/// The bytes of a Multikey, with the code of its kind.
fn multikey_bytes(key: &PublicKey) -> Result<Vec<u8>, ProofFault> {
    let multikey = key.multikey();
    let digits = multikey.strip_prefix('z').unwrap_or_default();
    let bytes = bs58::decode(digits).into_vec();
    bytes.map_err(|_| ProofFault::Malformed("proofValue"))
}

fn statement_public(bytes: &[u8]) -> Result<PublicKey, ProofFault> {
    let fault = ProofFault::Malformed("proofValue");
    if bytes.len() != 35 {
        return Err(fault);
    }
    let multikey = format!("z{}", bs58::encode(bytes).into_string());
    match PublicKey::from_multikey(&multikey) {
        Ok(key) if key.algorithm() == Algorithm::Es256 => Ok(key),
        _ => Err(fault),
    }
}

const BASE: [u8; 3] = [0xd9, 0x5d, 0x00];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];
