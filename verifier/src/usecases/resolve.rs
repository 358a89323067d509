//! A DID is resolved for whoever asks: not for the verifier itself, whose requests must not show when
//! somebody presents.

use did::Did;
use did::resolver::{Asked, Begun, Content, Failure, begin, read};
use fetch::FetchError;
use http::header::ACCEPT;
use http::{Request, StatusCode};
use serde_json::Value;
use url::Url;

use crate::app::App;

impl App {
    /// Whether DIDs are resolved for whoever asks.
    pub(crate) fn resolves(&self) -> bool {
        self.parts().resolver.is_some()
    }

    /// Finds what a DID URL names.
    ///
    /// # Errors
    /// A [`Failure`] says why it is not found.
    pub(crate) async fn dereference(&self, asked: &Asked) -> Result<Content, Failure> {
        let client = self.parts().resolver.as_ref();
        let client = client.ok_or(Failure::NotFound)?;
        let document = match begin(asked.did(), client.dev_loopback())? {
            Begun::Here(document) => document,
            Begun::Fetch(url) => fetched(client, &url, asked.did()).await?,
        };
        asked.dereference(&document)
    }
}

async fn fetched(client: &fetch::Client, url: &Url, did: &Did) -> Result<Value, Failure> {
    let request = Request::get(url.as_str()).header(ACCEPT, DOCUMENT);
    let request = request.body(Vec::new()).map_err(|_| Failure::InvalidDid)?;
    let answer = client.send_bounded(request, LONGEST_DOCUMENT).await;
    let answer = answer.map_err(|error| match error {
        FetchError::Connect(_) | FetchError::Refused(_) => Failure::NotFound,
        FetchError::TooLarge { .. } => Failure::InvalidDidDocument,
        FetchError::Interrupted(_)
        | FetchError::Proxy
        | FetchError::Setup(_)
        | FetchError::TimedOut => Failure::InternalError,
    })?;
    match answer.status() {
        StatusCode::OK => read(answer.body(), did),
        StatusCode::GONE => Err(Failure::Deactivated),
        _ => Err(Failure::NotFound),
    }
}

const DOCUMENT: &str = "application/did+json, application/json;q=0.9";
const LONGEST_DOCUMENT: usize = 64 * 1024;
