use credential::data_integrity::selective::Held as Provable;
use credential::data_integrity::{self, Cryptosuite, ProofFault};
use credential::sd_jwt::{Held, HoldError};
use credential::vc_jwt::{self, PresentError};
use credential::{Challenge, Credential, PeerFault, VerificationError, type_names};
use dcql::{Candidate, Chosen, ClaimPath, Component, Meta, Selection, formats};
use jiff::Timestamp;
use keys::{KeyError, SigningKey};
use netcert::{
    Certificate, Disclosure, HolderSecret, PresentationHeader, PseudonymContext, Slot, SlotValue,
};
use rand_core::CryptoRng;
use serde_json::{Value, json};
use strict_json::Limits;

use crate::messages::VpToken;
use crate::request::Request;

/// A credential in the Holder's hands.
pub enum Holding<'a> {
    /// A Net Certificate.
    Net {
        /// The certificate of the epoch that is shown now.
        certificate: &'a Certificate,
        /// What proves that it is the Holder's, and what numbers are made of.
        secret: &'a HolderSecret,
        /// Whether the Holder, asked for it by itself, lets a name, birth date or document number
        /// go with a number.
        name_beside_number: bool,
    },
    /// A credential that goes along as it was issued, perhaps in part.
    Signed {
        /// The credential as it was issued, with everything that can be disclosed.
        credential: &'a str,
        /// The key that it is bound to.
        key: Option<&'a SigningKey>,
    },
}

/// Why the wallet cannot present what was chosen.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HoldingFault {
    /// The stored credential cannot be read.
    #[error("the stored credential cannot be read: {0}")]
    Credential(#[from] VerificationError),
    /// Of the stored credential, no part can be proven.
    #[error("no part of the stored credential can be proven: {0}")]
    Derive(#[from] ProofFault),
    /// The key cannot sign.
    #[error("the key cannot sign: {0}")]
    Key(#[from] KeyError),
    /// The holder's key is not there although a proof of binding is required.
    #[error("the credential's key is missing")]
    KeyMissing,
    /// The chosen credential is not there, or is of another kind.
    #[error("the chosen credential is missing")]
    Missing,
    /// A Net Certificate does not show what was selected.
    #[error("the net certificate cannot be presented: {0}")]
    Net(#[from] netcert::PresentError),
    /// A Net Certificate is not of its own profile: a defect.
    #[error("the net certificate cannot be written: {0}")]
    NetForm(#[from] netcert::ShownError),
    /// The selection was made for another request.
    #[error("the selection was made for another request")]
    OtherRequest,
    /// A W3C presentation cannot be made.
    #[error("the presentation cannot be made: {0}")]
    Present(#[from] PresentError),
    /// A presentation cannot be given a Data Integrity proof.
    #[error("the presentation cannot be proven: {0}")]
    Prove(#[from] data_integrity::PresentError),
    /// A selected claim is not in the credential.
    #[error("the claims cannot be selected: {0}")]
    Select(#[from] HoldError),
    /// What is shown does not fit a QR code.
    #[error("what was chosen does not fit a QR code: choose less")]
    TooLong,
    /// The Verifier does not read the format, or not with this key's algorithm.
    #[error("the verifier does not read this credential's format")]
    Unread,
}

/// Describes a credential to a query: one that was verified when it was received.
#[must_use]
pub fn candidate(id: &str, credential: &Credential) -> Candidate {
    Candidate {
        id: id.to_owned(),
        format: credential.format.name().to_owned(),
        types: type_names(credential.format, &credential.types, &credential.claims),
        claims: Value::Object(credential.claims.clone()),
        holder_bound: credential.holder().is_some(),
        selective: credential.is_selective(),
        authority_key_ids: credential.authority_key_ids.clone(),
    }
}

/// Describes a Net Certificate to a query. A flag that is not true is not there: nobody is asked to
/// say what they are not.
#[must_use]
pub fn certificate_candidate(id: &str, certificate: &Certificate) -> Candidate {
    let shown = certificate.slots().iter().filter_map(|(slot, value)| {
        let value = value
            .to_json()
            .filter(|_| *value != SlotValue::Flag(false))?;
        Some((slot.name(), value))
    });
    net_candidate(id, shown)
}

/// The members of a Net Certificate, as a query sees them.
pub(crate) fn net_candidate<'a>(
    id: &str,
    slots: impl Iterator<Item = (&'a str, Value)>,
) -> Candidate {
    let subject: serde_json::Map<String, Value> = slots
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Candidate {
        id: id.to_owned(),
        format: formats::NET_CERTIFICATE.to_owned(),
        types: netcert::TYPES.map(str::to_owned).to_vec(),
        claims: json!({ "credentialSubject": subject }),
        holder_bound: true,
        selective: true,
        authority_key_ids: Vec::new(),
    }
}

/// Finds the slots of places in a Net Certificate.
pub(crate) fn slots(places: &[ClaimPath]) -> Result<Vec<Slot>, HoldingFault> {
    let slot = |place: &ClaimPath| match place.components() {
        [Component::Key(_), Component::Key(name)] => Slot::named(name),
        _ => None,
    };
    let slots = places.iter().map(slot).collect::<Option<_>>();
    slots.ok_or(HoldingFault::OtherRequest)
}

/// What every presentation in an answer is bound to.
pub(super) struct Presenting<'a> {
    /// The number's context, if the request asks for one.
    pub(super) context: Option<&'a PseudonymContext>,
    pub(super) digest: Option<[u8; 32]>,
    pub(super) request: &'a Request,
    pub(super) now: Timestamp,
}

impl Presenting<'_> {
    /// Makes the `vp_token` from the selection, each presentation bound to the Verifier's whole
    /// Client Identifier and to the nonce (section 14.1.2).
    pub(super) fn present<'a>(
        &self,
        selection: &Selection,
        mut holdings: impl FnMut(&str) -> Option<Holding<'a>>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<VpToken, HoldingFault> {
        let mut token = VpToken::default();
        for chosen in selection.chosen() {
            let holding = holdings(chosen.answer().candidate()).ok_or(HoldingFault::Missing)?;
            let query = self.request.query().credential(chosen.query());
            let meta = query.ok_or(HoldingFault::OtherRequest)?.meta();
            let presentation = match (meta, holding) {
                (Meta::JwtVcJson { .. }, Holding::Signed { credential, key }) => {
                    self.jwt(meta, chosen, credential, key)?.into()
                }
                (Meta::LdpVc { .. }, Holding::Signed { credential, key }) => {
                    self.ldp(chosen, credential, key, rng)?
                }
                (
                    Meta::NetCertificate { pseudonym },
                    Holding::Net {
                        certificate,
                        secret,
                        name_beside_number,
                    },
                ) => {
                    let disclosure = Disclosure {
                        slots: &slots(&chosen.answer().places())?,
                        context: self.context.filter(|_| pseudonym.is_some()),
                        name_beside_number,
                    };
                    self.net(certificate, secret, &disclosure, rng)?
                }
                (Meta::SdJwtVc { .. }, Holding::Signed { credential, key }) => {
                    self.sd_jwt(meta, chosen, credential, key)?.into()
                }
                (
                    Meta::JwtVcJson { .. }
                    | Meta::LdpVc { .. }
                    | Meta::NetCertificate { .. }
                    | Meta::SdJwtVc { .. },
                    Holding::Net { .. } | Holding::Signed { .. },
                ) => return Err(HoldingFault::Missing),
                (Meta::MsoMdoc { .. } | Meta::Other { .. }, _) => {
                    return Err(HoldingFault::OtherRequest);
                }
            };
            let query = chosen.query().to_owned();
            token.0.entry(query).or_default().push(presentation);
        }
        Ok(token)
    }

    /// W3C (appendix B.1.3.1): a presentation of the whole credential, or the credential itself
    /// when no binding is required.
    fn jwt(
        &self,
        meta: &Meta,
        chosen: &Chosen,
        credential: &str,
        key: Option<&SigningKey>,
    ) -> Result<String, HoldingFault> {
        if !chosen.requires_holder_binding() {
            return Ok(credential.to_owned());
        }
        let key = key.ok_or(HoldingFault::KeyMissing)?;
        let key = self.request.known(meta.format(), "alg_values", key);
        let key = key.ok_or(HoldingFault::Unread)?;
        Ok(vc_jwt::present(
            &[credential],
            key,
            &self.challenge(),
            self.now,
        )?)
    }

    /// W3C with Data Integrity proofs (appendix B.1.3.2): a presentation of the credential, proven
    /// for the nonce as challenge and the Verifier as domain, or the credential itself when no
    /// binding is required. What the Holder can show in part goes in part, under a proof that is
    /// derived for this request.
    fn ldp(
        &self,
        chosen: &Chosen,
        credential: &str,
        key: Option<&SigningKey>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Value, HoldingFault> {
        let shown = match Provable::parse(credential)? {
            None => object(credential)?,
            Some(held) => {
                let selected = held.select(&chosen.answer().places())?;
                Value::Object(selected.derive(self.request.nonce().as_bytes(), rng)?)
            }
        };
        let bound = chosen.requires_holder_binding();
        let key = match bound {
            true => Some(key.ok_or(HoldingFault::KeyMissing)?),
            false => None,
        };
        let own = key.map(|key| Cryptosuite::over_statements(key.algorithm()).name());
        let own = own.map(|suite| (DATA_INTEGRITY, Some(suite)));
        let read = |(proof, suite)| self.request.reads_proof(proof, suite);
        if !suites(&shown).chain(own).all(read) {
            return Err(HoldingFault::Unread);
        }
        let Some(key) = key else {
            return Ok(shown);
        };
        let (shown, challenge) = (shown.to_string(), self.challenge());
        let proven = data_integrity::present(&[&shown], key, &challenge, self.now)?;
        Ok(object(&proven)?)
    }

    /// A Net Certificate: the chosen slots and the number that is asked for, in a proof that says
    /// nothing else, bound to who asks, where the answer goes, and the whole request.
    fn net(
        &self,
        certificate: &Certificate,
        secret: &HolderSecret,
        disclosure: &Disclosure<'_>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Value, HoldingFault> {
        if !self.request.reads_profile(netcert::PROFILE) {
            return Err(HoldingFault::Unread);
        }
        let header = PresentationHeader {
            nonce: self.request.nonce(),
            client_id: self.request.client_id().as_str(),
            response_uri: self.request.response_uri().as_str(),
            request_digest: self.digest.ok_or(HoldingFault::OtherRequest)?,
        };
        let shown = certificate.present(secret, disclosure, &header, rng)?;
        Ok(shown.to_json(certificate.profile())?)
    }

    /// SD-JWT VC (appendix B.3): the selected Disclosures, with key binding when it is required.
    fn sd_jwt(
        &self,
        meta: &Meta,
        chosen: &Chosen,
        credential: &str,
        key: Option<&SigningKey>,
    ) -> Result<String, HoldingFault> {
        let selected = Held::parse(credential)?.select(&chosen.answer().places())?;
        if !chosen.requires_holder_binding() {
            return Ok(selected.into_unbound());
        }
        let key = key.ok_or(HoldingFault::KeyMissing)?;
        let key = self.request.known(meta.format(), "kb-jwt_alg_values", key);
        let key = key.ok_or(HoldingFault::Unread)?;
        Ok(selected.bind(key, &self.challenge(), self.now)?)
    }

    fn challenge(&self) -> Challenge {
        Challenge {
            audience: self.request.client_id().as_str().to_owned(),
            nonce: self.request.nonce().to_owned(),
        }
    }
}

fn object(text: &str) -> Result<Value, VerificationError> {
    let read = strict_json::parse(text.as_bytes(), Limits::default());
    Ok(read.map_err(PeerFault::from)?)
}

/// The types and cryptosuites of a credential's proofs.
fn suites(credential: &Value) -> impl Iterator<Item = (&str, Option<&str>)> {
    let proofs = match credential.get("proof") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    proofs.iter().map(|proof| {
        let text = |name| proof.get(name).and_then(Value::as_str);
        (text("type").unwrap_or_default(), text("cryptosuite"))
    })
}

pub(super) const DATA_INTEGRITY: &str = "DataIntegrityProof";
