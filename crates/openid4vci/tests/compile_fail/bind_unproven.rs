//! A ticket is bound to another key only after the anchor was proven.

use openid4vci::issuer::{CredentialIssuer, RebindingCall};

fn bind(
    issuer: &CredentialIssuer,
    call: RebindingCall,
    now: jiff::Timestamp,
    rng: &mut impl rand_core::CryptoRng,
) {
    let _ = call.answer(issuer, now, rng);
}

fn main() {}
