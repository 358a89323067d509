//! Numbers that look random and come from a seed, so that a game can be played again.

use std::convert::Infallible;

use keys::sha256;
use rand_core::{Rng as _, TryCryptoRng, TryRng};

/// What every random choice of a game comes from.
#[derive(Clone)]
pub(crate) struct Numbers {
    key: [u8; 32],
    drawn: u64,
}

impl Numbers {
    /// The numbers of one purpose.
    pub(crate) fn of(seed: &[u8; 32], purpose: &str) -> Self {
        Self {
            key: sha256(&[seed.as_slice(), purpose.as_bytes()].concat()),
            drawn: 0,
        }
    }

    /// One of `count` numbers, the same chance for each as far as 2^64 goes.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.next_u64().checked_rem(count).unwrap_or(0)
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill_bytes(&mut bytes);
        bytes
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            let other = self.below(end as u64 + 1);
            list.swap(end, usize::try_from(other).unwrap_or(end));
        }
    }
}

impl TryRng for Numbers {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.drawn += 1;
            let block = sha256(&[self.key.as_slice(), &self.drawn.to_be_bytes()].concat());
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Numbers {}
