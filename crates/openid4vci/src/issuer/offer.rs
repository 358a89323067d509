//! The issuer's side of a Credential Offer: open, then redeemed once.

use std::fmt;

use jiff::Timestamp;
use keys::base64url;
use keys::seal::SealingKey;
use keys::token::BearerToken;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::sealed::{Grant, OFFER_SIZE, claims_fit, padded, unpadded};
use super::{CredentialIssuer, KeyId, PreAuthorizedCall, Step, TokenError};
use crate::messages::{
    AuthorizationDetail, CredentialOffer, Grants, InputMode, OPENID_CREDENTIAL, OfferLink,
    PreAuthorizedCodeGrant, TokenResponse, TxCodeDescription,
};
use crate::oauth::NumericDate;

/// What is offered to whom.
pub struct OfferTerms {
    /// The host's name for the enrolment. It comes back with every use of the tokens.
    pub handle: String,
    /// The claims, opaque here: what the host will need to make the Credentials, at most 1,023 bytes.
    pub claims: Zeroizing<Vec<u8>>,
    /// Which claims these are. The host counts: tokens with older ones than it knows of are refused.
    pub claims_version: u32,
    /// What is offered: `credential_configuration_id`s.
    pub configuration_ids: Vec<String>,
    /// Whether a Transaction Code travels by another way.
    pub tx_code: Option<TxCodeTerms>,
}

impl fmt::Debug for OfferTerms {
    /// Leaves the claims out: logs must not hold them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfferTerms")
            .field("handle", &self.handle)
            .field("configuration_ids", &self.configuration_ids)
            .finish_non_exhaustive()
    }
}

/// How a Transaction Code is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TxCodeTerms {
    /// The number of digits.
    pub length: u32,
    /// How the Holder gets it, at most 300 characters.
    pub description: Option<String>,
}

/// A new offer: what to store, and what to hand to the person.
#[derive(Debug)]
pub struct NewOffer {
    /// Under which name to store the offer.
    pub id: OfferId,
    /// What to store.
    pub offer: Offer,
    /// When the stored offer may be forgotten.
    pub expires_at: Timestamp,
    /// The link for a QR code: short, by reference.
    pub link: BearerToken,
    /// The link that needs no request for the offer itself: long, by value.
    pub link_by_value: BearerToken,
    /// The Transaction Code, to be told by another way.
    pub tx_code: Option<BearerToken>,
}

/// The name of a stored offer: a hash of its Pre-Authorized Code.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct OfferId([u8; 32]);

impl OfferId {
    /// The key under which the offer is stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn of(code: &BearerToken) -> Self {
        Self(code.hash())
    }
}

/// An open offer, as it is stored. Neither the code nor the claims can be read from it.
///
/// Claims are sealed under a key derived from the Pre-Authorized Code, which only the link holds;
/// the Transaction Code is kept as a MAC under a service key, because six digits are no secret for
/// whoever can hash a million of them.
#[derive(Debug, Deserialize, Serialize)]
pub struct Offer {
    handle: String,
    configuration_ids: Vec<String>,
    #[serde(with = "base64url_text")]
    sealed_claims: Vec<u8>,
    claims_version: u32,
    tx_code: Option<TxCodeGuard>,
    expires_at: NumericDate,
}

/// A list of numbers would be three times as long.
mod base64url_text {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use keys::base64url;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base64url::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        base64url::decode(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// What is left of an offer.
#[derive(Debug)]
pub enum OfferState {
    /// Nothing: the host deletes it.
    Closed,
    /// The offer can still be redeemed: the host replaces it.
    Open(Offer),
}

impl Offer {
    /// The host's name for the enrolment.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// When the offer may be forgotten.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at.0
    }

    /// The offer as the wallet fetches it by reference (section 4.1.3).
    ///
    /// Returns `None` if the reference is not that of an offer of this Issuer.
    pub fn message(&self, issuer: &CredentialIssuer, reference: &str) -> Option<CredentialOffer> {
        let code = issuer.offer_code(reference)?;
        Some(message(
            issuer,
            &self.configuration_ids,
            code,
            self.tx_code.as_ref(),
        ))
    }

    /// Redeems the Pre-Authorized Code (section 6).
    ///
    /// Consumes the offer, so that it is redeemed once. After a wrong Transaction Code it stays
    /// open with one attempt less; after the last attempt it is closed. If the commit conflicts,
    /// the host answers [`TokenError::Raced`] or, for a spend, [`TokenError::Replayed`].
    pub fn redeem(
        mut self,
        issuer: &CredentialIssuer,
        call: PreAuthorizedCall,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Step<OfferState, Result<TokenResponse, TokenError>> {
        let spends = vec![call.dpop.spend().clone()];
        let step = |next, reply| Step {
            next,
            spends,
            reply,
        };
        if self.expires_at.0 <= now {
            return step(OfferState::Closed, Err(TokenError::Expired));
        }
        if let Err(error) = self.try_tx_code(issuer, &call, now) {
            let exhausted = matches!(error, TokenError::TxCode { attempts_left: 0 });
            let next = if exhausted {
                OfferState::Closed
            } else {
                OfferState::Open(self)
            };
            return step(next, Err(error));
        }
        match self.grant(issuer, &call, now) {
            Ok(grant) => step(OfferState::Closed, Ok(grant.tokens(issuer, now, rng))),
            Err(error) => step(OfferState::Open(self), Err(error)),
        }
    }

    fn try_tx_code(
        &mut self,
        issuer: &CredentialIssuer,
        call: &PreAuthorizedCall,
        now: Timestamp,
    ) -> Result<(), TokenError> {
        match (&mut self.tx_code, &call.tx_code) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(TokenError::TxCodeUnexpected),
            (Some(_), None) => Err(TokenError::TxCodeMissing),
            (Some(guard), Some(tx_code)) => {
                let message = tx_code_message(&call.offer_id(), tx_code);
                let mut rings = issuer.settings.secrets.readable(now);
                if rings.any(|ring| ring.tx_codes.verify(&message, &guard.tag).is_ok()) {
                    return Ok(());
                }
                guard.attempts_left = guard.attempts_left.saturating_sub(1);
                Err(TokenError::TxCode {
                    attempts_left: guard.attempts_left,
                })
            }
        }
    }

    fn grant(
        &self,
        issuer: &CredentialIssuer,
        call: &PreAuthorizedCall,
        now: Timestamp,
    ) -> Result<Grant, TokenError> {
        let key = SealingKey::derive(call.code.expose().as_bytes(), CLAIMS_LABEL);
        let claims = unpadded(&key, call.offer_id().as_bytes(), &self.sealed_claims)
            .ok_or(TokenError::UnknownCode)?;
        Ok(Grant {
            handle: self.handle.clone(),
            claims,
            claims_version: self.claims_version,
            configuration_ids: match &call.authorization_details {
                None => self.configuration_ids.clone(),
                Some(details) => self.select(issuer, details)?,
            },
            by_identifier: call.authorization_details.is_some(),
            jkt: call.dpop.thumbprint().to_owned(),
            expires_at: now,
        })
    }

    /// Which of the offered Credentials the wallet asks for.
    fn select(
        &self,
        issuer: &CredentialIssuer,
        details: &[AuthorizationDetail],
    ) -> Result<Vec<String>, TokenError> {
        let mut selected = Vec::new();
        for detail in details {
            let id = detail.credential_configuration_id.as_ref();
            let id = id.filter(|id| self.configuration_ids.contains(id) && !selected.contains(*id));
            let elsewhere = detail
                .locations
                .as_ref()
                .is_some_and(|all| !all.iter().any(|location| location == issuer.identifier()));
            match id {
                Some(id) if detail.kind == OPENID_CREDENTIAL && !elsewhere => {
                    selected.push(id.clone());
                }
                _ => return Err(TokenError::AuthorizationDetails),
            }
        }
        if selected.is_empty() {
            return Err(TokenError::AuthorizationDetails);
        }
        Ok(selected)
    }
}

impl CredentialIssuer {
    /// Makes an offer (section 4.1).
    ///
    /// # Errors
    /// An [`OfferError`] says which of the terms does not do.
    pub fn offer(
        &self,
        terms: OfferTerms,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<NewOffer, OfferError> {
        self.judge(&terms)?;
        let reference = self.offer_reference(now, rng);
        let code = self
            .offer_code(reference.expose())
            .ok_or(OfferError::Link)?;
        let id = OfferId::of(&code);
        let key = SealingKey::derive(code.expose().as_bytes(), CLAIMS_LABEL);
        let tx_code = terms.tx_code.as_ref().map(|terms| {
            let length = usize::try_from(terms.length).unwrap_or(usize::MAX);
            BearerToken::generate_digits(length, rng)
        });
        let guard = terms
            .tx_code
            .zip(tx_code.as_ref())
            .map(|(terms, tx_code)| TxCodeGuard {
                tag: self
                    .settings
                    .secrets
                    .current(now)
                    .tx_codes
                    .tag(&tx_code_message(&id, tx_code)),
                attempts_left: self.settings.tx_code_attempts,
                length: terms.length,
                description: terms.description,
            });
        let message = message(self, &terms.configuration_ids, code, guard.as_ref());
        let mut address = self.endpoints.offers.clone();
        address.set_path(&format!("{}/{}", address.path(), reference.expose()));
        let link = |link: OfferLink| link.link().map(BearerToken::from);
        let expires_at = now + self.settings.lifetimes.offer;
        // As it is stored: whole seconds.
        let expires_at = Timestamp::from_second(expires_at.as_second()).unwrap_or(expires_at);
        Ok(NewOffer {
            id,
            offer: Offer {
                handle: terms.handle,
                configuration_ids: terms.configuration_ids,
                sealed_claims: padded(OFFER_SIZE, &key, id.as_bytes(), &terms.claims, rng),
                claims_version: terms.claims_version,
                tx_code: guard,
                expires_at: NumericDate(expires_at),
            },
            expires_at,
            link: link(OfferLink::ByReference(address)).map_err(|_| OfferError::Link)?,
            link_by_value: link(OfferLink::ByValue(message)).map_err(|_| OfferError::Link)?,
            tx_code,
        })
    }

    /// The name of the offer that a wallet fetches by reference.
    ///
    /// Returns `None` for what is no reference. An offer that does not exist has a name too.
    pub fn offer_id(&self, reference: &str) -> Option<OfferId> {
        Some(OfferId::of(&self.offer_code(reference)?))
    }

    /// It begins with the name of the key under which its code derives, so that an offer outlives a
    /// change of keys; the other 224 bits are random.
    fn offer_reference(&self, now: Timestamp, rng: &mut (impl CryptoRng + ?Sized)) -> BearerToken {
        let mut reference = [0; 32];
        let (name, random) = reference.split_at_mut(KeyId::BEGINNING);
        name.copy_from_slice(&self.settings.secrets.current(now).id.beginning());
        rng.fill_bytes(random);
        BearerToken::from(base64url::encode(reference))
    }

    /// The code derives from the reference, so that the database needs neither: a dump of it does
    /// not redeem offers, and a log of fetched addresses does not either without the service key.
    fn offer_code(&self, reference: &str) -> Option<BearerToken> {
        let reference: [u8; 32] = base64url::decode_array(reference).ok()?;
        let code = self
            .settings
            .secrets
            .beginning(&reference)
            .offer_references
            .tag(&reference);
        Some(BearerToken::from(base64url::encode(code)))
    }

    fn judge(&self, terms: &OfferTerms) -> Result<(), OfferError> {
        let ids = &terms.configuration_ids;
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        let known = ids.iter().all(|id| self.configurations.contains_key(id));
        if ids.is_empty() || unique.len() != ids.len() || !known {
            return Err(OfferError::Configurations);
        }
        let granted = Grant {
            handle: terms.handle.clone(),
            claims: terms.claims.clone(),
            claims_version: u32::MAX,
            configuration_ids: ids.clone(),
            by_identifier: false,
            jkt: "x".repeat(THUMBPRINT),
            expires_at: Timestamp::MAX,
        };
        if terms.handle.len() > MAX_HANDLE || !granted.fits() || !claims_fit(&terms.claims) {
            return Err(OfferError::TooLarge);
        }
        if let Some(tx_code) = &terms.tx_code {
            let described = tx_code
                .description
                .as_deref()
                .unwrap_or_default()
                .chars()
                .count();
            if !TX_CODE_LENGTHS.contains(&tx_code.length) || described > MAX_DESCRIPTION {
                return Err(OfferError::TxCode);
            }
        }
        Ok(())
    }
}

/// Why an offer cannot be made. The host must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OfferError {
    /// A configuration is unknown, repeated, or none is named.
    #[error("a credential configuration is unknown or repeated, or none is offered")]
    Configurations,
    /// The link could not be written.
    #[error("the link could not be written")]
    Link,
    /// The claims or the handle do not fit into a token, or the claims into an offer.
    #[error("the claims are too large for an offer or a token")]
    TooLarge,
    /// The length or the description of the Transaction Code does not do.
    #[error("a transaction code has 4 to 12 digits and a description of at most 300 characters")]
    TxCode,
}

#[derive(Debug, Deserialize, Serialize)]
struct TxCodeGuard {
    tag: [u8; 32],
    attempts_left: u32,
    length: u32,
    description: Option<String>,
}

fn message(
    issuer: &CredentialIssuer,
    configuration_ids: &[String],
    pre_authorized_code: BearerToken,
    tx_code: Option<&TxCodeGuard>,
) -> CredentialOffer {
    CredentialOffer {
        credential_issuer: issuer.identifier().to_owned(),
        credential_configuration_ids: configuration_ids.to_vec(),
        grants: Some(Grants {
            authorization_code: None,
            pre_authorized_code: Some(PreAuthorizedCodeGrant {
                pre_authorized_code,
                tx_code: tx_code.map(|guard| TxCodeDescription {
                    input_mode: Some(InputMode::Numeric),
                    length: Some(guard.length),
                    description: guard.description.clone(),
                }),
                authorization_server: None,
            }),
        }),
    }
}

/// The offer's name goes in, so that a tag moved to another offer is worth nothing there.
fn tx_code_message(id: &OfferId, tx_code: &BearerToken) -> Vec<u8> {
    [id.as_bytes().as_slice(), tx_code.expose().as_bytes()].concat()
}

const CLAIMS_LABEL: &str = "openid4vci offer claims";
const TX_CODE_LENGTHS: std::ops::RangeInclusive<u32> = 4..=12;
const MAX_DESCRIPTION: usize = 300;
const MAX_HANDLE: usize = 128;
/// The characters of a SHA-256 thumbprint (RFC 7638).
const THUMBPRINT: usize = 43;
