use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{ClaimPath, messages};

/// A query that was checked at the door (OpenID4VP 1.0, section 6).
///
/// Identifiers are unique, every reference resolves, every size is bounded. Made by
/// `TryFrom<messages::DcqlQuery>`; serde reads and writes the wire form.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "messages::DcqlQuery", into = "messages::DcqlQuery")]
pub struct DcqlQuery {
    pub(crate) credentials: Vec<CredentialQuery>,
    pub(crate) sets: Vec<CredentialSet>,
}

/// A request for one credential, or several when `multiple` (section 6.1).
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialQuery {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    pub(crate) multiple: bool,
    pub(crate) trusted_authorities: Vec<TrustedAuthority>,
    pub(crate) holder_binding: bool,
    pub(crate) claims: Vec<ClaimQuery>,
    /// Positions in `claims`; empty when `claim_sets` is absent.
    pub(crate) claim_sets: Vec<Vec<usize>>,
}

/// The format of a requested credential, with the constraints of its `meta`.
#[derive(Clone, Debug, PartialEq)]
pub enum Meta {
    /// `jwt_vc_json`: a W3C credential secured by JOSE (appendix B.1).
    JwtVcJson {
        /// Alternatives, each a list of types that all have to be there.
        type_values: Vec<Vec<String>>,
    },
    /// `ldp_vc`: a W3C credential with a Data Integrity proof (appendix B.1).
    LdpVc {
        /// Alternatives, each a list of types that all have to be there.
        type_values: Vec<Vec<String>>,
    },
    /// `mso_mdoc`: an ISO mobile document (appendix B.2). Never matches here.
    MsoMdoc {
        /// The accepted document type.
        doctype_value: String,
    },
    /// `net_certificate`: a Net Certificate, of which single slots are shown (its format profile,
    /// `docs/profiles/net-certificate.md`). Every claim is one member of `credentialSubject`.
    NetCertificate {
        /// The Pseudonym that is asked for along with the slots, if any.
        pseudonym: Option<PseudonymQuery>,
    },
    /// A format that this crate does not know. Never matches.
    Other {
        /// The Credential Format Identifier.
        format: String,
        /// Its constraints, as received.
        meta: Map<String, Value>,
    },
    /// `dc+sd-jwt`: an SD-JWT VC (appendix B.3).
    SdJwtVc {
        /// The accepted types.
        vct_values: Vec<String>,
    },
}

/// A request for a Pseudonym. What it is bound to is derived from who asks, and never stands in the
/// query: there is nothing here but the name of a scope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PseudonymQuery {
    /// One of the scopes that the Verifier publishes; `None` for the only number that it has
    /// without any.
    pub scope: Option<String>,
}

/// What the verifier accepts as an authority (section 6.1.1).
#[derive(Clone, Debug, PartialEq)]
pub enum TrustedAuthority {
    /// `aki`: base64url Authority Key Identifiers of X.509 certificates.
    AuthorityKeyIdentifier(Vec<String>),
    /// A kind of trust framework that this crate cannot follow: nothing matches it.
    Other {
        /// The `type`.
        type_: String,
        /// The `values`.
        values: Vec<String>,
    },
}

/// A request for a claim (section 6.3).
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimQuery {
    pub(crate) id: Option<String>,
    pub(crate) path: ClaimPath,
    /// Empty when any value is welcome.
    pub(crate) values: Vec<Value>,
}

/// A combination of credentials (section 6.2).
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialSet {
    pub(crate) options: Vec<Vec<String>>,
    pub(crate) required: bool,
}

/// The Credential Format Identifiers that this crate matches.
pub mod formats {
    /// A W3C credential secured by JOSE (OpenID4VP 1.0, appendix B.1.3.1).
    pub const JWT_VC_JSON: &str = "jwt_vc_json";
    /// A W3C credential with a Data Integrity proof (OpenID4VP 1.0, appendix B.1.3.2).
    pub const LDP_VC: &str = "ldp_vc";
    /// A Net Certificate (`docs/profiles/net-certificate.md`).
    pub const NET_CERTIFICATE: &str = "net_certificate";
    /// An SD-JWT VC (OpenID4VP 1.0, appendix B.3).
    pub const SD_JWT_VC: &str = "dc+sd-jwt";
}

impl DcqlQuery {
    /// Returns the credential queries, in the verifier's order.
    #[must_use]
    pub fn credentials(&self) -> &[CredentialQuery] {
        &self.credentials
    }

    /// Returns the credential sets; empty when every credential is required.
    #[must_use]
    pub fn credential_sets(&self) -> &[CredentialSet] {
        &self.sets
    }

    /// Finds a credential query by its identifier.
    #[must_use]
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials.iter().find(|query| query.id == id)
    }

    /// Returns the Pseudonym that is asked for: the same one wherever it is (checked at the door),
    /// so that no answer shows that two numbers are one person's.
    #[must_use]
    pub fn pseudonym(&self) -> Option<&PseudonymQuery> {
        self.credentials
            .iter()
            .find_map(|query| query.meta.pseudonym())
    }

    /// Finds what is still needed when only the credential queries that `has` accepts are
    /// answered (section 6.4.2), by its identifiers: of each required set the first option, or all
    /// queries when there are no sets.
    pub(crate) fn missing(&self, has: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let needed: Vec<&String> = if self.sets.is_empty() {
            self.credentials.iter().map(|query| &query.id).collect()
        } else {
            let required = self.sets.iter().filter(|set| set.required);
            required
                .filter(|set| !set.options.iter().any(|ids| ids.iter().all(|id| has(id))))
                .filter_map(|set| set.options.first())
                .flatten()
                .collect()
        };
        let mut missing: Vec<String> = Vec::new();
        for id in needed {
            if !has(id) && !missing.contains(id) {
                missing.push(id.clone());
            }
        }
        (!missing.is_empty()).then_some(missing)
    }

    /// Says whether a set, or the absence of sets, asks for the credential query at all.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.sets.is_empty() || self.sets.iter().any(|set| set.mentions(id))
    }
}

impl CredentialQuery {
    /// Returns the identifier, `[A-Za-z0-9_-]+`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the format and its constraints.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Says whether several credentials may be returned.
    #[must_use]
    pub fn multiple(&self) -> bool {
        self.multiple
    }

    /// Returns the accepted authorities; empty when any issuer is welcome.
    #[must_use]
    pub fn trusted_authorities(&self) -> &[TrustedAuthority] {
        &self.trusted_authorities
    }

    /// Says whether a proof of holder binding is required
    /// (`require_cryptographic_holder_binding`).
    #[must_use]
    pub fn requires_holder_binding(&self) -> bool {
        self.holder_binding
    }

    /// Returns the requested claims; empty asks for none that is selectively disclosable.
    #[must_use]
    pub fn claims(&self) -> &[ClaimQuery] {
        &self.claims
    }

    /// Returns the acceptable combinations of claims, the preferred one first: the `claim_sets`,
    /// or all claims when there are none.
    pub fn claim_options(&self) -> impl Iterator<Item = Vec<&ClaimQuery>> {
        let all = self
            .claim_sets
            .is_empty()
            .then(|| self.claims.iter().collect());
        let sets = self.claim_sets.iter().map(|set| {
            set.iter()
                .filter_map(|position| self.claims.get(*position))
                .collect()
        });
        all.into_iter().chain(sets)
    }
}

impl Meta {
    /// Returns the Credential Format Identifier.
    #[must_use]
    pub fn format(&self) -> &str {
        match self {
            Self::JwtVcJson { .. } => formats::JWT_VC_JSON,
            Self::LdpVc { .. } => formats::LDP_VC,
            Self::MsoMdoc { .. } => "mso_mdoc",
            Self::NetCertificate { .. } => formats::NET_CERTIFICATE,
            Self::Other { format, .. } => format,
            Self::SdJwtVc { .. } => formats::SD_JWT_VC,
        }
    }

    /// Returns the Pseudonym that is asked for.
    #[must_use]
    pub fn pseudonym(&self) -> Option<&PseudonymQuery> {
        match self {
            Self::NetCertificate { pseudonym } => pseudonym.as_ref(),
            Self::JwtVcJson { .. }
            | Self::LdpVc { .. }
            | Self::MsoMdoc { .. }
            | Self::Other { .. }
            | Self::SdJwtVc { .. } => None,
        }
    }
}

impl ClaimQuery {
    /// Returns the claims path pointer.
    #[must_use]
    pub fn path(&self) -> &ClaimPath {
        &self.path
    }

    /// Returns the acceptable values: strings, integers and booleans; empty when any is welcome.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Says whether a value is acceptable: the same type and the same value (section 6.3).
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.values.is_empty() || self.values.contains(value)
    }
}

impl CredentialSet {
    /// Returns the alternatives, each a list of credential query identifiers.
    #[must_use]
    pub fn options(&self) -> &[Vec<String>] {
        &self.options
    }

    /// Says whether the set has to be satisfied.
    #[must_use]
    pub fn required(&self) -> bool {
        self.required
    }

    fn mentions(&self, id: &str) -> bool {
        self.options
            .iter()
            .any(|ids| ids.iter().any(|option| option == id))
    }
}

impl From<DcqlQuery> for messages::DcqlQuery {
    fn from(query: DcqlQuery) -> Self {
        let sets: Vec<_> = query.sets.into_iter().map(Into::into).collect();
        Self {
            credentials: query.credentials.into_iter().map(Into::into).collect(),
            credential_sets: (!sets.is_empty()).then_some(sets),
        }
    }
}

impl From<CredentialSet> for messages::CredentialSetQuery {
    fn from(set: CredentialSet) -> Self {
        Self {
            options: set.options,
            required: (!set.required).then_some(false),
        }
    }
}

impl From<CredentialQuery> for messages::CredentialQuery {
    fn from(query: CredentialQuery) -> Self {
        let claim_sets: Vec<Vec<String>> = query
            .claim_sets
            .iter()
            .map(|set| {
                set.iter()
                    .filter_map(|position| query.claims.get(*position)?.id.clone())
                    .collect()
            })
            .collect();
        let claims: Vec<_> = query.claims.into_iter().map(Into::into).collect();
        let authorities: Vec<_> = query
            .trusted_authorities
            .into_iter()
            .map(Into::into)
            .collect();
        Self {
            id: query.id,
            format: query.meta.format().to_owned(),
            multiple: query.multiple.then_some(true),
            meta: query.meta.into(),
            trusted_authorities: (!authorities.is_empty()).then_some(authorities),
            require_cryptographic_holder_binding: (!query.holder_binding).then_some(false),
            claims: (!claims.is_empty()).then_some(claims),
            claim_sets: (!claim_sets.is_empty()).then_some(claim_sets),
        }
    }
}

impl From<Meta> for Map<String, Value> {
    fn from(meta: Meta) -> Self {
        let (name, value) = match meta {
            Meta::JwtVcJson { type_values } | Meta::LdpVc { type_values } => {
                ("type_values", Value::from(type_values))
            }
            Meta::MsoMdoc { doctype_value } => ("doctype_value", Value::from(doctype_value)),
            Meta::NetCertificate { pseudonym: None } => return Map::new(),
            Meta::NetCertificate {
                pseudonym: Some(PseudonymQuery { scope }),
            } => {
                let scope = scope.map(|scope| ("scope".to_owned(), Value::from(scope)));
                ("pseudonym", Value::Object(scope.into_iter().collect()))
            }
            Meta::Other { meta, .. } => return meta,
            Meta::SdJwtVc { vct_values } => ("vct_values", Value::from(vct_values)),
        };
        Map::from_iter([(name.to_owned(), value)])
    }
}

impl From<TrustedAuthority> for messages::TrustedAuthoritiesQuery {
    fn from(authority: TrustedAuthority) -> Self {
        match authority {
            TrustedAuthority::AuthorityKeyIdentifier(values) => Self {
                type_: "aki".to_owned(),
                values,
            },
            TrustedAuthority::Other { type_, values } => Self { type_, values },
        }
    }
}

impl From<ClaimQuery> for messages::ClaimsQuery {
    fn from(claim: ClaimQuery) -> Self {
        Self {
            id: claim.id,
            path: claim.path.into(),
            values: (!claim.values.is_empty()).then_some(claim.values),
        }
    }
}
