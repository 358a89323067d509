use jiff::Timestamp;
use keys::PublicKey;
use linked_data::Inline;
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::credential::{Credential, Format};
use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::proof::{Proof, Purpose};
use crate::data_integrity::suite::Cryptosuite;
use crate::data_model::{self, DataModel, Model};
use crate::error::{IssuerFault, PeerFault, VerificationError};
use crate::holder_key::HolderKey;
use crate::issuer_key::IssuerKey;
use crate::judge::{Judge, Reader};
use crate::key_source::KeySource;
use crate::registered::check_validity;
use crate::status;

/// What is let pass besides what the texts and this crate's rules demand.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Leniency {
    /// Nothing.
    #[default]
    None,
    /// What published test vectors need, and nobody else may have: Issuers whose verification
    /// method is somebody else's, Presentations by anybody, contexts spelled out in the document.
    /// With it, **anybody can issue in anybody's name**. Who switches it on says so in the log.
    TestSuites,
}

impl Leniency {
    pub(super) const fn inline(self) -> Inline {
        match self {
            Self::None => Inline::OwnNames,
            Self::TestSuites => Inline::Any,
        }
    }
}

/// A Credential with Data Integrity proofs, as anybody may send it.
pub(crate) struct UnverifiedLdpVc {
    document: Map<String, Value>,
    proofs: Vec<Proof>,
    sources: Vec<KeySource>,
}

impl UnverifiedLdpVc {
    pub(crate) fn parse_within(text: &str, max_bytes: usize) -> Result<Self, VerificationError> {
        Self::read(object_within(text, max_bytes)?)
    }

    pub(crate) fn read(mut document: Map<String, Value>) -> Result<Self, VerificationError> {
        let proofs = Proof::take_all(&mut document)?;
        let mut sources = Vec::with_capacity(1);
        for proof in &proofs {
            let source = KeySource::Did(proof.method.clone());
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        Ok(Self {
            document,
            proofs,
            sources,
        })
    }

    /// Where the keys must come from, each once.
    pub(crate) fn key_sources(&self) -> &[KeySource] {
        &self.sources
    }

    /// Verifies every proof, the data model, and that it is valid now.
    pub(crate) fn verify_credential(
        self,
        issuers: &[IssuerKey],
        leniency: Leniency,
        now: Timestamp,
    ) -> Result<Credential, VerificationError> {
        self.judge(&mut Judge::new(issuers, leniency, now))
    }

    /// As [`Self::verify_credential`].
    pub(crate) fn judge(self, judge: &mut Judge<'_>) -> Result<Credential, VerificationError> {
        let stated = data_model::issuer(&self.document).ok_or(PeerFault::KeyEvidence)?;
        for proof in &self.proofs {
            proof.check_purpose(Purpose::AssertionMethod)?;
            proof.check_time(judge.now)?;
            if judge.leniency == Leniency::None && proof.method.did().as_str() != stated {
                return Err(ProofFault::Controller.into());
            }
        }
        for proof in &self.proofs {
            let key = judge.issuer(self.source_of(proof)?)?.key();
            let inline = judge.leniency.inline();
            if judge.reader == Reader::Holder && proof.suite.discloses() {
                // Nothing can be derived from one proof of several.
                if self.proofs.len() > 1 {
                    return Err(ProofFault::TooMany.into());
                }
                proof.verify_base(&self.document, key, inline)?;
                continue;
            }
            let check = |key: &PublicKey, message: &[u8], signature: &[u8]| {
                judge.signature(key, message, signature)
            };
            proof.verify_by(&self.document, &self.proofs, key, inline, check)?;
        }
        let choice = match (self.proofs.as_slice(), judge.reader) {
            ([proof], Reader::Verifier) => proof.choice(judge.leniency.inline()),
            _ => None,
        };
        Ok(Credential {
            choice: choice.map(Box::new),
            ..self.believed(judge.now)?
        })
    }

    fn source_of(&self, proof: &Proof) -> Result<&KeySource, PeerFault> {
        let is_its =
            |source: &&KeySource| matches!(source, KeySource::Did(url) if *url == proof.method);
        let mut sources = self.sources.iter();
        sources.find(is_its).ok_or(PeerFault::KeyEvidence)
    }

    /// The Credential, once every proof has been verified.
    fn believed(self, now: Timestamp) -> Result<Credential, VerificationError> {
        let mut cryptosuites: Vec<Cryptosuite> = Vec::with_capacity(1);
        for proof in &self.proofs {
            if !cryptosuites.contains(&proof.suite) {
                cryptosuites.push(proof.suite);
            }
        }
        let mut claims = self.document;
        let signed = self.proofs.iter().map(|proof| proof.contexts(&claims));
        let signed: Vec<&Value> = signed
            .filter_map(|contexts| contexts.transpose())
            .collect::<Result<_, _>>()?;
        // What stands behind the contexts that were signed was not: it is left out.
        if let Some(fewest) = signed
            .into_iter()
            .min_by_key(|one| one.as_array().map(Vec::len))
            && claims.get("@context") != Some(fewest)
        {
            claims.insert("@context".to_owned(), fewest.clone());
        }
        let model = DataModel::of(&claims);
        if model == DataModel::V1 && !claims.contains_key("issuanceDate") {
            return Err(IssuerFault::Missing("issuanceDate").into());
        }
        let model = Model::read(model, &claims)?;
        let status = status::entries(&claims)?;
        check_validity(model.valid_from, model.valid_until, now)?;
        Ok(Credential {
            format: Format::LdpVc,
            issuer: model.issuer,
            types: model.types,
            holder: HolderKey::new(None, model.subject),
            status,
            valid_from: model.valid_from,
            valid_until: model.valid_until,
            authority_key_ids: Vec::new(),
            disclosed: Vec::new(),
            choice: None,
            cryptosuites,
            claims,
        })
    }
}

/// A JSON object of at most 64 KiB.
pub(super) fn object(text: &str) -> Result<Map<String, Value>, PeerFault> {
    object_within(text, Limits::default().max_bytes)
}

fn object_within(text: &str, max_bytes: usize) -> Result<Map<String, Value>, PeerFault> {
    match strict_json::parse(text.as_bytes(), Limits::bytes(max_bytes))? {
        Value::Object(members) => Ok(members),
        _ => Err(PeerFault::Format),
    }
}
