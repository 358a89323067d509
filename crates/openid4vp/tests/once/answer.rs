use openid4vp::messages::AuthorizationResponse;
use openid4vp::verifier::Requested;

fn twice(
    session: Requested,
    first: AuthorizationResponse,
    second: AuthorizationResponse,
    rng: &mut impl rand_core::CryptoRng,
    now: jiff::Timestamp,
) {
    let _ = session.receive(first, rng, now);
    let _ = session.receive(second, rng, now);
}

fn main() {}
