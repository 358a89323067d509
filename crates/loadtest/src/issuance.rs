//! A whole issuance (OpenID4VCI 1.0), from the desk to the credential: five requests.

use credential::{Credential, Format, IssuerKey, UnverifiedCredential, Verified};
use host::Clock;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{Algorithm, Jwk, SigningKey, jws};
use openid4vci::messages::{
    CredentialOffer, CredentialRequest, CredentialResponse, NonceResponse, OfferLink, Proofs,
    TokenRequest, TokenResponse,
};
use openid4vci::oauth::dpop;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::connection::Connection;
use crate::drive::{Flow, FlowError};

/// The issuer that is asked.
pub(crate) struct Issuance {
    admin: BearerToken,
    base: String,
    token: Url,
    credential: Url,
}

/// A person at the desk, with a wallet.
pub(crate) struct Person {
    enrolment: Vec<u8>,
    holder: SigningKey,
    dpop: SigningKey,
    token_proof: String,
}

/// A credential as a wallet keeps it.
pub(crate) struct Issued {
    pub(crate) credential: BearerToken,
    pub(crate) holder: SigningKey,
}

impl Issuance {
    /// Names the issuer by its public address, and the token of its admin API.
    ///
    /// # Errors
    /// [`FlowError::Make`] if that is no address.
    pub(crate) fn new(base: &str, admin: BearerToken) -> Result<Self, FlowError> {
        let below = |path: &str| {
            let url = Url::parse(&format!("{base}/{path}"));
            url.map_err(|_| FlowError::Make("address"))
        };
        Ok(Self {
            admin,
            base: base.to_owned(),
            token: below("token")?,
            credential: below("credential")?,
        })
    }

    /// Prepares people: keys, and what can be signed before the issuer has said anything.
    ///
    /// # Errors
    /// [`FlowError::Make`]
    pub(crate) fn people(&self, range: std::ops::Range<usize>) -> Result<Vec<Person>, FlowError> {
        range.map(|number| self.person(number)).collect()
    }

    fn person(&self, number: usize) -> Result<Person, FlowError> {
        let rng = &mut host::system_rng();
        let dpop = SigningKey::generate(Algorithm::Es256, rng);
        Ok(Person {
            enrolment: enrolment(number)?,
            holder: SigningKey::generate(Algorithm::Es256, rng),
            token_proof: self.token_proof(&dpop)?,
            dpop,
        })
    }

    /// Takes a person from the desk to the credential.
    ///
    /// # Errors
    /// [`FlowError`]
    pub(crate) async fn issue(
        &self,
        connection: &mut Connection,
        person: Person,
    ) -> Result<Issued, FlowError> {
        let Person {
            enrolment,
            holder,
            dpop,
            token_proof,
        } = person;
        let token = self.redeem(connection, enrolment, token_proof).await?;
        let nonce = self.nonce(connection).await?;
        let wish = CredentialRequest {
            credential_configuration_id: Some(CONFIGURATION.to_owned()),
            proofs: Some(Proofs {
                jwt: Some(vec![self.key_proof(&holder, &nonce)?]),
                ..Proofs::default()
            }),
            ..CredentialRequest::default()
        };
        let order = self.order(&token, &dpop, &wish)?;
        let response: CredentialResponse = answered(connection, "credential", order).await?;
        let credential = response.credentials.unwrap_or_default().pop();
        Ok(Issued {
            credential: credential
                .ok_or(FlowError::Answer("credential"))?
                .credential
                .as_str()
                .map(BearerToken::from)
                .ok_or(FlowError::Answer("credential"))?,
            holder,
        })
    }

    /// Verifies a credential as a verifier does, so that what is measured is known to work.
    ///
    /// # Errors
    /// [`FlowError::Answer`] if it does not hold.
    pub(crate) async fn verify(
        &self,
        connection: &mut Connection,
        issued: &Issued,
    ) -> Result<Verified<Credential>, FlowError> {
        let wrong = FlowError::Answer("credential");
        let text = issued.credential.expose();
        let Ok(credential) = UnverifiedCredential::parse(Format::SdJwtVc, text) else {
            return Err(wrong);
        };
        let Ok(source) = credential.key_source() else {
            return Err(wrong);
        };
        let metadata = source
            .metadata_url()
            .ok_or(FlowError::Answer("credential"))?;
        let metadata = Request::get(metadata.path()).body(Vec::new());
        let metadata = metadata.map_err(|_| FlowError::Make("request"))?;
        let metadata = connection.send(metadata).await?;
        let key = IssuerKey::from_issuer_metadata(&source, &metadata);
        let verified = key.map(|key| credential.verify(&key, now()));
        match verified {
            Ok(Ok(verified)) if verified.get().holder() == Some(issued.holder.public()) => {
                Ok(verified)
            }
            _ => Err(wrong),
        }
    }

    /// Goes from the desk to the access token: three requests.
    ///
    /// # Errors
    /// [`FlowError`]
    pub(crate) async fn redeem(
        &self,
        connection: &mut Connection,
        enrolment: Vec<u8>,
        token_proof: String,
    ) -> Result<BearerToken, FlowError> {
        let bearer = format!("Bearer {}", self.admin.expose());
        let enrol = Request::post("/admin/enrolments").header(AUTHORIZATION, bearer);
        let enrolled: Enrolled = answer(connection, "enrolment", enrol, enrolment).await?;
        let OfferLink::ByReference(offer) =
            OfferLink::parse(&enrolled.offer).map_err(|_| FlowError::Answer("enrolment"))?
        else {
            return Err(FlowError::Answer("enrolment"));
        };
        let offer = Request::get(offer.path());
        let offer: CredentialOffer = answer(connection, "offer", offer, Vec::new()).await?;
        let grant = offer.grants.and_then(|grants| grants.pre_authorized_code);
        let redemption = TokenRequest::PreAuthorizedCode {
            pre_authorized_code: grant.ok_or(FlowError::Answer("offer"))?.pre_authorized_code,
            tx_code: enrolled.transaction_code.map(BearerToken::from),
            authorization_details: None,
        };
        let token = Request::post(self.token.path())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(dpop::FIELD, token_proof);
        let token: TokenResponse = answer(connection, "token", token, redemption.form()).await?;
        Ok(token.access_token)
    }

    /// Fetches a `c_nonce`.
    ///
    /// # Errors
    /// [`FlowError`]
    pub(crate) async fn nonce(
        &self,
        connection: &mut Connection,
    ) -> Result<NonceResponse, FlowError> {
        let nonce = Request::post("/nonce");
        answer(connection, "nonce", nonce, Vec::new()).await
    }

    /// Makes a Credential Request.
    ///
    /// # Errors
    /// [`FlowError::Make`]
    pub(crate) fn order(
        &self,
        token: &BearerToken,
        dpop: &SigningKey,
        wish: &CredentialRequest,
    ) -> Result<Request<Vec<u8>>, FlowError> {
        let proof = proof_of_possession(dpop, &Method::POST, &self.credential, Some(token))?;
        let order = Request::post(self.credential.path())
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("DPoP {}", token.expose()))
            .header(dpop::FIELD, proof)
            .body(made("credential request", wish)?);
        order.map_err(|_| FlowError::Make("credential request"))
    }

    /// Signs for the token endpoint, before there is a token.
    ///
    /// # Errors
    /// [`FlowError::Make`]
    pub(crate) fn token_proof(&self, dpop: &SigningKey) -> Result<String, FlowError> {
        proof_of_possession(dpop, &Method::POST, &self.token, None)
    }

    /// OpenID4VCI 1.0, appendix F.1.
    fn key_proof(&self, holder: &SigningKey, nonce: &NonceResponse) -> Result<String, FlowError> {
        let header = ProofHeader {
            typ: "openid4vci-proof+jwt",
            alg: holder.algorithm().name(),
            jwk: holder.public().jwk(),
        };
        let claims = json!({
            "aud": self.base, "iat": now().as_second(), "nonce": nonce.c_nonce.expose(),
        });
        let claims = made("key proof", &claims)?;
        jws::sign(&header, &claims, holder).map_err(|_| FlowError::Make("key proof"))
    }
}

impl Flow for Issuance {
    type Work = Person;

    async fn run(&self, connection: &mut Connection, work: Person) -> Result<(), FlowError> {
        self.issue(connection, work).await.map(|_| ())
    }
}

/// What the desk writes down of the person with a number.
///
/// # Errors
/// [`FlowError::Make`]
pub(crate) fn enrolment(number: usize) -> Result<Vec<u8>, FlowError> {
    let digits = format!("{number:08}");
    // Whoever shared name and birth date with another would be taken for the same person.
    let letters = digits.bytes().map(|digit| char::from(digit - b'0' + b'A'));
    let record = json!({"record": {
        "issuing_state": "UTO", "number": format!("L{digits}"), "surname": "Eriksson",
        "given_names": letters.collect::<String>(), "nationality": "UTO", "birth_date": "1974-08-12",
        "sex": "F", "expires_on": "2099-04-15",
    }});
    made("enrolment", &record)
}

/// Sends a request and reads its JSON answer.
pub(crate) async fn answer<T: DeserializeOwned>(
    connection: &mut Connection,
    name: &'static str,
    request: http::request::Builder,
    body: Vec<u8>,
) -> Result<T, FlowError> {
    let request = request.body(body).map_err(|_| FlowError::Make(name))?;
    answered(connection, name, request).await
}

/// The same, of a request that is whole.
pub(crate) async fn answered<T: DeserializeOwned>(
    connection: &mut Connection,
    name: &'static str,
    request: Request<Vec<u8>>,
) -> Result<T, FlowError> {
    let answer = connection.send(request).await?;
    serde_json::from_slice(&answer).map_err(|_| FlowError::Answer(name))
}

/// Writes JSON.
pub(crate) fn made(name: &'static str, message: &impl Serialize) -> Result<Vec<u8>, FlowError> {
    serde_json::to_vec(message).map_err(|_| FlowError::Make(name))
}

/// The time.
pub(crate) fn now() -> Timestamp {
    host::SystemClock.now()
}

/// Proves, for one request, the key that a token is bound to (RFC 9449).
///
/// # Errors
/// [`FlowError::Make`]
pub(crate) fn proof_of_possession(
    key: &SigningKey,
    method: &Method,
    url: &Url,
    token: Option<&BearerToken>,
) -> Result<String, FlowError> {
    let rng = &mut host::system_rng();
    dpop::prove(key, method, url, token, None, now(), rng)
        .map_err(|_| FlowError::Make("DPoP proof"))
}

#[derive(Deserialize)]
struct Enrolled {
    offer: String,
    transaction_code: Option<String>,
}

#[derive(Serialize)]
struct ProofHeader {
    typ: &'static str,
    alg: &'static str,
    jwk: Jwk,
}

/// What is issued: the SD-JWT VC with all claims.
const CONFIGURATION: &str = "person";
