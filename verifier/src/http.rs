//! The routes. A handler parses the request and words the answer; what lies between is a use case.

mod accounts;
mod api;
mod documents;
mod events;
mod inspection;
mod openapi;
mod protocol;
mod resolver;
mod vc_api;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::app::{App, REQUESTS, RESPONSES};
use crate::outcomes;

pub(crate) use accounts::AccountsMessage;
pub(crate) use api::{CreatedMessage, Drawing, PolicyMessage, ResultMessage, draw};
pub use openapi::openapi;

/// The routes of a verifier, with what all services share put around them.
pub fn router(app: App) -> Router {
    let parts = app.parts();
    let prefix = parts.service.public_url.path().trim_end_matches('/');
    let below = |path: &str| format!("{prefix}{path}");
    let admin = Router::new()
        .route(&below("/requests"), post(api::create))
        .route(&below("/policies"), get(api::policies))
        .route(&below("/refresh"), post(api::refresh))
        .route(&below("/accounts"), get(accounts::list))
        .route(&below("/accounts/{number}/block"), post(accounts::block))
        .route(
            &below("/accounts/{number}/unblock"),
            post(accounts::unblock),
        )
        .route_layer(from_fn_with_state(
            parts.admins.clone(),
            service::require_admin,
        ));
    let object = get(protocol::request_by_get).post(protocol::request_by_post);
    let routes = Router::new()
        .route(&parts.identity.document_path, get(documents::did_document))
        .route(&parts.identity.scopes_path, get(documents::scopes))
        .route(&below("/net/profiles"), get(documents::profiles))
        .route(&below("/1.0/identifiers/"), get(resolver::nothing))
        .route(&below("/1.0/identifiers/{did}"), get(resolver::resolve))
        .route(
            &below("/inspect"),
            get(inspection::form).post(inspection::explain),
        )
        .route(&below("/inspect.css"), get(inspection::style))
        .route(&below("/requests/{id}"), get(api::progress))
        .route(&below("/requests/{id}/events"), get(events::events))
        .route(&below("/requests/{id}/result"), post(api::result))
        .route(&below(&format!("{REQUESTS}/{{id}}")), object)
        .route(
            &below(&format!("{RESPONSES}/{{id}}")),
            post(protocol::response),
        )
        .merge(admin)
        .merge(vc_api::routes(&app, &below));
    let routes = match app.seen() {
        None => routes,
        Some(log) => routes.route_layer(from_fn_with_state(log.clone(), service::note_request)),
    };
    let ready = app.clone();
    let router = service::Service::new("verifier", routes.with_state(app.clone()))
        .ready_or_why(move || {
            let app = ready.clone();
            async move { app.ready().await }
        })
        .room_at(below("/inspect"), inspection::MOST_BYTES)
        .openapi(openapi())
        .router(app.service_config(), &mut host::system_rng());
    outcomes::describe();
    router
}
