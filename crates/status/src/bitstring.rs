//! Bitstring Status List 1.0 (W3C): the status of Credentials as a Credential of its own.

use std::io::{Read as _, Write as _};

use credential::{Credential, Verified};
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use keys::base64url;
use serde_json::{Map, Value, json};
use url::Url;

use crate::{MINIMUM_ENTRIES, StatusError};

/// What a status is about (section 2.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Purpose {
    /// One of several messages.
    Message,
    /// A newer Credential can be had.
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
    /// [`StatusError::Compression`] or [`StatusError::Size`].
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
        if !fits || list.entries() < MINIMUM_ENTRIES {
            return Err(StatusError::Size);
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
        let places = self.places(index).ok_or(StatusError::Index)?;
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
        let mut value = 0;
        for (byte, mask) in self.places(index)? {
            let bit = u8::from(self.bytes.get(byte)? & mask != 0);
            value = value << 1 | bit;
        }
        Some(value)
    }

    /// How many bits an entry has (`statusSize`).
    #[must_use]
    pub const fn size(&self) -> u8 {
        self.size
    }

    /// The number of entries.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.bytes.len() * 8 / usize::from(self.size.max(1))
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

    /// The bits of an entry, the highest first: each a byte and a mask.
    fn places(&self, index: u64) -> Option<impl Iterator<Item = (usize, u8)> + use<>> {
        let index = usize::try_from(index).ok()?;
        if index >= self.entries() {
            return None;
        }
        let size = usize::from(self.size);
        let first = index.checked_mul(size)?;
        Some((first..first + size).map(|bit| (bit / 8, 0x80 >> (bit % 8))))
    }
}

/// A list about to be published as a Credential (section 2.2).
#[derive(Clone, Copy, Debug)]
pub struct BitstringPublication<'a> {
    /// The list.
    pub list: &'a Bitstring,
    /// What it is about.
    pub purpose: Purpose,
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
        let credential = json!({
            "@context": [CONTEXT],
            "id": self.uri,
            "type": ["VerifiableCredential", CREDENTIAL],
            "issuer": self.issuer,
            "validFrom": seconds(self.valid_from),
            "validUntil": seconds(self.valid_until),
            "credentialSubject": {
                "id": format!("{}#list", self.uri),
                "type": LIST,
                "statusPurpose": self.purpose.name(),
                "encodedList": self.list.encode(),
                "ttl": self.time_to_live.as_secs().max(1).saturating_mul(1000),
            },
        });
        match credential {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

/// What a Credential says of where its status is (section 2.1).
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
    /// Reads the members of `credentialStatus`, one or several, that are of this type. Others are
    /// for others to read.
    ///
    /// # Errors
    /// [`StatusError::Entry`] if one is of this type and malformed.
    pub fn read_all(status: &Value) -> Result<Vec<Self>, StatusError> {
        let all = match status {
            Value::Array(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        let ours = all.iter().filter(|one| is_type(one, ENTRY));
        ours.map(|one| Self::read(one).ok_or(StatusError::Entry))
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
        let digits = index.bytes().all(|byte| byte.is_ascii_digit());
        ((1..=MOST_BITS).contains(&size) && digits).then_some(Self {
            purpose,
            index: index.parse().ok()?,
            list: text("statusListCredential")?.parse().ok()?,
            size,
        })
    }
}

/// Evidence of what an Issuer said about its Credentials at one time.
#[derive(Clone, Debug)]
pub struct BitstringList {
    list: Bitstring,
    purposes: Vec<Purpose>,
    valid_until: Option<Timestamp>,
    time_to_live: SignedDuration,
}

impl BitstringList {
    /// Reads a verified Credential as the list to which an entry of the same Issuer's Credential
    /// refers (section 3.2).
    ///
    /// # Errors
    /// [`StatusError::Uri`] if it is another list, [`StatusError::Issuer`] if it is another
    /// Issuer's, [`StatusError::Entry`] if it is not about the entry's purpose,
    /// [`StatusError::Compression`] or [`StatusError::Size`].
    pub fn read(
        credential: &Verified<Credential>,
        entry: &BitstringEntry,
        issuer: &str,
    ) -> Result<Self, StatusError> {
        let credential = credential.get();
        if credential.issuer != issuer {
            return Err(StatusError::Issuer(credential::PeerFault::KeyEvidence));
        }
        let claims = &credential.claims;
        let id = claims.get("id").and_then(Value::as_str);
        if id.is_some_and(|id| id != entry.list.as_str()) {
            return Err(StatusError::Uri);
        }
        let subject = claims.get("credentialSubject").unwrap_or(&Value::Null);
        if !credential.types.iter().any(|one| one == CREDENTIAL) || !is_type(subject, LIST) {
            return Err(StatusError::Entry);
        }
        let purposes = match subject.get("statusPurpose") {
            Some(Value::Array(all)) => all.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let purposes: Vec<Purpose> = purposes
            .iter()
            .filter_map(|one| Purpose::parse(one.as_str()?))
            .collect();
        if !purposes.contains(&entry.purpose) {
            return Err(StatusError::Entry);
        }
        let encoded = subject.get("encodedList").and_then(Value::as_str);
        let encoded = encoded.ok_or(StatusError::Compression)?;
        let time_to_live = match subject.get("ttl") {
            None => DEFAULT_TIME_TO_LIVE,
            Some(ttl) => {
                let milliseconds = ttl.as_i64().filter(|ttl| *ttl > 0);
                SignedDuration::from_millis(milliseconds.ok_or(StatusError::TimeToLive)?)
            }
        };
        Ok(Self {
            list: Bitstring::decode(entry.size, encoded, MOST_BYTES)?,
            purposes,
            valid_until: credential.valid_until,
            time_to_live,
        })
    }

    /// The value of an entry: zero says that nothing is the matter. `None` if there is no such
    /// entry, or the list is about something else.
    #[must_use]
    pub fn value(&self, entry: &BitstringEntry) -> Option<u8> {
        let about = self.purposes.contains(&entry.purpose) && self.list.size() == entry.size;
        about.then(|| self.list.get(entry.index)).flatten()
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

/// Whether `type` is, or contains, a name.
fn is_type(object: &Value, name: &str) -> bool {
    match object.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(all)) => all.iter().any(|one| one == name),
        _ => false,
    }
}

const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
const CREDENTIAL: &str = "BitstringStatusListCredential";
const ENTRY: &str = "BitstringStatusListEntry";
const LIST: &str = "BitstringStatusList";
/// The specification's: five minutes.
const DEFAULT_TIME_TO_LIVE: SignedDuration = SignedDuration::from_secs(300);
const MOST_BITS: u8 = 8;
/// What a list may unfold to: 2^26 entries of one bit.
const MOST_BYTES: usize = 8 * 1024 * 1024;
