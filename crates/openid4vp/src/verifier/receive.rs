use std::ops::ControlFlow;

use credential::{Challenge, Format, IssuerKey, KeySource, UnverifiedPresentation};
use dcql::Meta;
use jiff::Timestamp;
use netcert::{
    EpochProfile, Loopback, PresentationHeader, PseudonymContext, Shown, ShownError,
    VerifiedShowing,
};
use rand_core::CryptoRng;
use serde_json::Value;

use super::error::WalletFault;
use super::judge::Believed;
use super::{AwaitingStatus, Error, Failed, Failure, Requested, Session, Step};
use crate::messages::{AuthorizationResponse, ErrorCode, VpToken};

/// An answer that was read; the keys of its Issuers are needed next.
pub struct AwaitingKeys {
    session: Requested,
    presentations: Vec<Presentation>,
    showings: Vec<Showing>,
    sources: Vec<KeySource>,
}

/// What was read of an answer.
#[derive(Default)]
struct Read {
    presentations: Vec<Presentation>,
    showings: Vec<Showing>,
    sources: Vec<KeySource>,
}

/// A Net Certificate as presented.
struct Showing {
    query: String,
    shown: Shown,
}

struct Presentation {
    query: String,
    /// Whether the query requires a proof of holder binding.
    bound: bool,
    presentation: UnverifiedPresentation,
}

impl Requested {
    /// Receives an answer (section 8.2), and reads it without believing anything.
    ///
    /// Consumes the request, so that it is answered once. Breaks off with a [`Step`] when the
    /// wallet declined, or when there is nothing to verify.
    pub fn receive(
        self,
        response: AuthorizationResponse,
        rng: &mut (impl CryptoRng + ?Sized),
        now: Timestamp,
    ) -> ControlFlow<Step, AwaitingKeys> {
        if self.is_expired(now) {
            return ControlFlow::Break(Step::refuse(self, Error::Closed, now));
        }
        if response.state() != Some(self.state.as_str()) {
            return ControlFlow::Break(Step::refuse(self, WalletFault::State, now));
        }
        let vp_token = match response {
            AuthorizationResponse::Error { error, .. } => {
                let failure = match error {
                    Some(ErrorCode::AccessDenied) => Failure::HolderDeclined,
                    _ => Failure::WalletFailed,
                };
                return ControlFlow::Break(self.end(failure, rng, now));
            }
            AuthorizationResponse::Presentation { vp_token, .. } => vp_token,
        };
        match self.read(vp_token) {
            Ok(read) => ControlFlow::Continue(AwaitingKeys {
                session: self,
                presentations: read.presentations,
                showings: read.showings,
                sources: read.sources,
            }),
            Err(error) => ControlFlow::Break(Step::refuse(self, error, now)),
        }
    }

    fn read(&self, vp_token: VpToken) -> Result<Read, Error> {
        let mut read = Read::default();
        for (query, entries) in vp_token.0 {
            let asked = self.policy.query.credential(&query);
            let asked = asked.ok_or(WalletFault::Query)?;
            if let Meta::NetCertificate { .. } = asked.meta() {
                // Each costs milliseconds to judge, and one person has one.
                let [document] = entries.as_slice() else {
                    return Err(WalletFault::TooMany.into());
                };
                let shown = Shown::from_json(document)?;
                read.showings.push(Showing { query, shown });
                continue;
            }
            let format = Format::parse(asked.meta().format()).ok_or(WalletFault::Query)?;
            for entry in entries {
                if read.presentations.len() == MAX_PRESENTATIONS {
                    return Err(WalletFault::TooMany.into());
                }
                let text = match (format, entry) {
                    (Format::LdpVc, object @ Value::Object(_)) => object.to_string(),
                    (Format::JwtVcJson | Format::SdJwtVc, Value::String(text)) => text,
                    _ => return Err(WalletFault::Form.into()),
                };
                let presentation = UnverifiedPresentation::parse(format, &text)?;
                for source in presentation.key_sources()? {
                    // Before anybody is asked for a key: a wallet must not choose whom.
                    if !self.policy.trusts(&query, &source.issuer()) {
                        return Err(Error::IssuerNotTrusted);
                    }
                    if !read.sources.contains(&source) {
                        read.sources.push(source);
                    }
                }
                read.presentations.push(Presentation {
                    query: query.clone(),
                    bound: asked.requires_holder_binding(),
                    presentation,
                });
            }
        }
        Ok(read)
    }

    /// Takes the wallet's word that there will be no answer: an error that was understood is
    /// processed successfully (section 8.2), and the Holder is sent on as after an answer, so that
    /// the browser does not get stuck.
    fn end(self, failure: Failure, rng: &mut (impl CryptoRng + ?Sized), now: Timestamp) -> Step {
        let (code_hash, reply) = self.send_on(rng);
        Step {
            next: Some(Session::Failed(Failed {
                code_hash,
                expires_at: self.result_expires_at(now),
                failure,
                token_hash: self.token_hash,
            })),
            reply: Ok(reply),
        }
    }
}

impl AwaitingKeys {
    /// Returns whose keys are needed, each once; all are Issuers that the policy believes.
    #[must_use]
    pub fn key_sources(&self) -> &[KeySource] {
        &self.sources
    }

    /// Gives up for now, because a key could not be had: the session goes on waiting.
    #[must_use]
    pub fn unavailable(self, now: Timestamp) -> Step {
        Step::refuse(self.session, Error::Unavailable, now)
    }

    /// Lists the hashes of the epoch profiles that are needed: to be looked up among those that
    /// were fetched from trusted Issuers on a schedule, and never to be fetched because of this.
    pub fn profile_hashes(&self) -> impl Iterator<Item = [u8; 32]> {
        self.showings
            .iter()
            .map(|showing| showing.shown.profile_hash())
    }

    /// Verifies every presentation (section 8.6, step 2): the Issuers' signatures, the Holder's,
    /// audience, nonce and freshness, or, for a query that does not require holder binding, the
    /// Issuer's signature alone.
    ///
    /// A Net Certificate takes milliseconds, and so may a Data Integrity proof: not on a thread that others wait for.
    pub fn verify(
        self,
        keys: &[IssuerKey],
        profiles: &[EpochProfile],
        now: Timestamp,
    ) -> ControlFlow<Step, AwaitingStatus> {
        let challenge = Challenge {
            audience: self.session.client_id.as_str().to_owned(),
            nonce: self.session.nonce.clone(),
        };
        let mut believed = Vec::new();
        for one in self.showings {
            match self.session.judge_showing(&one, profiles, now) {
                Ok(showing) => believed.push((one.query, Believed::Showing(Box::new(showing)))),
                Err(error) => return ControlFlow::Break(Step::refuse(self.session, error, now)),
            }
        }
        for one in self.presentations {
            let verified = match one.bound {
                true => one.presentation.verify(keys, &challenge, now),
                false => one.presentation.verify_unbound(keys, now),
            };
            let credentials = match verified {
                Ok(verified) => verified.into_inner().credentials,
                Err(error) => return ControlFlow::Break(Step::refuse(self.session, error, now)),
            };
            for credential in credentials {
                if !self.session.policy.takes(&credential.cryptosuites) {
                    let error = Error::CryptosuiteNotTaken;
                    return ControlFlow::Break(Step::refuse(self.session, error, now));
                }
                let credential = Believed::Credential(Box::new(credential));
                believed.push((one.query.clone(), credential));
            }
        }
        believed.sort_by(|(one, _), (other, _)| one.cmp(other));
        ControlFlow::Continue(AwaitingStatus::new(self.session, believed))
    }
}

impl Requested {
    /// Judges a Net Certificate against its Issuer's published profile, and against what the
    /// Verifier itself asked: nothing else that the wallet says counts.
    fn judge_showing(
        &self,
        one: &Showing,
        profiles: &[EpochProfile],
        now: Timestamp,
    ) -> Result<VerifiedShowing, Error> {
        let hash = one.shown.profile_hash();
        let profile = profiles.iter().find(|profile| profile.hash() == hash);
        let profile = profile.ok_or(Error::UnknownProfile)?;
        if !self.policy.trusts(&one.query, profile.issuer()) {
            return Err(Error::IssuerNotTrusted);
        }
        let asked = self.policy.query.credential(&one.query);
        let asks = asked.is_some_and(|query| query.meta().pseudonym().is_some());
        let context = self.own_context().filter(|_| asks);
        let header = PresentationHeader {
            nonce: &self.nonce,
            client_id: self.client_id.as_str(),
            response_uri: self.response_uri.as_str(),
            request_digest: self.digest().ok_or(ShownError::Proof)?,
        };
        Ok(one.shown.verify(profile, context.as_ref(), &header, now)?)
    }

    /// The context that was checked when the session was created.
    pub(super) fn own_context(&self) -> Option<PseudonymContext> {
        self.context(Loopback::Allowed).ok().flatten()
    }
}

const MAX_PRESENTATIONS: usize = 32;
