//! Fresh copies later: the refresh token is the Holder's ticket (RFC 6749, section 6).

use http::{Request, Response};
use jiff::Timestamp;
use keys::SigningKey;
use keys::token::BearerToken;
use rand_core::CryptoRng;

use super::lookup::Lookup;
use super::{AccessGrant, Options, Progress, Redemption, RedemptionError};
use crate::messages::TokenRequest;

/// Gets access again. The Issuer learns that this Holder wants copies, and when: so the Holder is
/// asked before.
#[derive(Debug)]
pub struct Refill {
    step: Step,
}

#[derive(Debug)]
enum Step {
    Lookup {
        lookup: Box<Lookup>,
        refresh_token: BearerToken,
    },
    Redemption(Box<Redemption>),
}

impl Refill {
    /// Starts with what the vault kept of an [`AccessGrant`]: the Issuer's identifier and that of
    /// the Authorization Server, what was granted, and the refresh token.
    ///
    /// The token goes to that server alone: one that the Issuer names since then gets nothing.
    ///
    /// # Errors
    /// [`RedemptionError::Discovery`] if the identifier is not a permitted address.
    pub fn start(
        issuer: &str,
        authorization_server: &str,
        configuration_ids: Vec<String>,
        refresh_token: BearerToken,
        options: Options,
    ) -> Result<Self, RedemptionError> {
        let lookup = Lookup::refresh(issuer, authorization_server, configuration_ids, options)?;
        Ok(Self {
            step: Step::Lookup {
                lookup: Box::new(lookup),
                refresh_token,
            },
        })
    }

    /// The next request. The key must be the one to which the refresh token is bound.
    ///
    /// # Errors
    /// [`RedemptionError::Key`] if the key cannot be used with this server.
    pub fn request(
        &self,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, RedemptionError> {
        match &self.step {
            Step::Lookup { lookup, .. } => Ok(lookup.request()),
            Step::Redemption(redemption) => redemption.request(dpop_key, now, rng),
        }
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// A [`RedemptionError`] says why there is no access.
    pub fn receive(
        self,
        response: &Response<Vec<u8>>,
        now: Timestamp,
    ) -> Result<Progress<Self, AccessGrant>, RedemptionError> {
        let step = match self.step {
            Step::Lookup {
                lookup,
                refresh_token,
            } => match lookup.receive(response)? {
                Progress::More(lookup) => Step::Lookup {
                    lookup: Box::new(lookup),
                    refresh_token,
                },
                Progress::Done(profile) => {
                    let request = TokenRequest::RefreshToken {
                        refresh_token,
                        binding: None,
                    };
                    Step::Redemption(Box::new(Redemption::new(profile, request)))
                }
            },
            Step::Redemption(redemption) => match redemption.receive(response, now)? {
                Progress::More(redemption) => Step::Redemption(Box::new(redemption)),
                Progress::Done(grant) => return Ok(Progress::Done(grant)),
            },
        };
        Ok(Progress::More(Self { step }))
    }
}
