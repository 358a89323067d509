use keys::token::BearerToken;
use openid4vp::verifier::Session;

fn twice(session: Session, token: &BearerToken, now: jiff::Timestamp) {
    let _ = session.take(token, None, now);
    let _ = session.take(token, None, now);
}

fn main() {}
