use did::DidUrl;
use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::data_integrity::selective::{derive_bbs_with, derive_ecdsa_sd_with};
use crate::data_integrity::{Cryptosuite, Leniency, ProofFault};
use crate::envelope::Enveloped;
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::mechanism::MechanismError;
use crate::mechanism::disclose::disclose;
use crate::mechanism::unverified::evidence_for;

/// Derives a Credential that discloses what the pointers (RFC 6901) lead to, and what is mandatory.
///
/// An SD-JWT comes and goes in its envelope; other Credentials are objects with a base proof.
///
/// The base proof is verified on the way, by evidence, or by the key that a did:key or did:jwk
/// consists of. The presentation header binds a `bbs-2023` proof to one use; other mechanisms have
/// none.
///
/// # Errors
/// [`MechanismError::Unsupported`] if the proof is no base proof, or [`MechanismError::Proof`] if
/// it is not the Issuer's, does not verify, or a pointer leads nowhere.
pub fn derive(
    secured: &Map<String, Value>,
    selective: &[String],
    presentation_header: &[u8],
    evidence: &[IssuerKey],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Map<String, Value>, MechanismError> {
    let strict = Leniency::None;
    derive_with(
        secured,
        selective,
        presentation_header,
        evidence,
        strict,
        rng,
    )
}

/// As [`derive()`], with what test suites need.
///
/// # Errors
/// As [`derive()`].
pub fn derive_with(
    secured: &Map<String, Value>,
    selective: &[String],
    presentation_header: &[u8],
    evidence: &[IssuerKey],
    leniency: Leniency,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<Map<String, Value>, MechanismError> {
    if let Ok(Enveloped::VcSdJwt(text)) = Enveloped::open(secured) {
        return disclose(text, selective, evidence);
    }
    let proof = secured.get("proof").ok_or(ProofFault::Missing("proof"))?;
    let text = |name: &'static str| proof.get(name).and_then(Value::as_str);
    let suite = text("cryptosuite").and_then(Cryptosuite::parse);
    let method = text("verificationMethod").ok_or(ProofFault::Missing("verificationMethod"))?;
    let source = DidUrl::parse(method).map_err(|_| ProofFault::Controller)?;
    let source = KeySource::Did(source);
    let issuer = evidence_for(&source, evidence).ok_or(ProofFault::Controller)?;
    match suite {
        Some(Cryptosuite::Bbs2023) => {
            let key = issuer.bbs_key().map_err(|_| ProofFault::Cryptosuite)?;
            Ok(derive_bbs_with(
                secured,
                selective,
                presentation_header,
                key,
                leniency,
                rng,
            )?)
        }
        Some(Cryptosuite::EcdsaSd2023) => {
            let key = issuer
                .signature_key()
                .map_err(|_| ProofFault::Cryptosuite)?;
            Ok(derive_ecdsa_sd_with(secured, selective, key, leniency)?)
        }
        _ => Err(MechanismError::Unsupported),
    }
}
