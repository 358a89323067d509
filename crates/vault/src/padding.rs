use std::ops::Range;

use keys::Wiped;
use zeroize::Zeroizing;

/// Writes the length, the contents part by part, and zeros up to the next power of two, so that the
/// size of the file tells no more than one step on a coarse scale.
pub(crate) fn pad(contents: &[&[u8]]) -> Wiped {
    let contents_length: usize = contents.iter().map(|part| part.len()).sum();
    let length = (contents_length as u64).to_be_bytes();
    let whole = (length.len() + contents_length)
        .next_power_of_two()
        .max(SMALLEST);
    // Reserved at once: growing would leave copies behind that nobody wipes.
    let mut padded = Vec::with_capacity(whole);
    padded.extend_from_slice(&length);
    contents
        .iter()
        .for_each(|part| padded.extend_from_slice(part));
    padded.resize(whole, 0);
    padded.into()
}

/// Reads what [`pad`] wrote, in the same place.
pub(crate) fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let contents = contents_in(&padded)?;
    let length = contents.len();
    padded.copy_within(contents, 0);
    padded.truncate(length);
    Some(padded)
}

/// Says where the contents are in what [`pad`] wrote: a large vault is not moved.
pub(crate) fn contents_in(padded: &[u8]) -> Option<Range<usize>> {
    let (length, rest) = padded.split_first_chunk()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    if length > rest.len() {
        return None;
    }
    let start = padded.len() - rest.len();
    Some(start..start + length)
}

/// The shortest that is padded; all else is a multiple of it.
pub(crate) const SMALLEST: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_was_padded_comes_back(contents: Vec<u8>) {
            let padded = pad(&[&contents]);
            proptest::prop_assert!(padded.len().is_power_of_two());
            let again = unpad(padded.to_vec().into()).unwrap();
            proptest::prop_assert_eq!(again.to_vec(), contents);
        }
    }

    #[test]
    fn sizes_come_in_few_steps() {
        assert_eq!(pad(&[]).len(), SMALLEST);
        assert_eq!(pad(&[&[1; SMALLEST - 8]]).len(), SMALLEST);
        assert_eq!(pad(&[&[1], &[1; SMALLEST - 8]]).len(), 2 * SMALLEST);
    }

    #[test]
    fn a_length_beyond_the_end_is_refused() {
        assert!(unpad(Zeroizing::default()).is_none());
        assert!(unpad(vec![0xff; 64].into()).is_none());
        assert!(unpad(vec![0, 0, 0, 0, 0, 0, 0, 2, 1].into()).is_none());
    }
}
