//! Credential Offers (OpenID4VCI 1.0, section 4.1).

use openid4vci::messages::{CredentialOffer, InputMode, OfferLink, OfferLinkError};
use serde_json::{Map, Value};

use crate::code::{Code, Kind, Title};
use crate::draft::Draft;
use crate::listing::origin;
use crate::report::{Entry, Hidden, Report, Shown};

/// Explains a link, if it is one of these.
pub(crate) fn link(text: &str) -> Option<Report> {
    let mut draft = Draft::new(Kind::CredentialOffer);
    match OfferLink::parse(text) {
        Err(OfferLinkError::NotALink | OfferLinkError::NoOffer)
            if !text.starts_with("openid-credential-offer:") =>
        {
            return None;
        }
        Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
        Ok(OfferLink::ByValue(offer)) => explain(&mut draft, &offer),
        Ok(OfferLink::ByReference(url)) => {
            draft.is(Kind::OfferReference);
            let place = origin(url.as_str());
            draft.find_with(Code::Reference, [("place", &place)]);
            draft.find(Code::SecretOffer);
            let value = draft.listing().hide(Hidden::Address);
            draft.section(Title::Offered, vec![entry("credential_offer_uri", value)]);
        }
    }
    Some(draft.finish())
}

/// Explains the object.
pub(crate) fn object(text: &str) -> Report {
    let mut draft = Draft::new(Kind::CredentialOffer);
    match CredentialOffer::parse(text.as_bytes()) {
        Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
        Ok(offer) => explain(&mut draft, &offer),
    }
    draft.finish()
}

fn explain(draft: &mut Draft, offer: &CredentialOffer) {
    draft.find(Code::FormGood);
    let code = offer
        .grants
        .as_ref()
        .and_then(|grants| grants.pre_authorized_code.as_ref());
    if let Some(grant) = code {
        match &grant.tx_code {
            None => draft.find(Code::SecretOffer),
            Some(wanted) => {
                let length = wanted
                    .length
                    .map_or_else(|| "?".to_owned(), |n| n.to_string());
                let digits = wanted.input_mode.unwrap_or_default() == InputMode::Numeric;
                let mode = if digits { "numeric" } else { "text" };
                let values = [("length", length.as_str()), ("mode", mode)];
                draft.find_with(Code::TransactionCode, values);
            }
        }
    }
    // Written again, what is not read is not shown; the code is hidden like any other.
    if let Ok(Value::Object(members)) = serde_json::to_value(offer) {
        let shown: Map<String, Value> = members;
        draft.show(Title::Offered, &shown);
    }
}

fn entry(name: &str, value: Shown) -> Entry {
    Entry {
        name: name.to_owned(),
        meaning: crate::meaning::Meaning::of(name),
        value,
        pointer: format!("/{name}"),
        disclosed: false,
    }
}
