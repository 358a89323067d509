//! The Credential Issuer and its Authorization Server, which are one here.
//!
//! Sans-IO: requests come in as header fields and bodies, and what must be remembered goes out in
//! a [`Step`]. The host commits `next` and `spends` together, and only then sends `reply`. If the
//! commit conflicts, someone else used the same thing at the same instant: the host answers with
//! the error that the method's documentation names.
//!
//! Nothing is kept of a person between requests: claims travel in sealed tokens that the wallet
//! holds.

mod access;
mod anchor;
mod credential;
mod di_vp;
mod error;
mod kind;
mod net_certificate;
mod nonce;
mod notification;
mod offer;
mod proof;
mod sealed;
mod secrets;
mod token;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use keys::Algorithm;
use url::Url;

use crate::messages::{
    AuthorizationServerMetadata, BatchCredentialIssuance, CredentialConfiguration,
    CredentialIssuerMetadata, IssuerDisplay, OPENID_CREDENTIAL, PRE_AUTHORIZED_CODE, REFRESH_TOKEN,
};
use crate::oauth::{Spend, well_known};

pub use access::AccessError;
pub use anchor::{AnchorCall, AnchorError};
pub use credential::{Accepted, CredentialCall, CredentialError};
pub(crate) use di_vp::{CRYPTOSUITES, PROOF_TYPE as DI_VP};
pub use error::{WireError, json_response};
pub use kind::CredentialKind;
pub use net_certificate::{NetAccepted, NetCertificateKind, NetOrder, NetRequest};
pub use nonce::NonceError;
pub use notification::{NotificationError, Notified};
pub use offer::{NewOffer, Offer, OfferError, OfferId, OfferState, OfferTerms, TxCodeTerms};
pub(crate) use proof::PROOF_TYP;
pub use proof::{HolderKey, ProofError};
pub use secrets::{IssuerSecrets, KeyId, NotAKeyId};
pub use token::{BoundCall, PreAuthorizedCall, RebindingCall, RefreshCall, TokenCall, TokenError};

/// What a step leaves behind, and what it answers.
#[derive(Debug)]
#[must_use = "the host commits `next` and `spends`, then sends `reply`"]
pub struct Step<N, R> {
    /// The state that replaces the one that was consumed.
    pub next: N,
    /// What must be used for the first time: written in the same commit.
    pub spends: Vec<Spend>,
    /// The answer, to be sent after the commit.
    pub reply: R,
}

/// How an Issuer is set up.
#[derive(Debug)]
pub struct Settings {
    /// The Credential Issuer Identifier (section 12.2.1): the address of the service, without
    /// query and fragment.
    pub identifier: Url,
    /// Names of the Issuer, one for each language.
    pub display: Vec<IssuerDisplay>,
    /// What can be issued.
    pub kinds: Vec<CredentialKind>,
    /// The net certificate, if it is issued.
    pub net_certificate: Option<NetCertificateKind>,
    /// The largest number of Credentials in one request.
    pub batch_size: u32,
    /// How often a Transaction Code may be tried.
    pub tx_code_attempts: u32,
    /// How long things are good for.
    pub lifetimes: Lifetimes,
    /// The key material.
    pub secrets: IssuerSecrets,
}

/// How long things are good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lifetimes {
    /// An access token.
    pub access_token: SignedDuration,
    /// A `c_nonce`.
    pub c_nonce: SignedDuration,
    /// A Credential Offer.
    pub offer: SignedDuration,
    /// A refresh token, counted from redemption.
    pub refresh_token: SignedDuration,
}

impl Lifetimes {
    fn are_sane(&self) -> bool {
        let all = [
            self.access_token,
            self.c_nonce,
            self.offer,
            self.refresh_token,
        ];
        let range = SignedDuration::from_secs(1)..=LONGEST_LIFETIME;
        all.iter().all(|one| range.contains(one))
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access_token: SignedDuration::from_mins(10),
            c_nonce: SignedDuration::from_mins(5),
            offer: SignedDuration::from_hours(24),
            refresh_token: SignedDuration::from_hours(24 * 365),
        }
    }
}

/// The addresses of an Issuer. The host serves their paths.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoints {
    /// `GET`: [`CredentialIssuer::metadata`].
    pub issuer_metadata: Url,
    /// `GET`: [`CredentialIssuer::server_metadata`].
    pub server_metadata: Url,
    /// `GET`, followed by a slash and the reference: [`CredentialIssuer::offer_id`].
    pub offers: Url,
    /// `POST`: [`CredentialIssuer::token_call`].
    pub token: Url,
    /// `POST`: [`CredentialIssuer::nonce`].
    pub nonce: Url,
    /// `POST`: [`CredentialIssuer::credential_call`].
    pub credential: Url,
    /// `POST`: [`CredentialIssuer::notification_call`].
    pub notification: Url,
    /// `GET`: [`CredentialIssuer::anchor_call`].
    pub anchor: Url,
    /// `GET`: the list of published epoch profiles; followed by a slash and a number, one of them.
    pub epochs: Url,
}

/// A Credential Issuer: everything it decides, and nothing that it remembers.
#[derive(Debug)]
pub struct CredentialIssuer {
    identifier: String,
    endpoints: Endpoints,
    configurations: BTreeMap<String, CredentialConfiguration>,
    settings: Settings,
}

impl CredentialIssuer {
    /// Sets an Issuer up.
    ///
    /// # Errors
    /// A [`SettingsError`] says which setting does not do.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let url = &settings.identifier;
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() || !plain {
            return Err(SettingsError::Identifier);
        }
        if settings.batch_size == 0 {
            return Err(SettingsError::BatchSize);
        }
        if !settings.lifetimes.are_sane() {
            return Err(SettingsError::Lifetime);
        }
        let mut configurations = BTreeMap::new();
        for kind in &settings.kinds {
            let configuration = kind.configuration().ok_or(SettingsError::Kind)?;
            if configurations
                .insert(kind.id.clone(), configuration)
                .is_some()
            {
                return Err(SettingsError::Kind);
            }
        }
        let identifier = url.as_str().trim_end_matches('/').to_owned();
        let below = |path: &str| {
            let mut endpoint = url.clone();
            endpoint.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
            endpoint
        };
        let endpoints = Endpoints {
            issuer_metadata: well_known(url, ISSUER_METADATA),
            server_metadata: well_known(url, SERVER_METADATA),
            offers: below("offers"),
            token: below("token"),
            nonce: below("nonce"),
            credential: below("credential"),
            notification: below("notification"),
            anchor: below("net/anchor"),
            epochs: below("net/epochs"),
        };
        if let Some(kind) = &settings.net_certificate {
            let configuration = kind.configuration(&endpoints.epochs);
            let configuration = configuration.ok_or(SettingsError::Kind)?;
            if configurations
                .insert(kind.id.clone(), configuration)
                .is_some()
            {
                return Err(SettingsError::Kind);
            }
        }
        if configurations.is_empty() {
            return Err(SettingsError::Kind);
        }
        Ok(Self {
            identifier,
            endpoints,
            configurations,
            settings,
        })
    }

    /// The Credential Issuer Identifier: without a slash at the end.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The addresses that the host serves.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The `credential_configuration_id`s of all that can be issued: the net certificate first.
    pub fn configuration_ids(&self) -> Vec<String> {
        let net = self.settings.net_certificate.iter().map(|kind| &kind.id);
        let keyed = self.settings.kinds.iter().map(|kind| &kind.id);
        net.chain(keyed).cloned().collect()
    }

    /// The kinds of Credentials that can be issued.
    pub fn kinds(&self) -> &[CredentialKind] {
        &self.settings.kinds
    }

    /// The kind with this `credential_configuration_id`.
    pub fn kind(&self, configuration_id: &str) -> Option<&CredentialKind> {
        self.settings
            .kinds
            .iter()
            .find(|kind| kind.id == configuration_id)
    }

    /// What the Issuer says of itself (section 12.2). The same for everybody, at any time.
    pub fn metadata(&self) -> CredentialIssuerMetadata {
        let batch_size = self.settings.batch_size;
        let display = &self.settings.display;
        CredentialIssuerMetadata {
            credential_issuer: self.identifier.clone(),
            authorization_servers: None,
            credential_endpoint: self.endpoints.credential.clone(),
            nonce_endpoint: Some(self.endpoints.nonce.clone()),
            deferred_credential_endpoint: None,
            notification_endpoint: Some(self.endpoints.notification.clone()),
            credential_request_encryption: None,
            credential_response_encryption: None,
            batch_credential_issuance: (batch_size >= 2)
                .then_some(BatchCredentialIssuance { batch_size }),
            display: (!display.is_empty()).then(|| display.clone()),
            credential_configurations_supported: self.configurations.clone(),
        }
    }

    /// What the Authorization Server says of itself (section 12.3).
    pub fn server_metadata(&self) -> AuthorizationServerMetadata {
        let texts = |texts: &[&str]| Some(texts.iter().copied().map(str::to_owned).collect());
        AuthorizationServerMetadata {
            issuer: self.identifier.clone(),
            token_endpoint: Some(self.endpoints.token.clone()),
            grant_types_supported: texts(&[PRE_AUTHORIZED_CODE, REFRESH_TOKEN]),
            token_endpoint_auth_methods_supported: texts(&["none"]),
            authorization_details_types_supported: texts(&[OPENID_CREDENTIAL]),
            dpop_signing_alg_values_supported: Some(
                Algorithm::all_names().map(str::to_owned).collect(),
            ),
            pre_authorized_grant_anonymous_access_supported: Some(true),
            ..AuthorizationServerMetadata::default()
        }
    }
}

/// Why an Issuer cannot be set up. Its operator must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// Nothing could ever be issued.
    #[error("the batch size is zero")]
    BatchSize,
    /// The address cannot be an identifier.
    #[error("the issuer's address must be an http(s) URL without query, fragment and user name")]
    Identifier,
    /// Something would never be good, or beyond the end of the calendar.
    #[error("a lifetime is shorter than a second or longer than a hundred years")]
    Lifetime,
    /// A kind is missing, repeated, or has no type.
    #[error("a kind of credential is missing, repeated, or has no type")]
    Kind,
}

const LONGEST_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 36_525);

/// The well-known name of the Credential Issuer Metadata.
pub(crate) const ISSUER_METADATA: &str = "openid-credential-issuer";

/// The well-known name of the Authorization Server Metadata.
pub(crate) const SERVER_METADATA: &str = "oauth-authorization-server";

#[cfg(test)]
mod tests;
