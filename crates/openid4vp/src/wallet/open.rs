use jiff::Timestamp;
use rand_core::CryptoRng;
use url::Url;

use super::fetch::{Authenticating, Method};
use super::{
    Authenticated, Authentication, Fetching, FetchingScopes, LinkFault, Refusal, Resolving,
};
use crate::ClientId;
use crate::messages::{AuthorizationRequest, Parameters};
use crate::request::{RequestFault, RequestObject};

/// What the wallet permits.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whether `http` to this machine is fine: for development only.
    pub dev_loopback: bool,
}

/// What has to be done next.
#[derive(Debug)]
pub enum Step {
    /// The request is complete: ask the Holder.
    Consent(Box<Authenticated>),
    /// The request is elsewhere: fetch it.
    Fetch(Box<Fetching>),
    /// The Verifier's key is elsewhere: resolve its DID.
    Resolve(Box<Resolving>),
    /// A number is asked for in a scope: fetch the scopes that the Verifier publishes.
    Scopes(Box<FetchingScopes>),
}

/// Opens a link (section 5.4): `openid4vp://…` or `https://…`, with the request by reference
/// (`request_uri`), as a signed object (`request`), or as parameters.
///
/// # Errors
/// [`Refusal`] when it is no presentation request, or one that is refused.
pub fn open(
    link: &str,
    settings: Settings,
    rng: &mut (impl CryptoRng + ?Sized),
    now: Timestamp,
) -> Result<Step, Refusal> {
    let url = Url::parse(link.trim()).map_err(|_| Refusal::new(LinkFault::Syntax, None))?;
    if url.scheme() != "openid4vp" && !web_address::is_secure(&url, settings.dev_loopback) {
        return Err(Refusal::new(LinkFault::Scheme, None));
    }
    let parameters = Parameters::parse(url.query().unwrap_or_default().as_bytes());
    let parameters = parameters.map_err(RequestFault::from)?;
    let Some(client_id) = parameters.get("client_id") else {
        return Err(Refusal::new(LinkFault::NotARequest, None));
    };
    let client_id = ClientId::parse(client_id).map_err(RequestFault::from)?;
    let method = Method::parse(parameters.get("request_uri_method"))?;
    match (parameters.get("request_uri"), parameters.get("request")) {
        (Some(_), Some(_)) => Err(RequestFault::Nested.into()),
        (Some(uri), None) => {
            let fetching =
                Fetching::start(client_id, uri, method.unwrap_or_default(), settings, rng)?;
            Ok(Step::Fetch(Box::new(fetching)))
        }
        (None, _) if method.is_some() => Err(RequestFault::Method.into()),
        (None, Some(object)) => Authenticating {
            object: RequestObject::parse(object, client_id)?,
            settings,
            wallet_nonce: None,
        }
        .start(now),
        (None, None) => {
            if client_id.prefix().signs() {
                return Err(RequestFault::Unsigned.into());
            }
            let members = AuthorizationRequest::members(&parameters).map_err(RequestFault::from)?;
            let nobody = Authentication::Nobody;
            let request = Authenticated::parse(members, &client_id, nobody, settings)?;
            Ok(Step::Consent(Box::new(request)))
        }
    }
}
