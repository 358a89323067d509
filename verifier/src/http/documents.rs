use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};

use crate::app::App;

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
