use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::HeaderMap;

use crate::network::Network;

/// The network address of whoever sent a request: a request extension on every route.
///
/// It is personal data. It has no `Display` or `Serialize`, and `Debug` does not show it; its one
/// use is the limit on requests, which keeps a keyed hash for a day.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Finds who sent a request, behind the proxies that are trusted.
    pub(crate) fn of(request: &Request, proxies: &[Network]) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        client(peer.map(|info| info.0.ip()), request.headers(), proxies)
    }

    /// Returns the bytes that are limited together: an IPv4 address, or the /64 of an IPv6
    /// address, since one subscriber holds all of it.
    pub(crate) fn subscriber(&self) -> [u8; 9] {
        let mut bytes = [0; 9];
        let (kind, rest) = bytes.split_at_mut(1);
        match self.0 {
            IpAddr::V4(address) => {
                kind.fill(4);
                rest.iter_mut()
                    .zip(address.octets())
                    .for_each(|(to, from)| *to = from);
            }
            IpAddr::V6(address) => {
                kind.fill(6);
                rest.iter_mut()
                    .zip(address.octets())
                    .for_each(|(to, from)| *to = from);
            }
        }
        bytes
    }

    pub(crate) fn is_in(&self, networks: &[Network]) -> bool {
        networks.iter().any(|network| network.contains(self.0))
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientAddress([REDACTED])")
    }
}

// From the nearest hop outwards: the first that is not a trusted proxy is the client, since
// whatever stands further left was written by somebody untrusted.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[Network]) -> ClientAddress {
    let trusted = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    // Without a peer (a router driven by a test) all callers count as one.
    let mut nearest = peer.unwrap_or(UNKNOWN).to_canonical();
    if !trusted(nearest) {
        // A proxy on this machine that the configuration does not name: who calls is unknown, and
        // must not pass for this machine.
        let hidden = nearest.is_loopback() && headers.contains_key("x-forwarded-for");
        return ClientAddress(if hidden { UNKNOWN } else { nearest });
    }
    // A proxy adds its hop to whatever a caller wrote there, so that bytes which are no text must
    // not hide the rest of the line: the caller would pass for the proxy.
    let lines: Vec<Cow<'_, str>> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = parse_hop(hop.trim()) else {
            break;
        };
        nearest = address.to_canonical();
        if !trusted(nearest) {
            break;
        }
    }
    ClientAddress(nearest)
}

// Some proxies add the port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bracketed = hop
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let bare = hop.parse().ok();
    let six = || bracketed?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.or_else(six).or_else(with_port)
}

const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

#[cfg(test)]
pub(crate) mod tests {
    use http::HeaderValue;

    use super::*;

    pub(crate) fn address(text: &str) -> ClientAddress {
        ClientAddress(text.parse().unwrap())
    }

    fn found(peer: &str, forwarded: &[&str]) -> IpAddr {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let proxies = [
            "10.0.0.0/8".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ];
        client(Some(peer.parse().unwrap()), &headers, &proxies).0
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let cases: [(&str, &[&str], &str); 11] = [
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], "0.0.0.0"),
            ("192.0.2.1", &["198.51.100.1"], "192.0.2.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["203.0.113.9, 198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, nonsense"], "10.0.0.1"),
            (
                "::ffff:10.0.0.1",
                &["[2001:db8::2]:80, 10.0.0.3"],
                "2001:db8::2",
            ),
            ("2001:db8::1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db9::2]"], "2001:db9::2"),
        ];
        for (peer, forwarded, expected) in cases {
            assert_eq!(
                found(peer, forwarded).to_string(),
                expected,
                "{peer} {forwarded:?}"
            );
        }
    }

    /// Else a caller behind a proxy on this machine could read what loopback may.
    #[test]
    fn bytes_that_are_no_text_do_not_hide_the_hop_behind_them() {
        let mut headers = HeaderMap::new();
        let line = HeaderValue::from_bytes(b"\xff, 198.51.100.1").unwrap();
        headers.append("x-forwarded-for", line);
        let proxies = ["127.0.0.0/8".parse().unwrap()];
        let peer = "127.0.0.1".parse().unwrap();
        let found = client(Some(peer), &headers, &proxies);
        assert_eq!(found.0.to_string(), "198.51.100.1");
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one() {
        let of = |text: &str| address(text).subscriber();
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:0:0:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn the_address_is_not_shown() {
        assert_eq!(
            format!("{:?}", address("192.0.2.1")),
            "ClientAddress([REDACTED])"
        );
    }
}
