//! What `--json` prints. The shapes are stable: members may be added, none is renamed or removed.

pub(crate) mod offer;
pub(crate) mod request;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use wallet::{HeldCredential, NetCertificate, Wallet};

/// A credential in the wallet, without what it says.
#[derive(Serialize)]
pub(crate) struct Credential<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) issuer: Issuer<'a>,
    pub(crate) signed_by: &'a str,
    pub(crate) format: &'static str,
    pub(crate) types: &'a [String],
    pub(crate) received_at: Timestamp,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) expired: bool,
    pub(crate) copies_left: usize,
    pub(crate) refillable: bool,
}

/// An issuer: its address, and its own name for itself.
#[derive(Serialize)]
pub(crate) struct Issuer<'a> {
    pub(crate) identifier: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> Credential<'a> {
    pub(crate) fn new(held: &'a HeldCredential, now: Timestamp) -> Self {
        Self {
            id: &held.id,
            name: &held.name,
            issuer: Issuer {
                identifier: &held.issuer,
                name: &held.issuer_name,
            },
            signed_by: &held.signed_by,
            format: held.format.name(),
            types: &held.types,
            received_at: held.received_at,
            valid_until: held.valid_until,
            expired: held.expired(now),
            copies_left: held.copies_left(),
            refillable: held.refillable(),
        }
    }

    /// Those of the wallet that have one of these identifiers.
    pub(crate) fn all(wallet: &'a Wallet, ids: &[String], now: Timestamp) -> Vec<Self> {
        ids.iter()
            .filter_map(|id| wallet.credential(id))
            .map(|held| Self::new(held, now))
            .collect()
    }
}

/// A net certificate in the wallet, without what it says.
#[derive(Serialize)]
pub(crate) struct Net<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) issuer: Issuer<'a>,
    pub(crate) format: &'static str,
    pub(crate) received_at: Timestamp,
    /// The epoch that is shown now; none if no certificate is valid.
    pub(crate) epoch: Option<u64>,
    pub(crate) newest_epoch: Option<u64>,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) expired: bool,
    pub(crate) renewable: bool,
    pub(crate) renewal_due: Option<Timestamp>,
    pub(crate) refused_at: Option<Timestamp>,
    /// Flags that became true lately, and from when on they are shown.
    pub(crate) resting: BTreeMap<&'a str, Timestamp>,
}

impl<'a> Net<'a> {
    pub(crate) fn new(held: &'a NetCertificate, now: Timestamp) -> Self {
        Self {
            id: &held.id,
            name: &held.name,
            issuer: Issuer {
                identifier: &held.issuer,
                name: &held.issuer_name,
            },
            format: netcert::FORMAT,
            received_at: held.received_at,
            epoch: held.shown_epoch(now),
            newest_epoch: held.newest_epoch(),
            valid_until: held.valid_until(),
            expired: held.expired(now),
            renewable: held.renewable(),
            renewal_due: held.renewal_due,
            refused_at: held.refused_at,
            resting: held.resting(now).collect(),
        }
    }

    /// Those of the wallet that have one of these identifiers.
    pub(crate) fn all(wallet: &'a Wallet, ids: &[String], now: Timestamp) -> Vec<Self> {
        ids.iter()
            .filter_map(|id| wallet.net_certificate(id))
            .map(|held| Self::new(held, now))
            .collect()
    }
}

/// `numbers`.
#[derive(Serialize)]
pub(crate) struct Numbers<'a> {
    pub(crate) numbers: Vec<Number<'a>>,
}

/// A net number that a platform has seen.
#[derive(Serialize)]
pub(crate) struct Number<'a> {
    pub(crate) platform: &'a str,
    pub(crate) purpose: Option<&'a str>,
    pub(crate) number: String,
    pub(crate) certificate: &'a str,
    pub(crate) first_shown: Timestamp,
    pub(crate) last_shown: Timestamp,
}

/// `show` of a net certificate.
#[derive(Serialize)]
pub(crate) struct ShowNet<'a> {
    #[serde(flatten)]
    pub(crate) certificate: Net<'a>,
    pub(crate) claims: Map<String, Value>,
}

/// `list`.
#[derive(Serialize)]
pub(crate) struct List<'a> {
    pub(crate) net_certificates: Vec<Net<'a>>,
    pub(crate) credentials: Vec<Credential<'a>>,
    pub(crate) pending: Vec<Pending<'a>>,
}

/// What an issuer granted and did not deliver yet.
#[derive(Serialize)]
pub(crate) struct Pending<'a> {
    pub(crate) id: &'a str,
    pub(crate) issuer_name: &'a str,
}

/// `show`.
#[derive(Serialize)]
pub(crate) struct Show<'a> {
    #[serde(flatten)]
    pub(crate) credential: Credential<'a>,
    pub(crate) claims: &'a Map<String, Value>,
}

/// `receive` and `refill`.
#[derive(Serialize)]
pub(crate) struct Received<'a> {
    pub(crate) received: Vec<Credential<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) net_certificates: Vec<Net<'a>>,
}

impl<'a> Received<'a> {
    pub(crate) fn new(wallet: &'a Wallet, ids: &[String], now: Timestamp) -> Self {
        Self {
            received: Credential::all(wallet, ids, now),
            net_certificates: Net::all(wallet, ids, now),
        }
    }
}
