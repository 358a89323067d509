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

/// Where an issuer names its status lists (draft-ietf-oauth-status-list, section 9), so that they
/// are fetched before somebody presents a credential that refers to one.
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
        let server = match Did::parse(&issuer.identifier) {
            Ok(did) => base_of(&did),
            Err(_) => Url::parse(&issuer.identifier).ok(),
        };
        Self {
            client,
            configured: issuer.status_lists.clone(),
            server: server.filter(|url| matches!(url.scheme(), "http" | "https")),
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
        let mut lists = named
            .ok_or(DiscoveryError::Answered(StatusCode::NOT_FOUND))?
            .status_lists;
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
        let mut at = server.clone();
        at.set_path(&format!(
            "{WELL_KNOWN}{}",
            server.path().trim_end_matches('/')
        ));
        let metadata: Option<ServerMetadata> = self.get(&at).await?;
        let found = metadata.and_then(|metadata| metadata.status_list_aggregation_endpoint);
        lock().clone_from(&found);
        Ok(found)
    }

    /// Fetches a document; `None` if there is none.
    async fn get<T: DeserializeOwned>(&self, url: &Url) -> Result<Option<T>, DiscoveryError> {
        let request = Request::get(url.as_str()).header(ACCEPT, "application/json");
        let request = request
            .body(Vec::new())
            .map_err(|_| DiscoveryError::Address)?;
        let answer = self.client.send_bounded(request, MOST_BYTES).await?;
        match answer.status() {
            StatusCode::OK => {
                let limits = Limits::bytes(MOST_BYTES);
                Ok(Some(strict_json::from_slice(answer.body(), limits)?))
            }
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(DiscoveryError::Answered(status)),
        }
    }
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
    #[error("the issuer names more lists than can be kept")]
    TooMany,
}

/// Status List Aggregation (section 9.3).
#[derive(Deserialize)]
struct Aggregation {
    status_lists: Vec<Url>,
}

/// What is of interest of authorization server metadata (section 9.1).
#[derive(Deserialize)]
struct ServerMetadata {
    status_list_aggregation_endpoint: Option<Url>,
}

const MOST_BYTES: usize = 1024 * 1024;
/// Each takes some 16 KiB of memory, or more.
const MOST_LISTS: usize = 16_384;
const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";
