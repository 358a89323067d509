use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use evidence::{IdentityDocument, Record, td3};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use service::{Problem, ProblemDocument};
use strict_json::Limits;
use utoipa::{IntoParams, ToSchema};
use zeroize::Zeroizing;

use crate::app::App;
use crate::handle::Handle;
use crate::usecases::enrol::{EnrolError, Enrolled, Likeness};
use crate::usecases::list::EnrolmentPage;
use crate::usecases::message::{MessageError, Telling};
use crate::usecases::revoke::{Revocation, RevokeError};
use crate::usecases::suspend::Suspension;
use crate::usecases::withdraw::Withdrawal;

/// Enrols the holder of a document, and makes an offer.
#[utoipa::path(post, path = "/admin/enrolments", tag = "Admin", security(("admin" = [])),
    request_body = EnrolmentMessage,
    responses(
        (status = 200, body = OfferMessage),
        (status = 401, body = ProblemDocument),
        (status = 409, body = ProblemDocument,
            description = "the desk must say who this is, or the person has to wait"),
        (status = 422, body = ProblemDocument, description = "the document is not accepted")))]
pub(super) async fn enrol(
    State(app): State<App>,
    body: Bytes,
) -> Result<Json<OfferMessage>, Problem> {
    let message: EnrolmentMessage = read(&body)?;
    let likeness = message.likeness()?;
    let document = message.document.read(app.now())?;
    let document = document
        .judge(app.now())
        .map_err(|error| Problem::Unprocessable(error.to_string().into()))?;
    let enrolled = app.enrol_as(&document, &likeness).await;
    let enrolled = enrolled.map_err(enrol_problem)?;
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

/// Puts an enrolment on hold.
#[utoipa::path(post, path = "/admin/enrolments/{handle}/suspend", tag = "Admin",
    security(("admin" = [])),
    params(("handle" = String, Path, description = "the name of the enrolment")),
    responses(
        (status = 200, body = Suspension),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn suspend(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Suspension>, Problem> {
    let handle = handle(&name)?;
    Ok(Json(app.suspend(&handle).await.map_err(revoke_problem)?))
}

/// Ends the hold of an enrolment.
#[utoipa::path(post, path = "/admin/enrolments/{handle}/resume", tag = "Admin",
    security(("admin" = [])),
    params(("handle" = String, Path, description = "the name of the enrolment")),
    responses(
        (status = 200, body = Suspension),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn resume(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Suspension>, Problem> {
    let handle = handle(&name)?;
    Ok(Json(app.resume(&handle).await.map_err(revoke_problem)?))
}

/// Lets the W3C credentials of an enrolment say one of the configured messages; zero is what all say
/// at first. It makes no credential good or bad.
#[utoipa::path(post, path = "/admin/enrolments/{handle}/message", tag = "Admin",
    security(("admin" = [])),
    params(("handle" = String, Path, description = "the name of the enrolment")),
    request_body = CodeMessage,
    responses(
        (status = 200, body = Telling),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument, description = "the person has left"),
        (status = 422, body = ProblemDocument, description = "there is no such message")))]
pub(super) async fn message(
    State(app): State<App>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<Telling>, Problem> {
    let handle = handle(&name)?;
    let CodeMessage { code } = read(&body)?;
    let told = app.tell(&handle, code).await;
    Ok(Json(told.map_err(message_problem)?))
}

/// Lets a person leave: revokes everything, and keeps what makes them known again.
#[utoipa::path(post, path = "/admin/enrolments/{handle}/withdraw", tag = "Admin",
    security(("admin" = [])),
    params(("handle" = String, Path, description = "the name of the enrolment")),
    responses(
        (status = 200, body = Withdrawal),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn withdraw(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Withdrawal>, Problem> {
    let handle = handle(&name)?;
    Ok(Json(app.withdraw(&handle).await.map_err(revoke_problem)?))
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
    let message: DocumentMessage = read(&body)?;
    let document = message.read(app.now())?;
    Ok(Json(
        app.revoke_document(&document)
            .await
            .map_err(revoke_problem)?,
    ))
}

/// One of the configured messages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeMessage {
    /// Its code.
    code: u8,
}

/// A document: exactly one of the two.
#[derive(Deserialize, ToSchema)]
pub(super) struct DocumentMessage {
    /// The machine-readable zone of a passport, two lines.
    mrz: Option<String>,
    /// What a desk wrote down: `issuing_state`, `number`, `surname`, `given_names`,
    /// `nationality`, `birth_date`, `sex`, `expires_on`, …
    #[schema(value_type = Option<Object>)]
    record: Option<Record>,
    /// Anything else: a mistyped member does not pass as an absent one.
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl DocumentMessage {
    /// The errors of a document name fields and places, never what stands there.
    fn read(self, now: Timestamp) -> Result<IdentityDocument, Problem> {
        if !self.unknown.is_empty() {
            return Err(Problem::BadRequest(
                "the request has an unknown member".into(),
            ));
        }
        let read = match (self.mrz.map(Zeroizing::new), self.record) {
            (Some(zone), None) => td3::parse(&zone, now),
            (None, Some(record)) => IdentityDocument::from_record(&record),
            _ => return Err(Problem::BadRequest("give either `mrz` or `record`".into())),
        };
        read.map_err(|error| Problem::Unprocessable(error.to_string().into()))
    }
}

/// A document, and what the desk knows of a person who looks like one that is enrolled.
#[derive(Deserialize, ToSchema)]
pub(super) struct EnrolmentMessage {
    /// It is another person than whoever has the same name, birth date, sex and nationality.
    #[serde(default)]
    different_person: bool,
    /// It is the person of this enrolment, whatever the document says.
    same_as: Option<String>,
    /// The document.
    #[serde(flatten)]
    document: DocumentMessage,
}

impl EnrolmentMessage {
    fn likeness(&self) -> Result<Likeness, Problem> {
        match (self.different_person, &self.same_as) {
            (false, None) => Ok(Likeness::Ask),
            (true, None) => Ok(Likeness::Different),
            (false, Some(name)) => Ok(Likeness::Same(handle(name)?)),
            (true, Some(_)) => Err(Problem::BadRequest(
                "give either `different_person` or `same_as`".into(),
            )),
        }
    }
}

/// An offer, to be handed to the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferMessage {
    /// The name of the enrolment.
    handle: String,
    /// Whether the person was enrolled before.
    again: bool,
    /// Whether only a wallet that has the person's anchor redeems the offer.
    anchored: bool,
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
            anchored: enrolled.anchored,
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

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    strict_json::from_slice(body, Limits::default())
        .map_err(|error| Problem::BadRequest(error.to_string().into()))
}

fn handle(name: &str) -> Result<Handle, Problem> {
    name.parse().map_err(|_| Problem::NotFound)
}

fn enrol_problem(error: EnrolError) -> Problem {
    match error {
        EnrolError::Alike(_)
        | EnrolError::Busy
        | EnrolError::CoolingDown(_)
        | EnrolError::TwoEnrolments => Problem::Conflict(error.to_string().into()),
        EnrolError::Claims | EnrolError::Offer(_) => Problem::internal(error),
        EnrolError::Specimen => Problem::Unprocessable(error.to_string().into()),
        EnrolError::Store(_) | EnrolError::Tags(_) => Problem::unavailable(error),
        EnrolError::Unknown => Problem::NotFound,
    }
}

fn revoke_problem(error: RevokeError) -> Problem {
    match error {
        RevokeError::Busy => Problem::Conflict(error.to_string().into()),
        RevokeError::Store(_) | RevokeError::Tags(_) | RevokeError::Unpublished(_) => {
            Problem::unavailable(error)
        }
        RevokeError::Unknown => Problem::NotFound,
    }
}

fn message_problem(error: MessageError) -> Problem {
    match error {
        MessageError::Code(_) | MessageError::NotConfigured => {
            Problem::Unprocessable(error.to_string().into())
        }
        MessageError::Enrolment(error) => revoke_problem(error),
        MessageError::Withdrawn => Problem::Conflict(error.to_string().into()),
    }
}
