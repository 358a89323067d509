//! Base58btc in its multibase form, `z` (Controlled Identifiers 1.0, section 2.4).

/// Writes bytes.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// Reads bytes from at most so many digits: reading costs the square of their number.
///
/// It takes ten digits at a time: one by one, a signature's digits cost more than hashing what was
/// signed.
#[must_use]
pub fn decode(text: &str, longest: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('z')?.as_bytes();
    if digits.len() > longest {
        return None;
    }
    // In base 2⁶⁴, the lowest first. A limb times 58¹⁰ and a carry fit into 128 bits.
    let mut limbs: Vec<u64> = Vec::with_capacity(digits.len().div_ceil(STEP));
    for step in digits.chunks(STEP) {
        let (mut carry, mut scale) = (0, 1_u64);
        for digit in step {
            carry = 58 * carry + value(*digit)?;
            scale *= 58;
        }
        for limb in &mut limbs {
            let product = u128::from(*limb) * u128::from(scale) + u128::from(carry);
            (*limb, carry) = halves(product);
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let zeros = digits.iter().take_while(|digit| **digit == b'1').count();
    let mut bytes = Vec::with_capacity(zeros + 8 * limbs.len());
    bytes.resize(zeros, 0);
    for (place, limb) in limbs.iter().rev().enumerate() {
        let limb = limb.to_be_bytes();
        let unsaid = match place {
            0 => limb.iter().take_while(|byte| **byte == 0).count(),
            _ => 0,
        };
        bytes.extend_from_slice(limb.split_at(unsaid).1);
    }
    Some(bytes)
}

/// The lower and the higher half.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is cut off is the other half"
)]
const fn halves(number: u128) -> (u64, u64) {
    (number as u64, (number >> 64) as u64)
}

fn value(digit: u8) -> Option<u64> {
    let value = VALUES.get(usize::from(digit))?;
    (*value < 58).then_some(u64::from(*value))
}

/// The value of each ASCII character; what is no digit has none below 58.
#[expect(
    clippy::indexing_slicing,
    reason = "the compiler does it, and would refuse a place that is not there"
)]
const VALUES: [u8; 128] = {
    let mut values = [u8::MAX; 128];
    let mut value = 0;
    while value < 58 {
        values[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    values
};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const STEP: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_was_written_is_read(mut bytes: Vec<u8>, zeros in 0_usize..4) {
            bytes.splice(..0, vec![0; zeros]);
            proptest::prop_assert_eq!(decode(&encode(&bytes), usize::MAX), Some(bytes));
        }

        /// `bs58` reads digit by digit.
        #[test]
        fn any_text_is_read_as_digit_by_digit(digits in "[1-9A-Za-z]{0,120}") {
            let expected = bs58::decode(&digits).into_vec().ok();
            proptest::prop_assert_eq!(decode(&format!("z{digits}"), usize::MAX), expected);
        }
    }

    #[test]
    fn what_is_no_such_text_is_refused() {
        for text in ["", "u1", "z0", "zO", "zI", "zl", "z 1", "zé", "z1\0"] {
            assert_eq!(decode(text, 100), None, "{text}");
        }
        assert_eq!(decode("z111", 2), None);
        assert_eq!(decode("z11", 2), Some(vec![0, 0]));
        assert_eq!(decode("z", 0), Some(Vec::new()));
    }
}
