use std::collections::BTreeSet;

use openid4vp::verifier::{Answer, AnsweredCredential, Failure, ShownPseudonym};
use verifier::Outcome;
use wallet::PresentError;

use crate::broken::{Unmet, Why};
use crate::encounter::{Encounter, Fact, facts, learned};
use crate::stage::{Platform, Stage};
use crate::told::Visit;

/// The story as far as it is told: who is on the stage, and what was seen.
pub(super) struct Tale {
    pub(super) stage: Stage,
    /// The Net Certificate in the wallet.
    pub(super) net: String,
    /// The SD-JWT VC in the wallet.
    pub(super) copies: String,
    /// The number that each Platform saw, in their order.
    pub(super) numbers: Vec<String>,
    /// What each Platform stored of the first visit, in their order.
    pub(super) stored: Vec<BTreeSet<Fact>>,
    pub(super) presentations: usize,
    /// The requests that the Issuer saw meanwhile.
    pub(super) issuer_requests: Vec<String>,
}

impl Tale {
    pub(super) fn begin(stage: Stage) -> Self {
        Self {
            stage,
            net: String::new(),
            copies: String::new(),
            numbers: Vec::new(),
            stored: Vec::new(),
            presentations: 0,
            issuer_requests: Vec::new(),
        }
    }

    /// A Platform asks for the number, and sees the one that it knows.
    pub(super) async fn visit_again(&mut self, which: usize) -> Result<Visit, Why> {
        let (visit, _) = self.visit(which, LOG_IN, &self.net.clone()).await?;
        if visit.net_number.as_ref() != self.numbers.get(which) {
            return Err(Unmet::NumberChanged.into());
        }
        if visit.first_visit != Some(false) {
            return Err(Unmet::AccountLost.into());
        }
        Ok(visit)
    }

    /// A Platform asks, the person agrees to what the wallet shows, and the Platform learns exactly
    /// that.
    pub(super) async fn visit(
        &mut self,
        which: usize,
        policy: &str,
        credential: &str,
    ) -> Result<(Visit, Answer), Why> {
        let encounter = self.encounter(which, policy, credential).await?;
        let (asked_by, name) = (encounter.asked_by.clone(), encounter.credential.clone());
        let (shared, hidden) = (encounter.shared.clone(), encounter.hidden.clone());
        let number = encounter.number.map(|number| number.to_string());
        let (presented, outcome) = self.present(which, encounter).await?;
        presented?;
        let Outcome::Answered(answer) = outcome else {
            return Err(Unmet::Unanswered.into());
        };
        let learned = learned(&answer);
        let shown = pseudonym(&answer).map(|shown| shown.net_number.clone());
        if learned.is_empty() || learned != shared || answer.unasked > 0 || shown != number {
            return Err(Unmet::LearnedOther.into());
        }
        let certificates = answer.credentials.iter();
        let mut certificates = certificates.filter_map(|one| one.net_certificate.as_ref());
        let visit = Visit {
            platform: self.platform(which)?.name().to_owned(),
            asked_by,
            credential: name,
            net_number: number,
            first_visit: pseudonym(&answer).and_then(|shown| shown.first_visit),
            epoch: certificates.next().map(|one| one.epoch),
            learned,
            hidden,
        };
        Ok((visit, answer))
    }

    /// A Platform asks, and refuses what it gets; says why.
    pub(super) async fn refusal(
        &mut self,
        which: usize,
        policy: &str,
        credential: &str,
    ) -> Result<Option<Failure>, Why> {
        let encounter = self.encounter(which, policy, credential).await?;
        Ok(match self.present(which, encounter).await? {
            (Err(PresentError::Presentation(_)), Outcome::Failed(reason)) => Some(reason),
            _ => None,
        })
    }

    /// A Platform asks, and the wallet sends nothing; says why.
    pub(super) async fn kept_back(&mut self, which: usize) -> Result<Option<PresentError>, Why> {
        let encounter = self.encounter(which, LOG_IN, &self.net.clone()).await?;
        let why = encounter.kept_back(&mut self.stage.holder.wallet).await;
        self.nothing_asked()?;
        Ok(why)
    }

    pub(super) fn platform(&self, which: usize) -> Result<&Platform, Unmet> {
        let platform = self.stage.platforms.get(which);
        platform.ok_or(Unmet::Unanswered)
    }

    /// Keeps what the Platform stored, for the comparison.
    pub(super) fn keep(&mut self, answer: &Answer) -> Result<(), Why> {
        self.stored.push(facts(answer)?);
        Ok(())
    }

    async fn encounter(
        &self,
        which: usize,
        policy: &str,
        credential: &str,
    ) -> Result<Encounter, Why> {
        // What came before was no presentation.
        drop(self.stage.office.log.take());
        let wallet = &self.stage.holder.wallet;
        Encounter::begin(self.platform(which)?, policy, wallet, credential).await
    }

    async fn present(
        &mut self,
        which: usize,
        encounter: Encounter,
    ) -> Result<(Result<(), PresentError>, Outcome), Why> {
        let Stage {
            platforms, holder, ..
        } = &mut self.stage;
        let platform = platforms.get(which).ok_or(Unmet::Unanswered)?;
        let ended = encounter.present(platform, &mut holder.wallet).await?;
        self.nothing_asked()?;
        Ok(ended)
    }

    /// Nobody asked the Issuer for anything since the Platform asked.
    fn nothing_asked(&mut self) -> Result<(), Unmet> {
        self.presentations += 1;
        let seen = self.stage.office.log.take();
        self.issuer_requests.extend(seen.iter().cloned());
        if seen.is_empty() {
            Ok(())
        } else {
            Err(Unmet::IssuerAsked(seen))
        }
    }
}

fn pseudonym(answer: &Answer) -> Option<&ShownPseudonym> {
    let credentials = answer.credentials.iter();
    credentials.filter_map(AnsweredCredential::pseudonym).next()
}

/// The policy that `pessoa-verifier init` writes for Net Certificates: over 18, and the number.
pub(crate) const LOG_IN: &str = "login";
/// One for peers that speak none.
pub(super) const COMPATIBLE: &str = "age-over-18";
