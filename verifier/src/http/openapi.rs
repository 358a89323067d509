use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{api, documents, events, protocol};

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
        api::create,
        api::policies,
        api::progress,
        api::refresh,
        api::result,
        documents::did_document,
        events::events,
        protocol::request_by_get,
        protocol::request_by_post,
        protocol::response,
    ),
    modifiers(&Tokens)
)]
struct Description;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        for name in ["admin", "result_token"] {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
            components.add_security_scheme(name, SecurityScheme::Http(bearer));
        }
    }
}
