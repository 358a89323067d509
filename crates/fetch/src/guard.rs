use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::error::Refusal;

/// Decides where the client goes, so that a peer cannot make it knock on doors inside the network
/// that it runs in (server-side request forgery).
///
/// It resolves names itself and hands the connector the very addresses that it checked: a name
/// that changes its address in between gains nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    pub(crate) dev_loopback: bool,
}

impl Guard {
    /// Checks all that the URL alone shows.
    pub(crate) fn check(self, url: &Url) -> Result<(), Refusal> {
        let host = url.host().ok_or(Refusal::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let loopback = match &host {
            Host::Domain(name) => is_localhost(name),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        if loopback && self.dev_loopback {
            return match url.scheme() {
                "http" | "https" => Ok(()),
                _ => Err(Refusal::Scheme),
            };
        }
        if url.scheme() != "https" {
            return Err(Refusal::Scheme);
        }
        match host {
            // A proxy would resolve these to its own surroundings.
            Host::Domain(name) if is_local_name(name) => return Err(Refusal::Address),
            Host::Domain(_) => {}
            Host::Ipv4(address) => self.check_address(address.into())?,
            Host::Ipv6(address) => self.check_address(address.into())?,
        }
        match url.port_or_known_default() {
            Some(443 | 1024..) => Ok(()),
            _ => Err(Refusal::Port),
        }
    }

    fn check_address(self, address: IpAddr) -> Result<(), Refusal> {
        let address = address.to_canonical();
        if is_public(address) || (self.dev_loopback && address.is_loopback()) {
            Ok(())
        } else {
            Err(Refusal::Address)
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.collect();
            // One bad address spoils the name: nobody mixes them in good faith.
            for address in &addresses {
                guard.check_address(address.ip())?;
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    is_localhost(name)
        || !name.contains('.')
        || matches!(last, "internal" | "intranet" | "lan" | "local")
        || name.ends_with(".home.arpa")
}

/// Whether the address is one that the open internet reaches (IANA special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let octets = address.octets();
    let special = match octets {
        [0 | 10 | 127 | 224..=255, ..] => true,
        [100, second, ..] => second & 0xc0 == 64,
        [169, 254, ..] | [192, 168, ..] => true,
        [172, second, ..] => second & 0xf0 == 16,
        [192, 0, 0 | 2, _] | [192, 88, 99, _] => true,
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // NAT64 (RFC 6052): the address of an IPv4 host as an IPv6-only network sees it.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        // Teredo, ORCHID and other protocol assignments; documentation; 6to4.
        [0x2001, 0..0x200, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] => false,
        [0x3fff, 0..0x1000, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, dev_loopback: bool) -> Result<(), Refusal> {
        Guard { dev_loopback }.check(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_open_internet_is_open() {
        for url in [
            "https://issuer.example",
            "https://issuer.example:8443/path?query",
            "https://93.184.216.34",
            "https://[2606:2800:220:1::1]",
            "https://[64:ff9b::5db8:d822]",
        ] {
            assert_eq!(check(url, false), Ok(()), "{url}");
            assert_eq!(check(url, true), Ok(()), "{url}");
        }
    }

    #[test]
    fn private_and_special_addresses_are_refused_in_every_spelling() {
        for host in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "0xa000001",
            "167772161",
            "012.0.0.1",
            "10.1",
            "[::]",
            "[::ffff:10.0.0.1]",
            "[::ffff:169.254.169.254]",
            "[::10.0.0.1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[ff02::1]",
            "[2001::1]",
            "[2001:db8::1]",
            "[2002:a00:1::]",
            "[64:ff9b::a00:1]",
            "[100::1]",
            "[3fff::1]",
            "[fec0::1]",
        ] {
            let url = format!("https://{host}/");
            assert_eq!(check(&url, false), Err(Refusal::Address), "{url}");
            assert_eq!(check(&url, true), Err(Refusal::Address), "{url}");
        }
        for near in [
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "198.20.0.1",
        ] {
            assert_eq!(check(&format!("https://{near}/"), false), Ok(()), "{near}");
        }
    }

    #[test]
    fn loopback_is_for_development_alone() {
        for host in [
            "127.0.0.1",
            "127.1.2.3",
            "localhost",
            "LOCALHOST.",
            "issuer.localhost",
            "[::1]",
        ] {
            let (plain, tls) = (format!("http://{host}:1/"), format!("https://{host}:1/"));
            assert_eq!(check(&plain, true), Ok(()), "{host}");
            assert_eq!(check(&tls, true), Ok(()), "{host}");
            assert_eq!(check(&plain, false), Err(Refusal::Scheme), "{host}");
            assert_eq!(check(&tls, false), Err(Refusal::Address), "{host}");
        }
        assert_eq!(
            check("https://[::ffff:127.0.0.1]/", false),
            Err(Refusal::Address)
        );
    }

    #[test]
    fn names_of_the_own_network_are_refused() {
        for name in [
            "router",
            "printer.local",
            "db.internal",
            "nas.lan",
            "nas.home.arpa",
        ] {
            let url = format!("https://{name}/");
            assert_eq!(check(&url, true), Err(Refusal::Address), "{name}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_refused_address_is_refused() {
        let resolve = |dev_loopback| Guard { dev_loopback }.resolve("localhost".parse().unwrap());
        let Err(error) = resolve(false).await else {
            panic!("resolved")
        };
        assert_eq!(error.downcast_ref(), Some(&Refusal::Address));
        assert!(
            resolve(true)
                .await
                .unwrap()
                .all(|address| address.ip().is_loopback())
        );
    }

    #[test]
    fn only_the_web_is_spoken() {
        assert_eq!(check("http://issuer.example/", true), Err(Refusal::Scheme));
        assert_eq!(check("ftp://127.0.0.1/", true), Err(Refusal::Scheme));
        assert_eq!(check("file:///etc/passwd", true), Err(Refusal::NotAUrl));
        assert_eq!(check("data:,x", true), Err(Refusal::NotAUrl));
        assert_eq!(
            check("https://u@issuer.example/", false),
            Err(Refusal::UserInfo)
        );
        assert_eq!(
            check("https://issuer.example:25/", false),
            Err(Refusal::Port)
        );
        assert_eq!(
            check("https://issuer.example:0/", false),
            Err(Refusal::Port)
        );
    }
}
