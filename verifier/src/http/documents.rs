use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use openid4vp::scopes::SCOPES_MEDIA_TYPE;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::trust::ProfileMessage;

/// The verifier's DID document (did:web): with the key that signs requests.
#[utoipa::path(get, path = "/.well-known/did.json", tag = "Keys",
    responses((status = 200, description = "DID document")))]
pub(super) async fn did_document(State(app): State<App>) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/did+json"),
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, app.parts().identity.document.clone()).into_response()
}

/// The scopes in which the verifier may ask for a number, as a JWS signed with a key of its DID:
/// wallets refuse any other.
#[utoipa::path(get, path = "/.well-known/net-number-scopes", tag = "Net certificates",
    responses((status = 200, content_type = "application/net-number-scopes+jwt", body = String)))]
pub(super) async fn scopes(State(app): State<App>) -> Response {
    let headers = [
        (CONTENT_TYPE, SCOPES_MEDIA_TYPE),
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, app.parts().scope_list.clone()).into_response()
}

/// The epoch profiles by which net certificates are judged here. A wallet that was given another
/// one for the same epoch was marked by its issuer.
#[utoipa::path(get, path = "/net/profiles", tag = "Net certificates",
    responses((status = 200, body = ProfilesMessage)))]
pub(super) async fn profiles(State(app): State<App>) -> Response {
    let headers = [
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    let profiles = app.parts().trust.published();
    (headers, Json(ProfilesMessage { profiles })).into_response()
}

/// Epoch profiles.
#[derive(Serialize, ToSchema)]
pub(super) struct ProfilesMessage {
    /// Those that are used, then those that were refused.
    profiles: Vec<ProfileMessage>,
}
