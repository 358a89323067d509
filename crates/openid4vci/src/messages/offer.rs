//! Credential Offers (OpenID4VCI 1.0, section 4.1).

use std::fmt;

use keys::token::BearerToken;
use serde::{Deserialize, Serialize};
use strict_json::{JsonError, Limits};
use url::Url;

use super::bearer;

/// A Credential Offer object (section 4.1.1).
#[derive(Debug, Deserialize, Serialize)]
pub struct CredentialOffer {
    /// The Credential Issuer Identifier.
    pub credential_issuer: String,
    /// What is offered: keys of `credential_configurations_supported`.
    pub credential_configuration_ids: Vec<String>,
    /// How it can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Grants>,
}

impl CredentialOffer {
    /// Reads an offer that was fetched.
    ///
    /// # Errors
    /// [`OfferLinkError::Json`] if it is not a Credential Offer.
    pub fn parse(json: &[u8]) -> Result<Self, OfferLinkError> {
        Ok(strict_json::from_slice(json, Limits::bytes(MAX_OFFER))?)
    }
}

/// The grants of an offer; grants of other types are ignored.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Grants {
    /// The Authorization Code Flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_code: Option<AuthorizationCodeGrant>,
    /// The Pre-Authorized Code Flow.
    #[serde(
        rename = "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub pre_authorized_code: Option<PreAuthorizedCodeGrant>,
}

/// Parameters of the Authorization Code Flow.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct AuthorizationCodeGrant {
    /// An opaque context of the Issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_state: Option<String>,
    /// Which of several Authorization Servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_server: Option<String>,
}

/// Parameters of the Pre-Authorized Code Flow.
#[derive(Debug, Deserialize, Serialize)]
pub struct PreAuthorizedCodeGrant {
    /// The Pre-Authorized Code.
    #[serde(rename = "pre-authorized_code", with = "bearer")]
    pub pre_authorized_code: BearerToken,
    /// Present, even if empty, when a Transaction Code is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tx_code: Option<TxCodeDescription>,
    /// Which of several Authorization Servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_server: Option<String>,
}

/// What a Transaction Code looks like, so that the wallet can ask for it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TxCodeDescription {
    /// The character set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_mode: Option<InputMode>,
    /// The number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// How the Holder gets the code, at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The character set of a Transaction Code.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InputMode {
    /// Digits alone.
    #[default]
    Numeric,
    /// Any characters.
    Text,
}

/// What a link or QR code holds (sections 4.1.2 and 4.1.3).
pub enum OfferLink {
    /// A URL from which the offer is fetched.
    ByReference(Url),
    /// The offer itself.
    ByValue(CredentialOffer),
}

impl OfferLink {
    /// Reads a link: `openid-credential-offer://` or the `https` link of a wallet.
    ///
    /// # Errors
    /// An [`OfferLinkError`] says what is wrong with the link.
    pub fn parse(link: &str) -> Result<Self, OfferLinkError> {
        let link = link.trim();
        if link.len() > MAX_LINK {
            return Err(OfferLinkError::Length);
        }
        let url = Url::parse(link).map_err(|_| OfferLinkError::NotALink)?;
        if !matches!(url.scheme(), OFFER_SCHEME | "https" | "http") {
            return Err(OfferLinkError::NotALink);
        }
        let mut offers = url
            .query_pairs()
            .filter(|(name, _)| matches!(&**name, "credential_offer" | "credential_offer_uri"));
        let (name, value) = offers.next().ok_or(OfferLinkError::NoOffer)?;
        if offers.next().is_some() {
            return Err(OfferLinkError::Ambiguous);
        }
        if name == "credential_offer" {
            return Ok(Self::ByValue(CredentialOffer::parse(value.as_bytes())?));
        }
        let reference = Url::parse(&value).map_err(|_| OfferLinkError::Reference)?;
        Ok(Self::ByReference(reference))
    }

    /// Writes the link that any wallet on the device may take (`openid-credential-offer://`).
    ///
    /// # Errors
    /// [`OfferLinkError::Json`] if the offer cannot be written as JSON.
    pub fn link(&self) -> Result<String, OfferLinkError> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        match self {
            Self::ByReference(url) => query.append_pair("credential_offer_uri", url.as_str()),
            Self::ByValue(offer) => {
                let json = serde_json::to_string(offer).map_err(|_| JsonError::Syntax)?;
                query.append_pair("credential_offer", &json)
            }
        };
        // A form writes a space as `+`, which some wallets' URL parsers take literally.
        Ok(format!(
            "{OFFER_SCHEME}://?{}",
            query.finish().replace('+', "%20")
        ))
    }
}

impl fmt::Debug for OfferLink {
    /// Leaves the address out: whoever knows it can fetch the code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByReference(_) => f.write_str("ByReference([REDACTED])"),
            Self::ByValue(offer) => f.debug_tuple("ByValue").field(offer).finish(),
        }
    }
}

/// Why a link is not a Credential Offer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OfferLinkError {
    /// More than one offer in one link: two readers could take different ones.
    #[error("the link holds more than one credential offer")]
    Ambiguous,
    /// The offer is not a Credential Offer object.
    #[error("the credential offer is malformed: {0}")]
    Json(#[from] JsonError),
    /// The link is too long.
    #[error("the link is too long")]
    Length,
    /// The link holds no offer.
    #[error("the link holds no credential offer")]
    NoOffer,
    /// The text is not a link of a known scheme.
    #[error("this is not a credential offer link")]
    NotALink,
    /// `credential_offer_uri` is not a URL.
    #[error("the credential offer is at no valid address")]
    Reference,
}

const OFFER_SCHEME: &str = "openid-credential-offer";
const MAX_LINK: usize = 32 * 1024;
const MAX_OFFER: usize = 16 * 1024;
