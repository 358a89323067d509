//! Slots hold what the profile says, and nothing that could be a mark.

use netcert::{Slot, SlotError, SlotValue, Slots};

use crate::harness::text;

fn put(slot: Slot, value: SlotValue) -> Result<(), SlotError> {
    Slots::new([(slot, value)]).map(|_| ())
}

#[test]
fn there_are_sixteen_in_this_order() {
    let names = Slot::ALL.map(Slot::name);
    assert_eq!(
        names,
        [
            "age_over_14",
            "age_over_16",
            "age_over_18",
            "age_over_21",
            "age_over_60",
            "nationality",
            "document_type",
            "assurance",
            "guardianship",
            "stable_12_months",
            "given_name",
            "family_name",
            "native_name",
            "birth_date",
            "document_number",
            "spare",
        ]
    );
    for (index, slot) in Slot::ALL.into_iter().enumerate() {
        assert_eq!(slot.index(), index);
        assert_eq!(Slot::at(index), Some(slot));
        assert_eq!(Slot::named(slot.name()), Some(slot));
    }
    assert_eq!(Slot::at(16), None);
    assert_eq!(Slot::named("Age_over_18"), None);
    assert_eq!(Slot::age_over(18), Some(Slot::AgeOver18));
    assert_eq!(Slot::age_over(15), None);
}

#[test]
fn every_slot_has_its_kind() {
    for slot in Slot::ALL {
        assert_eq!(put(slot, SlotValue::Absent), Ok(()));
        let flag = put(slot, SlotValue::Flag(true));
        let refused = match slot {
            Slot::Spare => Err(SlotError::Spare(slot)),
            _ if slot.is_flag() => Ok(()),
            _ => Err(SlotError::Kind(slot)),
        };
        assert_eq!(flag, refused);
    }
    assert_eq!(
        put(Slot::AgeOver18, text("true")),
        Err(SlotError::Kind(Slot::AgeOver18))
    );
    assert_eq!(
        put(Slot::Spare, text("")),
        Err(SlotError::Spare(Slot::Spare))
    );
    assert_eq!(
        Slots::new([
            (Slot::AgeOver18, SlotValue::Flag(true)),
            (Slot::AgeOver18, SlotValue::Flag(true)),
        ]),
        Err(SlotError::Twice(Slot::AgeOver18))
    );
}

#[test]
fn enumerations_are_closed() {
    for (slot, values) in [
        (Slot::Assurance, &["low", "substantial", "high"][..]),
        (
            Slot::DocumentType,
            &["passport", "identity_card", "residence_permit"],
        ),
        (
            Slot::Guardianship,
            &["legal_guardian", "parental_authority"],
        ),
    ] {
        for value in values {
            assert_eq!(put(slot, text(value)), Ok(()));
            assert_eq!(
                put(slot, text(&format!("{value} "))),
                Err(SlotError::Unlisted(slot))
            );
        }
        assert_eq!(put(slot, text("you")), Err(SlotError::Unlisted(slot)));
        assert_eq!(put(slot, text("")), Err(SlotError::Unlisted(slot)));
    }
}

#[test]
fn texts_are_spelled_in_one_way() {
    let name = Slot::NativeName;
    for value in ["王小明", "José", "O'Brien-Smith", "ɐ", &"王".repeat(40)] {
        assert_eq!(put(name, text(value)), Ok(()), "{value}");
    }
    for value in [
        "Jose\u{301}",
        " Anna",
        "Anna ",
        "Anna  Maria",
        "Anna\u{a0}Maria",
        "Anna\u{2003}Maria",
        "Anna\u{200b}",
        "Anna\u{200d}",
        "\u{feff}Anna",
        "Anna\u{202e}",
        "Anna\t",
        "Anna\n",
        "Anna\u{ad}",
        "Anna\u{fe0f}",
        "Anna\u{e0041}",
        "\u{f8ff}",
        "Anna\u{7f}",
    ] {
        assert_eq!(
            put(name, text(value)),
            Err(SlotError::Spelling(name)),
            "{value:?}"
        );
    }
    for value in [String::new(), "a".repeat(121), "王".repeat(41)] {
        assert_eq!(put(name, text(&value)), Err(SlotError::Length(name)));
    }
    for value in ["uto", "UT", "UTOO", "U1O", ""] {
        assert_eq!(
            put(Slot::Nationality, text(value)),
            Err(SlotError::Spelling(Slot::Nationality))
        );
    }
    let number = Slot::DocumentNumber;
    assert_eq!(put(number, text("L898902C3")), Ok(()));
    assert_eq!(
        put(number, text("l898902c3")),
        Err(SlotError::Spelling(number))
    );
    assert_eq!(put(number, text("")), Err(SlotError::Length(number)));
}

#[test]
fn dates_are_dates() {
    let date = Slot::BirthDate;
    for value in ["1974-08-12", "2000-02-29", "1974-08", "1974"] {
        assert_eq!(put(date, text(value)), Ok(()), "{value}");
    }
    for value in [
        "1974-02-29",
        "1974-13-01",
        "1974-00-01",
        "1974-8-12",
        "19740812",
        "1974-08-12Z",
        "974",
        "+1974",
        "1974-",
        "1974-08-",
        "1974/08/12",
        "1974-08-12T00",
        "",
        "abcd",
        "-974",
    ] {
        assert_eq!(
            put(date, text(value)),
            Err(SlotError::Date(date)),
            "{value}"
        );
    }
}
