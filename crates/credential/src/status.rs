//! Where a Credential says that its status is published. What the status is, lists say.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::error::IssuerFault;

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
    /// How many bits the entry has.
    pub size: u8,
}

impl BitstringEntry {
    /// Reads `credentialStatus`, one member or several.
    ///
    /// # Errors
    /// [`IssuerFault::StatusMechanism`] if one is of another type: nobody here could tell what it
    /// says. [`IssuerFault::Claim`] if one is malformed, or for a purpose that is not known.
    pub fn read_all(status: &Value) -> Result<Vec<Self>, IssuerFault> {
        let all = match status {
            Value::Array(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        all.iter()
            .map(|one| match is_type(one, ENTRY) {
                true => Self::read(one).ok_or(IssuerFault::Claim(MEMBER)),
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
        if let (Some(members), true) = (entry.as_object_mut(), self.size != 1) {
            members.insert("statusSize".to_owned(), self.size.into());
        }
        entry
    }

    fn read(entry: &Value) -> Option<Self> {
        let text = |name| entry.get(name).and_then(Value::as_str);
        let index = text("statusListIndex")?;
        let size = match entry.get("statusSize") {
            None => 1,
            Some(size) => u8::try_from(size.as_u64()?).ok()?,
        };
        let purpose = Purpose::parse(text("statusPurpose")?)?;
        // Each value of a message must be told in words (section 2.1).
        let messages = entry.get("statusMessage").and_then(Value::as_array);
        if purpose == Purpose::Message && messages?.len() != 1 << size.min(MOST_BITS) {
            return None;
        }
        let list: Url = text("statusListCredential")?.parse().ok()?;
        let digits = index.bytes().all(|byte| byte.is_ascii_digit());
        ((1..=MOST_BITS).contains(&size) && digits && is_list_address(&list)).then_some(Self {
            purpose,
            index: index.parse().ok()?,
            list,
            size,
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
        .and_then(|uri| Url::parse(uri).ok())
        .filter(is_list_address);
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

fn is_list_address(uri: &Url) -> bool {
    matches!(uri.scheme(), "https" | "http") && uri.fragment().is_none()
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
const MOST_BITS: u8 = 8;
