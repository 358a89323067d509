//! From a link to what the Holder decides upon (OpenID4VCI 1.0, sections 4.1 and 12).

use std::collections::BTreeSet;
use std::fmt;

use http::{Request, Response};
use keys::token::BearerToken;
use url::Url;

use super::exchange::{get, read};
use super::lookup::{Lookup, Purpose, Sought};
use super::{
    DiscoveryError, Endpoint, IssuerProfile, Options, Progress, Redemption, RedemptionError,
};
use crate::messages::{
    CredentialOffer, InputMode, OfferLink, PreAuthorizedCodeGrant, TokenRequest, TxCodeDescription,
};

/// Finds out what an offer is about. Sends nothing but the fetching of public documents, and of
/// the offer if the link refers to one.
pub struct Discovery {
    options: Options,
    step: Step,
}

impl fmt::Debug for Discovery {
    /// Leaves the address of an offer out: whoever knows it can fetch the code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.step {
            Step::Issuer { .. } => "Issuer",
            Step::Offer(_) => "Offer",
        };
        f.debug_struct("Discovery")
            .field("step", &step)
            .finish_non_exhaustive()
    }
}

enum Step {
    Issuer {
        lookup: Box<Lookup>,
        grant: PreAuthorizedCodeGrant,
    },
    Offer(Url),
}

impl Discovery {
    /// Starts with a link or the contents of a QR code.
    ///
    /// # Errors
    /// A [`DiscoveryError`] if it is no offer, or none that this wallet can take.
    pub fn start(link: &str, options: Options) -> Result<Self, DiscoveryError> {
        match OfferLink::parse(link)? {
            OfferLink::ByReference(url) if options.permits(&url) => Ok(Self {
                options,
                step: Step::Offer(url),
            }),
            OfferLink::ByReference(_) => Err(DiscoveryError::EndpointAddress),
            OfferLink::ByValue(offer) => Self::offered(offer, options),
        }
    }

    /// The next request.
    pub fn request(&self) -> Request<Vec<u8>> {
        match &self.step {
            Step::Issuer { lookup, .. } => lookup.request(),
            Step::Offer(url) => get(url),
        }
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// A [`DiscoveryError`] says why the offer cannot be taken.
    pub fn receive(
        self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, OfferReview>, DiscoveryError> {
        let options = self.options;
        match self.step {
            Step::Offer(_) => {
                let offer = read(Endpoint::Offer, response, MAX_OFFER)?;
                Self::offered(offer, options).map(Progress::More)
            }
            Step::Issuer { lookup, grant } => Ok(match lookup.receive(response)? {
                Progress::Done(profile) => Progress::Done(OfferReview { profile, grant }),
                Progress::More(lookup) => Progress::More(Self {
                    options,
                    step: Step::Issuer {
                        lookup: Box::new(lookup),
                        grant,
                    },
                }),
            }),
        }
    }

    fn offered(offer: CredentialOffer, options: Options) -> Result<Self, DiscoveryError> {
        let ids = &offer.credential_configuration_ids;
        let unique: BTreeSet<_> = ids.iter().collect();
        if ids.is_empty() || ids.len() > MAX_CREDENTIALS || unique.len() != ids.len() {
            return Err(DiscoveryError::Offer);
        }
        let grant = offer
            .grants
            .and_then(|grants| grants.pre_authorized_code)
            .ok_or(DiscoveryError::NoPreAuthorizedCode)?;
        let described = grant
            .tx_code
            .as_ref()
            .and_then(|code| code.description.as_ref());
        let too_long = described.is_some_and(|text| text.chars().count() > MAX_DESCRIPTION);
        if too_long || grant.pre_authorized_code.expose().is_empty() {
            return Err(DiscoveryError::Offer);
        }
        let sought = Sought {
            identifier: offer.credential_issuer,
            configuration_ids: offer.credential_configuration_ids,
            authorization_server: grant.authorization_server.clone(),
            purpose: Purpose::Redeem,
        };
        let lookup = Box::new(Lookup::start(sought, options)?);
        Ok(Self {
            options,
            step: Step::Issuer { lookup, grant },
        })
    }
}

/// What the Holder decides upon. To decline is to drop it: the Issuer learns nothing.
#[derive(Debug)]
pub struct OfferReview {
    profile: IssuerProfile,
    grant: PreAuthorizedCodeGrant,
}

impl OfferReview {
    /// Who offers, and what.
    pub fn issuer(&self) -> &IssuerProfile {
        &self.profile
    }

    /// The Transaction Code that the Issuer asks for, if it does. The description is the Issuer's
    /// text.
    pub fn tx_code(&self) -> Option<&TxCodeDescription> {
        self.grant.tx_code.as_ref()
    }

    /// The Holder accepts.
    ///
    /// # Errors
    /// A [`RedemptionError`] if the Transaction Code is missing, not asked for, or cannot be right.
    pub fn accept(self, tx_code: Option<BearerToken>) -> Result<Redemption, RedemptionError> {
        match (&self.grant.tx_code, &tx_code) {
            (None, None) => {}
            (None, Some(_)) => return Err(RedemptionError::TxCodeUnexpected),
            (Some(_), None) => return Err(RedemptionError::TxCodeMissing),
            (Some(described), Some(code)) if fits(described, code.expose()) => {}
            (Some(_), Some(_)) => return Err(RedemptionError::TxCodeForm),
        }
        let request = TokenRequest::PreAuthorizedCode {
            pre_authorized_code: self.grant.pre_authorized_code,
            tx_code,
            authorization_details: None,
        };
        Ok(Redemption::new(self.profile, request))
    }
}

fn fits(described: &TxCodeDescription, code: &str) -> bool {
    let numeric = described.input_mode.unwrap_or_default() == InputMode::Numeric;
    let length = u32::try_from(code.chars().count()).unwrap_or(u32::MAX);
    let length_fits = described.length.is_none_or(|expected| expected == length);
    !code.is_empty() && length_fits && (!numeric || code.bytes().all(|byte| byte.is_ascii_digit()))
}

const MAX_OFFER: usize = 16 * 1024;
const MAX_CREDENTIALS: usize = 32;
const MAX_DESCRIPTION: usize = 300;
