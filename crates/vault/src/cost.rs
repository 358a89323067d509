use argon2::{Algorithm, Argon2, Params, Version};
use keys::seal::SealingKey;
use zeroize::Zeroizing;

/// What one guess of the passphrase costs (Argon2id, RFC 9106).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// The cost of new vaults: 64 MiB, three passes, one lane (the second choice of RFC 9106,
    /// section 4, on one core; above OWASP's minimum of 19 MiB and two passes).
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }

    /// Almost nothing, so that tests may open thousands of vaults. Protects nobody.
    #[must_use]
    pub const fn insecure_for_tests() -> Self {
        Self {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        let numbers = [self.memory_kib, self.passes, self.lanes];
        for (place, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    /// Reads a cost, if this program would ever ask for it: a file must not make it claim all
    /// memory or never end.
    pub(crate) fn from_bytes(bytes: [u8; 12]) -> Option<Self> {
        let (numbers, _) = bytes.as_chunks::<4>();
        let &[memory_kib, passes, lanes] = numbers else {
            return None;
        };
        let cost = Self {
            memory_kib: u32::from_be_bytes(memory_kib),
            passes: u32::from_be_bytes(passes),
            lanes: u32::from_be_bytes(lanes),
        };
        let sane = cost.memory_kib <= MOST_MEMORY_KIB && cost.passes <= MOST_PASSES;
        (sane && cost.params().is_some()).then_some(cost)
    }

    /// Derives the key that seals the data key.
    pub(crate) fn derive(self, passphrase: &[u8], salt: &[u8; 16]) -> Option<SealingKey> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params()?);
        let mut key = Zeroizing::new([0; 32]);
        argon2
            .hash_password_into(passphrase, salt, key.as_mut_slice())
            .ok()?;
        Some(SealingKey::new(&key))
    }

    fn params(self) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok()
    }
}

const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_read_as_it_was_written() {
        for cost in [Cost::standard(), Cost::insecure_for_tests()] {
            assert_eq!(Cost::from_bytes(cost.to_bytes()), Some(cost));
        }
    }

    #[test]
    fn a_cost_that_would_take_all_memory_or_never_end_is_refused() {
        let standard = Cost::standard();
        for cost in [
            Cost {
                memory_kib: u32::MAX,
                ..standard
            },
            Cost {
                passes: u32::MAX,
                ..standard
            },
            Cost {
                lanes: u32::MAX,
                ..standard
            },
            Cost {
                memory_kib: 0,
                ..standard
            },
            Cost {
                passes: 0,
                ..standard
            },
            Cost {
                lanes: 0,
                ..standard
            },
        ] {
            assert_eq!(Cost::from_bytes(cost.to_bytes()), None, "{cost:?}");
        }
    }

    #[test]
    fn the_standard_cost_is_above_the_minimum_of_owasp() {
        let Cost {
            memory_kib, passes, ..
        } = Cost::standard();
        assert!(memory_kib >= 19 * 1024 && passes >= 2);
    }
}
