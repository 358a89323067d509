//! What is not to be shown, and how it is recognised.

use keys::seed::Seed;
use serde_json::Value;

use crate::report::Hidden;

/// What a member is, if its value is a secret. In a JWK, one letter is enough of a name.
pub(crate) fn member(name: &str, value: &Value, is_key: bool) -> Option<Hidden> {
    if is_key && ["d", "dp", "dq", "k", "oth", "p", "q", "qi"].contains(&name) {
        return Some(Hidden::PrivateKey);
    }
    let simple = value.is_string() || value.is_number();
    match name {
        "privateKeyBase58"
        | "privateKeyHex"
        | "privateKeyJwk"
        | "privateKeyMultibase"
        | "privateKeyPem"
        | "secretKeyJwk"
        | "secretKeyMultibase" => Some(Hidden::PrivateKey),
        "pre-authorized_code" if simple => Some(Hidden::PreAuthorizedCode),
        // An object there says what the code looks like.
        "tx_code" | "user_pin" | "transaction_code" if simple => Some(Hidden::TransactionCode),
        "access_token" | "auth_req_id" | "authorization_code" | "c_nonce" | "client_secret"
        | "device_code" | "id_token" | "issuer_state" | "passphrase" | "password"
        | "refresh_token"
            if simple =>
        {
            Some(Hidden::Token)
        }
        "credential_offer_uri" | "request_uri" if simple => Some(Hidden::Address),
        "mnemonic" | "seed" | "seed_words" if simple => Some(Hidden::Words),
        _ => None,
    }
}

/// What a text is, if it is a secret wherever it stands.
pub(crate) fn text(text: &str) -> Option<Hidden> {
    let is_private_multikey = SECRET_MULTIKEYS
        .iter()
        .any(|(start, length)| text.starts_with(start) && text.len() == *length)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_private_multikey || text.contains("PRIVATE KEY-----") {
        return Some(Hidden::PrivateKey);
    }
    // Typed with a mistake, they are as secret.
    let words = text.split_whitespace().count();
    let wordy = |text: &str| {
        text.split_whitespace().all(|word| {
            (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
        })
    };
    if Seed::from_words(text).is_ok() || (WORDS.contains(&words) && wordy(text)) {
        return Some(Hidden::Words);
    }
    None
}

/// Whether a whole text looks like a Transaction Code: a few digits, and nothing else.
pub(crate) fn is_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (4..=10).contains(&digits)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b" -".contains(&byte))
}

/// How private Multikeys begin, and their lengths: Ed25519, P-256, P-384, BLS12-381 (Controlled
/// Identifiers 1.0, section 2.2.2).
const SECRET_MULTIKEYS: [(&str, usize); 4] =
    [("z3u2", 48), ("z42t", 48), ("z2fa", 70), ("z488", 48)];
/// The lengths of BIP 39.
const WORDS: [usize; 5] = [12, 15, 18, 21, 24];
