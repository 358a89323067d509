use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use did::Did;
use fetch::{Client, FetchError};
use http::header::ACCEPT;
use http::{Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use strict_json::{JsonError, Limits};
use url::Url;

use crate::config::TrustedIssuer;
use crate::setup::base_of;

/// Where an issuer says what it publishes: its status lists (draft-ietf-oauth-status-list, section 9)
/// and the epochs of its net certificates, so that they are fetched before somebody presents.
#[derive(Debug)]
pub(crate) struct Discovery {
    client: Client,
    configured: Option<Vec<Url>>,
    /// The authorization server's identifier, whose metadata may lead to the aggregation.
    server: Option<Url>,
    aggregation: Mutex<Option<Url>>,
}

impl Discovery {
    pub(crate) fn new(issuer: &TrustedIssuer, client: Client) -> Self {
        Self {
            client,
            configured: issuer.status_lists.clone(),
            server: address(&issuer.identifier),
            aggregation: Mutex::new(issuer.status_aggregation.clone()),
        }
    }

    /// Returns the lists: those configured, or those that the issuer names. An issuer that names
    /// none, and says nowhere where it would, has none.
    ///
    /// # Errors
    /// [`DiscoveryError`] if the issuer does not answer, or not as the text says.
    pub(crate) async fn lists(&self) -> Result<Vec<Url>, DiscoveryError> {
        if let Some(lists) = &self.configured {
            return Ok(lists.clone());
        }
        let Some(aggregation) = self.aggregation().await? else {
            return Ok(Vec::new());
        };
        let named: Option<Aggregation> = self.get(&aggregation).await?;
        let named = named.ok_or(DiscoveryError::Answered(StatusCode::NOT_FOUND))?;
        let mut lists = named.status_lists;
        lists.extend(named.bitstring_status_lists);
        if lists.len() > MOST_LISTS {
            return Err(DiscoveryError::TooMany);
        }
        lists.sort_unstable();
        lists.dedup();
        Ok(lists)
    }

    async fn aggregation(&self) -> Result<Option<Url>, DiscoveryError> {
        let lock = || {
            self.aggregation
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let known = lock().clone();
        let (None, Some(server)) = (&known, &self.server) else {
            return Ok(known);
        };
        // RFC 8414, section 3.1: between host and path.
        let at = well_known(server, SERVER);
        let metadata: Option<ServerMetadata> = self.get(&at).await?;
        let found = metadata.and_then(|metadata| metadata.status_list_aggregation_endpoint);
        lock().clone_from(&found);
        Ok(found)
    }

    /// Fetches the profiles of the epochs that the issuer names, as published; none from an issuer
    /// whose metadata does not offer net certificates. How many bytes come is bounded.
    ///
    /// # Errors
    /// [`DiscoveryError`] if the issuer does not answer, or not as the text says.
    pub(crate) async fn profiles(&self) -> Result<Option<Vec<Vec<u8>>>, DiscoveryError> {
        let Some(server) = &self.server else {
            return Ok(None);
        };
        // OpenID4VCI 1.0, section 12.2.2: between host and path.
        let metadata: Option<IssuerMetadata> = self.get(&well_known(server, ISSUER)).await?;
        let offered = metadata.map(|metadata| metadata.credential_configurations_supported);
        let mut epochs = offered.into_iter().flatten().filter_map(|(_, offered)| {
            let is_net = offered.format.as_deref() == Some(netcert::FORMAT);
            offered.net_certificate.filter(|_| is_net)
        });
        let Some(at) = epochs.next() else {
            return Ok(None);
        };
        let named: Option<Epochs> = self.get(&at.epochs).await?;
        let named = named.ok_or(DiscoveryError::Answered(StatusCode::NOT_FOUND))?;
        if named.profiles.len() > MOST_EPOCHS {
            return Err(DiscoveryError::TooMany);
        }
        let mut profiles = Vec::with_capacity(named.profiles.len());
        for url in named.profiles {
            let profile = self.bytes(&url, MOST_PROFILE_BYTES).await?;
            profiles.push(profile.ok_or(DiscoveryError::Answered(StatusCode::NOT_FOUND))?);
        }
        Ok(Some(profiles))
    }

    /// Fetches a document; `None` if there is none.
    async fn get<T: DeserializeOwned>(&self, url: &Url) -> Result<Option<T>, DiscoveryError> {
        let read = |body: Vec<u8>| strict_json::from_slice(&body, Limits::bytes(MOST_BYTES));
        let body = self.bytes(url, MOST_BYTES).await?;
        Ok(body.map(read).transpose()?)
    }

    async fn bytes(&self, url: &Url, most: usize) -> Result<Option<Vec<u8>>, DiscoveryError> {
        let request = Request::get(url.as_str()).header(ACCEPT, "application/json");
        let request = request
            .body(Vec::new())
            .map_err(|_| DiscoveryError::Address)?;
        let answer = self.client.send_bounded(request, most).await?;
        match answer.status() {
            StatusCode::OK => Ok(Some(answer.into_body())),
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(DiscoveryError::Answered(status)),
        }
    }
}

/// The address of an issuer, by its identifier.
pub(crate) fn address(identifier: &str) -> Option<Url> {
    let address = match Did::parse(identifier) {
        Ok(did) => base_of(&did),
        Err(_) => Url::parse(identifier).ok(),
    };
    address.filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn well_known(server: &Url, name: &str) -> Url {
    let mut at = server.clone();
    at.set_path(&format!("{name}{}", server.path().trim_end_matches('/')));
    at
}

/// Why it is not known which lists there are. The issuer must act, or the network.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DiscoveryError {
    #[error("the issuer gives an address that is none")]
    Address,
    #[error("the issuer answered with the status {0}")]
    Answered(StatusCode),
    #[error("the issuer cannot be asked")]
    Fetch(#[from] FetchError),
    #[error("the issuer's answer cannot be read")]
    Json(#[from] JsonError),
    #[error("the issuer names more lists or epochs than can be kept")]
    TooMany,
}

/// Status List Aggregation (section 9.3), with a member of our own for Bitstring Status Lists.
#[derive(Deserialize)]
struct Aggregation {
    status_lists: Vec<Url>,
    #[serde(default)]
    bitstring_status_lists: Vec<Url>,
}

/// What is of interest of authorization server metadata (section 9.1).
#[derive(Deserialize)]
struct ServerMetadata {
    status_list_aggregation_endpoint: Option<Url>,
}

/// What is of interest of Credential Issuer Metadata (OpenID4VCI 1.0, section 12.2.4).
#[derive(Deserialize)]
struct IssuerMetadata {
    #[serde(default)]
    credential_configurations_supported: BTreeMap<String, Offered>,
}

#[derive(Deserialize)]
struct Offered {
    format: Option<String>,
    net_certificate: Option<EpochsAt>,
}

#[derive(Deserialize)]
struct EpochsAt {
    epochs: Url,
}

/// The epochs that an issuer publishes (`docs/profiles/net-certificate.md`).
#[derive(Deserialize)]
struct Epochs {
    profiles: Vec<Url>,
}

const ISSUER: &str = "/.well-known/openid-credential-issuer";
const MOST_BYTES: usize = 1024 * 1024;
/// Each takes some 16 KiB of memory, or more.
const MOST_LISTS: usize = 16_384;
/// The epoch that is shown, the one before, the next, and some to spare.
const MOST_EPOCHS: usize = 8;
const MOST_PROFILE_BYTES: usize = 8 * 1024;
const SERVER: &str = "/.well-known/oauth-authorization-server";
