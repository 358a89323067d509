//! The wallet's side of issuance.
//!
//! Each stage is a type, and each answer consumes it. All of them are driven alike:
//!
//! ```text
//! loop {
//!     let response = client.send(stage.request(…)?).await?;
//!     match stage.receive(response, …)? {
//!         Progress::More(next) => stage = next,
//!         Progress::Done(result) => break result,
//!     }
//! }
//! ```
//!
//! | Stage | asks | ends in |
//! |---|---|---|
//! | [`Discovery`] | the offer, the metadata | [`OfferReview`]: the Holder decides |
//! | [`Redemption`] | the Token Endpoint | [`AccessGrant`] |
//! | [`Refill`] | the metadata, the Token Endpoint | [`AccessGrant`] |
//! | [`Issuance`] | the Nonce and Credential Endpoints | [`Received`], not yet verified |
//! | [`Notification`] | the Notification Endpoint | nothing |
//!
//! Before the Holder has accepted, nothing is sent but the fetching of public documents. No request
//! says which language, device or wallet is asking.

mod discovery;
mod error;
mod exchange;
mod issuance;
mod lookup;
mod notification;
mod profile;
mod redemption;
mod refill;
mod rules;

pub use discovery::{Discovery, OfferReview};
pub use error::{
    DiscoveryError, Endpoint, ForeignKey, IssuanceError, NotificationFailure, RedemptionError,
    ResponseError, ResponseFault,
};
pub use issuance::{Issuance, Received};
pub use notification::Notification;
pub use profile::{Binding, IssuerProfile, OfferedCredential};
pub use redemption::{AccessGrant, Redemption};
pub use refill::Refill;
pub use rules::Options;

/// What a stage becomes when an answer comes in.
#[derive(Debug)]
#[must_use]
pub enum Progress<S, D> {
    /// The stage is over.
    Done(D),
    /// There is another request to send.
    More(S),
}
