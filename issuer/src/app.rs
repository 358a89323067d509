//! The issuer at work: everything made ready once, shared by all requests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use did::DidError;
use host::Clock;
use jiff::Timestamp;
use keys::mac::MacKey;
use openid4vci::issuer::{CredentialIssuer, Settings, SettingsError};
use openid4vci::messages::{AuthorizationServerMetadata, IssuerDisplay};
use serde::Serialize;
use service::{AdminTokens, AdminTokensError, RequestLog};
use store::{Store, StoreError};

use crate::config::{Config, IssuerConfig};
use crate::identity::Identity;
use crate::keyring::{Keyring, KeyringError, SigningKeys};
use crate::mint::Mint;
use crate::status_lists::{StatusLists, StatusListsError};
use keys::Algorithm;

/// An issuer. Clones share everything.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
    seen: Option<RequestLog>,
}

/// What an issuer is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) admins: AdminTokens,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: IssuerConfig,
    pub(crate) documents: Documents,
    pub(crate) identity: Identity,
    pub(crate) keys: SigningKeys,
    pub(crate) mint: Mint,
    pub(crate) protocol: CredentialIssuer,
    pub(crate) service: service::Config,
    pub(crate) status: StatusLists,
    pub(crate) store: Store,
    pub(crate) tags: MacKey,
}

/// What is the same for everybody, as it is sent.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) issuer_metadata: Vec<u8>,
    pub(crate) server_metadata: Vec<u8>,
    /// By the last part of the path.
    pub(crate) types: BTreeMap<String, Vec<u8>>,
}

impl App {
    /// Reads the keys, opens the database (bringing its schema up to date), and makes everything
    /// ready. Nothing is served yet.
    ///
    /// # Errors
    /// [`OpenError`] says what the operator must look at.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let Config {
            service,
            issuer: config,
        } = config;
        let Keyring {
            signing: keys,
            secrets,
            tags,
            status_indexes,
        } = Keyring::load(&config.keys)?;
        let admins = AdminTokens::read(service.admin_tokens.as_deref())?;
        let store = Store::open(service.database.expose()).await?;
        let base = service.public_base().to_owned();
        let identity = Identity::new(config.identification, &service.public_url, &keys)?;
        let status = StatusLists::new(
            &config.status,
            store.clone(),
            service.public_url.clone(),
            identity.names(Algorithm::Es256),
            &status_indexes,
        );
        let display = |(locale, name): (&String, &String)| IssuerDisplay {
            name: Some(name.clone()),
            locale: Some(locale.clone()),
            logo: None,
        };
        let protocol = CredentialIssuer::new(Settings {
            identifier: service.public_url.clone(),
            display: config.names.iter().map(display).collect(),
            kinds: config
                .credentials
                .iter()
                .map(|kind| kind.kind(&base))
                .collect(),
            batch_size: config.batch_size,
            tx_code_attempts: config.transaction_code_attempts,
            lifetimes: config.lifetimes(),
            secrets,
        })?;
        let types = config.credentials.iter().filter_map(|kind| {
            let metadata = kind.type_metadata(&base)?;
            Some((kind.name.clone(), metadata.to_string().into_bytes()))
        });
        let parts = Parts {
            admins,
            clock,
            documents: Documents {
                issuer_metadata: json(&protocol.metadata())?,
                server_metadata: json(&ServerMetadata {
                    oauth: protocol.server_metadata(),
                    status_list_aggregation_endpoint: format!("{base}/status"),
                })?,
                types: types.collect(),
            },
            mint: Mint::new(&config.credentials, &base, &identity),
            config,
            identity,
            keys,
            protocol,
            service,
            status,
            store,
            tags,
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

    /// The Credential Issuer Identifier.
    #[must_use]
    pub fn identifier(&self) -> &str {
        self.parts.protocol.identifier()
    }

    /// The issuer's did:web.
    #[must_use]
    pub fn did(&self) -> &str {
        self.parts.identity.did().as_str()
    }

    /// Publishes the status lists that changed or grow old; [`crate::run`] calls it on a schedule.
    ///
    /// # Errors
    /// [`StatusListsError`] if the database or the folder refuses.
    pub async fn publish_status(&self) -> Result<(), StatusListsError> {
        self.parts
            .status
            .publish_due(&self.parts.keys.es256, self.now())
            .await
    }

    /// Deletes what has expired, and returns how much.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        self.parts.store.purge_expired(self.now()).await
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> bool {
        self.parts.store.ready().await.is_ok()
    }

    /// Finishes what was asked of the database, and closes it.
    pub async fn close(&self) {
        self.parts.store.close().await;
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
            .field("identifier", &self.identifier())
            .finish_non_exhaustive()
    }
}

/// Why an issuer cannot be opened. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The hashes of the admin tokens cannot be read.
    #[error(transparent)]
    AdminTokens(#[from] AdminTokensError),
    /// The public address cannot be a did:web.
    #[error("the public address cannot be a did:web: {0}")]
    Did(#[from] DidError),
    /// The metadata cannot be written.
    #[error("the metadata cannot be written")]
    Documents,
    /// A key is missing or unusable.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// A setting does not do.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Store(#[from] StoreError),
}

/// What RFC 8414 says, and where all status lists are named (draft-ietf-oauth-status-list, section
/// 9.1).
#[derive(Serialize)]
struct ServerMetadata {
    #[serde(flatten)]
    oauth: AuthorizationServerMetadata,
    status_list_aggregation_endpoint: String,
}

fn json(document: &impl serde::Serialize) -> Result<Vec<u8>, OpenError> {
    serde_json::to_vec(document).map_err(|_| OpenError::Documents)
}
