use evidence::IdentityDocument;
use zeroize::Zeroizing;

/// What a person is known again by, as messages to be tagged.
pub(crate) struct Marks {
    /// The document, and the personal number where there is one: whoever has it is this person.
    pub(crate) certain: Vec<Zeroizing<Vec<u8>>>,
    /// Name, birth date, sex and nationality: two persons may share them.
    pub(crate) alike: Zeroizing<Vec<u8>>,
}

impl Marks {
    /// Takes the marks from a document.
    #[must_use]
    pub(crate) fn of(document: &IdentityDocument) -> Self {
        let state = document.issuing_state();
        let mut certain = vec![message(&[
            "document",
            state.as_str(),
            document.document_type().as_str(),
            document.number(),
        ])];
        if let Some(number) = document.personal_number() {
            certain.push(message(&["person", state.as_str(), number]));
        }
        Self {
            certain,
            alike: message(&[
                "alike",
                &document.names_in_zone(),
                &document.birth_date().latest().to_string(),
                document.sex().as_str(),
                document.nationality().as_str(),
            ]),
        }
    }
}

/// The lengths keep two marks from ever sharing a message.
fn message(fields: &[&str]) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::new());
    for field in fields {
        message.extend_from_slice(&(field.len() as u64).to_be_bytes());
        message.extend_from_slice(field.as_bytes());
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(change: serde_json::Value) -> Marks {
        let mut record = serde_json::json!({
            "issuing_state": "UTO", "number": "L898902C3", "surname": "Eriksson",
            "given_names": "Anna Maria", "nationality": "UTO", "birth_date": "1974-08-12",
            "sex": "F", "expires_on": "2032-04-15", "personal_number": "ZE184226B",
        });
        for (name, value) in change.as_object().unwrap() {
            record[name] = value.clone();
        }
        let record = serde_json::from_value(record).unwrap();
        Marks::of(&IdentityDocument::from_record(&record).unwrap())
    }

    #[test]
    fn a_renewed_passport_shares_the_number_of_the_person() {
        let (old, new) = (
            marks(serde_json::json!({})),
            marks(serde_json::json!({"number": "X1"})),
        );
        assert_ne!(old.certain[0], new.certain[0]);
        assert_eq!(old.certain[1], new.certain[1]);
        assert_eq!(old.alike, new.alike);
        let elsewhere = marks(serde_json::json!({"issuing_state": "D<<", "personal_number": null}));
        assert_eq!(elsewhere.certain.len(), 1);
        assert_eq!(elsewhere.alike, old.alike);
    }

    #[test]
    fn each_part_of_the_likeness_counts() {
        let anna = marks(serde_json::json!({}));
        for change in [
            serde_json::json!({"surname": "Ericsson"}),
            serde_json::json!({"birth_date": "1974-08-13"}),
            serde_json::json!({"sex": "X"}),
            serde_json::json!({"nationality": "D<<"}),
        ] {
            assert_ne!(marks(change).alike, anna.alike);
        }
    }
}
