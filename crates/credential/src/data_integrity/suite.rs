use keys::Algorithm;
use linked_data::{Contexts, Hash, Inline};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::data_integrity::fault::ProofFault;

/// How a document becomes what is signed, and with which kind of key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Cryptosuite {
    /// `bbs-2023`, baseline (vc-di-bbs, section 3.4): issued and derived by
    /// [`selective`](crate::data_integrity::selective).
    #[serde(rename = "bbs-2023")]
    Bbs2023,
    /// `ecdsa-jcs-2019` (vc-di-ecdsa, section 3.3).
    #[serde(rename = "ecdsa-jcs-2019")]
    EcdsaJcs2019,
    /// `ecdsa-rdfc-2019` (vc-di-ecdsa, section 3.2).
    #[serde(rename = "ecdsa-rdfc-2019")]
    EcdsaRdfc2019,
    /// `ecdsa-sd-2023` (vc-di-ecdsa, section 3.6): issued and derived by
    /// [`selective`](crate::data_integrity::selective).
    #[serde(rename = "ecdsa-sd-2023")]
    EcdsaSd2023,
    /// The proof type `Ed25519Signature2020` (vc-di-eddsa, section 3.4): verified only.
    Ed25519Signature2020,
    /// `eddsa-jcs-2022` (vc-di-eddsa, section 3.3).
    #[serde(rename = "eddsa-jcs-2022")]
    EddsaJcs2022,
    /// `eddsa-rdfc-2022` (vc-di-eddsa, section 3.2).
    #[serde(rename = "eddsa-rdfc-2022")]
    EddsaRdfc2022,
}

impl Cryptosuite {
    /// All suites.
    pub const ALL: [Self; 7] = [
        Self::Bbs2023,
        Self::EcdsaJcs2019,
        Self::EcdsaRdfc2019,
        Self::EcdsaSd2023,
        Self::Ed25519Signature2020,
        Self::EddsaJcs2022,
        Self::EddsaRdfc2022,
    ];

    /// The suite over statements of a kind of key: what `ldp_vc` of OpenID4VCI and OpenID4VP means.
    #[must_use]
    pub const fn over_statements(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::EdDsa => Self::EddsaRdfc2022,
            Algorithm::Es256 | Algorithm::Es384 => Self::EcdsaRdfc2019,
        }
    }

    /// The value of `cryptosuite`, or of `type` for the suite that has none.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bbs2023 => "bbs-2023",
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
            Self::Ed25519Signature2020 => "Ed25519Signature2020",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Whether a key that signs with this algorithm makes such proofs. None does for `bbs-2023`.
    #[must_use]
    pub const fn takes(self, algorithm: Algorithm) -> bool {
        match self {
            Self::Bbs2023 => false,
            Self::EcdsaJcs2019 | Self::EcdsaRdfc2019 => {
                matches!(algorithm, Algorithm::Es256 | Algorithm::Es384)
            }
            Self::EcdsaSd2023 => matches!(algorithm, Algorithm::Es256),
            Self::Ed25519Signature2020 | Self::EddsaJcs2022 | Self::EddsaRdfc2022 => {
                matches!(algorithm, Algorithm::EdDsa)
            }
        }
    }

    /// Whether one signature covers a document, and this crate makes such proofs.
    pub(super) const fn signs_whole(self) -> bool {
        !matches!(
            self,
            Self::Bbs2023 | Self::EcdsaSd2023 | Self::Ed25519Signature2020
        )
    }

    /// Whether a proof discloses a part of what was signed.
    #[must_use]
    pub const fn discloses(self) -> bool {
        matches!(self, Self::Bbs2023 | Self::EcdsaSd2023)
    }

    /// Whether JSON is signed as it stands (RFC 8785), and not what it says.
    #[must_use]
    pub const fn signs_json(self) -> bool {
        match self {
            Self::EcdsaJcs2019 | Self::EddsaJcs2022 => true,
            Self::Bbs2023
            | Self::EcdsaRdfc2019
            | Self::EcdsaSd2023
            | Self::Ed25519Signature2020
            | Self::EddsaRdfc2022 => false,
        }
    }
}

/// The canonical form of a document or proof configuration (the transformation step).
pub(super) fn canonical(
    suite: Cryptosuite,
    document: &Map<String, Value>,
    hash: Hash,
    inline: Inline,
) -> Result<String, ProofFault> {
    if suite.signs_json() {
        return strict_json::canonicalize_object(document).map_err(|_| ProofFault::Number);
    }
    let statements = Contexts::established().expand(document, inline)?;
    Ok(statements.canonicalize(hash)?.text())
}

/// What is signed: the hash of the proof configuration, then that of the document.
pub(super) fn hash_data(hash: Hash, config: &str, document: &str) -> Vec<u8> {
    [hash.digest(config), hash.digest(document)].concat()
}

/// The hash that goes with a key (vc-di-ecdsa, section 3.2).
pub(super) const fn hash_of(algorithm: Algorithm) -> Hash {
    match algorithm {
        Algorithm::EdDsa | Algorithm::Es256 => Hash::Sha256,
        Algorithm::Es384 => Hash::Sha384,
    }
}
