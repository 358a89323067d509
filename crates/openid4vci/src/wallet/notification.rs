//! Telling the Issuer what became of the Credentials (OpenID4VCI 1.0, section 11).

use http::{Method, Request, Response};
use jiff::Timestamp;
use keys::SigningKey;
use keys::token::BearerToken;
use rand_core::CryptoRng;
use url::Url;

use super::exchange::{JSON, post, refusal};
use super::order::{DpopNonce, authorize};
use super::{AccessGrant, Endpoint, NotificationFailure, Progress, Received};
use crate::messages::{NotificationEvent, NotificationRequest};

/// Notifies the Issuer.
#[derive(Debug)]
pub struct Notification<'g> {
    grant: &'g AccessGrant,
    url: Url,
    notification_id: BearerToken,
    event: NotificationEvent,
    dpop: DpopNonce,
}

impl<'g> Notification<'g> {
    pub(super) fn new(
        grant: &'g AccessGrant,
        received: &Received,
        event: NotificationEvent,
    ) -> Option<Self> {
        Some(Self {
            grant,
            url: grant.profile.notification_endpoint.clone()?,
            notification_id: BearerToken::from(received.notification_id.as_ref()?.expose()),
            event,
            dpop: DpopNonce::of(grant),
        })
    }

    /// The next request.
    ///
    /// # Errors
    /// [`NotificationFailure::Key`] if the key cannot be used.
    pub fn request(
        &self,
        dpop_key: &SigningKey,
        now: Timestamp,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Request<Vec<u8>>, NotificationFailure> {
        let body = NotificationRequest {
            notification_id: BearerToken::from(self.notification_id.expose()),
            event: self.event,
            event_description: None,
        };
        let body = serde_json::to_vec(&body).map_err(|_| NotificationFailure::Key)?;
        let mut request = post(&self.url, Some(JSON), body);
        let nonce = self.dpop.get();
        authorize(
            &mut request,
            self.grant,
            (&Method::POST, &self.url),
            dpop_key,
            nonce,
            now,
            rng,
        )
        .map_err(|_| NotificationFailure::Key)?;
        Ok(request)
    }

    /// Takes the answer.
    ///
    /// # Errors
    /// [`NotificationFailure::Response`] if the Issuer did not take the notification.
    pub fn receive(
        mut self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, ()>, NotificationFailure> {
        if response.status().is_success() {
            return Ok(Progress::Done(()));
        }
        match self.dpop.is_wanted(response) {
            true => Ok(Progress::More(self)),
            false => Err(refusal(Endpoint::Notification, response).into()),
        }
    }
}
