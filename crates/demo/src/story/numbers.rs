use std::sync::Arc;

use host::Clock;
use netcert::NetNumber;
use openid4vp::verifier::Failure;
use vault::Cost;
use wallet::ReceiveError;

use super::arrival::code;
use super::tale::{LOG_IN, Tale};
use crate::broken::{Unmet, Why};
use crate::passport::Specimen;
use crate::stage::{Holder, StageError};
use crate::told::{Blocked, LoggedIn, Restored, SecondWallet};

/// Both Platforms ask for the number; the first one asks once more.
pub(super) async fn log_in(tale: &mut Tale) -> Result<LoggedIn, Why> {
    let mut visits = Vec::new();
    for which in 0..tale.stage.platforms.len() {
        let (visit, answer) = tale.visit(which, LOG_IN, &tale.net.clone()).await?;
        let number = visit.net_number.clone().ok_or(Unmet::LearnedOther)?;
        if tale.numbers.contains(&number) {
            return Err(Unmet::NumbersAlike.into());
        }
        tale.numbers.push(number);
        tale.keep(&answer)?;
        visits.push(visit);
    }
    visits.push(tale.visit_again(0).await?);
    Ok(LoggedIn { visits })
}

/// The same passport is shown once more, for another wallet.
pub(super) async fn second_wallet(
    tale: &Tale,
    cost: Cost,
    clock: Arc<dyn Clock>,
) -> Result<SecondWallet, Why> {
    let specimen = Specimen::of_doc_9303(clock.now())?;
    let offer = tale.stage.office.app.enrol(&specimen.read()?).await?;
    let place = tempfile::tempdir()?;
    let second = Holder::open(&place.path().join("second.vault"), "en", cost, clock);
    let mut second = second.map_err(StageError::from)?.wallet;
    let review = second.review_offer(offer.link.expose()).await?;
    let received = second.accept_offer(review, code(&offer)).await;
    let nothing = second.credentials().is_empty() && second.net_certificates().is_empty();
    match received {
        Err(refused @ ReceiveError::AnotherSecret) if nothing => Ok(SecondWallet {
            refused: refused.to_string(),
        }),
        Err(ReceiveError::AnotherSecret) | Ok(_) => Err(Unmet::SecondNumber.into()),
        Err(other) => Err(other.into()),
    }
}

/// The old device is lost. With the 24 words and a backup, a new one has the same numbers; the
/// Issuer binds the Renewal Ticket to it.
pub(super) async fn restore(tale: &mut Tale) -> Result<Restored, Why> {
    let words = tale.stage.holder.wallet.words();
    let words = words.map_err(ReceiveError::from)?.split(' ').count();
    tale.stage.change_device()?;
    tale.stage.holder.wallet.renew(&tale.net).await?;
    let mut visits = Vec::new();
    for which in 0..tale.stage.platforms.len() {
        visits.push(tale.visit_again(which).await?);
    }
    Ok(Restored { words, visits })
}

/// The first Platform blocks the number, and lets it in again.
pub(super) async fn block(tale: &mut Tale) -> Result<Blocked, Why> {
    let number = tale.numbers.first().ok_or(Unmet::NotBlocked)?.clone();
    let blocked = NetNumber::parse(&number).map_err(|_| Unmet::NotBlocked)?;
    let platform = tale.platform(0)?;
    let name = platform.name().to_owned();
    platform.app.block_account(&blocked, true).await?;
    if tale.refusal(0, LOG_IN, &tale.net.clone()).await? != Some(Failure::Blocked) {
        return Err(Unmet::NotBlocked.into());
    }
    let elsewhere = tale.visit_again(1).await?;
    let platform = tale.platform(0)?;
    platform.app.block_account(&blocked, false).await?;
    let again = tale.visit_again(0).await?;
    Ok(Blocked {
        platform: name,
        net_number: number,
        visits: vec![elsewhere, again],
    })
}
