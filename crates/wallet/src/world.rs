use std::sync::{Arc, OnceLock};

use fetch::{Client, FetchError, resolve::Resolver};
use host::Clock;
use jiff::Timestamp;
use rand_core::Rng as _;
use url::Url;

/// How a wallet behaves towards the world.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether Issuers and Verifiers on this very machine may speak plain `http`: development only.
    pub dev_loopback: bool,
    /// The language in which Issuers' names are preferred (BCP 47), such as `en` or `zh`.
    pub language: String,
    /// A proxy for every request, as `socks5h://host:port`.
    pub proxy: Option<Url>,
    /// Whether all transactions have one name at the proxy, or none: for one that takes no names.
    /// Tor then may carry what goes to an Issuer and to several Platforms through one exit.
    pub proxy_shared: bool,
    /// DER certificates of authorities whose Issuers sign with `x5c`.
    pub trust_anchors: Vec<Vec<u8>>,
}

/// The way to the world, and the time.
pub(crate) struct World {
    client: OnceLock<Client>,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl World {
    pub(crate) fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self {
            client: OnceLock::new(),
            clock,
            settings,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn language(&self) -> &str {
        &self.settings.language
    }

    /// A way to the world that no other transaction shares.
    ///
    /// The client is set up when it is first needed: reading the machine's trust anchors takes
    /// longer than listing the Credentials.
    pub(crate) fn transaction(&self) -> Result<Client, FetchError> {
        if let Some(client) = self.client.get() {
            return self.begin(client);
        }
        let client = Client::new(fetch::Options {
            dev_loopback: self.settings.dev_loopback,
            proxy: self.settings.proxy.clone(),
            ..fetch::Options::default()
        })?;
        self.begin(self.client.get_or_init(|| client))
    }

    /// What finds keys during one transaction, over that transaction's own connection.
    pub(crate) fn resolver(&self, transaction: &Client) -> Resolver {
        Resolver::new(transaction.clone(), self.settings.trust_anchors.clone())
    }

    pub(crate) fn issuance_options(&self) -> openid4vci::wallet::Options {
        openid4vci::wallet::Options {
            allow_http_loopback: self.settings.dev_loopback,
        }
    }

    pub(crate) fn presentation_settings(&self) -> openid4vp::wallet::Settings {
        openid4vp::wallet::Settings {
            dev_loopback: self.settings.dev_loopback,
        }
    }

    fn begin(&self, client: &Client) -> Result<Client, FetchError> {
        if self.settings.proxy_shared {
            return client.fresh();
        }
        let mut label = [0; 16];
        host::system_rng().fill_bytes(&mut label);
        client.isolated(&keys::base64url::encode(label))
    }
}
