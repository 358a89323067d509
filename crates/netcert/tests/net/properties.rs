//! For whatever slots, contexts and headers.

use netcert::{PresentationHeader, Shown, Slot, SlotValue, Slots};
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::harness::*;

fn any_slots() -> impl Strategy<Value = Slots> {
    (
        any::<[Option<bool>; 6]>(),
        prop::option::of("[A-Z]{3}"),
        prop::option::of("[A-Z][A-Z' -]{0,20}[A-Z]"),
        prop::option::of("[0-9A-Z<]{1,32}"),
        prop::option::of(1900_i32..2026),
    )
        .prop_map(|(flags, nationality, name, number, year)| {
            let places = Slot::ALL.into_iter().filter(|slot| slot.is_flag());
            let flags = places
                .zip(flags)
                .filter_map(|(slot, flag)| Some((slot, SlotValue::Flag(flag?))));
            let name = name.map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
            let texts = [
                (Slot::Nationality, nationality),
                (Slot::FamilyName, name),
                (Slot::DocumentNumber, number),
                (Slot::BirthDate, year.map(|year| year.to_string())),
            ];
            let texts = texts
                .into_iter()
                .filter_map(|(slot, value)| Some((slot, SlotValue::Text(value?))));
            Slots::new(flags.chain(texts)).unwrap()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_shown_is_what_was_signed(
        slots in any_slots(),
        wanted in subsequence(Slot::ALL.to_vec(), 0..=16),
        host in "[a-z]{1,12}\\.[a-z]{2,8}",
        pseudonym: bool,
        nonce in "\\PC{0,40}",
        digest: [u8; 32],
    ) {
        let issuer = Issuer::new();
        let wallet = Wallet::new();
        let (document, prepared) = wallet.issued(&issuer, &slots);
        let certificate = wallet.finish(&document, &issuer.profile, &prepared).unwrap();
        let wanted: Vec<Slot> = wanted
            .into_iter()
            .filter(|slot| !matches!(slots.get(*slot), SlotValue::Absent | SlotValue::Flag(false)))
            .collect();
        prop_assume!(host.rsplit('.').next() != Some("localhost"));
        let context = pseudonym.then(|| context(&host));
        let header = PresentationHeader { nonce: &nonce, request_digest: digest, ..header() };
        let disclosure = netcert::Disclosure {
            slots: &wanted,
            context: context.as_ref(),
            name_beside_number: true,
        };
        let shown = certificate.present(&wallet.secret, &disclosure, &header, &mut rng()).unwrap();
        let sent = shown.to_json(&issuer.profile).unwrap();
        let arrived = Shown::from_json(&sent).unwrap();
        prop_assert_eq!(arrived.to_cbor(), shown.to_cbor());
        let showing = arrived.verify(&issuer.profile, context.as_ref(), &header, now()).unwrap();
        prop_assert_eq!(showing.slots().len(), wanted.len());
        for slot in wanted {
            prop_assert_eq!(showing.slots().get(slot), Some(slots.get(slot)));
        }
        prop_assert_eq!(showing.pseudonym().is_some(), pseudonym);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), place in 0_usize..1400, byte: u8) {
        let _ = Shown::from_cbor(&bytes);
        let issuer = Issuer::new();
        let wallet = Wallet::new();
        let mut cbor = wallet.show(&wallet.renew(&issuer), &[Slot::AgeOver18], None).to_cbor();
        if let Some(at) = cbor.get_mut(place) {
            *at = byte;
        }
        if let Ok(shown) = Shown::from_cbor(&cbor) {
            prop_assert_eq!(shown.to_cbor(), cbor);
            let _ = verify(&shown, &issuer, None);
        }
    }
}
