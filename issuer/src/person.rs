//! What a credential says about a person, between the desk and the credential.

use std::fmt;

use evidence::{BirthDate, IdentityDocument};
use jiff::civil::Date;
use netcert::{Slot, SlotError, SlotValue, Slots};
use openid4vci::messages::{ClaimDescription, ClaimDisplay, PathSegment};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the issuer took from an identity document.
///
/// It exists in memory while a person is enrolled or served, and otherwise only sealed: under the
/// Pre-Authorized Code until redemption, inside the wallet's tokens after it. Its `Debug` form
/// says nothing.
#[derive(Deserialize, Serialize)]
pub(crate) struct Person {
    given_name: String,
    family_name: String,
    nationality: String,
    /// As far as the document says it: without the day, or day and month, that it leaves open.
    birth_date: String,
    document_type: String,
    issuing_state: String,
    document_number: String,
}

impl Person {
    /// The value of a claim; `None` if the document leaves it open. Ages are those on the day
    /// `on`.
    #[must_use]
    pub(crate) fn claim(&self, name: ClaimName, on: Date) -> Option<Value> {
        match name {
            ClaimName::AgeOver14 => self.age_over(14, on),
            ClaimName::AgeOver16 => self.age_over(16, on),
            ClaimName::AgeOver18 => self.age_over(18, on),
            ClaimName::AgeOver21 => self.age_over(21, on),
            ClaimName::AgeOver60 => self.age_over(60, on),
            ClaimName::BirthDate => text(&self.birth_date),
            ClaimName::DocumentNumber => text(&self.document_number),
            ClaimName::DocumentType => text(&self.document_type),
            ClaimName::FamilyName => text(&self.family_name),
            ClaimName::GivenName => text(&self.given_name),
            ClaimName::IssuingState => text(&self.issuing_state),
            ClaimName::Nationality => text(&self.nationality),
        }
    }

    /// What a net certificate says, by the legal time of an epoch: ages are those on the day `on`.
    ///
    /// # Errors
    /// [`SlotError`] names a slot whose value the profile does not take.
    pub(crate) fn slots(
        &self,
        on: Date,
        assurance: &str,
        stable_since: Option<Date>,
    ) -> Result<Slots, SlotError> {
        let age = |slot, years| {
            let flag = self.born_by();
            let flag = flag.map(|born| SlotValue::Flag(evidence::age_over(born, years, on)));
            (slot, flag.unwrap_or(SlotValue::Absent))
        };
        let text = |slot, value: &str| match value {
            "" => (slot, SlotValue::Absent),
            value => (slot, SlotValue::Text(value.to_owned())),
        };
        let stable = stable_since.is_some_and(|since| evidence::age_over(since, 1, on));
        Slots::new([
            age(Slot::AgeOver14, 14),
            age(Slot::AgeOver16, 16),
            age(Slot::AgeOver18, 18),
            age(Slot::AgeOver21, 21),
            age(Slot::AgeOver60, 60),
            text(Slot::Nationality, three_letters(&self.nationality)),
            text(Slot::DocumentType, &self.document_type),
            text(Slot::Assurance, assurance),
            (Slot::Stable12Months, SlotValue::Flag(stable)),
            text(Slot::GivenName, cut(&self.given_name)),
            text(Slot::FamilyName, cut(&self.family_name)),
            text(Slot::BirthDate, &self.birth_date),
            text(Slot::DocumentNumber, &self.document_number),
        ])
    }

    fn age_over(&self, years: u8, on: Date) -> Option<Value> {
        Some(evidence::age_over(self.born_by()?, years, on).into())
    }

    /// The latest date of birth that the document leaves possible: nobody is made older.
    fn born_by(&self) -> Option<Date> {
        let born: BirthDate = self.birth_date.parse().ok()?;
        Some(born.latest())
    }
}

impl From<&IdentityDocument> for Person {
    fn from(document: &IdentityDocument) -> Self {
        Self {
            given_name: document.given_names().to_owned(),
            family_name: document.surname().to_owned(),
            nationality: document.nationality().as_str().to_owned(),
            birth_date: document.birth_date().to_string(),
            document_type: document.document_type().as_str().to_owned(),
            issuing_state: document.issuing_state().as_str().to_owned(),
            document_number: document.number().to_owned(),
        }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person([REDACTED])")
    }
}

/// A claim that an identity document can answer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimName {
    /// Whether the person has completed 14 years.
    #[serde(rename = "age_over_14")]
    AgeOver14,
    /// Whether the person has completed 16 years.
    #[serde(rename = "age_over_16")]
    AgeOver16,
    /// Whether the person has completed 18 years.
    #[serde(rename = "age_over_18")]
    AgeOver18,
    /// Whether the person has completed 21 years.
    #[serde(rename = "age_over_21")]
    AgeOver21,
    /// Whether the person has completed 60 years.
    #[serde(rename = "age_over_60")]
    AgeOver60,
    /// The date of birth, `YYYY-MM-DD`, without what the document leaves open.
    BirthDate,
    /// The number of the document.
    DocumentNumber,
    /// `passport` or `identity_card`.
    DocumentType,
    /// The surname.
    FamilyName,
    /// The given names.
    GivenName,
    /// The state that issued the document.
    IssuingState,
    /// The nationality, three letters.
    Nationality,
}

impl ClaimName {
    /// Every claim, in the order in which a person is shown them.
    pub const ALL: [Self; 12] = [
        Self::GivenName,
        Self::FamilyName,
        Self::BirthDate,
        Self::Nationality,
        Self::DocumentType,
        Self::IssuingState,
        Self::DocumentNumber,
        Self::AgeOver14,
        Self::AgeOver16,
        Self::AgeOver18,
        Self::AgeOver21,
        Self::AgeOver60,
    ];

    /// The member's name in a credential.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgeOver14 => "age_over_14",
            Self::AgeOver16 => "age_over_16",
            Self::AgeOver18 => "age_over_18",
            Self::AgeOver21 => "age_over_21",
            Self::AgeOver60 => "age_over_60",
            Self::BirthDate => "birth_date",
            Self::DocumentNumber => "document_number",
            Self::DocumentType => "document_type",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::IssuingState => "issuing_state",
            Self::Nationality => "nationality",
        }
    }

    /// The names that people are shown, by language.
    #[must_use]
    pub const fn labels(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::AgeOver14 => [("en", "14 or older"), ("zh", "年满14岁")],
            Self::AgeOver16 => [("en", "16 or older"), ("zh", "年满16岁")],
            Self::AgeOver18 => [("en", "18 or older"), ("zh", "年满18岁")],
            Self::AgeOver21 => [("en", "21 or older"), ("zh", "年满21岁")],
            Self::AgeOver60 => [("en", "60 or older"), ("zh", "年满60岁")],
            Self::BirthDate => [("en", "Date of birth"), ("zh", "出生日期")],
            Self::DocumentNumber => [("en", "Document number"), ("zh", "证件号码")],
            Self::DocumentType => [("en", "Document type"), ("zh", "证件类型")],
            Self::FamilyName => [("en", "Family name"), ("zh", "姓")],
            Self::GivenName => [("en", "Given name"), ("zh", "名")],
            Self::IssuingState => [("en", "Issuing state"), ("zh", "签发国")],
            Self::Nationality => [("en", "Nationality"), ("zh", "国籍")],
        }
    }
}

/// What a net certificate says, as wallets show it before there is one.
pub(crate) fn slot_descriptions() -> Vec<ClaimDescription> {
    let describe = |(slot, labels): (Slot, [(&str, &str); 2])| ClaimDescription {
        path: ["credentialSubject", slot.name()]
            .map(|name| PathSegment::Name(name.to_owned()))
            .to_vec(),
        mandatory: false,
        display: Some(
            labels
                .map(|(locale, label)| ClaimDisplay {
                    name: Some(label.to_owned()),
                    locale: Some(locale.to_owned()),
                })
                .to_vec(),
        ),
    };
    [
        (Slot::AgeOver14, ClaimName::AgeOver14.labels()),
        (Slot::AgeOver16, ClaimName::AgeOver16.labels()),
        (Slot::AgeOver18, ClaimName::AgeOver18.labels()),
        (Slot::AgeOver21, ClaimName::AgeOver21.labels()),
        (Slot::AgeOver60, ClaimName::AgeOver60.labels()),
        (Slot::Nationality, ClaimName::Nationality.labels()),
        (Slot::DocumentType, ClaimName::DocumentType.labels()),
        (
            Slot::Assurance,
            [("en", "Level of assurance"), ("zh", "核验等级")],
        ),
        (
            Slot::Stable12Months,
            [
                ("en", "Same number for 12 months"),
                ("zh", "号码保持不变满12个月"),
            ],
        ),
        (Slot::GivenName, ClaimName::GivenName.labels()),
        (Slot::FamilyName, ClaimName::FamilyName.labels()),
        (Slot::BirthDate, ClaimName::BirthDate.labels()),
        (Slot::DocumentNumber, ClaimName::DocumentNumber.labels()),
    ]
    .map(describe)
    .to_vec()
}

/// A zone writes one state with a single letter (ICAO Doc 9303, part 3, section 5).
fn three_letters(state: &str) -> &str {
    match state {
        "D" => "DEU",
        other => other,
    }
}

/// A name that is longer than its slot is cut off, as in a zone, whose letters are single bytes.
fn cut(name: &str) -> &str {
    name.get(..LONGEST_NAME).unwrap_or(name).trim_end()
}

/// The bytes of a name's slot.
const LONGEST_NAME: usize = 120;

fn text(value: &str) -> Option<Value> {
    (!value.is_empty()).then(|| value.into())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn person() -> Person {
        let record = serde_json::from_value(serde_json::json!({
            "issuing_state": "UTO", "number": "L898902C3", "surname": "Eriksson",
            "nationality": "UTO", "birth_date": "2008-02-29", "expires_on": "2032-04-15"
        }));
        Person::from(&IdentityDocument::from_record(&record.unwrap()).unwrap())
    }

    #[test]
    fn an_age_changes_on_the_birthday() {
        let age = |on| person().claim(ClaimName::AgeOver18, on);
        assert_eq!(age(date(2026, 2, 28)), Some(false.into()));
        assert_eq!(age(date(2026, 3, 1)), Some(true.into()));
    }

    #[test]
    fn slots_are_those_of_the_day_and_names_are_cut() {
        let mut someone = person();
        someone.given_name = "A".repeat(119) + " BBB";
        someone.nationality = "D".to_owned();
        let slots = |on, since| someone.slots(on, "low", since).unwrap();
        let before = slots(date(2026, 2, 28), None);
        let after = slots(date(2026, 3, 1), Some(date(2025, 3, 1)));
        let flag = |slots: &Slots, slot| slots.get(slot) == &SlotValue::Flag(true);
        assert!(!flag(&before, Slot::AgeOver18) && flag(&after, Slot::AgeOver18));
        assert!(!flag(&before, Slot::Stable12Months) && flag(&after, Slot::Stable12Months));
        assert!(!flag(
            &slots(date(2026, 3, 1), Some(date(2025, 3, 2))),
            Slot::Stable12Months
        ));
        let text = |slot| match after.get(slot) {
            SlotValue::Text(text) => text.clone(),
            _ => panic!("{slot}"),
        };
        assert_eq!(text(Slot::GivenName), "A".repeat(119));
        assert_eq!(text(Slot::Nationality), "DEU");
        assert_eq!(after.get(Slot::Spare), &SlotValue::Absent);
    }

    #[test]
    fn a_birthday_that_the_document_leaves_open_is_not_made_up() {
        let record = serde_json::from_value(serde_json::json!({
            "issuing_state": "UTO", "number": "L898902C3", "surname": "Eriksson",
            "nationality": "UTO", "birth_date": "2008", "expires_on": "2032-04-15"
        }));
        let document = IdentityDocument::from_record(&record.unwrap()).unwrap();
        let sealed = serde_json::to_vec(&Person::from(&document)).unwrap();
        let person: Person = serde_json::from_slice(&sealed).unwrap();
        let last = date(2026, 12, 30);
        let known = person.claim(ClaimName::BirthDate, last);
        assert_eq!(known, Some("2008".into()));
        assert_eq!(person.claim(ClaimName::AgeOver18, last), Some(false.into()));
        let adult = last.tomorrow().unwrap();
        assert_eq!(person.claim(ClaimName::AgeOver18, adult), Some(true.into()));
        let slots = person.slots(last, "low", None).unwrap();
        let known = SlotValue::Text("2008".to_owned());
        assert_eq!(slots.get(Slot::BirthDate), &known);
        assert_eq!(slots.get(Slot::AgeOver18), &SlotValue::Flag(false));
    }

    #[test]
    fn what_the_document_leaves_open_is_absent() {
        assert_eq!(person().claim(ClaimName::GivenName, date(2026, 1, 1)), None);
        assert_eq!(
            person().claim(ClaimName::FamilyName, date(2026, 1, 1)),
            Some("ERIKSSON".into())
        );
    }

    #[test]
    fn names_are_those_of_the_configuration() {
        for name in ClaimName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
        }
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", person()), "Person([REDACTED])");
    }
}
