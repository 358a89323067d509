use url::Url;

use crate::{Did, DidDocument, DidError, Method, jwk, key, web};

/// How a DID resolves.
#[derive(Clone, Debug)]
pub enum Resolution {
    /// The document is here; nobody needs to be asked.
    Here(DidDocument),
    /// The host fetches this URL and passes the body to [`DidDocument::parse`].
    Fetch(Url),
}

/// Resolves a DID as far as that is possible without asking anybody.
///
/// `allow_http_loopback` is for development: did:web on a loopback host is then fetched over http,
/// and is refused otherwise.
///
/// # Errors
/// [`DidError::Syntax`], [`DidError::Key`], or [`DidError::Host`] if the DID does not resolve.
pub fn resolve(did: &Did, allow_http_loopback: bool) -> Result<Resolution, DidError> {
    match did.method() {
        Method::Jwk => jwk::document(did).map(Resolution::Here),
        Method::Key => key::document(did).map(Resolution::Here),
        Method::Web => web::url(did, allow_http_loopback).map(Resolution::Fetch),
    }
}
