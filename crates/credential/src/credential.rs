use std::fmt;

use jiff::Timestamp;
use keys::PublicKey;
use linked_data::Contexts;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use claim_path::ClaimPath;

use crate::data_integrity::Cryptosuite;
use crate::data_integrity::selective::choice::{self, Choice};
use crate::holder_key::HolderKey;
use crate::status::CredentialStatus;

/// How a Credential is written and secured.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Format {
    /// W3C VCDM secured by JOSE: `vc+jwt`, and the VCDM 1.1 JWT form.
    #[serde(rename = "jwt_vc_json")]
    JwtVcJson,
    /// W3C VCDM with Data Integrity proofs.
    #[serde(rename = "ldp_vc")]
    LdpVc,
    /// SD-JWT VC.
    #[serde(rename = "dc+sd-jwt")]
    SdJwtVc,
}

impl Format {
    /// The Credential Format Identifier of OpenID4VCI 1.0 and OpenID4VP 1.0.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::JwtVcJson => "jwt_vc_json",
            Self::LdpVc => "ldp_vc",
            Self::SdJwtVc => "dc+sd-jwt",
        }
    }

    /// Reads a Credential Format Identifier.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::JwtVcJson, Self::LdpVc, Self::SdJwtVc]
            .into_iter()
            .find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The names by which a query finds a Credential: its types, and for W3C Credentials also what its
/// contexts make of these (OpenID4VP 1.0, appendix B.1.1).
#[must_use]
pub fn type_names(format: Format, types: &[String], claims: &Map<String, Value>) -> Vec<String> {
    let mut names = types.to_vec();
    let expanded = match format {
        Format::JwtVcJson | Format::LdpVc => Contexts::established().types(claims).ok(),
        Format::SdJwtVc => None,
    };
    for name in expanded.into_iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A value that passed its verification in this process.
///
/// Only this crate makes one, and it cannot be deserialized: what is loaded from a store is never
/// `Verified` again:
///
/// ```compile_fail
/// let forged: credential::Verified<bool> = serde_json::from_str("true").unwrap();
/// ```
/// ```compile_fail
/// let forged = credential::Verified(true);
/// ```
#[derive(Clone, Debug)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    /// Gives up the evidence and keeps the value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }

    /// The verified value.
    #[must_use]
    pub const fn get(&self) -> &T {
        &self.0
    }
}

/// What an Issuer says, in one shape for every securing mechanism.
#[derive(Clone)]
pub struct Credential {
    /// The format that it came in.
    pub format: Format,
    /// The Issuer: `iss`, `issuer`, or the subject of the `x5c` certificate.
    pub issuer: String,
    /// The `vct`, or the W3C `type` values.
    pub types: Vec<String>,
    /// SD-JWT VC: the processed payload. W3C: the Credential object.
    pub claims: Map<String, Value>,
    pub(crate) holder: HolderKey,
    /// Where its status is published: at no place if it cannot change, at several if it can change
    /// in several ways.
    pub status: Vec<CredentialStatus>,
    /// The first instant of validity, if stated.
    pub valid_from: Option<Timestamp>,
    /// The instant from which it is no longer valid, if stated.
    pub valid_until: Option<Timestamp>,
    /// The base64url Authority Key Identifiers of its `x5c` chain (OpenID4VP 1.0, section 6.1.1.1).
    pub authority_key_ids: Vec<String>,
    /// SD-JWT VC: the places of the claims that came from Disclosures, and so could have been
    /// withheld.
    pub disclosed: Vec<ClaimPath>,
    /// What is mandatory of a W3C Credential that was derived by a Data Integrity proof.
    pub(crate) choice: Option<Box<Choice>>,
    /// The cryptosuites of its Data Integrity proofs, each once.
    pub cryptosuites: Vec<Cryptosuite>,
}

impl Credential {
    /// Whether its Holder can show single claims of it, or has done so.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        self.format == Format::SdJwtVc || self.cryptosuites.iter().any(|suite| suite.discloses())
    }

    /// The places of what a Holder shows of the subject, of a W3C Credential that was derived by a
    /// Data Integrity proof: mandatory or not. None of another.
    #[must_use]
    pub fn shown(&self) -> Vec<ClaimPath> {
        match &self.choice {
            Some(_) => choice::said(&self.claims),
            None => Vec::new(),
        }
    }

    /// Of places that [`Self::shown`] or [`Self::disclosed`] names, those that the Holder could
    /// have withheld. It costs about half a verification, and nothing if there are no places.
    #[must_use]
    pub fn withholdable(&self, places: Vec<ClaimPath>) -> Vec<ClaimPath> {
        match &self.choice {
            // What cannot be told is told as chosen: nobody made it mandatory.
            Some(choice) => choice.among(&self.claims, &places).unwrap_or(places),
            None => places,
        }
    }

    /// The key of the Holder, if the Credential is bound to one.
    #[must_use]
    pub fn holder(&self) -> Option<&PublicKey> {
        self.holder.get()
    }
}

impl fmt::Debug for Credential {
    /// Leaves the claims out: logs must not hold them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("format", &self.format)
            .field("issuer", &self.issuer)
            .field("types", &self.types)
            .finish_non_exhaustive()
    }
}
