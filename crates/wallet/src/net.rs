//! Net Certificates in the wallet: what is kept of them, and what is done with them.

mod anchors;
mod asker;
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

pub(crate) use anchors::KnownAnchor;
pub(crate) use asker::Asker;
pub use collect::{Collected, NetFault};
pub use crowd::Crowd;
pub use door::{DoorAnswer, DoorReview};
pub use held::NetCertificate;
pub use numbers::{Acquaintance, KnownNumber};
pub use renew::{LockedRenewal, RenewalReport, Renewed, Which};
pub use show::{Allowances, NetShare, NumberShare, ScopesChange};
pub(crate) use show::{Asked, Lent};
pub use verifiers::DOOR_MEMORY;
pub(crate) use verifiers::KnownVerifier;
