//! A request for net certificates is judged once; what is signed is evidence that it was.

use netcert::{Anchor, EpochProfile};
use openid4vci::issuer::{NetAccepted, NetRequest};

fn judge(request: NetRequest, anchors: (&Anchor, &Anchor), profiles: &[EpochProfile]) {
    let _ = request.verify(Some(anchors.0), profiles);
    let _ = request.verify(Some(anchors.1), profiles);
}

fn unjudged(request: NetRequest) -> NetAccepted {
    request
}

fn main() {}
