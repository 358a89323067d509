use evidence::{CurrentDocument, IdentityDocument};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use keys::base64url;
use keys::token::BearerToken;
use openid4vci::issuer::{NewOffer, OfferError, OfferTerms, TxCodeTerms};
use store::{Batch, StoreError, Stored};
use zeroize::Zeroizing;

use crate::app::App;
use crate::handle::Handle;
use crate::person::Person;
use crate::records::{Enrolment, EnrolmentState, KnownDocument, OpenOffer};
use crate::usecases::ATTEMPTS;

impl App {
    /// Enrols the holder of a document, and makes the offer that hands the credentials over.
    ///
    /// A document has one enrolment. Showing it again (a lost telephone) makes a new offer under the
    /// same handle and closes the one before, if that was not redeemed; credentials issued earlier
    /// stay good until they expire, or until the enrolment is revoked. Showing the document of a
    /// revoked enrolment opens it again, and leaves revoked what was revoked.
    ///
    /// The database learns a keyed tag of the document, and ciphertext under the offer's code.
    ///
    /// # Errors
    /// [`EnrolError`] says who must act.
    pub async fn enrol(&self, document: &CurrentDocument) -> Result<Enrolled, EnrolError> {
        let now = self.now();
        let tag = self.document_tag(document.get());
        for _ in 0..ATTEMPTS {
            let (known, batch) = self.known(&tag, now).await?;
            let again = known.is_some();
            let handle = match &known {
                Some((handle, _)) => handle.clone(),
                None => Handle::generate(&mut host::system_rng()),
            };
            let mut enrolment = match &known {
                Some((_, stored)) => stored.value.clone(),
                None => Enrolment::new(now),
            };
            enrolment.state = EnrolmentState::Active;
            let offer = self.offer_to(&enrolment.grant(handle.as_str()), document.get(), now)?;
            enrolment.offer = Some(base64url::encode(offer.id.as_bytes()));
            let NewOffer {
                id,
                offer,
                expires_at,
                link,
                link_by_value,
                tx_code,
            } = offer;
            let batch = match &known {
                Some((_, stored)) => {
                    batch.replace(handle.as_str(), stored.version, &enrolment, None)?
                }
                None => {
                    let entry = KnownDocument {
                        handle: handle.to_string(),
                    };
                    batch
                        .create(handle.as_str(), &enrolment, None)?
                        .create(tag, &entry, None)?
                }
            };
            let batch = batch.create(id.as_bytes(), &OpenOffer(offer), Some(expires_at))?;
            match self.parts().store.commit(batch, now).await {
                // The same document at two desks, or its offer redeemed, at the same instant.
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    return Ok(Enrolled {
                        handle,
                        again,
                        link,
                        link_by_value,
                        tx_code,
                        expires_at,
                    });
                }
            }
        }
        Err(EnrolError::Busy)
    }

    /// The keyed tag under which a document is known again.
    pub(crate) fn document_tag(&self, document: &IdentityDocument) -> [u8; 32] {
        let mut message = Vec::new();
        for field in [
            "document",
            document.issuing_state().as_str(),
            document.document_type().as_str(),
            document.number(),
        ] {
            // The lengths keep two documents from ever sharing a message.
            message.extend_from_slice(&field.len().to_be_bytes());
            message.extend_from_slice(field.as_bytes());
        }
        self.parts().tags.tag(&message)
    }

    /// The enrolment that the document has, and a batch that closes its open offer.
    async fn known(
        &self,
        tag: &[u8; 32],
        now: Timestamp,
    ) -> Result<(Option<(Handle, Stored<Enrolment>)>, Batch), StoreError> {
        let store = &self.parts().store;
        let Some(entry) = store.load::<KnownDocument>(tag, now).await? else {
            return Ok((None, Batch::new()));
        };
        let corrupt = || StoreError::Corrupt {
            kind: "known_document",
        };
        let handle: Handle = entry.value.handle.parse().map_err(|_| corrupt())?;
        let enrolment = store
            .load::<Enrolment>(handle.as_str(), now)
            .await?
            .ok_or_else(corrupt)?;
        let batch = self
            .closing_offer(&enrolment.value, Batch::new(), now)
            .await?;
        Ok((Some((handle, enrolment)), batch))
    }

    /// Adds to a batch that the open offer of an enrolment, if any, is closed.
    pub(crate) async fn closing_offer(
        &self,
        enrolment: &Enrolment,
        batch: Batch,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        let id = enrolment
            .offer
            .as_deref()
            .and_then(|id| base64url::decode(id).ok());
        let Some(id) = id else { return Ok(batch) };
        let open = self.parts().store.load::<OpenOffer>(&id, now).await?;
        Ok(match open {
            Some(open) => batch.delete::<OpenOffer>(&id, open.version),
            None => batch,
        })
    }

    fn offer_to(
        &self,
        grant: &str,
        document: &IdentityDocument,
        now: Timestamp,
    ) -> Result<NewOffer, EnrolError> {
        let person = Person::from(document);
        let claims = serde_json::to_vec(&person).map_err(|_| EnrolError::Claims)?;
        let parts = self.parts();
        let terms = OfferTerms {
            handle: grant.to_owned(),
            claims: Zeroizing::new(claims),
            configuration_ids: parts
                .config
                .credentials
                .iter()
                .map(|one| one.id.clone())
                .collect(),
            tx_code: Some(TxCodeTerms {
                length: parts.config.transaction_code_digits,
                description: None,
            }),
        };
        Ok(parts.protocol.offer(terms, now, &mut host::system_rng())?)
    }
}

impl Enrolment {
    fn new(now: Timestamp) -> Self {
        Self {
            state: EnrolmentState::Active,
            generation: 0,
            enrolled_on: now.to_zoned(TimeZone::UTC).date().to_string(),
            offer: None,
            batches: Vec::new(),
        }
    }
}

/// A person is enrolled: what the desk hands over.
#[derive(Debug)]
pub struct Enrolled {
    /// The name of the enrolment: keep it, to revoke by.
    pub handle: Handle,
    /// Whether the document was enrolled before.
    pub again: bool,
    /// The link for a QR code: short, by reference.
    pub link: BearerToken,
    /// The link that holds the whole offer.
    pub link_by_value: BearerToken,
    /// The transaction code, to be handed over by another way than the link.
    pub tx_code: Option<BearerToken>,
    /// Until when the offer waits.
    pub expires_at: Timestamp,
}

/// Why nobody was enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The enrolment of this document is being changed by others, time and again.
    #[error("the enrolment of this document is being changed at the same time")]
    Busy,
    /// The claims cannot be written.
    #[error("the claims cannot be written")]
    Claims,
    /// The configured offer does not do: the operator must act.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}
