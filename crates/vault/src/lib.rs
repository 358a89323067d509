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
//! | id of this writing 16
//! | chunks of 16 KiB, each sealed under the data key in 41 more        authenticates all before, the
//!                                                                      number of chunks, and its place
//! ```
//!
//! Opened and put together, the chunks are
//!
//! ```text
//! length of the next three 8 | length of the contents 8 | contents | annex | zeros up to a power of two
//! ```
//!
//! so that the contents are opened without the annex, which may be large: a byte that was changed in
//! the annex, or behind it, is noticed when the annex is opened, all else at once. Sealing is
//! XChaCha20-Poly1305; numbers are big-endian.
//!
//! Format 1, which is read and not written any more, has no annex: behind the header are the
//! contents, padded as in the files below, and sealed as one.
//!
//! Two more files have the same strength under keys that lie elsewhere: a [`Backup`], and the
//! [`Compartment`] that a timer opens while the vault is locked.
//!
//! ```text
//! magic 8 | version 2 | id of the key 16 | contents, padded, sealed under the key | SHA-256 of all before 32
//! ```

mod backup;
mod body;
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
