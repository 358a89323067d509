//! What `--json` prints. The shapes are stable: members may be added, none is renamed or removed.

use jiff::Timestamp;
use openid4vci::messages::InputMode;
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;
use wallet::{HeldCredential, OfferReview, RequestReview, ShareOption, Wallet};

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

/// `list`.
#[derive(Serialize)]
pub(crate) struct List<'a> {
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

/// An offer, before it is accepted: `receive --dry-run`.
#[derive(Serialize)]
pub(crate) struct Offer {
    pub(crate) issuer: OfferIssuer,
    pub(crate) credentials: Vec<Offered>,
    pub(crate) unsupported: Vec<String>,
    pub(crate) tx_code: Option<TxCode>,
}

/// Who offers.
#[derive(Serialize)]
pub(crate) struct OfferIssuer {
    pub(crate) identifier: String,
    pub(crate) host: Option<String>,
    pub(crate) name: String,
}

/// One credential on offer.
#[derive(Serialize)]
pub(crate) struct Offered {
    pub(crate) configuration: String,
    pub(crate) name: String,
    pub(crate) format: &'static str,
    pub(crate) types: Vec<String>,
    pub(crate) claims: Vec<String>,
    pub(crate) copies: usize,
}

/// The transaction code that an offer asks for.
#[derive(Serialize)]
pub(crate) struct TxCode {
    pub(crate) numeric: bool,
    pub(crate) length: Option<u32>,
    pub(crate) description: Option<String>,
    pub(crate) sent_to: String,
}

impl Offer {
    pub(crate) fn new(review: &OfferReview, wallet: &Wallet) -> Self {
        let issuer = review.issuer();
        let credentials = issuer
            .credentials
            .iter()
            .map(|offered| Offered {
                configuration: offered.configuration_id.clone(),
                name: wallet.credential_name(offered),
                format: offered.format.name(),
                types: offered.types.clone(),
                claims: offered
                    .claims
                    .iter()
                    .map(|claim| wallet.claim_name(claim))
                    .collect(),
                copies: Wallet::copies_ordered(issuer),
            })
            .collect();
        let token_endpoint = &issuer.token_endpoint;
        Self {
            issuer: OfferIssuer {
                identifier: issuer.identifier.clone(),
                host: Url::parse(&issuer.identifier)
                    .ok()
                    .and_then(|url| address(&url)),
                name: wallet.issuer_name(issuer),
            },
            credentials,
            unsupported: issuer.unsupported.clone(),
            tx_code: review.tx_code().map(|code| TxCode {
                numeric: code.input_mode.unwrap_or_default() == InputMode::Numeric,
                length: code.length,
                description: code.description.clone(),
                sent_to: address(token_endpoint).unwrap_or_default(),
            }),
        }
    }
}

/// The host, with the port where it is not the usual one.
fn address(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// `receive` and `refill`.
#[derive(Serialize)]
pub(crate) struct Received<'a> {
    pub(crate) received: Vec<Credential<'a>>,
}

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
                })
                .collect(),
            would_share: chosen.iter().map(|option| Share::new(option)).collect(),
            could_share_instead: others,
            missing: review.missing().unwrap_or_default(),
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
        }
    }

    /// Whether there is a copy that can be shown.
    pub(crate) fn is_usable(&self) -> bool {
        self.copies_left > 0 && !self.expired
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
