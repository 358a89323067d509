//! How requests leave.

use std::collections::{BTreeMap, BTreeSet};

use wallet::{ReceiveError, Settings};

use super::visit;
use crate::office::Office;
use crate::person::{Person, receive, settings};
use crate::platform::Platform;
use crate::proxy::Proxy;

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
