use did::Did;
use jiff::Timestamp;
use keys::base64url;
use keys::token::BearerToken;
use rand_core::CryptoRng;
use url::Url;

use super::session::later;
use super::{Policy, PolicyError, Requested, Session};
use crate::messages::Parameters;
use crate::request::loopback;
use crate::{ClientId, endpoint};

/// As whom the Verifier asks.
#[derive(Clone, Copy, Debug)]
pub enum Identity<'a> {
    /// As a DID: the request is signed and fetched by reference.
    Did(&'a Did),
    /// As the address of its answer: the request is not signed and travels in the link.
    ResponseUri,
}

/// Where the Verifier's service listens. The session's identifier is added to each as a last path
/// segment.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// Where Request Objects are handed out.
    pub request: Url,
    /// Where answers come in.
    pub response: Url,
    /// Whether `http` to this machine is fine: for development only.
    pub dev_loopback: bool,
}

/// A session that was just created. Its identifier, link and token are secrets: there is no
/// `Debug`.
pub struct Created {
    /// Names the session in the addresses that the wallet sees, and in the store. 128 random bits, and
    /// never a hyphen in front.
    pub id: String,
    /// What is to be stored.
    pub session: Session,
    /// What is shown to the Holder, as a link or as a QR code.
    pub link: String,
    /// What the result can be taken with. Only its hash is stored.
    pub token: BearerToken,
}

impl Requested {
    /// Creates a session from a policy (section 13.3, steps 1 to 4).
    ///
    /// # Errors
    /// [`PolicyError`]
    pub fn create(
        policy: Policy,
        identity: Identity<'_>,
        endpoints: &Endpoints,
        rng: &mut (impl CryptoRng + ?Sized),
        now: Timestamp,
    ) -> Result<Created, PolicyError> {
        policy.check(endpoints.dev_loopback)?;
        let id = identifier(rng);
        let token = BearerToken::generate(rng);
        let response_uri = endpoint::child(&endpoints.response, &id);
        let (client_id, request_uri) = match identity {
            Identity::Did(did) => {
                let request_uri = endpoint::child(&endpoints.request, &id);
                (ClientId::of_did(did), Some(request_uri))
            }
            Identity::ResponseUri => (ClientId::of_redirect_uri(&response_uri), None),
        };
        let session = Self {
            client_id,
            expires_at: later(now, policy.ttl_seconds),
            nonce: random(rng),
            policy,
            request_uri,
            response_uri,
            state: random(rng),
            token_hash: token.hash(),
        };
        session.context(loopback(endpoints.dev_loopback))?;
        Ok(Created {
            id,
            link: session.link(),
            session: Session::Requested(Box::new(session)),
            token,
        })
    }

    /// Returns the link that opens the request (section 13.1.2): with the whole request when it is
    /// not signed, else with where it is.
    #[must_use]
    pub fn link(&self) -> String {
        let parameters = match &self.request_uri {
            None => self.wire().into_parameters(),
            Some(request_uri) => {
                let mut parameters = Parameters::default();
                parameters.push("client_id", self.client_id.as_str());
                parameters.push("request_uri", request_uri.as_str());
                parameters.push("request_uri_method", "post");
                parameters
            }
        };
        format!("openid4vp://?{}", parameters.encode())
    }
}

/// As [`random`], but not with a hyphen in front: it is typed into command lines, and must not look
/// like an option.
fn identifier(rng: &mut (impl CryptoRng + ?Sized)) -> String {
    loop {
        let id = random(rng);
        if !id.starts_with('-') {
            return id;
        }
    }
}

/// 128 random bits in base64url.
fn random(rng: &mut (impl CryptoRng + ?Sized)) -> String {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    base64url::encode(bytes)
}
