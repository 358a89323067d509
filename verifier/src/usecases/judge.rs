//! Whatever is secured is judged for whoever asks: what W3C's test suites drive. No policy and no
//! trusted issuer comes into it: who issued is for the caller to weigh.

use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, Judgement, Unverified};
use credential::{IssuerKey, KeySource};
use fetch::Client;
use fetch::resolve::{ResolveError, Resolver};
use jiff::Timestamp;
use status::StatusMessage;

use crate::app::App;
use crate::usecases::judge::lists::look_up;

mod lists;

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

/// What is to be thought of something secured, with its status.
pub(crate) struct Verdict {
    pub(crate) judgement: Judgement,
    /// What issuers let it say, and then each credential of a presentation.
    pub(crate) messages: Vec<Vec<StatusMessage>>,
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
    ) -> Option<Verdict> {
        let vc_api = self.parts().vc_api.as_ref()?;
        vc_api.shout();
        let VcApi { client, leniency } = vc_api.clone();
        let now = self.now();
        // One for each request: what one caller names is of no use to another, and takes room.
        let resolver = Resolver::new(client, Vec::new());
        let evidence = evidence(&resolver, unverified.key_sources(), now).await;
        let known = self.parts().references.known();
        let judged = self.parts().judges.run(move || {
            let expected = Expected {
                challenge: answering.challenge.as_deref(),
                domain: answering.domain.as_deref(),
            };
            let mut judgement = unverified.verify(&evidence, &expected, leniency, now);
            judgement.hold_against(&known);
            judgement
        });
        let mut judgement = judged.await?;
        let mut asked = 0;
        let mut messages = vec![look_up(&resolver, &mut judgement, &mut asked, now).await];
        for one in &mut judgement.credentials {
            messages.push(look_up(&resolver, one, &mut asked, now).await);
        }
        Some(Verdict {
            judgement,
            messages,
        })
    }
}

/// The keys of did:web issuers. What cannot be had is missing, and judged so.
async fn evidence(resolver: &Resolver, sources: Vec<KeySource>, now: Timestamp) -> Vec<IssuerKey> {
    let found = resolver.web_keys(sources, MOST_FETCHES, now).await;
    let had = |one: Result<IssuerKey, ResolveError>| {
        one.inspect_err(|error| {
            tracing::debug!(reason = %error, "the key of an issuer was not fetched");
        })
        .ok()
    };
    found.into_iter().filter_map(had).collect()
}

/// How many documents are fetched because of one request.
const MOST_FETCHES: usize = 4;
