use clap::{Args, Subcommand};
use host::{CommandError, Kind, Output};
use netcert::{NetNumber, NetNumberError};

use crate::app::App;
use crate::cli::Shared;
use crate::http::AccountsMessage;
use crate::usecases::accounts::{Account, AccountError, AccountsPage};

/// List the numbers that were here, block one, or let it in again
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Accounts {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the accounts
    #[command(after_help = EXAMPLES)]
    List,
    /// Refuse a number from now on, as blocked; no other platform notices
    #[command(after_help = EXAMPLES)]
    Block {
        /// The net number: nn1…, with or without blanks
        #[arg(required = true, num_args = 1..)]
        number: Vec<String>,
    },
    /// Let a blocked number in again
    #[command(after_help = EXAMPLES)]
    Unblock {
        /// The net number: nn1…, with or without blanks
        #[arg(required = true, num_args = 1..)]
        number: Vec<String>,
    },
}

impl Accounts {
    pub(super) async fn run(self, shared: &Shared, output: &Output) -> Result<(), CommandError> {
        let app = shared.open(output).await?;
        let done = match &self.what {
            What::Block { number } => change(&app, number, true, output).await,
            What::List => list(&app, output).await,
            What::Unblock { number } => change(&app, number, false, output).await,
        };
        app.close().await;
        done
    }
}

async fn list(app: &App, output: &Output) -> Result<(), CommandError> {
    let mut accounts = Vec::new();
    let mut after = None;
    loop {
        let page = app.accounts(after.as_deref(), PAGE).await;
        let page = page.map_err(|error| CommandError::from_error(Kind::User, &error))?;
        accounts.extend(page.accounts);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    tell(accounts, output)
}

async fn change(
    app: &App,
    typed: &[String],
    blocked: bool,
    output: &Output,
) -> Result<(), CommandError> {
    let number = NetNumber::parse(&typed.join(" ")).map_err(|error| mistyped(error, output))?;
    let changed = app.block_account(&number, blocked).await;
    tell(changed.map_err(|error| refused(&error, output))?, output)
}

fn tell(accounts: Vec<Account>, output: &Output) -> Result<(), CommandError> {
    let text = words(&accounts, output);
    let page = AccountsPage {
        accounts,
        next: None,
    };
    output.data(&AccountsMessage::from(page), || text)
}

fn words(accounts: &[Account], output: &Output) -> String {
    let count = [("count", accounts.len().into())];
    let mut lines = vec![output.text("verifier-accounts-count", &count)];
    lines.extend(accounts.iter().map(|account| {
        let number = NetNumber::parse(&account.net_number);
        let number = number.map_or_else(|_| account.net_number.clone(), |one| one.grouped());
        let scope = account.scope.as_deref().unwrap_or_default();
        let blocked = account.blocked_since.map(|day| {
            output.text(
                "verifier-account-blocked",
                &[("day", day.to_string().into())],
            )
        });
        let blocked = blocked.unwrap_or_default();
        let line = format!("{number}  {}  {scope:<12}  {blocked}", account.since);
        line.trim_end().to_owned()
    }));
    lines.join("\n")
}

fn mistyped(error: NetNumberError, output: &Output) -> CommandError {
    let repair = match &error {
        NetNumberError::Character { repair, .. } => *repair,
        NetNumberError::Mistyped(repair) => Some(*repair),
        NetNumberError::Length { .. } | NetNumberError::Prefix | NetNumberError::Scrambled => None,
    };
    let refused = CommandError::from_error(Kind::User, &error);
    match repair {
        None => refused,
        Some(repair) => {
            let number = repair.number.grouped();
            refused.hint(output.text("verifier-hint-number", &[("number", number.into())]))
        }
    }
}

fn refused(error: &AccountError, output: &Output) -> CommandError {
    let refused = CommandError::from_error(Kind::User, error);
    match error {
        AccountError::Busy | AccountError::Store(_) => refused,
        AccountError::Unknown => refused.hint(output.text("verifier-hint-accounts", &[])),
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-verifier accounts list
  pessoa-verifier accounts block nn1qqqqqqqqqqqqqqqqqqqqq2p8r6u
  pessoa-verifier accounts unblock nn1 qqqq qqqq qqqq qqqq qqqq 2p8 r6u";
const PAGE: u32 = 1000;
