use host::ManualClock;
use issuer::Handle;
use jiff::{SignedDuration, Timestamp};
use openid4vci::wallet::{IssuanceError, RedemptionError};
use openid4vp::verifier::Failure;
use wallet::{PresentError, ReceiveError};

use super::tale::{COMPATIBLE, Tale};
use crate::broken::{Unmet, Why};
use crate::told::{Renewed, Revoked};

/// A moment in the epoch of the newest certificate, when all wallets show it.
pub(super) fn next_epoch(tale: &Tale) -> Result<Timestamp, Unmet> {
    let ends = ends(tale)?;
    ends.checked_sub(BEFORE_THE_END).or(Err(Unmet::NotRenewed))
}

/// The next epoch has begun. The wallet fetches the certificate of the one after it.
pub(super) async fn renew(tale: &mut Tale, now: Timestamp) -> Result<Renewed, Why> {
    refresh(tale).await?;
    let newest = newest(tale)?;
    let wallet = &mut tale.stage.holder.wallet;
    let renewed = wallet.renew(&tale.net).await?;
    if renewed != wallet::Renewed::UpTo(newest + 1) {
        return Err(Unmet::NotRenewed.into());
    }
    // One-time copies are in no backup.
    wallet.refill(&tale.copies).await?;
    let mut visits = Vec::new();
    for which in 0..tale.stage.platforms.len() {
        let visit = tale.visit_again(which).await?;
        if visit.epoch != Some(newest) {
            return Err(Unmet::NotRenewed.into());
        }
        visits.push(visit);
    }
    Ok(Renewed {
        now,
        newest_epoch: newest + 1,
        visits,
    })
}

/// The Issuer revokes. Copies are refused as soon as a Verifier has fetched its lists; the Net
/// Certificate is not renewed, and ends with the last epoch of which there is one.
pub(super) async fn revoke(
    tale: &mut Tale,
    handle: &Handle,
    clock: &ManualClock,
) -> Result<Revoked, Why> {
    let copies = tale.copies.clone();
    tale.visit(0, COMPATIBLE, &copies).await?;
    let revocation = tale.stage.office.app.revoke(handle).await?;
    refresh(tale).await?;
    if tale.refusal(0, COMPATIBLE, &copies).await? != Some(Failure::Revoked) {
        return Err(Unmet::NotRefused.into());
    }
    let last_visit = tale.visit_again(1).await?;
    let ended = ends(tale)?;
    let renewal_refused = match tale.stage.holder.wallet.renew(&tale.net).await {
        Err(
            refused @ (ReceiveError::Redemption(RedemptionError::InvalidGrant)
            | ReceiveError::Issuance(IssuanceError::Denied)),
        ) => refused.to_string(),
        Err(other) => return Err(other.into()),
        Ok(_) => return Err(Unmet::RenewedAfterAll.into()),
    };
    let after = ended.checked_add(SignedDuration::from_secs(1));
    clock.set(after.or(Err(Unmet::NotEnded))?);
    refresh(tale).await?;
    let kept_back = tale.kept_back(1).await?;
    if !matches!(kept_back, Some(PresentError::Expired { id }) if id == tale.net) {
        return Err(Unmet::NotEnded.into());
    }
    Ok(Revoked {
        handle: revocation.handle,
        copies: revocation.copies,
        platform: tale.platform(0)?.name().to_owned(),
        renewal_refused,
        last_visit,
        ended,
    })
}

/// Everybody publishes and fetches, as on their schedules.
async fn refresh(tale: &Tale) -> Result<(), Why> {
    tale.stage.office.app.publish_status().await?;
    for platform in &tale.stage.platforms {
        platform.app.refresh_due().await;
        let refreshed = platform.app.refresh().await;
        if let Some(failed) = refreshed.failed.into_iter().next() {
            return Err(Unmet::NotReady(failed).into());
        }
    }
    Ok(())
}

fn newest(tale: &Tale) -> Result<u64, Unmet> {
    let held = tale.stage.holder.wallet.net_certificate(&tale.net);
    held.and_then(wallet::NetCertificate::newest_epoch)
        .ok_or(Unmet::NotRenewed)
}

fn ends(tale: &Tale) -> Result<Timestamp, Unmet> {
    let held = tale.stage.holder.wallet.net_certificate(&tale.net);
    held.and_then(wallet::NetCertificate::valid_until)
        .ok_or(Unmet::NotRenewed)
}

/// Long after wallets have switched to an epoch, and before they switch to the next.
const BEFORE_THE_END: SignedDuration = SignedDuration::from_hours(3 * 24);
