//! The story: what happens in which order, and what must hold after each step.

use std::collections::BTreeSet;
use std::sync::Arc;

use host::Clock;
use issuer::Handle;
use jiff::Timestamp;
use keys::token::BearerToken;
use openid4vp::verifier::Failure;
use vault::Cost;
use verifier::Outcome;
use wallet::PresentError;

use crate::broken::{Broken, Step, Unmet, Why};
use crate::encounter::{Encounter, Fact, facts, learned};
use crate::passport::Specimen;
use crate::stage::{Place, Stage};
use crate::told::{
    Compared, CredentialTold, Enrolled, LinkableBy, PlatformTold, Presented, Received, Revoked,
    Started, Told,
};
use crate::traces;

/// Listens to the story.
pub trait Listener {
    /// A step begins.
    fn begins(&mut self, step: Step);

    /// A step held.
    fn held(&mut self, told: Told);
}

/// Plays the story from enrolment to refusal, and leaves everybody on the stage.
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
    let stage = Stage::set(place, language, cost, clock).await;
    let mut stage = stage.map_err(|error| at(Step::Start)(error.into()))?;
    let started = start(&stage).await.map_err(at(Step::Start))?;
    listener.held(Told::Start(started));

    listener.begins(Step::Enrol);
    let (enrolled, offer) = enrol(&stage, now).await.map_err(at(Step::Enrol))?;
    listener.held(Told::Enrol(enrolled));

    listener.begins(Step::Receive);
    let received = receive(&mut stage, &offer).await;
    let (received, ids) = received.map_err(at(Step::Receive))?;
    listener.held(Told::Receive(received));

    let mut shown = Vec::new();
    for (which, step) in [Step::PresentFirst, Step::PresentSecond]
        .into_iter()
        .enumerate()
    {
        listener.begins(step);
        let one = present(&mut stage, which, &ids).await.map_err(at(step))?;
        listener.held(Told::Present(one.told.clone()));
        shown.push(one);
    }

    listener.begins(Step::Compare);
    let compared = compare(&shown).map_err(|unmet| at(Step::Compare)(unmet.into()))?;
    listener.held(Told::Compare(compared));

    listener.begins(Step::Revoke);
    let revoked = revoke(&mut stage, &offer.handle, &ids).await;
    listener.held(Told::Revoke(revoked.map_err(at(Step::Revoke))?));
    Ok(stage)
}

/// Everybody is there; the Verifiers fetch the Issuer's keys and status lists, as they do on a
/// schedule.
async fn start(stage: &Stage) -> Result<Started, Why> {
    let mut platforms = Vec::new();
    for (platform, policy) in stage.platforms.iter().zip(POLICIES) {
        platform.app.refresh_due().await;
        platform.app.ready().await.map_err(Unmet::NotReady)?;
        platforms.push(PlatformTold {
            name: platform.name().to_owned(),
            url: platform.app.public_url().to_owned(),
            did: platform.app.did().to_owned(),
            policy: policy.to_owned(),
        });
    }
    Ok(Started {
        issuer: stage.office.app.identifier().to_owned(),
        platforms,
    })
}

/// The Issuer reads the passport, refuses a forged one, and makes an offer.
async fn enrol(stage: &Stage, now: Timestamp) -> Result<(Enrolled, issuer::Enrolled), Why> {
    let specimen = Specimen::of_doc_9303(now)?;
    let forgery = specimen.forgery_refused().ok_or(Unmet::ForgeryAccepted)?;
    let offer = stage.office.app.enrol(&specimen.read()?).await?;
    let search = traces::search(stage.office.folder(), &specimen.recognizable())?;
    if let Some(file) = search.found.into_iter().next() {
        return Err(Unmet::PersonFound(file).into());
    }
    let enrolled = Enrolled {
        mrz: specimen.zone().lines().map(str::to_owned).collect(),
        forgery_refused: forgery.to_string(),
        handle: offer.handle.to_string(),
        enrolled_before: offer.again,
        files_searched: search.files,
    };
    Ok((enrolled, offer))
}

/// The wallet redeems the offer.
async fn receive(
    stage: &mut Stage,
    offer: &issuer::Enrolled,
) -> Result<(Received, Vec<String>), Why> {
    let wallet = &mut stage.holder.wallet;
    let review = wallet.review_offer(offer.link.expose()).await?;
    let granted = review.issuer().batch_size;
    let code = offer.tx_code.as_ref();
    let code = code.map(|code| BearerToken::from(code.expose()));
    let ids = wallet.accept_offer(review, code).await?;
    let held = ids.iter().filter_map(|id| wallet.credential(id));
    let credentials: Vec<CredentialTold> = held
        .map(|held| CredentialTold {
            id: held.id.clone(),
            name: held.name.clone(),
            format: held.format.name().to_owned(),
            copies: held.copies_left(),
        })
        .collect();
    if credentials.is_empty() || credentials.iter().any(|one| one.copies != granted) {
        return Err(Unmet::OtherCopies.into());
    }
    Ok((Received { credentials }, ids))
}

struct Shown {
    told: Presented,
    stored: BTreeSet<Fact>,
}

/// A Platform asks, and the person agrees to what the wallet shows.
async fn present(stage: &mut Stage, which: usize, ids: &[String]) -> Result<Shown, Why> {
    let (Some(platform), Some(policy)) = (stage.platforms.get(which), POLICIES.get(which)) else {
        return Err(Unmet::Unanswered.into());
    };
    // What came before was no presentation.
    drop(stage.office.log.take());
    let wallet = &mut stage.holder.wallet;
    let encounter = Encounter::begin(platform, policy, wallet, ids).await?;
    let (asked_by, credential) = (encounter.asked_by.clone(), encounter.credential.clone());
    let (shared, hidden) = (encounter.shared.clone(), encounter.hidden.clone());
    let (presented, outcome) = encounter.present(platform, wallet).await?;
    presented?;
    let issuer_requests = stage.office.log.take();
    if !issuer_requests.is_empty() {
        return Err(Unmet::IssuerAsked(issuer_requests).into());
    }
    let Outcome::Answered(answer) = outcome else {
        return Err(Unmet::Unanswered.into());
    };
    let learned = learned(&answer);
    if learned.is_empty() || learned != shared || answer.unasked > 0 {
        return Err(Unmet::LearnedOther.into());
    }
    Ok(Shown {
        stored: facts(&answer)?,
        told: Presented {
            platform: platform.name().to_owned(),
            asked_by,
            credential,
            learned,
            hidden,
            issuer_requests,
        },
    })
}

/// What both Platforms stored, side by side.
fn compare(shown: &[Shown]) -> Result<Compared, Unmet> {
    let requests = shown.iter().flat_map(|one| &one.told.issuer_requests);
    let stored = shown.iter().map(|one| one.stored.clone());
    let equal = stored.reduce(|all, one| &all & &one).unwrap_or_default();
    let telling = equal.iter().filter(|fact| !fact.of_everybody);
    let telling: Vec<String> = telling.map(|fact| fact.name.clone()).collect();
    if !telling.is_empty() {
        return Err(Unmet::PlatformsLink(telling));
    }
    Ok(Compared {
        issuer_requests: requests.cloned().collect(),
        equal: equal.into_iter().map(|fact| fact.name).collect(),
        linkable_by: LinkableBy {
            issuer_alone: false,
            platforms_together: false,
            issuer_with_platform: true,
        },
    })
}

/// The Issuer revokes, a Verifier fetches its lists, and the next Presentation is refused.
async fn revoke(stage: &mut Stage, handle: &Handle, ids: &[String]) -> Result<Revoked, Why> {
    let revocation = stage.office.app.revoke(handle).await?;
    let ([platform, _], [policy, _]) = (&stage.platforms, POLICIES);
    let refreshed = platform.app.refresh().await;
    if let Some(failed) = refreshed.failed.into_iter().next() {
        return Err(Unmet::NotReady(failed).into());
    }
    let wallet = &mut stage.holder.wallet;
    let encounter = Encounter::begin(platform, policy, wallet, ids).await?;
    match encounter.present(platform, wallet).await? {
        (Err(PresentError::Presentation(_)), Outcome::Failed(Failure::Revoked)) => Ok(Revoked {
            handle: revocation.handle,
            copies: revocation.copies,
            platform: platform.name().to_owned(),
        }),
        _ => Err(Unmet::NotRefused.into()),
    }
}

/// What each Platform asks for: a policy that `pessoa-verifier init` writes.
pub const POLICIES: [&str; 2] = ["age-over-18", "identity"];
