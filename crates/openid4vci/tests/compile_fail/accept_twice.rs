//! A reviewed offer cannot be accepted twice.

use openid4vci::wallet::OfferReview;

fn accept(review: OfferReview) {
    let _ = review.accept(None);
    let _ = review.accept(None);
}

fn main() {}
