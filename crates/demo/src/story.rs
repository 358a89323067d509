//! The story: what happens in which order, and what must hold after each step.

mod arrival;
mod later;
mod numbers;
mod tale;

use std::collections::BTreeSet;
use std::sync::Arc;

use host::{Clock, ManualClock};
use vault::Cost;

pub(crate) use self::tale::LOG_IN;
use self::tale::Tale;
use crate::broken::{Broken, Step, Unmet};
use crate::stage::{Place, Stage, StageError};
use crate::told::{Compared, LinkableBy, Told};

/// Listens to the story.
pub trait Listener {
    /// A step begins.
    fn begins(&mut self, step: Step);

    /// A step held.
    fn held(&mut self, told: Told);
}

/// Plays the story from enrolment to refusal, and leaves everybody on the stage.
///
/// What lies weeks ahead is played on a copy of everything, whose clock is moved by hand: on the
/// stage it is still today.
///
/// # Errors
/// [`Broken`] names the first step that did not hold.
pub async fn play(
    place: Place,
    language: &str,
    cost: Cost,
    clock: Arc<dyn Clock>,
    listener: &mut dyn Listener,
) -> Result<Stage, Broken> {
    let at = Broken::at;
    listener.begins(Step::Start);
    let now = clock.now();
    let stage = Stage::set(place, language, cost, clock.clone()).await;
    let mut tale = Tale::begin(stage.map_err(|error| at(Step::Start)(error.into()))?);
    let started = arrival::start(&tale.stage).await;
    listener.held(Told::Start(started.map_err(at(Step::Start))?));

    listener.begins(Step::Enrol);
    let enrolled = arrival::enrol(&tale.stage, now).await;
    let (enrolled, offer) = enrolled.map_err(at(Step::Enrol))?;
    listener.held(Told::Enrol(enrolled));

    listener.begins(Step::Receive);
    let received = arrival::receive(&mut tale, &offer, now).await;
    listener.held(Told::Receive(received.map_err(at(Step::Receive))?));

    listener.begins(Step::LogIn);
    let logged_in = numbers::log_in(&mut tale).await;
    listener.held(Told::LogIn(logged_in.map_err(at(Step::LogIn))?));

    listener.begins(Step::SecondWallet);
    let refused = numbers::second_wallet(&tale, cost, clock.clone()).await;
    listener.held(Told::SecondWallet(refused.map_err(at(Step::SecondWallet))?));

    listener.begins(Step::Restore);
    let restored = numbers::restore(&mut tale).await;
    listener.held(Told::Restore(restored.map_err(at(Step::Restore))?));

    listener.begins(Step::Block);
    let blocked = numbers::block(&mut tale).await;
    listener.held(Told::Block(blocked.map_err(at(Step::Block))?));

    listener.begins(Step::Renew);
    let lost = |step| move |error: StageError| at(step)(error.into());
    let then = later::next_epoch(&tale).map_err(|unmet| at(Step::Renew)(unmet.into()))?;
    let (place, holder) = tale.stage.leave().await.map_err(lost(Step::Renew))?;
    let moved = ManualClock::at(then);
    let copy = place
        .copied()
        .map_err(|error| at(Step::Renew)(error.into()))?;
    let stage = Stage::set(copy, language, cost, Arc::new(moved.clone())).await;
    let stage = stage.map_err(lost(Step::Renew))?;
    let mut tale = Tale { stage, ..tale };
    let renewed = later::renew(&mut tale, then).await;
    listener.held(Told::Renew(renewed.map_err(at(Step::Renew))?));

    listener.begins(Step::Revoke);
    let revoked = later::revoke(&mut tale, &offer.handle, &moved).await;
    listener.held(Told::Revoke(revoked.map_err(at(Step::Revoke))?));

    listener.begins(Step::Compare);
    let compared = compare(&tale).map_err(|unmet| at(Step::Compare)(unmet.into()))?;
    tale.stage.clear().await.map_err(lost(Step::Compare))?;
    let stage = Stage::return_to(place, holder, clock).await;
    let stage = stage.map_err(lost(Step::Compare))?;
    listener.held(Told::Compare(compared));
    Ok(stage)
}

/// What both Platforms stored, side by side, and what the Issuer saw.
fn compare(tale: &Tale) -> Result<Compared, Unmet> {
    let stored = tale.stored.iter().cloned();
    let equal = stored.reduce(|all, one| &all & &one).unwrap_or_default();
    let telling = equal.iter().filter(|fact| !fact.of_everybody);
    let telling: Vec<String> = telling.map(|fact| fact.name.clone()).collect();
    if !telling.is_empty() {
        return Err(Unmet::PlatformsLink(telling));
    }
    let equal: BTreeSet<String> = equal.into_iter().map(|fact| fact.name).collect();
    let nobody = LinkableBy {
        issuer_alone: false,
        platforms_together: false,
        issuer_with_platform: false,
    };
    Ok(Compared {
        presentations: tale.presentations,
        issuer_requests: tale.issuer_requests.clone(),
        equal: equal.into_iter().collect(),
        linkable_by: nobody,
        copies_linkable_by: LinkableBy {
            issuer_with_platform: true,
            ..nobody
        },
    })
}
