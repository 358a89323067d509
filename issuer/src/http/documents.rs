use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use service::Problem;

use crate::app::App;

/// The issuer's metadata (OpenID4VCI 1.0, section 12.2).
#[utoipa::path(get, path = "/.well-known/openid-credential-issuer", tag = "OpenID4VCI",
    responses((status = 200, description = "Credential Issuer Metadata")))]
pub(super) async fn issuer_metadata(State(app): State<App>) -> Response {
    public(&app.parts().documents.issuer_metadata, JSON)
}

/// The authorization server's metadata (RFC 8414).
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "OpenID4VCI",
    responses((status = 200, description = "Authorization Server Metadata")))]
pub(super) async fn server_metadata(State(app): State<App>) -> Response {
    public(&app.parts().documents.server_metadata, JSON)
}

/// The signing keys (SD-JWT VC, section 5).
#[utoipa::path(get, path = "/.well-known/jwt-vc-issuer", tag = "Keys",
    responses((status = 200, description = "JWT VC Issuer Metadata")))]
pub(super) async fn jwt_vc_issuer(State(app): State<App>) -> Response {
    public(&app.parts().identity.jwt_vc_issuer, JSON)
}

/// The issuer's DID document (did:web).
#[utoipa::path(get, path = "/.well-known/did.json", tag = "Keys",
    responses((status = 200, description = "DID document")))]
pub(super) async fn did_document(State(app): State<App>) -> Response {
    public(&app.parts().identity.did_document, "application/did+json")
}

/// The metadata of a credential type (SD-JWT VC, section 6): what a `vct` leads to.
#[utoipa::path(get, path = "/types/{type}", tag = "Keys",
    params(("type" = String, Path, description = "the last part of the `vct`")),
    responses((status = 200, description = "Type Metadata"), (status = 404)))]
pub(super) async fn type_metadata(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let metadata = app
        .parts()
        .documents
        .types
        .get(&name)
        .ok_or(Problem::NotFound)?;
    Ok(public(metadata, JSON))
}

/// The same for everybody: anybody may keep it, and pages may read it.
fn public(body: &[u8], content_type: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, body.to_vec()).into_response()
}

const JSON: &str = "application/json";
