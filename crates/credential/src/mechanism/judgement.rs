use did::Did;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::credential::{Credential, Verified};
use crate::data_integrity::{Leniency, ProofFault, UnverifiedLdpVc};
use crate::data_model::{DataModel, Model};
use crate::door::UnverifiedCredential;
use crate::error::{PeerFault, VerificationError};
use crate::issuer_key::IssuerKey;
use crate::key_source::KeySource;
use crate::mechanism::presentation::{UnverifiedPresentation, check_presentation, holder};
use crate::mechanism::unverified::{Form, evidence_for};
use crate::mechanism::{Mechanism, Problem, Unverified};
use crate::registered::check_validity;
use crate::resources::KnownResources;

/// What was handed over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A Credential.
    Credential,
    /// A Presentation.
    Presentation,
}

/// What a Presentation must answer; what is `None` is not compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The challenge. That it is spent once is the caller's business.
    pub challenge: Option<&'a str>,
    /// The Verifier.
    pub domain: Option<&'a str>,
}

/// What is to be thought of something secured.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What it is.
    pub kind: Kind,
    /// How it says that it is secured.
    pub mechanisms: Vec<Mechanism>,
    /// What it says: the object of the data model. Nobody vouches for it if there are problems.
    pub document: Map<String, Value>,
    /// The Credential, if it is one, was signed, and has no problem.
    pub credential: Option<Verified<Credential>>,
    /// Why it is not believed.
    pub problems: Vec<Problem>,
    /// What could not be judged, and does not keep it from being believed.
    pub warnings: Vec<Problem>,
    /// The Credentials of a Presentation, in their order.
    pub credentials: Vec<Self>,
}

impl Judgement {
    /// Whether there is no problem, neither here nor in a Credential of a Presentation.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.problems.is_empty() && self.credentials.iter().all(Self::is_verified)
    }

    /// Holds every Credential that has no problem against what it refers to.
    pub fn hold_against(&mut self, known: &KnownResources) {
        if self.kind == Kind::Credential && self.problems.is_empty() {
            match known.judge(&self.document) {
                Ok(unknown) => {
                    let warnings = unknown.iter().map(|id| Problem::unknown_reference(id));
                    self.warnings.extend(warnings);
                }
                Err(fault) => self.problems.push(fault.into()),
            }
        }
        for credential in &mut self.credentials {
            credential.hold_against(known);
        }
    }

    fn of(
        mechanisms: Vec<Mechanism>,
        document: Map<String, Value>,
        verified: Result<Credential, VerificationError>,
        now: Timestamp,
    ) -> Self {
        let (credential, problems) = match verified {
            Ok(credential) => (Some(Verified::new(credential)), Vec::new()),
            Err(error) => (None, all_problems(error, &document, now)),
        };
        Self {
            kind: Kind::Credential,
            mechanisms,
            document: match &credential {
                Some(credential) => credential.get().claims.clone(),
                None => document,
            },
            credential,
            problems,
            warnings: Vec::new(),
            credentials: Vec::new(),
        }
    }

    /// A Credential that could not be read.
    fn unread(error: VerificationError) -> Self {
        Self {
            kind: Kind::Credential,
            mechanisms: Vec::new(),
            document: Map::new(),
            credential: None,
            problems: vec![error.into()],
            warnings: Vec::new(),
            credentials: Vec::new(),
        }
    }
}

impl Unverified {
    /// Judges it, by this evidence for [`Self::key_sources`].
    ///
    /// Whether a Credential was revoked is not known here: its status says so.
    #[must_use]
    pub fn verify(
        self,
        evidence: &[IssuerKey],
        expected: &Expected<'_>,
        leniency: Leniency,
        now: Timestamp,
    ) -> Judgement {
        let mechanisms = self.mechanisms();
        match self.0 {
            Form::Object {
                document,
                credential,
            } => {
                let verified = credential
                    .and_then(|credential| verify_object(*credential, evidence, leniency, now));
                Judgement::of(mechanisms, document, verified, now)
            }
            Form::Token {
                payload,
                credential,
                ..
            } => {
                let verified = verify_token(*credential, evidence, leniency, now);
                let document = match payload.get("vc") {
                    Some(Value::Object(credential)) => credential.clone(),
                    _ => payload,
                };
                Judgement::of(mechanisms, document, verified, now)
            }
            Form::Presentation(presentation) => {
                let judge = |one: Self| one.verify(evidence, &Expected::default(), leniency, now);
                verify_presentation(*presentation, mechanisms, expected, leniency, now, judge)
            }
            Form::Unsecured(document) => {
                let missing = Err(ProofFault::Missing("proof").into());
                Judgement::of(mechanisms, document, missing, now)
            }
        }
    }
}

fn verify_object(
    credential: UnverifiedLdpVc,
    evidence: &[IssuerKey],
    leniency: Leniency,
    now: Timestamp,
) -> Result<Credential, VerificationError> {
    let issuers = evidence_for_all(credential.key_sources(), evidence)?;
    credential.verify_credential(&issuers, leniency, now)
}

fn verify_token(
    credential: UnverifiedCredential,
    evidence: &[IssuerKey],
    leniency: Leniency,
    now: Timestamp,
) -> Result<Credential, VerificationError> {
    let issuers = evidence_for_all(&credential.key_sources()?, evidence)?;
    let verified = credential.verify_with(&issuers, leniency, now)?;
    Ok(verified.into_inner())
}

fn verify_presentation(
    presentation: UnverifiedPresentation,
    mechanisms: Vec<Mechanism>,
    expected: &Expected<'_>,
    leniency: Leniency,
    now: Timestamp,
    judge: impl Fn(Unverified) -> Judgement,
) -> Judgement {
    let UnverifiedPresentation {
        document,
        proof,
        credentials,
    } = presentation;
    let mut problems = Vec::new();
    if let Err(fault) = check_presentation(&document) {
        problems.push(Problem::from(VerificationError::from(fault)));
    }
    let signer = proof
        .verify(&document, expected, leniency, now)
        .unwrap_or_else(|error| {
            let problem = Problem::from(error);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
            None
        });
    let credentials = credentials.into_iter().map(|one| match one {
        Ok(Unverified(Form::Unsecured(credential))) if signer.is_some() => {
            judge_self_asserted(credential, &document, signer.as_ref(), now)
        }
        Ok(credential) => judge(credential),
        Err(error) => Judgement::unread(error),
    });
    Judgement {
        kind: Kind::Presentation,
        mechanisms,
        credentials: credentials.collect(),
        document,
        credential: None,
        problems,
        warnings: Vec::new(),
    }
}

/// A Credential that only the Presentation around it secures: its Issuer is the Holder who signed,
/// and says so (VCDM 2.0, section 4.13.4).
fn judge_self_asserted(
    credential: Map<String, Value>,
    presentation: &Map<String, Value>,
    signer: Option<&Did>,
    now: Timestamp,
) -> Judgement {
    let named = holder(presentation).ok().flatten();
    let issuer = crate::data_model::issuer(&credential);
    let mut problems = model_problems(&credential, now);
    if named.is_none() || issuer != named || issuer != signer.map(Did::as_str) {
        let fault = ProofFault::Missing("proof");
        problems.insert(0, Problem::from(VerificationError::from(fault)));
    }
    Judgement {
        kind: Kind::Credential,
        mechanisms: Vec::new(),
        document: credential,
        credential: None,
        problems,
        warnings: Vec::new(),
        credentials: Vec::new(),
    }
}

fn evidence_for_all(
    sources: &[KeySource],
    evidence: &[IssuerKey],
) -> Result<Vec<IssuerKey>, VerificationError> {
    sources
        .iter()
        .map(|source| evidence_for(source, evidence).ok_or(PeerFault::KeyEvidence.into()))
        .collect()
}

/// The first error, and what else is wrong with what was handed over.
fn all_problems(
    error: VerificationError,
    document: &Map<String, Value>,
    now: Timestamp,
) -> Vec<Problem> {
    let first = Problem::from(error);
    let mut problems = model_problems(document, now);
    problems.retain(|problem| problem.kind != first.kind);
    problems.insert(0, first);
    problems
}

/// What the data model and the clock say against a Credential, whoever signed it.
fn model_problems(credential: &Map<String, Value>, now: Timestamp) -> Vec<Problem> {
    let checked = Model::read(DataModel::of(credential), credential)
        .map_err(VerificationError::from)
        .and_then(|model| Ok(check_validity(model.valid_from, model.valid_until, now)?));
    checked.err().map(Problem::from).into_iter().collect()
}
