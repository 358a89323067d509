//! The routes. A handler parses the request and words the answer; what lies between is a use case.

mod admin;
mod documents;
mod net_certificate;
mod openapi;
mod protocol;
mod status;
mod vc_api;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) use admin::OfferMessage;
pub use openapi::openapi;

/// The routes of an issuer, with what all services share put around them.
pub fn router(app: App) -> Router {
    let parts = app.parts();
    let endpoints = parts.protocol.endpoints();
    let prefix = parts.service.public_url.path().trim_end_matches('/');
    let below = |path: &str| format!("{prefix}{path}");
    let admin = Router::new()
        .route(
            &below("/admin/enrolments"),
            post(admin::enrol).get(admin::list),
        )
        .route(
            &below("/admin/enrolments/{handle}/revoke"),
            post(admin::revoke),
        )
        .route(
            &below("/admin/enrolments/{handle}/suspend"),
            post(admin::suspend),
        )
        .route(
            &below("/admin/enrolments/{handle}/resume"),
            post(admin::resume),
        )
        .route(
            &below("/admin/enrolments/{handle}/message"),
            post(admin::message),
        )
        .route(
            &below("/admin/enrolments/{handle}/withdraw"),
            post(admin::withdraw),
        )
        .route(
            &below("/admin/documents/revoke"),
            post(admin::revoke_document),
        )
        .route_layer(from_fn_with_state(
            parts.admins.clone(),
            service::require_admin,
        ));
    let routes = Router::new()
        .route(
            endpoints.issuer_metadata.path(),
            get(documents::issuer_metadata),
        )
        .route(
            endpoints.server_metadata.path(),
            get(documents::server_metadata),
        )
        .route(
            &format!("/.well-known/jwt-vc-issuer{prefix}"),
            get(documents::jwt_vc_issuer),
        )
        .route(&parts.identity.did_path, get(documents::did_document))
        .route(&below("/types/{type}"), get(documents::type_metadata))
        .route(&below("/offers/{reference}"), get(protocol::offer))
        .route(endpoints.token.path(), post(protocol::token))
        .route(endpoints.nonce.path(), post(protocol::nonce))
        .route(endpoints.credential.path(), post(protocol::credential))
        .route(endpoints.notification.path(), post(protocol::notification))
        .route(endpoints.anchor.path(), get(net_certificate::anchor))
        .route(endpoints.epochs.path(), get(net_certificate::epochs))
        .route(
            &format!("{}/{{epoch}}", endpoints.epochs.path()),
            get(net_certificate::epoch),
        )
        .route(
            &below("/contexts/net-certificate/v1"),
            get(net_certificate::context),
        )
        .route(&below("/status"), get(status::aggregation))
        .route(&below("/status/{list}"), get(status::list))
        .route(
            &below("/status/{list}/{file}"),
            get(status::list_credential),
        )
        .merge(admin)
        .merge(vc_api::routes(&app, &below));
    let routes = match app.seen() {
        None => routes,
        Some(log) => routes.route_layer(from_fn_with_state(log.clone(), service::note_request)),
    };
    let ready = app.clone();
    service::Service::new("issuer", routes.with_state(app.clone()))
        .ready(move || {
            let app = ready.clone();
            async move { app.ready().await }
        })
        .openapi(openapi())
        .router(app.service_config(), &mut host::system_rng())
}
