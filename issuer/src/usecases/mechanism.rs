//! Credentials and presentations secured as a caller wishes, by keys that stand for nobody: what
//! W3C's test suites drive.

use credential::data_integrity::Leniency;
use credential::mechanism::{
    IssueOptions, MechanismError, PresentOptions, Problem, Secured, Unverified, derive_with,
};
use credential::{IssuerKey, ReferenceFault};
use fetch::resolve::{ResolveError, Resolver};
use serde_json::{Map, Value};

use crate::app::App;
use crate::mechanisms::{Mechanisms, Party};

/// What to secure, with what.
pub(crate) enum Task {
    /// A credential, and the pointers to what every derived one discloses.
    Issue(Map<String, Value>, Vec<String>),
    /// A presentation, with challenge and domain.
    Present(Map<String, Value>, Option<String>, Option<String>),
}

/// What was secured.
pub(crate) struct Done {
    pub(crate) secured: Secured,
    /// What a credential refers to, and was not held against, by its `id`.
    pub(crate) unjudged: Vec<String>,
}

/// Why nothing was secured.
pub(crate) enum TaskError {
    /// The machine is too busy.
    Busy,
    /// What was handed over does not do.
    Refused(Problem),
    /// There is no such mechanism, or the interface is off.
    Unknown,
}

impl App {
    /// The mechanisms, if the interface is on.
    pub(crate) fn mechanisms(&self) -> Option<&Mechanisms> {
        self.parts().mechanisms.as_ref()
    }

    /// What is let pass in what is secured.
    fn leniency(&self) -> Leniency {
        match self.parts().config.vc_api_for_test_suites {
            true => Leniency::TestSuites,
            false => Leniency::None,
        }
    }

    /// Issues or presents with the key of this mechanism.
    pub(crate) async fn secure(&self, mechanism: &str, task: Task) -> Result<Done, TaskError> {
        let found = |app: &Self| Some(app.mechanisms()?.named(mechanism)?.mechanism);
        let name = found(self).ok_or(TaskError::Unknown)?.name();
        let app = self.clone();
        let secured = self.compute(move || {
            let party = app.mechanisms().and_then(|all| all.named(name));
            Some(party?.secure(task, &app))
        });
        let secured = secured.await.ok_or(TaskError::Busy)?;
        secured.ok_or(TaskError::Unknown)?
    }

    /// Derives a credential, whoever issued it by a DID: the keys of did:web are fetched.
    pub(crate) async fn derive(
        &self,
        secured: Map<String, Value>,
        pointers: Vec<String>,
    ) -> Result<Map<String, Value>, TaskError> {
        let leniency = self.leniency();
        let evidence = self.evidence(&secured).await;
        let derived = self.compute(move || {
            let rng = &mut host::system_rng();
            derive_with(&secured, &pointers, b"", &evidence, leniency, rng)
        });
        let derived = derived.await;
        Ok(derived.ok_or(TaskError::Busy)??)
    }

    /// The keys of did:web issuers, as a verifier finds them. What cannot be had is missing, and the
    /// credential is refused for that.
    async fn evidence(&self, secured: &Map<String, Value>) -> Vec<IssuerKey> {
        let read = Unverified::from_value(Value::Object(secured.clone()));
        let sources = read.map(|read| read.key_sources()).unwrap_or_default();
        // One for each request: what one caller names is of no use to another, and takes room.
        let resolver = Resolver::new(self.parts().client.clone(), Vec::new());
        let found = resolver.web_keys(sources, MOST_FETCHES, self.now()).await;
        let had = |one: Result<IssuerKey, ResolveError>| {
            one.inspect_err(|error| {
                tracing::debug!(reason = %error, "the key of an issuer was not fetched");
            })
            .ok()
        };
        found.into_iter().filter_map(had).collect()
    }
}

impl Party {
    fn secure(&self, task: Task, app: &App) -> Result<Done, TaskError> {
        let created = Some(app.now());
        match task {
            Task::Issue(credential, mandatory) => {
                let references = app.parts().references.known();
                let unjudged = references.judge(&credential)?;
                let options = IssueOptions {
                    verification_method: &self.verification_method,
                    created,
                    mandatory: &mandatory,
                };
                let (leniency, rng) = (app.leniency(), &mut host::system_rng());
                let mechanism = self.mechanism;
                let issued =
                    mechanism.issue_with(credential, &self.key, &options, leniency, rng)?;
                Ok(Done {
                    secured: issued,
                    unjudged,
                })
            }
            Task::Present(presentation, challenge, domain) => {
                let options = PresentOptions {
                    verification_method: &self.verification_method,
                    created,
                    challenge: challenge.as_deref(),
                    domain: domain.as_deref(),
                };
                Ok(Done {
                    secured: self.mechanism.present(presentation, &self.key, &options)?,
                    unjudged: Vec::new(),
                })
            }
        }
    }
}

impl From<MechanismError> for TaskError {
    fn from(error: MechanismError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<ReferenceFault> for TaskError {
    fn from(fault: ReferenceFault) -> Self {
        Self::Refused(fault.into())
    }
}

/// How many documents are fetched because of one request.
const MOST_FETCHES: usize = 4;
