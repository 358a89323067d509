use jiff::{SignedDuration, Timestamp};
use keys::{KeyError, sha256};
use openid4vp::door::{
    AnswerFault, Door, DoorAnswer, DoorError, GOOD_STEPS, STEP_SECONDS, from_qr_text,
};
use openid4vp::verifier::{PolicyError, ShownPseudonym};
use store::{Batch, StoreError};

use crate::app::App;
use crate::policy::{ClientIdPrefix, PolicyRefused};
use crate::usecases::accounts::Admission;

impl App {
    /// The code that a door of this verifier shows now, and until when. A printed one does not
    /// change, and whoever has a picture of an answer to it can show it again.
    ///
    /// # Errors
    /// [`DoorRefused`] says who must act.
    pub fn door_code(
        &self,
        policy: &str,
        language: Option<&str>,
        printed: bool,
    ) -> Result<(String, Option<Timestamp>), DoorRefused> {
        let door = self.door(policy, language)?;
        Ok(door.code(self.parts().identity.signer(), printed, self.now())?)
    }

    /// Judges the code that a wallet shows at a door, without a network: by the epoch profiles that
    /// were fetched before. A number gets its account, and an answer is good once.
    ///
    /// # Errors
    /// [`DoorRefused`] says who must act.
    pub async fn check(
        &self,
        text: &str,
        policy: &str,
        language: Option<&str>,
        printed: bool,
    ) -> Result<DoorAnswer, DoorRefused> {
        let (now, parts) = (self.now(), self.parts());
        let door = self.door(policy, language)?;
        let profile = |hash| parts.trust.profiles(&[hash]).into_iter().next();
        let mut judged = door.judge(text, printed, profile, now)?;
        for _ in 0..ATTEMPTS {
            let shown = judged.answer.credentials.iter();
            let shown: Vec<ShownPseudonym> =
                shown.filter_map(|one| one.pseudonym()).cloned().collect();
            let Admission::Admitted(accounts) = self.admission(&shown, now).await? else {
                return Err(DoorRefused::Blocked);
            };
            let mut batch = Batch::new();
            if !printed {
                // Longer than it is good: a picture of it, held up at once, is a second visitor.
                let cbor = from_qr_text(text).unwrap_or_default();
                let seconds = STEP_SECONDS.saturating_mul(GOOD_STEPS + 1);
                let until = now.checked_add(SignedDuration::from_secs(seconds));
                batch = batch.spend(ANSWER, sha256(&cbor), until.ok());
            }
            judged.answer = judged.answer.admit(|shown| accounts.has_new(shown));
            match parts.store.commit(accounts.add_to(batch)?, now).await {
                Err(StoreError::Conflict { kind: ANSWER, .. }) => {
                    return Err(DoorRefused::ShownBefore);
                }
                Err(error) if error.is_conflict() => {}
                other => return Ok(other.map(|()| judged)?),
            }
        }
        Err(DoorRefused::Busy)
    }

    fn door(&self, policy: &str, language: Option<&str>) -> Result<Door, DoorRefused> {
        let parts = self.parts();
        let named = parts.policies.get(policy);
        let named = named.ok_or(DoorRefused::UnknownPolicy)?;
        if named.named.client_id_prefix == ClientIdPrefix::RedirectUri {
            return Err(DoorError::Policy.into());
        }
        let policy = named.policy(None, language)?;
        let (did, dev) = (parts.identity.did(), parts.service.dev);
        Ok(Door::new(policy, did, parts.identity.door_nonces(), dev)?)
    }
}

/// Why a door shows nothing, or an answer is not good.
#[derive(Debug, thiserror::Error)]
pub enum DoorRefused {
    /// The answer is refused: the holder must act.
    #[error(transparent)]
    Answer(#[from] AnswerFault),
    /// The number is blocked here.
    #[error("this number is blocked here")]
    Blocked,
    /// Others changed the account again and again.
    #[error("the account was changed meanwhile: try again")]
    Busy,
    /// The policy is not one for a door: the operator must act.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The policy does not do: the operator must act.
    #[error(transparent)]
    Policy(#[from] PolicyRefused),
    /// The same answer was shown a moment ago: a picture of it, or the holder once more.
    #[error("this very answer was shown a moment ago")]
    ShownBefore,
    /// The key cannot sign: a defect.
    #[error("the code cannot be signed: {0}")]
    Sign(#[from] KeyError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no policy of this name: the caller must act.
    #[error("there is no policy of this name")]
    UnknownPolicy,
}

impl From<PolicyError> for DoorRefused {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error.into())
    }
}

/// Markers of answers that were shown.
const ANSWER: &str = "door_answer";
const ATTEMPTS: usize = 8;
