use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use openid4vci::issuer::json_response;
use openid4vci::messages::EpochList;
use service::Problem;

use crate::app::App;

/// The published epoch profiles: the same for everybody.
#[utoipa::path(get, path = "/net/epochs", tag = "Net certificate",
    responses((status = 200, description = "the current epoch, and the addresses of the profiles"),
        (status = 404, description = "no net certificates are issued")))]
pub(super) async fn epochs(State(app): State<App>) -> Result<Response, Problem> {
    let parts = app.parts();
    let epochs = parts.epochs.as_ref().ok_or(Problem::NotFound)?;
    let listed = epochs.listed(app.now()).await;
    let (current, numbers) = listed.map_err(Problem::unavailable)?;
    let address = |number: u64| {
        let mut url = parts.protocol.endpoints().epochs.clone();
        url.set_path(&format!("{}/{number}", url.path()));
        url
    };
    let list = EpochList {
        current,
        profiles: numbers.into_iter().map(address).collect(),
    };
    Ok((public("public, max-age=300", JSON), Json(list)).into_response())
}

/// One epoch profile, which never changes: its canonical bytes.
#[utoipa::path(get, path = "/net/epochs/{epoch}", tag = "Net certificate",
    params(("epoch" = u64, Path, description = "the number of the epoch")),
    responses((status = 200, description = "epoch profile (JSON, RFC 8785)"), (status = 404)))]
pub(super) async fn epoch(
    State(app): State<App>,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    let epochs = app.parts().epochs.as_ref().ok_or(Problem::NotFound)?;
    let profile = epochs.published(number, app.now()).await;
    let profile = profile.map_err(Problem::unavailable)?;
    let profile = profile.ok_or(Problem::NotFound)?;
    Ok((public(FOREVER, JSON), profile).into_response())
}

/// The JSON-LD context of net certificates.
#[utoipa::path(get, path = "/contexts/net-certificate/v1", tag = "Net certificate",
    responses((status = 200, description = "JSON-LD context")))]
pub(super) async fn context() -> Response {
    let headers = public(FOREVER, "application/ld+json");
    (headers, netcert::CONTEXT_DOCUMENT).into_response()
}

/// What a restored wallet asks for: the anchor of its enrolment, and the opening that it sealed.
#[utoipa::path(get, path = "/net/anchor", tag = "Net certificate",
    responses((status = 200, description = "anchor and sealed opening"), (status = 401),
        (status = 404, description = "the person has no anchor yet")))]
pub(super) async fn anchor(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match app.anchor(&headers).await {
        Ok(Some(anchor)) => Ok(json_response(StatusCode::OK, &anchor).map(Body::from)),
        Ok(None) => Err(Problem::NotFound),
        Err(failure) => {
            tracing::debug!(reason = %failure, "anchor request refused");
            let refused = failure.wire().map_err(Problem::unavailable)?;
            Ok(refused.response().map(Body::from))
        }
    }
}

fn public(keep: &'static str, media_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CACHE_CONTROL, HeaderValue::from_static(keep)),
        (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ])
}

const FOREVER: &str = "public, max-age=31536000, immutable";
const JSON: &str = "application/json";
