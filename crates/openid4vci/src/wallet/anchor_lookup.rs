//! What the Issuer keeps of the anchor, for a wallet that was restored from its words.

use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use keys::{SigningKey, base64url};
use netcert::{Anchor, AnchorBox};
use rand_core::CryptoRng;

use super::exchange::{get, read};
use super::order::{DpopNonce, authorize};
use super::{AccessGrant, AnchorFailure, Endpoint, Progress};
use crate::messages::AnchorResponse;

/// Asks for the anchor of the enrolment. Ends in `None` if there is none: the person's first wallet
/// makes one.
#[derive(Debug)]
pub struct AnchorLookup<'g> {
    grant: &'g AccessGrant,
    dpop: DpopNonce,
}

/// The anchor as the Issuer has it: the wallet opens the box with its 24 words, and believes it only
/// then.
#[derive(Clone, Debug)]
pub struct StoredAnchor {
    /// The anchor.
    pub anchor: Anchor,
    /// Its sealed opening; none after a withdrawal, and then only the backup file has it.
    pub sealed: Option<AnchorBox>,
}

impl<'g> AnchorLookup<'g> {
    pub(super) fn new(grant: &'g AccessGrant) -> Self {
        Self {
            grant,
            dpop: DpopNonce::of(grant),
        }
    }

    /// The next request.
    ///
    /// # Errors
    /// [`AnchorFailure::Key`] if the key cannot be used.
    pub fn request(
        &self,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, AnchorFailure> {
        let url = self.grant.profile.anchor_endpoint();
        let url = url.ok_or(AnchorFailure::Unsupported)?;
        let mut request = get(&url);
        authorize(
            &mut request,
            self.grant,
            (&Method::GET, &url),
            dpop_key,
            self.dpop.get(),
            now,
            rng,
        )
        .map_err(|_| AnchorFailure::Key)?;
        Ok(request)
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// An [`AnchorFailure`] says why nothing is known.
    pub fn receive(
        mut self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, Option<StoredAnchor>>, AnchorFailure> {
        if self.dpop.is_wanted(response) {
            return Ok(Progress::More(self));
        }
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Progress::Done(None));
        }
        let answer: AnchorResponse = read(Endpoint::Anchor, response, MAX_ANSWER)?;
        let bytes = |text: &str| base64url::decode(text).map_err(|_| AnchorFailure::Malformed);
        let anchor = Anchor::from_bytes(&bytes(&answer.anchor)?);
        let sealed = answer.anchor_box.as_deref().map(bytes).transpose()?;
        let sealed = sealed.map(|sealed| AnchorBox::from_bytes(&sealed));
        Ok(Progress::Done(Some(StoredAnchor {
            anchor: anchor.map_err(|_| AnchorFailure::Malformed)?,
            sealed: sealed.transpose().map_err(|_| AnchorFailure::Malformed)?,
        })))
    }
}

const MAX_ANSWER: usize = 16 * 1024;
