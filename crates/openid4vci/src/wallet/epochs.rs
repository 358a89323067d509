//! The published epoch profiles of an Issuer (docs/profiles/net-certificate.md).

use std::collections::BTreeSet;

use http::header::{AGE, DATE};
use http::{Request, Response};
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use netcert::{EpochProfile, Schedule};
use url::Url;

use super::exchange::{get, read, read_bytes};
use super::{Endpoint, EpochError, IssuerProfile, Progress};
use crate::messages::EpochList;

/// Fetches the profiles of the current epoch and of the next: public documents, the same for
/// everybody.
#[derive(Debug)]
pub struct EpochLookup {
    issuer: String,
    list: Url,
    /// How far the Issuer's clock was from the Wallet's when the list came, if it was told.
    apart: Option<SignedDuration>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    List,
    Current(u64),
    Next(EpochProfile),
}

/// The profiles under which an Issuer issues now.
///
/// The wallet still has to compare them with those that it has seen ([`netcert::ProfilePins`]).
#[derive(Clone, Debug)]
pub struct Epochs {
    /// The epoch that has begun last.
    pub current: EpochProfile,
    /// The one after.
    pub next: EpochProfile,
}

impl EpochLookup {
    /// Starts; `None` if no net certificate is offered.
    pub fn start(issuer: &IssuerProfile) -> Option<Self> {
        Some(Self {
            issuer: issuer.identifier.clone(),
            list: issuer.net_certificate.as_ref()?.epochs.clone(),
            apart: None,
            step: Step::List,
        })
    }

    /// The next request.
    pub fn request(&self) -> Request<Vec<u8>> {
        match &self.step {
            Step::List => get(&self.list),
            Step::Current(epoch) => get(&address(&self.list, *epoch)),
            Step::Next(current) => get(&address(&self.list, current.epoch() + 1)),
        }
    }

    /// Takes the answer. The current epoch has to be that of the Wallet's clock, give or take
    /// [`CLOCK_SLACK`]: who is served an old list would go on showing an epoch that others have left.
    ///
    /// # Errors
    /// An [`EpochError`] says what is wrong with the profiles.
    pub fn receive(
        self,
        response: &Response<Vec<u8>>,
        now: Timestamp,
    ) -> Result<Progress<Self, Epochs>, EpochError> {
        let mut apart = self.apart;
        let step = match self.step {
            Step::List => {
                apart = issuer_clock(response).map(|clock| clock.duration_since(now));
                let list: EpochList = read(Endpoint::Epochs, response, MAX_LIST)?;
                let next = list.current.checked_add(1).ok_or(EpochError::List)?;
                let listed: BTreeSet<_> = list.profiles.iter().collect();
                // An address of another form could say who asks.
                let expected = [list.current, next].map(|epoch| address(&self.list, epoch));
                if !expected.iter().all(|url| listed.contains(url)) {
                    return Err(EpochError::List);
                }
                Step::Current(list.current)
            }
            Step::Current(epoch) => {
                let current = profile(&self.issuer, epoch, response)?;
                check_time(epoch, current.schedule(), now, apart)?;
                Step::Next(current)
            }
            Step::Next(current) => {
                let next = profile(&self.issuer, current.epoch() + 1, response)?;
                let same = next.schedule() == current.schedule()
                    && next.time_zone() == current.time_zone()
                    && next.multikey() != current.multikey();
                if !same {
                    return Err(EpochError::Mismatch);
                }
                return Ok(Progress::Done(Epochs { current, next }));
            }
        };
        Ok(Progress::More(Self {
            apart,
            step,
            ..self
        }))
    }
}

/// Whether an epoch is the current one.
fn check_time(
    listed: u64,
    schedule: Schedule,
    now: Timestamp,
    apart: Option<SignedDuration>,
) -> Result<(), EpochError> {
    let at = |offset: SignedDuration| {
        let moment = now.checked_add(offset).ok()?;
        schedule.epoch_at(moment)
    };
    let about_now = [-CLOCK_SLACK, SignedDuration::ZERO, CLOCK_SLACK];
    if about_now
        .into_iter()
        .any(|offset| at(offset) == Some(listed))
    {
        return Ok(());
    }
    match apart {
        Some(apart) if apart.abs() > CLOCK_SLACK => Err(EpochError::Clock {
            listed,
            expected: at(SignedDuration::ZERO),
            ahead: apart.is_positive(),
        }),
        _ => Err(EpochError::NotCurrent {
            listed,
            expected: at(SignedDuration::ZERO),
        }),
    }
}

/// The time at the Issuer when an answer left it or a cache (RFC 9110, section 6.6.1, and RFC 9111,
/// section 5.1). The Issuer's own word: it decides which error is told, and nothing else.
fn issuer_clock(response: &Response<Vec<u8>>) -> Option<Timestamp> {
    let field = |name| response.headers().get(name)?.to_str().ok();
    let date = rfc2822::DateTimeParser::new()
        .parse_timestamp(field(DATE)?)
        .ok()?;
    let age = field(AGE).and_then(|age| age.trim().parse::<u32>().ok());
    let age = SignedDuration::from_secs(age.unwrap_or_default().into());
    date.checked_add(age).ok()
}

/// Reads a profile: exactly its canonical bytes, of this Issuer and epoch.
fn profile(
    issuer: &str,
    epoch: u64,
    response: &Response<Vec<u8>>,
) -> Result<EpochProfile, EpochError> {
    let bytes = read_bytes(Endpoint::Epochs, response)?;
    let profile = EpochProfile::parse(bytes)?;
    if profile.issuer() != issuer || profile.epoch() != epoch {
        return Err(EpochError::Mismatch);
    }
    Ok(profile)
}

fn address(list: &Url, epoch: u64) -> Url {
    let mut url = list.clone();
    url.set_path(&format!("{}/{epoch}", list.path()));
    url
}

/// How far the clocks of Issuer and Wallet may be apart when an epoch begins: as long as wallets go
/// on showing the epoch before, by the default schedule.
pub const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(10);

const MAX_LIST: usize = 16 * 1024;
