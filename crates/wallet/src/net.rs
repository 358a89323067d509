//! Net Certificates in the wallet: what is kept of them, and what is done with them.

mod collect;
mod compartment;
mod crowd;
mod door;
mod held;
mod numbers;
mod order;
mod receive;
mod renew;
mod show;
mod verifiers;

pub use collect::{Collected, NetFault};
pub use crowd::Crowd;
pub use door::{DoorAnswer, DoorReview};
pub use held::NetCertificate;
pub use numbers::{Acquaintance, KnownNumber};
pub use renew::{LockedRenewal, RenewalReport, Renewed, Which};
pub use show::{Allowances, NetShare, NumberShare};
pub(crate) use show::{Asked, Lent};
pub(crate) use verifiers::KnownVerifier;
