//! Net Certificates in the wallet: what is kept of them, and what is done with them.

mod collect;
mod compartment;
mod held;
mod numbers;
mod order;
mod receive;
mod renew;
mod show;

pub use collect::{Collected, NetFault};
pub use held::NetCertificate;
pub use numbers::{Acquaintance, KnownNumber};
pub use renew::{LockedRenewal, RenewalReport, Renewed, Which};
pub(crate) use show::Lent;
pub use show::{Allowances, NetShare, NumberShare};
