//! A presentation answers one request of one Verifier, and says what was agreed to.

use bbs::DecodeError;
use netcert::{PresentationHeader, Pseudonym, Shown, ShownError, Slot, request_digest};
use serde_json::{Value, json};

use crate::harness::*;

#[test]
fn a_replayed_or_relayed_presentation_is_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let certificate = wallet.renew(&issuer);
    let header = header();
    for context in [None, Some(&shop)] {
        let shown = wallet.show(&certificate, &[Slot::AgeOver18], context);
        assert!(
            shown
                .verify(&issuer.profile, context, &header, now())
                .is_ok()
        );
        for other in [
            PresentationHeader {
                nonce: "another",
                ..header
            },
            PresentationHeader {
                nonce: "",
                ..header
            },
            PresentationHeader {
                client_id: "decentralized_identifier:did:web:evil.example",
                ..header
            },
            PresentationHeader {
                response_uri: "https://evil.example/response",
                ..header
            },
            PresentationHeader {
                request_digest: [8; 32],
                ..header
            },
            // The same text, split otherwise.
            PresentationHeader {
                nonce: "n-0S6_WzA2Mjd",
                client_id: &header.client_id[1..],
                ..header
            },
        ] {
            assert_eq!(
                shown
                    .verify(&issuer.profile, context, &other, now())
                    .unwrap_err(),
                ShownError::Proof
            );
        }
    }
}

#[test]
fn the_request_digest_covers_every_parameter_but_those_left_out() {
    let request = json!({
        "client_id": "c", "nonce": "n", "response_uri": "u", "dcql_query": {"credentials": [1.5]},
        "aud": "a", "exp": 2, "iat": 1, "iss": "c", "nbf": 1, "wallet_nonce": "w",
    });
    let request = request.as_object().unwrap();
    let digest = request_digest(request).unwrap();
    let fixed = keys::sha256(
        br#"{"client_id":"c","dcql_query":{"credentials":[1.5]},"nonce":"n","response_uri":"u"}"#,
    );
    assert_eq!(digest, fixed);
    for name in request.keys() {
        let mut changed = request.clone();
        changed.insert(name.clone(), json!("changed"));
        let left_out = ["aud", "exp", "iat", "iss", "nbf", "wallet_nonce"].contains(&name.as_str());
        assert_eq!(request_digest(&changed).unwrap() == digest, left_out);
        changed.remove(name);
        assert_eq!(request_digest(&changed).unwrap() == digest, left_out);
    }
    let mut more = request.clone();
    more.insert("state".to_owned(), Value::Null);
    assert_ne!(request_digest(&more).unwrap(), digest);
}

#[test]
fn another_epochs_key_or_profile_is_refused() {
    let [one, two] = [Issuer::new(), Issuer::new()];
    let wallet = Wallet::new();
    let shown = wallet.show(&wallet.renew(&one), &[Slot::AgeOver18], None);
    assert_eq!(verify(&shown, &two, None).unwrap_err(), ShownError::Profile);
    // Said to be of the other profile, in either form.
    let mut cbor = shown.to_cbor();
    cbor[4..36].copy_from_slice(&two.profile.hash());
    let renamed = Shown::from_cbor(&cbor).unwrap();
    assert_eq!(verify(&renamed, &two, None).unwrap_err(), ShownError::Proof);
    let document = renamed.to_json(&two.profile).unwrap();
    let renamed = Shown::from_json(&document).unwrap();
    assert_eq!(verify(&renamed, &two, None).unwrap_err(), ShownError::Proof);
}

#[test]
fn the_epoch_has_a_beginning_and_an_end() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shown = wallet.show(&wallet.renew(&issuer), &[], None);
    let outcome = |at: &str| {
        let at = at.parse().unwrap();
        shown
            .verify(&issuer.profile, None, &header(), at)
            .map(|showing| showing.superseded())
    };
    assert_eq!(
        outcome("2026-11-22T23:59:59Z"),
        Err(ShownError::NotYetValid)
    );
    assert_eq!(outcome("2026-11-23T00:00:00Z"), Ok(false));
    assert_eq!(outcome("2026-11-30T00:09:59Z"), Ok(false));
    assert_eq!(outcome("2026-11-30T00:10:00Z"), Ok(true));
    assert_eq!(outcome("2026-12-01T00:00:00Z"), Ok(true));
    assert_eq!(outcome("2026-12-01T00:00:01Z"), Err(ShownError::Expired));
}

#[test]
fn values_that_were_not_signed_are_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let shown = wallet.show(
        &certificate,
        &[Slot::AgeOver18, Slot::GivenName, Slot::FamilyName],
        None,
    );
    let document = shown.to_json(&issuer.profile).unwrap();
    let outcome = |document: &Value| {
        let shown = Shown::from_json(document).unwrap();
        verify(&shown, &issuer, None).map(|_| ()).unwrap_err()
    };
    let subject = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut document = document.clone();
        change(document["credentialSubject"].as_object_mut().unwrap());
        document
    };
    let altered = subject(&|subject| {
        subject.insert("given_name".to_owned(), json!("ANNE"));
    });
    assert_eq!(outcome(&altered), ShownError::Proof);
    let swapped = subject(&|subject| {
        subject.insert("given_name".to_owned(), json!("ERIKSSON"));
        subject.insert("family_name".to_owned(), json!("ANNA MARIA"));
    });
    assert_eq!(outcome(&swapped), ShownError::Proof);
    // A true flag, shown as that of an age that is false.
    let moved = subject(&|subject| {
        subject.remove("age_over_18");
        subject.insert("age_over_60".to_owned(), json!(true));
    });
    assert_eq!(outcome(&moved), ShownError::Proof);
    let less = subject(&|subject| {
        subject.remove("given_name");
    });
    assert_eq!(outcome(&less), ShownError::Lengths);
}

#[test]
fn a_presentation_that_deviates_is_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shown = wallet.show(&wallet.renew(&issuer), &[Slot::AgeOver18], None);
    let document = shown.to_json(&issuer.profile).unwrap();
    let changes = [
        ("/validUntil", json!("2026-12-02T00:00:00Z")),
        ("/validFrom", json!("2020-01-01T00:00:00Z")),
        ("/issuer", json!("did:web:other.example")),
        ("/type/1", json!("DiplomaCredential")),
        ("/@context/1", json!("https://evil.example/context")),
        (
            "/proof/verificationMethod",
            json!("did:web:other.example#net-46"),
        ),
        ("/proof/proofPurpose", json!("authentication")),
        ("/credentialSubject/type", json!("Person")),
    ];
    for (pointer, value) in changes {
        let mut changed = document.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let shown = Shown::from_json(&changed).unwrap();
        assert_eq!(
            verify(&shown, &issuer, None).unwrap_err(),
            ShownError::Deviates,
            "{pointer}"
        );
    }
    // Claims that nobody signed, where they are not looked for.
    for object in ["", "/proof"] {
        let mut changed = document.clone();
        changed.pointer_mut(object).unwrap()["evidence"] = json!("checked by the king");
        let shown = Shown::from_json(&changed).unwrap();
        assert_eq!(
            verify(&shown, &issuer, None).unwrap_err(),
            ShownError::Deviates
        );
    }
}

/// B cannot obtain a pseudonym in A's context, nor pass off one number as another.
#[test]
fn pseudonyms_belong_to_their_context_and_holder() {
    let issuer = Issuer::new();
    let [alice, bob] = [Wallet::new(), Wallet::new()];
    let [shop, evil] = ["shop.example", "evil.example"].map(context);
    let certificate = alice.renew(&issuer);
    let at_evil = alice.show(&certificate, &[], Some(&evil));
    let at_shop = alice.show(&certificate, &[], Some(&shop));
    assert_eq!(
        verify(&at_evil, &issuer, Some(&shop)).unwrap_err(),
        ShownError::Proof
    );
    let replaced = |pseudonym: &Pseudonym| {
        let mut cbor = at_evil.to_cbor();
        let place = 4 + 32 + 1 + 2;
        assert_eq!(cbor[place - 2..place], [0x58, 48]);
        cbor[place..place + 48].copy_from_slice(pseudonym.as_bytes());
        Shown::from_cbor(&cbor).unwrap()
    };
    for stolen in [
        *at_shop.unverified_pseudonym().unwrap(),
        bob.renew(&issuer).pseudonym(&bob.secret, &evil).unwrap(),
    ] {
        for context in [&shop, &evil] {
            assert_eq!(
                verify(&replaced(&stolen), &issuer, Some(context)).unwrap_err(),
                ShownError::Proof
            );
        }
    }
    // Negated, which a careless comparison of x-coordinates would not see.
    let mut bytes = *at_evil.unverified_pseudonym().unwrap().as_bytes();
    bytes[0] ^= 0x20;
    let negated = Pseudonym::from_bytes(&bytes).unwrap();
    assert_eq!(
        verify(&replaced(&negated), &issuer, Some(&evil)).unwrap_err(),
        ShownError::Proof
    );
}

#[test]
fn a_pseudonym_is_shown_if_asked_for_and_else_not() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let certificate = wallet.renew(&issuer);
    let with = wallet.show(&certificate, &[], Some(&shop));
    let without = wallet.show(&certificate, &[], None);
    assert_eq!(
        verify(&with, &issuer, None).unwrap_err(),
        ShownError::PseudonymUnasked
    );
    assert_eq!(
        verify(&without, &issuer, Some(&shop)).unwrap_err(),
        ShownError::PseudonymMissing
    );
    // Taking the pseudonym away from a proof with one, or adding it to one without.
    let mut document = without.to_json(&issuer.profile).unwrap();
    let stripped = strip(&with);
    assert_eq!(
        verify(&stripped, &issuer, None).unwrap_err(),
        ShownError::Proof
    );
    document["proof"]["proofValue"] = json!("u");
    assert_eq!(Shown::from_json(&document).unwrap_err(), ShownError::Shape);
}

fn strip(shown: &Shown) -> Shown {
    let mut cbor = shown.to_cbor();
    cbor.splice(37..37 + 50, [0xf6]);
    Shown::from_cbor(&cbor).unwrap()
}

/// Two presentations of one certificate have nothing in common but what everybody has.
#[test]
fn presentations_without_pseudonym_share_nothing() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let [one, two] = [(), ()].map(|()| wallet.show(&certificate, &[], None).to_cbor());
    let prefix = 4 + 32 + 2 + 3;
    assert_eq!(one[..prefix], two[..prefix]);
    assert_eq!(one.len(), two.len());
    for window in one[prefix..].windows(16) {
        assert!(!two.windows(16).any(|other| other == window));
    }
    // Another person's looks the same.
    let other = Wallet::new();
    let third = other.show(&other.renew(&issuer), &[], None).to_cbor();
    assert_eq!(one[..prefix], third[..prefix]);
    assert_eq!(one.len(), third.len());
}

#[test]
fn bad_points_and_scalars_are_refused() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let shown = wallet.show(&wallet.renew(&issuer), &[], Some(&shop));
    let cbor = shown.to_cbor();
    let pseudonym = 4 + 32 + 1 + 2;
    let proof = pseudonym + 48 + 3;
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    let mut outside = [0; 48];
    outside[0] = 0x80;
    outside[47] = 4;
    let mut off = outside;
    off[47] = 1;
    assert_eq!(Pseudonym::from_bytes(&identity), Err(DecodeError::Identity));
    assert_eq!(Pseudonym::from_bytes(&outside), Err(DecodeError::Point));
    for point in [identity, outside, off, [0xff; 48], [0; 48]] {
        for place in [pseudonym, proof, proof + 48, proof + 96] {
            let mut cbor = cbor.clone();
            cbor[place..place + 48].copy_from_slice(&point);
            let shown = Shown::from_cbor(&cbor).unwrap();
            assert_eq!(
                verify(&shown, &issuer, Some(&shop)).unwrap_err(),
                ShownError::Malformed
            );
        }
    }
    for scalar in [[0; 32], [0xff; 32]] {
        for index in 0..37 {
            let place = proof + 144 + index * 32;
            let mut cbor = cbor.clone();
            cbor[place..place + 32].copy_from_slice(&scalar);
            let shown = Shown::from_cbor(&cbor).unwrap();
            assert_eq!(
                verify(&shown, &issuer, Some(&shop)).unwrap_err(),
                ShownError::Malformed
            );
        }
    }
    assert_eq!(cbor.len(), proof + 144 + 37 * 32);
}

#[test]
fn no_changed_byte_verifies() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let shop = context("shop.example");
    let shown = wallet.show(&wallet.renew(&issuer), &[Slot::Nationality], Some(&shop));
    let cbor = shown.to_cbor();
    assert!(verify(&Shown::from_cbor(&cbor).unwrap(), &issuer, Some(&shop)).is_ok());
    for place in (0..cbor.len()).step_by(11) {
        let mut changed = cbor.clone();
        changed[place] ^= 1;
        let verified = Shown::from_cbor(&changed)
            .and_then(|shown| verify(&shown, &issuer, Some(&shop)).map(|_| ()));
        assert!(verified.is_err(), "byte {place}");
    }
}
