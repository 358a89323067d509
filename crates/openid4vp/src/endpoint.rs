use url::{Host, Url};

/// Reads an address that bytes may be sent to: absolute, `https`, without user, password or
/// fragment. In development, `http` on a loopback address or `localhost` is fine too.
pub(crate) fn parse(text: &str, dev_loopback: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (is_fetchable(&url, dev_loopback) && url.fragment().is_none()).then_some(url)
}

/// Says whether an address is `https`, or `http` to this machine in development.
pub(crate) fn is_fetchable(url: &Url, dev_loopback: bool) -> bool {
    let scheme = match url.scheme() {
        "https" => true,
        "http" => dev_loopback && is_loopback(url),
        _ => false,
    };
    scheme && url.has_host() && url.username().is_empty() && url.password().is_none()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Adds a last path segment.
pub(crate) fn child(base: &Url, segment: &str) -> Url {
    let mut url = base.clone();
    let path = format!("{}/{segment}", base.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}
