//! What the database remembers.

use jiff::civil::Date;
use netcert::{ProfilePins, Pseudonym};
use openid4vp::verifier::{Session, ShownPseudonym};
use serde::{Deserialize, Serialize};
use store::Record;

/// A session, found by its identifier: the request until it is answered, then what was asked for
/// until it is taken, then nothing of it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct StoredSession(pub(crate) Session);

impl Record for StoredSession {
    const KIND: &'static str = "presentation_session";
}

/// An account: a person, by the only thing that is known of them here. Its identifier has the whole
/// Pseudonym in it, so that there is one, however many processes see the first visit.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct StoredAccount {
    /// What the number is bound to, as in the identifier.
    pub(crate) context: String,
    /// The scope in which the number was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
    /// The number, as people read it.
    pub(crate) net_number: String,
    /// The whole of it.
    pub(crate) pseudonym: Pseudonym,
    /// The day of the first visit. No hour: nobody needs to know when somebody was here.
    pub(crate) since: Date,
    /// Since when it is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) blocked_since: Option<Date>,
}

impl Record for StoredAccount {
    const KIND: &'static str = "account";
}

impl StoredAccount {
    /// The identifier of the account that a shown number has. Within a context, those of one net
    /// number stand together.
    pub(crate) fn id(shown: &ShownPseudonym) -> String {
        let prefix = Self::prefix(&shown.context, &shown.net_number);
        format!("{prefix}{}", String::from(shown.pseudonym))
    }

    /// What the identifiers of all accounts begin with that have a net number in a context.
    pub(crate) fn prefix(context: &str, net_number: &str) -> String {
        format!("{context}.{net_number}.")
    }
}

/// What is known for ever of the epochs of an issuer: so that no process, at no time, takes a second
/// profile for one.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct StoredEpochs {
    pub(crate) pins: ProfilePins,
    /// The profiles that are or will be good, as they were published.
    pub(crate) profiles: Vec<String>,
}

impl Record for StoredEpochs {
    const KIND: &'static str = "issuer_epochs";
}
