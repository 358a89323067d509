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
//! For a net certificate there are, beside these:
//!
//! | Stage | asks | ends in |
//! |---|---|---|
//! | [`EpochLookup`] | the published epoch profiles | [`Epochs`] |
//! | [`AnchorLookup`] | the anchor endpoint | [`StoredAnchor`], if there is one |
//! | [`NetIssuance`] | the Nonce and Credential Endpoints | [`ReceivedNet`], not yet verified |
//! | [`Rebinding`] | the metadata, the Nonce and Token Endpoints | [`AccessGrant`] with a new key |
//!
//! Before the Holder has accepted, nothing is sent but the fetching of public documents. No request
//! says which language, device or wallet is asking.

mod anchor_lookup;
mod di_vp;
mod discovery;
mod epochs;
mod error;
mod exchange;
mod issuance;
mod lookup;
mod net_issuance;
mod notification;
mod order;
mod profile;
mod rebinding;
mod redemption;
mod refill;
mod rules;

pub use anchor_lookup::{AnchorLookup, StoredAnchor};
pub use discovery::{Discovery, OfferReview};
pub use epochs::{CLOCK_SLACK, EpochLookup, Epochs};
pub use error::{
    AnchorFailure, DiscoveryError, Endpoint, EpochError, ForeignKey, IssuanceError,
    NotificationFailure, RedemptionError, ResponseError, ResponseFault,
};
pub use issuance::{Issuance, Received};
pub use net_issuance::{NetIssuance, ReceivedNet};
pub use notification::Notification;
pub use profile::{Binding, IssuerProfile, OfferedCredential, OfferedNetCertificate};
pub use rebinding::Rebinding;
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
