use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::bufread::ZlibDecoder;
use flate2::write::ZlibEncoder;
use keys::base64url;

use crate::StatusError;

/// How many bits one status takes (draft-ietf-oauth-status-list, section 4.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bits {
    /// Valid or invalid.
    One,
    /// Room for suspension.
    Two,
    /// 16 values.
    Four,
    /// 256 values.
    Eight,
}

impl Bits {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        1 << self.exponent()
    }

    /// The number as `bits` has it.
    #[must_use]
    pub const fn from_number(number: u64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            4 => Some(Self::Four),
            8 => Some(Self::Eight),
            _ => None,
        }
    }

    const fn exponent(self) -> u32 {
        match self {
            Self::One => 0,
            Self::Two => 1,
            Self::Four => 2,
            Self::Eight => 3,
        }
    }

    const fn mask(self) -> u8 {
        u8::MAX >> (8 - self.number())
    }
}

/// The status of one Credential (section 7.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Status(pub u8);

impl Status {
    /// Revoked for good.
    pub const INVALID: Self = Self(1);
    /// Put on hold.
    pub const SUSPENDED: Self = Self(2);
    /// Good.
    pub const VALID: Self = Self(0);

    /// Whether the Credential is good. Every value but [`Status::VALID`] says no.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.0 == Self::VALID.0
    }
}

/// A Status List (section 4), uncompressed, so that one look-up reads one byte.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StatusList {
    bits: Bits,
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list in which everybody is valid. It has at least [`MINIMUM_ENTRIES`], so that nobody
    /// stands out in a small crowd.
    #[must_use]
    pub fn new(bits: Bits, entries: usize) -> Self {
        let per_byte = 8 >> bits.exponent();
        let bytes = entries.max(MINIMUM_ENTRIES).div_ceil(per_byte);
        Self {
            bits,
            bytes: vec![0; bytes],
        }
    }

    /// Reads the base64url, ZLIB-compressed form, which must not unfold to more than `max_bytes`.
    ///
    /// # Errors
    /// [`StatusError::Compression`] or [`StatusError::Size`].
    pub fn decode(bits: Bits, lst: &str, max_bytes: usize) -> Result<Self, StatusError> {
        let compressed = base64url::decode(lst).map_err(|_| StatusError::Compression)?;
        // Lists are mostly zeros: this saves growing in small steps, whatever the sender claims.
        let mut bytes = Vec::with_capacity(max_bytes.min(compressed.len().saturating_mul(8)));
        // One byte more than permitted tells the full from the overfull.
        let limit = u64::try_from(max_bytes).map_or(u64::MAX, |max| max.saturating_add(1));
        let mut decoder = ZlibDecoder::new(compressed.as_slice()).take(limit);
        decoder
            .read_to_end(&mut bytes)
            .map_err(|_| StatusError::Compression)?;
        if bytes.len() > max_bytes {
            return Err(StatusError::Size);
        }
        let consumed = decoder.into_inner().total_in();
        if usize::try_from(consumed) != Ok(compressed.len()) {
            return Err(StatusError::Compression);
        }
        Ok(Self { bits, bytes })
    }

    /// Writes the status of one entry.
    ///
    /// # Errors
    /// [`StatusError::Index`] if there is no such entry, or the value does not fit.
    pub fn set(&mut self, index: u64, status: Status) -> Result<(), StatusError> {
        let mask = self.bits.mask();
        if status.0 & !mask != 0 {
            return Err(StatusError::Index);
        }
        let (byte, shift) = self.place(index).ok_or(StatusError::Index)?;
        let byte = self.bytes.get_mut(byte).ok_or(StatusError::Index)?;
        *byte = (*byte & !(mask << shift)) | (status.0 << shift);
        Ok(())
    }

    /// The status of one entry, or nothing if there is no such entry.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<Status> {
        let (byte, shift) = self.place(index)?;
        let byte = self.bytes.get(byte)?;
        Some(Status((byte >> shift) & self.bits.mask()))
    }

    /// How many bits one status takes.
    #[must_use]
    pub const fn bits(&self) -> Bits {
        self.bits
    }

    /// The number of entries.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.bytes.len() * (8 >> self.bits.exponent())
    }

    /// The base64url, ZLIB-compressed form (`lst`), at the highest compression level.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; what would come out otherwise is unreadable, not wrong.
        let _ = encoder.write_all(&self.bytes);
        base64url::encode(encoder.finish().unwrap_or_default())
    }

    /// The byte that holds an entry, and how far it is shifted.
    fn place(&self, index: u64) -> Option<(usize, u32)> {
        let exponent = self.bits.exponent();
        let per_byte = 3 - exponent;
        let byte = usize::try_from(index >> per_byte).ok()?;
        #[expect(clippy::cast_possible_truncation, reason = "it is below 8")]
        let position = (index & ((1 << per_byte) - 1)) as u32;
        Some((byte, position << exponent))
    }
}

/// The smallest list that is published: the herd that one entry hides in.
pub const MINIMUM_ENTRIES: usize = 131_072;
