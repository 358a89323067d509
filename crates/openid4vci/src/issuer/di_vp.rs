//! Key proofs of the type `di_vp` (OpenID4VCI 1.0, appendix F.2): a W3C Presentation of nothing, with
//! one Data Integrity proof.

use credential::data_integrity::{Cryptosuite, Leniency};
use credential::mechanism::{Expected, Kind, Problem, ProblemKind, Unverified};
use did::{DidUrl, Relationship, Resolution};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::proof::{ProofFailure, Proven};
use super::{HolderKey, IssuerSecrets, ProofError, nonce};

/// Judges one proof.
///
/// It must not hold Credentials: they would say nothing here. What it has besides is ignored, as the
/// text has it, as far as a suite over statements can sign it.
pub(super) fn verify(
    presentation: Map<String, Value>,
    identifier: &str,
    secrets: &IssuerSecrets,
    now: Timestamp,
) -> Result<Proven, ProofFailure> {
    let stated = match presentation.get("proof") {
        Some(Value::Array(several)) if several.len() == 1 => several.first(),
        one => one,
    };
    let stated = stated.and_then(Value::as_object);
    let stated = stated.ok_or(ProofError::Malformed)?;
    let text = |name| stated.get(name).and_then(Value::as_str);
    let suite = text("cryptosuite").and_then(Cryptosuite::parse);
    if presentation.contains_key("verifiableCredential")
        || !suite.is_some_and(|suite| CRYPTOSUITES.contains(&suite))
    {
        return Err(ProofError::Malformed.into());
    }
    let holder = holder(text("verificationMethod"))?;
    let c_nonce = text("challenge")
        .ok_or(ProofError::NonceMissing)?
        .to_owned();
    let unverified = Unverified::from_value(Value::Object(presentation));
    let unverified = unverified.map_err(|_| ProofError::Malformed)?;
    if unverified.kind() != Kind::Presentation {
        return Err(ProofError::Malformed.into());
    }
    let expected = Expected {
        challenge: Some(&c_nonce),
        domain: Some(identifier),
    };
    let judged = unverified.verify(&[], &expected, Leniency::None, now);
    if let Some(problem) = judged.problems.first() {
        return Err(refused(problem).into());
    }
    let spend = nonce::check(&c_nonce, secrets, now).map_err(ProofFailure::Nonce)?;
    Ok(Proven { holder, spend })
}

/// The key that the proof names. Whoever asks for a Credential must not send the Issuer to addresses
/// of their choice, so that a DID which would have to be fetched is not supported, as the metadata say.
fn holder(method: Option<&str>) -> Result<HolderKey, ProofError> {
    let url = method.ok_or(ProofError::Malformed)?;
    let url: DidUrl = url.parse().map_err(|_| ProofError::Key)?;
    let Ok(Resolution::Here(document)) = did::resolve(url.did(), false) else {
        return Err(ProofError::Key);
    };
    let key = document.key(&url, Relationship::Authentication);
    Ok(HolderKey {
        key: key.map_err(|_| ProofError::Key)?,
        did: Some(url),
    })
}

fn refused(problem: &Problem) -> ProofError {
    match problem.kind {
        ProblemKind::CryptographicSecurity => ProofError::Signature,
        ProblemKind::InvalidDomain => ProofError::Audience,
        ProblemKind::Range => ProofError::Time,
        _ => ProofError::Malformed,
    }
}

/// The suites in which a Holder may prove a key.
pub(crate) const CRYPTOSUITES: [Cryptosuite; 4] = [
    Cryptosuite::EcdsaJcs2019,
    Cryptosuite::EcdsaRdfc2019,
    Cryptosuite::EddsaJcs2022,
    Cryptosuite::EddsaRdfc2022,
];
/// The name of the proof type.
pub(crate) const PROOF_TYPE: &str = "di_vp";
