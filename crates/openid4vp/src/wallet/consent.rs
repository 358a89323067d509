use dcql::{Candidate, DcqlQuery, Matches, Selection, match_candidates};
use did::Did;
use jiff::Timestamp;
use url::Url;

use super::present::present;
use super::{Answering, Error, Holding, HoldingFault, Refusal, Settings};
use crate::ClientId;
use crate::messages::{AuthorizationRequest, AuthorizationResponse, ErrorCode};
use crate::request::{Request, RequestFault, response_uri};

/// A complete request, with what is known about who asks: the Holder decides now.
///
/// A name or purpose is the Verifier's own word, whatever the authentication.
#[derive(Debug)]
pub struct Authenticated {
    authentication: Authentication,
    request: Request,
    settings: Settings,
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
        wire: AuthorizationRequest,
        client_id: &ClientId,
        authentication: Authentication,
        settings: Settings,
    ) -> Result<Self, Refusal> {
        let target = response_uri(
            client_id,
            wire.response_uri.as_deref(),
            settings.dev_loopback,
        );
        let state = wire.state.clone();
        match Request::parse(wire, settings.dev_loopback) {
            Ok(request) => Ok(Self {
                authentication,
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

    /// Finds what the Holder's credentials can answer: see [`super::candidate`].
    #[must_use]
    pub fn matches(&self, candidates: &[Candidate]) -> Matches {
        match_candidates(self.request.query(), candidates)
    }

    /// Presents what the Holder agreed to, and nothing else.
    ///
    /// `holdings` hands out a credential, as issued, and its key by the candidate's identifier.
    ///
    /// # Errors
    /// [`Error::Holding`] when a credential cannot be presented. Nothing was sent then.
    pub fn accept<'a>(
        self,
        selection: &Selection,
        holdings: impl FnMut(&str) -> Option<Holding<'a>>,
        now: Timestamp,
    ) -> Result<Answering, Error> {
        if !selection.answers(self.request.query()) {
            return Err(HoldingFault::OtherRequest.into());
        }
        let vp_token = present(&self.request, selection, holdings, now)?;
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
