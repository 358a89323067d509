use std::fmt;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, Response};
use strict_json::Limits;
use url::Url;

use super::fetch::{FORM, is_media_type};
use super::{Error, Settings};
use crate::messages::{AuthorizationResponse, DirectPostReply, ErrorCode, ErrorReply};
use crate::request::RequestFault;

/// An answer that the Holder agreed to send (section 8.2).
pub struct Answering {
    request: Request<Vec<u8>>,
    settings: Settings,
}

/// What the Verifier said in the end.
#[derive(Clone, Eq, PartialEq)]
pub struct Outcome {
    /// Where the Holder's browser shall go on; it carries a secret.
    pub redirect_uri: Option<Url>,
}

impl Answering {
    pub(super) fn new(
        target: &Url,
        response: &AuthorizationResponse,
        settings: Settings,
    ) -> Result<Self, Error> {
        let request = Request::builder()
            .method(http::Method::POST)
            .uri(target.as_str())
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, FORM)
            .body(response.encode().into_bytes())
            .map_err(|_| RequestFault::ResponseUri)?;
        Ok(Self { request, settings })
    }

    /// Returns what to send.
    #[must_use]
    pub fn request(&self) -> Request<Vec<u8>> {
        self.request.clone()
    }

    /// Takes the Verifier's reply.
    ///
    /// # Errors
    /// [`Error::Refused`] or [`Error::Reply`]: the answer was sent all the same.
    pub fn receive(self, response: &Response<Vec<u8>>) -> Result<Outcome, Error> {
        if response.status() != http::StatusCode::OK {
            let reply: Option<ErrorReply> =
                strict_json::from_slice(response.body(), Limits::default()).ok();
            return Err(Error::Refused {
                status: response.status().as_u16(),
                code: reply.and_then(|reply| ErrorCode::parse(&reply.error)),
            });
        }
        if !is_media_type(response, JSON) {
            return Err(Error::Reply);
        }
        let reply: DirectPostReply = strict_json::from_slice(response.body(), Limits::default())
            .map_err(|_| Error::Reply)?;
        let redirect_uri = match reply.redirect_uri {
            None => None,
            Some(text) => match Url::parse(&text) {
                Ok(url) if web_address::is_secure(&url, self.settings.dev_loopback) => Some(url),
                _ => return Err(Error::Reply),
            },
        };
        Ok(Outcome { redirect_uri })
    }
}

impl fmt::Debug for Outcome {
    /// Leaves the address out: with it, the result can be taken.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("redirects", &self.redirect_uri.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Answering {
    /// Leaves out what is presented.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").finish_non_exhaustive()
    }
}

const JSON: &str = "application/json";
