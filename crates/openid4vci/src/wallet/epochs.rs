//! The published epoch profiles of an Issuer (docs/profiles/net-certificate.md).

use std::collections::BTreeSet;

use http::{Request, Response};
use netcert::EpochProfile;
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

    /// Takes the answer.
    ///
    /// # Errors
    /// An [`EpochError`] says what is wrong with the profiles.
    pub fn receive(
        self,
        response: &Response<Vec<u8>>,
    ) -> Result<Progress<Self, Epochs>, EpochError> {
        let step = match self.step {
            Step::List => {
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
            Step::Current(epoch) => Step::Next(profile(&self.issuer, epoch, response)?),
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
        Ok(Progress::More(Self { step, ..self }))
    }
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

const MAX_LIST: usize = 16 * 1024;
