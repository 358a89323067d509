use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use evidence::{CurrentDocument, IdentityDocument, Record, td3};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{Problem, ProblemDocument};
use strict_json::Limits;
use utoipa::{IntoParams, ToSchema};
use zeroize::Zeroizing;

use crate::app::App;
use crate::handle::Handle;
use crate::usecases::enrol::{EnrolError, Enrolled};
use crate::usecases::list::EnrolmentPage;
use crate::usecases::revoke::{Revocation, RevokeError};

/// Enrols the holder of a document, and makes an offer.
#[utoipa::path(post, path = "/admin/enrolments", tag = "Admin", security(("admin" = [])),
    request_body = DocumentMessage,
    responses(
        (status = 200, body = OfferMessage),
        (status = 401, body = ProblemDocument),
        (status = 422, body = ProblemDocument, description = "the document is not accepted")))]
pub(super) async fn enrol(
    State(app): State<App>,
    body: Bytes,
) -> Result<Json<OfferMessage>, Problem> {
    let document = current(&body, app.now())?;
    let enrolled = app.enrol(&document).await.map_err(enrol_problem)?;
    Ok(Json(OfferMessage::from(&enrolled)))
}

/// Lists enrolments by handle. It says no names, because it knows none.
#[utoipa::path(get, path = "/admin/enrolments", tag = "Admin", security(("admin" = [])),
    params(PageQuery),
    responses((status = 200, body = EnrolmentPage), (status = 401, body = ProblemDocument)))]
pub(super) async fn list(
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Json<EnrolmentPage>, Problem> {
    let after = query.after.as_deref().map(handle).transpose()?;
    let limit = query.limit.unwrap_or(100).clamp(1, 1000);
    let page = app
        .enrolments(after.as_ref(), limit)
        .await
        .map_err(Problem::unavailable)?;
    Ok(Json(page))
}

/// Revokes an enrolment.
#[utoipa::path(post, path = "/admin/enrolments/{handle}/revoke", tag = "Admin",
    security(("admin" = [])),
    params(("handle" = String, Path, description = "the name of the enrolment")),
    responses(
        (status = 200, body = Revocation),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn revoke(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Revocation>, Problem> {
    let handle = handle(&name)?;
    Ok(Json(app.revoke(&handle).await.map_err(revoke_problem)?))
}

/// Revokes the enrolment of a document.
#[utoipa::path(post, path = "/admin/documents/revoke", tag = "Admin", security(("admin" = [])),
    request_body = DocumentMessage,
    responses(
        (status = 200, body = Revocation),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn revoke_document(
    State(app): State<App>,
    body: Bytes,
) -> Result<Json<Revocation>, Problem> {
    // An expired document can be reported stolen too.
    let document = document(&body, app.now())?;
    Ok(Json(
        app.revoke_document(&document)
            .await
            .map_err(revoke_problem)?,
    ))
}

/// A document: exactly one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentMessage {
    /// The machine-readable zone of a passport, two lines.
    mrz: Option<String>,
    /// What a desk wrote down: `issuing_state`, `number`, `surname`, `given_names`,
    /// `nationality`, `birth_date`, `sex`, `expires_on`, …
    #[schema(value_type = Option<Object>)]
    record: Option<Record>,
}

/// An offer, to be handed to the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferMessage {
    /// The name of the enrolment.
    handle: String,
    /// Whether the document was enrolled before.
    again: bool,
    /// The link for a QR code.
    offer: String,
    /// The same with the whole offer inside.
    offer_by_value: String,
    /// To be handed over by another way than the link.
    transaction_code: Option<String>,
    /// Until when the offer waits.
    expires_at: String,
}

impl From<&Enrolled> for OfferMessage {
    fn from(enrolled: &Enrolled) -> Self {
        Self {
            handle: enrolled.handle.to_string(),
            again: enrolled.again,
            offer: enrolled.link.expose().to_owned(),
            offer_by_value: enrolled.link_by_value.expose().to_owned(),
            transaction_code: enrolled
                .tx_code
                .as_ref()
                .map(|code| code.expose().to_owned()),
            expires_at: enrolled.expires_at.to_string(),
        }
    }
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// The `next` of the part before.
    after: Option<String>,
    /// How many, at most 1000; 100 if absent.
    limit: Option<u32>,
}

fn current(body: &[u8], now: Timestamp) -> Result<CurrentDocument, Problem> {
    document(body, now)?
        .judge(now)
        .map_err(|error| Problem::Unprocessable(error.to_string().into()))
}

/// The errors of a document name fields and places, never what stands there.
fn document(body: &[u8], now: Timestamp) -> Result<IdentityDocument, Problem> {
    let message: DocumentMessage = strict_json::from_slice(body, Limits::default())
        .map_err(|error| Problem::BadRequest(error.to_string().into()))?;
    let read = match (message.mrz.map(Zeroizing::new), message.record) {
        (Some(zone), None) => td3::parse(&zone, now),
        (None, Some(record)) => IdentityDocument::from_record(&record),
        _ => return Err(Problem::BadRequest("give either `mrz` or `record`".into())),
    };
    read.map_err(|error| Problem::Unprocessable(error.to_string().into()))
}

fn handle(name: &str) -> Result<Handle, Problem> {
    name.parse().map_err(|_| Problem::NotFound)
}

fn enrol_problem(error: EnrolError) -> Problem {
    match error {
        EnrolError::Busy => Problem::Conflict(error.to_string().into()),
        EnrolError::Claims | EnrolError::Offer(_) => Problem::internal(error),
        EnrolError::Store(_) => Problem::unavailable(error),
    }
}

fn revoke_problem(error: RevokeError) -> Problem {
    match error {
        RevokeError::Busy => Problem::Conflict(error.to_string().into()),
        RevokeError::Store(_) | RevokeError::Unpublished(_) => Problem::unavailable(error),
        RevokeError::Unknown => Problem::NotFound,
    }
}
