//! The verifier at work: everything made ready once, shared by all requests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use did::Did;
use fetch::references::References;
use fetch::{Client, FetchError};
use host::{Clock, KeyFileError};
use jiff::Timestamp;
use openid4vp::scopes::{NumberScopes, ScopesFault};
use openid4vp::verifier::Endpoints;
use operator::ReferencesError;
use service::{AdminTokens, AdminTokensError, RequestLog};
use store::{Store, StoreError};
use tokio::sync::broadcast;
use url::Url;

use crate::config::{Config, VerifierConfig};
use crate::identity::{Identity, KeyError};
use crate::judges::Judges;
use crate::policy::{NamedPolicy, PolicyRefused, Prepared};
use crate::recent::Recent;
use crate::trust::{Refreshed, Trust};
use crate::usecases::judge::VcApi;
use crate::watchers::Watchers;

/// A verifier. Clones share everything.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
    seen: Option<RequestLog>,
}

/// What a verifier is made of.
pub(crate) struct Parts {
    pub(crate) admins: AdminTokens,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) endpoints: Endpoints,
    pub(crate) identity: Identity,
    pub(crate) policies: BTreeMap<String, Prepared>,
    /// Where proofs are judged.
    pub(crate) judges: Judges,
    pub(crate) recent: Recent,
    /// What credentials are held against.
    pub(crate) references: References,
    /// Resolves DIDs for whoever asks, if that is configured.
    pub(crate) resolver: Option<Client>,
    /// The scopes for numbers, signed.
    pub(crate) scope_list: String,
    pub(crate) service: service::Config,
    pub(crate) store: Store,
    pub(crate) trust: Trust,
    /// The interface of W3C's test suites, if it is on.
    pub(crate) vc_api: Option<VcApi>,
    /// Who watches sessions.
    pub(crate) watchers: Watchers,
    /// Tells who watches a session that it changed.
    pub(crate) news: broadcast::Sender<News>,
}

/// What who watches a session wants to know.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// This session changed.
    Changed(String),
    /// The service stops.
    Stopping,
}

impl App {
    /// Reads the key, opens the database (bringing its schema up to date), and makes everything
    /// ready. Nothing is served yet, and no issuer is asked.
    ///
    /// # Errors
    /// [`OpenError`] says what the operator must look at.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let Config { service, verifier } = config;
        let identity = Identity::load(&verifier.keys, &service.public_url)?;
        let admins = AdminTokens::read(service.admin_tokens.as_deref())?;
        let client = Client::new(fetch::Options {
            dev_loopback: service.dev,
            ..fetch::Options::default()
        })?;
        let references = verifier.references.open(client.clone())?;
        let scopes = NumberScopes::new(verifier.scopes.clone())?;
        let scope_list = scopes.sign(identity.signer(), clock.now())?;
        let store = Store::open(service.database.expose()).await?;
        let resolver = verifier.resolve_dids.then(|| client.clone());
        let vc_api = verifier
            .vc_api
            .then(|| VcApi::new(client.clone(), verifier.vc_api_for_test_suites));
        let trust = Trust::new(&verifier.issuers, &client, &store)?;
        trust.load(clock.now()).await?;
        let policies = policies(verifier, &scopes, identity.did(), service.dev)?;
        let endpoints = Endpoints {
            request: below(&service.public_url, REQUESTS),
            response: below(&service.public_url, RESPONSES),
            dev_loopback: service.dev,
        };
        let (news, _) = broadcast::channel(NEWS);
        let parts = Parts {
            admins,
            clock,
            endpoints,
            identity,
            policies,
            judges: Judges::default(),
            recent: Recent::default(),
            references,
            resolver,
            scope_list,
            service,
            store,
            trust,
            vc_api,
            watchers: Watchers::default(),
            news,
        };
        Ok(Self {
            parts: Arc::new(parts),
            seen: None,
        })
    }

    /// Notes every request from now on: so that the demo can show which there were. A service in
    /// production keeps no such notes.
    #[must_use]
    pub fn noting_requests(mut self, log: RequestLog) -> Self {
        self.seen = Some(log);
        self
    }

    /// What all services share.
    #[must_use]
    pub fn service_config(&self) -> &service::Config {
        &self.parts.service
    }

    /// The address under which others reach it, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        self.parts.service.public_base()
    }

    /// The verifier's did:web, as which it asks.
    #[must_use]
    pub fn did(&self) -> &str {
        self.parts.identity.did().as_str()
    }

    /// What can be asked for, in the order of the names.
    pub fn policies(&self) -> impl Iterator<Item = &NamedPolicy> {
        self.parts.policies.values().map(|policy| &policy.named)
    }

    /// Fetches the keys and status lists of trusted issuers that are missing or grow old, and what
    /// credentials refer to that was not fetched yet;
    /// [`crate::run`] calls it on a schedule. What fails is logged and tried again.
    pub async fn refresh_due(&self) {
        self.parts.trust.refresh_due(self.now()).await;
        for error in self.parts.references.fetch_due(self.now()).await {
            tracing::warn!(reason = %error, "credentials cannot be held against what they refer to");
        }
    }

    /// Fetches the status lists of all trusted issuers now, however fresh the kept ones are.
    pub async fn refresh(&self) -> Refreshed {
        self.parts.trust.refresh(self.now()).await
    }

    /// Deletes what has expired, and returns how much.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        self.parts.store.purge_expired(self.now()).await
    }

    /// Tells what is missing to work: the database, or what some issuer publishes.
    ///
    /// # Errors
    /// The names of what is missing.
    pub async fn ready(&self) -> Result<(), String> {
        let mut missing = self.parts.trust.missing(self.now());
        missing.extend(self.parts.references.missing());
        if self.parts.store.ready().await.is_err() {
            missing.insert(0, "the database".to_owned());
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("missing: {}", missing.join(", ")))
        }
    }

    /// Finishes what was asked of the database, and closes it.
    pub async fn close(&self) {
        self.parts.store.close().await;
    }

    /// Ends the answers that go on until a session changes.
    pub(crate) fn end_streams(&self) {
        self.tell(News::Stopping);
    }

    pub(crate) fn tell(&self, news: News) {
        // An error means that nobody listens.
        let _ = self.parts.news.send(news);
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn seen(&self) -> Option<&RequestLog> {
        self.seen.as_ref()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("did", &self.did())
            .finish_non_exhaustive()
    }
}

/// Why a verifier cannot be opened. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The hashes of the admin tokens cannot be read.
    #[error(transparent)]
    AdminTokens(#[from] AdminTokensError),
    /// The certificates that vouch for an issuer cannot be read.
    #[error(transparent)]
    Anchors(#[from] KeyFileError),
    /// What fetches keys and lists cannot be set up.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The key is missing or unusable, or the address cannot be an identity.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A policy does not do.
    #[error("the policy {name} does not do")]
    Policy {
        /// Its name.
        name: String,
        /// What is wrong with it.
        source: PolicyRefused,
    },
    /// What credentials refer to cannot be used.
    #[error(transparent)]
    References(#[from] ReferencesError),
    /// The scopes do not do.
    #[error(transparent)]
    Scopes(#[from] ScopesFault),
    /// The list of scopes cannot be signed: a defect.
    #[error("the list of scopes cannot be signed: {0}")]
    Sign(#[from] keys::KeyError),
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Store(#[from] StoreError),
    /// Two policies have one name.
    #[error("there are two policies of the name {0}")]
    TwoPolicies(String),
}

fn policies(
    config: VerifierConfig,
    scopes: &NumberScopes,
    did: &Did,
    dev: bool,
) -> Result<BTreeMap<String, Prepared>, OpenError> {
    let trusted = config
        .issuers
        .iter()
        .map(|issuer| issuer.identifier.as_str());
    let trusted: Vec<&str> = trusted.collect();
    let mut policies = BTreeMap::new();
    for named in config.policies {
        let name = named.name.clone();
        let refused = |source| OpenError::Policy {
            name: name.clone(),
            source,
        };
        let prepared = Prepared::new(named, &config.names, &trusted, scopes, dev);
        let prepared = prepared.map_err(refused)?;
        prepared.check_identity(did, dev).map_err(refused)?;
        if policies.insert(name.clone(), prepared).is_some() {
            return Err(OpenError::TwoPolicies(name));
        }
    }
    Ok(policies)
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

/// Where wallets fetch requests.
pub(crate) const REQUESTS: &str = "/oid4vp/requests";
/// Where wallets send answers.
pub(crate) const RESPONSES: &str = "/oid4vp/responses";
/// Who watches and falls behind by more than this looks the session up.
const NEWS: usize = 1024;
