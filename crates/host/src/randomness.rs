use std::convert::Infallible;
use std::fmt;

use getrandom::SysRng;
use rand_core::{Rng as _, TryCryptoRng, TryRng, UnwrapErr};
use zeroize::{Zeroize as _, Zeroizing};

/// The operating system's generator.
///
/// It draws some hundred bytes at a time, because the way into the kernel costs more than they do,
/// and forgets each byte as it is handed out.
///
/// It panics when the kernel has no randomness to give: a process that would go on without would
/// make guessable keys.
pub struct SystemRng {
    drawn: Zeroizing<[u8; DRAW]>,
    handed_out: usize,
}

/// Returns the operating system's generator. It is made where it is used, and not kept: what was
/// drawn and not handed out ends with it.
#[must_use]
pub fn system_rng() -> SystemRng {
    SystemRng {
        drawn: Zeroizing::new([0; DRAW]),
        handed_out: DRAW,
    }
}

impl TryRng for SystemRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        if bytes.len() > DRAW {
            UnwrapErr(SysRng).fill_bytes(bytes);
            return Ok(());
        }
        if DRAW - self.handed_out < bytes.len() {
            UnwrapErr(SysRng).fill_bytes(self.drawn.as_mut_slice());
            self.handed_out = 0;
        }
        let end = self.handed_out + bytes.len();
        if let Some(next) = self.drawn.get_mut(self.handed_out..end) {
            bytes.copy_from_slice(next);
            next.zeroize();
        }
        self.handed_out = end;
        Ok(())
    }
}

impl TryCryptoRng for SystemRng {}

impl fmt::Debug for SystemRng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemRng").finish_non_exhaustive()
    }
}

/// Enough for a credential with a dozen salts in two draws.
const DRAW: usize = 256;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_core::Rng;

    use super::{DRAW, system_rng};

    #[test]
    fn no_draw_repeats_another_or_stays_empty() {
        let mut seen = HashSet::new();
        for _ in 0..4 {
            let mut rng = system_rng();
            // Sizes that cross the end of what was drawn at every offset.
            for size in (16..80).chain([DRAW, DRAW + 1, 3 * DRAW]) {
                let mut bytes = vec![0_u8; size];
                rng.fill_bytes(&mut bytes);
                let start: [u8; 8] = bytes[..8].try_into().unwrap();
                let end: [u8; 8] = bytes[size - 8..].try_into().unwrap();
                assert!(start != [0; 8] && end != [0; 8]);
                assert!(seen.insert(start) && seen.insert(end), "{size}");
            }
            assert!(seen.insert(rng.next_u64().to_le_bytes()));
        }
    }

    #[test]
    fn what_was_handed_out_is_forgotten() {
        let mut rng = system_rng();
        let mut bytes = [0_u8; 100];
        rng.fill_bytes(&mut bytes);
        assert_eq!(rng.drawn[..100], [0; 100]);
        assert_ne!(rng.drawn[100..], [0; DRAW - 100]);
        assert_eq!(format!("{rng:?}"), "SystemRng { .. }");
    }
}
