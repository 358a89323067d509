//! Whatever is secured is judged for whoever asks: what W3C's test suites drive. No policy and no
//! trusted issuer comes into it: who issued is for the caller to weigh.

use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, Judgement, Problem, ProblemKind, Unverified};
use credential::{CredentialStatus, IssuerKey, KeySource};
use fetch::Client;
use fetch::resolve::Resolver;
use jiff::Timestamp;
use status::Answer;

use crate::app::App;

/// The interface of W3C's test suites, if it is on.
#[derive(Clone)]
pub(crate) struct VcApi {
    client: Client,
    leniency: Leniency,
}

impl VcApi {
    /// Takes the client that asks nobody inside the own network.
    pub(crate) fn new(client: Client, for_test_suites: bool) -> Self {
        let leniency = match for_test_suites {
            true => Leniency::TestSuites,
            false => Leniency::None,
        };
        Self { client, leniency }
    }

    /// Shouts into the log if anybody may issue in anybody's name.
    pub(crate) fn shout(&self) {
        if self.leniency == Leniency::TestSuites {
            tracing::error!(
                "/credentials/verify AND /presentations/verify BELIEVE ANYBODY WHO SIGNS IN \
                 ANYBODY'S NAME (vc_api_for_test_suites): never leave this on where answers matter"
            );
        }
    }
}

/// What a presentation must answer, as the caller says.
#[derive(Default)]
pub(crate) struct Answering {
    pub(crate) challenge: Option<String>,
    pub(crate) domain: Option<String>,
}

impl App {
    /// Judges a credential or presentation: fetches the keys of did:web issuers and the status lists
    /// that verified credentials name, and keeps nothing.
    ///
    /// `None` if the interface is off, or too many wait already.
    pub(crate) async fn judge_secured(
        &self,
        unverified: Unverified,
        answering: Answering,
    ) -> Option<Judgement> {
        let vc_api = self.parts().vc_api.as_ref()?;
        vc_api.shout();
        let VcApi { client, leniency } = vc_api.clone();
        let now = self.now();
        // One for each request: what one caller names is of no use to another, and takes room.
        let resolver = Resolver::new(client, Vec::new());
        let evidence = evidence(&resolver, unverified.key_sources(), now).await;
        let judged = self.parts().judges.run(move || {
            let expected = Expected {
                challenge: answering.challenge.as_deref(),
                domain: answering.domain.as_deref(),
            };
            unverified.verify(&evidence, &expected, leniency, now)
        });
        let mut judgement = judged.await?;
        let mut asked = 0;
        look_up(&resolver, &mut judgement, &mut asked, now).await;
        for one in &mut judgement.credentials {
            look_up(&resolver, one, &mut asked, now).await;
        }
        Some(judgement)
    }
}

/// The keys of did:web issuers. What cannot be had is missing, and judged so.
async fn evidence(resolver: &Resolver, sources: Vec<KeySource>, now: Timestamp) -> Vec<IssuerKey> {
    let is_web = |source: &KeySource| match source {
        KeySource::Did(url) => url.did().method() == did::Method::Web,
        KeySource::WellKnown { .. } | KeySource::X509 { .. } => false,
    };
    let mut evidence = Vec::new();
    for source in sources.into_iter().filter(is_web).take(MOST_FETCHES) {
        match resolver.issuer_key(&source, now).await {
            Ok(key) => evidence.push(key),
            Err(error) => tracing::debug!(reason = %error, "the key of an issuer was not fetched"),
        }
    }
    evidence
}

/// Adds what the status lists say of a verified credential.
async fn look_up(
    resolver: &Resolver,
    judgement: &mut Judgement,
    asked: &mut usize,
    now: Timestamp,
) {
    let Some(credential) = &judgement.credential else {
        return;
    };
    let issuer = &credential.get().issuer;
    for place in &credential.get().status {
        let answer = match resolver.status(place, issuer, now) {
            Answer::Unknown if *asked < MOST_FETCHES => {
                *asked += 1;
                fetched(resolver, place, issuer, now).await
            }
            known => known,
        };
        let detail = match answer {
            Answer::Fresh(status) if status.is_valid() => continue,
            Answer::Fresh(_) => "the status list says that the credential is not good",
            Answer::NoEntry => "the status list has no such entry",
            Answer::Stale(_) | Answer::Unknown => "the status list could not be had",
        };
        let problem = Problem::new(ProblemKind::Status, detail);
        judgement.problems.push(problem);
    }
}

async fn fetched(
    resolver: &Resolver,
    place: &CredentialStatus,
    issuer: &str,
    now: Timestamp,
) -> Answer {
    let list = place.list();
    if let Err(error) = resolver.prefetch_list(list, issuer, now).await {
        tracing::debug!(reason = %error, "a status list was not fetched");
    }
    resolver.status(place, issuer, now)
}

/// How many documents, and how many lists, are fetched because of one request.
const MOST_FETCHES: usize = 4;
