use utoipa::Modify;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

/// Bearer tokens (RFC 6750) in the description of an API, by the names under which its paths ask
/// for them.
///
/// `#[openapi(modifiers(&TOKENS))]`
#[derive(Clone, Copy, Debug)]
pub struct BearerSchemes(pub &'static [&'static str]);

impl Modify for BearerSchemes {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_default();
        for name in self.0 {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
            components.add_security_scheme(*name, SecurityScheme::Http(bearer));
        }
    }
}
