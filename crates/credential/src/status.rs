//! Where a Credential says that its status is published. What the status is, lists say.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::data_model::several;
use crate::error::IssuerFault;
use crate::status::messages::MOST_BITS;

mod messages;

pub use messages::StatusMessages;

/// A place in a list at which the status of a Credential is published.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum CredentialStatus {
    /// In a Bitstring Status List Credential.
    Bitstring(BitstringEntry),
    /// In a Status List Token.
    Token(StatusReference),
}

impl CredentialStatus {
    /// Where the list is.
    #[must_use]
    pub const fn list(&self) -> &Url {
        match self {
            Self::Bitstring(entry) => &entry.list,
            Self::Token(reference) => &reference.uri,
        }
    }
}

/// A reference to one entry of a Status List Token (draft-ietf-oauth-status-list, section 6.2).
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct StatusReference {
    /// The URI of the Status List Token (`uri`).
    pub uri: Url,
    /// The index of the entry (`idx`).
    pub index: u64,
}

/// A reference to one entry of a Bitstring Status List Credential (Bitstring Status List 1.0,
/// section 2.1).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct BitstringEntry {
    /// What the status is about.
    pub purpose: Purpose,
    /// The place in the list.
    pub index: u64,
    /// Where the list is.
    pub list: Url,
    /// How many bits the entry has (`statusSize`).
    pub size: u8,
    /// What the values mean, if the entry says it: as many messages as its bits can tell apart.
    pub messages: Option<StatusMessages>,
    /// Where more is said of that (`statusReference`).
    pub references: Vec<Url>,
}

impl BitstringEntry {
    /// An entry of one bit, which is set or is not.
    #[must_use]
    pub const fn bit(purpose: Purpose, index: u64, list: Url) -> Self {
        Self {
            purpose,
            index,
            list,
            size: 1,
            messages: None,
            references: Vec::new(),
        }
    }

    /// An entry that tells one of these messages.
    #[must_use]
    pub fn message(index: u64, list: Url, messages: StatusMessages, references: Vec<Url>) -> Self {
        Self {
            size: messages.size(),
            messages: Some(messages),
            references,
            ..Self::bit(Purpose::Message, index, list)
        }
    }

    /// Reads `credentialStatus`, one member or several.
    ///
    /// # Errors
    /// [`IssuerFault::StatusMechanism`] if one is of another type, or for a purpose that is not
    /// known: nobody here could tell what it says. [`IssuerFault::Claim`] if one is malformed.
    pub fn read_all(status: &Value) -> Result<Vec<Self>, IssuerFault> {
        several(Some(status))
            .iter()
            .map(|one| match is_type(one, ENTRY) {
                true => Self::read(one),
                false => Err(IssuerFault::StatusMechanism),
            })
            .collect()
    }

    /// Writes the member of `credentialStatus`.
    #[must_use]
    pub fn write(&self) -> Value {
        let mut entry = json!({
            "type": ENTRY,
            "statusPurpose": self.purpose.name(),
            "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        });
        let Some(members) = entry.as_object_mut() else {
            return entry;
        };
        if self.size != 1 || self.messages.is_some() {
            members.insert("statusSize".to_owned(), self.size.into());
        }
        if let Some(messages) = &self.messages {
            members.insert("statusMessage".to_owned(), messages.write());
        }
        match self.references.as_slice() {
            [] => {}
            [one] => drop(members.insert("statusReference".to_owned(), json!(one))),
            all => drop(members.insert("statusReference".to_owned(), json!(all))),
        }
        entry
    }

    fn read(entry: &Value) -> Result<Self, IssuerFault> {
        const MALFORMED: IssuerFault = IssuerFault::Claim(MEMBER);
        let text = |name| entry.get(name).and_then(Value::as_str).ok_or(MALFORMED);
        let index = text("statusListIndex")?;
        if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(MALFORMED);
        }
        let list = text("statusListCredential")?;
        let own = entry.get("id").and_then(Value::as_str);
        // The identifier of an entry must not be its list's.
        let address = list_address(list).filter(|_| own != Some(list));
        let size = size(entry).ok_or(MALFORMED)?;
        let messages = match entry.get("statusMessage") {
            None if size == 1 => None,
            None => return Err(MALFORMED),
            Some(told) => Some(StatusMessages::read(told, size).ok_or(MALFORMED)?),
        };
        let purpose = text("statusPurpose")?;
        Ok(Self {
            // No list has so many entries that the last number, or one beyond it, is a place.
            index: index.parse().unwrap_or(u64::MAX),
            list: address.ok_or(MALFORMED)?,
            size,
            messages,
            references: references(entry).ok_or(MALFORMED)?,
            purpose: Purpose::parse(purpose).ok_or(IssuerFault::StatusMechanism)?,
        })
    }
}

/// What a status is about (Bitstring Status List 1.0, section 2.1).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Purpose {
    /// One of several messages. Says nothing of whether the Credential is good.
    Message,
    /// A newer Credential can be had. Says nothing of whether this one is good.
    Refresh,
    /// Revoked for good.
    Revocation,
    /// Put on hold.
    Suspension,
}

impl Purpose {
    const ALL: [Self; 4] = [
        Self::Message,
        Self::Refresh,
        Self::Revocation,
        Self::Suspension,
    ];

    /// The value of `statusPurpose`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Refresh => "refresh",
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }

    /// Reads the value of `statusPurpose`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// Reads `status.status_list` (draft-ietf-oauth-status-list, section 6.2).
///
/// A `status` with other mechanisms only is refused: nobody here could tell whether the Credential
/// was revoked.
pub(crate) fn token(claims: &Map<String, Value>) -> Result<Vec<CredentialStatus>, IssuerFault> {
    let Some(status) = claims.get("status") else {
        return Ok(Vec::new());
    };
    let reference = status
        .get("status_list")
        .ok_or(IssuerFault::StatusMechanism)?;
    let index = reference.get("idx").and_then(Value::as_u64);
    let uri = reference
        .get("uri")
        .and_then(Value::as_str)
        .and_then(list_address);
    match (uri, index) {
        (Some(uri), Some(index)) => {
            let reference = StatusReference { uri, index };
            Ok(vec![CredentialStatus::Token(reference)])
        }
        _ => Err(IssuerFault::Claim("status")),
    }
}

/// Reads `credentialStatus` (VCDM 2.0, section 4.10), as [`BitstringEntry::read_all`].
pub(crate) fn entries(claims: &Map<String, Value>) -> Result<Vec<CredentialStatus>, IssuerFault> {
    let Some(status) = claims.get(MEMBER) else {
        return Ok(Vec::new());
    };
    let entries = BitstringEntry::read_all(status)?.into_iter();
    Ok(entries.map(CredentialStatus::Bitstring).collect())
}

fn list_address(text: &str) -> Option<Url> {
    let uri = Url::parse(text).ok()?;
    let fits = matches!(uri.scheme(), "https" | "http") && uri.fragment().is_none();
    fits.then_some(uri)
}

/// `statusSize`: an integer greater than zero, and one unless given.
fn size(entry: &Value) -> Option<u8> {
    let Some(size) = entry.get("statusSize") else {
        return Some(1);
    };
    let size = u8::try_from(size.as_u64()?).ok()?;
    (1..=MOST_BITS).contains(&size).then_some(size)
}

/// `statusReference`: a URL or several.
fn references(entry: &Value) -> Option<Vec<Url>> {
    let all = several(entry.get("statusReference")).iter();
    all.map(|one| one.as_str()?.parse().ok()).collect()
}

/// Whether `type` is, or contains, a name.
fn is_type(object: &Value, name: &str) -> bool {
    match object.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(all)) => all.iter().any(|one| one == name),
        _ => false,
    }
}

const ENTRY: &str = "BitstringStatusListEntry";
const MEMBER: &str = "credentialStatus";
