use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use netcert::NetNumber;
use openid4vp::verifier::{ShownPseudonym, Step};
use store::{Batch, StoreError, Stored};

use crate::app::App;
use crate::records::StoredAccount;

impl App {
    /// Looks up whom the numbers in an answer belong to: blocked ones are refused, new ones get an
    /// account in the same commit as the answer.
    pub(super) async fn recognize(
        &self,
        step: Step,
        now: Timestamp,
    ) -> Result<Recognized, StoreError> {
        let shown: Vec<ShownPseudonym> = step.pseudonyms().cloned().collect();
        Ok(match self.admission(&shown, now).await? {
            Admission::Admitted(accounts) => Recognized {
                step: step.admit(|shown| accounts.has_new(shown)),
                accounts,
            },
            Admission::Blocked => Recognized {
                step: step.block(),
                accounts: Accounts::default(),
            },
        })
    }

    /// Looks numbers up.
    pub(super) async fn admission(
        &self,
        shown: &[ShownPseudonym],
        now: Timestamp,
    ) -> Result<Admission, StoreError> {
        let mut accounts = Accounts::default();
        for shown in shown {
            let id = StoredAccount::id(shown);
            match self.parts().store.load::<StoredAccount>(&id, now).await? {
                Some(read) if read.value.blocked_since.is_some() => {
                    return Ok(Admission::Blocked);
                }
                Some(read) => accounts.known.push((id, read.version)),
                None if accounts.has_new(shown) => {}
                None => accounts.new.push((id, StoredAccount::new(shown, now))),
            }
        }
        Ok(Admission::Admitted(accounts))
    }

    /// Lists up to `limit` accounts after a place in the list (from its beginning, if `None`).
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses.
    pub async fn accounts(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<AccountsPage, StoreError> {
        let after = after.map(str::as_bytes);
        let store = &self.parts().store;
        let page = store
            .list::<StoredAccount>(after, limit, self.now())
            .await?;
        let accounts = page.entries.into_iter();
        Ok(AccountsPage {
            accounts: accounts
                .map(|(_, read)| Account::from(read.value))
                .collect(),
            next: page
                .next
                .map(|id| String::from_utf8_lossy(&id).into_owned()),
        })
    }

    /// Blocks whoever has a number here, or lets them in again. Nobody else notices: the number is
    /// another one at every other platform.
    ///
    /// # Errors
    /// [`AccountError::Unknown`] if nobody has been here with that number.
    pub async fn block_account(
        &self,
        number: &NetNumber,
        blocked: bool,
    ) -> Result<Vec<Account>, AccountError> {
        let (now, store) = (self.now(), &self.parts().store);
        for _ in 0..ATTEMPTS {
            let found = self.find_accounts(number, now).await?;
            if found.is_empty() {
                return Err(AccountError::Unknown);
            }
            let mut batch = Batch::new();
            let mut changed = Vec::with_capacity(found.len());
            for (id, read) in found {
                let mut account = read.value;
                let since = account.blocked_since.unwrap_or_else(|| day(now));
                account.blocked_since = blocked.then_some(since);
                batch = batch.replace(&id, read.version, &account, None)?;
                changed.push(account.into());
            }
            match store.commit(batch, now).await {
                Err(error) if error.is_conflict() => {}
                other => return Ok(other.map(|()| changed)?),
            }
        }
        Err(AccountError::Busy)
    }

    /// Finds the accounts that have a number, in whichever scope: within each context they stand
    /// together, and there are few contexts.
    async fn find_accounts(
        &self,
        number: &NetNumber,
        now: Timestamp,
    ) -> Result<Vec<(Vec<u8>, Stored<StoredAccount>)>, StoreError> {
        let (store, number) = (&self.parts().store, number.to_string());
        let mut found = Vec::new();
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = store
                .list::<StoredAccount>(after.as_deref(), 1, now)
                .await?;
            let Some((_, first)) = page.entries.into_iter().next() else {
                return Ok(found);
            };
            let context = first.value.context;
            let prefix = StoredAccount::prefix(&context, &number).into_bytes();
            let here = store
                .list::<StoredAccount>(Some(&prefix), LOOK_ALIKES, now)
                .await?;
            let here = here.entries.into_iter();
            found.extend(here.take_while(|(id, _)| id.starts_with(&prefix)));
            // The character after the dot that ends a context.
            after = Some(format!("{context}/").into_bytes());
        }
    }
}

/// An answer whose numbers were looked up.
pub(super) struct Recognized {
    pub(super) step: Step,
    pub(super) accounts: Accounts,
}

/// Whether the numbers in an answer may come in.
pub(super) enum Admission {
    /// They may, with this done to their accounts in the same commit.
    Admitted(Accounts),
    /// One is blocked.
    Blocked,
}

/// What an answer does to accounts.
#[derive(Default)]
pub(super) struct Accounts {
    known: Vec<(String, u64)>,
    new: Vec<(String, StoredAccount)>,
}

impl Accounts {
    /// Says whether a number was never seen before.
    pub(super) fn has_new(&self, shown: &ShownPseudonym) -> bool {
        let id = StoredAccount::id(shown);
        self.new.iter().any(|(new, _)| *new == id)
    }

    /// Adds new accounts to a commit, and that the known ones are as they were read: nobody who is
    /// blocked meanwhile slips through.
    pub(super) fn add_to(&self, mut batch: Batch) -> Result<Batch, StoreError> {
        for (id, version) in &self.known {
            batch = batch.require::<StoredAccount>(id, *version);
        }
        for (id, account) in &self.new {
            batch = batch.create(id, account, None)?;
        }
        Ok(batch)
    }
}

/// A person who was here, as far as they are known: a number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The number.
    pub net_number: String,
    /// The scope in which it was asked for.
    pub scope: Option<String>,
    /// The day of the first visit.
    pub since: Date,
    /// Since when it is blocked.
    pub blocked_since: Option<Date>,
}

/// A part of the list of accounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountsPage {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<String>,
}

/// Why accounts were not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Others changed it again and again.
    #[error("the account was changed meanwhile: try again")]
    Busy,
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody has been here with that number: the caller must act.
    #[error("nobody has been here with this number")]
    Unknown,
}

impl StoredAccount {
    fn new(shown: &ShownPseudonym, now: Timestamp) -> Self {
        Self {
            context: shown.context.clone(),
            scope: shown.scope.clone(),
            net_number: shown.net_number.clone(),
            pseudonym: shown.pseudonym,
            since: day(now),
            blocked_since: None,
        }
    }
}

impl From<StoredAccount> for Account {
    fn from(account: StoredAccount) -> Self {
        Self {
            net_number: account.net_number,
            scope: account.scope,
            since: account.since,
            blocked_since: account.blocked_since,
        }
    }
}

fn day(now: Timestamp) -> Date {
    Offset::UTC.to_datetime(now).date()
}

const ATTEMPTS: usize = 8;
/// Accounts whose numbers read the same, although the whole of them differs: somebody who searched
/// for one has two, hardly more.
const LOOK_ALIKES: u32 = 64;
