//! One name, one key and one way to issue, derive, present and verify for every securing mechanism.
//!
//! The doors of this crate are made for protocols that know what they receive. Test suites, files
//! and web pages do not: they name a mechanism, or hand over anything that is secured. This module
//! joins the two, and adds no cryptography. It does not know where keys are kept, or how DID
//! documents of did:web are fetched.

use std::fmt;

use keys::{Algorithm, KeyKind};

use crate::data_integrity::Cryptosuite;

pub use crate::mechanism::derive::{derive, derive_with};
pub use crate::mechanism::issue::{IssueOptions, MechanismError, PresentOptions, Secured};
pub use crate::mechanism::judgement::{Expected, Judgement, Kind};
pub use crate::mechanism::key::MechanismKey;
pub use crate::mechanism::method::{MethodFile, MethodFileError};
pub use crate::mechanism::problem::{Problem, ProblemKind};
pub use crate::mechanism::unverified::Unverified;

mod derive;
mod disclose;
mod issue;
mod judgement;
mod key;
mod method;
mod presentation;
mod problem;
mod unverified;

/// A way to secure Credentials and Presentations, down to the kind of key.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Mechanism {
    /// `bbs-2023`, baseline.
    Bbs2023,
    /// `ecdsa-jcs-2019` with P-256.
    EcdsaJcs2019P256,
    /// `ecdsa-jcs-2019` with P-384.
    EcdsaJcs2019P384,
    /// `ecdsa-rdfc-2019` with P-256.
    EcdsaRdfc2019P256,
    /// `ecdsa-rdfc-2019` with P-384.
    EcdsaRdfc2019P384,
    /// `ecdsa-sd-2023`.
    EcdsaSd2023,
    /// The proof type `Ed25519Signature2020`: verified only.
    Ed25519Signature2020,
    /// `eddsa-jcs-2022`.
    EddsaJcs2022,
    /// `eddsa-rdfc-2022`.
    EddsaRdfc2022,
    /// `vc+jwt` and `vp+jwt`, signed with Ed25519.
    VcJoseEddsa,
    /// `vc+jwt` and `vp+jwt`, signed with P-256.
    VcJoseEs256,
    /// `vc+jwt` and `vp+jwt`, signed with P-384.
    VcJoseEs384,
    /// `vc+sd-jwt` and `vp+sd-jwt`, signed with Ed25519.
    VcSdJwtEddsa,
    /// `vc+sd-jwt` and `vp+sd-jwt`, signed with P-256.
    VcSdJwtEs256,
    /// `vc+sd-jwt` and `vp+sd-jwt`, signed with P-384.
    VcSdJwtEs384,
}

impl Mechanism {
    /// All mechanisms, those of Data Integrity first.
    pub const ALL: [Self; 15] = [
        Self::EddsaRdfc2022,
        Self::EddsaJcs2022,
        Self::EcdsaRdfc2019P256,
        Self::EcdsaRdfc2019P384,
        Self::EcdsaJcs2019P256,
        Self::EcdsaJcs2019P384,
        Self::EcdsaSd2023,
        Self::Bbs2023,
        Self::Ed25519Signature2020,
        Self::VcJoseEddsa,
        Self::VcJoseEs256,
        Self::VcJoseEs384,
        Self::VcSdJwtEddsa,
        Self::VcSdJwtEs256,
        Self::VcSdJwtEs384,
    ];

    /// The name, which does not change: addresses and configurations hold it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bbs2023 => "bbs-2023",
            Self::EcdsaJcs2019P256 => "ecdsa-jcs-2019-p256",
            Self::EcdsaJcs2019P384 => "ecdsa-jcs-2019-p384",
            Self::EcdsaRdfc2019P256 => "ecdsa-rdfc-2019-p256",
            Self::EcdsaRdfc2019P384 => "ecdsa-rdfc-2019-p384",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
            Self::Ed25519Signature2020 => "Ed25519Signature2020",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Self::VcJoseEddsa => "vc-jose-eddsa",
            Self::VcJoseEs256 => "vc-jose-es256",
            Self::VcJoseEs384 => "vc-jose-es384",
            Self::VcSdJwtEddsa => "vc-sd-jwt-eddsa",
            Self::VcSdJwtEs256 => "vc-sd-jwt-es256",
            Self::VcSdJwtEs384 => "vc-sd-jwt-es384",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The kind of key that it takes.
    #[must_use]
    pub const fn key_kind(self) -> KeyKind {
        match self {
            Self::Bbs2023 => KeyKind::Bls12381G2,
            Self::EcdsaJcs2019P256
            | Self::EcdsaRdfc2019P256
            | Self::EcdsaSd2023
            | Self::VcJoseEs256
            | Self::VcSdJwtEs256 => KeyKind::P256,
            Self::EcdsaJcs2019P384
            | Self::EcdsaRdfc2019P384
            | Self::VcJoseEs384
            | Self::VcSdJwtEs384 => KeyKind::P384,
            Self::Ed25519Signature2020
            | Self::EddsaJcs2022
            | Self::EddsaRdfc2022
            | Self::VcJoseEddsa
            | Self::VcSdJwtEddsa => KeyKind::Ed25519,
        }
    }

    /// Whether Credentials are issued with it; otherwise they are verified only.
    #[must_use]
    pub const fn issues(self) -> bool {
        !matches!(self, Self::Ed25519Signature2020)
    }

    /// Whether the Holder can derive a Credential that discloses a part.
    #[must_use]
    pub const fn derives(self) -> bool {
        matches!(self, Self::Bbs2023 | Self::EcdsaSd2023) || self.is_sd_jwt()
    }

    /// Whether Presentations are secured with it: one signature over all that there is.
    #[must_use]
    pub const fn presents(self) -> bool {
        self.issues() && !self.derives()
    }

    /// Whether a Credential is an SD-JWT.
    const fn is_sd_jwt(self) -> bool {
        matches!(
            self,
            Self::VcSdJwtEddsa | Self::VcSdJwtEs256 | Self::VcSdJwtEs384
        )
    }

    /// The suite of a Data Integrity proof; none for JOSE.
    const fn suite(self) -> Option<Cryptosuite> {
        Some(match self {
            Self::Bbs2023 => Cryptosuite::Bbs2023,
            Self::EcdsaJcs2019P256 | Self::EcdsaJcs2019P384 => Cryptosuite::EcdsaJcs2019,
            Self::EcdsaRdfc2019P256 | Self::EcdsaRdfc2019P384 => Cryptosuite::EcdsaRdfc2019,
            Self::EcdsaSd2023 => Cryptosuite::EcdsaSd2023,
            Self::Ed25519Signature2020 => Cryptosuite::Ed25519Signature2020,
            Self::EddsaJcs2022 => Cryptosuite::EddsaJcs2022,
            Self::EddsaRdfc2022 => Cryptosuite::EddsaRdfc2022,
            Self::VcJoseEddsa
            | Self::VcJoseEs256
            | Self::VcJoseEs384
            | Self::VcSdJwtEddsa
            | Self::VcSdJwtEs256
            | Self::VcSdJwtEs384 => return None,
        })
    }

    /// The mechanism of a proof of this suite with such a key.
    fn of_suite(suite: Cryptosuite, kind: KeyKind) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.suite() == Some(suite) && one.key_kind() == kind)
    }

    /// The mechanism of a token that is signed so.
    const fn of_token(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::EdDsa => Self::VcJoseEddsa,
            Algorithm::Es256 => Self::VcJoseEs256,
            Algorithm::Es384 => Self::VcJoseEs384,
        }
    }

    /// The mechanism of an SD-JWT that is signed so.
    const fn of_sd_jwt(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::EdDsa => Self::VcSdJwtEddsa,
            Algorithm::Es256 => Self::VcSdJwtEs256,
            Algorithm::Es384 => Self::VcSdJwtEs384,
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
