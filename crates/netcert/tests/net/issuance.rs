//! Nobody gets a certificate for a secret that is not theirs, nor for a second one.

use bbs::DecodeError;
use keys::base64url;
use netcert::{
    Binding, CertificateError, EpochKey, EpochProfile, IssuanceProof, IssuanceProofError,
    IssuanceProofWire, IssueError, Member, Schedule, UnverifiedCertificate, issue,
};
use serde_json::{Value, json};

use crate::harness::*;

#[test]
fn the_wire_form_is_read_again() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let first = wallet.first(&wallet.prepared(), &issuer.binding());
    let wire = serde_json::to_value(&first).unwrap();
    assert_eq!(wire["epoch"], EPOCH);
    let lengths = |member: &str| {
        let bytes = base64url::decode(wire[member].as_str().unwrap()).unwrap();
        bytes.len()
    };
    assert_eq!(
        [
            "anchor",
            "commitment",
            "delta_proof",
            "opening_proof",
            "anchor_box"
        ]
        .map(lengths),
        [48, 624, 64, 576, 77]
    );
    let read: IssuanceProof = serde_json::from_value(wire.clone()).unwrap();
    assert!(read.verify_first(&issuer.binding()).is_ok());
    assert_eq!(serde_json::to_value(&read).unwrap(), wire);

    let renewal = wallet.renewal(&wallet.prepared(), &issuer.binding());
    let wire = serde_json::to_value(renewal).unwrap();
    assert_eq!(wire.as_object().unwrap().len(), 4);
}

/// A session that differs in one thing.
fn other_sessions<'a>(issuer: &'a Issuer, others: &'a [EpochProfile]) -> Vec<Binding<'a>> {
    let binding = issuer.binding();
    let mut sessions = vec![
        Binding {
            c_nonce: "c-nonce-2",
            ..binding
        },
        Binding {
            dpop_jkt: "thief",
            ..binding
        },
    ];
    sessions.extend(others.iter().map(|profile| Binding { profile, ..binding }));
    sessions
}

/// Profiles of the same epoch that differ in key, issuer, time zone or schedule.
fn other_profiles(issuer: &Issuer) -> Vec<EpochProfile> {
    let key = EpochKey::generate(&mut rng()).unwrap();
    let weekly = Schedule::weekly();
    let seconds = jiff::SignedDuration::from_secs;
    let longer = Schedule::new(
        weekly.begins(0).unwrap(),
        seconds(7 * 86_400),
        seconds(86_401),
        seconds(600),
    );
    [
        EpochProfile::new(ISSUER, weekly, EPOCH, "+00:00", &key),
        EpochProfile::new(
            "did:web:other.example",
            weekly,
            EPOCH,
            "+00:00",
            &issuer.key,
        ),
        EpochProfile::new(ISSUER, weekly, EPOCH, "+01:00", &issuer.key),
        EpochProfile::new(ISSUER, longer.unwrap(), EPOCH, "+00:00", &issuer.key),
    ]
    .map(Result::unwrap)
    .to_vec()
}

#[test]
fn a_replayed_proof_is_refused_in_every_other_session() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let prepared = wallet.prepared();
    let first = wallet.first(&prepared, &issuer.binding());
    let renewal = wallet.renewal(&prepared, &issuer.binding());
    let others = other_profiles(&issuer);
    for session in other_sessions(&issuer, &others) {
        assert_eq!(
            first.verify_first(&session).map(|_| ()),
            Err(IssuanceProofError::Delta)
        );
        assert_eq!(
            renewal.verify_renewal(&wallet.anchor, &session).map(|_| ()),
            Err(IssuanceProofError::Delta)
        );
    }
    let next = Issuer::at(EPOCH + 1);
    let session = Binding {
        profile: &next.profile,
        ..issuer.binding()
    };
    assert_eq!(
        renewal.verify_renewal(&wallet.anchor, &session).map(|_| ()),
        Err(IssuanceProofError::Epoch)
    );
    // Nor does it help to say that it was for the other epoch.
    let wire = IssuanceProofWire {
        epoch: EPOCH + 1,
        ..renewal.to_wire()
    };
    let renamed = IssuanceProof::from_wire(&wire).unwrap();
    assert_eq!(
        renamed.verify_renewal(&wallet.anchor, &session).map(|_| ()),
        Err(IssuanceProofError::Delta)
    );
}

/// The draft's commitment proof has no nonce: who saw it (another Issuer) could enrol it beside a
/// document of their own, and lock its owner out.
#[test]
fn a_strangers_commitment_is_not_enrolled() {
    let issuer = Issuer::new();
    let [victim, thief] = [Wallet::new(), Wallet::new()];
    let seen = victim
        .first(
            &victim.prepared(),
            &Binding {
                c_nonce: "elsewhere",
                ..issuer.binding()
            },
        )
        .to_wire();
    let own = thief.first(&thief.prepared(), &issuer.binding()).to_wire();

    // As it was; with the thief's opening; with the thief's anchor; with everything but the
    // commitment the thief's.
    let attempts = [
        seen.clone(),
        IssuanceProofWire {
            opening_proof: own.opening_proof.clone(),
            ..seen.clone()
        },
        IssuanceProofWire {
            anchor: own.anchor.clone(),
            opening_proof: own.opening_proof.clone(),
            ..seen.clone()
        },
        IssuanceProofWire {
            commitment: seen.commitment.clone(),
            ..own.clone()
        },
        IssuanceProofWire {
            anchor: seen.anchor.clone(),
            ..own.clone()
        },
    ];
    for attempt in attempts {
        let attempt = IssuanceProof::from_wire(&attempt).unwrap();
        assert_eq!(
            attempt.verify_first(&issuer.binding()).map(|_| ()),
            Err(IssuanceProofError::Delta)
        );
    }
    // An anchor that the thief builds upon the victim's commitment, with a known difference, gets
    // past the difference; the opening stops it.
    let commitment: [u8; 48] = base64url::decode(&seen.commitment).unwrap()[..48]
        .try_into()
        .unwrap();
    let q2 = bbs::nym_generators(0).unwrap()[0];
    let delta = bbs::Scalar::ONE;
    let anchor = bbs::Point::from_bytes(&commitment).unwrap() - q2 * delta;
    let anchor = netcert::Anchor::from_bytes(&anchor.to_bytes()).unwrap();
    let mut bytes = delta.to_bytes().to_vec();
    bytes.extend(base64url::decode(&seen.commitment).unwrap());
    let prepared = netcert::Prepared::from_bytes(&bytes).unwrap();
    let forged = IssuanceProof::prove_first(
        &thief.secret,
        &thief.opening,
        &anchor,
        &prepared,
        &issuer.binding(),
        &mut rng(),
    )
    .unwrap();
    assert_eq!(
        forged.verify_first(&issuer.binding()).map(|_| ()),
        Err(IssuanceProofError::Opening)
    );
}

#[test]
fn a_second_secret_is_not_renewed() {
    let issuer = Issuer::new();
    let [enrolled, second] = [Wallet::new(), Wallet::new()];
    let proof = second.renewal(&second.prepared(), &issuer.binding());
    assert_eq!(
        proof
            .verify_renewal(&enrolled.anchor, &issuer.binding())
            .map(|_| ()),
        Err(IssuanceProofError::AnotherAnchor)
    );
    // Claiming the enrolled anchor for a commitment to the second secret.
    let proof = IssuanceProof::prove_renewal(
        &enrolled.anchor,
        &second.prepared(),
        &issuer.binding(),
        &mut rng(),
    )
    .unwrap();
    assert_eq!(
        proof
            .verify_renewal(&enrolled.anchor, &issuer.binding())
            .map(|_| ()),
        Err(IssuanceProofError::Delta)
    );
}

/// A thief of the anchor and a foreign commitment makes `C1 = C0 + d * Q_2` with a known `d`. That
/// gets past the difference, but the commitment has no proof of its own.
#[test]
fn a_shifted_anchor_is_not_a_commitment() {
    let issuer = Issuer::new();
    let victim = Wallet::new();
    let thief = Wallet::new();
    let q2 = bbs::nym_generators(0).unwrap()[0];
    let point = bbs::Point::from_bytes(&victim.anchor.to_bytes()).unwrap() + q2;
    let borrowed = thief.prepared().expose_secret();
    let mut bytes = bbs::Scalar::ONE.to_bytes().to_vec();
    bytes.extend(point.to_bytes());
    bytes.extend(&borrowed[32 + 48..]);
    let prepared = netcert::Prepared::from_bytes(&bytes).unwrap();
    let proof =
        IssuanceProof::prove_renewal(&victim.anchor, &prepared, &issuer.binding(), &mut rng())
            .unwrap();
    let proven = proof
        .verify_renewal(&victim.anchor, &issuer.binding())
        .unwrap();
    assert_eq!(
        issue(&issuer.key, &issuer.profile, &person(), &proven),
        Err(IssueError::Commitment)
    );
}

#[test]
fn first_and_renewal_are_told_apart() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let prepared = wallet.prepared();
    let first = wallet.first(&prepared, &issuer.binding());
    let renewal = wallet.renewal(&prepared, &issuer.binding());
    assert_eq!(
        renewal.verify_first(&issuer.binding()).map(|_| ()),
        Err(IssuanceProofError::NotFirst)
    );
    assert_eq!(
        first
            .verify_renewal(&wallet.anchor, &issuer.binding())
            .map(|_| ()),
        Err(IssuanceProofError::NotRenewal)
    );
    for wire in [
        IssuanceProofWire {
            opening_proof: None,
            ..first.to_wire()
        },
        IssuanceProofWire {
            anchor_box: None,
            ..first.to_wire()
        },
    ] {
        assert_eq!(
            IssuanceProof::from_wire(&wire)
                .unwrap()
                .verify_first(&issuer.binding())
                .map(|_| ()),
            Err(IssuanceProofError::NotFirst)
        );
    }
}

#[test]
fn a_commitment_is_signed_under_the_profile_it_was_proven_for() {
    let [one, two] = [Issuer::new(), Issuer::at(EPOCH + 1)];
    let wallet = Wallet::new();
    let proof = wallet.renewal(&wallet.prepared(), &one.binding());
    let proven = proof
        .verify_renewal(&wallet.anchor, &one.binding())
        .unwrap();
    assert_eq!(
        issue(&two.key, &two.profile, &person(), &proven),
        Err(IssueError::Profile)
    );
    assert_eq!(
        issue(&two.key, &one.profile, &person(), &proven),
        Err(IssueError::Key)
    );
}

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

/// Whatever an Issuer changes for one person, the Wallet notices.
#[test]
fn a_certificate_that_deviates_is_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let (document, prepared) = wallet.issued(&issuer, &person());
    let finish = |document: &Value| {
        wallet
            .finish(document, &issuer.profile, &prepared)
            .map(|_| ())
    };
    assert_eq!(finish(&document), Ok(()));

    let changed = |pointer: &str, value: Value| {
        let mut document = document.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    // One second more for one person; a context, type, key or URL of their own.
    let marks = [
        changed("/validUntil", json!("2026-12-01T00:00:01Z")),
        changed("/validUntil", json!("2026-12-01T00:00:00.000Z")),
        changed("/validFrom", json!("2026-11-23T00:00:01Z")),
        changed("/issuer", json!("did:web:issuer.example.")),
        changed("/issuer", json!({"id": ISSUER})),
        changed(
            "/@context/1",
            json!("https://pessoa.id/ns/net-certificate/v1?you"),
        ),
        changed("/type/1", json!("NetCertificate2")),
        changed("/type", json!(["NetCertificate", "VerifiableCredential"])),
        changed("/credentialSubject/type", json!("You")),
        changed(
            "/proof/verificationMethod",
            json!("did:web:issuer.example#you"),
        ),
        changed("/proof/cryptosuite", json!("bbs-2023")),
        changed("/proof/proofPurpose", json!("authentication")),
        changed("/proof/type", json!("DataIntegrityProof2")),
    ];
    for document in &marks {
        assert_eq!(finish(document), Err(CertificateError::Deviates));
    }
    for (object, member) in [
        ("", "id"),
        ("", "name"),
        ("/proof", "created"),
        ("/proof", "id"),
    ] {
        let mut document = document.clone();
        let object = document.pointer_mut(object).unwrap();
        object[member] = json!("urn:you");
        assert_eq!(finish(&document), Err(CertificateError::Deviates));
    }
    for (pointer, member) in [("", "validUntil"), ("/proof", "proofPurpose")] {
        let mut document = document.clone();
        let object = document.pointer_mut(pointer).unwrap();
        object.as_object_mut().unwrap().remove(member);
        assert_eq!(finish(&document), Err(CertificateError::Deviates));
    }
    // Slots: another value, swapped values, one more, one less.
    let given = document["credentialSubject"]["given_name"].clone();
    let family = document["credentialSubject"]["family_name"].clone();
    let mut swapped = changed("/credentialSubject/given_name", family);
    swapped["credentialSubject"]["family_name"] = given;
    let mut more = document.clone();
    more["credentialSubject"]["guardianship"] = json!("legal_guardian");
    let mut less = document.clone();
    let subject = less["credentialSubject"].as_object_mut().unwrap();
    subject.remove("nationality");
    for document in [
        changed("/credentialSubject/age_over_60", json!(true)),
        changed("/credentialSubject/given_name", json!("ANNE")),
        swapped,
        more,
        less,
    ] {
        assert_eq!(finish(&document), Err(CertificateError::Signature));
    }
    // What is no slot, or not a slot's value.
    for (member, value) in [
        ("id", json!("urn:you")),
        ("spare", json!("you")),
        ("age_over_18", json!("true")),
        ("nationality", json!("uto")),
        ("given_name", json!("ANNA\u{200b}MARIA")),
        ("assurance", json!("you")),
    ] {
        let mut document = document.clone();
        document["credentialSubject"][member] = value;
        assert!(matches!(
            UnverifiedCertificate::parse(&document),
            Err(CertificateError::Slot(_))
        ));
    }
}

#[test]
fn a_certificate_under_another_profile_or_for_another_secret_is_refused() {
    let issuer = Issuer::new();
    let [wallet, other] = [Wallet::new(), Wallet::new()];
    let (document, prepared) = wallet.issued(&issuer, &person());
    for profile in other_profiles(&issuer) {
        assert_eq!(
            wallet.finish(&document, &profile, &prepared).map(|_| ()),
            Err(CertificateError::Deviates)
        );
    }
    assert_eq!(
        other
            .finish(&document, &issuer.profile, &prepared)
            .map(|_| ()),
        Err(CertificateError::Signature)
    );
    assert_eq!(
        wallet
            .finish(&document, &issuer.profile, &wallet.prepared())
            .map(|_| ()),
        Err(CertificateError::Signature)
    );
}

/// The profile's key signs nothing that another key made.
#[test]
fn another_epochs_key_does_not_pass() {
    let [one, two] = [Issuer::new(), Issuer::at(EPOCH + 1)];
    let wallet = Wallet::new();
    let (document, prepared) = wallet.issued(&two, &person());
    // The certificate of the next epoch, dressed up as one of this.
    let (mut dressed, _) = wallet.issued(&one, &person());
    let signature = base64url::decode(&document["proof"]["proofValue"].as_str().unwrap()[1..]);
    let mut bytes =
        base64url::decode(&dressed["proof"]["proofValue"].as_str().unwrap()[1..]).unwrap();
    let end = bytes.len() - 80;
    bytes[end..].copy_from_slice(&signature.unwrap()[end..]);
    dressed["proof"]["proofValue"] = json!(format!("u{}", base64url::encode(bytes)));
    assert_eq!(
        wallet.finish(&dressed, &one.profile, &prepared).map(|_| ()),
        Err(CertificateError::Signature)
    );
}

#[test]
fn a_certificate_is_kept_and_read_again() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let kept = serde_json::to_string(&certificate.to_record()).unwrap();
    let record = serde_json::from_str(&kept).unwrap();
    let read = netcert::Certificate::from_record(&record).unwrap();
    read.verify(&wallet.secret).unwrap();
    assert_eq!(read.profile(), certificate.profile());
    assert_eq!(read.slots(), certificate.slots());
    assert_eq!(read.secret_of(), (ISSUER, 0));
    let shown = wallet.show(&read, &[], None);
    assert!(verify(&shown, &issuer, None).is_ok());
}
