use axum::Json;
use axum::extract::{Path, Query, State};
use netcert::NetNumber;
use serde::{Deserialize, Serialize};
use service::{Problem, ProblemDocument};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::usecases::accounts::{Account, AccountError, AccountsPage};

/// Lists the accounts: the numbers that were here, in no telling order.
#[utoipa::path(get, path = "/accounts", tag = "Accounts", security(("admin" = [])),
    params(ListParameters),
    responses((status = 200, body = AccountsMessage), (status = 401, body = ProblemDocument)))]
pub(super) async fn list(
    State(app): State<App>,
    Query(parameters): Query<ListParameters>,
) -> Result<Json<AccountsMessage>, Problem> {
    let limit = parameters.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MOST);
    let page = app.accounts(parameters.after.as_deref(), limit).await;
    Ok(Json(page.map_err(Problem::unavailable)?.into()))
}

/// Blocks a number: its presentations are refused from now on, and as such.
#[utoipa::path(post, path = "/accounts/{number}/block", tag = "Accounts", security(("admin" = [])),
    params(("number" = String, Path, description = "the net number")),
    responses(
        (status = 200, body = AccountsMessage),
        (status = 400, body = ProblemDocument, description = "mistyped"),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn block(
    State(app): State<App>,
    Path(number): Path<String>,
) -> Result<Json<AccountsMessage>, Problem> {
    change(&app, &number, true).await
}

/// Lets a blocked number in again.
#[utoipa::path(post, path = "/accounts/{number}/unblock", tag = "Accounts",
    security(("admin" = [])),
    params(("number" = String, Path, description = "the net number")),
    responses(
        (status = 200, body = AccountsMessage),
        (status = 400, body = ProblemDocument, description = "mistyped"),
        (status = 401, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn unblock(
    State(app): State<App>,
    Path(number): Path<String>,
) -> Result<Json<AccountsMessage>, Problem> {
    change(&app, &number, false).await
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParameters {
    /// `next` of the part before.
    after: Option<String>,
    /// How many at most: 1 to 1000, 100 unless given.
    limit: Option<u32>,
}

/// Accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountsMessage {
    pub(crate) accounts: Vec<AccountMessage>,
    /// Where the next part of the list begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountMessage {
    /// The number.
    pub(crate) net_number: String,
    /// The scope in which it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
    /// The day of the first visit.
    pub(crate) since: String,
    /// Since which day it is blocked, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) blocked_since: Option<String>,
}

impl From<AccountsPage> for AccountsMessage {
    fn from(page: AccountsPage) -> Self {
        Self {
            accounts: page.accounts.into_iter().map(Into::into).collect(),
            next: page.next,
        }
    }
}

impl From<Account> for AccountMessage {
    fn from(account: Account) -> Self {
        Self {
            net_number: account.net_number,
            scope: account.scope,
            since: account.since.to_string(),
            blocked_since: account.blocked_since.map(|day| day.to_string()),
        }
    }
}

async fn change(app: &App, number: &str, blocked: bool) -> Result<Json<AccountsMessage>, Problem> {
    let number =
        NetNumber::parse(number).map_err(|error| Problem::BadRequest(error.to_string().into()))?;
    let accounts = app.block_account(&number, blocked).await.map_err(problem)?;
    Ok(Json(AccountsMessage {
        accounts: accounts.into_iter().map(Into::into).collect(),
        next: None,
    }))
}

fn problem(error: AccountError) -> Problem {
    match error {
        AccountError::Busy => Problem::Conflict(error.to_string().into()),
        AccountError::Store(error) => Problem::unavailable(error),
        AccountError::Unknown => Problem::NotFound,
    }
}

const DEFAULT_LIMIT: u32 = 100;
const MOST: u32 = 1000;
