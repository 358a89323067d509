use jiff::Timestamp;
use keys::PublicKey;
use serde::{Deserialize, Serialize};

use crate::credential::{Credential, Format, Verified};
use crate::data_integrity::{self, Leniency, UnverifiedLdpVc, UnverifiedLdpVp};
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::sd_jwt::UnverifiedSdJwt;
use crate::vc_jwt::{UnverifiedVcJwt, UnverifiedVpJwt, is_presentation};

/// What a Presentation must answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Challenge {
    /// Who asked: the `client_id`, with its prefix (OpenID4VP 1.0, section 5.2).
    pub audience: String,
    /// The `nonce` of the request. That it is spent once is the caller's business.
    pub nonce: String,
}

/// A Presentation as anybody may send it.
pub struct UnverifiedPresentation(Mechanism);

enum Mechanism {
    /// A W3C Credential alone, for a Verifier that requires no holder binding.
    Bare(Box<UnverifiedVcJwt>),
    /// The same with Data Integrity proofs.
    BareLdp(Box<UnverifiedLdpVc>),
    /// W3C Credentials in a token of their Holder's.
    Enveloped(Box<UnverifiedVpJwt>),
    /// W3C Credentials in an object with their Holder's proof.
    Ldp(Box<UnverifiedLdpVp>),
    /// An SD-JWT, with or without Key Binding JWT.
    SdJwt(Box<UnverifiedSdJwt>),
}

impl UnverifiedPresentation {
    /// Reads one entry of a `vp_token`, at most 64 KiB long.
    ///
    /// # Errors
    /// If it is not of that format.
    pub fn parse(format: Format, text: &str) -> Result<Self, VerificationError> {
        let mechanism = match format {
            Format::SdJwtVc => Mechanism::SdJwt(Box::new(UnverifiedSdJwt::parse(text)?)),
            Format::JwtVcJson if is_presentation(text) => {
                Mechanism::Enveloped(Box::new(UnverifiedVpJwt::parse(text)?))
            }
            Format::LdpVc if data_integrity::is_presentation(text) => {
                Mechanism::Ldp(Box::new(UnverifiedLdpVp::parse(text)?))
            }
            Format::LdpVc => Mechanism::BareLdp(Box::new(UnverifiedLdpVc::parse(text)?)),
            Format::JwtVcJson => Mechanism::Bare(Box::new(UnverifiedVcJwt::parse(text)?)),
        };
        Ok(Self(mechanism))
    }

    /// Where the Issuers' keys must come from, one for each Credential.
    ///
    /// # Errors
    /// If a Credential does not identify its Issuer.
    pub fn key_sources(&self) -> Result<Vec<KeySource>, VerificationError> {
        let sources = match &self.0 {
            Mechanism::SdJwt(sd_jwt) => vec![sd_jwt.key_source()?.clone()],
            Mechanism::Bare(token) => vec![token.key_source()?.clone()],
            Mechanism::BareLdp(object) => object.key_sources().to_vec(),
            Mechanism::Ldp(object) => object.key_sources().cloned().collect(),
            Mechanism::Enveloped(token) => token
                .credentials
                .iter()
                .map(|token| token.key_source().cloned())
                .collect::<Result<_, _>>()?,
        };
        Ok(sources)
    }

    /// Verifies every Credential, and that their Holder answers the challenge just now.
    ///
    /// SD-JWT VC: the Key Binding JWT (RFC 9901, section 7.3). W3C: the `vp+jwt`, or the VCDM 1.1
    /// form with a `vp` claim, signed by the key that every Credential in it is bound to.
    ///
    /// # Errors
    /// If a key source has no evidence among `issuers`, a Credential is refused, or the Holder's
    /// proof is missing, wrong, or for another challenge.
    pub fn verify(
        self,
        issuers: &[IssuerKey],
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<Verified<Presentation>, VerificationError> {
        self.verify_with(issuers, challenge, Leniency::None, now)
    }

    /// As [`Self::verify`], with what a test suite needs.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_with(
        self,
        issuers: &[IssuerKey],
        challenge: &Challenge,
        leniency: Leniency,
        now: Timestamp,
    ) -> Result<Verified<Presentation>, VerificationError> {
        let presentation = match self.0 {
            Mechanism::SdJwt(sd_jwt) => {
                let issuer = find(issuers, sd_jwt.key_source()?)?;
                let credential = sd_jwt.verify_credential(issuer, Some(challenge), now)?;
                Presentation {
                    holder: credential.holder.clone(),
                    credentials: vec![credential],
                }
            }
            Mechanism::Bare(_) | Mechanism::BareLdp(_) => {
                return Err(PeerFault::HolderBindingMissing.into());
            }
            Mechanism::Ldp(object) => {
                let (credentials, holder) = object.verify(issuers, challenge, leniency, now)?;
                Presentation {
                    credentials,
                    holder: Some(holder),
                }
            }
            Mechanism::Enveloped(token) => {
                let (credentials, holder) = token.verify(issuers, challenge, now)?;
                Presentation {
                    credentials,
                    holder: Some(holder),
                }
            }
        };
        Ok(Verified::new(presentation))
    }

    /// Verifies the Credential only, for a Verifier that asked for no holder binding
    /// (`require_cryptographic_holder_binding`: false, OpenID4VP 1.0, section 6.1).
    ///
    /// Whoever holds a copy can present it. A Key Binding JWT is not looked at.
    ///
    /// # Errors
    /// If there is no evidence for the key source, the Credential is refused, or it is a `vp+jwt`.
    pub fn verify_unbound(
        self,
        issuers: &[IssuerKey],
        now: Timestamp,
    ) -> Result<Verified<Presentation>, VerificationError> {
        let credential = match self.0 {
            Mechanism::SdJwt(sd_jwt) => {
                let issuer = find(issuers, sd_jwt.key_source()?)?;
                sd_jwt.verify_credential(issuer, None, now)?
            }
            Mechanism::Bare(token) => {
                let issuer = find(issuers, token.key_source()?)?;
                token.verify_credential(issuer, now)?
            }
            Mechanism::BareLdp(object) => object.verify_credential(issuers, Leniency::None, now)?,
            Mechanism::Enveloped(_) | Mechanism::Ldp(_) => return Err(PeerFault::Format.into()),
        };
        Ok(Verified::new(Presentation {
            credentials: vec![credential],
            holder: None,
        }))
    }
}

/// What was presented.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// The Credentials, with the disclosed claims only.
    pub credentials: Vec<Credential>,
    /// The key that answered the challenge. `None` if no answer was asked for.
    pub holder: Option<PublicKey>,
}

/// The evidence for this key source.
pub(crate) fn find<'k>(
    issuers: &'k [IssuerKey],
    source: &KeySource,
) -> Result<&'k IssuerKey, PeerFault> {
    issuers
        .iter()
        .find(|issuer| issuer.source() == source)
        .ok_or(PeerFault::KeyEvidence)
}

/// The key that all Credentials are bound to.
pub(crate) fn common_holder(credentials: &[Credential]) -> Result<PublicKey, PeerFault> {
    let mut holders = credentials.iter().map(|credential| &credential.holder);
    let Some(Some(first)) = holders.next() else {
        return Err(PeerFault::HolderBindingAbsent);
    };
    for holder in holders {
        match holder {
            None => return Err(PeerFault::HolderBindingAbsent),
            Some(holder) if holder != first => return Err(PeerFault::HolderMismatch),
            Some(_) => {}
        }
    }
    Ok(first.clone())
}
