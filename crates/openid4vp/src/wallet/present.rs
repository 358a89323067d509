use credential::sd_jwt::{Held, HoldError};
use credential::vc_jwt::{self, PresentError};
use credential::{Challenge, Credential, VerificationError};
use dcql::{Candidate, Chosen, Meta, Selection};
use jiff::Timestamp;
use keys::{KeyError, SigningKey};
use serde_json::Value;

use crate::messages::VpToken;
use crate::request::Request;

/// A credential in the Holder's hands.
pub struct Holding<'a> {
    /// The credential as it was issued, with everything that can be disclosed.
    pub credential: &'a str,
    /// The key that it is bound to.
    pub key: Option<&'a SigningKey>,
}

/// Why the wallet cannot present what was chosen.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HoldingFault {
    /// The stored credential cannot be read.
    #[error("the stored credential cannot be read: {0}")]
    Credential(#[from] VerificationError),
    /// The key cannot sign.
    #[error("the key cannot sign: {0}")]
    Key(#[from] KeyError),
    /// The holder's key is not there although a proof of binding is required.
    #[error("the credential's key is missing")]
    KeyMissing,
    /// The chosen credential is not there.
    #[error("the chosen credential is missing")]
    Missing,
    /// The selection was made for another request.
    #[error("the selection was made for another request")]
    OtherRequest,
    /// A W3C presentation cannot be made.
    #[error("the presentation cannot be made: {0}")]
    Present(#[from] PresentError),
    /// A selected claim is not in the credential.
    #[error("the claims cannot be selected: {0}")]
    Select(#[from] HoldError),
    /// The Verifier does not read the format, or not with this key's algorithm.
    #[error("the verifier does not read this credential's format")]
    Unread,
}

/// Describes a credential to a query: one that was verified when it was received.
#[must_use]
pub fn candidate(id: &str, credential: &Credential) -> Candidate {
    Candidate {
        id: id.to_owned(),
        format: credential.format.name().to_owned(),
        types: credential.types.clone(),
        claims: Value::Object(credential.claims.clone()),
        holder_bound: credential.holder.is_some(),
        authority_key_ids: credential.authority_key_ids.clone(),
    }
}

/// Makes the `vp_token` from the selection, each presentation bound to the Verifier's whole Client
/// Identifier and to the nonce (section 14.1.2).
pub(super) fn present<'a>(
    request: &Request,
    selection: &Selection,
    mut holdings: impl FnMut(&str) -> Option<Holding<'a>>,
    now: Timestamp,
) -> Result<VpToken, HoldingFault> {
    let challenge = Challenge {
        audience: request.client_id().as_str().to_owned(),
        nonce: request.nonce().to_owned(),
    };
    let mut token = VpToken::default();
    for chosen in selection.chosen() {
        let holding = holdings(chosen.answer().candidate()).ok_or(HoldingFault::Missing)?;
        let meta = request
            .query()
            .credential(chosen.query())
            .map(|query| query.meta());
        let presentation = match meta {
            Some(meta @ Meta::SdJwtVc { .. }) => {
                present_sd_jwt(request, meta, chosen, &holding, &challenge, now)?
            }
            Some(meta @ Meta::JwtVcJson { .. }) => {
                present_jwt(request, meta, chosen, &holding, &challenge, now)?
            }
            _ => return Err(HoldingFault::OtherRequest),
        };
        let query = chosen.query().to_owned();
        token.0.entry(query).or_default().push(presentation);
    }
    Ok(token)
}

/// SD-JWT VC (appendix B.3): the selected Disclosures, with key binding when it is required.
fn present_sd_jwt(
    request: &Request,
    meta: &Meta,
    chosen: &Chosen,
    holding: &Holding<'_>,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<String, HoldingFault> {
    let selected = Held::parse(holding.credential)?.select(&chosen.answer().places())?;
    if !chosen.requires_holder_binding() {
        return Ok(selected.into_unbound());
    }
    let key = holding.key.ok_or(HoldingFault::KeyMissing)?;
    if !request.reads(meta.format(), "kb-jwt_alg_values", key.algorithm()) {
        return Err(HoldingFault::Unread);
    }
    Ok(selected.bind(key, challenge, now)?)
}

/// W3C (appendix B.1.3.1): a presentation of the whole credential, or the credential itself when
/// no binding is required.
fn present_jwt(
    request: &Request,
    meta: &Meta,
    chosen: &Chosen,
    holding: &Holding<'_>,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<String, HoldingFault> {
    if !chosen.requires_holder_binding() {
        return Ok(holding.credential.to_owned());
    }
    let key = holding.key.ok_or(HoldingFault::KeyMissing)?;
    if !request.reads(meta.format(), "alg_values", key.algorithm()) {
        return Err(HoldingFault::Unread);
    }
    Ok(vc_jwt::present(&[holding.credential], key, challenge, now)?)
}
