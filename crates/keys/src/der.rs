//! DER (X.690) of what travels in a fixed form.

/// Writes `r || s` as an ECDSA-Sig-Value (RFC 3279, section 2.2.3). Both are at most 62 bytes long.
pub(crate) fn signature(fixed: &[u8]) -> Vec<u8> {
    let (r, s) = fixed.split_at(fixed.len() / 2);
    let [r, s] = [r, s].map(unsigned);
    let length = [r, s].map(|(pad, digits)| 2 + pad.len() + digits.len());
    let mut der = Vec::with_capacity(2 + length.iter().sum::<usize>());
    der.extend([SEQUENCE, short(length.iter().sum())]);
    for (pad, digits) in [r, s] {
        der.extend([INTEGER, short(pad.len() + digits.len())]);
        der.extend_from_slice(pad);
        der.extend_from_slice(digits);
    }
    der
}

/// The shortest form of an unsigned number: what stands before its digits so that it is not
/// negative, and these.
fn unsigned(bytes: &[u8]) -> (&'static [u8], &[u8]) {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    match bytes.split_at(zeros).1 {
        digits @ [0..0x80, ..] => (&[], digits),
        digits => (&[0], digits),
    }
}

/// A length below 128 is one byte.
fn short(length: usize) -> u8 {
    u8::try_from(length).unwrap_or_default()
}

const INTEGER: u8 = 2;
const SEQUENCE: u8 = 0x30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_their_shortest_form() {
        assert_eq!(signature(&[0, 0]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        assert_eq!(signature(&[0x7f, 1]), [0x30, 6, 2, 1, 0x7f, 2, 1, 1]);
        assert_eq!(
            signature(&[0x80, 0, 0, 5]),
            [0x30, 8, 2, 3, 0, 0x80, 0, 2, 1, 5]
        );
    }
}
