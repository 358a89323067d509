//! What tests share.

use getrandom::SysRng;
use rand_core::UnwrapErr;

/// The operating system's randomness.
pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
