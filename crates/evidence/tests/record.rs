//! Records typed at a desk are validated by the rules of the zone.

#![expect(clippy::expect_used, reason = "tests")]

use evidence::{DocumentError, Field, IdentityDocument, Record};
use serde_json::{Value, json};

fn record(changes: Value) -> Result<IdentityDocument, DocumentError> {
    let mut members = json!({
        "issuing_state": "UTO",
        "number": "L898902C3",
        "surname": "Eriksson",
        "given_names": "Anna Maria",
        "nationality": "UTO",
        "birth_date": "1974-08-12",
        "sex": "F",
        "expires_on": "2012-04-15",
        "personal_number": "ZE184226B"
    });
    if let (Some(members), Value::Object(changes)) = (members.as_object_mut(), changes) {
        members.extend(changes);
    }
    let record: Record = serde_json::from_value(members).expect("a record");
    IdentityDocument::from_record(&record)
}

#[test]
fn a_record_equals_the_zone_of_the_same_document() {
    let zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let now = "2012-04-01T00:00:00Z".parse().unwrap();
    let from_zone = evidence::td3::parse(zone, now).unwrap();
    assert_eq!(record(json!({})).unwrap(), from_zone);
}

#[test]
fn fields_are_brought_to_the_zone_s_form() {
    let document = record(json!({
        "surname": "Müller-Lüdenscheidt", "number": "ab-12 ", "issuing_state": "d",
        "birth_date": "1974-08", "sex": null, "personal_number": " "
    }))
    .unwrap();
    assert_eq!(document.surname(), "MUELLER LUEDENSCHEIDT");
    assert_eq!(document.number(), "AB<12");
    assert_eq!(document.issuing_state().as_str(), "DEU");
    assert_eq!(document.birth_date().latest().to_string(), "1974-08-31");
    assert_eq!(document.birth_date().exact(), None);
    assert_eq!(document.birth_date().to_string(), "1974-08");
    assert_eq!(document.sex().as_str(), "X");
    assert_eq!(document.personal_number(), None);
}

#[test]
fn each_bad_field_is_named() {
    let date = |field| DocumentError::Date { field };
    let spelling = |field| DocumentError::Spelling { field };
    for (changes, error) in [
        (json!({"surname": "王"}), spelling(Field::Surname)),
        (
            json!({"surname": " "}),
            DocumentError::Empty {
                field: Field::Surname,
            },
        ),
        (json!({"given_names": "A1"}), spelling(Field::GivenNames)),
        (
            json!({"number": ""}),
            DocumentError::Empty {
                field: Field::DocumentNumber,
            },
        ),
        (
            json!({"number": "1234567890"}),
            DocumentError::TooLong {
                field: Field::DocumentNumber,
                most: 9,
            },
        ),
        (json!({"number": "12/34"}), spelling(Field::DocumentNumber)),
        (
            json!({"issuing_state": "XXC"}),
            DocumentError::StateCode {
                field: Field::IssuingState,
            },
        ),
        (
            json!({"nationality": "Utopia"}),
            DocumentError::StateCode {
                field: Field::Nationality,
            },
        ),
        (json!({"birth_date": "12.8.1974"}), date(Field::BirthDate)),
        (json!({"birth_date": "1974-02-30"}), date(Field::BirthDate)),
        (json!({"birth_date": "1974-99"}), date(Field::BirthDate)),
        (json!({"birth_date": ""}), date(Field::BirthDate)),
        (json!({"expires_on": "2012"}), date(Field::ExpiryDate)),
        (json!({"expires_on": "1973-01-01"}), DocumentError::Order),
        (json!({"sex": "female"}), DocumentError::Sex),
    ] {
        assert_eq!(record(changes.clone()).unwrap_err(), error, "{changes}");
    }
}

#[test]
fn a_card_number_may_be_longer() {
    assert!(record(json!({"document_type": "identity_card", "number": "1234567890"})).is_ok());
}

#[test]
fn an_unknown_member_is_refused() {
    let error = serde_json::from_str::<Record>(r#"{"given_name": "Anna"}"#).unwrap_err();
    assert!(error.to_string().contains("unknown field"));
}

#[test]
fn debug_and_errors_show_no_claim() {
    let text = r#"{"issuing_state":"UTO","number":"L898902C3","surname":"Eriksson","nationality":"UTO","birth_date":"1974-08-12","expires_on":"2012-04-15"}"#;
    let record: Record = serde_json::from_str(text).unwrap();
    assert_eq!(
        format!("{record:?}"),
        "Record { document_type: Passport, .. }"
    );
}
