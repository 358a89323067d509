use service::{BearerSchemes, StatusWords};
use utoipa::OpenApi;

use super::{admin, documents, net_certificate, protocol, status, vc_api};

/// The description of the issuer's API, as `/openapi.json` and `pessoa-issuer openapi` give it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Paths are below the public address; well-known ones have its path behind them.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "pessoa-issuer",
        description = "Enrols people and issues credentials (OpenID4VCI 1.0)."
    ),
    paths(
        admin::enrol,
        admin::list,
        admin::message,
        admin::resume,
        admin::revoke,
        admin::revoke_document,
        admin::suspend,
        admin::withdraw,
        documents::did_document,
        documents::issuer_metadata,
        documents::jwt_vc_issuer,
        documents::server_metadata,
        documents::type_metadata,
        net_certificate::anchor,
        net_certificate::context,
        net_certificate::epoch,
        net_certificate::epochs,
        protocol::credential,
        protocol::nonce,
        protocol::notification,
        protocol::offer,
        protocol::token,
        status::aggregation,
        status::list,
        vc_api::derive,
        vc_api::derive_by,
        vc_api::issue,
        vc_api::issue_by,
        vc_api::mechanisms,
        vc_api::present,
        vc_api::present_by,
        vc_api::status::change,
        vc_api::status::change_by,
        vc_api::status::list,
        status::list_credential,
    ),
    modifiers(&TOKENS, &StatusWords)
)]
struct Description;

const TOKENS: BearerSchemes = BearerSchemes(&["admin"]);
