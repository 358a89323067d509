//! What the one door of `credential` says, as findings.

use credential::data_integrity::{Leniency, ProofFault};
use credential::{
    Credential, Format, HolderFault, IssuerFault, IssuerKey, KeySource, PeerFault,
    UnverifiedCredential, VerificationError,
};
use did::Method;
use keys::jws::JwsError;

use crate::code::Code;
use crate::draft::Draft;
use crate::known::Known;

/// Judges a Credential with the keys that are at hand, and notes what comes of it.
pub(crate) fn credential(
    draft: &mut Draft,
    format: Format,
    text: &str,
    known: &Known<'_>,
) -> Option<Credential> {
    let judged = UnverifiedCredential::parse(format, text)
        .and_then(|unverified| Ok((unverified.key_sources()?, unverified)));
    let (sources, unverified) = match judged {
        Ok(judged) => judged,
        Err(error) => {
            fault(draft, &error);
            return None;
        }
    };
    let keys = evidence(draft, &sources, known)?;
    let named = sources.iter().map(named).collect::<Vec<_>>().join(", ");
    match unverified.verify_with(&keys, Leniency::None, known.now) {
        Ok(verified) => {
            draft.find_with(Code::SignatureGood, [("key", &named)]);
            draft.find(Code::FormGood);
            Some(verified.into_inner())
        }
        Err(error) => {
            if matches!(
                error,
                VerificationError::Holder(_) | VerificationError::Issuer(_)
            ) {
                draft.find_with(Code::SignatureGood, [("key", &named)]);
            }
            fault(draft, &error);
            None
        }
    }
}

/// The keys, if all are at hand; else notes where they are.
pub(crate) fn evidence(
    draft: &mut Draft,
    sources: &[KeySource],
    known: &Known<'_>,
) -> Option<Vec<IssuerKey>> {
    let mut keys = Vec::with_capacity(sources.len());
    for source in sources {
        match known.evidence(source) {
            Some(key) => keys.push(key),
            None => {
                draft.find_with(Code::KeyElsewhere, [("place", &place(source))]);
                return None;
            }
        }
    }
    Some(keys)
}

/// Notes why a Credential is refused.
pub(crate) fn fault(draft: &mut Draft, error: &VerificationError) {
    match error {
        // Dates are judged beside.
        VerificationError::Holder(HolderFault::Expired | HolderFault::NotYetValid) => {}
        VerificationError::Issuer(fault) => data_model(draft, *fault),
        VerificationError::Peer(
            PeerFault::Jws(JwsError::Signature) | PeerFault::Proof(ProofFault::Signature),
        ) => draft.find(Code::SignatureBad),
        VerificationError::Peer(PeerFault::Proof(ProofFault::Cryptosuite)) => {
            draft.find(Code::Unsupported);
        }
        VerificationError::Peer(fault) => {
            draft.find_with(Code::Refused, [("reason", &fault.to_string())]);
        }
    }
}

/// Notes which member breaks the data model.
pub(crate) fn data_model(draft: &mut Draft, fault: IssuerFault) {
    let reason = fault.to_string();
    match fault {
        IssuerFault::Claim(name)
        | IssuerFault::Contradiction(name, _)
        | IssuerFault::Missing(name)
        | IssuerFault::MustBePlain(name) => {
            draft.find_at(
                Code::DataModel,
                &reason,
                &format!("/{}", name.replace('.', "/")),
            );
        }
        IssuerFault::StatusMechanism => draft.find_at(Code::DataModel, &reason, "/status"),
        IssuerFault::DigestAlgorithm | IssuerFault::DuplicateDigest | IssuerFault::Structure(_) => {
            draft.find_with(Code::DataModel, [("reason", &reason)]);
        }
    }
}

/// Whose key it is. A DID that is the key needs no name for it.
pub(crate) fn named(source: &KeySource) -> String {
    match source {
        KeySource::Did(url) if url.did().method() == Method::Web => url.to_string(),
        KeySource::Did(url) => url.did().to_string(),
        KeySource::WellKnown { issuer, .. } | KeySource::X509 { issuer, .. } => issuer.clone(),
    }
}

/// Where a key is published.
fn place(source: &KeySource) -> String {
    match source {
        KeySource::Did(url) => url.did().to_string(),
        KeySource::WellKnown { issuer, .. } => source
            .metadata_url()
            .map_or_else(|| issuer.clone(), |url| url.to_string()),
        KeySource::X509 { issuer, .. } => format!("x5c ({issuer})"),
    }
}
