//! Tests' own randomness.

use rand_core::UnwrapErr;

/// The operating system's randomness.
pub(super) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}
