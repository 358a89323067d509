use did::DidUrl;
use jiff::{SignedDuration, Timestamp};
use keys::{PublicKey, SignatureError, base58};
use linked_data::{Hash, Inline};
use serde_json::{Map, Value};

use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::selective::choice::Choice;
use crate::data_integrity::selective::{bbs, ecdsa_sd};
use crate::data_integrity::suite::{Cryptosuite, canonical, hash_data, hash_of};
use crate::data_model::{date_time, several};
use crate::error::PeerFault;
use crate::issuer_key::Key;
use crate::registered::check_freshness;

/// What a proof is made for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Saying something: a Credential.
    AssertionMethod,
    /// Proving to be somebody: a Presentation.
    Authentication,
}

impl Purpose {
    /// The value of `proofPurpose`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AssertionMethod => "assertionMethod",
            Self::Authentication => "authentication",
        }
    }
}

/// A proof as it stands in a document: read, and not believed.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) suite: Cryptosuite,
    pub(super) method: DidUrl,
    id: Option<String>,
    previous: Vec<String>,
    value: SignatureValue,
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
    members: Map<String, Value>,
}

impl Proof {
    /// Takes the proofs out of a document.
    pub(super) fn take_all(document: &mut Map<String, Value>) -> Result<Vec<Self>, ProofFault> {
        let proofs = match document.remove("proof") {
            Some(Value::Array(several)) => several,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        match proofs.len() {
            0 => Err(ProofFault::Missing("proof")),
            1..=MOST_PROOFS => proofs.into_iter().map(Self::read).collect(),
            _ => Err(ProofFault::TooMany),
        }
    }

    fn read(proof: Value) -> Result<Self, ProofFault> {
        let Value::Object(members) = proof else {
            return Err(ProofFault::Malformed("proof"));
        };
        let suite = match (text(&members, "type")?, optional(&members, "cryptosuite")?) {
            ("DataIntegrityProof", Some(name)) => {
                Cryptosuite::parse(name).filter(|suite| *suite != Cryptosuite::Ed25519Signature2020)
            }
            ("Ed25519Signature2020", None) => Some(Cryptosuite::Ed25519Signature2020),
            _ => None,
        };
        let method = text(&members, "verificationMethod")?;
        let previous = match members.get("previousProof") {
            None => Vec::new(),
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(several)) => several
                .iter()
                .map(|one| one.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .ok_or(ProofFault::Malformed("previousProof"))?,
            Some(_) => return Err(ProofFault::Malformed("previousProof")),
        };
        text(&members, "proofPurpose")?;
        let suite = suite.ok_or(ProofFault::Cryptosuite)?;
        let value = text(&members, VALUE)?;
        let value = match suite.discloses() {
            true => SignatureValue::Selective(value.to_owned()),
            false => SignatureValue::Whole(
                base58::decode(value, LONGEST_SIGNATURE).ok_or(ProofFault::Malformed(VALUE))?,
            ),
        };
        let time = |name| date_time(&members, name).map_err(|_| ProofFault::Malformed(name));
        Ok(Self {
            suite,
            method: DidUrl::parse(method).map_err(|_| ProofFault::Controller)?,
            id: optional(&members, "id")?.map(str::to_owned),
            previous,
            value,
            created: time("created")?,
            expires: time("expires")?,
            members,
        })
    }

    /// What it says of what is mandatory, if it discloses a part.
    pub(super) fn choice(&self, inline: Inline) -> Option<Choice> {
        match &self.value {
            SignatureValue::Selective(value) => {
                Some(Choice::new(self.suite, value.clone(), inline))
            }
            SignatureValue::Whole(_) => None,
        }
    }

    /// Whether it was made for this purpose.
    pub(super) fn check_purpose(&self, purpose: Purpose) -> Result<(), ProofFault> {
        match text(&self.members, "proofPurpose")? == purpose.name() {
            true => Ok(()),
            false => Err(ProofFault::Purpose),
        }
    }

    /// Whether it was made, and is still good.
    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), ProofFault> {
        if self
            .created
            .is_some_and(|created| created.duration_since(now) > LEEWAY)
        {
            return Err(ProofFault::NotYetValid);
        }
        match self.expires {
            Some(expires) if expires <= now => Err(ProofFault::Expired),
            _ => Ok(()),
        }
    }

    /// Whether it was made just now, if it says when: else the challenge alone vouches for that.
    pub(super) fn check_freshness(&self, now: Timestamp) -> Result<(), PeerFault> {
        match self.created {
            Some(created) => check_freshness(created.as_second(), None, None, now),
            None => Ok(()),
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.members)
    }

    /// The value of `challenge`.
    pub(super) fn challenge(&self) -> Option<&str> {
        self.members.get("challenge")?.as_str()
    }

    /// Whether `domain` is this one alone.
    pub(super) fn is_for(&self, domain: &str) -> bool {
        match self.members.get("domain") {
            Some(Value::Array(several)) if several.len() == 1 => {
                several.first().and_then(Value::as_str) == Some(domain)
            }
            Some(one) => one.as_str() == Some(domain),
            None => false,
        }
    }

    /// Verifies the signature over the document without its proofs. The suite says which kind of key
    /// it takes.
    pub(super) fn verify(
        &self,
        document: &Map<String, Value>,
        all: &[Self],
        key: &Key,
        inline: Inline,
    ) -> Result<(), ProofFault> {
        let check =
            |key: &PublicKey, message: &[u8], signature: &[u8]| key.verify(message, signature);
        self.verify_by(document, all, key, inline, check)
    }

    /// As [`Self::verify`], with another way to verify one signature over a whole document.
    pub(super) fn verify_by(
        &self,
        document: &Map<String, Value>,
        all: &[Self],
        key: &Key,
        inline: Inline,
        check: impl FnOnce(&PublicKey, &[u8], &[u8]) -> Result<(), SignatureError>,
    ) -> Result<(), ProofFault> {
        match key {
            Key::Bbs(_) if self.suite == Cryptosuite::Bbs2023 => {}
            Key::Signature(key) if self.suite.takes(key.algorithm()) => {}
            Key::Bbs(_) | Key::Signature(_) => return Err(ProofFault::Cryptosuite),
        }
        match (&self.value, key) {
            (SignatureValue::Selective(_), _) if !self.previous.is_empty() => {
                Err(ProofFault::PreviousProof)
            }
            (SignatureValue::Selective(value), key) => {
                self.contexts(document)?;
                match key {
                    Key::Bbs(key) => bbs::verify(document, &self.members, value, key, inline),
                    Key::Signature(key) => {
                        ecdsa_sd::verify(document, &self.members, value, key, inline)
                    }
                }
            }
            (SignatureValue::Whole(_), Key::Bbs(_)) => Err(ProofFault::Cryptosuite),
            (SignatureValue::Whole(signature), Key::Signature(key)) => {
                let data = self.signed_data(document, all, hash_of(key.algorithm()), inline)?;
                check(key, &data, signature).map_err(|_| ProofFault::Signature)
            }
        }
    }

    /// Verifies a base proof, of which the Holder will derive others.
    pub(super) fn verify_base(
        &self,
        document: &Map<String, Value>,
        key: &Key,
        inline: Inline,
    ) -> Result<(), ProofFault> {
        let SignatureValue::Selective(value) = &self.value else {
            return Err(ProofFault::Cryptosuite);
        };
        if !self.previous.is_empty() {
            return Err(ProofFault::PreviousProof);
        }
        self.contexts(document)?;
        match (self.suite, key) {
            (Cryptosuite::Bbs2023, Key::Bbs(key)) => {
                bbs::verify_base(document, &self.members, value, key, inline)
            }
            (Cryptosuite::EcdsaSd2023, Key::Signature(key)) => {
                ecdsa_sd::verify_base(document, &self.members, value, key, inline)
            }
            _ => Err(ProofFault::Cryptosuite),
        }
    }

    /// What the signature is over.
    pub(super) fn signed_data(
        &self,
        document: &Map<String, Value>,
        all: &[Self],
        hash: Hash,
        inline: Inline,
    ) -> Result<Vec<u8>, ProofFault> {
        let contexts = self.contexts(document)?;
        let changed = (!self.previous.is_empty()
            || contexts.is_some_and(|contexts| document.get("@context") != Some(contexts)))
        .then(|| self.as_signed(document, contexts, all))
        .transpose()?;
        let contexts = document.get("@context");
        let document = changed.as_ref().unwrap_or(document);
        let document = canonical(self.suite, document, hash, inline)?;
        let config = self.canonical_config(contexts, hash, inline)?;
        Ok(hash_data(hash, &config, &document))
    }

    /// The canonical form of the proof without its value.
    fn canonical_config(
        &self,
        contexts: Option<&Value>,
        hash: Hash,
        inline: Inline,
    ) -> Result<String, ProofFault> {
        if self.suite.signs_json() {
            return strict_json::canonicalize_object_without(&self.members, VALUE)
                .map_err(|_| ProofFault::Number);
        }
        let mut config = self.members.clone();
        config.remove(VALUE);
        if let Some(contexts) = contexts {
            config.insert("@context".to_owned(), contexts.clone());
        }
        canonical(self.suite, &config, hash, inline)
    }

    /// The contexts that the proof covers, if it says so itself. The document may have more of
    /// them at the end: those are then not signed (vc-di-eddsa, section 3.3.2, step 4).
    pub(super) fn contexts<'a>(
        &'a self,
        document: &Map<String, Value>,
    ) -> Result<Option<&'a Value>, ProofFault> {
        let Some(own) = self.members.get("@context") else {
            return Ok(None);
        };
        let fine = match document.get("@context") {
            Some(contexts) if self.suite.signs_json() => {
                several(Some(contexts)).starts_with(several(Some(own)))
            }
            contexts => contexts == Some(own),
        };
        fine.then_some(Some(own)).ok_or(ProofFault::Context)
    }

    /// The document as it was when this proof was made: with the proofs that it continues.
    pub(super) fn as_signed(
        &self,
        document: &Map<String, Value>,
        contexts: Option<&Value>,
        all: &[Self],
    ) -> Result<Map<String, Value>, ProofFault> {
        let mut signed = document.clone();
        if let Some(contexts) = contexts {
            signed.insert("@context".to_owned(), contexts.clone());
        }
        if !self.previous.is_empty() {
            let previous = previous(&self.previous, all)?;
            signed.insert("proof".to_owned(), previous.into());
        }
        Ok(signed)
    }
}

/// What `proofValue` holds.
#[derive(Clone, Debug)]
enum SignatureValue {
    /// Signatures of single statements, and what a verifier needs to find those.
    Selective(String),
    /// One signature.
    Whole(Vec<u8>),
}

/// The proofs with these identifiers, each of which one proof must have.
pub(super) fn previous(names: &[String], all: &[Proof]) -> Result<Vec<Value>, ProofFault> {
    names
        .iter()
        .map(|name| {
            let mut named = all.iter().filter(|proof| proof.id.as_ref() == Some(name));
            match (named.next(), named.next()) {
                (Some(proof), None) => Ok(Value::Object(proof.members.clone())),
                _ => Err(ProofFault::PreviousProof),
            }
        })
        .collect()
}

fn text<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, ProofFault> {
    optional(members, name)?.ok_or(ProofFault::Missing(name))
}

fn optional<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, ProofFault> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ProofFault::Malformed(name)),
    }
}

const VALUE: &str = "proofValue";
/// How far clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// Base58 costs the square of the length; 96 bytes need 132 digits.
const LONGEST_SIGNATURE: usize = 140;
/// How many proofs a document may have.
pub(super) const MOST_PROOFS: usize = 8;
