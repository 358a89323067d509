//! Kinds of credentials, as the configuration says them.

use std::collections::BTreeMap;

use credential::Format;
use credential::data_integrity::Cryptosuite;
use credential::mechanism::Mechanism;
use keys::Algorithm;
use openid4vci::issuer::CredentialKind;
use openid4vci::messages::{ClaimDescription, ClaimDisplay, CredentialDisplay, PathSegment};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::person::ClaimName;

/// One kind of credential that the issuer makes of an identity document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CredentialType {
    /// The `credential_configuration_id`.
    pub id: String,
    /// The format.
    pub format: Format,
    /// SD-JWT VC: the `vct`, published below `types/` unless it is an absolute URI. W3C: the
    /// `type` beside `VerifiableCredential`.
    #[serde(rename = "type")]
    pub name: String,
    /// What people call it, by language.
    pub titles: BTreeMap<String, String>,
    /// What it says. In an SD-JWT VC each is selectively disclosable, and so it is with the suites
    /// that disclose a part; of other W3C credentials the verifier always sees all, so that there
    /// it should be little.
    pub claims: Vec<ClaimName>,
    /// `ldp_vc`: the suite of its proof.
    #[serde(default)]
    pub cryptosuite: Suite,
    /// `ldp_vc` with a suite that discloses a part: the claims that are always disclosed, beside
    /// issuer, types, validity, status and the name of the holder's key.
    #[serde(default)]
    pub mandatory: Vec<ClaimName>,
    /// How many days it is good for, counted from the beginning (UTC) of the day of issue.
    pub valid_days: u16,
}

impl CredentialType {
    /// What a passport gives unless the configuration says otherwise: a person as SD-JWT VC, and
    /// the bare fact of being 18 as W3C credential.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        let titles = |en: &str, zh: &str| {
            BTreeMap::from([("en".into(), en.into()), ("zh".into(), zh.into())])
        };
        vec![
            Self {
                id: "person".to_owned(),
                format: Format::SdJwtVc,
                name: "person".to_owned(),
                titles: titles("Person", "个人身份"),
                claims: ClaimName::ALL.to_vec(),
                cryptosuite: Suite::default(),
                mandatory: Vec::new(),
                valid_days: 14,
            },
            Self {
                id: "adult".to_owned(),
                format: Format::JwtVcJson,
                name: "AdultCredential".to_owned(),
                titles: titles("Proof of majority", "成年证明"),
                claims: vec![ClaimName::AgeOver18],
                cryptosuite: Suite::default(),
                mandatory: Vec::new(),
                valid_days: 14,
            },
        ]
    }

    /// The types as a credential names them.
    #[must_use]
    pub fn types(&self, public_base: &str) -> Vec<String> {
        match self.format {
            Format::SdJwtVc if self.name.contains(':') => vec![self.name.clone()],
            Format::SdJwtVc => vec![format!("{public_base}/types/{}", self.name)],
            Format::JwtVcJson | Format::LdpVc => {
                vec![VERIFIABLE_CREDENTIAL.to_owned(), self.name.clone()]
            }
        }
    }

    /// The kind as OpenID4VCI knows it.
    #[must_use]
    pub fn kind(&self, public_base: &str) -> CredentialKind {
        let display = |(locale, name): (&String, &String)| CredentialDisplay {
            name: name.clone(),
            locale: Some(locale.clone()),
            ..CredentialDisplay::default()
        };
        CredentialKind {
            id: self.id.clone(),
            format: self.format,
            types: self.types(public_base),
            scope: Some(self.id.clone()),
            contexts: match self.format {
                Format::LdpVc => CONTEXTS.map(str::to_owned).to_vec(),
                Format::JwtVcJson | Format::SdJwtVc => Vec::new(),
            },
            cryptosuites: match self.format {
                Format::LdpVc => vec![self.cryptosuite.cryptosuite()],
                Format::JwtVcJson | Format::SdJwtVc => Vec::new(),
            },
            signing_algorithms: match self.signer() {
                Signer::Whole(algorithm) if self.format != Format::LdpVc => vec![algorithm],
                Signer::Disclosing(_) | Signer::Whole(_) => Vec::new(),
            },
            display: self.titles.iter().map(display).collect(),
            claims: self
                .claims
                .iter()
                .map(|claim| self.describe(*claim))
                .collect(),
        }
    }

    /// Which of the issuer's keys signs it.
    #[must_use]
    pub(crate) fn signer(&self) -> Signer {
        match (self.format, self.cryptosuite) {
            (Format::JwtVcJson, _) | (Format::LdpVc, Suite::EddsaRdfc2022) => {
                Signer::Whole(Algorithm::EdDsa)
            }
            (Format::SdJwtVc, _) | (Format::LdpVc, Suite::EcdsaRdfc2019) => {
                Signer::Whole(Algorithm::Es256)
            }
            (Format::LdpVc, Suite::Bbs2023) => Signer::Disclosing(Mechanism::Bbs2023),
            (Format::LdpVc, Suite::EcdsaSd2023) => Signer::Disclosing(Mechanism::EcdsaSd2023),
        }
    }

    /// Whether what is said to be mandatory can be: claims that the credential has, of one that
    /// could hide them.
    #[must_use]
    pub(crate) fn mandatory_fits(&self) -> bool {
        self.mandatory.is_empty()
            || matches!(self.signer(), Signer::Disclosing(_))
                && self.mandatory.iter().all(|one| self.claims.contains(one))
    }

    /// The Type Metadata at the `vct` (SD-JWT VC, section 6); `None` where there is none.
    #[must_use]
    pub fn type_metadata(&self, public_base: &str) -> Option<Value> {
        if self.format != Format::SdJwtVc || self.name.contains(':') {
            return None;
        }
        let display = |(locale, name): (&String, &String)| json!({"locale": locale, "name": name});
        let claims = self.claims.iter().map(|claim| {
            let labels = claim
                .labels()
                .map(|(locale, label)| json!({"locale": locale, "label": label}));
            json!({"path": [claim.as_str()], "display": labels, "sd": "always"})
        });
        Some(json!({
            "vct": self.types(public_base).first(),
            "name": self.id,
            "display": self.titles.iter().map(display).collect::<Vec<_>>(),
            "claims": claims.collect::<Vec<_>>(),
        }))
    }

    fn describe(&self, claim: ClaimName) -> ClaimDescription {
        let name = PathSegment::Name(claim.as_str().to_owned());
        let subject = PathSegment::Name("credentialSubject".to_owned());
        let display = claim.labels().map(|(locale, label)| ClaimDisplay {
            name: Some(label.to_owned()),
            locale: Some(locale.to_owned()),
        });
        ClaimDescription {
            path: match self.format {
                Format::SdJwtVc => vec![name],
                Format::JwtVcJson | Format::LdpVc => vec![subject, name],
            },
            mandatory: false,
            display: Some(display.to_vec()),
        }
    }
}

/// The suite of a Data Integrity proof. `ldp_vc` is for suites over statements, that is RDF.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Suite {
    /// `bbs-2023`, with a BBS key: the holder discloses a part, and proofs cannot be linked.
    #[serde(rename = "bbs-2023")]
    Bbs2023,
    /// `ecdsa-rdfc-2019`, with the issuer's P-256 key.
    #[serde(rename = "ecdsa-rdfc-2019")]
    EcdsaRdfc2019,
    /// `ecdsa-sd-2023`, with a P-256 key of its own: the holder discloses a part.
    #[serde(rename = "ecdsa-sd-2023")]
    EcdsaSd2023,
    /// `eddsa-rdfc-2022`, with the issuer's Ed25519 key.
    #[default]
    #[serde(rename = "eddsa-rdfc-2022")]
    EddsaRdfc2022,
}

impl Suite {
    /// The suite by its name in credentials and metadata.
    pub(crate) const fn cryptosuite(self) -> Cryptosuite {
        match self {
            Self::Bbs2023 => Cryptosuite::Bbs2023,
            Self::EcdsaRdfc2019 => Cryptosuite::EcdsaRdfc2019,
            Self::EcdsaSd2023 => Cryptosuite::EcdsaSd2023,
            Self::EddsaRdfc2022 => Cryptosuite::EddsaRdfc2022,
        }
    }
}

/// Which of the issuer's keys signs a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Signer {
    /// The key of a suite that discloses a part.
    Disclosing(Mechanism),
    /// The key of an algorithm.
    Whole(Algorithm),
}

/// How verifiers find the key with which the issuer signed (peers differ).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identification {
    /// `iss` is a did:web, `kid` names the verification method.
    Did,
    /// `iss` is the public URL, whose `/.well-known/jwt-vc-issuer` has the key.
    #[default]
    JwtVcIssuer,
    /// The certificate travels in `x5c`; Ed25519 credentials fall back to `jwt-vc-issuer`.
    X5c,
}

/// The contexts of W3C credentials. The second one gives a meaning to every term, as VCDM 2.0,
/// section 4.3 wants it; neither is ever fetched to read a credential.
pub(crate) const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://www.w3.org/ns/credentials/undefined-terms/v2",
];

const VERIFIABLE_CREDENTIAL: &str = "VerifiableCredential";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_kinds() {
        for kind in CredentialType::defaults() {
            let kind = kind.kind("https://issuer.example");
            assert!(kind.configuration().is_some(), "{}", kind.id);
        }
    }

    #[test]
    fn a_vct_is_below_types_unless_it_is_a_uri() {
        let mut person = CredentialType::defaults().remove(0);
        assert_eq!(
            person.types("https://a.example/t"),
            ["https://a.example/t/types/person"]
        );
        assert_eq!(
            person.type_metadata("https://a.example").unwrap()["vct"],
            "https://a.example/types/person"
        );
        person.name = "urn:eudi:pid:1".to_owned();
        assert_eq!(person.types("https://a.example"), ["urn:eudi:pid:1"]);
        assert_eq!(person.type_metadata("https://a.example"), None);
    }
}
