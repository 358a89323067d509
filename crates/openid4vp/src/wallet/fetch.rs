use std::fmt;

use credential::data_integrity::Cryptosuite;
use did::{Did, DidDocument, Resolution};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, Response};
use jiff::Timestamp;
use keys::base64url;
use keys::jws::JwsError;
use rand_core::CryptoRng;
use serde_json::{Value, json};

use super::{Authenticated, Authentication, FetchingScopes, Refusal, Settings, Step};
use crate::messages::{Parameters, WalletMetadata};
use crate::request::{REQUEST_OBJECT_MEDIA_TYPE, RequestFault, RequestObject};
use crate::{ClientId, endpoint};

/// The Request Object has to be fetched from the Verifier.
pub struct Fetching {
    client_id: ClientId,
    request: Request<Vec<u8>>,
    settings: Settings,
    wallet_nonce: Option<String>,
}

/// The Verifier's DID has to be resolved.
pub struct Resolving(Authenticating);

/// A Request Object that was read, before its key is there.
pub(super) struct Authenticating {
    pub(super) object: RequestObject,
    pub(super) settings: Settings,
    pub(super) wallet_nonce: Option<String>,
}

/// How to get a Request Object (section 5.1, `request_uri_method`).
#[derive(Clone, Copy, Default)]
pub(super) enum Method {
    #[default]
    Get,
    Post,
}

impl Fetching {
    pub(super) fn start(
        client_id: ClientId,
        uri: &str,
        method: Method,
        settings: Settings,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, RequestFault> {
        if !client_id.prefix().signs() {
            return Err(RequestFault::Signed);
        }
        let uri = endpoint::parse(uri, settings.dev_loopback).ok_or(RequestFault::RequestUri)?;
        let request = Request::builder()
            .uri(uri.as_str())
            .header(ACCEPT, REQUEST_OBJECT_MEDIA_TYPE);
        let (request, wallet_nonce) = match method {
            Method::Get => (request.method(http::Method::GET).body(Vec::new()), None),
            Method::Post => {
                let mut nonce = [0; 32];
                rng.fill_bytes(&mut nonce);
                let nonce = base64url::encode(nonce);
                let request = request
                    .method(http::Method::POST)
                    .header(CONTENT_TYPE, FORM)
                    .body(question(&nonce).into_bytes());
                (request, Some(nonce))
            }
        };
        Ok(Self {
            client_id,
            request: request.map_err(|_| RequestFault::RequestUri)?,
            settings,
            wallet_nonce,
        })
    }

    /// Returns what to send. It is the same for every Holder, a random nonce aside.
    #[must_use]
    pub fn request(&self) -> Request<Vec<u8>> {
        self.request.clone()
    }

    /// Takes what the Verifier sent (section 5.10.1).
    ///
    /// # Errors
    /// [`Refusal`] when that is not a Request Object of the client that the link named.
    pub fn receive(self, response: &Response<Vec<u8>>, now: Timestamp) -> Result<Step, Refusal> {
        if response.status() != http::StatusCode::OK {
            return Err(RequestFault::Unavailable(response.status().as_u16()).into());
        }
        if !is_media_type(response, REQUEST_OBJECT_MEDIA_TYPE) {
            return Err(RequestFault::ContentType.into());
        }
        let text = std::str::from_utf8(response.body()).map_err(|_| JwsError::Malformed);
        let text = text.map_err(RequestFault::from)?;
        Authenticating {
            object: RequestObject::parse(text.trim(), self.client_id)?,
            settings: self.settings,
            wallet_nonce: self.wallet_nonce,
        }
        .start(now)
    }
}

impl Resolving {
    /// Returns the DID to resolve.
    #[must_use]
    pub fn did(&self) -> &Did {
        self.0.object.did()
    }

    /// Takes the DID document.
    ///
    /// # Errors
    /// [`Refusal`] when the request is not signed with a key of that document, or is refused.
    pub fn receive(self, document: &DidDocument, now: Timestamp) -> Result<Step, Refusal> {
        self.0.finish(document, now)
    }
}

impl fmt::Debug for Fetching {
    /// Leaves the address and the nonce out: whoever knows them can answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetching")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Resolving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolving")
            .field("did", self.did())
            .finish_non_exhaustive()
    }
}

impl Authenticating {
    /// Goes on alone when the DID is its own document.
    pub(super) fn start(self, now: Timestamp) -> Result<Step, Refusal> {
        let did = self.object.did();
        match did::resolve(did, self.settings.dev_loopback).map_err(RequestFault::from)? {
            Resolution::Fetch(_) => Ok(Step::Resolve(Box::new(Resolving(self)))),
            Resolution::Here(document) => self.finish(&document, now),
        }
    }

    fn finish(self, document: &DidDocument, now: Timestamp) -> Result<Step, Refusal> {
        let client_id = self.object.client_id().clone();
        let authentication = Authentication::Did(self.object.did().clone());
        let members = self
            .object
            .authenticate(document, self.wallet_nonce.as_deref(), now)?;
        let request = Authenticated::parse(members, &client_id, authentication, self.settings)?;
        match request.scope_name() {
            None => Ok(Step::Consent(Box::new(request))),
            Some(_) => {
                let fetching = FetchingScopes::start(request, document.clone())?;
                Ok(Step::Scopes(Box::new(fetching)))
            }
        }
    }
}

impl Method {
    pub(super) fn parse(text: Option<&str>) -> Result<Option<Self>, RequestFault> {
        match text {
            None => Ok(None),
            Some("get") => Ok(Some(Self::Get)),
            Some("post") => Ok(Some(Self::Post)),
            Some(_) => Err(RequestFault::Method),
        }
    }
}

/// The body of a POST to a `request_uri` (section 5.10).
fn question(nonce: &str) -> String {
    let formats = json!({
        "dc+sd-jwt": { "kb-jwt_alg_values": ALGORITHMS, "sd-jwt_alg_values": ALGORITHMS },
        "jwt_vc_json": { "alg_values": ALGORITHMS },
        "ldp_vc": { "cryptosuite_values": SUITES, "proof_type_values": ["DataIntegrityProof"] },
        "net_certificate": { "profile_values": [netcert::PROFILE] },
    });
    let list = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    let metadata = WalletMetadata {
        client_id_prefixes_supported: list(&["decentralized_identifier", "redirect_uri"]),
        request_object_signing_alg_values_supported: list(&ALGORITHMS),
        response_modes_supported: list(&["direct_post"]),
        response_types_supported: list(&["vp_token"]),
        vp_formats_supported: match formats {
            Value::Object(formats) => formats,
            _ => serde_json::Map::new(),
        },
    };
    let mut form = Parameters::default();
    form.push(
        "wallet_metadata",
        serde_json::to_string(&metadata).unwrap_or_default(),
    );
    form.push("wallet_nonce", nonce);
    form.encode()
}

pub(super) fn is_media_type(response: &Response<Vec<u8>>, expected: &str) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case(expected))
}

pub(super) const FORM: &str = "application/x-www-form-urlencoded";
/// "EdDSA" and its fully-specified name (RFC 9864) mean the same.
const ALGORITHMS: [&str; 3] = ["ES256", "Ed25519", "EdDSA"];
const SUITES: [&str; 4] = [
    Cryptosuite::Bbs2023.name(),
    Cryptosuite::EcdsaRdfc2019.name(),
    Cryptosuite::EcdsaSd2023.name(),
    Cryptosuite::EddsaRdfc2022.name(),
];
