use evidence::{CurrentDocument, IdentityDocument};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use keys::base64url;
use keys::token::BearerToken;
use openid4vci::issuer::{NewOffer, OfferError, OfferId, OfferTerms, TxCodeTerms};
use store::{Batch, StoreError, Stored};
use zeroize::Zeroizing;

use crate::app::App;
use crate::handle::Handle;
use crate::person::Person;
use crate::recent::Recent;
use crate::records::{Enrolment, OpenOffer, Pending};
use crate::tags::{Mark, Marks, Seen, TagsError};
use crate::usecases::ATTEMPTS;
use crate::usecases::recognize::{Found, Recognition};

impl App {
    /// Enrols the holder of a document, as [`App::enrol_as`] with [`Likeness::Ask`].
    ///
    /// # Errors
    /// As [`App::enrol_as`].
    pub async fn enrol(&self, document: &CurrentDocument) -> Result<Enrolled, EnrolError> {
        self.enrol_as(document, &Likeness::Ask).await
    }

    /// Enrols the holder of a document, and makes the offer that hands the credentials over.
    ///
    /// A person has one enrolment, known again by the document, by the personal number, or by name,
    /// birth date, sex and nationality together. Showing a document again (a lost telephone, a new
    /// passport) makes a new offer under the same handle and closes the one before, if that was not
    /// redeemed. It takes effect when the offer is redeemed, and only then: if the person has an
    /// anchor, by a wallet that proves it. Credentials issued earlier stay good until they expire, or
    /// until the enrolment is revoked. An enrolment that was revoked is opened again, and what was
    /// revoked stays so.
    ///
    /// The database learns keyed tags, and ciphertext under the offer's code.
    ///
    /// # Errors
    /// [`EnrolError`] says who must act.
    pub async fn enrol_as(
        &self,
        document: &CurrentDocument,
        likeness: &Likeness,
    ) -> Result<Enrolled, EnrolError> {
        let specimen = document.get().issuing_state().is_specimen();
        if specimen && !self.service_config().dev {
            return Err(EnrolError::Specimen);
        }
        let now = self.now();
        let marks = Marks::of(document.get());
        if let Some(enrolled) = self.enrol_stranger(document, &marks, likeness, now).await? {
            return Ok(enrolled);
        }
        for _ in 0..ATTEMPTS {
            let tags = self.parts().tags.seen();
            let tagged = marks.tagged(&tags);
            let mut recognition = self.recognize(&tags, &tagged, now).await?;
            let look_alikes = recognition.look_alikes.take();
            let known = match self.decide(recognition, likeness, now).await {
                // A tag that moved while it was looked for would make a stranger of who is enrolled.
                Err(EnrolError::Alike(_)) if !self.parts().tags.are_still(&tags, now).await? => {
                    continue;
                }
                known => known?,
            };
            let (batch, written) = match known {
                None => self.begin(document.get(), &tags, &tagged, look_alikes, now)?,
                Some(known) => {
                    let renewed = self.renew(document.get(), known, &tags, &tagged, now);
                    renewed.await?
                }
            };
            match self.parts().store.commit(batch, now).await {
                // The same person at two desks, an offer redeemed, or the tags wrapped anew, at the
                // same instant.
                Err(error) if error.is_conflict() => {
                    self.parts().tags.look_again(now).await?;
                }
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(written.kept(&self.parts().recent)),
            }
        }
        Err(EnrolError::Busy)
    }

    /// Enrols without a look who this is: most people are new, and for anybody else the commit
    /// fails, since one of the tags is there. Returns `None` then, and where that would not be seen.
    async fn enrol_stranger(
        &self,
        document: &CurrentDocument,
        marks: &Marks,
        likeness: &Likeness,
        now: Timestamp,
    ) -> Result<Option<Enrolled>, EnrolError> {
        let tags = self.parts().tags.seen();
        // Each tag has two places then, and is written to one.
        if tags.are_moving() || matches!(likeness, Likeness::Same(_)) {
            return Ok(None);
        }
        let tagged = marks.tagged(&tags);
        let (batch, written) = self.begin(document.get(), &tags, &tagged, None, now)?;
        match self.parts().store.commit(batch, now).await {
            Err(error) if error.is_conflict() => Ok(None),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(Some(written.kept(&self.parts().recent))),
        }
    }

    /// The enrolment that the person has; `None` for somebody new.
    async fn decide(
        &self,
        recognition: Recognition,
        likeness: &Likeness,
        now: Timestamp,
    ) -> Result<Option<(Handle, Stored<Enrolment>)>, EnrolError> {
        let mut certain = recognition.certain.into_iter();
        let handle = match (certain.next(), certain.next(), likeness) {
            (Some(_), Some(_), _) => return Err(EnrolError::TwoEnrolments),
            (Some(known), None, Likeness::Same(named)) if known != *named => {
                return Err(EnrolError::TwoEnrolments);
            }
            (Some(known), None, _) => known,
            (None, _, Likeness::Same(named)) => named.clone(),
            (None, _, Likeness::Different) => return Ok(None),
            (None, _, Likeness::Ask) => match recognition.alike.as_slice() {
                [] => return Ok(None),
                [alike] => {
                    let read = self.enrolment(alike, now).await?;
                    // Without an anchor, whoever has the offer could take the other's place.
                    if read.value.anchored.is_none() {
                        return Err(EnrolError::Alike(recognition.alike));
                    }
                    alike.clone()
                }
                _ => return Err(EnrolError::Alike(recognition.alike)),
            },
        };
        let read = self.enrolment(&handle, now).await?;
        match read.value.cool_down_until {
            Some(until) if day(now) < until => Err(EnrolError::CoolingDown(until)),
            _ => Ok(Some((handle, read))),
        }
    }

    /// Prepares the enrolment of somebody new.
    fn begin(
        &self,
        document: &IdentityDocument,
        tags: &Seen,
        marks: &[Mark],
        look_alikes: Option<Found>,
        now: Timestamp,
    ) -> Result<(Batch, Written), EnrolError> {
        let handle = Handle::generate(&mut host::system_rng());
        let enrolment = Enrolment {
            enrolled_on: Some(day(now).to_string()),
            ..Enrolment::default()
        };
        let batch = self.tag_first(Batch::new(), tags, marks, &handle, look_alikes)?;
        let version = enrolment.claims_version;
        let (offer, enrolment) = self.offer_to(&handle, enrolment, version, document, now)?;
        let batch = batch.create(handle.as_str(), &enrolment, None)?;
        handed_over(batch, handle, offer, enrolment, false)
    }

    /// Prepares a new offer for somebody who is enrolled. The document's tags wait in the enrolment,
    /// where a rotation that begins later finds them: one that has passed makes the commit fail.
    async fn renew(
        &self,
        document: &IdentityDocument,
        (handle, read): (Handle, Stored<Enrolment>),
        tags: &Seen,
        marks: &[Mark],
        now: Timestamp,
    ) -> Result<(Batch, Written), EnrolError> {
        let batch = tags.guard(Batch::new());
        let batch = self.closing_offer(&read.value, batch, now).await?;
        let version = read.value.next_version();
        let enrolment = Enrolment {
            pending: Some(Pending::new(version, marks)),
            ..read.value
        };
        let (offer, enrolment) = self.offer_to(&handle, enrolment, version, document, now)?;
        let batch = batch.replace(handle.as_str(), read.version, &enrolment, None)?;
        handed_over(batch, handle, offer, enrolment, true)
    }

    pub(crate) async fn enrolment(
        &self,
        handle: &Handle,
        now: Timestamp,
    ) -> Result<Stored<Enrolment>, EnrolError> {
        let store = &self.parts().store;
        let read = store.load::<Enrolment>(handle.as_str(), now).await?;
        read.ok_or(EnrolError::Unknown)
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
        self.parts().recent.offers.take(&id);
        let open = self.parts().store.load::<OpenOffer>(&id, now).await?;
        Ok(match open {
            Some(open) => batch.delete::<OpenOffer>(&id, open.version),
            None => batch,
        })
    }

    /// Makes an offer, and notes it as the open one.
    fn offer_to(
        &self,
        handle: &Handle,
        enrolment: Enrolment,
        claims_version: u32,
        document: &IdentityDocument,
        now: Timestamp,
    ) -> Result<(NewOffer, Enrolment), EnrolError> {
        let person = Person::from(document);
        let claims = serde_json::to_vec(&person).map_err(|_| EnrolError::Claims)?;
        let parts = self.parts();
        let terms = OfferTerms {
            handle: enrolment.grant(handle.as_str()),
            claims: Zeroizing::new(claims),
            claims_version,
            configuration_ids: parts.protocol.configuration_ids(),
            tx_code: Some(TxCodeTerms {
                length: parts.config.transaction_code_digits,
                description: None,
            }),
        };
        let offer = parts.protocol.offer(terms, now, &mut host::system_rng())?;
        let noted = Enrolment {
            offer: Some(base64url::encode(offer.id.as_bytes())),
            ..enrolment
        };
        Ok((offer, noted))
    }
}

/// What the desk knows of a person who looks like one that is enrolled.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Likeness {
    /// Nothing: whoever is enrolled under the same name, birth date, sex and nationality is taken
    /// for the same person, who then has to prove it with their wallet.
    #[default]
    Ask,
    /// It is another person.
    Different,
    /// It is the person of this enrolment, whatever the document says.
    Same(Handle),
}

/// Adds the open offer to a batch, and words what the desk hands over.
fn handed_over(
    batch: Batch,
    handle: Handle,
    offer: NewOffer,
    enrolment: Enrolment,
    again: bool,
) -> Result<(Batch, Written), EnrolError> {
    let expires_at = offer.expires_at;
    let open = OpenOffer(offer.offer);
    let batch = batch.create(offer.id.as_bytes(), &open, Some(expires_at))?;
    let versions = (
        batch.version_of::<OpenOffer>(offer.id.as_bytes()),
        batch.version_of::<Enrolment>(handle.as_str()),
    );
    let enrolled = Enrolled {
        handle,
        again,
        anchored: enrolment.anchored.is_some(),
        link: offer.link,
        link_by_value: offer.link_by_value,
        tx_code: offer.tx_code,
        expires_at,
    };
    let written = Written {
        enrolled,
        id: offer.id,
        open,
        enrolment,
        versions,
    };
    Ok((batch, written))
}

/// What a batch writes, and what the desk hands over once it is committed.
struct Written {
    enrolled: Enrolled,
    id: OfferId,
    open: OpenOffer,
    enrolment: Enrolment,
    versions: (Option<u64>, Option<u64>),
}

impl Written {
    /// Remembers what was committed: most people redeem their offer at once.
    fn kept(self, recent: &Recent) -> Enrolled {
        if let (Some(offer), Some(enrolment)) = self.versions {
            let open = Stored {
                value: self.open,
                version: offer,
            };
            recent.offers.keep(self.id.as_bytes(), open);
            let enrolment = Stored {
                value: self.enrolment,
                version: enrolment,
            };
            let handle = self.enrolled.handle.as_str();
            recent.enrolments.keep(handle.as_bytes(), enrolment);
        }
        self.enrolled
    }
}

/// A person is enrolled: what the desk hands over.
#[derive(Debug)]
pub struct Enrolled {
    /// The name of the enrolment: keep it, to revoke by.
    pub handle: Handle,
    /// Whether the person was enrolled before.
    pub again: bool,
    /// Whether the person has an anchor: only a wallet that proves it redeems the offer, so that the
    /// numbers stay the same.
    pub anchored: bool,
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
    /// Somebody with the same name, birth date, sex and nationality is enrolled, who has no anchor
    /// to prove, or there are several: the desk must say who this is.
    #[error(
        "somebody with the same name, birth date, sex and nationality is enrolled as {}",
        named(.0)
    )]
    Alike(Vec<Handle>),
    /// The enrolment of this person is being changed by others, time and again.
    #[error("the enrolment of this person is being changed at the same time")]
    Busy,
    /// The claims cannot be written.
    #[error("the claims cannot be written")]
    Claims,
    /// The person left, and has to wait until this day (UTC).
    #[error("this person has withdrawn, and can enrol again from {0} on")]
    CoolingDown(Date),
    /// The configured offer does not do: the operator must act.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// The document is a specimen, and the service is not one for trying out: the desk must see the
    /// person's own document.
    #[error(
        "the document is a specimen, of the state UTO that does not exist: only a service with \
         `dev = true` enrols it; the desk must see the person's own document"
    )]
    Specimen,
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Tags cannot be made: the operator must act.
    #[error(transparent)]
    Tags(#[from] TagsError),
    /// Document, personal number and what the desk says belong to different enrolments.
    #[error("the document and what else is known belong to different enrolments")]
    TwoEnrolments,
    /// There is no enrolment of the name that the desk gave.
    #[error("there is no such enrolment")]
    Unknown,
}

/// The day of `now` in UTC.
pub(crate) fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

fn named(handles: &[Handle]) -> String {
    let handles: Vec<&str> = handles.iter().map(Handle::as_str).collect();
    handles.join(", ")
}
