use jiff::Timestamp;
use keys::jws::JwsError;
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::credential::{Credential, Format, Verified};
use crate::data_integrity::{Leniency, ProofFault, UnverifiedLdpVc};
use crate::envelope::{self, Enveloped};
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::judge::Judge;
use crate::key_source::KeySource;
use crate::sd_jwt::UnverifiedSdJwt;
use crate::vc_jwt::UnverifiedVcJwt;
use crate::vc_sd_jwt::UnverifiedVcSdJwt;

/// A Credential as anybody may send it: read, and not believed.
pub struct UnverifiedCredential(Mechanism);

enum Mechanism {
    LdpVc(Box<UnverifiedLdpVc>),
    SdJwt(Box<UnverifiedSdJwt>),
    VcJwt(Box<UnverifiedVcJwt>),
    VcSdJwt(Box<UnverifiedVcSdJwt>),
}

impl UnverifiedCredential {
    /// Reads a Credential as an Issuer hands it out, at most 64 KiB long.
    ///
    /// # Errors
    /// If it is not of that format.
    pub fn parse(format: Format, text: &str) -> Result<Self, VerificationError> {
        Self::parse_within(format, text, Limits::default().max_bytes)
    }

    /// As [`Self::parse`], with another bound than 64 KiB on W3C Credentials: status lists are
    /// longer.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_within(
        format: Format,
        text: &str,
        max_bytes: usize,
    ) -> Result<Self, VerificationError> {
        match format {
            Format::JwtVcJson => {
                let token = UnverifiedVcJwt::parse_within(text, max_bytes)?;
                Ok(Self(Mechanism::VcJwt(Box::new(token))))
            }
            Format::LdpVc => {
                let object = UnverifiedLdpVc::parse_within(text, max_bytes)?;
                Ok(Self(Mechanism::LdpVc(Box::new(object))))
            }
            Format::SdJwtVc => {
                let sd_jwt = UnverifiedSdJwt::parse(text)?;
                if sd_jwt.has_key_binding() {
                    return Err(PeerFault::Format.into());
                }
                Ok(Self(Mechanism::SdJwt(Box::new(sd_jwt))))
            }
        }
    }

    /// Reads a `vc+sd-jwt` as VC-JOSE-COSE has it, at most 64 KiB long: a W3C Credential, and no SD-JWT
    /// VC.
    ///
    /// # Errors
    /// If it is not of that form, or has a key binding.
    pub fn parse_sd_jwt(text: &str) -> Result<Self, VerificationError> {
        let sd_jwt = UnverifiedVcSdJwt::parse(text)?;
        if sd_jwt.has_key_binding() {
            return Err(PeerFault::Format.into());
        }
        Ok(Self(Mechanism::VcSdJwt(Box::new(sd_jwt))))
    }

    /// Opens an EnvelopedVerifiableCredential (VCDM 2.0, section 4.13), which holds a `vc+jwt` or
    /// a `vc+sd-jwt`.
    ///
    /// # Errors
    /// If it is none, or what it holds is not of that form.
    pub fn open(envelope: &Map<String, Value>) -> Result<Self, VerificationError> {
        match Enveloped::open(envelope)? {
            Enveloped::VcJwt(token) => Self::parse(Format::JwtVcJson, token),
            Enveloped::VcSdJwt(text) => Self::parse_sd_jwt(text),
            Enveloped::VpJwt(_) | Enveloped::VpSdJwt(_) => Err(PeerFault::Format.into()),
        }
    }

    /// Reads a Credential in a Presentation that is an object: in an envelope, or with its own
    /// proofs.
    pub(crate) fn within(object: &Map<String, Value>) -> Result<Self, VerificationError> {
        if envelope::is_of_credential(object) {
            return Self::open(object);
        }
        let credential = UnverifiedLdpVc::read(object.clone())?;
        Ok(Self(Mechanism::LdpVc(Box::new(credential))))
    }

    /// Where the Issuer's key must come from; of several keys, the first.
    ///
    /// # Errors
    /// If the Credential does not identify its Issuer.
    pub fn key_source(&self) -> Result<KeySource, VerificationError> {
        let source = match &self.0 {
            Mechanism::LdpVc(object) => object.key_sources().first(),
            Mechanism::SdJwt(sd_jwt) => Some(sd_jwt.key_source()?),
            Mechanism::VcJwt(token) => Some(token.key_source()?),
            Mechanism::VcSdJwt(sd_jwt) => Some(sd_jwt.key_source()?),
        };
        Ok(source.ok_or(PeerFault::KeyEvidence)?.clone())
    }

    /// Where all of the Issuer's keys must come from: a Credential may have proofs by several.
    ///
    /// # Errors
    /// As [`Self::key_source`].
    pub fn key_sources(&self) -> Result<Vec<KeySource>, VerificationError> {
        match &self.0 {
            Mechanism::LdpVc(object) => Ok(object.key_sources().to_vec()),
            Mechanism::SdJwt(_) | Mechanism::VcJwt(_) | Mechanism::VcSdJwt(_) => {
                Ok(vec![self.key_source()?])
            }
        }
    }

    /// Verifies that the Issuer said this, and that it is valid now.
    ///
    /// Nothing is said about who presents it: that is
    /// [`UnverifiedPresentation`](crate::UnverifiedPresentation).
    ///
    /// # Errors
    /// If the evidence is for another key source, the signature does not verify, the format's rules
    /// are broken, or the time is not right.
    pub fn verify(
        self,
        issuer: &IssuerKey,
        now: Timestamp,
    ) -> Result<Verified<Credential>, VerificationError> {
        self.verify_with(std::slice::from_ref(issuer), Leniency::None, now)
    }

    /// As [`Self::verify`], for the Holder to whom it was issued: of a Credential that is disclosed
    /// in part (`ecdsa-sd-2023`, `bbs-2023`), the base proof is taken, and no other. To anybody else
    /// that is [`ProofFault::BaseProof`].
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_as_holder(
        self,
        issuer: &IssuerKey,
        now: Timestamp,
    ) -> Result<Verified<Credential>, VerificationError> {
        let issuers = std::slice::from_ref(issuer);
        let judge = Judge::new(issuers, Leniency::None, now);
        self.judge(&mut judge.for_holder()).map(Verified::new)
    }

    /// As [`Self::verify`], with the evidence for each of [`Self::key_sources`].
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_with(
        self,
        issuers: &[IssuerKey],
        leniency: Leniency,
        now: Timestamp,
    ) -> Result<Verified<Credential>, VerificationError> {
        self.judge(&mut Judge::new(issuers, leniency, now))
            .map(Verified::new)
    }

    pub(crate) fn judge(self, judge: &mut Judge<'_>) -> Result<Credential, VerificationError> {
        match self.0 {
            Mechanism::LdpVc(object) => object.judge(judge),
            Mechanism::SdJwt(sd_jwt) => sd_jwt.judge_credential(judge, None),
            Mechanism::VcJwt(token) => token.judge(judge),
            Mechanism::VcSdJwt(sd_jwt) => sd_jwt.judge(judge, None),
        }
    }

    /// What a wrong signature is called here.
    pub(crate) fn signature_fault(&self) -> VerificationError {
        match &self.0 {
            Mechanism::LdpVc(_) => ProofFault::Signature.into(),
            Mechanism::SdJwt(_) | Mechanism::VcJwt(_) | Mechanism::VcSdJwt(_) => {
                JwsError::Signature.into()
            }
        }
    }
}
