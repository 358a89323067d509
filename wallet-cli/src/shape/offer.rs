//! What `--json` prints of an offer.

use openid4vci::messages::{ClaimDescription, InputMode};
use serde::Serialize;
use url::Url;
use wallet::{OfferReview, Wallet};

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
    /// One-time copies; a net certificate has none.
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
        let claims = |claims: &[ClaimDescription]| {
            let claims = claims.iter().map(|claim| wallet.claim_name(claim));
            claims.collect::<Vec<_>>()
        };
        let net = issuer.net_certificate.iter().map(|offered| Offered {
            configuration: offered.configuration_id.clone(),
            name: wallet.net_name(offered),
            format: netcert::FORMAT,
            types: netcert::TYPES.map(str::to_owned).to_vec(),
            claims: claims(&offered.claims),
            copies: 0,
        });
        let credentials = net
            .chain(issuer.credentials.iter().map(|offered| Offered {
                configuration: offered.configuration_id.clone(),
                name: wallet.credential_name(offered),
                format: offered.format.name(),
                types: offered.types.clone(),
                claims: claims(&offered.claims),
                copies: Wallet::copies_ordered(issuer),
            }))
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
