//! Bytes that are no proof of issuance.

use bbs::DecodeError;
use keys::base64url;
use netcert::{IssuanceProof, IssuanceProofError, IssuanceProofWire, Member};
use serde_json::json;

use crate::harness::*;

/// Points off the curve, outside the subgroup, the identity; scalars that are zero or too large;
/// lengths: each by name, in each member.
#[test]
fn bad_bytes_are_refused_by_name() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let wire = wallet
        .first(&wallet.prepared(), &issuer.binding())
        .to_wire();
    let refusal = |member: Member, bytes: &[u8]| {
        let mut wire = wire.clone();
        let text = base64url::encode(bytes);
        match member {
            Member::Anchor => wire.anchor = text,
            Member::AnchorBox => wire.anchor_box = Some(text),
            Member::Commitment => wire.commitment = text,
            Member::DeltaProof => wire.delta_proof = text,
            Member::OpeningProof => wire.opening_proof = Some(text),
        }
        IssuanceProof::from_wire(&wire).unwrap_err()
    };
    let anchor = base64url::decode(&wire.anchor).unwrap();
    let commitment = base64url::decode(&wire.commitment).unwrap();
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    // x = 4 gives a point of the curve that is not of the subgroup; x = 1 gives none at all.
    let mut outside = [0; 48];
    outside[0] = 0x80;
    outside[47] = 4;
    let mut off = outside;
    off[47] = 1;
    let points = [
        (identity, DecodeError::Identity),
        (outside, DecodeError::Point),
        (off, DecodeError::Point),
        ([0xff; 48], DecodeError::Point),
        ([0; 48], DecodeError::Point),
    ];
    for (point, error) in points {
        assert_eq!(
            refusal(Member::Anchor, &point),
            IssuanceProofError::Malformed(Member::Anchor, error)
        );
        let replaced = [&point, &commitment[48..]].concat();
        assert_eq!(
            refusal(Member::Commitment, &replaced),
            IssuanceProofError::Malformed(Member::Commitment, error)
        );
    }
    for scalar in [[0; 32], [0xff; 32]] {
        let delta = [scalar, [1; 32]].concat();
        let opening = [vec![1; 17 * 32], scalar.to_vec()].concat();
        let replaced = [&commitment[..48], &scalar, &commitment[80..]].concat();
        for (member, bytes) in [
            (Member::DeltaProof, &delta),
            (Member::OpeningProof, &opening),
            (Member::Commitment, &replaced),
        ] {
            assert_eq!(
                refusal(member, bytes),
                IssuanceProofError::Malformed(member, DecodeError::Scalar)
            );
        }
    }
    for (member, bytes) in [
        (Member::Anchor, &anchor[1..]),
        (Member::AnchorBox, &anchor[..]),
        (Member::Commitment, &commitment[1..]),
        (Member::DeltaProof, &[1; 96][..]),
        (Member::DeltaProof, &[1; 63][..]),
        (Member::OpeningProof, &[1; 64][..]),
        (Member::OpeningProof, &[1; 576 + 32][..]),
    ] {
        assert_eq!(
            refusal(member, bytes),
            IssuanceProofError::Malformed(member, DecodeError::Length)
        );
    }
    let padded = IssuanceProofWire {
        anchor: format!("{}=", wire.anchor),
        ..wire.clone()
    };
    assert_eq!(
        IssuanceProof::from_wire(&padded).unwrap_err(),
        IssuanceProofError::Base64(Member::Anchor)
    );
    let mut unknown = serde_json::to_value(&wire).unwrap();
    unknown["extra"] = json!(1);
    assert!(serde_json::from_value::<IssuanceProof>(unknown).is_err());
}
