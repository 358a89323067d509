//! What a person reads before deciding.

mod net;
mod offer;
mod request;
mod style;

pub(crate) use offer::offer;
pub(crate) use request::request;

use jiff::Timestamp;
use serde_json::Value;

use crate::foreign::plain;

/// A moment, for people: in UTC, to the minute.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A claim's value: text as it is, all else as JSON.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        other => plain(&other.to_string()),
    }
}

/// Two columns, the first as wide as its longest entry.
pub(crate) fn columns(rows: &[(String, String)]) -> Vec<String> {
    let widest = rows.iter().map(|(name, _)| name.chars().count()).max();
    let width = widest.unwrap_or_default().min(WIDEST_NAME);
    rows.iter()
        .map(|(name, value)| format!("  {name:<width$}  {value}"))
        .collect()
}

const WIDEST_NAME: usize = 40;
