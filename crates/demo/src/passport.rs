//! The specimen passport: of Utopia, which issues none.

use evidence::{CurrentDocument, DocumentError, IdentityDocument, Refused, td3};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

/// A specimen passport, as its machine-readable zone says it.
pub struct Specimen {
    zone: String,
    now: Timestamp,
}

impl Specimen {
    /// Anna Maria Eriksson's, the person of ICAO Doc 9303. Its date of expiry follows the clock, so
    /// that the specimen is always a valid document.
    ///
    /// # Errors
    /// A [`SpecimenError`] if no such document can exist at `now`.
    pub fn of_doc_9303(now: Timestamp) -> Result<Self, SpecimenError> {
        Self::renewed("L898902C3", now)
    }

    /// Anna Maria Eriksson's next passport, with another number.
    ///
    /// # Errors
    /// As [`Self::of_doc_9303`].
    pub fn renewed(number: &str, now: Timestamp) -> Result<Self, SpecimenError> {
        let anna = [("surname", "Eriksson"), ("given_names", "Anna Maria")];
        Self::of(number, anna, Some("ZE184226B"), now)
    }

    /// Joana Silva's, who is somebody else.
    ///
    /// # Errors
    /// As [`Self::of_doc_9303`].
    pub fn of_somebody_else(number: &str, now: Timestamp) -> Result<Self, SpecimenError> {
        let joana = [("surname", "Silva"), ("given_names", "Joana")];
        Self::of(number, joana, None, now)
    }

    fn of(
        number: &str,
        names: [(&str, &str); 2],
        personal_number: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, SpecimenError> {
        let expires_in = now.to_zoned(TimeZone::UTC).year() + YEARS_LEFT;
        let mut record = json!({
            "issuing_state": "UTO", "number": number, "nationality": "UTO",
            "birth_date": BIRTH_DATE, "sex": "F", "expires_on": format!("{expires_in}-04-15"),
            "personal_number": personal_number,
        });
        if let Some(record) = record.as_object_mut() {
            record.extend(names.map(|(member, name)| (member.to_owned(), name.into())));
        }
        let record = serde_json::from_value(record).map_err(|_| SpecimenError::Record)?;
        let zone = td3::compose(&IdentityDocument::from_record(&record)?)?;
        Ok(Self { zone, now })
    }

    /// The two lines of the machine-readable zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Reads the zone and judges the document, as an Issuer does.
    ///
    /// # Errors
    /// A [`SpecimenError`] if a check digit does not agree, or the document is not good.
    pub fn read(&self) -> Result<CurrentDocument, SpecimenError> {
        Ok(td3::parse(&self.zone, self.now)?.judge(self.now)?)
    }

    /// Reads the zone with one digit of the birth date changed, as a forger would who wants to be
    /// older; says why that is refused, or `None` if it is not.
    #[must_use]
    pub fn forgery_refused(&self) -> Option<DocumentError> {
        let birth = BIRTH_DATE.replace('-', "");
        let (_, birth) = birth.split_at(2);
        let older = birth.replacen('7', "6", 1);
        td3::parse(&self.zone.replacen(birth, &older, 1), self.now).err()
    }

    /// What the person of the document would be recognized by, in capital letters.
    #[must_use]
    pub fn recognizable(&self) -> [&'static str; 5] {
        ["ERIKSSON", "ANNA MARIA", "L898902C3", BIRTH_DATE, "740812"]
    }
}

/// Why there is no specimen.
#[derive(Debug, thiserror::Error)]
pub enum SpecimenError {
    /// The document is not accepted.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// It is none of the kind that a desk writes down.
    #[error("the specimen is not a record of a document")]
    Record,
    /// It is not good on that day.
    #[error(transparent)]
    Refused(#[from] Refused),
}

const BIRTH_DATE: &str = "1974-08-12";
const YEARS_LEFT: i16 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Specimen {
        Specimen::of_doc_9303(time.parse().unwrap()).unwrap()
    }

    #[test]
    fn it_is_good_whenever_the_demo_runs() {
        for time in ["2026-11-21T10:00:00Z", "2043-02-28T23:59:59Z"] {
            assert!(at(time).read().is_ok(), "{time}");
        }
    }

    #[test]
    fn its_zone_is_that_of_doc_9303_with_a_later_expiry() {
        let specimen = at("2026-11-21T10:00:00Z");
        let lines: Vec<&str> = specimen.zone().lines().collect();
        assert_eq!(lines[0], "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
        assert!(lines[1].starts_with("L898902C36UTO7408122F310415"));
    }

    #[test]
    fn a_forgery_is_refused_by_its_check_digit() {
        let refused = at("2026-11-21T10:00:00Z").forgery_refused().unwrap();
        assert!(refused.to_string().contains("check digit"), "{refused}");
    }
}
