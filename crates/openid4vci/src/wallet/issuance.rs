//! From access to Credentials that are not yet verified (OpenID4VCI 1.0, sections 7 and 8).

use std::collections::{BTreeSet, HashSet};

use credential::Format;
use http::{Request, Response};
use jiff::Timestamp;
use keys::token::BearerToken;
use keys::{Jwk, KeyError, NamedKey, PublicKey, SigningKey, jws};
use rand_core::CryptoRng;
use serde::Serialize;
use serde_json::Value;

use super::order::Order;
use super::{AccessGrant, Binding, ForeignKey, IssuanceError, OfferedCredential, Progress, di_vp};
use crate::issuer::PROOF_TYP;
use crate::messages::{CredentialResponse, Proofs};
use crate::oauth::NumericDate;

/// Orders Credentials. Fetches a fresh `c_nonce` first, and once more if it is refused.
#[derive(Debug)]
pub struct Issuance<'g> {
    order: Order<'g>,
    offered: &'g OfferedCredential,
    keys: Vec<PublicKey>,
}

impl<'g> Issuance<'g> {
    pub(super) fn new(
        grant: &'g AccessGrant,
        offered: &'g OfferedCredential,
        identifier: Option<&'g str>,
        keys: Vec<PublicKey>,
    ) -> Result<Self, IssuanceError> {
        let unique: HashSet<_> = keys.iter().collect();
        let count_fits = match offered.binding {
            Some(_) => (1..=grant.profile.batch_size).contains(&keys.len()),
            None => keys.is_empty(),
        };
        let kinds_fit = keys.iter().all(|key| offered.accepts(key));
        if unique.len() != keys.len() || !count_fits || !kinds_fit {
            return Err(IssuanceError::Keys);
        }
        let nonce = grant
            .profile
            .nonce_endpoint
            .clone()
            .filter(|_| !keys.is_empty());
        Ok(Self {
            order: Order::new(grant, &offered.configuration_id, identifier, nonce),
            offered,
            keys,
        })
    }

    /// The next request. `keys` are the private halves of what was ordered, in the same order.
    ///
    /// # Errors
    /// [`IssuanceError::Keys`] if the keys are others.
    pub fn request(
        &self,
        keys: &[&SigningKey],
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, IssuanceError> {
        if let Some(request) = self.order.nonce_request() {
            return Ok(request);
        }
        let c_nonce = self.order.c_nonce();
        if !keys.iter().map(|key| key.public()).eq(&self.keys) {
            return Err(IssuanceError::Keys);
        }
        let proofs = match self.offered.binding {
            None => None,
            Some(Binding::DidKeyPresentation) => Some(self.presentations(keys, c_nonce, now)?),
            Some(Binding::DidJwk | Binding::DidKey | Binding::Jwk) => {
                let proofs = keys.iter().map(|key| self.prove(key, c_nonce, now));
                Some(Proofs {
                    jwt: Some(proofs.collect::<Result<Vec<_>, KeyError>>()?),
                    ..Proofs::default()
                })
            }
        };
        self.order.request(proofs, dpop_key, now, rng)
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// An [`IssuanceError`] says why there are no Credentials.
    pub fn receive(
        mut self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, Received>, IssuanceError> {
        match self.order.receive(response)? {
            None => Ok(Progress::More(self)),
            Some(answer) => self.judge(answer).map(Progress::Done),
        }
    }

    /// Makes a Presentation for each key (appendix F.2).
    fn presentations(
        &self,
        keys: &[&SigningKey],
        c_nonce: Option<&BearerToken>,
        now: Timestamp,
    ) -> Result<Proofs, IssuanceError> {
        let (names, profile) = (&self.offered.proof_names, &self.order.grant().profile);
        let prove = |key: &&SigningKey| di_vp::prove(key, names, &profile.identifier, c_nonce, now);
        Ok(Proofs {
            di_vp: Some(keys.iter().map(prove).collect::<Result<_, _>>()?),
            ..Proofs::default()
        })
    }

    /// Makes one key proof (appendix F.1). `iss` is left out: the wallet is anonymous.
    fn prove(
        &self,
        key: &SigningKey,
        c_nonce: Option<&BearerToken>,
        now: Timestamp,
    ) -> Result<String, KeyError> {
        let public = key.public();
        let kid = match self.offered.binding {
            Some(Binding::DidKey | Binding::DidKeyPresentation) => {
                Some(did::key::verification_method(public).to_string())
            }
            Some(Binding::DidJwk) => Some(did::jwk::verification_method(public).to_string()),
            Some(Binding::Jwk) | None => None,
        };
        let signer = NamedKey::known_as(key, |name| {
            let mut listed = self.offered.proof_names.iter();
            listed.any(|listed| listed == name)
        });
        let header = ProofHeader {
            typ: PROOF_TYP,
            alg: signer.ok_or(KeyError::AlgorithmMismatch)?.alg(),
            jwk: kid.is_none().then(|| public.jwk()),
            kid,
        };
        let claims = ProofClaims {
            aud: &self.order.grant().profile.identifier,
            iat: NumericDate(now),
            nonce: c_nonce.map(BearerToken::expose),
        };
        let claims = serde_json::to_vec(&claims).map_err(|_| KeyError::Unserializable)?;
        jws::sign(&header, &claims, key)
    }

    /// Takes no more, and nothing other, than was ordered.
    fn judge(self, answer: CredentialResponse) -> Result<Received, IssuanceError> {
        let credentials = answer
            .credentials
            .unwrap_or_default()
            .into_iter()
            .map(|one| match (self.offered.format, one.credential) {
                (Format::LdpVc, object @ Value::Object(_)) => Ok(object.to_string()),
                (format, Value::String(text)) if looks_like(format, &text) => Ok(text),
                _ => Err(IssuanceError::Format),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if !(1..=self.keys.len().max(1)).contains(&credentials.len()) {
            return Err(IssuanceError::Count);
        }
        let unique: BTreeSet<_> = credentials.iter().collect();
        if unique.len() != credentials.len() {
            return Err(IssuanceError::Duplicate);
        }
        Ok(Received {
            configuration_id: self.offered.configuration_id.clone(),
            format: self.offered.format,
            types: self.offered.types.clone(),
            credentials,
            keys: self.keys,
            notification_id: answer.notification_id,
        })
    }
}

/// What the Issuer sent: of the right number and shape, and not yet verified.
pub struct Received {
    /// What was ordered.
    pub configuration_id: String,
    /// The format that was ordered.
    pub format: Format,
    /// The types that were ordered: each Credential must have them.
    pub types: Vec<String>,
    /// The Credentials, for `credential::UnverifiedCredential::parse`.
    pub credentials: Vec<String>,
    /// The keys that were ordered.
    pub keys: Vec<PublicKey>,
    pub(super) notification_id: Option<BearerToken>,
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Received")
            .field("configuration_id", &self.configuration_id)
            .field("format", &self.format)
            .field("credentials", &self.credentials.len())
            .finish_non_exhaustive()
    }
}

impl Received {
    /// Matches the verified Credentials' holders with the keys that were ordered.
    ///
    /// Returns, for each Credential, the index of its key: the texts do not promise an order.
    ///
    /// # Errors
    /// [`ForeignKey`] if one is bound to none of the keys, or two to the same.
    pub fn owners(&self, holders: &[Option<&PublicKey>]) -> Result<Vec<Option<usize>>, ForeignKey> {
        let mut taken = HashSet::new();
        holders
            .iter()
            .map(|holder| match holder {
                None if self.keys.is_empty() => Ok(None),
                None => Err(ForeignKey),
                Some(holder) => {
                    let index = self.keys.iter().position(|key| key == *holder);
                    match index.filter(|index| taken.insert(*index)) {
                        Some(index) => Ok(Some(index)),
                        None => Err(ForeignKey),
                    }
                }
            })
            .collect()
    }
}

/// An SD-JWT ends its parts with tildes; a JWT has none.
fn looks_like(format: Format, text: &str) -> bool {
    let (jws, disclosures) = text
        .split_once('~')
        .map_or((text, None), |(a, b)| (a, Some(b)));
    let is_jws = jws.split('.').count() == 3;
    match format {
        Format::JwtVcJson => is_jws && disclosures.is_none(),
        // Those are objects, and no strings that hold one.
        Format::LdpVc => false,
        Format::SdJwtVc => is_jws && disclosures.is_some(),
    }
}

#[derive(Serialize)]
struct ProofHeader {
    typ: &'static str,
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwk: Option<Jwk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
}

#[derive(Serialize)]
struct ProofClaims<'a> {
    aud: &'a str,
    iat: NumericDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}
