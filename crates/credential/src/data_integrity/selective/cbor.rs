//! The part of CBOR (RFC 8949) that proof values are written in: definite lengths, shortest heads.

/// A data item.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Item {
    Array(Vec<Self>),
    Bytes(Vec<u8>),
    /// Pairs with different keys.
    Map(Vec<(Self, Self)>),
    Number(u64),
    Text(String),
}

impl Item {
    /// Numbers, as an array.
    pub(super) fn numbers(numbers: &[usize]) -> Self {
        let number = |number: &usize| Self::Number(u64::try_from(*number).unwrap_or(u64::MAX));
        Self::Array(numbers.iter().map(number).collect())
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    /// Reads one item and nothing after it.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let item = read(&mut rest, DEEPEST)?;
        rest.is_empty().then_some(item)
    }

    pub(super) fn into_array(self) -> Option<Vec<Self>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn into_map(self) -> Option<Vec<(Self, Self)>> {
        match self {
            Self::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    pub(super) fn into_number(self) -> Option<usize> {
        match self {
            Self::Number(number) => usize::try_from(number).ok(),
            _ => None,
        }
    }

    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An array of numbers, ascending.
    pub(super) fn into_ascending(self) -> Option<Vec<usize>> {
        let numbers = self.into_array()?.into_iter().map(Self::into_number);
        let numbers: Vec<usize> = numbers.collect::<Option<_>>()?;
        numbers
            .is_sorted_by(|left, right| left < right)
            .then_some(numbers)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Number(number) => head(bytes, 0, *number),
            Self::Bytes(string) => {
                head(bytes, 2, string.len() as u64);
                bytes.extend_from_slice(string);
            }
            Self::Text(text) => {
                head(bytes, 3, text.len() as u64);
                bytes.extend_from_slice(text.as_bytes());
            }
            Self::Array(items) => {
                head(bytes, 4, items.len() as u64);
                for item in items {
                    item.write(bytes);
                }
            }
            Self::Map(pairs) => {
                head(bytes, 5, pairs.len() as u64);
                for (key, value) in pairs {
                    key.write(bytes);
                    value.write(bytes);
                }
            }
        }
    }
}

/// The initial byte and the argument (RFC 8949, section 3), in the shortest form.
fn head(bytes: &mut Vec<u8>, kind: u8, argument: u64) {
    let kind = kind << 5;
    let big = argument.to_be_bytes();
    let (code, width) = match argument {
        0..=23 => {
            bytes.push(kind | big.last().copied().unwrap_or_default());
            return;
        }
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    bytes.push(kind | code);
    bytes.extend(big.iter().skip(big.len() - width));
}

fn read(rest: &mut &[u8], depth: usize) -> Option<Item> {
    let depth = depth.checked_sub(1)?;
    let first = take(rest, 1)?.first().copied()?;
    let (kind, code) = (first >> 5, first & 0x1f);
    let argument = match code {
        0..=23 => u64::from(code),
        24..=27 => {
            let bytes = take(rest, 1 << (code - 24))?;
            let wide = bytes
                .iter()
                .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            let least = match code {
                24 => 24,
                25 => 0x100,
                26 => 0x1_0000,
                _ => 0x1_0000_0000,
            };
            Some(wide).filter(|wide| *wide >= least)?
        }
        _ => return None,
    };
    let length = usize::try_from(argument).ok()?;
    // Every item has a byte at least: more of them than bytes are a lie.
    match kind {
        0 => Some(Item::Number(argument)),
        2 => Some(Item::Bytes(take(rest, length)?.to_vec())),
        3 => Some(Item::Text(
            String::from_utf8(take(rest, length)?.to_vec()).ok()?,
        )),
        4 if length <= rest.len() => (0..length)
            .map(|_| read(rest, depth))
            .collect::<Option<_>>()
            .map(Item::Array),
        5 if length <= rest.len() => (0..length)
            .map(|_| Some((read(rest, depth)?, read(rest, depth)?)))
            .collect::<Option<_>>()
            .map(Item::Map),
        _ => None,
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

/// Proof values are an array of arrays.
const DEEPEST: usize = 4;
