use credential::data_integrity::Cryptosuite;
use dcql::{Candidate, ClaimPath, DcqlQuery, Matches, Selection, match_candidates};
use did::Did;
use jiff::Timestamp;
use netcert::{PseudonymContext, request_digest};
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use url::Url;

use super::present::{DATA_INTEGRITY, Presenting, slots};
use super::{Answering, Error, Holding, HoldingFault, Refusal, Settings};
use crate::ClientId;
use crate::messages::{AuthorizationRequest, AuthorizationResponse, ErrorCode};
use crate::request::{Request, RequestFault, loopback, response_uri};
use crate::scopes::{NumberScope, NumberScopes, SignedScopes};

/// A complete request, with what is known about who asks: the Holder decides now.
///
/// A name or purpose is the Verifier's own word, whatever the authentication.
#[derive(Debug)]
pub struct Authenticated {
    authentication: Authentication,
    digest: Option<[u8; 32]>,
    pseudonym: Option<AskedPseudonym>,
    request: Request,
    settings: Settings,
}

/// A number that a Verifier asks for, bound to who that is: the request has no say in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AskedPseudonym {
    context: PseudonymContext,
    scope: Option<NumberScope>,
    published: Option<SignedScopes>,
    before: Option<NumberScopes>,
}

/// How the Verifier was authenticated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Authentication {
    /// The request is signed with a key of this DID.
    Did(Did),
    /// Nobody vouches for the Verifier; only the address of the answer is certain.
    Nobody,
}

impl Authenticated {
    /// Parses a request whose origin was checked. When it is refused, the error may be reported to
    /// where the answer would have gone.
    pub(super) fn parse(
        parameters: Map<String, Value>,
        client_id: &ClientId,
        authentication: Authentication,
        settings: Settings,
    ) -> Result<Self, Refusal> {
        let digest = request_digest(&parameters);
        let wire = AuthorizationRequest::from_members(parameters).map_err(RequestFault::from)?;
        let target = response_uri(
            client_id,
            wire.response_uri.as_deref(),
            settings.dev_loopback,
        );
        let state = wire.state.clone();
        let request = Request::parse(wire, settings.dev_loopback);
        let understood = request.and_then(|request| {
            let pseudonym = AskedPseudonym::of(&request, settings)?;
            // Other formats bind less to a request, and need no canonical form of it.
            let digest = digest
                .map(Some)
                .or_else(|error| match request.asks_for_net() {
                    true => Err(error),
                    false => Ok(None),
                })?;
            Ok((request, pseudonym, digest))
        });
        match understood {
            Ok((request, pseudonym, digest)) => Ok(Self {
                authentication,
                digest,
                pseudonym,
                request,
                settings,
            }),
            Err(fault) => {
                let response = AuthorizationResponse::Error {
                    error: Some(ErrorCode::from(&fault)),
                    state: state.filter(|_| fault != RequestFault::State),
                };
                let report = target
                    .ok()
                    .and_then(|target| Answering::new(&target, &response, settings).ok());
                Err(Refusal::new(fault, report))
            }
        }
    }

    /// Returns who asks.
    #[must_use]
    pub fn verifier(&self) -> &ClientId {
        self.request.client_id()
    }

    /// Returns how that is known.
    #[must_use]
    pub fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// Returns what the Verifier calls itself.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.request.client_name()
    }

    /// Returns why the Verifier says that it asks.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        self.request.purpose()
    }

    /// Returns where the answer goes.
    #[must_use]
    pub fn response_uri(&self) -> &Url {
        self.request.response_uri()
    }

    /// Returns what is asked for.
    #[must_use]
    pub fn query(&self) -> &DcqlQuery {
        self.request.query()
    }

    /// Returns the number that is asked for, if one is. Before the Holder agrees, a wallet says so,
    /// and for which host ([`PseudonymContext::shares_host`], [`PseudonymContext::is_loopback`]).
    #[must_use]
    pub fn pseudonym(&self) -> Option<&AskedPseudonym> {
        self.pseudonym.as_ref()
    }

    /// Lists the claims of Net Certificates in a selection that would tell who has the number that
    /// goes along: a wallet refuses that unless the Holder overrides it.
    #[must_use]
    pub fn identifying(&self, selection: &Selection) -> Vec<ClaimPath> {
        let numbered = selection.chosen().iter().filter(|chosen| {
            let query = self.query().credential(chosen.query());
            query.is_some_and(|query| query.meta().pseudonym().is_some())
        });
        numbered
            .flat_map(|chosen| chosen.answer().places())
            .filter(|place| {
                slots(std::slice::from_ref(place))
                    .is_ok_and(|shown| shown.iter().any(|slot| slot.is_identifying()))
            })
            .collect()
    }

    /// Says whether the Verifier reads credentials with Data Integrity proofs of these cryptosuites
    /// (appendix B.1.3.2): any other one is no answer.
    #[must_use]
    pub fn reads_proofs(&self, suites: &[Cryptosuite]) -> bool {
        suites.iter().all(|suite| match suite {
            Cryptosuite::Ed25519Signature2020 => self.request.reads_proof(suite.name(), None),
            _ => (self.request).reads_proof(DATA_INTEGRITY, Some(suite.name())),
        })
    }

    /// Finds what the Holder's credentials can answer: see [`super::candidate`] and
    /// [`super::certificate_candidate`].
    #[must_use]
    pub fn matches(&self, candidates: &[Candidate]) -> Matches {
        match_candidates(self.request.query(), candidates)
    }

    /// Presents what the Holder agreed to, and nothing else.
    ///
    /// `holdings` hands out what the Holder has of a credential, by the candidate's identifier.
    ///
    /// # Errors
    /// [`Error::Holding`] when a credential cannot be presented. Nothing was sent then.
    pub fn accept<'a>(
        self,
        selection: &Selection,
        holdings: impl FnMut(&str) -> Option<Holding<'a>>,
        rng: &mut (impl CryptoRng + ?Sized),
        now: Timestamp,
    ) -> Result<Answering, Error> {
        if !selection.answers(self.request.query()) {
            return Err(HoldingFault::OtherRequest.into());
        }
        let presenting = Presenting {
            context: self.pseudonym.as_ref().map(AskedPseudonym::context),
            digest: self.digest,
            request: &self.request,
            now,
        };
        let vp_token = presenting.present(selection, holdings, rng)?;
        let state = self.request.state().map(str::to_owned);
        let response = AuthorizationResponse::Presentation { state, vp_token };
        Answering::new(self.request.response_uri(), &response, self.settings)
    }

    /// Declines. The Verifier cannot tell whether the Holder did not want to, or had nothing that
    /// answers (section 15.4.1).
    ///
    /// # Errors
    /// [`Error::Request`] when the Response URI is not one that can be sent to.
    pub fn decline(self) -> Result<Answering, Error> {
        let response = AuthorizationResponse::Error {
            error: Some(ErrorCode::AccessDenied),
            state: self.request.state().map(str::to_owned),
        };
        Answering::new(self.request.response_uri(), &response, self.settings)
    }
}

impl AskedPseudonym {
    /// Derives what the number is bound to. A scope is added when the Verifier's list is there.
    fn of(request: &Request, settings: Settings) -> Result<Option<Self>, RequestFault> {
        if request.query().pseudonym().is_none() {
            return Ok(None);
        }
        let context = PseudonymContext::of_client_id(
            request.client_id().as_str(),
            request.response_uri().as_str(),
            loopback(settings.dev_loopback),
        )?;
        Ok(Some(Self {
            context,
            scope: None,
            published: None,
            before: None,
        }))
    }

    /// Returns what the number is bound to.
    #[must_use]
    pub fn context(&self) -> &PseudonymContext {
        &self.context
    }

    /// Returns the scope, as the Verifier publishes it, if one was named.
    #[must_use]
    pub fn scope(&self) -> Option<&NumberScope> {
        self.scope.as_ref()
    }

    /// Returns the Verifier's list with the scope in it, for the Wallet to keep once the Holder has
    /// agreed.
    #[must_use]
    pub fn published(&self) -> Option<&SignedScopes> {
        self.published.as_ref()
    }

    /// Returns the list that the Verifier published before, if it has changed it since: the Holder
    /// is told.
    #[must_use]
    pub fn published_before(&self) -> Option<&NumberScopes> {
        self.before.as_ref()
    }
}

impl Authenticated {
    /// Returns the name of the scope in which a number is asked for.
    pub(super) fn scope_name(&self) -> Option<&str> {
        self.query().pseudonym()?.scope.as_deref()
    }

    /// Adds the scope to what the number is bound to.
    pub(super) fn within(
        mut self,
        scope: &NumberScope,
        published: SignedScopes,
        before: Option<NumberScopes>,
    ) -> Result<Self, RequestFault> {
        let bound = scope.bound()?;
        self.pseudonym = self.pseudonym.map(|asked| AskedPseudonym {
            context: asked.context.within(bound),
            scope: Some(scope.clone()),
            published: Some(published),
            before,
        });
        Ok(self)
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings
    }
}
