//! What `--json` prints of a presentation request, and of what was shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use wallet::{Acquaintance, Crowd, DoorReview, RequestReview, ShareOption};

/// A presentation request, before it is answered: `present --dry-run`.
#[derive(Serialize)]
pub(crate) struct Request {
    pub(crate) verifier: Verifier,
    pub(crate) purpose: Option<String>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) would_share: Vec<Share>,
    pub(crate) could_share_instead: Vec<String>,
    pub(crate) missing: Vec<String>,
}

/// Who asks. `did` is there when the request is signed with a key of it.
#[derive(Serialize)]
pub(crate) struct Verifier {
    pub(crate) client_id: String,
    pub(crate) name: Option<String>,
    pub(crate) did: Option<String>,
    pub(crate) response_uri: String,
}

/// What the verifier asks for, by its own identifier.
#[derive(Serialize)]
pub(crate) struct Ask {
    pub(crate) query: String,
    pub(crate) types: Vec<String>,
    pub(crate) claims: Vec<String>,
    /// Flags that became true lately, and from when on they are shown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) resting: BTreeMap<String, Timestamp>,
    /// If nothing answers, what is of the kind that is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) near_misses: Vec<NearMiss>,
}

/// A credential of the kind that is asked for, and what it lacks.
#[derive(Serialize)]
pub(crate) struct NearMiss {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) lack: Lack,
}

/// What a credential lacks.
#[derive(Serialize)]
#[serde(tag = "lacks", content = "claim", rename_all = "snake_case")]
pub(crate) enum Lack {
    Authority,
    Claim(String),
    HolderBinding,
    Value(String),
}

/// What would be shown, or was shown, of one credential.
#[derive(Clone, Serialize)]
pub(crate) struct Share {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) issuer_name: String,
    pub(crate) claims: Map<String, Value>,
    pub(crate) identifiers: Map<String, Value>,
    pub(crate) hidden: Vec<String>,
    pub(crate) whole: bool,
    pub(crate) expired: bool,
    pub(crate) copies_left: usize,
    /// What showing a net certificate means; of all else, issuer and verifier together can
    /// recognise a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) net: Option<NetShare>,
}

/// What showing a net certificate means.
#[derive(Clone, Serialize)]
pub(crate) struct NetShare {
    pub(crate) epoch: u64,
    pub(crate) late: bool,
    pub(crate) naming: Vec<String>,
    pub(crate) narrowing: Vec<String>,
    pub(crate) crowd: Option<Crowd>,
    pub(crate) number: Option<NumberShare>,
    pub(crate) to_issuer: bool,
}

/// The number that the verifier would see.
#[derive(Clone, Serialize)]
pub(crate) struct NumberShare {
    pub(crate) number: String,
    #[serde(skip)]
    pub(crate) grouped: String,
    pub(crate) platform: String,
    pub(crate) purpose: Option<String>,
    pub(crate) period: Option<String>,
    /// Whether the platform's list of purposes is another one than it was.
    pub(crate) list_changed: bool,
    /// What the list said before under the same name, for people.
    #[serde(skip)]
    pub(crate) before: Option<String>,
    /// Whether the list did not have the name.
    #[serde(skip)]
    pub(crate) is_new: bool,
    pub(crate) seen: Seen,
    pub(crate) last_shown: Option<Timestamp>,
    pub(crate) shares_host: bool,
    pub(crate) development: bool,
}

/// Whether the verifier has seen the number.
#[derive(Clone, Copy, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Seen {
    /// It has seen another one.
    Another,
    /// It has seen none.
    First,
    /// It has seen this one.
    Same,
}

impl From<&wallet::NetShare> for NetShare {
    fn from(share: &wallet::NetShare) -> Self {
        Self {
            epoch: share.epoch,
            late: share.late,
            naming: share.naming.clone(),
            narrowing: share.narrowing.clone(),
            crowd: share.crowd,
            number: share.number.as_ref().map(NumberShare::from),
            to_issuer: share.to_issuer,
        }
    }
}

impl From<&wallet::NumberShare> for NumberShare {
    fn from(share: &wallet::NumberShare) -> Self {
        let (seen, last_shown) = match share.acquaintance {
            Acquaintance::Another { last_shown } => (Seen::Another, Some(last_shown)),
            Acquaintance::First => (Seen::First, None),
            Acquaintance::Same { last_shown } => (Seen::Same, Some(last_shown)),
        };
        let scope = share.scope.clone();
        let before = share
            .change
            .as_ref()
            .and_then(|change| change.before.as_ref());
        Self {
            number: share.number.to_string(),
            grouped: share.number.grouped(),
            platform: share.platform.clone(),
            period: scope.as_ref().and_then(|(_, period)| period.clone()),
            list_changed: share.change.is_some(),
            before: before.filter(|before| scope.as_ref() != Some(before)).map(
                |(purpose, period)| match period {
                    None => purpose.clone(),
                    Some(period) => format!("{purpose} ({period})"),
                },
            ),
            is_new: share.change.is_some() && before.is_none(),
            purpose: scope.map(|(purpose, _)| purpose),
            seen,
            last_shown,
            shares_host: share.shares_host,
            development: share.is_loopback,
        }
    }
}

impl From<&wallet::NearMiss> for NearMiss {
    fn from(miss: &wallet::NearMiss) -> Self {
        Self {
            id: miss.id.clone(),
            name: miss.name.clone(),
            lack: match &miss.lack {
                wallet::Lack::Authority => Lack::Authority,
                wallet::Lack::Claim(path) => Lack::Claim(path.clone()),
                wallet::Lack::HolderBinding => Lack::HolderBinding,
                wallet::Lack::Value(path) => Lack::Value(path.clone()),
            },
        }
    }
}

impl Request {
    pub(crate) fn new(review: &RequestReview, chosen: &[&ShareOption]) -> Self {
        let mut others: Vec<String> = review
            .asks()
            .iter()
            .flat_map(|ask| &ask.options)
            .filter(|option| chosen.iter().all(|one| one.id != option.id))
            .map(|option| option.id.clone())
            .collect();
        others.sort();
        others.dedup();
        Self {
            verifier: Verifier {
                client_id: review.verifier().to_owned(),
                name: review.name().map(str::to_owned),
                did: review.authenticated_did(),
                response_uri: review.response_uri().to_string(),
            },
            purpose: review.purpose().map(str::to_owned),
            asks: review
                .asks()
                .iter()
                .map(|ask| Ask {
                    query: ask.query.clone(),
                    types: ask.wanted.types.clone(),
                    claims: ask.wanted.claims.clone(),
                    resting: ask.resting.iter().cloned().collect(),
                    near_misses: ask.near_misses.iter().map(NearMiss::from).collect(),
                })
                .collect(),
            would_share: chosen.iter().map(|option| Share::new(option)).collect(),
            could_share_instead: others,
            missing: review.missing().unwrap_or_default(),
        }
    }

    /// A request at a door: there is nowhere to send an answer to.
    pub(crate) fn at_door(review: &DoorReview, chosen: Option<&ShareOption>) -> Self {
        let others = review.options().iter().map(|option| option.id.clone());
        let others = others.filter(|id| chosen.is_none_or(|one| one.id != *id));
        let client_id = review.verifier().to_owned();
        let did = client_id.strip_prefix("decentralized_identifier:");
        Self {
            verifier: Verifier {
                name: review.name().map(str::to_owned),
                did: did.map(str::to_owned),
                client_id,
                response_uri: String::new(),
            },
            purpose: review.purpose().map(str::to_owned),
            asks: vec![Ask {
                query: review.query().to_owned(),
                types: review.wanted().types.clone(),
                claims: review.wanted().claims.clone(),
                resting: BTreeMap::new(),
                near_misses: Vec::new(),
            }],
            would_share: chosen.into_iter().map(Share::new).collect(),
            could_share_instead: others.collect(),
            missing: match chosen {
                Some(_) => Vec::new(),
                None => vec![review.query().to_owned()],
            },
        }
    }
}

impl Share {
    fn new(option: &ShareOption) -> Self {
        Self {
            id: option.id.clone(),
            name: option.name.clone(),
            issuer_name: option.issuer.clone(),
            claims: option.shared.iter().cloned().collect(),
            identifiers: option.identifiers.iter().cloned().collect(),
            hidden: option.hidden.clone(),
            whole: option.whole,
            expired: option.expired,
            copies_left: option.copies_left,
            net: option.net.as_ref().map(NetShare::from),
        }
    }

    /// Whether there is a certificate, or a copy, that can be shown.
    pub(crate) fn is_usable(&self) -> bool {
        (self.copies_left > 0 || self.net.is_some()) && !self.expired
    }
}

/// `present`.
#[derive(Serialize)]
pub(crate) struct Presented {
    /// `accepted` or `declined`.
    pub(crate) outcome: &'static str,
    pub(crate) verifier: Verifier,
    pub(crate) shared: Vec<Share>,
    pub(crate) redirect_uri: Option<String>,
}
