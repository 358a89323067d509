//! Access for a restored wallet: the ticket is there, the key to which it was bound is not.

use http::{Request, Response};
use jiff::Timestamp;
use keys::SigningKey;
use keys::token::BearerToken;
use netcert::{TokenBinding, TokenSession};
use rand_core::CryptoRng;
use url::Url;

use super::exchange::{post, read};
use super::lookup::Lookup;
use super::order::MAX_NONCE;
use super::{AccessGrant, Endpoint, Options, Progress, Redemption, RedemptionError};
use crate::messages::{NonceResponse, RefreshBinding, TokenRequest};

/// Gets access again with a key of its own, by proving the anchor. Ends in an [`AccessGrant`] whose
/// refresh token is bound to the new key; the earlier one stays good for the key that had it.
#[derive(Debug)]
pub struct Rebinding {
    step: Step,
}

#[derive(Debug)]
enum Step {
    Lookup {
        lookup: Box<Lookup>,
        refresh_token: BearerToken,
    },
    Nonce {
        url: Url,
        redemption: Box<Redemption>,
    },
    Token {
        redemption: Box<Redemption>,
        issuer: String,
        c_nonce: BearerToken,
    },
}

impl Rebinding {
    /// Starts with what the backup kept of an [`AccessGrant`], as [`super::Refill::start`].
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

    /// The next request. `prove` makes the proof of the anchor ([`TokenBinding::prove`]) for the
    /// session that it is given; the key is the new one.
    ///
    /// # Errors
    /// [`RedemptionError::Key`] if the key cannot be used with this server, and
    /// [`RedemptionError::Proof`] if there is no proof.
    pub fn request<E>(
        &self,
        prove: impl FnOnce(&TokenSession<'_>) -> Result<TokenBinding, E>,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, RedemptionError> {
        match &self.step {
            Step::Lookup { lookup, .. } => Ok(lookup.request()),
            Step::Nonce { url, .. } => Ok(post(url, None, Vec::new())),
            Step::Token {
                redemption,
                issuer,
                c_nonce,
            } => {
                let session = TokenSession {
                    issuer,
                    c_nonce: c_nonce.expose(),
                    dpop_jkt: &dpop_key.public().thumbprint(),
                };
                let proof = prove(&session).map_err(|_| RedemptionError::Proof)?;
                let binding = RefreshBinding {
                    net_anchor_proof: BearerToken::from(String::from(proof)),
                    c_nonce: BearerToken::from(c_nonce.expose()),
                };
                redemption.request_bound(Some(binding), dpop_key, now, rng)
            }
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
                    let url = profile.nonce_endpoint.clone();
                    let request = TokenRequest::RefreshToken {
                        refresh_token,
                        binding: None,
                    };
                    Step::Nonce {
                        url: url.ok_or(RedemptionError::Proof)?,
                        redemption: Box::new(Redemption::new(profile, request)),
                    }
                }
            },
            Step::Nonce { redemption, .. } => {
                let answer: NonceResponse = read(Endpoint::Nonce, response, MAX_NONCE)?;
                Step::Token {
                    issuer: redemption.issuer().to_owned(),
                    redemption,
                    c_nonce: answer.c_nonce,
                }
            }
            Step::Token {
                redemption,
                issuer,
                c_nonce,
            } => match redemption.receive(response, now)? {
                Progress::Done(grant) => return Ok(Progress::Done(grant)),
                Progress::More(redemption) => Step::Token {
                    redemption: Box::new(redemption),
                    issuer,
                    c_nonce,
                },
            },
        };
        Ok(Progress::More(Self { step }))
    }
}
