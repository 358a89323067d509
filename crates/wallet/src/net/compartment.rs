//! What a timer may open while the vault is locked.

use jiff::Timestamp;
use keys::base64url;
use netcert::{Anchor, Prepared, ProfilePins};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::held::NetCertificate;
use crate::contents::ContentsError;
use crate::held::{RefillGrant, Sealed};

/// The contents of the renewal's compartment. There is no secret of a number in it, nothing that
/// opens an anchor, and no certificate that could be shown: what arrives is unblinded when the
/// vault is opened next. The ticket can fetch what the certificate says, so the file is private.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompartmentContents {
    version: u32,
    pub(crate) renewals: Vec<Renewable>,
    pub(crate) pins: ProfilePins,
}

/// What renewing one certificate takes.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renewable {
    pub(crate) id: String,
    pub(crate) issuer: String,
    pub(crate) issuer_name: String,
    pub(crate) configuration: String,
    pub(crate) ticket: RefillGrant,
    pub(crate) anchor: Anchor,
    /// Made beforehand; each serves one epoch.
    pub(crate) prepared: Vec<Sealed>,
    /// The newest epoch of which there is a certificate.
    pub(crate) newest: Option<u64>,
    pub(crate) due: Option<Timestamp>,
    pub(crate) refused_at: Option<Timestamp>,
    pub(crate) arrived: Vec<Arrived>,
}

/// A certificate that was fetched and not unblinded.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrived {
    /// The epoch's profile, as published.
    pub(crate) profile: String,
    pub(crate) prepared: Sealed,
    pub(crate) document: Value,
}

impl CompartmentContents {
    pub(crate) fn new(renewals: Vec<Renewable>, pins: ProfilePins) -> Self {
        Self {
            version: VERSION,
            renewals,
            pins,
        }
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, ContentsError> {
        let contents: Self = serde_json::from_slice(bytes).map_err(|_| ContentsError::Malformed)?;
        match contents.version {
            VERSION => Ok(contents),
            other => Err(ContentsError::Version(other)),
        }
    }

    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, ContentsError> {
        crate::contents::to_bytes(self)
    }
}

impl Renewable {
    /// What renewing a certificate takes, without anything prepared; `None` without a ticket.
    pub(crate) fn of(held: &NetCertificate) -> Option<Self> {
        let ticket = held.ticket.as_ref()?;
        Some(Self {
            id: held.id.clone(),
            issuer: held.issuer.clone(),
            issuer_name: held.issuer_name.clone(),
            configuration: held.configuration.clone(),
            ticket: ticket.copy(),
            anchor: held.anchor,
            prepared: Vec::new(),
            newest: held.newest_epoch(),
            due: held.renewal_due,
            refused_at: held.refused_at,
            arrived: Vec::new(),
        })
    }
}

pub(crate) fn seal_prepared(prepared: &Prepared) -> Sealed {
    let text = Zeroizing::new(base64url::encode(prepared.expose_secret()));
    Sealed::from(text.as_str())
}

pub(crate) fn open_prepared(sealed: &Sealed) -> Result<Prepared, ContentsError> {
    let bytes = base64url::decode(sealed.expose()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| ContentsError::Malformed)?;
    Prepared::from_bytes(&bytes).map_err(|_| ContentsError::Malformed)
}

const VERSION: u32 = 1;
