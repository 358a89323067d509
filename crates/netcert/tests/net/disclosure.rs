//! What leaves the Wallet.

use netcert::{Disclosure, PresentError, Slot, SlotError, SlotValue, Slots};

use crate::harness::*;

#[test]
fn only_what_was_agreed_to_is_shown() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let shown = wallet.show(
        &certificate,
        &[Slot::Nationality, Slot::AgeOver18],
        Some(&context("shop.example")),
    );
    let showing = verify(&shown, &issuer, Some(&context("shop.example"))).unwrap();
    let slots: Vec<_> = showing.slots().iter().map(|(slot, _)| slot).collect();
    assert_eq!(slots, [Slot::AgeOver18, Slot::Nationality]);
    assert!(showing.slots().is_true(Slot::AgeOver18));
    assert!(!showing.slots().is_true(Slot::AgeOver21));
    assert_eq!(showing.issuer(), ISSUER);
    assert_eq!(showing.epoch(), EPOCH);
    let sent = shown.to_json(&issuer.profile).unwrap().to_string();
    for hidden in ["ANNA", "ERIKSSON", "1974", "L898902C3", "passport"] {
        assert!(!sent.contains(hidden));
    }
}

#[test]
fn false_flags_and_absent_slots_are_never_shown() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let refusal = |slots: &[Slot]| {
        let disclosure = Disclosure {
            slots,
            ..Disclosure::default()
        };
        certificate
            .present(&wallet.secret, &disclosure, &header(), &mut rng())
            .unwrap_err()
    };
    for (slots, error) in [
        (
            &[Slot::AgeOver60][..],
            SlotError::FalseFlag(Slot::AgeOver60),
        ),
        (
            &[Slot::Stable12Months],
            SlotError::FalseFlag(Slot::Stable12Months),
        ),
        (&[Slot::Guardianship], SlotError::Absent(Slot::Guardianship)),
        (&[Slot::Spare], SlotError::Absent(Slot::Spare)),
        (
            &[Slot::AgeOver18, Slot::AgeOver18],
            SlotError::Twice(Slot::AgeOver18),
        ),
    ] {
        assert_eq!(refusal(slots), PresentError::Slot(error));
    }
    let disclosable = certificate.disclosable();
    for hidden in ["age_over_60", "stable_12_months", "guardianship", "spare"] {
        assert!(!disclosable.contains_key(hidden));
    }
    assert_eq!(disclosable.len(), 12);
}

/// A Verifier does not take what no Wallet sends, whoever signed it.
#[test]
fn a_shown_false_flag_is_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shown = wallet.show(&wallet.renew(&issuer), &[Slot::AgeOver18], None);
    let mut document = shown.to_json(&issuer.profile).unwrap();
    document["credentialSubject"]["age_over_18"] = false.into();
    assert_eq!(
        netcert::Shown::from_json(&document).unwrap_err(),
        netcert::ShownError::Slot(SlotError::FalseFlag(Slot::AgeOver18))
    );
    let mut cbor = shown.to_cbor();
    assert_eq!(cbor[36..39], [0xa1, 2, 0xf5]);
    cbor[38] = 0xf4;
    assert_eq!(
        netcert::Shown::from_cbor(&cbor).unwrap_err(),
        netcert::ShownError::Slot(SlotError::FalseFlag(Slot::AgeOver18))
    );
}

#[test]
fn a_name_beside_a_number_needs_a_word_of_its_own() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let certificate = wallet.renew(&issuer);
    for slot in [
        Slot::GivenName,
        Slot::FamilyName,
        Slot::NativeName,
        Slot::BirthDate,
        Slot::DocumentNumber,
    ] {
        let slots = [Slot::AgeOver18, slot];
        let disclosure = Disclosure {
            slots: &slots,
            context: Some(&shop),
            name_beside_number: false,
        };
        assert_eq!(
            certificate
                .present(&wallet.secret, &disclosure, &header(), &mut rng())
                .unwrap_err(),
            PresentError::NameBesideNumber(slot)
        );
        let without = Disclosure {
            context: None,
            ..disclosure
        };
        let agreed = Disclosure {
            name_beside_number: true,
            ..disclosure
        };
        for disclosure in [without, agreed] {
            let shown = certificate
                .present(&wallet.secret, &disclosure, &header(), &mut rng())
                .unwrap();
            assert!(verify(&shown, &issuer, disclosure.context).is_ok());
        }
    }
}

#[test]
fn every_slot_can_be_shown_or_hidden() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let all = Slots::new([
        (Slot::AgeOver14, SlotValue::Flag(true)),
        (Slot::AgeOver16, SlotValue::Flag(true)),
        (Slot::AgeOver18, SlotValue::Flag(true)),
        (Slot::AgeOver21, SlotValue::Flag(true)),
        (Slot::AgeOver60, SlotValue::Flag(true)),
        (Slot::Nationality, text("UTO")),
        (Slot::DocumentType, text("identity_card")),
        (Slot::Assurance, text("high")),
        (Slot::Guardianship, text("legal_guardian")),
        (Slot::Stable12Months, SlotValue::Flag(true)),
        (Slot::GivenName, text("A")),
        (Slot::FamilyName, text("B")),
        (Slot::NativeName, text("王")),
        (Slot::BirthDate, text("1950")),
        (Slot::DocumentNumber, text("1")),
    ])
    .unwrap();
    let (document, prepared) = wallet.issued(&issuer, &all);
    let certificate = wallet
        .finish(&document, &issuer.profile, &prepared)
        .unwrap();
    let shown: Vec<Slot> = Slot::ALL[..15].to_vec();
    let showing = verify(&wallet.show(&certificate, &shown, None), &issuer, None).unwrap();
    assert_eq!(showing.slots().len(), 15);
    for (slot, value) in showing.slots().iter() {
        assert_eq!(value, all.get(slot));
    }
    let none = verify(&wallet.show(&certificate, &[], None), &issuer, None).unwrap();
    assert!(none.slots().is_empty());
}
