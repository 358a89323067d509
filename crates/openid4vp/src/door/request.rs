use std::fmt;

use dcql::{Candidate, DcqlQuery, Matches, Meta, Selection, match_candidates};
use did::{Did, DidDocument, Method};
use jiff::Timestamp;
use netcert::{Disclosure, PresentationHeader, PseudonymContext, Shown, request_digest};
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use url::Url;

use super::{RESPONSE_MODE, to_qr_text};
use crate::messages::{AuthorizationRequest, Parameters};
use crate::request::{RequestFault, RequestObject, legible, loopback};
use crate::wallet::{Holding, HoldingFault, LinkFault, Settings, slots};
use crate::{ClientId, Prefix};

/// A request that was read from a door's code and not yet believed.
#[derive(Debug)]
pub struct DoorRequest {
    object: RequestObject,
    settings: Settings,
}

/// A door whose request is signed by its DID: the Holder decides now.
pub struct AtDoor {
    client_id: ClientId,
    client_name: Option<String>,
    context: Option<PseudonymContext>,
    digest: [u8; 32],
    nonce: String,
    purpose: Option<String>,
    query: DcqlQuery,
}

/// Why a door's code is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DoorFault {
    /// It is no request at all.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// The request is not for a door, or is more than one for a door may be: for one Net
    /// Certificate, without a scope.
    #[error("the request is not one for a door")]
    NotADoor,
    /// The request is refused.
    #[error(transparent)]
    Request(#[from] RequestFault),
}

impl DoorRequest {
    /// Reads the text of a door's code.
    ///
    /// # Errors
    /// [`DoorFault`]
    pub fn parse(text: &str, settings: Settings) -> Result<Self, DoorFault> {
        let url = Url::parse(text.trim()).map_err(|_| LinkFault::Syntax)?;
        if url.scheme() != "openid4vp" {
            return Err(LinkFault::Scheme.into());
        }
        let parameters = Parameters::parse(url.query().unwrap_or_default().as_bytes());
        let parameters = parameters.map_err(RequestFault::from)?;
        let client_id = parameters.get("client_id").ok_or(LinkFault::NotARequest)?;
        let client_id = ClientId::parse(client_id).map_err(RequestFault::from)?;
        let object = parameters.get("request").ok_or(DoorFault::NotADoor)?;
        Ok(Self {
            object: RequestObject::parse(object, client_id)?,
            settings,
        })
    }

    /// Returns whose door it says to be. The document has to be at hand: kept from an earlier visit,
    /// for a did:web. Without one nobody knows whose door it is, and no number is shown.
    #[must_use]
    pub fn did(&self) -> &Did {
        self.object.did()
    }

    /// Authenticates the door with its DID document.
    ///
    /// # Errors
    /// [`DoorFault`] when it is not signed with a key of that document, is out of date, or asks for
    /// what a door may not ask.
    pub fn authenticate(self, document: &DidDocument, now: Timestamp) -> Result<AtDoor, DoorFault> {
        let client_id = self.object.client_id().clone();
        let members = self.object.authenticate(document, None, now)?;
        AtDoor::parse(members, client_id, self.settings)
    }
}

impl AtDoor {
    fn parse(
        members: Map<String, Value>,
        client_id: ClientId,
        settings: Settings,
    ) -> Result<Self, DoorFault> {
        let digest = request_digest(&members).map_err(RequestFault::from)?;
        let wire = AuthorizationRequest::from_members(members).map_err(RequestFault::from)?;
        let is_door = wire.response_mode.as_deref() == Some(RESPONSE_MODE)
            && wire.response_type.as_deref() == Some("vp_token")
            && wire.response_uri.is_none()
            && wire.redirect_uri.is_none()
            && wire.transaction_data.is_none();
        if !is_door {
            return Err(DoorFault::NotADoor);
        }
        let query = wire.dcql_query.ok_or(RequestFault::QueryMissing)?;
        let query = DcqlQuery::try_from(query).map_err(RequestFault::from)?;
        let asks = match query.credentials() {
            [only] => match only.meta() {
                // The published list of scopes cannot be had here.
                Meta::NetCertificate {
                    pseudonym: Some(asked),
                } if asked.scope.is_some() => {
                    return Err(DoorFault::NotADoor);
                }
                Meta::NetCertificate { pseudonym } => pseudonym.is_some(),
                _ => return Err(DoorFault::NotADoor),
            },
            _ => return Err(DoorFault::NotADoor),
        };
        let did = match client_id.prefix() {
            Prefix::DecentralizedIdentifier(did) if did.method() == Method::Web => Some(did),
            _ => None,
        };
        let context = match (asks, did) {
            (false, _) => None,
            (true, Some(did)) => {
                let context = PseudonymContext::of_did_web(did, loopback(settings.dev_loopback));
                Some(context.map_err(RequestFault::from)?)
            }
            (true, None) => {
                let identity = netcert::ContextError::Identity;
                return Err(RequestFault::Pseudonym(identity).into());
            }
        };
        let name = wire
            .client_metadata
            .and_then(|metadata| metadata.client_name);
        Ok(Self {
            client_id,
            client_name: name.as_deref().and_then(legible),
            context,
            digest,
            nonce: wire.nonce.ok_or(RequestFault::Nonce)?,
            purpose: wire.purpose.as_deref().and_then(legible),
            query,
        })
    }

    /// Returns who asks.
    #[must_use]
    pub fn verifier(&self) -> &ClientId {
        &self.client_id
    }

    /// Returns what the door calls itself: its own word.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.client_name.as_deref()
    }

    /// Returns why it asks: its own word.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// Returns what is asked for.
    #[must_use]
    pub fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// Returns what the number is bound to, if one is asked for.
    #[must_use]
    pub fn context(&self) -> Option<&PseudonymContext> {
        self.context.as_ref()
    }

    /// Says whether the code is on paper, so that a picture of the answer can be shown again.
    #[must_use]
    pub fn is_printed(&self) -> bool {
        self.nonce == super::PRINTED
    }

    /// Finds what the Holder's certificates can answer.
    #[must_use]
    pub fn matches(&self, candidates: &[Candidate]) -> Matches {
        match_candidates(&self.query, candidates)
    }

    /// Shows what the Holder agreed to, as the text of a QR code.
    ///
    /// # Errors
    /// [`HoldingFault`], and [`HoldingFault::TooLong`] when it does not fit a code.
    pub fn accept(
        self,
        selection: &Selection,
        holding: &Holding<'_>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<String, HoldingFault> {
        let (true, [chosen]) = (selection.answers(&self.query), selection.chosen()) else {
            return Err(HoldingFault::OtherRequest);
        };
        let Holding::Net {
            certificate,
            secret,
            name_beside_number,
        } = holding
        else {
            return Err(HoldingFault::Missing);
        };
        let disclosure = Disclosure {
            slots: &slots(&chosen.answer().places())?,
            context: self.context.as_ref(),
            name_beside_number: *name_beside_number,
        };
        let header = PresentationHeader {
            nonce: &self.nonce,
            client_id: self.client_id.as_str(),
            response_uri: RESPONSE_MODE,
            request_digest: self.digest,
        };
        let shown = certificate.present(secret, &disclosure, &header, rng)?;
        let cbor = shown.to_cbor();
        match cbor.len() <= Shown::QR_BYTES {
            true => Ok(to_qr_text(&cbor)),
            false => Err(HoldingFault::TooLong),
        }
    }
}

impl fmt::Debug for AtDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtDoor")
            .field("client_id", &self.client_id)
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}
