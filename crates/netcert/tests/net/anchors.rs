//! One person, one set of numbers: whatever is renewed, lost or restored.

use keys::seed::Seed;
use netcert::{
    Anchor, AnchorBox, AnchorBoxError, AnchorOpening, HolderSecret, IssuanceProofError, Prepared,
    Slot, TokenBinding, TokenSession,
};

use crate::harness::*;

#[test]
fn the_number_stays_after_renewal_and_differs_between_platforms() {
    let [first, second] = [Issuer::at(EPOCH), Issuer::at(EPOCH + 1)];
    let wallet = Wallet::new();
    let [shop, forum] = ["shop.example", "forum.example"].map(context);
    let (enrolled, _) = wallet.enrol(&first);
    let renewed = wallet.renew(&second);

    let seen = |certificate, context| wallet.show(certificate, &[Slot::AgeOver18], Some(context));
    let at_shop = verify(&seen(&enrolled, &shop), &first, Some(&shop)).unwrap();
    let again = verify(&seen(&enrolled, &shop), &first, Some(&shop)).unwrap();
    let at_forum = verify(&seen(&enrolled, &forum), &first, Some(&forum)).unwrap();
    let later = seen(&renewed, &shop)
        .verify(
            &second.profile,
            Some(&shop),
            &header(),
            "2026-12-01T00:00:00Z".parse().unwrap(),
        )
        .unwrap();
    assert_eq!(number(&at_shop), number(&again));
    assert_eq!(number(&at_shop), number(&later));
    assert_ne!(number(&at_shop), number(&at_forum));
    assert_eq!(
        number(&at_shop),
        enrolled.pseudonym(&wallet.secret, &shop).unwrap()
    );
    assert_ne!(first.profile.hash(), second.profile.hash());
}

#[test]
fn another_person_has_another_number() {
    let issuer = Issuer::new();
    let shop = context("shop.example");
    let numbers = [Wallet::new(), Wallet::new()].map(|wallet| {
        let (certificate, _) = wallet.enrol(&issuer);
        certificate.pseudonym(&wallet.secret, &shop).unwrap()
    });
    assert_ne!(numbers[0], numbers[1]);
}

#[test]
fn the_words_and_the_box_bring_every_number_back() {
    let issuer = Issuer::new();
    let shop = context("shop.example");
    let wallet = Wallet::new();
    let (certificate, sealed) = wallet.enrol(&issuer);
    let before = certificate.pseudonym(&wallet.secret, &shop).unwrap();

    let seed = Seed::from_words(&wallet.seed.words()).unwrap();
    let (secret, opening) = sealed.open(&seed, ISSUER, &wallet.anchor).unwrap();
    let restored = Wallet {
        seed,
        secret,
        anchor: wallet.anchor,
        opening,
    };
    let again = restored.renew(&issuer);
    assert_eq!(again.pseudonym(&restored.secret, &shop).unwrap(), before);
}

#[test]
fn a_box_opens_for_its_seed_domain_and_anchor_alone() {
    let wallet = Wallet::new();
    let other = Wallet::new();
    let sealed = wallet
        .opening
        .seal(&wallet.secret, &wallet.anchor, &mut rng());
    let refused = |sealed: &AnchorBox, seed: &Seed, domain: &str, anchor: &Anchor| {
        assert_eq!(
            sealed.open(seed, domain, anchor).map(|_| ()),
            Err(AnchorBoxError)
        );
    };
    refused(&sealed, &other.seed, ISSUER, &wallet.anchor);
    refused(&sealed, &wallet.seed, "elsewhere", &wallet.anchor);
    refused(&sealed, &wallet.seed, ISSUER, &other.anchor);
    for place in 0..AnchorBox::LENGTH {
        let mut bytes = sealed.to_bytes();
        bytes[place] ^= 1;
        let changed = AnchorBox::from_bytes(&bytes).unwrap();
        refused(&changed, &wallet.seed, ISSUER, &wallet.anchor);
    }
    assert!(AnchorBox::from_bytes(&sealed.to_bytes()[1..]).is_err());
    // A box that somebody with the seed made for what opens nothing.
    let wrong = AnchorOpening::from_bytes(&[1; 32]).unwrap();
    let sealed = wrong.seal(&wallet.secret, &wallet.anchor, &mut rng());
    refused(&sealed, &wallet.seed, ISSUER, &wallet.anchor);
}

#[test]
fn a_generation_is_found_again_and_has_other_numbers() {
    let issuer = Issuer::new();
    let shop = context("shop.example");
    let wallet = Wallet::new();
    let (certificate, _) = wallet.enrol(&issuer);
    let secret = HolderSecret::derive(&wallet.seed, ISSUER, 1);
    let (anchor, opening) = AnchorOpening::create(&secret, &mut rng()).unwrap();
    let next = Wallet {
        seed: Seed::from_entropy(wallet.seed.expose_entropy()),
        secret,
        anchor,
        opening,
    };
    let (reset, sealed) = next.enrol(&issuer);
    let (found, _) = sealed.open(&wallet.seed, ISSUER, &next.anchor).unwrap();
    assert_eq!(found.generation(), 1);
    assert_ne!(
        reset.pseudonym(&next.secret, &shop).unwrap(),
        certificate.pseudonym(&wallet.secret, &shop).unwrap()
    );
    // A certificate is not shown with the secret of another generation.
    assert!(certificate.pseudonym(&next.secret, &shop).is_err());
}

#[test]
fn domains_have_independent_secrets() {
    let seed = Seed::generate(&mut rng());
    let [one, two] = ["one", "two"].map(|domain| HolderSecret::derive(&seed, domain, 0));
    let (anchor, opening) = AnchorOpening::create(&one, &mut rng()).unwrap();
    assert!(opening.opens(&one, &anchor));
    assert!(!opening.opens(&two, &anchor));
    assert!(opening.opens(&HolderSecret::derive(&seed, "one", 0), &anchor));
}

#[test]
fn a_new_key_is_bound_by_the_anchors_owner_alone() {
    let [wallet, thief] = [Wallet::new(), Wallet::new()];
    let session = TokenSession {
        issuer: ISSUER,
        c_nonce: NONCE,
        dpop_jkt: JKT,
    };
    let binding = TokenBinding::prove(
        &wallet.secret,
        &wallet.opening,
        &wallet.anchor,
        &session,
        &mut rng(),
    )
    .unwrap();
    let text = serde_json::to_string(&binding).unwrap();
    let read: TokenBinding = serde_json::from_str(&text).unwrap();
    read.verify(&wallet.anchor, &session).unwrap();

    // Replayed under another nonce, for the thief's key, at another issuer, for another row.
    for changed in [
        TokenSession {
            c_nonce: "c-nonce-2",
            ..session
        },
        TokenSession {
            dpop_jkt: "thief",
            ..session
        },
        TokenSession {
            issuer: "did:web:evil.example",
            ..session
        },
    ] {
        assert_eq!(
            read.verify(&wallet.anchor, &changed),
            Err(IssuanceProofError::Opening)
        );
    }
    assert_eq!(
        read.verify(&thief.anchor, &session),
        Err(IssuanceProofError::Opening)
    );
    let own = TokenBinding::prove(
        &thief.secret,
        &thief.opening,
        &wallet.anchor,
        &session,
        &mut rng(),
    )
    .unwrap();
    assert_eq!(
        own.verify(&wallet.anchor, &session),
        Err(IssuanceProofError::Opening)
    );
    // An opening for an enrolment is none for a token, nor the other way round.
    let issuer = Issuer::new();
    let first = wallet.first(&wallet.prepared(), &issuer.binding());
    let opening = first.to_wire().opening_proof.unwrap();
    let borrowed: TokenBinding = serde_json::from_value(opening.into()).unwrap();
    assert_eq!(
        borrowed.verify(&wallet.anchor, &session),
        Err(IssuanceProofError::Opening)
    );
}

#[test]
fn secrets_are_not_printed() {
    let wallet = Wallet::new();
    let (certificate, _) = wallet.enrol(&Issuer::new());
    assert_eq!(format!("{:?}", wallet.secret), "HolderSecret([REDACTED])");
    assert_eq!(format!("{:?}", wallet.opening), "AnchorOpening([REDACTED])");
    assert_eq!(format!("{:?}", wallet.prepared()), "Prepared([REDACTED])");
    assert_eq!(
        format!("{:?}", certificate.to_record()),
        "CertificateRecord([REDACTED])"
    );
    let shown = format!("{certificate:?} {:?} {:?}", certificate.slots(), person());
    for secret in ["ANNA", "ERIKSSON", "1974", "L898902C3", "true"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn what_was_prepared_is_kept_and_read_again() {
    let wallet = Wallet::new();
    let issuer = Issuer::new();
    let kept = wallet.prepared().expose_secret();
    let prepared = Prepared::from_bytes(&kept).unwrap();
    assert_eq!(prepared.expose_secret(), kept);
    let proof = wallet.renewal(&prepared, &issuer.binding());
    assert!(
        proof
            .verify_renewal(&wallet.anchor, &issuer.binding())
            .is_ok()
    );
    assert!(Prepared::from_bytes(&kept[..kept.len() - 32]).is_err());
    assert!(Prepared::from_bytes(&[]).is_err());
}
