use keys::KeyError;
use strict_json::JsonError;

/// Why a DID, its document or its key was refused. The DID's controller is the one to act, or
/// whoever sent the DID.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DidError {
    /// Two verification methods of the document have the same identifier.
    #[error("the DID document names a verification method twice")]
    Ambiguous,
    /// The verification method is controlled by another DID.
    #[error("the verification method is controlled by somebody else")]
    Controller,
    /// The document is not JSON, or not a DID document.
    #[error("the DID document cannot be read: {0}")]
    Document(#[from] JsonError),
    /// did:web names a host that may not be asked: an address, or a local name.
    #[error("the DID names a host that may not be asked")]
    Host,
    /// The document describes another DID, or the key belongs to another DID's document.
    #[error("the DID document belongs to another DID")]
    Id,
    /// The verification method's key cannot be used.
    #[error("the DID's key cannot be used: {0}")]
    Key(#[from] KeyError),
    /// The document has no such verification method.
    #[error("the DID document has no such verification method")]
    Missing,
    /// The verification method may not act in this role.
    #[error("the verification method is not meant for this purpose")]
    Relationship,
    /// Not a DID, or not a DID URL with a fragment and nothing else.
    #[error("the DID is malformed")]
    Syntax,
    /// Another DID method, or another kind of verification method.
    #[error("the DID method or verification method is not supported")]
    Unsupported,
}
