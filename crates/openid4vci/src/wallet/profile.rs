//! What the wallet keeps of an Issuer's metadata, once they are judged.

use credential::Format;
use credential::data_integrity::Cryptosuite;
use keys::{Algorithm, NamedKey, PublicKey, SigningKey};
use linked_data::Contexts;
use serde_json::Value;
use url::Url;

use super::{DiscoveryError, Options, di_vp};
use crate::issuer::DI_VP;
use crate::messages::{
    AuthorizationServerMetadata, ClaimDescription, CredentialConfiguration, CredentialDisplay,
    CredentialIssuerMetadata, IssuerDisplay, ProofType, consistent,
};

/// An Issuer, and what it can issue of what was asked for.
#[derive(Clone, Debug)]
pub struct IssuerProfile {
    /// The Credential Issuer Identifier.
    pub identifier: String,
    /// The Authorization Server that was asked.
    pub authorization_server: String,
    /// The Issuer's own names for itself. Nobody vouches for them.
    pub display: Vec<IssuerDisplay>,
    /// What is offered and can be received.
    pub credentials: Vec<OfferedCredential>,
    /// The net certificate, if it is offered.
    pub net_certificate: Option<OfferedNetCertificate>,
    /// What is offered and cannot be received: `credential_configuration_id`s.
    pub unsupported: Vec<String>,
    /// How many Credentials one request may ask for.
    pub batch_size: usize,
    /// Where codes are sent: worth showing before a Transaction Code is entered (section 13.6.2).
    pub token_endpoint: Url,
    pub(super) credential_endpoint: Url,
    pub(super) nonce_endpoint: Option<Url>,
    pub(super) notification_endpoint: Option<Url>,
    /// Algorithms of DPoP proofs, if the server promises to bind tokens.
    pub(super) dpop_algorithms: Option<Vec<String>>,
}

impl IssuerProfile {
    /// The Issuer's host: what TLS has authenticated.
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.identifier)
            .ok()?
            .host_str()
            .map(str::to_owned)
    }

    /// What is offered under this `credential_configuration_id`.
    pub fn credential(&self, configuration_id: &str) -> Option<&OfferedCredential> {
        self.credentials
            .iter()
            .find(|one| one.configuration_id == configuration_id)
    }

    /// Where a restored wallet asks for the anchor.
    pub(super) fn anchor_endpoint(&self) -> Option<Url> {
        let mut url = self.net_certificate.as_ref()?.epochs.clone();
        let path = url.path().strip_suffix("/epochs")?.to_owned();
        url.set_path(&format!("{path}/anchor"));
        Some(url)
    }

    pub(super) fn judge(
        metadata: CredentialIssuerMetadata,
        server: AuthorizationServerMetadata,
        owners: (&Url, &Url),
        wanted: &[String],
        options: Options,
    ) -> Result<Self, DiscoveryError> {
        let (issuer, server_identifier) = owners;
        let token_endpoint = server.token_endpoint.ok_or(DiscoveryError::Grant)?;
        let own = [
            Some(&metadata.credential_endpoint),
            metadata.nonce_endpoint.as_ref(),
            metadata.notification_endpoint.as_ref(),
        ];
        let permitted = own
            .into_iter()
            .flatten()
            .all(|url| options.permits_endpoint(issuer, url))
            && options.permits_endpoint(server_identifier, &token_endpoint);
        if !permitted {
            return Err(DiscoveryError::EndpointAddress);
        }
        let demanded = [
            metadata
                .credential_request_encryption
                .as_ref()
                .map(|one| one.encryption_required),
            metadata
                .credential_response_encryption
                .as_ref()
                .map(|one| one.encryption_required),
        ];
        if demanded.contains(&Some(true)) {
            return Err(DiscoveryError::Encryption);
        }
        let mut credentials = Vec::new();
        let mut net_certificate = None;
        let mut unsupported = Vec::new();
        for id in wanted {
            let configuration = metadata
                .credential_configurations_supported
                .get(id)
                .ok_or(DiscoveryError::UnknownConfiguration)?;
            if configuration.format == netcert::FORMAT {
                match OfferedNetCertificate::read(id, configuration)? {
                    Some(offered) if !options.permits_endpoint(issuer, &offered.epochs) => {
                        return Err(DiscoveryError::EndpointAddress);
                    }
                    Some(offered) if net_certificate.is_none() => net_certificate = Some(offered),
                    // One person has one number: there is nothing to choose between.
                    Some(_) | None => unsupported.push(id.clone()),
                }
                continue;
            }
            match OfferedCredential::read(id, configuration)? {
                Some(credential) => credentials.push(credential),
                None => unsupported.push(id.clone()),
            }
        }
        if credentials.is_empty() && net_certificate.is_none() {
            return Err(DiscoveryError::Unsupported);
        }
        let batch_size = match metadata.batch_credential_issuance {
            None => 1,
            Some(batch) if batch.batch_size >= 2 => {
                usize::try_from(batch.batch_size).unwrap_or(usize::MAX)
            }
            Some(_) => return Err(DiscoveryError::Metadata),
        };
        Ok(Self {
            identifier: metadata.credential_issuer,
            authorization_server: server.issuer,
            display: metadata.display.unwrap_or_default(),
            credentials,
            net_certificate,
            unsupported,
            batch_size,
            token_endpoint,
            credential_endpoint: metadata.credential_endpoint,
            nonce_endpoint: metadata.nonce_endpoint,
            notification_endpoint: metadata.notification_endpoint,
            dpop_algorithms: server.dpop_signing_alg_values_supported,
        })
    }

    /// The key under the name by which the server reads DPoP proofs; `None` if it reads none by
    /// this key. A server that says nothing is taken to read all.
    pub(super) fn dpop_signer<'k>(&self, key: &'k SigningKey) -> Option<NamedKey<'k>> {
        match &self.dpop_algorithms {
            None => Some(key.into()),
            Some(listed) => NamedKey::known_as(key, |name| listed.iter().any(|one| one == name)),
        }
    }
}

/// One Credential that the wallet can receive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OfferedCredential {
    /// The `credential_configuration_id`.
    pub configuration_id: String,
    /// The format.
    pub format: Format,
    /// The `vct`, or the W3C types.
    pub types: Vec<String>,
    /// Names, one for each language.
    pub display: Vec<CredentialDisplay>,
    /// What it will say, in the order in which it is shown.
    pub claims: Vec<ClaimDescription>,
    /// How it is bound to a key of the Holder; `None` for one that anybody can present.
    pub binding: Option<Binding>,
    /// The algorithms of keys to which it can be bound.
    pub algorithms: Vec<Algorithm>,
    /// The names of algorithms under which the Issuer reads proofs.
    pub(super) proof_names: Vec<String>,
}

impl OfferedCredential {
    /// Whether it can be bound to this key.
    pub fn accepts(&self, key: &PublicKey) -> bool {
        self.algorithms.contains(&key.algorithm())
    }

    fn read(
        id: &str,
        configuration: &CredentialConfiguration,
    ) -> Result<Option<Self>, DiscoveryError> {
        let types = match Format::parse(&configuration.format) {
            Some(Format::SdJwtVc) => configuration.vct.clone().map(|vct| vec![vct]),
            Some(Format::JwtVcJson) => configuration
                .credential_definition
                .as_ref()
                .map(|one| one.types.clone()),
            Some(Format::LdpVc) if !is_readable(configuration)? => return Ok(None),
            Some(Format::LdpVc) => configuration
                .credential_definition
                .as_ref()
                .map(|one| one.types.clone()),
            None => return Ok(None),
        };
        let (Some(format), Some(types)) = (Format::parse(&configuration.format), types) else {
            return Err(DiscoveryError::Metadata);
        };
        let (display, claims) = shown(configuration)?;
        let Some((binding, proof_names)) = binding(configuration)? else {
            return Ok(None);
        };
        let known = |name: &&str| proof_names.iter().any(|listed| listed == name);
        let mut algorithms = Algorithm::ALL.to_vec();
        algorithms.retain(|one| match binding {
            Some(Binding::DidKeyPresentation) => di_vp::takes(&proof_names, *one),
            _ => one.names().iter().any(&known),
        });
        Ok(Some(Self {
            configuration_id: id.to_owned(),
            format,
            types,
            display,
            claims,
            binding,
            algorithms,
            proof_names,
        }))
    }
}

/// Whether the wallet knows the contexts of an `ldp_vc`, and a suite with which it is signed
/// (appendix A.1.2.2).
fn is_readable(configuration: &CredentialConfiguration) -> Result<bool, DiscoveryError> {
    let definition = configuration.credential_definition.as_ref();
    let contexts = definition.and_then(|one| one.context.as_ref());
    let contexts = contexts.ok_or(DiscoveryError::Metadata)?;
    let known = |context: &Value| {
        let address = context.as_str();
        address.is_some_and(|address| Contexts::established().is_known(address))
    };
    let signed = configuration
        .credential_signing_alg_values_supported
        .as_ref();
    let by_known_suite = signed.is_none_or(|names| {
        let mut names = names.iter().filter_map(Value::as_str);
        names.any(|name| SUITES.iter().any(|suite| suite.name() == name))
    });
    Ok(contexts.iter().all(known) && by_known_suite)
}

/// The suites of an `ldp_vc`: those that sign statements, as a whole or one by one.
const SUITES: [Cryptosuite; 4] = [
    Cryptosuite::Bbs2023,
    Cryptosuite::EcdsaRdfc2019,
    Cryptosuite::EcdsaSd2023,
    Cryptosuite::EddsaRdfc2022,
];

/// The net certificate among what an Issuer offers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OfferedNetCertificate {
    /// The `credential_configuration_id`.
    pub configuration_id: String,
    /// Names, one for each language.
    pub display: Vec<CredentialDisplay>,
    /// What it will say, in the order in which it is shown.
    pub claims: Vec<ClaimDescription>,
    pub(super) epochs: Url,
}

impl OfferedNetCertificate {
    /// `None` for another version of the profile.
    fn read(
        id: &str,
        configuration: &CredentialConfiguration,
    ) -> Result<Option<Self>, DiscoveryError> {
        let net = configuration
            .net_certificate
            .as_ref()
            .ok_or(DiscoveryError::Metadata)?;
        let proofs = configuration.proof_types_supported.as_ref();
        let proven = proofs.is_some_and(|proofs| proofs.contains_key(netcert::PROOF_TYPE));
        if net.profile != netcert::PROFILE || !proven {
            return Ok(None);
        }
        // Whatever stands in a query could say who asks.
        if net.epochs.query().is_some() || !net.epochs.path().ends_with("/net/epochs") {
            return Err(DiscoveryError::Metadata);
        }
        let (display, claims) = shown(configuration)?;
        Ok(Some(Self {
            configuration_id: id.to_owned(),
            display,
            claims,
            epochs: net.epochs.clone(),
        }))
    }
}

/// Names, and claims in the order in which they are shown (section 12.2.4).
fn shown(
    configuration: &CredentialConfiguration,
) -> Result<(Vec<CredentialDisplay>, Vec<ClaimDescription>), DiscoveryError> {
    let metadata = configuration.credential_metadata.clone();
    let metadata = metadata.unwrap_or_default();
    let claims = metadata.claims.unwrap_or_default();
    match consistent(&claims) {
        true => Ok((metadata.display.unwrap_or_default(), claims)),
        false => Err(DiscoveryError::Metadata),
    }
}

/// How a key proof names the Holder's key (section 12.2.4).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Binding {
    /// As a did:jwk.
    DidJwk,
    /// As a did:key.
    DidKey,
    /// As a did:key, in a W3C Presentation (`di_vp`).
    DidKeyPresentation,
    /// As a JWK.
    Jwk,
}

type Bound = (Option<Binding>, Vec<String>);

/// `None` if the Issuer asks for a kind of binding or proof that the wallet does not have.
fn binding(configuration: &CredentialConfiguration) -> Result<Option<Bound>, DiscoveryError> {
    let methods = &configuration.cryptographic_binding_methods_supported;
    let (methods, proofs) = match (methods, &configuration.proof_types_supported) {
        (None, None) => return Ok(Some((None, Vec::new()))),
        (Some(methods), Some(proofs)) => (methods, proofs),
        // One is there if and only if the other is.
        _ => return Err(DiscoveryError::Metadata),
    };
    let known = [
        ("jwk", Binding::Jwk),
        ("did:key", Binding::DidKey),
        ("did:jwk", Binding::DidJwk),
    ];
    let binding = known
        .into_iter()
        .find_map(|(name, binding)| methods.iter().any(|one| one == name).then_some(binding));
    let proofs = |name: &str| {
        let proof = proofs.get(name);
        proof.filter(|proof| proof.key_attestations_required.is_none())
    };
    let (Some(binding), Some(jwt)) = (binding, proofs("jwt")) else {
        let presented = proofs(DI_VP).filter(|_| methods.iter().any(|one| one == "did:key"));
        return Ok(presented.and_then(by_presentation));
    };
    let names: Vec<String> = jwt
        .proof_signing_alg_values_supported
        .iter()
        .filter_map(|name| name.as_str())
        .filter(|name| Algorithm::parse(name).is_ok())
        .map(str::to_owned)
        .collect();
    Ok((!names.is_empty()).then_some((Some(binding), names)))
}

/// The suites in which keys can be proven by a Presentation.
fn by_presentation(proof: &ProofType) -> Option<Bound> {
    let listed = proof.proof_signing_alg_values_supported.iter();
    let names: Vec<String> = di_vp::suites(listed.filter_map(Value::as_str))
        .map(|suite| suite.name().to_owned())
        .collect();
    (!names.is_empty()).then_some((Some(Binding::DidKeyPresentation), names))
}
