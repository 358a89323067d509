use dcql::UnsupportedQuery;
use did::DidError;
use keys::jws::JwsError;
use netcert::ContextError;
use strict_json::{CanonicalError, JsonError};

use crate::messages::{ErrorCode, FormError};
use crate::scopes::ScopesFault;
use crate::{ClientIdError, Prefix};

/// Why a request is refused: the Verifier has to act, or whoever made the link.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RequestFault {
    /// The Request Object is meant for somebody else (section 5.8).
    #[error("the request is meant for somebody else")]
    Audience,
    /// The Client Identifier is refused.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// The link and the Request Object name different clients (section 5.10.1).
    #[error("the link and the request name different verifiers")]
    ClientIdMismatch,
    /// What came for a `request_uri` is not a Request Object (section 5.10.1).
    #[error("the verifier handed out something else than a request")]
    ContentType,
    /// The Verifier's DID document does not have the key.
    #[error("the verifier's key is refused: {0}")]
    Did(#[from] DidError),
    /// The Request Object has expired.
    #[error("the request has expired")]
    Expired,
    /// The parameters are not a form.
    #[error("the request cannot be read: {0}")]
    Form(#[from] FormError),
    /// The parameters are not the JSON that they should be.
    #[error("the request cannot be read: {0}")]
    Json(#[from] JsonError),
    /// The Request Object is not a JWS as it should be, or its signature is wrong.
    #[error("the request's signature is refused: {0}")]
    Jws(#[from] JwsError),
    /// The key that signed is not named, or belongs to another DID than the client.
    #[error("the request is not signed with a key of the verifier")]
    KeyId,
    /// `request_uri_method` is neither `get` nor `post`, or has no `request_uri`.
    #[error("the request names an unknown way to get it")]
    Method,
    /// A Request Object refers to another one (RFC 9101, section 4).
    #[error("the request refers to another request")]
    Nested,
    /// `nonce` is missing or malformed.
    #[error("the request has no usable nonce")]
    Nonce,
    /// The parameters have no canonical form, by which an answer could be bound to them.
    #[error(transparent)]
    NotCanonical(#[from] CanonicalError),
    /// The Request Object is valid only later.
    #[error("the request is not valid yet")]
    NotYetValid,
    /// A number is asked for by somebody who cannot have one: an identity that does not last, that
    /// nobody vouches for, or that has several spellings.
    #[error("the verifier cannot ask for a number: {0}")]
    Pseudonym(#[from] ContextError),
    /// The query is refused.
    #[error("the query is refused: {0}")]
    Query(#[from] UnsupportedQuery),
    /// Both `dcql_query` and `scope`.
    #[error("the request has both a query and a scope")]
    QueryAndScope,
    /// Neither `dcql_query` nor `scope`.
    #[error("the request asks for nothing")]
    QueryMissing,
    /// `redirect_uri` together with `direct_post` (section 8.2).
    #[error("the request has a redirect_uri although the answer is to be posted")]
    RedirectUri,
    /// The `request_uri` is not an address to fetch from.
    #[error("the request is not at an https address")]
    RequestUri,
    /// Another Response Mode than `direct_post`.
    #[error("only the response mode direct_post is supported")]
    ResponseMode,
    /// Another Response Type than `vp_token`.
    #[error("only the response type vp_token is supported")]
    ResponseType,
    /// `response_uri` is missing, or not an address to send to.
    #[error("the answer would not go to an https address")]
    ResponseUri,
    /// The client is another address than `response_uri` (section 5.9.3).
    #[error("the answer would go to another address than the verifier's")]
    ResponseUriMismatch,
    /// `scope` instead of a query.
    #[error("requests by scope are not supported")]
    Scope,
    /// The Verifier does not publish the scope in which it asks for a number.
    #[error("the verifier does not publish the scope in which it asks for a number")]
    ScopeUnknown,
    /// The scopes that the Verifier publishes are refused.
    #[error(transparent)]
    Scopes(#[from] ScopesFault),
    /// The scopes that the Verifier publishes could not be had, or came as something else.
    #[error("the verifier does not hand out its scopes (status {0})")]
    ScopesUnavailable(u16),
    /// A Request Object of a client that cannot sign (section 5.9.3, `redirect_uri`).
    #[error("the request is signed although nobody can tell whose key that is")]
    Signed,
    /// `state` is malformed.
    #[error("the request's state is malformed")]
    State,
    /// `state` is missing although a credential without holder binding is asked for (section 5.3).
    #[error("the request lacks the state that it needs")]
    StateMissing,
    /// `transaction_data`, which must not be ignored.
    #[error("transactions are not supported")]
    TransactionData,
    /// The Request Object could not be had, or came as something else.
    #[error("the verifier did not hand out its request (status {0})")]
    Unavailable(u16),
    /// A request without signature of a client that has to sign.
    #[error("the request is not signed")]
    Unsigned,
    /// The Request Object does not give back the wallet's nonce (section 5.10.1).
    #[error("the request is not the answer to this wallet's question")]
    WalletNonce,
}

impl From<&RequestFault> for ErrorCode {
    fn from(fault: &RequestFault) -> Self {
        match fault {
            RequestFault::Audience
            | RequestFault::ClientId(_)
            | RequestFault::ClientIdMismatch
            | RequestFault::ContentType
            | RequestFault::Did(_)
            | RequestFault::Expired
            | RequestFault::Form(_)
            | RequestFault::Json(_)
            | RequestFault::Jws(_)
            | RequestFault::KeyId
            | RequestFault::Nested
            | RequestFault::Nonce
            | RequestFault::NotCanonical(_)
            | RequestFault::NotYetValid
            | RequestFault::Pseudonym(_)
            | RequestFault::Query(_)
            | RequestFault::QueryAndScope
            | RequestFault::QueryMissing
            | RequestFault::RedirectUri
            | RequestFault::RequestUri
            | RequestFault::ResponseUri
            | RequestFault::ResponseUriMismatch
            | RequestFault::ScopeUnknown
            | RequestFault::Scopes(_)
            | RequestFault::ScopesUnavailable(_)
            | RequestFault::Signed
            | RequestFault::State
            | RequestFault::StateMissing
            | RequestFault::Unavailable(_)
            | RequestFault::Unsigned
            | RequestFault::WalletNonce => Self::InvalidRequest,
            RequestFault::Method => Self::InvalidRequestUriMethod,
            RequestFault::ResponseMode | RequestFault::ResponseType => {
                Self::UnsupportedResponseType
            }
            RequestFault::Scope => Self::InvalidScope,
            RequestFault::TransactionData => Self::InvalidTransactionData,
        }
    }
}

impl Prefix {
    /// Says whether requests have to be signed, or else must not be.
    pub(crate) fn signs(&self) -> bool {
        match self {
            Self::DecentralizedIdentifier(_) => true,
            Self::RedirectUri(_) => false,
        }
    }
}
