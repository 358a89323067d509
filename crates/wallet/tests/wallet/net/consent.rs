//! What the Holder is told, and agrees to.

use jiff::SignedDuration;
use wallet::{Acquaintance, Allowances, Crowd, Lack, PresentError, Renewed};

use super::{ADULT, holder, week};
use crate::office::Office;
use crate::person::{Person, receive};
use crate::platform::{Platform, number};

#[tokio::test]
async fn the_review_says_what_leaves_and_nothing_else_leaves() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let review = wallet
        .review_request(&shop.link(ADULT, true))
        .await
        .unwrap();
    let share = review.chosen(None).unwrap()[0];
    assert_eq!(share.shared, [("age_over_18".to_owned(), true.into())]);
    assert_eq!(
        share.hidden,
        ["age_over_14", "nationality", "given_name", "birth_date"]
    );
    let net = share.net.as_ref().unwrap();
    let shown = net.number.as_ref().unwrap();
    assert_eq!(shown.acquaintance, Acquaintance::First);
    assert!(shown.is_loopback && !shown.shares_host && net.narrowing.is_empty());
    let promised = shown.number;
    wallet.present(review, None).await.unwrap();
    let body = String::from_utf8(shop.received().remove(0)).unwrap();
    for hidden in ["ANNA", "1974", "UTO", "age_over_14"] {
        assert!(!body.contains(hidden), "{hidden}");
    }
    let profile = office.profile(office.epoch());
    let showing = shop.judge(ADULT, true, &profile, person.now());
    assert_eq!(showing.slots().len(), 1);
    assert_eq!(netcert::NetNumber::of(&number(&showing)), promised);

    // Without being asked for one, no number leaves.
    let review = wallet
        .review_request(&shop.link(ADULT, false))
        .await
        .unwrap();
    assert!(
        review.chosen(None).unwrap()[0]
            .net
            .as_ref()
            .unwrap()
            .number
            .is_none()
    );
    wallet.present(review, None).await.unwrap();
    let showing = shop.judge(ADULT, false, &profile, person.now());
    assert!(showing.pseudonym().is_none());
    let review = wallet
        .review_request(&shop.link(ADULT, true))
        .await
        .unwrap();
    let net = review.chosen(None).unwrap()[0].net.as_ref().unwrap();
    let met = net.number.as_ref().unwrap().acquaintance;
    assert!(matches!(met, Acquaintance::Same { .. }), "{met:?}");
}

#[tokio::test]
async fn a_name_beside_a_number_needs_the_holders_own_word() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let slots: &[&str] = &["given_name", "nationality"];
    let link = shop.link(slots, true);
    let review = wallet.review_request(&link).await.unwrap();
    let net = review.chosen(None).unwrap()[0].net.as_ref().unwrap();
    assert_eq!(net.naming, ["given_name"]);
    assert_eq!(net.narrowing, ["nationality"]);
    assert_eq!(net.crowd, Some(Crowd::Unknown));
    let refused = wallet.present(review, None).await;
    assert!(matches!(refused, Err(PresentError::NameBesideNumber)));
    assert!(shop.received().is_empty());

    let review = wallet.review_request(&link).await.unwrap();
    let allowances = Allowances {
        name_beside_number: true,
        ..Allowances::default()
    };
    let review = wallet.review_allowing(review, allowances).unwrap();
    wallet.present(review, None).await.unwrap();
    let showing = shop.judge(slots, true, &office.profile(office.epoch()), person.now());
    assert_eq!(showing.slots().len(), 2);
}

#[tokio::test]
async fn a_number_hides_in_a_crowd_or_needs_the_holders_own_word() {
    let slots: &[&str] = &["age_over_18", "nationality"];
    for (nationality, crowd) in [
        ("DEU", Crowd::FewerThan(100_000_000)),
        ("TUV", Crowd::FewerThan(10_000)),
        ("UTO", Crowd::Unknown),
    ] {
        let person = Person::new();
        let office = Office::open(&person.clock).await;
        let mut wallet = person.make_wallet();
        let offer = office.offer_to_national("anna", nationality);
        receive(&mut wallet, &offer).await.unwrap();
        let shop = Platform::open().await;
        let profile = office.profile(office.epoch());

        let link = shop.link(slots, true);
        let review = wallet.review_request(&link).await.unwrap();
        let net = review.chosen(None).unwrap()[0].net.as_ref().unwrap();
        assert_eq!(net.crowd, Some(crowd));
        let shown = wallet.present(review, None).await;
        if !crowd.is_small() {
            shown.unwrap();
            let showing = shop.judge(slots, true, &profile, person.now());
            assert_eq!(showing.slots().len(), 2);
            continue;
        }
        assert!(matches!(shown, Err(PresentError::FewBesideNumber)));
        assert!(shop.received().is_empty());

        // Without a number there is nothing that a name could be put to.
        let review = wallet.review_request(&shop.link(slots, false)).await;
        wallet.present(review.unwrap(), None).await.unwrap();
        let showing = shop.judge(slots, false, &profile, person.now());
        assert!(showing.pseudonym().is_none());
        let review = wallet.review_request(&link).await.unwrap();
        let allowances = Allowances {
            name_beside_number: true,
            ..Allowances::default()
        };
        let review = wallet.review_allowing(review, allowances).unwrap();
        wallet.present(review, None).await.unwrap();
        let showing = shop.judge(slots, true, &profile, person.now());
        assert_eq!(showing.slots().len(), 2);
    }
}

#[tokio::test]
async fn a_false_flag_is_never_shown_and_a_new_one_rests() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    let ids = receive(&mut wallet, &office.offer_for("anna", false)).await;
    let id = ids.unwrap().remove(0);
    let shop = Platform::open().await;
    let link = shop.link(ADULT, true);
    let review = wallet.review_request(&link).await.unwrap();
    assert!(review.missing().is_some());
    let misses = &review.asks()[0].near_misses;
    let lacks: Vec<_> = misses.iter().map(|miss| &miss.lack).collect();
    assert!(
        matches!(lacks[..], [Lack::Claim(claim)] if claim.ends_with("age_over_18")),
        "{lacks:?}"
    );

    office.comes_of_age("anna");
    person.clock.advance(week());
    assert!(matches!(wallet.renew(&id).await, Ok(Renewed::UpTo(_))));
    person.clock.advance(week());
    let held = wallet.net_certificate(&id).unwrap();
    let begun = office.profile(office.epoch()).valid_from();
    let resting = held.resting(begun - SignedDuration::from_secs(1));
    let resting: Vec<_> = resting
        .map(|(flag, until)| (flag.to_owned(), until))
        .collect();
    let [(flag, until)] = &resting[..] else {
        panic!("{resting:?}")
    };
    assert_eq!(flag, "age_over_18");
    let earliest = office.profile(office.epoch()).valid_from();
    assert!(*until >= earliest && *until < earliest + SignedDuration::from_hours(28 * 24));
    if *until > person.now() {
        let review = wallet.review_request(&link).await.unwrap();
        assert!(review.missing().is_some());
        assert_eq!(review.asks()[0].resting, resting);
        assert!(review.asks()[0].near_misses.is_empty());
        let allowances = Allowances {
            new_flags: true,
            ..Allowances::default()
        };
        let review = wallet.review_allowing(review, allowances).unwrap();
        assert!(review.missing().is_none() && review.asks()[0].resting.is_empty());
    }
    for _ in 0..4 {
        person.clock.advance(week());
        wallet.renew(&id).await.unwrap();
    }
    let review = wallet.review_request(&link).await.unwrap();
    assert!(review.missing().is_none());
}
