//! The part of CBOR (RFC 8949) that a presentation needs, in its deterministic form (section
//! 4.2.1) and no other: one value, one text.

use std::ops::Range;

/// Writes items one after another.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn array(&mut self, items: usize) -> &mut Self {
        self.head(ARRAY, wide(items))
    }

    pub(crate) fn map(&mut self, pairs: usize) -> &mut Self {
        self.head(MAP, wide(pairs))
    }

    pub(crate) fn number(&mut self, value: usize) -> &mut Self {
        self.head(NUMBER, wide(value))
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.head(BYTES, wide(value.len()));
        self.0.extend_from_slice(value);
        self
    }

    pub(crate) fn string(&mut self, value: &str) -> &mut Self {
        self.head(TEXT, wide(value.len()));
        self.0.extend_from_slice(value.as_bytes());
        self
    }

    pub(crate) fn flag(&mut self, value: bool) -> &mut Self {
        self.0.push(if value { TRUE } else { FALSE });
        self
    }

    pub(crate) fn null(&mut self) -> &mut Self {
        self.0.push(NULL);
        self
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    fn head(&mut self, kind: u8, value: u64) -> &mut Self {
        let bytes = value.to_be_bytes();
        let (info, used) = match value {
            0..24 => (bytes[7], 8..8),
            24..0x100 => (24, 7..8),
            0x100..0x1_0000 => (25, 6..8),
            0x1_0000..0x1_0000_0000 => (26, 4..8),
            _ => (27, 0..8),
        };
        self.0.push(kind << 5 | info);
        self.0.extend_from_slice(part(&bytes, used));
        self
    }
}

/// Reads items one after another.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn array(&mut self, items: usize) -> Result<(), NotDeterministic> {
        match self.head(ARRAY)? == wide(items) {
            true => Ok(()),
            false => Err(NotDeterministic),
        }
    }

    pub(crate) fn map(&mut self) -> Result<u64, NotDeterministic> {
        self.head(MAP)
    }

    pub(crate) fn number(&mut self) -> Result<u64, NotDeterministic> {
        self.head(NUMBER)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], NotDeterministic> {
        let length = self.head(BYTES)?;
        self.take(length)
    }

    /// Bytes, or nothing.
    pub(crate) fn optional_bytes(&mut self) -> Result<Option<&'a [u8]>, NotDeterministic> {
        match self.0.split_first() {
            Some((&NULL, rest)) => {
                self.0 = rest;
                Ok(None)
            }
            _ => self.bytes().map(Some),
        }
    }

    /// A text, or a flag.
    pub(crate) fn text_or_flag(&mut self) -> Result<TextOrFlag<'a>, NotDeterministic> {
        match self.0.split_first() {
            Some((flag @ &(TRUE | FALSE), rest)) => {
                self.0 = rest;
                Ok(TextOrFlag::Flag(*flag == TRUE))
            }
            _ => {
                let length = self.head(TEXT)?;
                std::str::from_utf8(self.take(length)?)
                    .map(TextOrFlag::Text)
                    .map_err(|_| NotDeterministic)
            }
        }
    }

    pub(crate) fn finish(self) -> Result<(), NotDeterministic> {
        match self.0 {
            [] => Ok(()),
            _ => Err(NotDeterministic),
        }
    }

    /// Reads a head in its shortest form.
    fn head(&mut self, kind: u8) -> Result<u64, NotDeterministic> {
        let (first, rest) = self.0.split_first().ok_or(NotDeterministic)?;
        self.0 = rest;
        if first >> 5 != kind {
            return Err(NotDeterministic);
        }
        let (length, least) = match first & 31 {
            info @ 0..24 => return Ok(info.into()),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return Err(NotDeterministic),
        };
        let value = self
            .take(length)?
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte));
        match value >= least {
            true => Ok(value),
            false => Err(NotDeterministic),
        }
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], NotDeterministic> {
        let length = usize::try_from(length).map_err(|_| NotDeterministic)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(NotDeterministic)?;
        self.0 = rest;
        Ok(taken)
    }
}

/// What [`Reader::text_or_flag`] found.
pub(crate) enum TextOrFlag<'a> {
    Flag(bool),
    Text(&'a str),
}

/// The bytes are not what a [`Writer`] writes here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NotDeterministic;

fn wide(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

fn part(bytes: &[u8; 8], range: Range<usize>) -> &[u8] {
    bytes.get(range).unwrap_or_default()
}

const NUMBER: u8 = 0;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::default();
        write(&mut writer);
        writer.finish()
    }

    #[test]
    fn writes_the_examples_of_rfc_8949_appendix_a() {
        let numbers: [(usize, &[u8]); 7] = [
            (0, &[0x00]),
            (23, &[0x17]),
            (24, &[0x18, 0x18]),
            (100, &[0x18, 0x64]),
            (1000, &[0x19, 0x03, 0xe8]),
            (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
            (
                1_000_000_000_000,
                &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00],
            ),
        ];
        for (number, bytes) in numbers {
            assert_eq!(
                written(|writer| {
                    writer.number(number);
                }),
                bytes
            );
            assert_eq!(Reader::new(bytes).number(), Ok(number as u64));
        }
        let all = written(|writer| {
            writer
                .array(4)
                .bytes(&[1, 2, 3, 4])
                .string("ü")
                .map(0)
                .null();
        });
        assert_eq!(all, [0x84, 0x44, 1, 2, 3, 4, 0x62, 0xc3, 0xbc, 0xa0, 0xf6]);
    }

    #[test]
    fn longer_forms_other_kinds_and_open_lengths_are_refused() {
        let refused: [&[u8]; 8] = [
            &[0x18, 0x17],
            &[0x19, 0x00, 0xff],
            &[0x1a, 0x00, 0x00, 0xff, 0xff],
            &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
            &[0x1f],
            &[0x1c],
            &[0x40],
            &[],
        ];
        for bytes in refused {
            assert_eq!(Reader::new(bytes).number(), Err(NotDeterministic));
        }
        assert!(Reader::new(&[0x42, 0]).bytes().is_err());
        assert!(Reader::new(&[0x61, 0xff]).text_or_flag().is_err());
        assert!(
            Reader::new(&[0x5b, 255, 255, 255, 255, 255, 255, 255, 255])
                .bytes()
                .is_err()
        );
        assert!(Reader::new(&[0]).finish().is_err());
    }
}
