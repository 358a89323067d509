//! JSON and CBOR are two forms of one presentation, and each is written in one way.

use netcert::{Shown, ShownError, Slot, SlotError};

use crate::harness::*;

#[test]
fn json_and_cbor_say_the_same() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let certificate = wallet.renew(&issuer);
    for context in [None, Some(&shop)] {
        for slots in [
            &[][..],
            &[Slot::AgeOver18],
            &[
                Slot::AgeOver14,
                Slot::Nationality,
                Slot::NativeName,
                Slot::DocumentNumber,
            ],
        ] {
            let shown = wallet.show(&certificate, slots, context);
            let json = shown.to_json(&issuer.profile).unwrap();
            let cbor = shown.to_cbor();
            let from_json = Shown::from_json(&json).unwrap();
            let from_cbor = Shown::from_cbor(&cbor).unwrap();
            assert_eq!(from_json.to_cbor(), cbor);
            assert_eq!(from_cbor.to_json(&issuer.profile).unwrap(), json);
            assert!(verify(&from_json, &issuer, context).is_ok());
            assert!(verify(&from_cbor, &issuer, context).is_ok());
        }
    }
}

/// Three true flags cost less than the responses that they spare, so one flag is the largest of
/// the default answers.
#[test]
fn the_default_disclosure_fits_a_qr_code() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let certificate = wallet.renew(&issuer);
    let lengths = [
        &[][..],
        &[Slot::AgeOver14],
        &[Slot::AgeOver18],
        &[Slot::AgeOver18, Slot::AgeOver21],
        &[
            Slot::AgeOver18,
            Slot::Nationality,
            Slot::DocumentType,
            Slot::Assurance,
        ],
    ]
    .map(|slots| {
        let length = wallet
            .show(&certificate, slots, Some(&shop))
            .to_cbor()
            .len();
        assert!(length <= Shown::QR_BYTES, "{length}");
        length
    });
    assert_eq!(lengths[0], 1418);
    assert_eq!(lengths[2], 1388);
    assert!(lengths[0] > lengths[1]);
}

/// Even everything together, at its longest, stays below what a code of version 40 holds.
#[test]
fn the_cbor_form_is_deterministic() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shown = wallet.show(
        &wallet.renew(&issuer),
        &[Slot::AgeOver18, Slot::AgeOver21, Slot::Nationality],
        None,
    );
    let cbor = shown.to_cbor();
    assert_eq!(cbor[..4], [0x85, 1, 0x58, 32]);
    assert_eq!(cbor[36..41], [0xa3, 2, 0xf5, 3, 0xf5]);
    let refused = |bytes: Vec<u8>| {
        assert_eq!(Shown::from_cbor(&bytes).unwrap_err(), ShownError::Shape);
    };
    let with = |range: std::ops::Range<usize>, bytes: &[u8]| {
        let mut changed = cbor.clone();
        changed.splice(range, bytes.iter().copied());
        changed
    };
    refused([&cbor[..], &[0]].concat());
    refused(cbor[..cbor.len() - 1].to_vec());
    refused(Vec::new());
    // A longer head, an open length, a tag, another version, too many members.
    refused(with(1..2, &[0x18, 1]));
    refused(with(0..1, &[0x9f]));
    refused(with(0..1, &[0xc0, 0x85]));
    refused(with(1..2, &[2]));
    refused(with(0..1, &[0x86]));
    // Slots out of order, an unknown one, a long key.
    refused(with(37..41, &[3, 0xf5, 2, 0xf5]));
    refused(with(37..38, &[16]));
    refused(with(37..38, &[0x18, 2]));
    refused(with(38..39, &[0xf6]));
    refused(with(38..39, &[0xf7]));
    refused(with(2..36, &[0x41, 0]));
    let twice = with(39..40, &[2]);
    refused(twice);
    assert_eq!(
        Shown::from_cbor(&with(38..39, &[0x61, b'x'])).unwrap_err(),
        ShownError::Slot(SlotError::Kind(Slot::AgeOver18))
    );
    refused(vec![0x85; 5000]);
}

#[test]
fn other_shapes_of_json_are_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shown = wallet.show(&wallet.renew(&issuer), &[Slot::AgeOver18], None);
    let document = shown.to_json(&issuer.profile).unwrap();
    for pointer in [
        "/credentialSubject",
        "/credentialSubject/type",
        "/proof",
        "/proof/proofValue",
    ] {
        let mut changed = document.clone();
        let (object, member) = pointer.rsplit_once('/').unwrap();
        let object = changed.pointer_mut(object).unwrap();
        object.as_object_mut().unwrap().remove(member);
        assert_eq!(Shown::from_json(&changed).unwrap_err(), ShownError::Shape);
    }
    let value = document["proof"]["proofValue"].as_str().unwrap();
    for other in [
        value[1..].to_owned(),
        format!("z{}", &value[1..]),
        format!("{value}="),
        format!("{value}A"),
        "u".repeat(5000),
    ] {
        let mut changed = document.clone();
        changed["proof"]["proofValue"] = other.into();
        assert_eq!(Shown::from_json(&changed).unwrap_err(), ShownError::Shape);
    }
    // A certificate as issued is no presentation, nor the other way round.
    let (issued, _) = wallet.issued(&issuer, &person());
    assert!(Shown::from_json(&issued).is_err());
    assert!(netcert::UnverifiedCertificate::parse(&document).is_err());
}
