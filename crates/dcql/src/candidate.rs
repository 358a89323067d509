use std::fmt;

use serde_json::Value;

use crate::{ClaimPath, CredentialQuery, Meta, TrustedAuthority};
use claim_path::Reading;

/// A credential as far as a query can see it: held by a wallet, or presented to a verifier.
#[derive(Clone)]
pub struct Candidate {
    /// Whatever the caller tells its credentials apart by.
    pub id: String,
    /// The Credential Format Identifier ([`crate::formats`]).
    pub format: String,
    /// The `vct` of an SD-JWT VC; the `type` values of a W3C credential or Net Certificate, by
    /// their names and as IRIs.
    pub types: Vec<String>,
    /// The JSON object that paths point into: the processed payload of an SD-JWT VC, the
    /// credential object of a W3C credential. In a Net Certificate a flag is true or not there:
    /// nobody says of themselves what they are not.
    pub claims: Value,
    /// For a wallet, whether the Holder can prove that the credential is theirs; for a verifier,
    /// whether that was proven.
    pub holder_bound: bool,
    /// Whether its Holder can show single claims of it, or has done so; else all of it goes.
    pub selective: bool,
    /// The base64url Authority Key Identifiers in the credential's certificate chain.
    pub authority_key_ids: Vec<String>,
}

/// A claim that was asked for and is there.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundClaim {
    /// The path that was asked for.
    pub asked: ClaimPath,
    /// The concrete places of the claims that it selects; at least one.
    pub places: Vec<ClaimPath>,
}

/// Why a credential does not answer a credential query.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// None of the `trusted_authorities` is behind it.
    #[error("the credential is not from an authority that was asked for")]
    Authority,
    /// A claim is absent, in every acceptable combination of claims.
    #[error("the credential has no claim {0}")]
    Claim(ClaimPath),
    /// It is of another format.
    #[error("the credential is in another format")]
    Format,
    /// It is not bound to the Holder, or the binding was not proven.
    #[error("the credential is not bound to its holder")]
    HolderBinding,
    /// It is of another type.
    #[error("the credential is of another type")]
    Type,
    /// A claim is there, but with none of the acceptable values.
    #[error("the claim {0} has none of the values asked for")]
    Value(ClaimPath),
}

impl fmt::Debug for Candidate {
    /// Leaves the claims out: logs must not hold them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("id", &self.id)
            .field("format", &self.format)
            .field("types", &self.types)
            .finish_non_exhaustive()
    }
}

impl CredentialQuery {
    /// Finds the claims with which a credential answers this query: those of the first claim set
    /// that it can satisfy (section 6.4.1).
    pub(crate) fn examine(
        &self,
        candidate: &Candidate,
        reading: Reading,
    ) -> Result<Vec<FoundClaim>, Mismatch> {
        self.examine_envelope(candidate)?;
        let reading = match candidate.selective {
            true => reading,
            false => Reading::Whole,
        };
        let mut first_mismatch = None;
        for option in self.claim_options() {
            let found = option.into_iter().map(|claim| {
                let selected = claim.path.select(&candidate.claims, reading);
                if selected.is_empty() {
                    return Err(Mismatch::Claim(claim.path.clone()));
                }
                let places: Vec<ClaimPath> = selected
                    .into_iter()
                    .filter(|(_, value)| claim.accepts(value))
                    .map(|(place, _)| place)
                    .collect();
                if places.is_empty() {
                    return Err(Mismatch::Value(claim.path.clone()));
                }
                Ok(FoundClaim {
                    asked: claim.path.clone(),
                    places,
                })
            });
            match found.collect() {
                Ok(found) => return Ok(found),
                Err(mismatch) => first_mismatch = first_mismatch.or(Some(mismatch)),
            }
        }
        // There is at least one option, so that a first mismatch is always there.
        first_mismatch.map_or_else(|| Ok(Vec::new()), Err)
    }

    /// Checks everything but the claims.
    fn examine_envelope(&self, candidate: &Candidate) -> Result<(), Mismatch> {
        if candidate.format != self.meta.format() {
            return Err(Mismatch::Format);
        }
        self.meta.examine(&candidate.types)?;
        if self.holder_binding && !candidate.holder_bound {
            return Err(Mismatch::HolderBinding);
        }
        let authorities = &self.trusted_authorities;
        if !authorities.is_empty() && !authorities.iter().any(|one| one.is_behind(candidate)) {
            return Err(Mismatch::Authority);
        }
        Ok(())
    }
}

impl Meta {
    pub(crate) fn examine(&self, types: &[String]) -> Result<(), Mismatch> {
        let has = |wanted: &String| types.iter().any(|type_| same_type(wanted, type_));
        match self {
            Self::JwtVcJson { type_values } | Self::LdpVc { type_values } => type_values
                .iter()
                .any(|all| all.iter().all(has))
                .then_some(())
                .ok_or(Mismatch::Type),
            Self::MsoMdoc { .. } | Self::Other { .. } => Err(Mismatch::Format),
            // The format is the type: there is one.
            Self::NetCertificate { .. } => Ok(()),
            Self::SdJwtVc { vct_values } => vct_values
                .iter()
                .any(|wanted| types.contains(wanted))
                .then_some(())
                .ok_or(Mismatch::Type),
        }
    }
}

impl TrustedAuthority {
    fn is_behind(&self, candidate: &Candidate) -> bool {
        match self {
            Self::AuthorityKeyIdentifier(values) => candidate
                .authority_key_ids
                .iter()
                .any(|id| values.contains(id)),
            Self::Other { .. } => false,
        }
    }
}

/// Compares W3C types. `type_values` are expanded (appendix B.1.1), and so is what a candidate has
/// besides its names; the type that every W3C context defines is known in both of its forms here.
fn same_type(wanted: &str, there: &str) -> bool {
    let short = |name: &str| match name {
        "https://www.w3.org/2018/credentials#VerifiableCredential" => "VerifiableCredential".into(),
        other => other.to_owned(),
    };
    wanted == there || short(wanted) == short(there)
}
