/// Writes bytes in Base45 (RFC 9285): digits, capitals and a few signs, which QR codes pack.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3 / 2 + 2);
    let mut digits = |mut value: usize, count: usize| {
        for _ in 0..count {
            let letter = ALPHABET.get(value % BASE).copied().unwrap_or(b'0');
            text.push(char::from(letter));
            value /= BASE;
        }
    };
    for pair in bytes.chunks(2) {
        match pair {
            [high, low] => digits(usize::from(*high) * 256 + usize::from(*low), 3),
            [last] => digits(usize::from(*last), 2),
            _ => {}
        }
    }
    text
}

/// Reads Base45; `None` for other characters, and for values that no bytes have.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let digits: Vec<usize> = text
        .bytes()
        .map(|byte| ALPHABET.iter().position(|letter| *letter == byte))
        .collect::<Option<_>>()?;
    let mut bytes = Vec::with_capacity(digits.len());
    for group in digits.chunks(3) {
        match group {
            [a, b, c] => {
                let value = u16::try_from(a + b * BASE + c * BASE * BASE).ok()?;
                bytes.extend(value.to_be_bytes());
            }
            [a, b] => bytes.push(u8::try_from(a + b * BASE).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

const ALPHABET: &[u8; BASE] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const BASE: usize = 45;
/// More than an answer has.
const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9285, section 4.3 and 4.4.
    #[test]
    fn the_examples_of_the_text() {
        for (bytes, text) in [
            (b"AB".as_slice(), "BB8"),
            (b"Hello!!", "%69 VD92EX0"),
            (b"base-45", "UJCLQE7W581"),
            (b"ietf!", "QED8WEX0"),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).unwrap(), bytes);
        }
        for wrong in ["GGW", "a", "A", "ABCD", "::", "bb8"] {
            assert!(decode(wrong).is_none(), "{wrong}");
        }
        assert!(decode(&"0".repeat(LONGEST + 1)).is_none());
    }

    #[test]
    fn everything_comes_back() {
        for length in 0..600 {
            let bytes: Vec<u8> = (0..length).map(|at: usize| (at * 7 % 256) as u8).collect();
            assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
        }
    }
}
