use jiff::Timestamp;
use keys::token::BearerToken;
use wallet::Wallet;

use super::tale::Tale;
use crate::broken::{Unmet, Why};
use crate::passport::Specimen;
use crate::stage::Stage;
use crate::told::{CredentialTold, Enrolled, NetTold, PlatformTold, Received, Started};
use crate::traces;

/// Everybody is there; the Verifiers fetch the Issuer's keys, epochs and status lists, as they do
/// on a schedule.
pub(super) async fn start(stage: &Stage) -> Result<Started, Why> {
    let mut platforms = Vec::new();
    for platform in &stage.platforms {
        platform.app.refresh_due().await;
        platform.app.ready().await.map_err(Unmet::NotReady)?;
        platforms.push(PlatformTold {
            name: platform.name().to_owned(),
            url: platform.app.public_url().to_owned(),
            did: platform.app.did().to_owned(),
        });
    }
    Ok(Started {
        issuer: stage.office.app.identifier().to_owned(),
        platforms,
    })
}

/// The Issuer reads the passport, refuses a forged one, and makes an offer.
pub(super) async fn enrol(
    stage: &Stage,
    now: Timestamp,
) -> Result<(Enrolled, issuer::Enrolled), Why> {
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
pub(super) async fn receive(
    tale: &mut Tale,
    offer: &issuer::Enrolled,
    now: Timestamp,
) -> Result<Received, Why> {
    let wallet = &mut tale.stage.holder.wallet;
    let review = wallet.review_offer(offer.link.expose()).await?;
    let granted = Wallet::copies_ordered(review.issuer());
    let ids = wallet.accept_offer(review, code(offer)).await?;
    let held = ids.iter().filter_map(|id| wallet.credential(id));
    let credentials: Vec<CredentialTold> = held
        .map(|held| CredentialTold {
            id: held.id.clone(),
            name: held.name.clone(),
            format: held.format.name().to_owned(),
            copies: held.copies_left(),
        })
        .collect();
    let net = ids.iter().find_map(|id| wallet.net_certificate(id));
    let [copies, ..] = &credentials[..] else {
        return Err(Unmet::OtherCopies.into());
    };
    if credentials.iter().any(|one| one.copies != granted) {
        return Err(Unmet::OtherCopies.into());
    }
    let net = net.ok_or(Unmet::OtherCopies)?;
    let net_certificate = NetTold {
        id: net.id.clone(),
        name: net.name.clone(),
        epoch: net.shown_epoch(now).ok_or(Unmet::OtherCopies)?,
        newest_epoch: net.newest_epoch().ok_or(Unmet::OtherCopies)?,
    };
    (tale.net, tale.copies) = (net_certificate.id.clone(), copies.id.clone());
    Ok(Received {
        net_certificate,
        credentials,
    })
}

/// The code that the desk hands over beside the offer.
pub(super) fn code(offer: &issuer::Enrolled) -> Option<BearerToken> {
    let code = offer.tx_code.as_ref();
    code.map(|code| BearerToken::from(code.expose()))
}
