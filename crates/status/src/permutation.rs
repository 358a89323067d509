use std::fmt;

use keys::mac::MacKey;

/// A keyed permutation of the indexes of a list: a counter goes in, a random-looking index comes
/// out, and no index comes twice.
///
/// So the order of issuance cannot be read off the indexes, and nobody needs to remember which are
/// free. It is an alternating Feistel network over the smallest power of two that holds the list,
/// with HMAC-SHA256 as round function; results outside the list are fed in again (cycle walking).
///
/// Whoever has the key can invert it: keep it with the signing key, and use one key for one list
/// ([`MacKey::derive`]).
pub struct IndexPermutation {
    entries: u64,
    low_bits: u32,
    high_bits: u32,
    /// The round functions' values for every possible half. One tag serves all rounds.
    rounds: Vec<[u32; ROUNDS]>,
}

impl IndexPermutation {
    /// The permutation of `0..entries` under this key. `None` for an empty list or one of more than
    /// 2^24 entries.
    #[must_use]
    pub fn new(key: &MacKey, entries: u64) -> Option<Self> {
        if !(1..=LARGEST).contains(&entries) {
            return None;
        }
        let bits = entries.next_power_of_two().trailing_zeros();
        let low_bits = bits / 2;
        let high_bits = bits - low_bits;
        let rounds = (0_u32..1 << high_bits)
            .map(|half| round_values(&key.tag(&half.to_be_bytes())))
            .collect();
        Some(Self {
            entries,
            low_bits,
            high_bits,
            rounds,
        })
    }

    /// The index for this counter. `None` when the list is full.
    #[must_use]
    pub fn index(&self, counter: u64) -> Option<u64> {
        if counter >= self.entries {
            return None;
        }
        let mut value = self.shuffle(counter)?;
        // The walk returns to the list at the latest when it meets `counter` again.
        while value >= self.entries {
            value = self.shuffle(value)?;
        }
        Some(value)
    }

    /// The number of indexes.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    fn shuffle(&self, value: u64) -> Option<u64> {
        let low_mask = (1_u32 << self.low_bits) - 1;
        let high_mask = (1_u32 << self.high_bits) - 1;
        let mut low = u32::try_from(value & u64::from(low_mask)).ok()?;
        let mut high = u32::try_from(value >> self.low_bits).ok()?;
        for round in 0..ROUNDS {
            if round % 2 == 0 {
                low ^= self.round(round, high)? & low_mask;
            } else {
                high ^= self.round(round, low)? & high_mask;
            }
        }
        Some(u64::from(high) << self.low_bits | u64::from(low))
    }

    fn round(&self, round: usize, half: u32) -> Option<u32> {
        let half = usize::try_from(half).ok()?;
        self.rounds.get(half)?.get(round).copied()
    }
}

impl fmt::Debug for IndexPermutation {
    /// Leaves the round functions out: they are the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexPermutation")
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

fn round_values(tag: &[u8; 32]) -> [u32; ROUNDS] {
    let mut values = [0; ROUNDS];
    for (value, bytes) in values.iter_mut().zip(tag.as_chunks::<4>().0) {
        *value = u32::from_be_bytes(*bytes);
    }
    values
}

/// As many as one tag feeds. Small domains need more than the four of the textbook.
const ROUNDS: usize = 8;
const LARGEST: u64 = 1 << 24;
