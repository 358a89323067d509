use std::fmt;
use std::sync::Arc;

use bbs::{PublicKey, SecretKey};
use did::{Did, Method};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use keys::sha256;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use strict_json::Limits;
use url::Url;
use zeroize::Zeroizing;

use crate::{CONTEXTS, PROFILE, Schedule, ScheduleError, Slot, TYPES};

/// The signing key of one Issuer and one epoch.
#[derive(Debug)]
pub struct EpochKey(SecretKey);

impl EpochKey {
    /// Makes a fresh key. None is ever used for two epochs.
    ///
    /// # Errors
    /// [`bbs::Error`] never in practice.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Result<Self, bbs::Error> {
        SecretKey::generate(rng).map(Self)
    }

    /// Reads what [`Self::expose_secret`] handed out.
    ///
    /// # Errors
    /// [`bbs::DecodeError`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, bbs::DecodeError> {
        SecretKey::from_bytes(bytes).map(Self)
    }

    /// Hands out the secret scalar.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<[u8; 32]> {
        self.0.expose_secret()
    }

    /// The public key as a Multikey (Controlled Identifiers 1.0, section 2.2.2).
    #[must_use]
    pub fn multikey(&self) -> String {
        write_multikey(self.0.public())
    }

    pub(crate) fn secret(&self) -> &SecretKey {
        &self.0
    }
}

/// All that is public about one Issuer's certificates of one epoch, and equal for everybody.
///
/// It is published one epoch ahead, as its canonical bytes (RFC 8785). Its hash stands in the
/// header of every signature, in every certificate and in every presentation: two people with
/// different profiles could be told apart, so a Wallet takes one per epoch ([`ProfilePins`]) and
/// refuses whatever differs in a byte. A clone shares the contents.
///
/// [`ProfilePins`]: crate::ProfilePins
#[derive(Clone)]
pub struct EpochProfile(Arc<Contents>);

struct Contents {
    wire: Wire,
    key: PublicKey,
    offset: Offset,
    canonical: Vec<u8>,
    hash: [u8; 32],
    begins: Timestamp,
    ends: Timestamp,
}

impl EpochProfile {
    /// Makes the profile of an epoch.
    ///
    /// `issuer` is a DID, or an `https` URL (`http` on loopback). `time_zone` is the offset of
    /// legal time from UTC, `+00:00`, by which ages are computed.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn new(
        issuer: &str,
        schedule: Schedule,
        epoch: u64,
        time_zone: &str,
        key: &EpochKey,
    ) -> Result<Self, ProfileError> {
        Self::checked(Wire {
            contexts: CONTEXTS.map(str::to_owned).to_vec(),
            epoch,
            issuer: issuer.to_owned(),
            key: key.multikey(),
            profile: PROFILE.to_owned(),
            schedule,
            slots: Slot::ALL.map(|slot| slot.name().to_owned()).to_vec(),
            time_zone: time_zone.to_owned(),
            types: TYPES.map(str::to_owned).to_vec(),
        })
    }

    /// Reads a published profile: exactly the canonical bytes.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ProfileError> {
        let wire = strict_json::from_slice(bytes, Limits::bytes(LONGEST_PROFILE))?;
        let profile = Self::checked(wire)?;
        match profile.canonical() == bytes {
            true => Ok(profile),
            false => Err(ProfileError::Canonical),
        }
    }

    /// The canonical bytes (RFC 8785), as they are published.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.0.canonical
    }

    /// SHA-256 of the canonical bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.0.hash
    }

    /// What every signature of the epoch is bound to: [`PROFILE`], then the hash.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        [PROFILE.as_bytes(), &self.0.hash].concat()
    }

    /// Who issues.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.wire.issuer
    }

    /// The number of the epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.0.wire.epoch
    }

    /// The key of the epoch.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.0.key
    }

    /// The key as a Multikey.
    #[must_use]
    pub fn multikey(&self) -> &str {
        &self.0.wire.key
    }

    /// The Verification Method that certificates name: `<issuer>#net-<epoch>`.
    #[must_use]
    pub fn verification_method(&self) -> String {
        format!("{}#net-{}", self.issuer(), self.epoch())
    }

    /// When the Issuer's epochs begin and end.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        self.0.wire.schedule
    }

    /// When certificates begin to be good (`validFrom`).
    #[must_use]
    pub fn valid_from(&self) -> Timestamp {
        self.0.begins
    }

    /// When certificates run out (`validUntil`).
    #[must_use]
    pub fn valid_until(&self) -> Timestamp {
        self.0.ends
    }

    /// When certificates begin to be issued.
    ///
    /// # Errors
    /// [`ScheduleError`] if that is before the calendar.
    pub fn renew_from(&self) -> Result<Timestamp, ScheduleError> {
        self.schedule().issued_from(self.epoch())
    }

    /// When wallets begin to show certificates of this epoch.
    ///
    /// # Errors
    /// [`ScheduleError`] if that is beyond the calendar.
    pub fn switch_at(&self) -> Result<Timestamp, ScheduleError> {
        self.schedule().switches(self.epoch())
    }

    /// The offset of legal time from UTC.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.0.wire.time_zone
    }

    /// The day on which the epoch begins in legal time: ages are as of this day, and never
    /// change within the epoch.
    #[must_use]
    pub fn reference_date(&self) -> Date {
        self.0.offset.to_datetime(self.0.begins).date()
    }

    fn checked(wire: Wire) -> Result<Self, ProfileError> {
        if wire.profile != PROFILE {
            return Err(ProfileError::Profile);
        }
        if wire.contexts != CONTEXTS
            || wire.types != TYPES
            || !wire.slots.iter().eq(Slot::ALL.map(Slot::name).iter())
        {
            return Err(ProfileError::Shape);
        }
        if !is_issuer(&wire.issuer) {
            return Err(ProfileError::Issuer);
        }
        let key = read_multikey(&wire.key)?;
        let offset = read_offset(&wire.time_zone).ok_or(ProfileError::TimeZone)?;
        let begins = wire.schedule.begins(wire.epoch)?;
        let ends = wire.schedule.ends(wire.epoch)?;
        let canonical = canonical(&wire).ok_or(ProfileError::Canonical)?;
        Ok(Self(Arc::new(Contents {
            hash: sha256(&canonical),
            wire,
            key,
            offset,
            canonical,
            begins,
            ends,
        })))
    }
}

impl Eq for EpochProfile {}

impl PartialEq for EpochProfile {
    fn eq(&self, other: &Self) -> bool {
        self.0.canonical == other.0.canonical
    }
}

impl fmt::Debug for EpochProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EpochProfile")
            .field("issuer", &self.issuer())
            .field("epoch", &self.epoch())
            .field("hash", &keys::base64url::encode(self.0.hash))
            .finish()
    }
}

/// Why a profile was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProfileError {
    /// The bytes are not the canonical ones.
    #[error("the epoch profile is not in canonical form")]
    Canonical,
    /// The issuer is neither a DID nor an `https` URL.
    #[error("the epoch profile's issuer is neither a DID nor an https URL")]
    Issuer,
    /// The bytes are no JSON of this shape.
    #[error("the epoch profile cannot be read")]
    Json(#[from] strict_json::JsonError),
    /// The key is no BBS key, or no point of the group.
    #[error("the epoch profile's key is not usable")]
    Key,
    /// Another profile version, or other revisions of the drafts.
    #[error("the epoch profile is of a version that is not spoken here")]
    Profile,
    /// The schedule is not lawful.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Other slots, contexts or types than the version has.
    #[error("the epoch profile's slots, contexts or types are not those of its version")]
    Shape,
    /// The offset is not written `+01:00`, or there is no such offset.
    #[error("the epoch profile's time zone is no offset from UTC")]
    TimeZone,
}

/// The members in their canonical order.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    contexts: Vec<String>,
    epoch: u64,
    issuer: String,
    key: String,
    profile: String,
    schedule: Schedule,
    slots: Vec<String>,
    time_zone: String,
    types: Vec<String>,
}

fn canonical(wire: &Wire) -> Option<Vec<u8>> {
    let value = serde_json::to_value(wire).ok()?;
    let text = strict_json::canonicalize(&value).ok()?;
    Some(text.into_bytes())
}

fn is_issuer(text: &str) -> bool {
    if text.len() > LONGEST_ISSUER {
        return false;
    }
    if text.starts_with("did:") {
        return Did::parse(text).is_ok_and(|did| did.method() != Method::Web || web(&did));
    }
    Url::parse(text).is_ok_and(|url| {
        let plain = url.query().is_none() && url.fragment().is_none();
        let secure = web_address::is_secure(&url, true);
        // A URL that the parser rewrites has other spellings.
        let read = url.as_str();
        plain && secure && (read == text || read.strip_suffix('/') == Some(text))
    })
}

fn web(did: &Did) -> bool {
    did::web::url(did, true).is_ok()
}

/// Reads `+01:00`.
fn read_offset(text: &str) -> Option<Offset> {
    let [sign, a, b, b':', c, d] = text.as_bytes() else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let (hours, minutes) = (digit(a)? * 10 + digit(b)?, digit(c)? * 10 + digit(d)?);
    let magnitude = SignedDuration::from_mins(hours * 60 + minutes);
    let lawful = hours <= 14 && minutes < 60;
    match sign {
        b'+' if lawful => Offset::try_from(magnitude).ok(),
        // There is one way to write zero.
        b'-' if lawful && !magnitude.is_zero() => Offset::try_from(-magnitude).ok(),
        _ => None,
    }
}

fn write_multikey(key: &PublicKey) -> String {
    let bytes = [G2_CODE.as_slice(), &key.to_bytes()].concat();
    format!("z{}", bs58::encode(bytes).into_string())
}

fn read_multikey(text: &str) -> Result<PublicKey, ProfileError> {
    let digits = text
        .strip_prefix('z')
        .filter(|digits| digits.len() <= LONGEST_MULTIKEY)
        .ok_or(ProfileError::Key)?;
    let bytes = bs58::decode(digits)
        .into_vec()
        .map_err(|_| ProfileError::Key)?;
    let key = bytes.strip_prefix(&G2_CODE).ok_or(ProfileError::Key)?;
    let key = PublicKey::from_bytes(key).map_err(|_| ProfileError::Key)?;
    match write_multikey(&key) == text {
        true => Ok(key),
        false => Err(ProfileError::Key),
    }
}

/// Multicodec `bls12_381-g2-pub` as a varint.
const G2_CODE: [u8; 2] = [0xeb, 0x01];
/// 98 bytes are at most 134 digits.
const LONGEST_MULTIKEY: usize = 140;
const LONGEST_ISSUER: usize = 512;
const LONGEST_PROFILE: usize = 8 * 1024;
