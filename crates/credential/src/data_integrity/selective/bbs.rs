//! `bbs-2023`, baseline (vc-di-bbs, CR draft of April 2025, section 3.4): one signature over all
//! statements, of which a proof discloses some. No two proofs can be linked by their cryptography.

use std::collections::BTreeMap;

use ::bbs::{Proof as BbsProof, PublicKey, SecretKey, Signature};
use keys::mac::MacKey;
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
    has_prefix, read, read_labels, texts, write, write_labels,
};
use crate::data_integrity::selective::selection::{mandatory as mandatory_pointers, select};
use crate::data_integrity::suite::Cryptosuite;

/// Issues a Credential of which the Holder can disclose a part, unlinkably. What the pointers
/// (RFC 6901) lead to, and its status, is always disclosed.
///
/// # Errors
/// As [`issue`](crate::data_integrity::issue()), or if a pointer leads nowhere.
pub fn issue(
    credential: Map<String, Value>,
    options: &ProofOptions<'_>,
    mandatory: &[String],
    key: &SecretKey,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Map<String, Value>, SecureError> {
    check_issuer(&credential, options)?;
    let labels = MacKey::generate(rng);
    let proof = options.members();
    let mandatory = mandatory_pointers(&credential, mandatory);
    let inline = options.leniency.inline();
    secure(credential, proof, &mandatory, key, &labels, inline)
}

/// Derives a Credential that discloses what the pointers lead to, and what is mandatory. The
/// presentation header binds the proof to one use.
///
/// # Errors
/// If the proof is no base proof of this suite by this Issuer's key, or a pointer leads nowhere.
pub fn derive(
    credential: &Map<String, Value>,
    selective: &[String],
    presentation_header: &[u8],
    issuer: &PublicKey,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Map<String, Value>, ProofFault> {
    let strict = Leniency::None;
    derive_with(
        credential,
        selective,
        presentation_header,
        issuer,
        strict,
        rng,
    )
}

/// As [`derive`], with what test suites need.
pub(crate) fn derive_with(
    credential: &Map<String, Value>,
    selective: &[String],
    presentation_header: &[u8],
    issuer: &PublicKey,
    leniency: Leniency,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Map<String, Value>, ProofFault> {
    let mut draw = drawing(issuer, presentation_header, rng);
    derive_as(
        credential,
        selective,
        presentation_header,
        issuer,
        leniency.inline(),
        &mut draw,
    )
}

/// As [`derive`], from what was verified on receipt.
pub(super) fn derive_held(
    parts: Parts,
    selective: &[String],
    presentation_header: &[u8],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Map<String, Value>, ProofFault> {
    let opened = Opened::new(parts, Inline::OwnNames)?;
    let issuer = PublicKey::from_bytes(&opened.base.public);
    let issuer = issuer.map_err(|_| ProofFault::Malformed("proofValue"))?;
    let mut draw = drawing(&issuer, presentation_header, rng);
    opened.derive(selective, presentation_header, &mut draw)
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

/// Draws proofs with fresh randomness.
fn drawing<'a>(
    issuer: &'a PublicKey,
    presentation_header: &'a [u8],
    rng: &'a mut (impl CryptoRng + ?Sized),
) -> impl FnMut(&Witness<'_>) -> Result<BbsProof, ::bbs::Error> + 'a {
    move |witness| {
        ::bbs::proof_gen(
            issuer,
            witness.signature,
            witness.header,
            presentation_header,
            witness.messages,
            witness.disclosed,
            rng,
        )
    }
}

/// What a proof is made of.
pub(in crate::data_integrity) struct Witness<'a> {
    pub(in crate::data_integrity) signature: &'a Signature,
    pub(in crate::data_integrity) header: &'a [u8],
    pub(in crate::data_integrity) messages: &'a [&'a [u8]],
    pub(in crate::data_integrity) disclosed: &'a [usize],
}

pub(in crate::data_integrity) fn secure(
    mut credential: Map<String, Value>,
    mut proof: Map<String, Value>,
    mandatory: &[String],
    key: &SecretKey,
    labels: &MacKey,
    inline: Inline,
) -> Result<Map<String, Value>, SecureError> {
    if credential.contains_key("proof") {
        return Err(ProofFault::Cryptosuite.into());
    }
    let statements = Statements::new(&credential, inline, |all| shuffled(labels, all))?;
    let indexes = statements.indexes(mandatory)?;
    let (always, rest) = split(&statements.lines, &indexes);
    let header = [config_hash(&credential, &proof, inline)?, hash(always)].concat();
    let signature = ::bbs::sign(key, &header, &rest).map_err(|_| SecureError::Signing)?;
    let base = Base {
        signature: signature.to_bytes().to_vec(),
        header,
        public: key.public().to_bytes().to_vec(),
        label_key: *labels.expose_secret(),
        mandatory: mandatory.to_vec(),
    };
    proof.remove("@context");
    proof.insert("proofValue".to_owned(), base.encode().into());
    credential.insert("proof".to_owned(), Value::Object(proof));
    Ok(credential)
}

pub(in crate::data_integrity) fn derive_as(
    credential: &Map<String, Value>,
    selective: &[String],
    presentation_header: &[u8],
    issuer: &PublicKey,
    inline: Inline,
    draw: &mut Draw<'_>,
) -> Result<Map<String, Value>, ProofFault> {
    let opened = Opened::new(Parts::of(credential, Cryptosuite::Bbs2023)?, inline)?;
    // A Holder keeps nothing that no Verifier would believe.
    opened.check(issuer)?;
    opened.derive(selective, presentation_header, draw)
}

/// How a proof is made of its parts: a test makes it without randomness.
type Draw<'d> = dyn FnMut(&Witness<'_>) -> Result<BbsProof, ::bbs::Error> + 'd;

/// A Credential with a base proof, and its statements.
struct Opened {
    parts: Parts,
    base: Base,
    header: Vec<u8>,
    statements: Statements,
    mandatory: Vec<usize>,
}

impl Opened {
    fn new(parts: Parts, inline: Inline) -> Result<Self, ProofFault> {
        let base = Base::decode(&parts.value)?;
        let labels = MacKey::new(&base.label_key);
        let statements = Statements::new(&parts.document, inline, |all| shuffled(&labels, all))?;
        let mandatory = statements.indexes(&base.mandatory)?;
        let (always, _) = split(&statements.lines, &mandatory);
        let config = config_hash(&parts.document, &parts.proof, inline)?;
        Ok(Self {
            header: [config, hash(always)].concat(),
            mandatory,
            statements,
            base,
            parts,
        })
    }

    fn check(&self, issuer: &PublicKey) -> Result<(), ProofFault> {
        if self.header != self.base.header || self.base.public != issuer.to_bytes() {
            return Err(ProofFault::Signature);
        }
        let (_, rest) = split(&self.statements.lines, &self.mandatory);
        ::bbs::verify(issuer, &self.signature()?, &self.header, &rest)
            .map_err(|_| ProofFault::Signature)
    }

    fn derive(
        self,
        selective: &[String],
        presentation_header: &[u8],
        draw: &mut Draw<'_>,
    ) -> Result<Map<String, Value>, ProofFault> {
        let pointers = [self.base.mandatory.as_slice(), selective].concat();
        let shown = self.statements.shown(&self.mandatory, &pointers)?;
        let (_, rest) = split(&self.statements.lines, &self.mandatory);
        let messages: Vec<&[u8]> = rest.iter().map(|line| line.as_bytes()).collect();
        let witness = Witness {
            signature: &self.signature()?,
            header: &self.header,
            messages: &messages,
            disclosed: &shown.disclosed,
        };
        let derived = Derived {
            proof: draw(&witness)
                .map_err(|_| ProofFault::Signature)?
                .to_bytes(),
            labels: self.statements.label_map(&pointers)?,
            mandatory: shown.mandatory,
            disclosed: shown.disclosed,
            presentation_header: presentation_header.to_vec(),
        };
        let revealed = select(&self.parts.document, &pointers)?.ok_or(ProofFault::Pointer)?;
        Ok(self.parts.derived(revealed, derived.encode()?))
    }

    fn signature(&self) -> Result<Signature, ProofFault> {
        Signature::from_bytes(&self.base.signature).map_err(|_| ProofFault::Malformed("proofValue"))
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
    if has_prefix(BASE, value) {
        return Err(ProofFault::BaseProof);
    }
    let derived = Derived::decode(value)?;
    let lines = relabelled(document, inline, &derived.labels)?;
    check_within(&derived.mandatory, &lines)?;
    let (always, rest) = split(&lines, &derived.mandatory);
    let header = [config_hash(document, config, inline)?, hash(always)].concat();
    let proof = BbsProof::from_bytes(&derived.proof);
    let proof = proof.map_err(|_| ProofFault::Malformed("proofValue"))?;
    if derived.disclosed.len() != rest.len() {
        return Err(ProofFault::Signature);
    }
    let messages: Vec<(usize, &[u8])> = derived
        .disclosed
        .iter()
        .zip(&rest)
        .map(|(index, line)| (*index, line.as_bytes()))
        .collect();
    let length = proof.hidden() + messages.len();
    let header_of_use = &derived.presentation_header;
    ::bbs::proof_verify(issuer, &proof, &header, header_of_use, length, &messages)
        .map_err(|_| ProofFault::Signature)
}

/// Labels in the order of keyed hashes, numbered (vc-di-bbs, section 3.3.1): a hash would tell the
/// Credential from others.
pub(super) fn shuffled(key: &MacKey, canonical: &[String]) -> Vec<String> {
    let hashes = hmac_labels(key, canonical);
    let mut order: Vec<&String> = hashes.iter().collect();
    order.sort_unstable();
    hashes
        .iter()
        .map(|hash| format!("b{}", order.binary_search(&hash).unwrap_or_default()))
        .collect()
}

/// The value of a base proof (vc-di-bbs, section 3.3.3).
pub(super) struct Base {
    pub(super) signature: Vec<u8>,
    header: Vec<u8>,
    public: Vec<u8>,
    pub(super) label_key: [u8; 32],
    pub(super) mandatory: Vec<String>,
}

impl Base {
    fn encode(&self) -> String {
        let item = Item::Array(vec![
            Item::Bytes(self.signature.clone()),
            Item::Bytes(self.header.clone()),
            Item::Bytes(self.public.clone()),
            Item::Bytes(self.label_key.to_vec()),
            Item::Array(self.mandatory.iter().cloned().map(Item::Text).collect()),
        ]);
        write(BASE, &item)
    }

    pub(super) fn decode(value: &str) -> Result<Self, ProofFault> {
        let read = || {
            let [signature, header, public, label_key, mandatory] =
                read(BASE, value)?.try_into().ok()?;
            Some(Self {
                signature: signature.into_bytes()?,
                header: header.into_bytes()?,
                public: public.into_bytes()?,
                label_key: label_key.into_bytes()?.try_into().ok()?,
                mandatory: texts(mandatory)?,
            })
        };
        read().ok_or(ProofFault::Malformed("proofValue"))
    }
}

/// The value of a derived proof (vc-di-bbs, section 3.3.6).
pub(super) struct Derived {
    pub(super) proof: Vec<u8>,
    pub(super) labels: BTreeMap<usize, String>,
    pub(super) mandatory: Vec<usize>,
    pub(super) disclosed: Vec<usize>,
    pub(super) presentation_header: Vec<u8>,
}

impl Derived {
    fn encode(&self) -> Result<String, ProofFault> {
        let label = |label: &str| {
            let own: u64 = label.strip_prefix('b')?.parse().ok()?;
            Some(Item::Number(own))
        };
        let item = Item::Array(vec![
            Item::Bytes(self.proof.clone()),
            write_labels(&self.labels, label)?,
            Item::numbers(&self.mandatory),
            Item::numbers(&self.disclosed),
            Item::Bytes(self.presentation_header.clone()),
        ]);
        Ok(write(DERIVED, &item))
    }

    pub(super) fn decode(value: &str) -> Result<Self, ProofFault> {
        let read = || {
            let [proof, labels, mandatory, disclosed, presentation_header] =
                read(DERIVED, value)?.try_into().ok()?;
            let label = |own: Item| Some(format!("b{}", own.into_number()?));
            Some(Self {
                proof: proof.into_bytes()?,
                labels: read_labels(labels, label)?,
                mandatory: mandatory.into_ascending()?,
                disclosed: disclosed.into_ascending()?,
                presentation_header: presentation_header.into_bytes()?,
            })
        };
        read().ok_or(ProofFault::Malformed("proofValue"))
    }
}

/// The canonical text of a derived document, and all of its proof value but the proof.
#[cfg(test)]
pub(super) fn without_proof(
    credential: &Map<String, Value>,
) -> (String, Map<String, Value>, String) {
    let Parts {
        document,
        proof,
        value,
    } = Parts::of(credential, Cryptosuite::Bbs2023).unwrap();
    let mut derived = Derived::decode(&value).unwrap();
    derived.proof.clear();
    let document = strict_json::canonicalize_object(&document).unwrap();
    (document, proof, derived.encode().unwrap())
}

const BASE: [u8; 3] = [0xd9, 0x5d, 0x02];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x03];
