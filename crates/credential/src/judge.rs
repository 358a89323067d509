use std::collections::HashMap;

use jiff::Timestamp;
use keys::jws::{JwsError, UnverifiedJws};
use keys::{PublicKey, SignatureBatch, SignatureError};

use crate::data_integrity::Leniency;
use crate::error::PeerFault;
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::presentation::find;

/// What a Credential is judged with.
///
/// Signatures are verified at once, or left to a batch: then a judgement is good only if the batch
/// comes out, too.
pub(crate) struct Judge<'a> {
    evidence: Evidence<'a>,
    pub(crate) leniency: Leniency,
    pub(crate) reader: Reader,
    pub(crate) now: Timestamp,
    batch: Option<&'a mut SignatureBatch>,
}

/// For whom a Credential is judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reader {
    /// Whoever it is about, and who alone may see a base proof.
    Holder,
    /// Anybody else.
    Verifier,
}

#[derive(Clone, Copy)]
enum Evidence<'a> {
    Few(&'a [IssuerKey]),
    Many(&'a HashMap<&'a KeySource, &'a IssuerKey>),
}

impl<'a> Judge<'a> {
    pub(crate) const fn new(issuers: &'a [IssuerKey], leniency: Leniency, now: Timestamp) -> Self {
        Self {
            evidence: Evidence::Few(issuers),
            leniency,
            reader: Reader::Verifier,
            now,
            batch: None,
        }
    }

    /// A judge that leaves signatures to a batch, as far as a batch takes them.
    pub(crate) const fn of_many(
        issuers: &'a HashMap<&'a KeySource, &'a IssuerKey>,
        leniency: Leniency,
        now: Timestamp,
        batch: &'a mut SignatureBatch,
    ) -> Self {
        Self {
            evidence: Evidence::Many(issuers),
            leniency,
            reader: Reader::Verifier,
            now,
            batch: Some(batch),
        }
    }

    /// The same judge, for the Holder.
    pub(crate) const fn for_holder(mut self) -> Self {
        self.reader = Reader::Holder;
        self
    }

    /// The evidence for this key source, good now.
    pub(crate) fn issuer(&self, source: &KeySource) -> Result<&'a IssuerKey, PeerFault> {
        let issuer = match self.evidence {
            Evidence::Few(issuers) => find(issuers, source)?,
            Evidence::Many(issuers) => issuers.get(source).ok_or(PeerFault::KeyEvidence)?,
        };
        issuer.check(source, self.now)?;
        Ok(issuer)
    }

    /// Verifies a signature, or leaves it to the batch.
    pub(crate) fn signature(
        &mut self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        match &mut self.batch {
            None => key.verify(message, signature),
            Some(batch) => batch.add(key, message, signature),
        }
    }

    /// Verifies a token that a text begins with, and takes the SHA-256 of that text, unless the
    /// signature is left to the batch.
    pub(crate) fn beginning(
        &mut self,
        jws: UnverifiedJws,
        key: &PublicKey,
        types: &[&str],
    ) -> Result<Option<[u8; 32]>, JwsError> {
        match &mut self.batch {
            None => jws.verify_hashing(key, types).map(|(_, hash)| Some(hash)),
            Some(batch) => jws.verify_later(key, types, batch).map(|()| None),
        }
    }

    /// Verifies a token, or leaves its signature to the batch.
    pub(crate) fn token(
        &mut self,
        jws: UnverifiedJws,
        key: &PublicKey,
        types: &[&str],
    ) -> Result<(), JwsError> {
        match &mut self.batch {
            None => jws.verify(key, types).map(drop),
            Some(batch) => jws.verify_later(key, types, batch),
        }
    }
}
