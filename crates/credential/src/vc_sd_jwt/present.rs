use claim_path::ClaimPath;
use jiff::Timestamp;
use keys::NamedKey;
use rand_core::CryptoRng;

use crate::key_reference::KeyReference;
use crate::presentation::Challenge;
use crate::sd_jwt;
use crate::sd_jwt::issue::Payload;
use crate::vc_jwt;
use crate::vc_jwt::answer;
use crate::vc_sd_jwt::{PLAIN_ANSWER, PRESENTATION_TYPE};

/// Presents Credentials that are all bound to this key, each a `vc+sd-jwt` with what is selected of
/// it (without key binding), or a `vc+jwt`: as a `vp+sd-jwt`, of which a part can be withheld from
/// whoever it is passed on to.
///
/// # Errors
/// If there is no Credential, too many, one is malformed, a path leads nowhere or to what a
/// Verifier must see, or signing fails.
pub fn present<'k>(
    credentials: &[&str],
    disclosable: &[ClaimPath],
    holder: impl Into<NamedKey<'k>>,
    challenge: &Challenge,
    now: Timestamp,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<String, PresentError> {
    let holder = holder.into();
    let (claims, method) = answer(credentials, holder.public(), challenge, now)?;
    let header = KeyReference::KeyId(method).header(holder.alg(), PRESENTATION_TYPE);
    let payload = Payload {
        claims,
        disclosable,
        pad_digests_to: 0,
        holder: None,
        plain: &PLAIN_ANSWER,
    };
    Ok(payload.sign(&header, holder.key(), rng)?)
}

/// Why a Presentation was not made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PresentError {
    /// The Credentials cannot be presented.
    #[error(transparent)]
    Credentials(#[from] vc_jwt::PresentError),
    /// It cannot be made an SD-JWT.
    #[error(transparent)]
    SdJwt(#[from] sd_jwt::IssueError),
}
