//! The issuer at work: everything made ready once, shared by all requests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use credential::Format;
use did::DidError;
use fetch::references::References;
use fetch::{Client, FetchError};
use host::Clock;
use jiff::Timestamp;
use openid4vci::issuer::{CredentialIssuer, NetCertificateKind, Settings, SettingsError};
use openid4vci::messages::{AuthorizationServerMetadata, CredentialDisplay, IssuerDisplay};
use operator::ReferencesError;
use serde::Serialize;
use service::{AdminTokens, AdminTokensError, RequestLog};
use store::{Store, StoreError};
use tokio::sync::Semaphore;

use crate::config::{Config, IssuerConfig};
use crate::credential_type::{CredentialType, Identification, Signer};
use crate::epochs::{Epochs, EpochsError};
use crate::identity::Identity;
use crate::keyring::{Keyring, KeyringError, SigningKeys};
use crate::mechanisms::Mechanisms;
use crate::messages::{Messages, MessagesError};
use crate::mint::Mint;
use crate::person;
use crate::recent::Recent;
use crate::secret_keys::{Change, KeySummary, NewSecretKey, SecretKeys, SecretKeysError};
use crate::status_lists::{StatusLists, StatusListsError};
use crate::tags::{Rotation, Tags, TagsError};

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
    /// Asks nobody inside the own network.
    pub(crate) client: Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: IssuerConfig,
    pub(crate) documents: Documents,
    /// Of the net certificate, if it is issued.
    pub(crate) epochs: Option<Epochs>,
    pub(crate) identity: Identity,
    pub(crate) keys: SigningKeys,
    /// Of the interface of W3C's test suites, if that is on.
    pub(crate) mechanisms: Option<Mechanisms>,
    pub(crate) mint: Mint,
    pub(crate) protocol: CredentialIssuer,
    pub(crate) recent: Recent,
    /// What credentials are held against before they are issued.
    pub(crate) references: References,
    pub(crate) secret_keys: SecretKeys,
    pub(crate) service: service::Config,
    pub(crate) status: StatusLists,
    pub(crate) store: Store,
    pub(crate) tags: Tags,
    /// Whose turn it is to compute: proofs take milliseconds, and more at once than there are
    /// cores would only keep everybody else from answering.
    pub(crate) turns: Semaphore,
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
            tags,
            epochs,
            status_indexes,
        } = Keyring::load(&config.keys)?;
        let admins = AdminTokens::read(service.admin_tokens.as_deref())?;
        let store = Store::open(service.database.expose()).await?;
        let now = clock.now();
        let client = Client::new(fetch::Options {
            dev_loopback: service.dev,
            ..fetch::Options::default()
        })?;
        let references = config.references.open(client.clone())?;
        let tags = Tags::open(config.keys.clone(), tags, store.clone(), now).await?;
        let (secret_keys, secrets) =
            SecretKeys::open(config.keys.clone(), store.clone(), now).await?;
        let base = service.public_base().to_owned();
        let identity = Identity::new(config.identification, &service.public_url, &keys)?;
        for kind in &config.credentials {
            check(kind, config.identification, &keys)?;
        }
        let messages = Messages::open(&config.status, &store, now).await?;
        let status = StatusLists::new(
            &config.status,
            messages,
            store.clone(),
            service.public_url.clone(),
            &identity,
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
            net_certificate: config.net_certificate.enabled.then(|| net_kind(&config)),
            batch_size: config.batch_size,
            tx_code_attempts: config.transaction_code_attempts,
            lifetimes: config.lifetimes(),
            secrets,
        })?;
        let epochs = match config.net_certificate.enabled {
            true => {
                let issuer = protocol.identifier();
                let net = &config.net_certificate;
                let epochs = Epochs::new(net, store.clone(), issuer, epochs)?;
                epochs.publish(now).await?;
                Some(epochs)
            }
            false => None,
        };
        let types = config.credentials.iter().filter_map(|kind| {
            let metadata = kind.type_metadata(&base)?;
            Some((kind.name.clone(), metadata.to_string().into_bytes()))
        });
        let mechanisms = match config.vc_api {
            true => Some(Mechanisms::open(&config.keys, &mut host::system_rng())?),
            false => None,
        };
        let parts = Parts {
            admins,
            client,
            clock,
            documents: Documents {
                issuer_metadata: json(&protocol.metadata())?,
                server_metadata: json(&ServerMetadata {
                    oauth: protocol.server_metadata(),
                    status_list_aggregation_endpoint: format!("{base}/status"),
                })?,
                types: types.collect(),
            },
            mechanisms,
            mint: Mint::new(&config.credentials, &base, &identity),
            config,
            epochs,
            identity,
            keys,
            protocol,
            recent: Recent::default(),
            references,
            secret_keys,
            service,
            status,
            store,
            tags,
            turns: Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)),
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
            .publish_due(&self.parts.keys, self.now())
            .await
    }

    /// Publishes the profile of the next epoch, if that has not been done; [`crate::run`] calls it
    /// on a schedule.
    ///
    /// # Errors
    /// [`EpochsError`] if the database refuses.
    pub async fn publish_epochs(&self) -> Result<(), EpochsError> {
        match &self.parts.epochs {
            Some(epochs) => epochs.publish(self.now()).await,
            None => Ok(()),
        }
    }

    /// Wraps all tags under a new key, while others enrol; or goes on with that, if it was ended
    /// before its end. Every machine of the issuer needs a copy of the new key.
    ///
    /// # Errors
    /// [`TagsError`]: nothing is lost, and it can be called again.
    pub async fn rotate_tags(&self) -> Result<Rotation, TagsError> {
        let rng = &mut host::system_rng();
        self.parts.tags.rotate(self.now(), rng).await
    }

    /// Makes a new key of tokens, codes and tickets. Every machine of the issuer needs a copy, and to be
    /// restarted, before it begins.
    ///
    /// # Errors
    /// [`SecretKeysError`] says what the operator must do.
    pub async fn rotate_secrets(&self, change: Change) -> Result<NewSecretKey, SecretKeysError> {
        let (lifetimes, rng) = (self.parts.config.lifetimes(), &mut host::system_rng());
        let keys = &self.parts.secret_keys;
        keys.rotate(change, &lifetimes, self.now(), rng).await
    }

    /// The keys of tokens, codes and tickets: which is current, and until when earlier ones are read.
    ///
    /// # Errors
    /// [`SecretKeysError::Store`] if the database does not answer.
    pub async fn secret_keys(&self) -> Result<Vec<KeySummary>, SecretKeysError> {
        self.parts.secret_keys.list(self.now()).await
    }

    /// Whether this process has read all keys of tokens; [`crate::run`] warns if it has not.
    ///
    /// # Errors
    /// As [`App::secret_keys`].
    pub async fn has_all_secrets(&self) -> Result<bool, SecretKeysError> {
        Ok(!self.parts.secret_keys.are_old(self.now()).await?)
    }

    /// Fetches what credentials refer to and was not fetched yet; [`crate::run`] calls it on a
    /// schedule. What fails is logged and tried again.
    pub async fn fetch_references(&self) {
        for error in self.parts.references.fetch_due(self.now()).await {
            tracing::warn!(reason = %error, "credentials cannot be held against what they refer to");
        }
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

    /// Computes where no request waits for it. `None` if the process ends meanwhile.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _turn = self.parts.turns.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
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
    /// The epochs of the net certificate cannot be published.
    #[error(transparent)]
    Epochs(#[from] EpochsError),
    /// What fetches documents cannot be set up.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A credential needs an issuer with a DID.
    #[error("{0} has the format ldp_vc, which needs `identification = \"did\"`")]
    Identification(String),
    /// A key is missing or unusable.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// Claims are to be disclosed always that cannot be hidden, or are not there.
    #[error(
        "{0} has mandatory claims that are not among its claims, or no cryptosuite that hides any"
    )]
    Mandatory(String),
    /// The configured status messages do not do.
    #[error(transparent)]
    Messages(#[from] MessagesError),
    /// A credential needs a key that was not made.
    #[error(
        "{0} needs a key that is not there: make it with `pessoa-issuer keys add`, and copy it to \
         every machine of the issuer"
    )]
    NoKey(String),
    /// What credentials refer to cannot be used.
    #[error(transparent)]
    References(#[from] ReferencesError),
    /// A key of tokens is missing or another.
    #[error(transparent)]
    SecretKeys(#[from] SecretKeysError),
    /// A setting does not do.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Store(#[from] StoreError),
    /// The tags cannot be read.
    #[error(transparent)]
    Tags(#[from] TagsError),
}

/// What RFC 8414 says, and where all status lists are named (draft-ietf-oauth-status-list, section
/// 9.1).
#[derive(Serialize)]
struct ServerMetadata {
    #[serde(flatten)]
    oauth: AuthorizationServerMetadata,
    status_list_aggregation_endpoint: String,
}

/// Checks that a credential can be made by this issuer, before anybody asks for it.
fn check(
    kind: &CredentialType,
    identification: Identification,
    keys: &SigningKeys,
) -> Result<(), OpenError> {
    if kind.format == Format::LdpVc && identification != Identification::Did {
        return Err(OpenError::Identification(kind.id.clone()));
    }
    if !kind.mandatory_fits() {
        return Err(OpenError::Mandatory(kind.id.clone()));
    }
    match kind.signer() {
        Signer::Disclosing(mechanism) if keys.disclosing.of(mechanism).is_none() => {
            Err(OpenError::NoKey(kind.id.clone()))
        }
        Signer::Disclosing(_) | Signer::Whole(_) => Ok(()),
    }
}

/// The net certificate as OpenID4VCI knows it.
fn net_kind(config: &IssuerConfig) -> NetCertificateKind {
    let net = &config.net_certificate;
    let display = |(locale, name): (&String, &String)| CredentialDisplay {
        name: name.clone(),
        locale: Some(locale.clone()),
        ..CredentialDisplay::default()
    };
    NetCertificateKind {
        id: net.id.clone(),
        scope: Some(net.id.clone()),
        display: net.titles.iter().map(display).collect(),
        claims: person::slot_descriptions(),
    }
}

fn json(document: &impl serde::Serialize) -> Result<Vec<u8>, OpenError> {
    serde_json::to_vec(document).map_err(|_| OpenError::Documents)
}
