use std::ops::ControlFlow;

use credential::{BitstringEntry, Credential, CredentialStatus, Purpose};
use status::{Answer as StatusAnswer, StatusMessage};

use super::answer::AnsweredMessage;
use super::{AwaitingStatus, Error};

impl AwaitingStatus {
    /// Takes what the Issuers let the credentials say. `tell` looks up an entry in the lists of the
    /// credential's Issuer, as in [`Self::judge`]. What is not at hand is unknown, and no reason to
    /// refuse.
    #[must_use]
    pub fn with_messages(
        mut self,
        tell: impl Fn(&BitstringEntry, &str) -> StatusAnswer<StatusMessage>,
    ) -> Self {
        let stale = self.session.policy.accept_stale_status;
        let answered = |entry: &BitstringEntry, issuer: &str| match tell(entry, issuer) {
            StatusAnswer::Fresh(message) => message.into(),
            StatusAnswer::Stale(message) if stale => message.into(),
            StatusAnswer::NoEntry(_) | StatusAnswer::Stale(_) | StatusAnswer::Unknown => {
                AnsweredMessage::default()
            }
        };
        let believed = self.believed.iter().map(|(_, one)| one.credential());
        let told = believed.map(|credential| {
            let all = || credential.into_iter().flat_map(entries);
            let told = all().take(MOST_MESSAGES);
            let told = told.map(|(entry, issuer)| answered(entry, issuer));
            // That there are more is not kept from anybody.
            let more = all().nth(MOST_MESSAGES).map(|_| AnsweredMessage::default());
            told.chain(more).collect()
        });
        self.messages = told.collect();
        self
    }

    /// Judges the messages, if the policy says so: what is not known then is waited for.
    pub(super) fn heed(&self) -> ControlFlow<Error> {
        let refused = &self.session.policy.refused_messages;
        if refused.is_empty() {
            return ControlFlow::Continue(());
        }
        // Whoever does not ask what is told, does not know it.
        if self.messages.len() != self.believed.len() {
            return ControlFlow::Break(Error::Unavailable);
        }
        let mut told = self.messages.iter().flatten();
        told.try_for_each(|told| match &told.message {
            None => ControlFlow::Break(Error::Unavailable),
            Some(message) if refused.contains(message) => ControlFlow::Break(Error::MessageRefused),
            Some(_) => ControlFlow::Continue(()),
        })
    }
}

/// The places at which something is told of a credential, and whose they are.
fn entries(credential: &Credential) -> impl Iterator<Item = (&BitstringEntry, &str)> {
    let places = credential.status.iter().filter_map(|place| match place {
        CredentialStatus::Bitstring(entry) => Some(entry),
        CredentialStatus::Token(_) => None,
    });
    let told = places.filter(|entry| entry.purpose == Purpose::Message);
    told.map(|entry| (entry, credential.issuer.as_str()))
}

/// Of one credential.
const MOST_MESSAGES: usize = 4;
