use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::DidError;

/// A decentralized identifier (DID Core 1.0, section 3.1) of a supported method.
///
/// Two DIDs are the same if their texts are, byte by byte.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Did {
    text: Arc<str>,
    method: Method,
}

/// The DID methods that are spoken here.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Method {
    /// did:jwk: the key is the identifier.
    Jwk,
    /// did:key: the key is the identifier.
    Key,
    /// did:web: the identifier names a document on the web.
    Web,
}

impl Did {
    /// Reads a DID: no path, query or fragment.
    ///
    /// # Errors
    /// [`DidError::Syntax`], or [`DidError::Unsupported`] for another method.
    pub fn parse(text: &str) -> Result<Self, DidError> {
        let (method, specific) = text
            .strip_prefix("did:")
            .and_then(|rest| rest.split_once(':'))
            .ok_or(DidError::Syntax)?;
        let lawful = |byte: u8| byte == b':' || is_identifier(byte);
        if specific.is_empty()
            || specific.ends_with(':')
            || text.len() > LONGEST
            || !escaped(specific, lawful)
            || method.is_empty()
            || !method
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            return Err(DidError::Syntax);
        }
        let method = match method {
            "jwk" => Method::Jwk,
            "key" => Method::Key,
            "web" => Method::Web,
            _ => return Err(DidError::Unsupported),
        };
        Ok(Self {
            text: text.into(),
            method,
        })
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Resolves a reference inside this DID's document: a DID URL, or a bare `#fragment`.
    ///
    /// # Errors
    /// As [`DidUrl::parse`].
    pub fn join(&self, reference: &str) -> Result<DidUrl, DidError> {
        match reference.strip_prefix('#') {
            Some(fragment) => self.url(fragment),
            None => DidUrl::parse(reference),
        }
    }

    /// The DID URL with this fragment.
    ///
    /// # Errors
    /// [`DidError::Syntax`] if it cannot be a fragment (RFC 3986, section 3.5).
    pub fn url(&self, fragment: &str) -> Result<DidUrl, DidError> {
        if fragment.is_empty() || fragment.len() > LONGEST || !escaped(fragment, is_fragment) {
            return Err(DidError::Syntax);
        }
        Ok(DidUrl {
            did: self.clone(),
            fragment: fragment.into(),
        })
    }

    /// What follows the method's name.
    pub(crate) fn specific(&self) -> &str {
        // `did:key:`, `did:jwk:` and `did:web:` are equally long.
        self.text.get(PREFIX_LENGTH..).unwrap_or_default()
    }
}

impl TryFrom<String> for Did {
    type Error = DidError;

    fn try_from(text: String) -> Result<Self, DidError> {
        Self::parse(&text)
    }
}

impl From<Did> for String {
    fn from(did: Did) -> Self {
        did.text.as_ref().to_owned()
    }
}

impl FromStr for Did {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        Self::parse(text)
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A DID URL that names a verification method: a DID and a fragment, without path or query.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct DidUrl {
    did: Did,
    fragment: Arc<str>,
}

impl DidUrl {
    /// Reads `did:…#fragment`.
    ///
    /// # Errors
    /// [`DidError::Syntax`] if it is anything else, [`DidError::Unsupported`] for another method.
    pub fn parse(text: &str) -> Result<Self, DidError> {
        let (did, fragment) = text.split_once('#').ok_or(DidError::Syntax)?;
        Did::parse(did)?.url(fragment)
    }

    /// The DID in whose document the verification method stands.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The fragment, without `#`.
    #[must_use]
    pub fn fragment(&self) -> &str {
        &self.fragment
    }

    /// Tells whether a reference inside this DID's document means this DID URL.
    pub(crate) fn is(&self, reference: &str) -> bool {
        reference
            .strip_prefix(self.did.as_str())
            .unwrap_or(reference)
            .strip_prefix('#')
            .is_some_and(|fragment| *fragment == *self.fragment)
    }
}

impl TryFrom<String> for DidUrl {
    type Error = DidError;

    fn try_from(text: String) -> Result<Self, DidError> {
        Self::parse(&text)
    }
}

impl From<DidUrl> for String {
    fn from(url: DidUrl) -> Self {
        url.to_string()
    }
}

impl FromStr for DidUrl {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        Self::parse(text)
    }
}

impl fmt::Display for DidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.did, self.fragment)
    }
}

/// Tells whether a text consists of lawful bytes and percent-encoded ones.
fn escaped(text: &str, lawful: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => lawful(byte),
        };
        if !fine {
            return false;
        }
    }
    true
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_".contains(&byte)
}

fn is_fragment(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

const LONGEST: usize = 2048;
const PREFIX_LENGTH: usize = 8;
