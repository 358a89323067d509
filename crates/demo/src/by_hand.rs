//! What a person can try in a second terminal while everything runs.

use std::time::Duration;

use catalogue::Catalogue;
use fast_qr::QRBuilder;
use host::{Clock as _, CommandError, Kind, SystemClock};
use openid4vp::verifier::Phase;
use service::Stop;
use verifier::{Created, Outcome, Wish};

use crate::encounter;
use crate::passport::Specimen;
use crate::stage::{Platform, Stage};
use crate::story::LOG_IN;
use crate::teller::{Teller, grouped, learned};

/// Prints links, codes and commands, and tells what the Platforms learn, until told to stop.
pub(crate) async fn invite(
    stage: &Stage,
    teller: &Teller<'_>,
    catalogue: &Catalogue,
    stop: &Stop,
) -> Result<(), CommandError> {
    offer(stage, teller, catalogue).await?;
    teller.say(&format!("\n{}", catalogue.text("demo-by-hand-keep", &[])));
    let [first, second] = &stage.platforms;
    tokio::select! {
        asked = ask(first, LOG_IN, teller, catalogue) => asked,
        asked = ask(second, LOG_IN, teller, catalogue) => asked,
        asked = ask(second, COMPATIBLE, teller, catalogue) => asked,
        () = follow(stage) => Ok(()),
        () = stop.wished() => Ok(()),
    }
}

/// Enrols another specimen, whose offer waits for a wallet.
async fn offer(
    stage: &Stage,
    teller: &Teller<'_>,
    catalogue: &Catalogue,
) -> Result<(), CommandError> {
    let defect = |error: &dyn std::error::Error| CommandError::from_error(Kind::Defect, error);
    let specimen = Specimen::of_somebody_else(NUMBER, SystemClock.now());
    let document = specimen.and_then(|specimen| specimen.read());
    let document = document.map_err(|error| defect(&error))?;
    let offer = stage.office.app.enrol(&document).await;
    let offer = offer.map_err(|error| defect(&error))?;
    let code = offer.tx_code.as_ref().map_or("", |code| code.expose());
    let invitation = catalogue.text(
        "demo-by-hand",
        &[("offer", offer.link.expose().into()), ("code", code.into())],
    );
    let picture = picture(offer.link.expose());
    teller.say(&format!("\n{invitation}\n\n{picture}\n"));
    let dir = stage.office.folder().display().to_string();
    teller.say(&catalogue.text(
        "demo-by-hand-revoke",
        &[
            ("dir", dir.into()),
            ("handle", offer.handle.to_string().into()),
        ],
    ));
    Ok(())
}

/// Asks, waits for an answer, tells it, and asks again.
async fn ask(
    platform: &Platform,
    policy: &str,
    teller: &Teller<'_>,
    catalogue: &Catalogue,
) -> Result<(), CommandError> {
    let failed = |error: &dyn std::error::Error| CommandError::from_error(Kind::User, error);
    loop {
        let wish = Wish {
            language: Some(catalogue.language().tag().to_owned()),
            ..Wish::default()
        };
        let created = platform.app.request(policy, &wish).await;
        let created = created.map_err(|error| failed(&error))?;
        let name = || platform.name().to_owned().into();
        let variables = [
            ("platform", name()),
            ("policy", policy.to_owned().into()),
            ("link", created.link.expose().into()),
        ];
        teller.say(&format!(
            "\n{}\n\n{}",
            catalogue.text("demo-by-hand-present", &variables),
            picture(created.link.expose())
        ));
        let Created { id, token, .. } = created;
        let phase = platform.app.answered(&id, &token).await;
        if !matches!(phase, Ok(Phase::Answered | Phase::Failed)) {
            // Nobody came; the next link waits again.
            continue;
        }
        match platform.app.result(&id, &token, None).await {
            Ok(Outcome::Answered(answer)) => {
                let learned = learned(&encounter::learned(&answer)).into();
                let credentials = answer.credentials.iter();
                let number = credentials.filter_map(|one| one.pseudonym()).next();
                let number = number.map(|shown| grouped(Some(&shown.net_number)));
                let variables = [("platform", name()), ("learned", learned)];
                teller.say(&catalogue.text("demo-by-hand-learned", &variables));
                if let Some(number) = number {
                    let variables = [("platform", name()), ("number", number.into())];
                    teller.say(&catalogue.text("demo-by-hand-number", &variables));
                }
            }
            Ok(Outcome::Failed(failure)) => {
                let reason = serde_json::to_value(failure).unwrap_or_default();
                let reason = reason.as_str().unwrap_or_default().replace('_', " ");
                let variables = [("platform", name()), ("reason", reason.into())];
                teller.say(&catalogue.text("demo-by-hand-refused", &variables));
            }
            Err(error) => return Err(failed(&error)),
        }
    }
}

/// Lets the Platforms see a revocation sooner than their schedule would, which a person at two
/// terminals would not wait for.
async fn follow(stage: &Stage) {
    loop {
        tokio::time::sleep(FOLLOW_EVERY).await;
        for platform in &stage.platforms {
            platform.app.refresh().await;
        }
    }
}

/// The code of a link, or nothing if it is too long for one.
fn picture(link: &str) -> String {
    QRBuilder::new(link)
        .build()
        .map_or_else(|_| String::new(), |code| code.to_str())
}

/// The policy for one-time copies: what is revoked is refused at once.
const COMPATIBLE: &str = "identity";
/// Of the passport that waits for a person's wallet.
const NUMBER: &str = "P00000042";
/// How soon the Platforms see a revocation while a person tries it by hand.
pub const FOLLOW_EVERY: Duration = Duration::from_secs(1);
