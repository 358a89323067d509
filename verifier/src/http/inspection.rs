//! The page that explains what somebody pastes. It fetches, logs and keeps nothing.

mod page;

use axum::extract::{Form, FromRequest, Query, Request, State};
use axum::response::{IntoResponse, Response};
use catalogue::{Catalogue, Language};
use http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use http::{HeaderMap, StatusCode};
use inspect::{Known, Report};
use maud::Markup;
use serde::Deserialize;

use crate::app::App;

/// A page on which a person pastes a credential, presentation, offer, request, identifier or key,
/// in the language of the browser. It needs no script, and asks no other server for anything.
#[utoipa::path(get, path = "/inspect", tag = "Pages",
    params(("lang" = Option<String>, Query, description = "`en` or `zh`, instead of the browser's language")),
    responses((status = 200, content_type = "text/html", body = String)))]
pub(super) async fn form(Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    let catalogue = Catalogue::new(language(wish.lang.as_deref(), &headers));
    answer(StatusCode::OK, &catalogue, page::form(&catalogue))
}

/// Explains a text: what it is, what it says, and what can be told about it on the spot. Keys of
/// trusted issuers are at hand; nothing is fetched, logged or kept.
#[utoipa::path(post, path = "/inspect", tag = "Pages",
    request_body(content_type = "application/x-www-form-urlencoded",
        description = "`text`: what to explain; `lang`: `en` or `zh`. Or `text/plain`, as HTML writes it, with `text` last",
        content = String),
    responses(
        (status = 200, content_type = "text/html", body = String),
        (status = 413), (status = 429), (status = 503)))]
pub(super) async fn explain(
    State(app): State<App>,
    headers: HeaderMap,
    pasted: Pasted,
) -> Response {
    let catalogue = Catalogue::new(language(pasted.lang.as_deref(), &headers));
    if pasted.is_cut() {
        let page = page::too_long(&catalogue);
        return answer(StatusCode::PAYLOAD_TOO_LARGE, &catalogue, page);
    }
    let asked = app.clone();
    let judged = app.parts().judges.run(move || asked.explain(&pasted.text));
    match judged.await {
        Some(report) => {
            let page = page::report(&report, &catalogue);
            answer(StatusCode::OK, &catalogue, page)
        }
        None => {
            let page = page::busy(&catalogue);
            answer(StatusCode::SERVICE_UNAVAILABLE, &catalogue, page)
        }
    }
}

/// How the page looks. It is the same for everybody.
pub(super) async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, page::STYLE).into_response()
}

/// What the address says.
#[derive(Deserialize)]
pub(super) struct Wish {
    lang: Option<String>,
}

/// What somebody pasted.
#[derive(Deserialize)]
pub(super) struct Pasted {
    text: String,
    lang: Option<String>,
}

impl Pasted {
    /// Reads the plain form of HTML (section 4.10.21.8), in which a long text takes no more room than
    /// it has. Nothing is escaped there, so that `text` has to be the last.
    fn plain(body: &str) -> Option<Self> {
        let (lang, text) = body.strip_prefix("lang=")?.split_once("\r\ntext=")?;
        Some(Self {
            text: text.strip_suffix("\r\n").unwrap_or(text).to_owned(),
            lang: Some(lang.to_owned()),
        })
    }

    /// Whether the browser has cut off what is more than the field takes. It says nothing then.
    fn is_cut(&self) -> bool {
        let breaks = self.text.matches("\r\n").count();
        self.text.encode_utf16().count() - breaks >= page::MOST_CHARACTERS
    }
}

impl<S: Send + Sync> FromRequest<S> for Pasted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(CONTENT_TYPE);
        if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain")) {
            let form = Form::from_request(request, state).await;
            return form.map(|Form(pasted)| pasted).map_err(refused);
        }
        let body = String::from_request(request, state)
            .await
            .map_err(refused)?;
        Self::plain(&body).ok_or_else(|| refused(StatusCode::UNPROCESSABLE_ENTITY))
    }
}

fn refused(why: impl IntoResponse) -> Response {
    why.into_response()
}

impl App {
    /// Explains a text by what is at hand.
    fn explain(&self, text: &str) -> Report {
        let now = self.now();
        let trust = &self.parts().trust;
        let find = |source: &credential::KeySource| trust.key(source, now).ok();
        let references = self.parts().references.known();
        let known = Known::at(now).issuer_keys(&find).resources(references);
        inspect::inspect(text, &known)
    }
}

/// The language that was chosen on the page, or that the browser prefers.
fn language(chosen: Option<&str>, headers: &HeaderMap) -> Language {
    let accepted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    chosen
        .and_then(Language::parse)
        .or_else(|| accepted.and_then(Language::prefer))
        .unwrap_or_default()
}

fn answer(status: StatusCode, catalogue: &Catalogue, page: Markup) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_LANGUAGE, catalogue.language().tag()),
        (CONTENT_SECURITY_POLICY, POLICY),
        (VARY, "accept-language"),
    ];
    (status, headers, page.into_string()).into_response()
}

/// What a full field takes: three bytes for a character, two for the end of a line, and the rest
/// of the form.
pub(super) const MOST_BYTES: usize = 3 * page::MOST_CHARACTERS + 1024;
/// No script, no picture, no other server; the form goes to where the page came from.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
