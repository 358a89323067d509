//! Finding an Issuer's metadata, then those of its Authorization Server.

use http::{Request, Response};
use url::Url;

use super::exchange::{get, read};
use super::{DiscoveryError, Endpoint, IssuerProfile, Options, Progress};
use crate::issuer::{ISSUER_METADATA, SERVER_METADATA};
use crate::messages::{
    AuthorizationServerMetadata, CredentialIssuerMetadata, PRE_AUTHORIZED_CODE, REFRESH_TOKEN,
};
use crate::oauth::well_known;

/// Looks an Issuer up.
#[derive(Debug)]
pub(super) struct Lookup {
    options: Options,
    sought: Sought,
    issuer: Url,
    step: Step,
}

/// What is looked for.
#[derive(Debug)]
pub(super) struct Sought {
    pub(super) identifier: String,
    pub(super) configuration_ids: Vec<String>,
    /// The Authorization Server that the offer names, or that gave the refresh token.
    pub(super) authorization_server: Option<String>,
    pub(super) purpose: Purpose,
}

/// Which grant must be supported.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    Redeem,
    Refresh,
}

#[derive(Debug)]
enum Step {
    Issuer,
    Server {
        metadata: Box<CredentialIssuerMetadata>,
        identifier: String,
        url: Url,
    },
}

impl Lookup {
    pub(super) fn start(sought: Sought, options: Options) -> Result<Self, DiscoveryError> {
        let issuer = options
            .identifier(&sought.identifier)
            .ok_or(DiscoveryError::Identifier)?;
        Ok(Self {
            options,
            sought,
            issuer,
            step: Step::Issuer,
        })
    }

    /// Looks for where a refresh token goes: to the server that gave it, and to no other that the
    /// Issuer names since then.
    pub(super) fn refresh(
        issuer: &str,
        authorization_server: &str,
        configuration_ids: Vec<String>,
        options: Options,
    ) -> Result<Self, DiscoveryError> {
        let sought = Sought {
            identifier: issuer.to_owned(),
            configuration_ids,
            authorization_server: Some(authorization_server.to_owned()),
            purpose: Purpose::Refresh,
        };
        Self::start(sought, options)
    }

    pub(super) fn request(&self) -> Request<Vec<u8>> {
        match &self.step {
            Step::Issuer => get(&well_known(&self.issuer, ISSUER_METADATA)),
            Step::Server { url, .. } => get(&well_known(url, SERVER_METADATA)),
        }
    }

    pub(super) fn receive(
        self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, IssuerProfile>, DiscoveryError> {
        match self.step {
            Step::Issuer => {
                let metadata: CredentialIssuerMetadata =
                    read(Endpoint::IssuerMetadata, response, MAX_METADATA)?;
                // Section 12.2.4: a simple string comparison with no normalization.
                if metadata.credential_issuer != self.sought.identifier {
                    return Err(DiscoveryError::IssuerMismatch);
                }
                let identifier = self.sought.server(&metadata)?;
                let url = self
                    .options
                    .identifier(&identifier)
                    .ok_or(DiscoveryError::Identifier)?;
                if self.issuer.scheme() == "https" && url.scheme() != "https" {
                    return Err(DiscoveryError::Identifier);
                }
                let step = Step::Server {
                    metadata: Box::new(metadata),
                    identifier,
                    url,
                };
                Ok(Progress::More(Self { step, ..self }))
            }
            Step::Server {
                metadata,
                identifier,
                url,
            } => {
                let server: AuthorizationServerMetadata =
                    read(Endpoint::ServerMetadata, response, MAX_METADATA)?;
                // RFC 8414, section 3.3.
                if server.issuer != identifier {
                    return Err(DiscoveryError::AuthorizationServer);
                }
                if !self.sought.purpose.is_supported_by(&server) {
                    return Err(DiscoveryError::Grant);
                }
                IssuerProfile::judge(
                    *metadata,
                    server,
                    (&self.issuer, &url),
                    &self.sought.configuration_ids,
                    self.options,
                )
                .map(Progress::Done)
            }
        }
    }
}

impl Sought {
    /// Which Authorization Server to ask (section 12.2.4).
    fn server(&self, metadata: &CredentialIssuerMetadata) -> Result<String, DiscoveryError> {
        let own = std::slice::from_ref(&metadata.credential_issuer);
        let servers = metadata.authorization_servers.as_deref().unwrap_or(own);
        match &self.authorization_server {
            Some(named) => servers.iter().find(|server| *server == named),
            None => servers.first(),
        }
        .cloned()
        .ok_or(DiscoveryError::AuthorizationServer)
    }
}

impl Purpose {
    /// Refuses only what the server rules out itself: many leave out what they support, and the
    /// Token Endpoint has the last word.
    fn is_supported_by(self, server: &AuthorizationServerMetadata) -> bool {
        let grant = match self {
            Self::Redeem => PRE_AUTHORIZED_CODE,
            Self::Refresh => REFRESH_TOKEN,
        };
        let listed = server
            .grant_types_supported
            .as_ref()
            .is_none_or(|all| all.iter().any(|one| one == grant));
        let anonymous = server.pre_authorized_grant_anonymous_access_supported != Some(false);
        listed && (anonymous || self == Self::Refresh)
    }
}

/// Metadata of Issuers with many Credentials in many languages are long (267 KiB are known).
const MAX_METADATA: usize = 512 * 1024;
