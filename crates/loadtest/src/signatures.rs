//! What the signatures of a flow cost alone.

use std::hint::black_box;
use std::time::{Duration, Instant};

use keys::{Algorithm, KeyError, SigningKey};

use crate::process::Process;

/// The computing time of one ES256 signature and of one verification, in microseconds, with keys
/// that were read before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signatures {
    sign: f64,
    verify: f64,
}

impl Signatures {
    /// Measures them on this thread.
    ///
    /// # Errors
    /// [`SignaturesError`]
    pub(crate) fn measure() -> Result<Self, SignaturesError> {
        let key = SigningKey::generate(Algorithm::Es256, &mut host::system_rng());
        // As long as the signed part of a short JWT.
        let message = [b'x'; 400];
        let signature = key.sign(&message)?;
        Ok(Self {
            sign: micros(|| key.sign(black_box(&message)).is_ok()),
            verify: micros(|| key.public().verify(black_box(&message), &signature).is_ok()),
        })
    }

    /// The computing time of so many of them, in microseconds.
    pub(crate) fn micros(self, signed: u32, verified: u32) -> f64 {
        f64::from(signed) * self.sign + f64::from(verified) * self.verify
    }
}

/// Why signatures cannot be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignaturesError {
    /// They cannot be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No net certificate can be made.
    #[error("a net certificate cannot be made")]
    Net,
}

/// The computing time of some work on this thread, in microseconds.
pub(crate) fn micros(work: impl Fn() -> bool) -> f64 {
    let (begun, cpu) = (Instant::now(), Process::own_cpu());
    let mut done = 0_u32;
    while begun.elapsed() < LONG_ENOUGH {
        for _ in 0..ROUND {
            black_box(work());
        }
        done += ROUND;
    }
    let used = Process::own_cpu() - cpu;
    used.as_secs_f64() * 1e6 / f64::from(done)
}

/// So that what the machine does beside it is small against it.
const LONG_ENOUGH: Duration = Duration::from_millis(500);
const ROUND: u32 = 100;
