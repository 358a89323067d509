//! The wallet's encrypted file.
//!
//! Knows nothing of credentials: it keeps bytes, and gives them back to whoever knows the
//! passphrase. Without the passphrase the file tells only that it is a vault, and roughly how
//! large; any changed byte is noticed. (That somebody put an older copy of the whole file in its
//! place cannot be noticed from within it.)
//!
//! ```text
//! magic 8 | version 2 | memory 4 | passes 4 | lanes 4 | salt 16        the lock's parameters
//! | data key, sealed under Argon2id(passphrase, salt) 73               authenticates the above
//! | id of the data key 16 | SHA-256 of all before 32                   tells damage from a wrong passphrase
//! | contents, padded to a power of two, sealed under the data key      authenticates all before
//! ```
//!
//! Sealing is XChaCha20-Poly1305; numbers are big-endian.
//!
//! Two more files have the same strength under keys that lie elsewhere: a [`Backup`], and the
//! [`Compartment`] that a timer opens while the vault is locked.
//!
//! ```text
//! magic 8 | version 2 | id of the key 16 | contents, padded, sealed under the key | SHA-256 of all before 32
//! ```

mod backup;
mod compartment;
mod cost;
mod error;
mod files;
mod header;
mod padding;
mod sealed;
mod unlock;
mod vault;

pub use crate::backup::Backup;
pub use crate::compartment::Compartment;
pub use crate::cost::Cost;
pub use crate::error::VaultError;
pub use crate::unlock::UnlockCache;
pub use crate::vault::{Passphrase, Vault};
