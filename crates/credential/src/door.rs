use jiff::Timestamp;

use crate::credential::{Credential, Format, Verified};
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::sd_jwt::UnverifiedSdJwt;
use crate::vc_jwt::UnverifiedVcJwt;

/// A Credential as anybody may send it: read, and not believed.
pub struct UnverifiedCredential(Mechanism);

enum Mechanism {
    SdJwt(Box<UnverifiedSdJwt>),
    VcJwt(Box<UnverifiedVcJwt>),
}

impl UnverifiedCredential {
    /// Reads a Credential as an Issuer hands it out, at most 64 KiB long.
    ///
    /// # Errors
    /// If it is not of that format.
    pub fn parse(format: Format, text: &str) -> Result<Self, VerificationError> {
        match format {
            Format::JwtVcJson => {
                UnverifiedVcJwt::parse(text).map(|token| Self(Mechanism::VcJwt(Box::new(token))))
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

    /// Where the Issuer's key must come from.
    ///
    /// # Errors
    /// If the Credential does not identify its Issuer.
    pub fn key_source(&self) -> Result<KeySource, VerificationError> {
        let source = match &self.0 {
            Mechanism::SdJwt(sd_jwt) => sd_jwt.key_source(),
            Mechanism::VcJwt(token) => token.key_source(),
        };
        Ok(source?.clone())
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
        let credential = match self.0 {
            Mechanism::SdJwt(sd_jwt) => sd_jwt.verify_credential(issuer, None, now),
            Mechanism::VcJwt(token) => token.verify_credential(issuer, now),
        };
        credential.map(Verified::new)
    }
}
