//! Base64url without padding (RFC 7515, section 2), decoded strictly: one text for one value.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The text is not canonical base64url.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the text is not canonical base64url")]
pub struct Base64UrlError;

/// Encodes bytes.
#[must_use]
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes text, refusing padding, white space and stray bits in the last character.
///
/// # Errors
/// [`Base64UrlError`] if [`encode`] could not have written the text.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Base64UrlError)
}

/// Decodes exactly `N` bytes.
///
/// # Errors
/// [`Base64UrlError`] as [`decode`], and for any other length.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], Base64UrlError> {
    let mut bytes = [0; N];
    // `decode_slice` refuses what does not fit; `read` tells what is too short.
    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
        Ok(read) if read == N => Ok(bytes),
        _ => Err(Base64UrlError),
    }
}
