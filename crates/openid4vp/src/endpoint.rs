use url::Url;

/// Reads an address that bytes may be sent to: absolute, `https`, without user, password or
/// fragment. In development, `http` on a loopback address or `localhost` is fine too.
pub(crate) fn parse(text: &str, dev_loopback: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (web_address::is_secure(&url, dev_loopback) && url.fragment().is_none()).then_some(url)
}

/// Adds a last path segment.
pub(crate) fn child(base: &Url, segment: &str) -> Url {
    let mut url = base.clone();
    let path = format!("{}/{segment}", base.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}
