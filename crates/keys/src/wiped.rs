use std::fmt;
use std::ops::{Deref, DerefMut};

/// Bytes that are wiped when they are dropped: all that was allocated for them.
///
/// For what is large. `Zeroizing` goes byte by byte, some ten milliseconds for a vault of 32 MiB;
/// this goes as fast as the memory.
#[derive(Default)]
pub struct Wiped(Vec<u8>);

impl From<Vec<u8>> for Wiped {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<String> for Wiped {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl Deref for Wiped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Wiped {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl fmt::Debug for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wiped([REDACTED])")
    }
}

/// Leaves zeros in the whole of what is allocated.
fn wipe(bytes: &mut Vec<u8>) {
    let whole = bytes.capacity();
    bytes.clear();
    bytes.resize(whole, 0);
    // Nobody reads the zeros, and they must be written nonetheless.
    zeroize::optimization_barrier(bytes.as_slice());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_there_until_they_are_dropped_and_are_never_shown() {
        let mut bytes = Wiped::from(b"hunter2".to_vec());
        bytes[0] = b'H';
        assert_eq!(&*bytes, b"Hunter2");
        assert_eq!(format!("{bytes:?}"), "Wiped([REDACTED])");
    }

    #[test]
    fn wiping_reaches_all_that_was_allocated_and_moves_nothing() {
        let mut bytes = b"hunter2".to_vec();
        bytes.reserve(100);
        let (place, whole) = (bytes.as_ptr(), bytes.capacity());
        wipe(&mut bytes);
        assert_eq!(bytes, vec![0; whole]);
        assert_eq!(bytes.as_ptr(), place);
    }
}
