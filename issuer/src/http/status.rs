use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE,
    ETAG, HeaderValue, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, StatusCode};
use keys::base64url;
use service::Problem;

use crate::app::App;
use crate::status_files::{Encoding, Form};

/// The addresses of all status lists (draft-ietf-oauth-status-list, section 9.3): so that verifiers
/// fetch them before anybody presents. Those of Bitstring Status List Credentials are beside them,
/// as `bitstring_status_lists`.
#[utoipa::path(get, path = "/status", tag = "Status",
    responses((status = 200, description = "Status List Aggregation")))]
pub(super) async fn aggregation(State(app): State<App>) -> Result<Response, Problem> {
    let status = &app.parts().status;
    let lists = status.aggregation(app.now()).await;
    let lists = lists.map_err(Problem::unavailable)?;
    let headers = [
        (CACHE_CONTROL, "public, max-age=60"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((headers, Json(lists)).into_response())
}

/// A whole status list, signed (draft-ietf-oauth-status-list, section 8).
#[utoipa::path(get, path = "/status/{list}", tag = "Status",
    params(("list" = u32, Path, description = "the number of the list")),
    responses((status = 200, description = "Status List Token"), (status = 304), (status = 404)))]
pub(super) async fn list(
    State(app): State<App>,
    Path(list): Path<u32>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    file(&app, list, Form::Token, &asked).await
}

/// A whole Bitstring Status List, as a Credential (Bitstring Status List 1.0, section 2.2).
#[utoipa::path(get, path = "/status/{list}/{file}", tag = "Status",
    params(("list" = u32, Path, description = "the number of the list"),
        ("file" = String, Path, description = "the purpose, `revocation`, `suspension` or \
            `message-` and the number of bits of an entry, with `.jwt` for `vc+jwt`, or `.json` for \
            a Data Integrity proof")),
    responses((status = 200, description = "Bitstring Status List Credential"), (status = 304),
        (status = 404)))]
pub(super) async fn list_credential(
    State(app): State<App>,
    Path((list, name)): Path<(u32, String)>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let form = Form::parse(&name).ok_or(Problem::NotFound)?;
    file(&app, list, form, &asked).await
}

async fn file(app: &App, list: u32, form: Form, asked: &HeaderMap) -> Result<Response, Problem> {
    let encoding = encoding(asked);
    let status = &app.parts().status;
    let read = status
        .files()
        .read(list, form, encoding)
        .await
        .map_err(Problem::unavailable)?;
    let token = read.ok_or(Problem::NotFound)?;
    let tag = format!("\"{}\"", base64url::encode(keys::sha256(&token)));
    let max_age = format!("public, max-age={}", status.time_to_live().as_secs());
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.extend(HeaderValue::try_from(&max_age).map(|value| (CACHE_CONTROL, value)));
    headers.extend(HeaderValue::try_from(&tag).map(|value| (ETAG, value)));
    if known(asked, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    if encoding == Encoding::Gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok((headers, token).into_response())
}

/// Whether the reader takes gzip (RFC 9110, section 12.5.3).
fn encoding(asked: &HeaderMap) -> Encoding {
    let accepts = asked
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|one| {
            let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
            coding.trim().eq_ignore_ascii_case("gzip").then_some(weight)
        })
        .any(|weight| {
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
        });
    if accepts {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// Whether the reader has this very list (RFC 9110, section 13.1.2).
fn known(asked: &HeaderMap, tag: &str) -> bool {
    asked
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == tag || one == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_whoever_asks() {
        let asks = |value: &'static str| {
            encoding(&HeaderMap::from_iter([(
                ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(asks("br, GZIP;q=0.5"), Encoding::Gzip);
        assert_eq!(asks("gzip"), Encoding::Gzip);
        assert_eq!(asks("gzip;q=0, br"), Encoding::Identity);
        assert_eq!(asks("br"), Encoding::Identity);
        assert_eq!(encoding(&HeaderMap::new()), Encoding::Identity);
    }
}
