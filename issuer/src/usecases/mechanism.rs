//! Credentials and presentations secured as a caller wishes, by keys that stand for nobody: what
//! W3C's test suites drive.

use credential::data_integrity::Leniency;
use credential::mechanism::{
    IssueOptions, MechanismError, PresentOptions, Problem, Secured, derive_with,
};
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
    pub(crate) async fn secure(&self, mechanism: &str, task: Task) -> Result<Secured, TaskError> {
        let found = |app: &Self| Some(app.mechanisms()?.named(mechanism)?.mechanism);
        let name = found(self).ok_or(TaskError::Unknown)?.name();
        let app = self.clone();
        let secured = self.compute(move || {
            let party = app.mechanisms().and_then(|all| all.named(name));
            Some(party?.secure(task, &app))
        });
        let secured = secured.await.ok_or(TaskError::Busy)?;
        let secured = secured.ok_or(TaskError::Unknown)?;
        Ok(secured?)
    }

    /// Derives a credential, whoever issued it by a did:key or did:jwk.
    pub(crate) async fn derive(
        &self,
        secured: Map<String, Value>,
        pointers: Vec<String>,
    ) -> Result<Map<String, Value>, TaskError> {
        let leniency = self.leniency();
        let derived = self.compute(move || {
            let rng = &mut host::system_rng();
            derive_with(&secured, &pointers, b"", &[], leniency, rng)
        });
        let derived = derived.await;
        Ok(derived.ok_or(TaskError::Busy)??)
    }
}

impl Party {
    fn secure(&self, task: Task, app: &App) -> Result<Secured, MechanismError> {
        let created = Some(app.now());
        match task {
            Task::Issue(credential, mandatory) => {
                let options = IssueOptions {
                    verification_method: &self.verification_method,
                    created,
                    mandatory: &mandatory,
                };
                let (leniency, rng) = (app.leniency(), &mut host::system_rng());
                let mechanism = self.mechanism;
                mechanism.issue_with(credential, &self.key, &options, leniency, rng)
            }
            Task::Present(presentation, challenge, domain) => {
                let options = PresentOptions {
                    verification_method: &self.verification_method,
                    created,
                    challenge: challenge.as_deref(),
                    domain: domain.as_deref(),
                };
                self.mechanism.present(presentation, &self.key, &options)
            }
        }
    }
}

impl From<MechanismError> for TaskError {
    fn from(error: MechanismError) -> Self {
        Self::Refused(error.into())
    }
}
