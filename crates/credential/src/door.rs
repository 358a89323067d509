use jiff::Timestamp;
use strict_json::Limits;

use crate::credential::{Credential, Format, Verified};
use crate::data_integrity::{Leniency, UnverifiedLdpVc};
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::presentation::find;
use crate::sd_jwt::UnverifiedSdJwt;
use crate::vc_jwt::UnverifiedVcJwt;

/// A Credential as anybody may send it: read, and not believed.
pub struct UnverifiedCredential(Mechanism);

enum Mechanism {
    LdpVc(Box<UnverifiedLdpVc>),
    SdJwt(Box<UnverifiedSdJwt>),
    VcJwt(Box<UnverifiedVcJwt>),
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

    /// Where the Issuer's key must come from; of several keys, the first.
    ///
    /// # Errors
    /// If the Credential does not identify its Issuer.
    pub fn key_source(&self) -> Result<KeySource, VerificationError> {
        let source = match &self.0 {
            Mechanism::LdpVc(object) => object.key_sources().first(),
            Mechanism::SdJwt(sd_jwt) => Some(sd_jwt.key_source()?),
            Mechanism::VcJwt(token) => Some(token.key_source()?),
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
            Mechanism::SdJwt(_) | Mechanism::VcJwt(_) => Ok(vec![self.key_source()?]),
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
        let credential = match self.0 {
            Mechanism::LdpVc(object) => object.verify_credential(issuers, leniency, now),
            Mechanism::SdJwt(sd_jwt) => {
                let issuer = find(issuers, sd_jwt.key_source()?)?;
                sd_jwt.verify_credential(issuer, None, now)
            }
            Mechanism::VcJwt(token) => {
                let issuer = find(issuers, token.key_source()?)?;
                token.verify_credential(issuer, now)
            }
        };
        credential.map(Verified::new)
    }
}
