//! Base64url without padding (RFC 7515, section 2), decoded strictly: one text for one value.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::NO_PAD;

/// The text is not canonical base64url.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the text is not canonical base64url")]
pub struct Base64UrlError;

/// Encodes bytes.
#[must_use]
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    ENGINE.encode(bytes)
}

/// Decodes text, refusing padding, white space and stray bits in the last character.
///
/// # Errors
/// [`Base64UrlError`] if [`encode`] could not have written the text.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    ENGINE.decode(text).map_err(|_| Base64UrlError)
}

/// Decodes exactly `N` bytes.
///
/// # Errors
/// [`Base64UrlError`] as [`decode`], and for any other length.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], Base64UrlError> {
    let mut bytes = [0; N];
    decode_into(text, &mut bytes)?;
    Ok(bytes)
}

/// Decodes exactly as many bytes as there is room for.
pub(crate) fn decode_into(text: &str, bytes: &mut [u8]) -> Result<(), Base64UrlError> {
    // `decode_slice` refuses what does not fit; `read` tells what is too short.
    match ENGINE.decode_slice(text, bytes) {
        Ok(read) if read == bytes.len() => Ok(()),
        _ => Err(Base64UrlError),
    }
}

/// Takes many digits at once where the processor can, which is asked once.
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
static ENGINE: LazyLock<base64::engine::Simd> =
    LazyLock::new(|| base64::engine::Simd::url_safe(NO_PAD));
#[cfg(not(any(target_arch = "aarch64", target_arch = "x86_64")))]
static ENGINE: LazyLock<base64::engine::GeneralPurpose> =
    LazyLock::new(|| base64::engine::GeneralPurpose::new(&base64::alphabet::URL_SAFE, NO_PAD));

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    proptest::proptest! {
        /// The engine of the general purpose goes digit by digit.
        #[test]
        fn many_digits_at_once_say_what_they_say_one_by_one(
            bytes: Vec<u8>,
            text in "[A-Za-z0-9_-]{0,300}",
            place in 0_usize..300,
            odd: char,
        ) {
            let written = encode(&bytes);
            proptest::prop_assert_eq!(&written, &URL_SAFE_NO_PAD.encode(&bytes));
            proptest::prop_assert_eq!(decode(&written), Ok(bytes));
            let mut spoilt = text.clone();
            spoilt.insert(place.min(text.len()), odd);
            for text in [text, spoilt] {
                let expected = URL_SAFE_NO_PAD.decode(&text).map_err(|_| Base64UrlError);
                proptest::prop_assert_eq!(decode(&text), expected);
            }
        }
    }
}
