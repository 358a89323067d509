use credential::data_integrity::Cryptosuite;
use jiff::Timestamp;
use keys::KeyError;
use netcert::request_digest;
use serde_json::{Map, Value, json};

use super::Requested;
use crate::messages::{AuthorizationRequest, ClientMetadata, FormError, Parameters};
use crate::request::{STATIC_AUDIENCE, Signer};

/// What a wallet posts to a `request_uri` (section 5.10). Its metadata is ignored: a policy asks
/// for what it needs whatever the wallet supports.
#[derive(Clone, Debug, Default)]
pub struct WalletQuestion {
    nonce: Option<String>,
}

/// Why there is no Request Object.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RequestObjectError {
    /// The session has expired: the Holder has to start again.
    #[error("the request has expired")]
    Expired,
    /// The wallet's question is not a form.
    #[error("the wallet's question cannot be read: {0}")]
    Form(#[from] FormError),
    /// The signature could not be made: a defect.
    #[error("the request cannot be signed: {0}")]
    Key(#[from] KeyError),
    /// The wallet's nonce is empty, too long, or not plain ASCII.
    #[error("the wallet's nonce is malformed")]
    Nonce,
    /// The session's request is not signed, or by another Verifier: a defect.
    #[error("the key is not that of the session's verifier")]
    Signer,
}

impl WalletQuestion {
    /// Reads the form of a POST.
    ///
    /// # Errors
    /// [`RequestObjectError::Form`] or [`RequestObjectError::Nonce`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestObjectError> {
        let form = Parameters::parse(body)?;
        let nonce = form.get("wallet_nonce").map(str::to_owned);
        let fit = |nonce: &str| {
            !nonce.is_empty()
                && nonce.len() <= MAX_NONCE
                && nonce.bytes().all(|byte| byte.is_ascii_graphic())
        };
        match nonce {
            Some(nonce) if !fit(&nonce) => Err(RequestObjectError::Nonce),
            nonce => Ok(Self { nonce }),
        }
    }
}

impl Requested {
    /// Signs the Request Object (sections 5 and 5.10.1). A wallet may fetch it as often as it
    /// likes: only the answer is taken once. A GET asks `WalletQuestion::default()`.
    ///
    /// # Errors
    /// [`RequestObjectError`]
    pub fn request_object(
        &self,
        signer: Signer<'_>,
        question: &WalletQuestion,
        now: Timestamp,
    ) -> Result<String, RequestObjectError> {
        if self.is_expired(now) {
            return Err(RequestObjectError::Expired);
        }
        if self.request_uri.is_none() || signer.client_id() != self.client_id {
            return Err(RequestObjectError::Signer);
        }
        let payload = AuthorizationRequest {
            aud: Some(STATIC_AUDIENCE.into()),
            exp: Some(self.expires_at.as_second().into()),
            iat: Some(now.as_second().into()),
            wallet_nonce: question.nonce.clone(),
            ..self.wire()
        };
        Ok(signer.sign(&payload)?)
    }

    /// The parameters of the request, however it travels.
    pub(super) fn wire(&self) -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: Some(self.client_id.as_str().to_owned()),
            client_metadata: Some(ClientMetadata {
                client_name: self.policy.client_name.clone(),
                vp_formats_supported: Some(formats(&self.policy.cryptosuites)),
            }),
            dcql_query: Some(self.policy.query.clone().into()),
            nonce: Some(self.nonce.clone()),
            purpose: self.policy.purpose.clone(),
            response_mode: Some("direct_post".to_owned()),
            response_type: Some("vp_token".to_owned()),
            response_uri: Some(self.response_uri.to_string()),
            state: Some(self.state.clone()),
            ..AuthorizationRequest::default()
        }
    }
}

impl Requested {
    /// The digest by which answers are bound to the request.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        match serde_json::to_value(self.wire()) {
            Ok(Value::Object(parameters)) => request_digest(&parameters).ok(),
            _ => None,
        }
    }
}

fn formats(suites: &[Cryptosuite]) -> Map<String, Value> {
    // "EdDSA" and its fully-specified name (RFC 9864) mean the same.
    let algorithms = ["ES256", "Ed25519", "EdDSA"];
    let sd_jwt = json!({ "kb-jwt_alg_values": algorithms, "sd-jwt_alg_values": algorithms });
    let jwt = json!({ "alg_values": algorithms });
    let ldp = data_integrity(suites);
    let net = json!({ "profile_values": [netcert::PROFILE] });
    Map::from_iter([
        ("dc+sd-jwt".to_owned(), sd_jwt),
        ("jwt_vc_json".to_owned(), jwt),
        ("ldp_vc".to_owned(), ldp),
        ("net_certificate".to_owned(), net),
    ])
}

/// The Data Integrity proofs that are read (appendix B.1.3.2): those with which Holders prove that it
/// is they, and for Credentials the ones that a policy names, or all that the one door knows.
fn data_integrity(taken: &[Cryptosuite]) -> Value {
    let read =
        |suite: &Cryptosuite| taken.is_empty() || taken.contains(suite) || HOLDERS.contains(suite);
    let (proofs, suites): (Vec<_>, Vec<_>) = Cryptosuite::ALL
        .into_iter()
        .filter(read)
        .partition(|suite| *suite == Cryptosuite::Ed25519Signature2020);
    let suites: Vec<_> = suites.into_iter().map(Cryptosuite::name).collect();
    let mut types = vec!["DataIntegrityProof"];
    types.extend(proofs.into_iter().map(Cryptosuite::name));
    json!({ "cryptosuite_values": suites, "proof_type_values": types })
}

/// The suites of Presentations (`credential::data_integrity::present`).
const HOLDERS: [Cryptosuite; 2] = [Cryptosuite::EcdsaRdfc2019, Cryptosuite::EddsaRdfc2022];
const MAX_NONCE: usize = 512;
