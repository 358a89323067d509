use getrandom::SysRng;
use rand_core::UnwrapErr;

/// The operating system's generator.
///
/// It panics when the kernel has no randomness to give: a process that would go on without would
/// make guessable keys.
pub type SystemRng = UnwrapErr<SysRng>;

/// Returns the operating system's generator. It holds no state, so it is made where it is used.
#[must_use]
pub fn system_rng() -> SystemRng {
    UnwrapErr(SysRng)
}

#[cfg(test)]
mod tests {
    use rand_core::Rng;

    use super::system_rng;

    #[test]
    fn two_draws_differ() {
        let mut rng = system_rng();
        let (mut first, mut second) = ([0_u8; 32], [0_u8; 32]);
        rng.fill_bytes(&mut first);
        rng.fill_bytes(&mut second);
        assert_ne!(first, second);
    }
}
