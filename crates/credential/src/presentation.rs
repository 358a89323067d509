use jiff::Timestamp;
use keys::PublicKey;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::credential::{Credential, Format, Verified};
use crate::data_integrity::{self, Leniency, UnverifiedLdpVp};
use crate::door::UnverifiedCredential;
use crate::envelope::Enveloped;
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::judge::Judge;
use crate::key_source::KeySource;
use crate::sd_jwt::UnverifiedSdJwt;
use crate::vc_jwt::{UnverifiedVpJwt, is_presentation};
use crate::vc_sd_jwt::{self, UnverifiedVcSdJwt, UnverifiedVpSdJwt};

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
    Bare(Box<UnverifiedCredential>),
    /// W3C Credentials in a token of their Holder's.
    Enveloped(Box<UnverifiedVpJwt>),
    /// W3C Credentials in an object with their Holder's proof.
    Ldp(Box<UnverifiedLdpVp>),
    /// An SD-JWT VC, with or without Key Binding JWT.
    SdJwt(Box<UnverifiedSdJwt>),
    /// A W3C Credential in an SD-JWT, with or without Key Binding JWT.
    VcSdJwt(Box<UnverifiedVcSdJwt>),
    /// W3C Credentials in an SD-JWT of their Holder's.
    VpSdJwt(Box<UnverifiedVpSdJwt>),
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
            Format::LdpVc | Format::JwtVcJson => {
                Mechanism::Bare(Box::new(UnverifiedCredential::parse(format, text)?))
            }
        };
        Ok(Self(mechanism))
    }

    /// Reads a `vp+sd-jwt`, or a `vc+sd-jwt` with key binding, as VC-JOSE-COSE has them, at most
    /// 64 KiB long.
    ///
    /// # Errors
    /// If it is not of that form.
    pub fn parse_sd_jwt(text: &str) -> Result<Self, VerificationError> {
        Ok(Self(match vc_sd_jwt::is_presentation(text) {
            true => Mechanism::VpSdJwt(Box::new(UnverifiedVpSdJwt::parse(text)?)),
            false => Mechanism::VcSdJwt(Box::new(UnverifiedVcSdJwt::parse(text)?)),
        }))
    }

    /// Opens an EnvelopedVerifiablePresentation (VCDM 2.0, section 4.14), which holds a `vp+jwt` or
    /// a `vp+sd-jwt`.
    ///
    /// # Errors
    /// If it is none, or what it holds is not of that form.
    pub fn open(envelope: &Map<String, Value>) -> Result<Self, VerificationError> {
        Ok(Self(match Enveloped::open(envelope)? {
            Enveloped::VpJwt(token) => {
                Mechanism::Enveloped(Box::new(UnverifiedVpJwt::parse(token)?))
            }
            Enveloped::VpSdJwt(text) => {
                Mechanism::VpSdJwt(Box::new(UnverifiedVpSdJwt::parse(text)?))
            }
            Enveloped::VcJwt(_) | Enveloped::VcSdJwt(_) => return Err(PeerFault::Format.into()),
        }))
    }

    /// Where the Issuers' keys must come from, one for each Credential.
    ///
    /// # Errors
    /// If a Credential does not identify its Issuer.
    pub fn key_sources(&self) -> Result<Vec<KeySource>, VerificationError> {
        match &self.0 {
            Mechanism::Bare(credential) => credential.key_sources(),
            Mechanism::Enveloped(token) => of_each(&token.credentials),
            Mechanism::Ldp(object) => object.key_sources(),
            Mechanism::SdJwt(sd_jwt) => Ok(vec![sd_jwt.key_source()?.clone()]),
            Mechanism::VcSdJwt(sd_jwt) => Ok(vec![sd_jwt.key_source()?.clone()]),
            Mechanism::VpSdJwt(sd_jwt) => of_each(&sd_jwt.credentials),
        }
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
        let mut judge = Judge::new(issuers, leniency, now);
        let (credentials, holder) = match self.0 {
            Mechanism::Bare(_) => return Err(PeerFault::HolderBindingMissing.into()),
            Mechanism::Enveloped(token) => token.verify(issuers, challenge, now)?,
            Mechanism::Ldp(object) => object.verify(issuers, challenge, leniency, now)?,
            Mechanism::SdJwt(sd_jwt) => {
                by_its_holder(sd_jwt.judge_credential(&mut judge, Some(challenge))?)?
            }
            Mechanism::VcSdJwt(sd_jwt) => {
                by_its_holder(sd_jwt.judge(&mut judge, Some(challenge))?)?
            }
            Mechanism::VpSdJwt(sd_jwt) => sd_jwt.verify(issuers, challenge, now)?,
        };
        Ok(Verified::new(Presentation {
            credentials,
            holder: Some(holder),
        }))
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
        let mut judge = Judge::new(issuers, Leniency::None, now);
        let credential = match self.0 {
            Mechanism::Bare(credential) => credential.judge(&mut judge)?,
            Mechanism::SdJwt(sd_jwt) => sd_jwt.judge_credential(&mut judge, None)?,
            Mechanism::VcSdJwt(sd_jwt) => sd_jwt.judge(&mut judge, None)?,
            Mechanism::Enveloped(_) | Mechanism::Ldp(_) | Mechanism::VpSdJwt(_) => {
                return Err(PeerFault::Format.into());
            }
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

/// Where the keys of several Credentials must come from.
pub(crate) fn of_each(
    credentials: &[UnverifiedCredential],
) -> Result<Vec<KeySource>, VerificationError> {
    let mut all = Vec::with_capacity(credentials.len());
    for credential in credentials {
        all.extend(credential.key_sources()?);
    }
    Ok(all)
}

/// A Credential whose key binding was verified.
fn by_its_holder(credential: Credential) -> Result<(Vec<Credential>, PublicKey), PeerFault> {
    let holder = credential.holder().cloned();
    let holder = holder.ok_or(PeerFault::HolderBindingAbsent)?;
    Ok((vec![credential], holder))
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
    let mut holders = credentials.iter().map(Credential::holder);
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
