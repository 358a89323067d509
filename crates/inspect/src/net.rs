//! Net Certificates: as issued, as shown, at doors, and the numbers in people's hands.

use keys::base64url;
use netcert::{CRYPTOSUITE, Change, NetNumber, NetNumberError, Shown, UnverifiedCertificate};
use serde_json::{Map, Value, json};

use crate::code::{Code, Kind, Title};
use crate::draft::Draft;
use crate::known::Known;
use crate::report::Report;
use crate::w3c;

/// Explains a certificate, or what is shown of one, if the object is such a one.
pub(crate) fn certificate(document: &Map<String, Value>, known: &Known<'_>) -> Option<Report> {
    let suite = document.get("proof")?.get("cryptosuite")?.as_str()?;
    if suite != CRYPTOSUITE {
        return None;
    }
    let mut draft = Draft::new(Kind::NetCertificate);
    let value = Value::Object(document.clone());
    match (
        UnverifiedCertificate::parse(&value),
        Shown::from_json(&value),
    ) {
        (Ok(_), _) => draft.find(Code::OnlyItsWallet),
        (Err(_), Ok(shown)) => {
            draft.is(Kind::NetPresentation);
            draft.find(Code::RequestNeeded);
            number(&mut draft, &shown);
        }
        (Err(_), Err(error)) => {
            draft.find_with(Code::Refused, [("reason", &error.to_string())]);
        }
    }
    draft.show_some(Title::Claims, document, |name| name == "credentialSubject");
    draft.show_some(Title::Frame, document, |name| {
        name != "credentialSubject" && name != "proof"
    });
    w3c::dates(&mut draft, document, known);
    draft.show_some(Title::Proofs, document, |name| name == "proof");
    Some(draft.finish())
}

/// Explains what a wallet shows at a door, if the text is that.
pub(crate) fn door_answer(text: &str) -> Option<Report> {
    text.trim_start().strip_prefix("NC1:")?;
    let mut draft = Draft::new(Kind::DoorAnswer);
    let read = openid4vp::door::from_qr_text(text).map(|cbor| Shown::from_cbor(&cbor));
    match read {
        None => draft.find_with(
            Code::Refused,
            [("reason", "the code is cut off or mistyped")],
        ),
        Some(Err(error)) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
        Some(Ok(shown)) => {
            draft.find(Code::RequestNeeded);
            draft.show(Title::Claims, &shown.unverified_slots().subject());
            number(&mut draft, &shown);
            let profile = json!(base64url::encode(shown.profile_hash()));
            let shown = vec![draft.listing().entry("epoch_profile", &profile)];
            draft.section(Title::Frame, shown);
        }
    }
    Some(draft.finish())
}

/// Explains a Net Number, if the text is one or was meant to be.
pub(crate) fn net_number(text: &str) -> Option<Report> {
    let typed: String = text
        .chars()
        .filter(|char| char.is_ascii_alphanumeric())
        .collect();
    if text.len() > LONGEST_NUMBER || !typed.to_ascii_lowercase().starts_with("nn1") {
        return None;
    }
    let mut draft = Draft::new(Kind::NetNumber);
    match NetNumber::parse(text) {
        Ok(number) => {
            draft.find(Code::FormGood);
            let shown = vec![
                draft
                    .listing()
                    .entry("net_number", &json!(number.grouped())),
            ];
            draft.section(Title::Content, shown);
        }
        Err(NetNumberError::Mistyped(repair))
        | Err(NetNumberError::Character {
            repair: Some(repair),
            ..
        }) => {
            let place = (repair.place + 1).to_string();
            let change = match repair.change {
                Change::Insert(letter) => format!("+{letter}"),
                Change::Remove => "-".to_owned(),
                Change::Replace(letter) => letter.to_string(),
            };
            let number = repair.number.grouped();
            let values = [
                ("place", place.as_str()),
                ("change", &change),
                ("number", &number),
            ];
            draft.find_with(Code::Typo, values);
        }
        Err(error) => draft.find_with(Code::Typos, [("reason", &error.to_string())]),
    }
    Some(draft.finish())
}

fn number(draft: &mut Draft, shown: &Shown) {
    if let Some(pseudonym) = shown.unverified_pseudonym() {
        let number = json!(NetNumber::of(pseudonym).grouped());
        let shown = vec![draft.listing().entry("net_number", &number)];
        draft.section(Title::Content, shown);
    }
}

const LONGEST_NUMBER: usize = 120;
