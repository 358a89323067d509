//! Kinds of Credentials, as data.

use std::collections::BTreeMap;

use credential::Format;
use credential::data_integrity::Cryptosuite;
use keys::Algorithm;
use serde::{Deserialize, Serialize};

use crate::messages::{
    ClaimDescription, CredentialConfiguration, CredentialDefinition, CredentialDisplay,
    CredentialMetadata, ProofType, consistent,
};

/// One kind of Credential that an Issuer issues: what its operator configures.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialKind {
    /// The `credential_configuration_id`.
    pub id: String,
    /// The format.
    pub format: Format,
    /// The `vct` of an SD-JWT VC (one), or the `type` values of a W3C Credential.
    pub types: Vec<String>,
    /// The OAuth scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `ldp_vc`: the JSON-LD contexts of the Credential, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<String>,
    /// `ldp_vc`: the cryptosuites of its proofs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cryptosuites: Vec<Cryptosuite>,
    /// The other formats: the algorithms with which the Issuer signs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signing_algorithms: Vec<Algorithm>,
    /// Names, one for each language.
    #[serde(default)]
    pub display: Vec<CredentialDisplay>,
    /// The claims, in the order in which they are shown.
    #[serde(default)]
    pub claims: Vec<ClaimDescription>,
}

impl CredentialKind {
    /// The kind as the metadata say it (section 12.2.4 and appendix A).
    ///
    /// Key Binding is always asked for. Returns `None` for a kind without a type, or with claims
    /// that contradict one another; and for `ldp_vc` without a context.
    pub fn configuration(&self) -> Option<CredentialConfiguration> {
        if self.id.is_empty() || !consistent(&self.claims) {
            return None;
        }
        let mut configuration = CredentialConfiguration {
            format: self.format.name().to_owned(),
            scope: self.scope.clone(),
            credential_signing_alg_values_supported: self.signatures(),
            cryptographic_binding_methods_supported: Some(
                self.bindings().iter().copied().map(str::to_owned).collect(),
            ),
            proof_types_supported: Some(self.proof_types()),
            credential_metadata: self.metadata(),
            ..CredentialConfiguration::default()
        };
        match (self.format, self.types.as_slice()) {
            (_, []) => return None,
            (Format::SdJwtVc, [vct]) => configuration.vct = Some(vct.clone()),
            (Format::SdJwtVc, _) => return None,
            (Format::LdpVc, _) if self.contexts.is_empty() => return None,
            (Format::LdpVc, types) => {
                let contexts = self.contexts.iter().map(|one| one.as_str().into());
                configuration.credential_definition = Some(CredentialDefinition {
                    context: Some(contexts.collect()),
                    types: types.to_vec(),
                });
            }
            (Format::JwtVcJson, types) => {
                configuration.credential_definition = Some(CredentialDefinition {
                    context: None,
                    types: types.to_vec(),
                });
            }
        }
        Some(configuration)
    }

    /// How the Issuer signs: names of algorithms, or of suites for Data Integrity proofs
    /// (appendix A.1.2.2).
    fn signatures(&self) -> Option<Vec<serde_json::Value>> {
        let names: Vec<_> = match self.format {
            Format::LdpVc => (self.cryptosuites.iter())
                .map(|suite| suite.name().into())
                .collect(),
            Format::JwtVcJson | Format::SdJwtVc => (self.signing_algorithms.iter())
                .map(|algorithm| algorithm.name().into())
                .collect(),
        };
        (!names.is_empty()).then_some(names)
    }

    /// How a Holder's key may be named; see `proof`. Who presents with a Data Integrity proof does
    /// it under a DID.
    fn bindings(&self) -> &'static [&'static str] {
        match self.format {
            Format::LdpVc => &["did:key", "did:jwk"],
            Format::JwtVcJson | Format::SdJwtVc => &["jwk", "did:key", "did:jwk"],
        }
    }

    /// How keys are proven (appendix F): `di_vp` where the Credential is bound to a DID by its format.
    fn proof_types(&self) -> BTreeMap<String, ProofType> {
        let of = |values: Vec<serde_json::Value>| ProofType {
            proof_signing_alg_values_supported: values,
            key_attestations_required: None,
        };
        let algorithms = Algorithm::all_names().map(serde_json::Value::from);
        let mut types = BTreeMap::from([("jwt".to_owned(), of(algorithms.collect()))]);
        if self.format == Format::LdpVc {
            let suites = super::CRYPTOSUITES.map(|suite| suite.name().into());
            types.insert(super::DI_VP.to_owned(), of(suites.to_vec()));
        }
        types
    }

    fn metadata(&self) -> Option<CredentialMetadata> {
        let display = (!self.display.is_empty()).then(|| self.display.clone());
        let claims = (!self.claims.is_empty()).then(|| self.claims.clone());
        (display.is_some() || claims.is_some()).then_some(CredentialMetadata { display, claims })
    }
}
