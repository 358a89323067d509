//! W3C Verifiable Credentials secured by JOSE.
//!
//! VCDM 2.0 as VC-JOSE-COSE has it: `typ: vc+jwt`, the payload is the Credential itself; presented
//! in a `vp+jwt` as EnvelopedVerifiableCredential. The VCDM 1.1 form, with the claims `vc` and `vp`
//! (VCDM 1.1, section 6.3.1), is read, and answered for Credentials that came in it.
//!
//! The data model is checked as far as a verifier without JSON-LD processing can: what a term means
//! is settled by comparing `@context` and `type`, never by fetching anything.

pub use crate::vc_jwt::issue::{Issuance, IssueError};
pub use crate::vc_jwt::present::{PresentError, present};

pub(crate) use crate::vc_jwt::credential::{UnverifiedVcJwt, believed, check_mapped};
pub(crate) use crate::vc_jwt::present::answer;
pub(crate) use crate::vc_jwt::presentation::{
    UnverifiedVpJwt, check_answer, enclosed, is_presentation, judge_each, verify_signer,
};

mod credential;
mod issue;
mod present;
mod presentation;

/// `typ` of a VCDM 2.0 Credential (VC-JOSE-COSE, section 3.1.1).
const CREDENTIAL_TYPE: &str = "vc+jwt";

/// `typ` of a VCDM 2.0 Presentation (VC-JOSE-COSE, section 3.1.2).
pub(crate) const PRESENTATION_TYPE: &str = "vp+jwt";

/// How many Credentials one Presentation may hold.
const MOST_CREDENTIALS: usize = 16;
