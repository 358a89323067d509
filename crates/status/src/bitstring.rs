//! Bitstring Status List 1.0 (W3C): the status of Credentials as a Credential of its own.

use std::io::{Read as _, Write as _};

use credential::{BitstringEntry, Credential, Purpose, StatusMessages, Verified};
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use keys::base64url;
use serde_json::{Map, Value, json};
use url::Url;

use crate::{EntryFault, MINIMUM_ENTRIES, StatusError, StatusMessage};

/// A bitstring (section 2.2): the first entry stands in the highest bits of the first byte.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bitstring {
    size: u8,
    bytes: Vec<u8>,
}

impl Bitstring {
    /// A list of zeros, of at least [`MINIMUM_ENTRIES`], with so many bits for each entry.
    ///
    /// # Errors
    /// [`StatusError::Size`] for another number of bits than 1 to 8.
    pub fn new(size: u8, entries: usize) -> Result<Self, StatusError> {
        if !(1..=MOST_BITS).contains(&size) {
            return Err(StatusError::Size);
        }
        let bits = entries.max(MINIMUM_ENTRIES).saturating_mul(size.into());
        Ok(Self {
            size,
            bytes: vec![0; bits.div_ceil(8)],
        })
    }

    /// Reads `encodedList`: multibase base64url of GZIP, which must not unfold to more than
    /// `max_bytes`, nor to fewer than [`MINIMUM_ENTRIES`] entries.
    ///
    /// # Errors
    /// [`StatusError::Compression`], [`StatusError::Length`] or [`StatusError::Size`].
    pub fn decode(size: u8, encoded: &str, max_bytes: usize) -> Result<Self, StatusError> {
        let text = encoded.strip_prefix('u').ok_or(StatusError::Compression)?;
        let compressed = base64url::decode(text).map_err(|_| StatusError::Compression)?;
        // One byte more than permitted tells the full from the overfull.
        let limit = u64::try_from(max_bytes).map_or(u64::MAX, |max| max.saturating_add(1));
        let mut decoder = GzDecoder::new(compressed.as_slice());
        let mut bytes = Vec::new();
        decoder
            .by_ref()
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|_| StatusError::Compression)?;
        let list = Self { size, bytes };
        let fits = (1..=MOST_BITS).contains(&size) && list.bytes.len() <= max_bytes;
        if !fits {
            return Err(StatusError::Size);
        }
        if list.entries() < MINIMUM_ENTRIES {
            return Err(StatusError::Length);
        }
        match decoder.into_inner().is_empty() {
            true => Ok(list),
            false => Err(StatusError::Compression),
        }
    }

    /// Writes the value of one entry.
    ///
    /// # Errors
    /// [`StatusError::Index`] if there is no such entry, or the value does not fit.
    pub fn set(&mut self, index: u64, value: u8) -> Result<(), StatusError> {
        if u16::from(value) >> self.size != 0 {
            return Err(StatusError::Index);
        }
        let places = places(&self.bytes, self.size, index).ok_or(StatusError::Index)?;
        for (shift, (byte, mask)) in (0..self.size).rev().zip(places) {
            let byte = self.bytes.get_mut(byte).ok_or(StatusError::Index)?;
            match value >> shift & 1 {
                0 => *byte &= !mask,
                _ => *byte |= mask,
            }
        }
        Ok(())
    }

    /// The value of one entry, or nothing if there is no such entry.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<u8> {
        value(&self.bytes, self.size, index)
    }

    /// How many bits an entry has (`statusSize`).
    #[must_use]
    pub const fn size(&self) -> u8 {
        self.size
    }

    /// The number of entries.
    #[must_use]
    pub fn entries(&self) -> usize {
        entries(&self.bytes, self.size)
    }

    /// The value of `encodedList`.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; what would come out otherwise is unreadable, not wrong.
        let _ = encoder.write_all(&self.bytes);
        format!(
            "u{}",
            base64url::encode(encoder.finish().unwrap_or_default())
        )
    }
}

/// A list about to be published as a Credential (section 2.2).
#[derive(Clone, Copy, Debug)]
pub struct BitstringPublication<'a> {
    /// The list.
    pub list: &'a Bitstring,
    /// What it is about.
    pub purpose: Purpose,
    /// What its values mean, if it is about messages.
    pub messages: Option<&'a StatusMessages>,
    /// The Issuer, as in the Credentials that refer to the list.
    pub issuer: &'a str,
    /// Where it is served, as in the Credentials.
    pub uri: &'a Url,
    /// When it was made.
    pub valid_from: Timestamp,
    /// When it expires.
    pub valid_until: Timestamp,
    /// How long a copy may be used before a new one should be fetched.
    pub time_to_live: SignedDuration,
}

impl BitstringPublication<'_> {
    /// The Credential, to be secured by any mechanism, such as [`credential::vc_jwt::Issuance`].
    #[must_use]
    pub fn credential(&self) -> Map<String, Value> {
        let seconds = |time: Timestamp| {
            let whole = Timestamp::from_second(time.as_second());
            whole.unwrap_or(time).to_string()
        };
        let mut subject = json!({
            "id": format!("{}#list", self.uri),
            "type": LIST,
            "statusPurpose": self.purpose.name(),
            "encodedList": self.list.encode(),
            "ttl": self.time_to_live.as_secs().max(1).saturating_mul(1000),
        });
        let mut contexts = vec![CONTEXT];
        if let (Some(messages), Some(members)) = (self.messages, subject.as_object_mut()) {
            members.insert("statusSize".to_owned(), self.list.size().into());
            members.insert("statusMessages".to_owned(), messages.write());
            // The text demands these two, and its context does not know them.
            contexts.push(UNDEFINED_TERMS);
        }
        let credential = json!({
            "@context": contexts,
            "id": self.uri,
            "type": ["VerifiableCredential", CREDENTIAL],
            "issuer": self.issuer,
            "validFrom": seconds(self.valid_from),
            "validUntil": seconds(self.valid_until),
            "credentialSubject": subject,
        });
        match credential {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

/// Evidence of what an Issuer said about its Credentials at one time.
#[derive(Clone, Debug)]
pub struct BitstringList {
    bits: Vec<u8>,
    purposes: Vec<Purpose>,
    /// How many bits an entry has, if the list says it.
    size: Option<u8>,
    messages: Option<StatusMessages>,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    time_to_live: SignedDuration,
}

impl BitstringList {
    /// Reads a verified Credential as the list that is served at this address, for Credentials of
    /// this Issuer (section 3.2).
    ///
    /// # Errors
    /// [`StatusError::Uri`] if it is another list, [`StatusError::Issuer`] if it is another
    /// Issuer's, [`StatusError::Entry`] if it is no list, or has a status of its own,
    /// [`StatusError::Member`], [`StatusError::Compression`], [`StatusError::Length`],
    /// [`StatusError::Size`] or [`StatusError::TimeToLive`].
    pub fn read(
        credential: &Verified<Credential>,
        uri: &Url,
        issuer: &str,
    ) -> Result<Self, StatusError> {
        let credential = credential.get();
        if credential.issuer != issuer {
            return Err(StatusError::Issuer(credential::PeerFault::KeyEvidence));
        }
        let claims = &credential.claims;
        let id = claims.get("id").and_then(Value::as_str);
        if id.is_some_and(|id| id != uri.as_str()) {
            return Err(StatusError::Uri);
        }
        let subject = claims.get("credentialSubject").unwrap_or(&Value::Null);
        let is_list = credential.types.iter().any(|one| one == CREDENTIAL) && is_list(subject);
        if !is_list || !credential.status.is_empty() {
            return Err(StatusError::Entry);
        }
        let encoded = subject.get("encodedList").and_then(Value::as_str);
        let encoded = encoded.ok_or(StatusError::Member("encodedList"))?;
        let size = size(subject)?;
        let time_to_live = match subject.get("ttl") {
            None => DEFAULT_TIME_TO_LIVE,
            Some(ttl) => {
                let milliseconds = ttl.as_i64().filter(|ttl| *ttl > 0);
                SignedDuration::from_millis(milliseconds.ok_or(StatusError::TimeToLive)?)
            }
        };
        Ok(Self {
            // How many bits an entry has, the entries say, and the list may.
            bits: Bitstring::decode(1, encoded, MOST_BYTES)?.bytes,
            purposes: purposes(subject)?,
            size,
            messages: messages(subject, size)?,
            valid_from: credential.valid_from,
            valid_until: credential.valid_until,
            time_to_live,
        })
    }

    /// The value of an entry: zero says that nothing is the matter.
    ///
    /// # Errors
    /// [`EntryFault`] if the list is about something else, has entries of another size, or too few
    /// of them.
    pub fn value(&self, entry: &BitstringEntry) -> Result<u8, EntryFault> {
        if !self.purposes.contains(&entry.purpose) {
            return Err(EntryFault::Purpose);
        }
        let fits = self.size.is_none_or(|size| size == entry.size);
        if !fits || !(1..=MOST_BITS).contains(&entry.size) {
            return Err(EntryFault::Size);
        }
        if entries(&self.bits, entry.size) < MINIMUM_ENTRIES {
            return Err(EntryFault::Length);
        }
        value(&self.bits, entry.size, entry.index).ok_or(EntryFault::Range)
    }

    /// What the value of an entry means.
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn message(&self, entry: &BitstringEntry) -> Result<StatusMessage, EntryFault> {
        let value = self.value(entry)?;
        Ok(StatusMessage::of(entry, value, self.messages.as_ref()))
    }

    /// When it was made, if it says so.
    #[must_use]
    pub const fn valid_from(&self) -> Option<Timestamp> {
        self.valid_from
    }

    /// When it expires.
    #[must_use]
    pub const fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// How long a copy may be used before a new one should be fetched (`ttl`).
    #[must_use]
    pub const fn time_to_live(&self) -> SignedDuration {
        self.time_to_live
    }
}

/// The bits of an entry, the highest first: each a byte and a mask.
fn places(bits: &[u8], size: u8, index: u64) -> Option<impl Iterator<Item = (usize, u8)> + use<>> {
    let index = usize::try_from(index).ok()?;
    if index >= entries(bits, size) {
        return None;
    }
    let size = usize::from(size);
    let first = index.checked_mul(size)?;
    Some((first..first + size).map(|bit| (bit / 8, 0x80 >> (bit % 8))))
}

fn value(bits: &[u8], size: u8, index: u64) -> Option<u8> {
    let mut value = 0;
    for (byte, mask) in places(bits, size, index)? {
        let bit = u8::from(bits.get(byte)? & mask != 0);
        value = value << 1 | bit;
    }
    Some(value)
}

fn entries(bits: &[u8], size: u8) -> usize {
    bits.len() * 8 / usize::from(size.max(1))
}

/// `statusPurpose`: one or several. Those that nobody here knows are of no use.
fn purposes(subject: &Value) -> Result<Vec<Purpose>, StatusError> {
    let named = match subject.get("statusPurpose") {
        Some(Value::Array(all)) if !all.is_empty() => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => return Err(StatusError::Member("statusPurpose")),
    };
    let names: Option<Vec<&str>> = named.iter().map(Value::as_str).collect();
    let names = names.ok_or(StatusError::Member("statusPurpose"))?;
    Ok(names.into_iter().filter_map(Purpose::parse).collect())
}

/// `statusSize` of the list, if it has one: its context has no such term.
fn size(subject: &Value) -> Result<Option<u8>, StatusError> {
    let Some(size) = subject.get("statusSize") else {
        return Ok(None);
    };
    let size = size.as_u64().and_then(|size| u8::try_from(size).ok());
    let size = size.filter(|size| (1..=MOST_BITS).contains(size));
    size.map(Some).ok_or(StatusError::Member("statusSize"))
}

/// `statusMessages` of the list, as [`size`].
fn messages(subject: &Value, size: Option<u8>) -> Result<Option<StatusMessages>, StatusError> {
    let Some(told) = subject.get("statusMessages") else {
        return Ok(None);
    };
    let read = StatusMessages::read(told, size.unwrap_or(1));
    read.map(Some).ok_or(StatusError::Member("statusMessages"))
}

/// Whether the subject of a Credential is a list.
fn is_list(subject: &Value) -> bool {
    match subject.get("type") {
        Some(Value::String(one)) => one == LIST,
        Some(Value::Array(all)) => all.iter().any(|one| one == LIST),
        _ => false,
    }
}

const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
const CREDENTIAL: &str = "BitstringStatusListCredential";
const LIST: &str = "BitstringStatusList";
/// Where terms that no context defines get a name.
const UNDEFINED_TERMS: &str = "https://www.w3.org/ns/credentials/undefined-terms/v2";
/// For lists that state none: the specification assumes no value.
const DEFAULT_TIME_TO_LIVE: SignedDuration = SignedDuration::from_secs(300);
const MOST_BITS: u8 = 8;
/// What a list may unfold to: 2^26 entries of one bit.
const MOST_BYTES: usize = 8 * 1024 * 1024;
