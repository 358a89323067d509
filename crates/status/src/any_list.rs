use credential::data_integrity::Leniency;
use credential::{
    BitstringEntry, CredentialStatus, Format, IssuerKey, KeySource, PeerFault, Purpose,
    UnverifiedCredential,
};
use jiff::{SignedDuration, Timestamp};
use keys::jws::UnverifiedJws;
use url::Url;

use crate::token::MEDIA_TYPE;
use crate::{
    BitstringList, EntryFault, Status, StatusError, StatusListToken, StatusMessage,
    UnverifiedStatusListToken,
};

/// A list in either form, as anybody may serve it.
pub enum UnverifiedList {
    /// A Bitstring Status List Credential, secured by JOSE, SD-JWT or a Data Integrity proof.
    Bitstring(Box<UnverifiedCredential>),
    /// A Status List Token.
    Token(Box<UnverifiedStatusListToken>),
}

impl UnverifiedList {
    /// Reads a list, at most `max_bytes` long. Its form shows in it.
    ///
    /// # Errors
    /// If it is longer, or of neither form.
    pub fn parse(text: &str, max_bytes: usize) -> Result<Self, StatusError> {
        let text = text.trim_ascii();
        let credential = |format| -> Result<Self, StatusError> {
            let unverified = UnverifiedCredential::parse_within(format, text, max_bytes)?;
            Ok(Self::Bitstring(Box::new(unverified)))
        };
        if text.starts_with('{') {
            return credential(Format::LdpVc);
        }
        if text.contains('~') {
            let unverified = UnverifiedCredential::parse_sd_jwt(text)?;
            return Ok(Self::Bitstring(Box::new(unverified)));
        }
        match UnverifiedJws::parse(text, max_bytes)?
            .header()
            .is_type(MEDIA_TYPE)
        {
            true => UnverifiedStatusListToken::parse(text, max_bytes)
                .map(|token| Self::Token(Box::new(token))),
            false => credential(Format::JwtVcJson),
        }
    }

    /// Where the keys must come from: they have to be the Credential's Issuer's.
    ///
    /// # Errors
    /// [`StatusError::Issuer`] if the list names somebody else.
    pub fn key_sources(&self, issuer: &str) -> Result<Vec<KeySource>, StatusError> {
        match self {
            Self::Bitstring(credential) => {
                let sources = credential.key_sources()?;
                match sources.iter().all(|source| source.issuer() == issuer) {
                    true => Ok(sources),
                    false => Err(StatusError::Issuer(PeerFault::KeyEvidence)),
                }
            }
            Self::Token(token) => Ok(vec![token.key_source(issuer)?]),
        }
    }

    /// Verifies that the Issuer published this list at this URI, and that it is good now.
    ///
    /// # Errors
    /// As [`UnverifiedStatusListToken::verify`] and [`BitstringList::read`].
    pub fn verify(
        self,
        uri: &Url,
        issuer: &str,
        keys: &[IssuerKey],
        now: Timestamp,
    ) -> Result<AnyList, StatusError> {
        match self {
            Self::Bitstring(credential) => {
                let verified = credential.verify_with(keys, Leniency::None, now)?;
                Ok(BitstringList::read(&verified, uri, issuer)?.into())
            }
            Self::Token(token) => {
                let source = token.key_source(issuer)?;
                let mut keys = keys.iter();
                let key = keys.find(|key| *key.source() == source);
                let key = key.ok_or(StatusError::Issuer(PeerFault::KeyEvidence))?;
                Ok(token.verify(uri, key, now)?.into())
            }
        }
    }
}

/// A list in either form, verified.
#[derive(Clone, Debug)]
pub enum AnyList {
    /// A Bitstring Status List.
    Bitstring(BitstringList),
    /// A Token Status List.
    Token(StatusListToken),
}

impl AnyList {
    /// The status at one place.
    pub(crate) fn look_up(&self, status: &CredentialStatus) -> Result<Status, EntryFault> {
        match (self, status) {
            (Self::Token(token), CredentialStatus::Token(reference)) => {
                let status = token.list().get(reference.index);
                status.ok_or(EntryFault::Range)
            }
            (Self::Bitstring(list), CredentialStatus::Bitstring(entry)) => {
                Ok(judged(entry, list.value(entry)?))
            }
            (Self::Bitstring(_) | Self::Token(_), _) => Err(EntryFault::Kind),
        }
    }

    /// What is told at one place.
    pub(crate) fn message(&self, entry: &BitstringEntry) -> Result<StatusMessage, EntryFault> {
        match self {
            Self::Bitstring(list) => list.message(entry),
            Self::Token(_) => Err(EntryFault::Kind),
        }
    }

    pub(crate) fn made_at(&self) -> Option<Timestamp> {
        match self {
            Self::Bitstring(list) => list.valid_from(),
            Self::Token(token) => Some(token.issued_at()),
        }
    }

    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::Bitstring(list) => list.valid_until(),
            Self::Token(token) => token.expires_at(),
        }
    }

    pub(crate) fn time_to_live(&self) -> Option<SignedDuration> {
        match self {
            Self::Bitstring(list) => Some(list.time_to_live()),
            Self::Token(token) => token.time_to_live(),
        }
    }
}

impl From<BitstringList> for AnyList {
    fn from(list: BitstringList) -> Self {
        Self::Bitstring(list)
    }
}

impl From<StatusListToken> for AnyList {
    fn from(token: StatusListToken) -> Self {
        Self::Token(token)
    }
}

/// What an entry says. Every value but zero says no, however many bits there are.
const fn judged(entry: &BitstringEntry, value: u8) -> Status {
    match (entry.purpose, value) {
        (Purpose::Message | Purpose::Refresh, _) | (_, 0) => Status::VALID,
        (Purpose::Revocation, _) => Status::INVALID,
        (Purpose::Suspension, _) => Status::SUSPENDED,
    }
}
