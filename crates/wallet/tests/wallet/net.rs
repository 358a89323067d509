//! Net certificates, from the first receipt to a wallet that was lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use keys::seed::Seed;
use netcert::{AnchorOpening, HolderSecret, Pseudonym, Slot};
use openid4vci::wallet::EpochError;
use openid4vp::request::RequestFault;
use openid4vp::scopes::ScopesFault;
use vault::Cost;
use wallet::{
    Acquaintance, Allowances, Crowd, Event, LockedRenewal, NetFault, NewVault, PresentError,
    ReceiveError, Renewed, ScopesChange, Settings, Wallet, WalletError, Which,
};

use crate::office::{Fault, Office};
use crate::person::{Person, passphrase, receive, settings};
use crate::platform::{Platform, number};
use crate::proxy::Proxy;

const ADULT: &[&str] = &["age_over_18"];

/// Shows an age and a number, and has the platform judge them.
async fn visit(person: &Person, wallet: &mut Wallet, office: &Office, to: &Platform) -> Pseudonym {
    let review = wallet.review_request(&to.link(ADULT, true)).await.unwrap();
    let epoch = review.chosen(None).unwrap()[0].net.as_ref().unwrap().epoch;
    wallet.present(review, None).await.unwrap();
    let showing = to.judge(ADULT, true, &office.profile(epoch), person.now());
    assert!(showing.slots().is_true(Slot::AgeOver18));
    number(&showing)
}

async fn holder(office: &Office, person: &Person) -> (Wallet, String) {
    let mut wallet = person.make_wallet();
    let ids = receive(&mut wallet, &office.offer("anna")).await.unwrap();
    let [id] = &ids[..] else { panic!("{ids:?}") };
    (wallet, id.clone())
}

fn week() -> SignedDuration {
    SignedDuration::from_hours(7 * 24)
}

#[tokio::test]
async fn each_platform_sees_a_number_of_its_own_and_the_same_at_every_visit() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let (shop, bank) = (Platform::open().await, Platform::open().await);
    office.requests();
    let first = visit(&person, &mut wallet, &office, &shop).await;
    let other = visit(&person, &mut wallet, &office, &bank).await;
    assert_ne!(first, other);
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, first);
    // Invariant 1: the issuer hears nothing of it.
    assert_eq!(office.requests(), Vec::<String>::new());
    let numbers = wallet.net_certificate(&id).unwrap().numbers();
    assert_eq!(numbers.len(), 2);
    let told = wallet.history().iter().filter(|entry| {
        matches!(&entry.event, Event::Presented { number: Some(number), .. }
            if *number == netcert::NetNumber::of(&first).to_string())
    });
    assert_eq!(told.count(), 2);
}

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

#[tokio::test]
async fn all_wallets_switch_at_one_instant_and_the_number_stays() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    let epoch = office.epoch();
    let next = office.profile(epoch + 1);
    let switch = next.switch_at().unwrap();
    let shown = |wallet: &Wallet| {
        let held = wallet.net_certificate(&id).unwrap();
        held.shown_epoch(person.now())
    };
    assert_eq!(shown(&wallet), Some(epoch));
    person.clock.set(switch - SignedDuration::from_secs(1));
    assert_eq!(shown(&wallet), Some(epoch));
    person.clock.set(switch);
    assert_eq!(shown(&wallet), Some(epoch + 1));
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
    assert_eq!(wallet.renew(&id).await.unwrap(), Renewed::UpTo(epoch + 2));
    assert_eq!(wallet.renew(&id).await.unwrap(), Renewed::Already);
    person.clock.advance(week());
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
}

#[tokio::test]
async fn a_timer_renews_a_locked_wallet_and_what_came_is_unblinded_later() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    wallet.renew_by_itself().unwrap();
    let mut due = wallet.net_certificate(&id).unwrap().renewal_due.unwrap();
    let first_epoch = office.epoch();
    drop(wallet);
    let open = || {
        let clock = Arc::new(person.clock.clone());
        LockedRenewal::open(&person.vault(), settings(), clock)
            .unwrap()
            .unwrap()
    };
    // Invariant 7: the file says nothing without its key, nor does it hold the secret.
    let file = std::fs::read(person.vault().with_extension("vault.renewal")).unwrap();
    for known in [&b"ANNA"[..], office.identifier.as_bytes(), b"refresh_token"] {
        assert!(!file.windows(known.len()).any(|window| window == known));
    }
    for round in 0..3 {
        if round == 0 {
            person.clock.set(due - SignedDuration::from_secs(1));
            assert!(open().run(Which::Due).await.unwrap().is_empty());
        }
        person.clock.set(due);
        let reports = open().run(Which::Due).await.unwrap();
        let outcome = reports[0].outcome.as_ref().unwrap();
        assert_eq!(*outcome, Renewed::UpTo(first_epoch + 2 + round));
        assert!(open().run(Which::Due).await.unwrap().is_empty());
        // The next moment lies in the next epoch; at its end it has surely come.
        due = office.profile(first_epoch + 3 + round).valid_from() - SignedDuration::from_secs(1);
    }
    let mut wallet = person.open_wallet();
    let collected = wallet.collect().unwrap();
    assert_eq!(
        (collected.renewed, collected.refused.len()),
        (vec![id.clone()], 0)
    );
    assert!(wallet.collect().unwrap().renewed.is_empty());
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
    wallet.stop_renewing_by_itself().unwrap();
    assert!(!wallet.renews_by_itself());
}

#[tokio::test]
async fn a_refused_renewal_ends_with_the_epoch() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    wallet.renew_by_itself().unwrap();
    office.revoke("anna");
    person
        .clock
        .advance(week() + SignedDuration::from_hours(12));
    let clock = Arc::new(person.clock.clone());
    let mut locked = LockedRenewal::open(&person.vault(), settings(), clock)
        .unwrap()
        .unwrap();
    let told = locked.run(Which::Due).await.unwrap();
    assert!(told[0].outcome.is_err());
    assert!(locked.run(Which::Due).await.unwrap().is_empty());
    drop(locked);
    wallet.collect().unwrap();
    assert!(wallet.net_certificate(&id).unwrap().refused_at.is_some());
    let refused = wallet.renew(&id).await;
    assert!(matches!(refused, Err(ReceiveError::Redemption(_))));
    let held = wallet.net_certificate(&id).unwrap();
    assert!(held.refused_at.is_some() && !held.expired(person.now()));
    assert_eq!(held.renewal_due, None);
    person.clock.advance(week());
    person.clock.advance(SignedDuration::from_hours(25));
    assert!(wallet.net_certificate(&id).unwrap().expired(person.now()));
    let review = wallet
        .review_request(&shop.link(ADULT, true))
        .await
        .unwrap();
    assert!(review.chosen(None).unwrap()[0].expired);
    let refused = wallet.present(review, None).await;
    assert!(matches!(refused, Err(PresentError::Expired { .. })));
    assert!(shop.received().is_empty());
}

#[tokio::test]
async fn words_and_a_backup_bring_the_numbers_to_a_second_device() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    let (other, seed) = (
        Person::new(),
        Seed::from_words(&wallet.words().unwrap()).unwrap(),
    );
    let backup = other.file("backup");
    wallet.back_up(&backup).unwrap();
    let bytes = std::fs::read(&backup).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"ANNA"));

    let place = || NewVault {
        path: Box::leak(other.vault().into_boxed_path()),
        passphrase: Box::leak(Box::new(passphrase())),
        cost: Cost::insecure_for_tests(),
    };
    let clock = Arc::new(person.clock.clone());
    let stranger = Seed::generate(&mut host::system_rng());
    let refused = Wallet::restore(
        &place(),
        &stranger,
        Some(&backup),
        settings(),
        clock.clone(),
    );
    assert!(matches!(refused.err(), Some(WalletError::Vault(_))));
    let mut second = Wallet::restore(&place(), &seed, Some(&backup), settings(), clock).unwrap();
    assert_eq!(second.net_certificate(&id).unwrap().numbers().len(), 1);
    assert_eq!(visit(&person, &mut second, &office, &shop).await, before);
    // The ticket is bound to the new device's key, and the first device's stays good.
    person.clock.advance(week());
    assert!(matches!(second.renew(&id).await, Ok(Renewed::UpTo(_))));
    assert!(matches!(wallet.renew(&id).await, Ok(Renewed::UpTo(_))));
    assert_eq!(visit(&person, &mut second, &office, &shop).await, before);
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, before);
}

#[tokio::test]
async fn words_and_the_document_bring_the_numbers_back_and_another_wallet_is_refused() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let shop = Platform::open().await;
    let before = visit(&person, &mut wallet, &office, &shop).await;
    let seed = Seed::from_words(&wallet.words().unwrap()).unwrap();

    let thief = Person::new();
    let mut other = thief.make_wallet();
    let refused = receive(&mut other, &office.offer("anna")).await;
    assert!(
        matches!(refused, Err(ReceiveError::AnotherSecret)),
        "{refused:?}"
    );
    assert!(other.net_certificates().is_empty());

    let again = Person::new();
    let place = NewVault {
        path: &again.vault(),
        passphrase: &passphrase(),
        cost: Cost::insecure_for_tests(),
    };
    let clock = Arc::new(person.clock.clone());
    let mut restored = Wallet::restore(&place, &seed, None, settings(), clock).unwrap();
    receive(&mut restored, &office.offer("anna")).await.unwrap();
    assert_eq!(visit(&person, &mut restored, &office, &shop).await, before);
    // A document that is shown again in the same wallet changes nothing either.
    receive(&mut restored, &office.offer("anna")).await.unwrap();
    assert_eq!(restored.net_certificates().len(), 1);
    assert_eq!(visit(&person, &mut restored, &office, &shop).await, before);
}

/// *Attack*: an Issuer keeps the anchor of a first receipt that it let fail, and holds it out later.
/// Of two anchors of one secret, it could find two numbers of one person by what they differ in.
#[tokio::test]
async fn one_secret_has_one_anchor() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let seed = Seed::from_words(&wallet.words().unwrap()).unwrap();
    let secret = HolderSecret::derive(&seed, office.identifier(), 0);
    let rng = &mut host::system_rng();
    let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
    office.hold_out("anna", anchor, opening.seal(&secret, &anchor, rng));
    let refused = receive(&mut wallet, &office.offer("anna")).await;
    assert!(
        matches!(refused, Err(ReceiveError::SecondAnchor)),
        "{refused:?}"
    );
    assert_eq!(wallet.net_certificates().len(), 1);
}

#[tokio::test]
async fn whatever_could_mark_the_holder_is_refused() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    office.err(Fault::Marks);
    let mut wallet = person.make_wallet();
    let refused = receive(&mut wallet, &office.offer("anna")).await;
    assert!(matches!(
        refused,
        Err(ReceiveError::NetFault(NetFault::Certificate(_)))
    ));
    assert!(wallet.net_certificates().is_empty());

    office.err(Fault::None);
    let id = receive(&mut wallet, &office.offer("anna")).await.unwrap();
    office.err(Fault::SecondProfiles);
    let refused = receive(&mut wallet, &office.offer("anna")).await;
    assert!(matches!(
        refused,
        Err(ReceiveError::NetFault(NetFault::Pin(
            netcert::PinError::SecondProfile
        )))
    ));
    person.clock.advance(week());
    let refused = wallet.renew(&id[0]).await;
    assert!(matches!(
        refused,
        Err(ReceiveError::NetFault(NetFault::Pin(
            netcert::PinError::SecondProfile
        )))
    ));
}

#[tokio::test]
async fn a_door_is_answered_without_a_network_once_the_platform_is_known() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let club = Platform::open().await;
    let door = club.door(&office.identifier, ADULT);
    let code = club.code(&door, person.now());
    let unknown = wallet
        .review_door(&code, false, Allowances::default())
        .await;
    assert!(matches!(unknown.err(), Some(PresentError::DoorUnknown)));
    let online = visit(&person, &mut wallet, &office, &club).await;
    let mut wallet = {
        drop(wallet);
        person.open_wallet()
    };
    office.requests();
    let review = wallet
        .review_door(&code, false, Allowances::default())
        .await;
    let review = review.unwrap();
    let option = &review.options()[0];
    assert_eq!(option.shared, [("age_over_18".to_owned(), true.into())]);
    let number = option.net.as_ref().unwrap().number.as_ref().unwrap();
    assert!(matches!(number.acquaintance, Acquaintance::Same { .. }));
    assert_eq!(number.number, netcert::NetNumber::of(&online));
    let answer = wallet.answer_door(review, None).unwrap();
    let curious = club.door(&office.identifier, &["nationality"]);
    let code = club.code(&curious, person.now());
    let review = wallet.review_door(&code, false, Allowances::default());
    let refused = wallet.answer_door(review.await.unwrap(), None);
    assert!(matches!(refused, Err(PresentError::FewBesideNumber)));
    assert!(answer.text.len() <= 2300, "{}", answer.text.len());
    let profile = office.profile(office.epoch());
    let known = |hash| (profile.hash() == hash).then(|| profile.clone());
    let judged = door
        .judge(&answer.text, false, known, person.now())
        .unwrap();
    let shown = judged.answer.credentials[0].pseudonym().unwrap();
    assert_eq!(
        shown.net_number,
        netcert::NetNumber::of(&online).to_string()
    );
    assert!(office.requests().is_empty() && club.received().is_empty());
    assert!(matches!(
        wallet.history().last().unwrap().event,
        Event::Presented {
            number: Some(_),
            ..
        }
    ));
}

#[tokio::test]
async fn everything_that_leaves_goes_through_the_proxy() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let shop = Platform::open().await;
    let proxy = Proxy::open().await;
    let mut wallet = person.make_wallet_with(Settings {
        proxy: Some(proxy.url.parse().unwrap()),
        ..settings()
    });
    receive(&mut wallet, &office.offer("anna")).await.unwrap();
    let tunnels = proxy.tunnels();
    assert!(!tunnels.is_empty());
    assert!(tunnels.iter().all(|one| one.target == office.identifier));
    visit(&person, &mut wallet, &office, &shop).await;
    let tunnels = proxy.tunnels();
    assert!(!tunnels.is_empty());
    assert!(tunnels.iter().all(|one| shop.has_address(&one.target)));

    // Nobody goes around a proxy that is not there.
    let other = Person::new();
    let mut wallet = other.make_wallet_with(Settings {
        proxy: Some("socks5h://127.0.0.1:9".parse().unwrap()),
        ..settings()
    });
    office.requests();
    let refused = receive(&mut wallet, &office.offer("berta")).await;
    assert!(matches!(refused, Err(ReceiveError::Fetch(_))));
    assert!(office.requests().is_empty());
}

/// By its name at the proxy, Tor knows what may share a circuit: nothing that goes to two parties may.
#[tokio::test]
async fn no_two_parties_are_asked_under_one_name() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (shop, bank) = (Platform::open().await, Platform::open().await);
    let proxy = Proxy::open().await;
    let by = |url: String, shared: bool| Settings {
        proxy: Some(url.parse().unwrap()),
        proxy_shared: shared,
        ..settings()
    };
    let mut wallet = person.make_wallet_with(by(proxy.url.clone(), false));
    receive(&mut wallet, &office.offer("anna")).await.unwrap();
    for platform in [&shop, &bank, &shop] {
        visit(&person, &mut wallet, &office, platform).await;
    }
    let mut targets: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for tunnel in proxy.tunnels() {
        let (user, password) = tunnel.name.unwrap();
        assert!(user.len() >= 22, "{user}");
        targets
            .entry((user, password))
            .or_default()
            .insert(tunnel.target);
    }
    // Looking at the offer, and taking it; three reviews, and three answers.
    assert_eq!(targets.len(), 8);
    assert!(
        targets.values().all(|parties| parties.len() == 1),
        "{targets:?}"
    );

    // A name that lets one in stays, and a proxy that takes none is told none.
    let named = proxy.url.replace("//", "//anna:secret@");
    for (handle, url, shared, name) in [
        (
            "berta",
            named,
            false,
            Some(("anna".to_owned(), "secret".to_owned())),
        ),
        ("carla", proxy.url.clone(), true, None),
    ] {
        let other = Person::new();
        let mut wallet = other.make_wallet_with(by(url, shared));
        receive(&mut wallet, &office.offer(handle)).await.unwrap();
        let tunnels = proxy.tunnels();
        assert!(!tunnels.is_empty());
        assert!(tunnels.iter().all(|one| one.name == name), "{tunnels:?}");
    }
}

/// *Attack*: one wallet is shown an old list, and goes on showing an epoch that all others have left.
#[tokio::test]
async fn an_old_list_of_epochs_is_refused_and_the_clock_to_look_at_is_named() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    // The epoch before is still good, and its list would be a list of good epochs.
    let begun = office.profile(office.epoch() + 1).valid_from();
    person.clock.set(begun + SignedDuration::from_hours(1));
    let epoch = office.epoch();
    for fault in [Fault::OldList, Fault::OldClock] {
        office.err(fault);
        let stranger = Person::new();
        stranger.clock.set(person.now());
        let mut other = stranger.make_wallet();
        let refused = [
            wallet.renew(&id).await.unwrap_err(),
            receive(&mut other, &office.offer("berta"))
                .await
                .unwrap_err(),
        ];
        for error in refused {
            match (fault, error) {
                (
                    Fault::OldList,
                    ReceiveError::Epochs(EpochError::NotCurrent { listed, expected }),
                ) => assert_eq!((listed + 1, expected), (epoch, Some(epoch))),
                (
                    Fault::OldClock,
                    ReceiveError::Epochs(EpochError::Clock {
                        listed,
                        expected,
                        ahead,
                    }),
                ) => assert_eq!((listed + 2, expected, ahead), (epoch, Some(epoch), false)),
                (_, other) => panic!("{other:?}"),
            }
        }
        assert!(other.net_certificates().is_empty());
    }
    office.err(Fault::None);
    assert_eq!(wallet.renew(&id).await.unwrap(), Renewed::UpTo(epoch + 1));
}

/// *Attack*: a timer was shown a profile and no certificate; when the vault opens, another one is
/// shown for the same epoch.
#[tokio::test]
async fn what_only_the_timer_saw_is_pinned_all_the_same() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    wallet.renew_by_itself().unwrap();
    drop(wallet);
    person.clock.advance(week());
    let locked = async || {
        let clock = Arc::new(person.clock.clone());
        let locked = LockedRenewal::open(&person.vault(), settings(), clock);
        let reports = locked.unwrap().unwrap().run(Which::All).await;
        reports.unwrap().remove(0).outcome
    };
    office.err(Fault::LosesReply);
    assert!(matches!(locked().await, Err(ReceiveError::Issuance(_))));
    // Whatever is installed anew.
    let mut wallet = person.open_wallet();
    wallet.renew_by_itself().unwrap();
    office.err(Fault::SecondNext);
    let refused = wallet.renew(&id).await;
    let second = |refused: &Result<Renewed, ReceiveError>| {
        let pin = netcert::PinError::SecondProfile;
        matches!(refused, Err(ReceiveError::NetFault(NetFault::Pin(fault))) if *fault == pin)
    };
    assert!(second(&refused), "{refused:?}");
    let evidence = |wallet: &Wallet| {
        let told = wallet.history().iter();
        told.filter(|entry| matches!(entry.event, Event::TwoProfiles { .. }))
            .count()
    };
    assert_eq!(evidence(&wallet), 1);
    drop(wallet);

    // What the timer itself finds out comes into the history, once.
    office.err(Fault::SecondProfiles);
    assert!(second(&locked().await));
    let mut wallet = person.open_wallet();
    let conflicts = wallet.collect().unwrap().conflicts;
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert_eq!(conflicts[0].epoch, office.epoch());
    assert!(wallet.collect().unwrap().conflicts.is_empty());
    drop(wallet);
    assert_eq!(evidence(&person.open_wallet()), 2);
}

/// *Attack*: the Issuer lets a first receipt fail, and keeps its anchor: with that of the next one, it
/// would have two anchors of one secret.
#[tokio::test]
async fn an_interrupted_first_receipt_goes_on_with_the_same_anchor() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let mut wallet = person.make_wallet();
    office.err(Fault::Forgets);
    receive(&mut wallet, &office.offer("anna"))
        .await
        .unwrap_err();
    // The machine stops: what counts is what is in the vault.
    drop(wallet);
    let mut wallet = person.open_wallet();
    let pending = wallet.pending().next().unwrap().0.to_owned();
    office.err(Fault::LosesReply);
    wallet.refill(&pending).await.unwrap_err();
    drop(wallet);
    let mut wallet = person.open_wallet();
    office.err(Fault::None);
    let ids = wallet.refill(&pending).await.unwrap();
    assert_eq!(wallet.pending().count(), 0);
    let shop = Platform::open().await;
    let number = visit(&person, &mut wallet, &office, &shop).await;

    // What the Holder forgets is not forgotten by the Issuer.
    wallet.forget(&ids[0]).unwrap();
    office.lose("anna");
    receive(&mut wallet, &office.offer("anna")).await.unwrap();
    assert_eq!(visit(&person, &mut wallet, &office, &shop).await, number);
    let ordered = office.ordered();
    assert_eq!(ordered.len(), 4);
    assert!(ordered.windows(2).all(|pair| pair[0] == pair[1]));

    // An anchor that never led to a certificate is one all the same.
    let other = Person::new();
    let mut wallet = other.make_wallet();
    office.err(Fault::Forgets);
    receive(&mut wallet, &office.offer("berta"))
        .await
        .unwrap_err();
    office.err(Fault::None);
    let seed = Seed::from_words(&wallet.words().unwrap()).unwrap();
    let secret = HolderSecret::derive(&seed, office.identifier(), 0);
    let rng = &mut host::system_rng();
    let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
    office.hold_out("berta", anchor, opening.seal(&secret, &anchor, rng));
    let refused = receive(&mut wallet, &office.offer("berta")).await;
    assert!(
        matches!(refused, Err(ReceiveError::SecondAnchor)),
        "{refused:?}"
    );
}

/// *Attack*: somebody has a key that the platform has replaced, and stands at its door.
#[tokio::test]
async fn whose_door_it_is_has_to_be_learnt_again() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, id) = holder(&office, &person).await;
    let club = Platform::open().await;
    visit(&person, &mut wallet, &office, &club).await;
    let (door, seen_at) = (club.door(&office.identifier, ADULT), person.now());
    let fetched = club.fetched();
    let allowances = Allowances::default;
    person.clock.advance(wallet::DOOR_MEMORY);
    wallet.renew(&id).await.unwrap();
    let code = club.code(&door, person.now());
    wallet
        .review_door(&code, false, allowances())
        .await
        .unwrap();
    assert_eq!(club.fetched(), fetched);

    person.clock.advance(SignedDuration::from_secs(1));
    let code = club.code(&door, person.now());
    let outdated = wallet.review_door(&code, false, allowances()).await;
    assert!(
        matches!(outdated.err(), Some(PresentError::DoorOutdated { seen_at: at }) if at == seen_at)
    );
    // It is asked for although one is kept, and kept once the holder has answered.
    let review = wallet.review_door(&code, true, allowances()).await.unwrap();
    assert_eq!(club.fetched(), fetched + 1);
    wallet.answer_door(review, None).unwrap();
    wallet.review_door(&code, true, allowances()).await.unwrap();
    assert_eq!(club.fetched(), fetched + 2);
    drop(wallet);
    let wallet = person.open_wallet();
    wallet
        .review_door(&code, false, allowances())
        .await
        .unwrap();
    assert_eq!(club.fetched(), fetched + 2);
}

/// *Attack*: a platform has a list of purposes for each person, or goes back to an old one.
#[tokio::test]
async fn a_list_of_scopes_is_pinned_and_its_change_is_shown() {
    let person = Person::new();
    let office = Office::open(&person.clock).await;
    let (mut wallet, _) = holder(&office, &person).await;
    let forum = Platform::open().await;
    let link = forum.link_in(ADULT, "jury");
    let start = person.now();
    let change = |review: &wallet::RequestReview| {
        let option = review.chosen(None).unwrap()[0];
        let number = option.net.as_ref().unwrap().number.as_ref().unwrap();
        number.change.clone()
    };
    let rollback = |refused: Option<PresentError>| {
        let Some(PresentError::Presentation(openid4vp::wallet::Error::Request(fault))) = refused
        else {
            panic!("{refused:?}")
        };
        assert_eq!(fault, RequestFault::Scopes(ScopesFault::Rollback));
    };
    forum.publish("jury", Some("2026-11"), start);
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(change(&review), None);
    wallet.present(review, None).await.unwrap();

    // Another list that is no newer is one of two.
    forum.publish("jury", Some("2026-12"), start);
    rollback(wallet.review_request(&link).await.err());
    // The same list, signed again, is the same.
    person.clock.advance(SignedDuration::from_hours(1));
    forum.publish("jury", Some("2026-11"), person.now());
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(change(&review), None);
    wallet.present(review, None).await.unwrap();
    forum.publish(
        "jury",
        Some("2026-12"),
        start + SignedDuration::from_mins(30),
    );
    rollback(wallet.review_request(&link).await.err());

    // A newer one is shown as what it is, and counts once the holder has agreed.
    drop(wallet);
    let mut wallet = person.open_wallet();
    person.clock.advance(SignedDuration::from_hours(1));
    let changed_at = person.now();
    forum.publish("jury", Some("2026-12"), changed_at);
    let review = wallet.review_request(&link).await.unwrap();
    let before = Some(("jury".to_owned(), Some("2026-11".to_owned())));
    assert_eq!(change(&review), Some(ScopesChange { before }));
    let declined = wallet.review_request(&link).await.unwrap();
    wallet.decline(declined).await.unwrap();
    wallet.present(review, None).await.unwrap();
    let review = wallet.review_request(&link).await.unwrap();
    assert_eq!(change(&review), None);
    forum.publish("jury", Some("2026-11"), start);
    rollback(wallet.review_request(&link).await.err());

    forum.publish(
        "jury",
        Some("2027-01"),
        changed_at + SignedDuration::from_hours(1),
    );
    let refused = wallet.review_request(&link).await.err();
    let Some(PresentError::Presentation(openid4vp::wallet::Error::Request(fault))) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(fault, RequestFault::Scopes(ScopesFault::Future));
}
