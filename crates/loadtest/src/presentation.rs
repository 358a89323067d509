//! A whole presentation (OpenID4VP 1.0), from the platform's wish to the verified answer: three
//! requests.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use claim_path::ClaimPath;
use credential::Challenge;
use credential::sd_jwt::Held;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use keys::jws::UnverifiedJws;
use keys::token::BearerToken;
use openid4vp::messages::{AuthorizationRequest, AuthorizationResponse, VpToken};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::connection::{Connection, ExchangeError};
use crate::drive::{Flow, FlowError};
use crate::issuance::{Issued, answer, made, now};

/// The verifier that asks.
pub(crate) struct Presentation {
    admin: BearerToken,
}

/// Somebody who answers requests.
pub(crate) trait Answers {
    /// The policy that asks for what they have.
    const POLICY: &'static str;

    /// Answers the request with these parameters; `None` if that cannot be done.
    fn answer(&self, request: &Asked) -> Option<AuthorizationResponse>;
}

/// What a Request Object says.
pub(crate) struct Asked {
    /// As it is written.
    pub(crate) parameters: Map<String, Value>,
    /// As it is understood.
    pub(crate) request: AuthorizationRequest,
}

/// A wallet with a credential, which it presents time and again: to the service that is the same
/// as many wallets with one each.
pub(crate) struct Wallet {
    held: Held,
    issued: Issued,
    shown: Vec<ClaimPath>,
}

impl Wallet {
    /// Takes a credential.
    ///
    /// # Errors
    /// [`FlowError::Answer`] if it is none.
    pub(crate) fn new(issued: Issued) -> Result<Arc<Self>, FlowError> {
        let held = Held::parse(issued.credential.expose());
        Ok(Arc::new(Self {
            held: held.map_err(|_| FlowError::Answer("credential"))?,
            issued,
            shown: SHOWN.map(ClaimPath::from).to_vec(),
        }))
    }
}

impl Answers for Wallet {
    /// As `init` writes it, with the claims that it asks for.
    const POLICY: &'static str = "identity";

    fn answer(&self, Asked { request, .. }: &Asked) -> Option<AuthorizationResponse> {
        let challenge = Challenge {
            audience: request.client_id.clone()?,
            nonce: request.nonce.clone()?,
        };
        let selected = self.held.select(&self.shown).ok()?;
        let presentation = selected.bind(&self.issued.holder, &challenge, now()).ok()?;
        Some(AuthorizationResponse::Presentation {
            state: request.state.clone(),
            vp_token: VpToken(BTreeMap::from([(
                QUERY.to_owned(),
                vec![presentation.into()],
            )])),
        })
    }
}

impl Presentation {
    /// Asks with the token of the verifier's API.
    #[must_use]
    pub(crate) fn new(admin: BearerToken) -> Self {
        Self { admin }
    }

    /// Asks, and answers as the wallet.
    ///
    /// # Errors
    /// [`FlowError`]
    pub(crate) async fn present<W: Answers>(
        &self,
        connection: &mut Connection,
        wallet: &W,
    ) -> Result<Created, FlowError> {
        let (created, post) = self.prepare(connection, wallet).await?;
        connection.send(post).await?;
        Ok(created)
    }

    /// Asks, and makes the wallet's answer, which is yet to be sent.
    ///
    /// # Errors
    /// [`FlowError`]
    pub(crate) async fn prepare<W: Answers>(
        &self,
        connection: &mut Connection,
        wallet: &W,
    ) -> Result<(Created, Request<Vec<u8>>), FlowError> {
        let policy = made("request", &json!({"policy": W::POLICY}))?;
        let bearer = format!("Bearer {}", self.admin.expose());
        let wish = Request::post("/requests").header(AUTHORIZATION, bearer);
        let created: Created = answer(connection, "request", wish, policy).await?;
        let link = Url::parse(&created.link).ok();
        let address = link.as_ref().and_then(|link| {
            let address = link
                .query_pairs()
                .find(|(name, _)| name == "request_uri")?
                .1;
            Url::parse(&address).ok()
        });
        let address = address.ok_or(FlowError::Answer("request"))?;
        let object = Request::get(address.path()).body(Vec::new());
        let object = object.map_err(|_| FlowError::Make("request"))?;
        let asked = read(&connection.send(object).await?);
        let asked = asked.ok_or(FlowError::Answer("request object"))?;
        let response = wallet
            .answer(&asked)
            .ok_or(FlowError::Make("presentation"))?;
        let address = asked.request.response_uri;
        let address = address.and_then(|address| Url::parse(&address).ok());
        let address = address.ok_or(FlowError::Answer("request object"))?;
        let post = Request::post(address.path())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(response.encode().into_bytes());
        let post = post.map_err(|_| FlowError::Make("presentation"))?;
        Ok((created, post))
    }

    /// Makes sure that a presentation was accepted, so that what is measured is known to work.
    ///
    /// # Errors
    /// [`FlowError::Answer`] if it was not.
    pub(crate) async fn verify(
        &self,
        connection: &mut Connection,
        created: &Created,
    ) -> Result<(), FlowError> {
        let result = Request::post(format!("/requests/{}/result", created.id))
            .header(AUTHORIZATION, format!("Bearer {}", created.result_token));
        let result: Outcome = answer(connection, "result", result, Vec::new()).await?;
        if result.phase == "answered" {
            Ok(())
        } else {
            Err(FlowError::Answer("presentation"))
        }
    }

    /// Waits until the verifier has fetched what it needs of the issuer.
    ///
    /// # Errors
    /// [`FlowError::Exchange`] if it does not within some seconds.
    pub(crate) async fn ready(&self, connection: &mut Connection) -> Result<(), FlowError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ready = Request::get("/readyz").body(Vec::new());
            let ready = ready.map_err(|_| FlowError::Make("request"))?;
            match connection.send(ready).await {
                Ok(_) => return Ok(()),
                Err(ExchangeError::Refused { .. }) if Instant::now() < deadline => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Wallets of one kind that answer a Verifier.
pub(crate) struct Answering<W> {
    presentation: Arc<Presentation>,
    wallets: PhantomData<fn(W)>,
}

impl<W> Answering<W> {
    /// Lets them answer this Verifier.
    pub(crate) fn new(presentation: &Arc<Presentation>) -> Arc<Self> {
        Arc::new(Self {
            presentation: Arc::clone(presentation),
            wallets: PhantomData,
        })
    }
}

impl<W: Answers + Send + Sync + 'static> Flow for Answering<W> {
    type Work = Arc<W>;

    async fn run(&self, connection: &mut Connection, work: Arc<W>) -> Result<(), FlowError> {
        let presented = self.presentation.present(connection, &*work).await;
        presented.map(|_| ())
    }
}

/// What the platform was told.
#[derive(Deserialize)]
pub(crate) struct Created {
    id: String,
    link: String,
    result_token: String,
}

#[derive(Deserialize)]
struct Outcome {
    phase: String,
}

/// Who signed it is of no interest here; the wallet's own tests are about that.
fn read(object: &[u8]) -> Option<Asked> {
    let object = UnverifiedJws::parse(std::str::from_utf8(object).ok()?, MAX_OBJECT).ok()?;
    let payload = object.unverified_payload();
    Some(Asked {
        parameters: serde_json::from_slice(payload).ok()?,
        request: serde_json::from_slice(payload).ok()?,
    })
}

const QUERY: &str = "person";
const SHOWN: [&str; 3] = ["given_name", "family_name", "birth_date"];
const MAX_OBJECT: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);
