//! The Notification Endpoint (OpenID4VCI 1.0, section 11).

use http::{HeaderMap, Method};
use jiff::Timestamp;
use keys::base64url;
use keys::token::BearerToken;
use rand_core::CryptoRng;
use strict_json::Limits;

use super::{AccessError, CredentialIssuer};
use crate::messages::{NotificationEvent, NotificationRequest};
use crate::oauth::Spend;

/// A notification that is good.
#[derive(Debug)]
pub struct Notified {
    /// The host's name for the enrolment.
    pub handle: String,
    /// What became of the Credentials.
    pub event: NotificationEvent,
    /// The DPoP proof. If it conflicts, the host answers [`AccessError::Replayed`].
    pub spends: Vec<Spend>,
}

impl CredentialIssuer {
    /// Judges a Notification Request (section 11.1). The answer is 204, however often it comes.
    ///
    /// # Errors
    /// A [`NotificationError`] names the first check that failed.
    pub fn notification_call(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notified, NotificationError> {
        let (grant, dpop) =
            self.access(headers, &Method::POST, &self.endpoints.notification, now)?;
        let request: NotificationRequest = strict_json::from_slice(body, Limits::default())
            .map_err(|_| NotificationError::Malformed)?;
        let described = request.event_description.unwrap_or_default();
        if !described
            .bytes()
            .all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e))
        {
            return Err(NotificationError::Malformed);
        }
        let id: [u8; RANDOM + TAG] = base64url::decode_array(request.notification_id.expose())
            .map_err(|_| NotificationError::UnknownId)?;
        let (random, tag) = id.split_at(RANDOM);
        let message = [random, grant.handle.as_bytes()].concat();
        let mut rings = self.settings.secrets.readable(now);
        if !rings.any(|ring| ring.notifications.verify(&message, tag).is_ok()) {
            return Err(NotificationError::UnknownId);
        }
        Ok(Notified {
            handle: grant.handle,
            event: request.event,
            spends: vec![dpop],
        })
    }
}

/// Makes a `notification_id` for one enrolment: nothing is stored, and another enrolment's access
/// token does not fit it.
pub(super) fn identify(
    issuer: &CredentialIssuer,
    handle: &str,
    now: Timestamp,
    rng: &mut (impl CryptoRng + ?Sized),
) -> BearerToken {
    let mut random = [0; RANDOM];
    rng.fill_bytes(&mut random);
    let key = &issuer.settings.secrets.current(now).notifications;
    let tag = key.tag(&[random.as_slice(), handle.as_bytes()].concat());
    BearerToken::from(base64url::encode([random.as_slice(), &tag].concat()))
}

/// Why a notification is refused. The wallet must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotificationError {
    /// The request may not use the endpoint.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The body is not a Notification Request.
    #[error("the notification is malformed")]
    Malformed,
    /// The `notification_id` is not one of this enrolment.
    #[error("the notification_id is not one of this enrolment")]
    UnknownId,
}

const RANDOM: usize = 16;
const TAG: usize = 32;
