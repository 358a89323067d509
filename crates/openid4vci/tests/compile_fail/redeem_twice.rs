//! An offer cannot be redeemed twice in one process; the database's version protects two.

use openid4vci::issuer::{CredentialIssuer, Offer, PreAuthorizedCall};

fn redeem(
    offer: Offer,
    issuer: &CredentialIssuer,
    calls: (PreAuthorizedCall, PreAuthorizedCall),
    now: jiff::Timestamp,
    rng: &mut impl rand_core::CryptoRng,
) {
    let _ = offer.redeem(issuer, calls.0, now, rng);
    let _ = offer.redeem(issuer, calls.1, now, rng);
}

fn main() {}
