use keys::KeyKind;
use keys::jws::UnverifiedJws;
use serde_json::{Map, Value};
use strict_json::Limits;

use crate::credential::Format;
use crate::data_integrity::{Cryptosuite, UnverifiedLdpVc};
use crate::data_model::{several, types};
use crate::door::UnverifiedCredential;
use crate::envelope::{Enveloped, is_sd_jwt};
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::mechanism::issue::{ENVELOPED_CREDENTIAL, ENVELOPED_PRESENTATION};
use crate::mechanism::judgement::Kind;
use crate::mechanism::presentation::UnverifiedPresentation;
use crate::mechanism::{Mechanism, Problem};
use crate::sd_jwt::UnverifiedSdJwt;
use crate::{vc_jwt, vc_sd_jwt};

/// A Credential or Presentation, secured in whatever way: read, and not believed.
pub struct Unverified(pub(super) Form);

pub(super) enum Form {
    /// An object with proofs, which may be malformed.
    Object {
        document: Map<String, Value>,
        credential: Result<Box<UnverifiedLdpVc>, VerificationError>,
    },
    Presentation(Box<UnverifiedPresentation>),
    /// A token.
    Token {
        payload: Map<String, Value>,
        mechanism: Mechanism,
        credential: Box<UnverifiedCredential>,
    },
    /// A Credential without any proof.
    Unsecured(Map<String, Value>),
}

impl Unverified {
    /// Reads a JSON object with proofs, an envelope, or a compact token; at most 64 KiB.
    ///
    /// # Errors
    /// [`Problem`] if it is none of these.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        match text.starts_with(['{', '"']) {
            false => Self::from_token(text).map_err(Problem::from),
            true => {
                let value = strict_json::parse(text.as_bytes(), Limits::default());
                Self::from_value(
                    value.map_err(|error| Problem::from(VerificationError::from(error)))?,
                )
            }
        }
    }

    /// As [`Self::parse`], of JSON that was read already, strictly.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_value(value: Value) -> Result<Self, Problem> {
        Self::read(value).map_err(Problem::from)
    }

    /// What it says that it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.0 {
            Form::Object { .. } | Form::Token { .. } | Form::Unsecured(_) => Kind::Credential,
            Form::Presentation(_) => Kind::Presentation,
        }
    }

    /// How it says that it is secured, each mechanism once. Those of the Credentials in a
    /// Presentation are not among them.
    #[must_use]
    pub fn mechanisms(&self) -> Vec<Mechanism> {
        match &self.0 {
            Form::Object { document, .. } => of_proofs(document),
            Form::Presentation(presentation) => presentation.mechanisms(),
            Form::Token { mechanism, .. } => vec![*mechanism],
            Form::Unsecured(_) => Vec::new(),
        }
    }

    /// Where the Issuers' keys must come from, each once. What did:key and did:jwk name needs no
    /// evidence: those are the key.
    #[must_use]
    pub fn key_sources(&self) -> Vec<KeySource> {
        let mut sources: Vec<KeySource> = match &self.0 {
            Form::Object { credential, .. } => credential
                .as_ref()
                .map(|one| one.key_sources().to_vec())
                .unwrap_or_default(),
            Form::Presentation(presentation) => presentation
                .credentials()
                .flat_map(Self::key_sources)
                .collect(),
            Form::Token { credential, .. } => credential.key_sources().unwrap_or_default(),
            Form::Unsecured(_) => Vec::new(),
        };
        let mut rest = sources.split_off(0).into_iter();
        for source in rest.by_ref() {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }

    pub(super) fn read(value: Value) -> Result<Self, VerificationError> {
        let document = match value {
            Value::Object(document) => document,
            Value::String(token) => return Self::from_token(&token),
            _ => return Err(PeerFault::Format.into()),
        };
        if is(&document, ENVELOPED_CREDENTIAL) || is(&document, ENVELOPED_PRESENTATION) {
            return match Enveloped::open(&document)? {
                Enveloped::VcJwt(token) => Self::jwt(token),
                Enveloped::VcSdJwt(text) => Self::sd_jwt(text),
                Enveloped::VpJwt(token) => {
                    UnverifiedPresentation::jwt(token).map(Self::presentation)
                }
                Enveloped::VpSdJwt(text) => {
                    UnverifiedPresentation::sd_jwt(text).map(Self::presentation)
                }
            };
        }
        if is(&document, PRESENTATION) {
            let presentation = UnverifiedPresentation::object(document);
            return Ok(Self::presentation(presentation));
        }
        Ok(Self(match document.contains_key("proof") {
            true => {
                let credential = UnverifiedLdpVc::read(document.clone()).map(Box::new);
                Form::Object {
                    document,
                    credential,
                }
            }
            false => Form::Unsecured(document),
        }))
    }

    fn from_token(token: &str) -> Result<Self, VerificationError> {
        match (is_sd_jwt(token), is_presentation_token(token)) {
            (false, false) => Self::jwt(token),
            (false, true) => UnverifiedPresentation::jwt(token).map(Self::presentation),
            (true, false) => Self::sd_jwt(token),
            (true, true) => UnverifiedPresentation::sd_jwt(token).map(Self::presentation),
        }
    }

    fn jwt(token: &str) -> Result<Self, VerificationError> {
        let credential = UnverifiedCredential::parse(Format::JwtVcJson, token)?;
        let (jws, payload) = token_parts(token)?;
        Ok(Self(Form::Token {
            payload,
            mechanism: Mechanism::of_token(jws.header().alg),
            credential: Box::new(credential),
        }))
    }

    fn sd_jwt(text: &str) -> Result<Self, VerificationError> {
        let credential = UnverifiedCredential::parse_sd_jwt(text)?;
        let sd_jwt = UnverifiedSdJwt::parse(text)?;
        Ok(Self(Form::Token {
            mechanism: Mechanism::of_sd_jwt(sd_jwt.header().alg),
            payload: sd_jwt.unverified_claims()?,
            credential: Box::new(credential),
        }))
    }

    fn presentation(presentation: UnverifiedPresentation) -> Self {
        Self(Form::Presentation(Box::new(presentation)))
    }
}

/// The evidence among these, or the key that a DID consists of.
pub(super) fn evidence_for(source: &KeySource, evidence: &[IssuerKey]) -> Option<IssuerKey> {
    if let Some(found) = evidence.iter().find(|one| one.source() == source) {
        return Some(found.clone());
    }
    let KeySource::Did(url) = source else {
        return None;
    };
    let document = match url.did().method() {
        did::Method::Jwk => did::jwk::document(url.did()),
        did::Method::Key => did::key::document(url.did()),
        did::Method::Web => return None,
    };
    IssuerKey::from_did_document(source, &document.ok()?).ok()
}

/// A token and what it says.
pub(super) fn token_parts(
    token: &str,
) -> Result<(UnverifiedJws, Map<String, Value>), VerificationError> {
    let jws = UnverifiedJws::parse(token, Limits::default().max_bytes)?;
    match strict_json::parse(jws.unverified_payload(), Limits::default())? {
        Value::Object(payload) => Ok((jws, payload)),
        _ => Err(PeerFault::Format.into()),
    }
}

/// The mechanisms of a document's proofs, as far as they can be told before its keys are known.
pub(super) fn of_proofs(document: &Map<String, Value>) -> Vec<Mechanism> {
    let mut mechanisms = Vec::new();
    for mechanism in several(document.get("proof")).iter().filter_map(of_proof) {
        if !mechanisms.contains(&mechanism) {
            mechanisms.push(mechanism);
        }
    }
    mechanisms
}

fn of_proof(proof: &Value) -> Option<Mechanism> {
    let text = |name: &str| proof.get(name).and_then(Value::as_str);
    let suite = Cryptosuite::parse(text("cryptosuite").or_else(|| text("type"))?)?;
    let kinds: &[KeyKind] = match suite {
        Cryptosuite::EcdsaJcs2019 | Cryptosuite::EcdsaRdfc2019 => {
            &[kind_of_method(text("verificationMethod")?)?]
        }
        _ => &[KeyKind::Ed25519, KeyKind::P256, KeyKind::Bls12381G2],
    };
    kinds
        .iter()
        .find_map(|kind| Mechanism::of_suite(suite, *kind))
}

/// The kind of the key that a did:key or did:jwk is.
fn kind_of_method(method: &str) -> Option<KeyKind> {
    let url = did::DidUrl::parse(method).ok()?;
    let key = crate::key_source::own_key(url.did())?;
    Some(crate::mechanism::key::kind_of(key.algorithm()))
}

/// Whether a token of any kind says that it is a Presentation.
pub(super) fn is_presentation_token(token: &str) -> bool {
    match is_sd_jwt(token) {
        true => vc_sd_jwt::is_presentation(token),
        false => vc_jwt::is_presentation(token),
    }
}

fn is(document: &Map<String, Value>, expected: &str) -> bool {
    types(document, expected).is_ok()
}

/// The type of a Presentation.
pub(super) const PRESENTATION: &str = "VerifiablePresentation";
