use credential::{BitstringEntry, StatusMessages};
use url::Url;

/// What a list tells of a Credential besides whether it is good (Bitstring Status List 1.0,
/// section 3.2): never by itself a reason to refuse it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StatusMessage {
    /// The value.
    pub status: u8,
    /// What it means, in the Issuer's words: for whoever runs the Verifier, not for the Holder.
    /// Longer ones than 256 characters end with an ellipsis.
    pub message: String,
    /// Where more is said of it.
    pub references: Vec<Url>,
}

impl StatusMessage {
    /// The words for a value: those that the Credential itself has, since the Holder knows those;
    /// else the list's; else "unset" and "set", for the two values of one bit.
    pub(crate) fn of(entry: &BitstringEntry, value: u8, list: Option<&StatusMessages>) -> Self {
        let told = entry.messages.as_ref().or(list);
        let message = match told.and_then(|messages| messages.get(value)) {
            Some(message) => cut(message),
            None if value == 0 => "unset".to_owned(),
            None => "set".to_owned(),
        };
        Self {
            status: value,
            message,
            references: entry
                .references
                .iter()
                .take(MOST_REFERENCES)
                .cloned()
                .collect(),
        }
    }
}

/// Cuts off what is too long to be kept with every outcome.
fn cut(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        None => message.to_owned(),
        Some((end, _)) => format!("{}…", message.get(..end).unwrap_or_default()),
    }
}

const LONGEST_MESSAGE: usize = 256;
const MOST_REFERENCES: usize = 4;
