//! The ciphersuite BLS12-381-SHA-256 (BBS draft, section 6.2.2) and its hashes.

use sha2::{Digest as _, Sha256};

use crate::point::Point;
use crate::scalar::{Scalar, WIDE};

/// `ciphersuite_id || "H2G_HM2S_"`.
pub(crate) const API_ID: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_";
/// `ciphersuite_id || "BLIND_H2G_HM2S_"`.
pub(crate) const BLIND_API_ID: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_BLIND_H2G_HM2S_";
/// `ciphersuite_id || "H2G_HM2S_PSEUDONYM_"`.
pub(crate) const NYM_API_ID: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_PSEUDONYM_";

/// `hash_to_scalar` (BBS draft, "Hash to Scalar"), with the tag `api_id || suffix`.
pub(crate) fn hash_to_scalar(message: &[u8], api_id: &[u8], suffix: &[u8]) -> Scalar {
    let mut wide = [0; WIDE];
    expand_message(message, &[api_id, suffix], &mut wide);
    Scalar::reduce(&wide)
}

/// `messages_to_scalars`, for one message.
pub(crate) fn message_to_scalar(message: &[u8], api_id: &[u8]) -> Scalar {
    hash_to_scalar(message, api_id, b"MAP_MSG_TO_SCALAR_AS_HASH_")
}

/// `hash_to_curve_g1`, with the tag `api_id || suffix`.
pub(crate) fn hash_to_curve_g1(message: &[u8], api_id: &[u8], suffix: &[u8]) -> Point {
    let dst = [api_id, suffix].concat();
    Point(blstrs::G1Projective::hash_to_curve(message, &dst, &[]))
}

/// `expand_message_xmd` with SHA-256 (RFC 9380, section 5.3.1).
///
/// The tag comes in parts and stays below 256 octets; `out` below 255 * 32.
pub(crate) fn expand_message(message: &[u8], dst: &[&[u8]], out: &mut [u8]) {
    let tagged = |mut hash: Sha256| -> [u8; 32] {
        let mut length = 0_u8;
        for part in dst {
            hash.update(part);
            length = length.wrapping_add(u8::try_from(part.len()).unwrap_or(u8::MAX));
        }
        hash.update([length]);
        hash.finalize().into()
    };
    let length = u16::try_from(out.len()).unwrap_or(u16::MAX);
    let first = tagged(
        Sha256::new()
            .chain_update([0; 64])
            .chain_update(message)
            .chain_update(length.to_be_bytes())
            .chain_update([0]),
    );
    let mut block = [0; 32];
    for (chunk, index) in out.chunks_mut(32).zip(1_u8..=255) {
        let mut mixed = first;
        for (to, from) in mixed.iter_mut().zip(block) {
            *to ^= from;
        }
        block = tagged(Sha256::new().chain_update(mixed).chain_update([index]));
        for (to, from) in chunk.iter_mut().zip(block) {
            *to = from;
        }
    }
}

/// `I2OSP(value, 8)`.
pub(crate) fn octets(value: usize) -> [u8; 8] {
    u64::try_from(value).unwrap_or(u64::MAX).to_be_bytes()
}
