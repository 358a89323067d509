use did::{Did, DidDocument, DidError, DidUrl, Relationship};
use jiff::Timestamp;
use keys::jws::{self, UnverifiedJws};
use keys::{KeyError, PublicKey, SigningKey};
use serde::Serialize;
use serde_json::{Map, Value};
use strict_json::Limits;

use super::{RequestFault, check_times};
use crate::messages::AuthorizationRequest;
use crate::{ClientId, Prefix};

/// A signed request (RFC 9101) that was read and not yet believed.
#[derive(Clone, Debug)]
pub struct RequestObject {
    client_id: ClientId,
    jws: UnverifiedJws,
    kid: DidUrl,
}

/// A Verifier's key, with the names under which wallets find it.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The private key.
    pub key: &'a SigningKey,
    /// The Verification Method in the Verifier's DID document.
    pub method: &'a DidUrl,
}

impl RequestObject {
    /// Reads a Request Object of a client that the link named.
    ///
    /// # Errors
    /// [`RequestFault`] when it is no JWS, or does not say which of the client's keys signed it.
    pub(crate) fn parse(text: &str, client_id: ClientId) -> Result<Self, RequestFault> {
        let Prefix::DecentralizedIdentifier(did) = client_id.prefix() else {
            return Err(RequestFault::Signed);
        };
        let jws = UnverifiedJws::parse(text, Limits::default().max_bytes)?;
        let kid = jws.header().kid.as_deref().ok_or(RequestFault::KeyId)?;
        let kid = did.join(kid).map_err(|_| RequestFault::KeyId)?;
        if kid.did() != did {
            return Err(RequestFault::KeyId);
        }
        Ok(Self {
            client_id,
            jws,
            kid,
        })
    }

    /// Returns the DID whose document has the key.
    #[must_use]
    pub fn did(&self) -> &Did {
        self.kid.did()
    }

    pub(crate) fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Verifies the signature with a key of the DID document, and everything that ties the
    /// parameters to the link, to the wallet's question and to this moment.
    pub(crate) fn authenticate(
        self,
        document: &DidDocument,
        wallet_nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, RequestFault> {
        let key = signing_key(document, &self.kid)?;
        let verified = self.jws.verify(&key, &[REQUEST_OBJECT_TYPE])?;
        // serde would read an array as the members in their order, too.
        let members: Map<String, Value> =
            strict_json::from_slice(verified.payload(), Limits::default())?;
        let wire = AuthorizationRequest::from_members(members.clone())?;
        if wire.client_id.as_deref() != Some(self.client_id.as_str()) {
            return Err(RequestFault::ClientIdMismatch);
        }
        if wire.request.is_some() || wire.request_uri.is_some() {
            return Err(RequestFault::Nested);
        }
        if wire.aud.as_ref().is_some_and(|aud| !is_audience(aud)) {
            return Err(RequestFault::Audience);
        }
        if wallet_nonce.is_some() && wire.wallet_nonce.as_deref() != wallet_nonce {
            return Err(RequestFault::WalletNonce);
        }
        check_times(&wire, now)?;
        Ok(members)
    }
}

impl Signer<'_> {
    /// Returns the Client Identifier that goes with the key.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        ClientId::of_did(self.method.did())
    }

    /// Signs a Request Object.
    pub(crate) fn sign(&self, payload: &AuthorizationRequest) -> Result<String, KeyError> {
        let header = Header {
            alg: self.key.algorithm().name(),
            kid: self.method.to_string(),
            typ: REQUEST_OBJECT_TYPE,
        };
        let payload = serde_json::to_vec(payload).map_err(|_| KeyError::Unserializable)?;
        jws::sign(&header, &payload, self.key)
    }
}

/// Finds the key with which something of the Verifier's is signed. Any Verification Method may sign (section 5.9.3); a document that lists the key for claims only
/// is as good as one that lists it for authentication.
pub(crate) fn signing_key(document: &DidDocument, kid: &DidUrl) -> Result<PublicKey, DidError> {
    match document.key(kid, Relationship::Authentication) {
        Err(DidError::Relationship) => document.key(kid, Relationship::Assertion),
        other => other,
    }
}

fn is_audience(aud: &Value) -> bool {
    match aud {
        Value::Array(list) => list.iter().any(|one| one == STATIC_AUDIENCE),
        one => one == STATIC_AUDIENCE,
    }
}

#[derive(Serialize)]
struct Header {
    alg: &'static str,
    kid: String,
    typ: &'static str,
}

/// The media type of a Request Object over HTTP (section 5.10.1).
pub const REQUEST_OBJECT_MEDIA_TYPE: &str = "application/oauth-authz-req+jwt";

/// The `aud` of a wallet that the Verifier does not know (section 5.8).
pub(crate) const STATIC_AUDIENCE: &str = "https://self-issued.me/v2";

const REQUEST_OBJECT_TYPE: &str = "oauth-authz-req+jwt";
