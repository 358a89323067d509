//! The Holder's intentions: receive, present, renew, refill, restore, look back, forget.
//!
//! Knows nothing of terminals, screens or routes: a door shows what a review says, asks the
//! Holder, and brings the answer. Nothing leaves the wallet that a review did not show.

mod backup;
mod contents;
mod copies;
mod error;
mod held;
mod history;
mod insight;
mod net;
mod present;
mod receive;
mod refill;
mod review;
mod wallet;
mod world;

pub use contents::ContentsError;
pub use error::{PresentError, ReceiveError};
pub use held::HeldCredential;
pub use history::{Event, HistoryEntry, Outcome, SharedCredential};
pub use net::{
    Acquaintance, Allowances, Collected, Crowd, DOOR_MEMORY, DoorAnswer, DoorReview, KnownNumber,
    LockedRenewal, NetCertificate, NetFault, NetShare, NumberShare, RenewalReport, Renewed,
    ScopesChange, Which,
};
pub use openid4vci::wallet::OfferReview;
pub use present::Presented;
pub use review::{Ask, Lack, NearMiss, RequestReview, ShareOption, Wanted};
pub use wallet::{NewVault, Wallet, WalletError};
pub use world::Settings;
