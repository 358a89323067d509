use openid4vp::wallet::Authenticated;

fn twice(request: Authenticated) {
    let _ = request.decline();
    let _ = request.decline();
}

fn main() {}
