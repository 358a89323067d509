//! Nobody gets a certificate for a secret that is not theirs, nor for a second one.

mod bytes;
mod certificates;

use keys::base64url;
use netcert::{
    Binding, EpochKey, EpochProfile, IssuanceProof, IssuanceProofError, IssuanceProofWire,
    IssueError, Schedule, issue,
};

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
