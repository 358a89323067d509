//! What presented credentials refer to (VCDM 2.0, sections 4.11 and 5.3).

use std::ops::ControlFlow;

use credential::KnownResources;
use jiff::Timestamp;

use super::judge::Believed;
use super::{AwaitingStatus, Step};

impl AwaitingStatus {
    /// Holds every credential against what it refers to, as far as that is known here. What is not
    /// stands in the answer, as it does if this is not called. Nothing is fetched.
    ///
    /// A schema may take milliseconds: not on a thread that others wait for.
    pub fn hold_against(
        mut self,
        known: &KnownResources,
        now: Timestamp,
    ) -> ControlFlow<Step, Self> {
        match self.judge_references(known) {
            Ok(unjudged) => {
                self.unjudged = unjudged;
                ControlFlow::Continue(self)
            }
            Err(fault) => ControlFlow::Break(Step::refuse(self.session, fault, now)),
        }
    }

    fn judge_references(
        &self,
        known: &KnownResources,
    ) -> Result<Vec<Vec<String>>, credential::ReferenceFault> {
        let judge = |(_, one): &(String, Believed)| match one {
            Believed::Credential(credential) => known.judge_credential(credential),
            Believed::Showing(_) => Ok(Vec::new()),
        };
        self.believed.iter().map(judge).collect()
    }

    /// All that they refer to, as long as nothing was held against them.
    pub(super) fn all_unjudged(mut self) -> Self {
        self.unjudged = self
            .judge_references(&KnownResources::default())
            .unwrap_or_default();
        self
    }
}
