//! Status List Tokens (draft-ietf-oauth-status-list).

use serde_json::{Map, Value};
use status::{Bits, StatusList};

use crate::code::{Code, Kind, Title};
use crate::draft::Draft;
use crate::jwt::Jwt;
use crate::known::Known;
use crate::report::Report;
use crate::sd_jwt::seconds;
use crate::w3c;

/// Explains a list.
pub(crate) fn token(jwt: &Jwt<'_>, payload: &Map<String, Value>, known: &Known<'_>) -> Report {
    let mut draft = Draft::new(Kind::StatusListToken);
    w3c::token_signature(&mut draft, jwt, payload, known);
    let at = |name: &str| seconds(payload.get(name));
    draft.dates(at("iat"), at("exp"), known.now);
    if payload.get("sub").and_then(Value::as_str).is_none() {
        draft.find_at(Code::DataModel, "the claim sub is missing", "/sub");
    }
    count(&mut draft, payload);
    draft.show(Title::Content, payload);
    draft.show(Title::Header, &jwt.header);
    draft.finish()
}

fn count(draft: &mut Draft, payload: &Map<String, Value>) {
    let list = payload.get("status_list");
    let bits = list
        .and_then(|list| list.get("bits")?.as_u64())
        .and_then(Bits::from_number);
    let lst = list.and_then(|list| list.get("lst")?.as_str());
    let (Some(bits), Some(lst)) = (bits, lst) else {
        draft.find_at(Code::DataModel, "the list is missing", "/status_list");
        return;
    };
    match StatusList::decode(bits, lst, LONGEST_LIST) {
        Err(error) => draft.find_at(Code::DataModel, &error.to_string(), "/status_list/lst"),
        Ok(list) => {
            let entries = list.entries();
            let set = (0_u64..)
                .take(entries)
                .filter(|index| list.get(*index).is_some_and(|status| !status.is_valid()))
                .count();
            let (entries, set) = (entries.to_string(), set.to_string());
            draft.find_with(Code::StatusCount, [("entries", &entries), ("set", &set)]);
        }
    }
}

/// What a list may unfold to: eight million entries, each of which is looked at.
const LONGEST_LIST: usize = 1024 * 1024;
