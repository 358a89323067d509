//! W3C Verifiable Credentials secured by SD-JWT (VC-JOSE-COSE, section 3.2): `typ: vc+sd-jwt`.
//!
//! The payload is the Credential, VCDM 2.0, of which its Issuer makes a part selectively
//! disclosable. Its Holder keeps, selects and binds it as any SD-JWT ([`Held`](crate::sd_jwt::Held)),
//! or presents several in a `vp+sd-jwt` ([`present`]), a Presentation that is an SD-JWT itself, or
//! in a `vp+jwt`.
//!
//! OpenID4VCI and OpenID4VP 1.0 define no format identifier for these, so they have no
//! [`Format`](crate::Format) of their own and come in by doors of their own:
//! [`UnverifiedCredential::parse_sd_jwt`](crate::UnverifiedCredential::parse_sd_jwt) and
//! [`UnverifiedPresentation::parse_sd_jwt`](crate::UnverifiedPresentation::parse_sd_jwt).
//!
//! What a Verifier must see to judge a Credential cannot be withheld: contexts, types, Issuer,
//! validity, status, schemas, digests of resources, and the Holder's key.

pub use crate::vc_sd_jwt::issue::{Issuance, IssueError};
pub use crate::vc_sd_jwt::present::{PresentError, present};

pub(crate) use crate::vc_sd_jwt::credential::UnverifiedVcSdJwt;
pub(crate) use crate::vc_sd_jwt::presentation::{
    UnverifiedVpSdJwt, is_presentation, verified_answer,
};

mod credential;
mod issue;
mod present;
mod presentation;

/// `typ` of a Credential (VC-JOSE-COSE, section 3.2.1).
pub(crate) const CREDENTIAL_TYPE: &str = "vc+sd-jwt";

/// `typ` of a Presentation (VC-JOSE-COSE, section 3.2.2).
const PRESENTATION_TYPE: &str = "vp+sd-jwt";

/// Members of a Credential that must not be in Disclosures.
const PLAIN_MEMBERS: [&str; 15] = [
    "@context",
    "cnf",
    "credentialSchema",
    "credentialStatus",
    "exp",
    "iat",
    "iss",
    "issuer",
    "nbf",
    "relatedResource",
    "status",
    "termsOfUse",
    "type",
    "validFrom",
    "validUntil",
];

/// Members of a Presentation that must not be in Disclosures.
const PLAIN_ANSWER: [&str; 8] = [
    "@context", "aud", "exp", "iat", "iss", "nbf", "nonce", "type",
];
