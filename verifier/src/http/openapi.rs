use service::{BearerSchemes, StatusWords};
use utoipa::OpenApi;

use super::{accounts, api, documents, events, inspection, protocol, resolver, vc_api};

/// The description of the verifier's API, as `/openapi.json` and `pessoa-verifier openapi` give it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Paths are below the public address; the well-known one is without its path.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "pessoa-verifier",
        description = "Asks holders for presentations (OpenID4VP 1.0)."
    ),
    paths(
        accounts::block,
        accounts::list,
        accounts::unblock,
        api::create,
        api::policies,
        api::progress,
        api::refresh,
        api::result,
        documents::did_document,
        documents::profiles,
        documents::scopes,
        events::events,
        inspection::explain,
        inspection::form,
        protocol::request_by_get,
        protocol::request_by_post,
        protocol::response,
        resolver::resolve,
        vc_api::verify_credential,
        vc_api::verify_presentation,
    ),
    modifiers(&TOKENS, &StatusWords)
)]
struct Description;

const TOKENS: BearerSchemes = BearerSchemes(&["admin", "result_token"]);
