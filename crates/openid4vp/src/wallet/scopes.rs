use std::fmt;

use did::{Did, DidDocument};
use http::header::ACCEPT;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use keys::jws::JwsError;

use super::fetch::is_media_type;
use super::{Authenticated, Refusal, Step};
use crate::Prefix;
use crate::request::RequestFault;
use crate::scopes::{SCOPES_MEDIA_TYPE, ScopesFault, SignedScopes, scopes_url};

/// A number is asked for in a scope: the Verifier's published list has to say what that is.
///
/// A scope in the request itself could be made up for one person, to whom the Verifier would then
/// be a stranger every day.
pub struct FetchingScopes {
    asked: Authenticated,
    document: DidDocument,
    request: Request<Vec<u8>>,
}

impl FetchingScopes {
    pub(super) fn start(asked: Authenticated, document: DidDocument) -> Result<Self, RequestFault> {
        let dev_loopback = asked.settings().dev_loopback;
        let url = match asked.verifier().prefix() {
            Prefix::DecentralizedIdentifier(did) => scopes_url(did, dev_loopback),
            Prefix::RedirectUri(_) => None,
        };
        let url = url.ok_or(RequestFault::ScopeUnknown)?;
        let request = Request::get(url.as_str())
            .header(ACCEPT, SCOPES_MEDIA_TYPE)
            .body(Vec::new())
            .map_err(|_| RequestFault::ScopeUnknown)?;
        Ok(Self {
            asked,
            document,
            request,
        })
    }

    /// Returns what to send. It is the same for every Holder.
    #[must_use]
    pub fn request(&self) -> Request<Vec<u8>> {
        self.request.clone()
    }

    /// Returns whose list it is.
    #[must_use]
    pub fn did(&self) -> &Did {
        self.document.id()
    }

    /// Takes the Verifier's list, after the one that the Wallet has kept of it, if any. Once the
    /// Holder has agreed, this one is kept ([`super::AskedPseudonym::published`]).
    ///
    /// # Errors
    /// [`Refusal`] when it is not signed by the Verifier, does not have the scope, or is another
    /// one than was seen before and not later.
    pub fn receive(
        self,
        response: &Response<Vec<u8>>,
        before: Option<&SignedScopes>,
        now: Timestamp,
    ) -> Result<Step, Refusal> {
        let status = response.status();
        if status != StatusCode::OK || !is_media_type(response, SCOPES_MEDIA_TYPE) {
            return Err(RequestFault::ScopesUnavailable(status.as_u16()).into());
        }
        let text = std::str::from_utf8(response.body()).map_err(|_| JwsError::Malformed);
        let published = text
            .map_err(ScopesFault::from)
            .and_then(|text| SignedScopes::verify(text, &self.document, now))
            .map_err(RequestFault::from)?;
        let (published, before) = match before {
            None => (published, None),
            Some(before) => published.follow(before).map_err(RequestFault::from)?,
        };
        let scopes = published.scopes();
        let named = self.asked.scope_name().and_then(|name| scopes.find(name));
        let scope = named.ok_or(RequestFault::ScopeUnknown)?.clone();
        let request = self.asked.within(&scope, published, before)?;
        Ok(Step::Consent(Box::new(request)))
    }
}

impl fmt::Debug for FetchingScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchingScopes")
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}
