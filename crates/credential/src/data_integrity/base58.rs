//! The multibase form `z` of proof values: base58btc (Controlled Identifiers 1.0, section 2.4).

/// Writes bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// Reads bytes from at most so many digits.
pub(super) fn decode(text: &str, longest: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('z')?;
    if digits.len() > longest {
        return None;
    }
    bs58::decode(digits).into_vec().ok()
}
