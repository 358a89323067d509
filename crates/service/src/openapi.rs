use http::StatusCode;
use utoipa::Modify;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr};

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

/// Describes answers that say nothing beyond their status by the words of that status (RFC 9110,
/// section 15): OpenAPI 3.1 has no answer without a description.
///
/// `#[openapi(modifiers(&StatusWords))]`
#[derive(Clone, Copy, Debug)]
pub struct StatusWords;

impl Modify for StatusWords {
    fn modify(&self, api: &mut OpenApi) {
        let operations = api.paths.paths.values_mut().flat_map(|path| {
            let methods = [
                &mut path.delete,
                &mut path.get,
                &mut path.patch,
                &mut path.post,
                &mut path.put,
            ];
            methods.into_iter().flatten()
        });
        for (status, answer) in
            operations.flat_map(|operation| operation.responses.responses.iter_mut())
        {
            if let (RefOr::T(answer), Ok(status)) = (answer, status.parse::<StatusCode>())
                && answer.description.is_empty()
            {
                let words = status.canonical_reason().unwrap_or_default();
                words.clone_into(&mut answer.description);
            }
        }
    }
}
