use std::path::Path;

use keys::mac::MacKey;
use keys::seal::SealingKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::cost::Cost;
use crate::error::VaultError;

/// All that stands before the sealed contents: how the passphrase opens the data key.
#[derive(Debug)]
pub(crate) struct Header {
    bytes: [u8; LENGTH],
    form: Form,
}

impl Header {
    /// Seals a data key under a passphrase.
    pub(crate) fn new(
        passphrase: &[u8],
        cost: Cost,
        data_key: &SealingKey,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, VaultError> {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let price = [cost.to_bytes().as_slice(), &salt].concat();
        // Parameters that this program chose are ones that Argon2 takes.
        let lock = cost
            .derive(passphrase, &salt)
            .ok_or(VaultError::EmptyPassphrase)?;
        let wrapped = lock.seal(&lock_context(&price), data_key.expose_secret(), rng);
        Ok(Self::newest(
            &[price, wrapped, key_id(data_key).to_vec()].concat(),
        ))
    }

    /// The same lock before contents of the newest form.
    pub(crate) fn renewed(&self) -> Self {
        let (checked, _) = self.bytes.split_at(LENGTH - CHECKSUM);
        Self::newest(checked.get(BEGIN..).unwrap_or_default())
    }

    /// Writes what stands between the version and the checksum.
    fn newest(lock: &[u8]) -> Self {
        let checked = [MAGIC.as_slice(), &VERSION.to_be_bytes(), lock].concat();
        let whole = [checked.as_slice(), &keys::sha256(&checked)].concat();
        let mut bytes = [0; LENGTH];
        bytes
            .iter_mut()
            .zip(whole)
            .for_each(|(to, from)| *to = from);
        Self {
            bytes,
            form: Form::Chunks,
        }
    }

    /// Reads the header at the beginning of a file.
    pub(crate) fn read(file: &[u8], path: &Path) -> Result<Self, VaultError> {
        let path = || path.to_owned();
        let Some((magic, rest)) = file.split_first_chunk::<8>() else {
            return Err(VaultError::NotAVault { path: path() });
        };
        if *magic != MAGIC {
            return Err(VaultError::NotAVault { path: path() });
        }
        let version = rest.first_chunk::<2>();
        let form = match version.map(|version| u16::from_be_bytes(*version)) {
            Some(1) => Form::Whole,
            Some(VERSION) => Form::Chunks,
            Some(version) => {
                return Err(VaultError::UnsupportedVersion {
                    path: path(),
                    version,
                });
            }
            None => return Err(VaultError::Damaged { path: path() }),
        };
        let damaged = || VaultError::Damaged { path: path() };
        let bytes = *file.first_chunk::<LENGTH>().ok_or_else(damaged)?;
        let (checked, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or_else(damaged)?;
        if keys::sha256(checked) != *checksum {
            return Err(damaged());
        }
        let header = Self { bytes, form };
        header.cost().ok_or_else(damaged)?;
        Ok(header)
    }

    /// Opens the data key. `None` if the passphrase is another.
    pub(crate) fn unlock(&self, passphrase: &[u8]) -> Option<SealingKey> {
        let (parameters, rest) = self.bytes.split_first_chunk::<PARAMETERS>()?;
        let salt = parameters.last_chunk::<16>()?;
        let lock = self.cost()?.derive(passphrase, salt)?;
        let context = lock_context(parameters.get(BEGIN..)?);
        let data_key = lock.open(&context, rest.get(..WRAPPED)?).ok()?;
        let data_key = Zeroizing::new(<[u8; 32]>::try_from(data_key.as_slice()).ok()?);
        Some(SealingKey::new(&data_key))
    }

    /// Tells whether this is the data key, without the passphrase.
    pub(crate) fn is_of(&self, data_key: &SealingKey) -> bool {
        let id = self
            .bytes
            .get(PARAMETERS + WRAPPED..PARAMETERS + WRAPPED + KEY_ID);
        id == Some(key_id(data_key).as_slice())
    }

    /// Returns the cost that the vault was made with.
    pub(crate) fn cost(&self) -> Option<Cost> {
        let (_, rest) = self.bytes.split_at_checked(BEGIN)?;
        Cost::from_bytes(*rest.first_chunk()?)
    }

    /// Returns how the contents stand behind it.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Returns the bytes, which are also the context of the sealed contents.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// How the contents stand behind the header: what the version tells.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// In chunks, with an annex: format 2.
    Chunks,
    /// Sealed as one: format 1.
    Whole,
}

// The lock of format 1 is that of format 2 too: a vault comes into the newer one without its
// passphrase. That the version was not changed is what the contents behind it authenticate.
fn lock_context(price: &[u8]) -> Vec<u8> {
    [MAGIC.as_slice(), &LOCK.to_be_bytes(), price].concat()
}

// A one-way image of a random key: it tells the key to whoever has it, and nothing to others.
pub(crate) fn key_id(data_key: &SealingKey) -> [u8; KEY_ID] {
    let tag = MacKey::new(data_key.expose_secret())
        .derive("vault data key")
        .tag(b"id");
    let mut id = [0; KEY_ID];
    id.iter_mut().zip(tag).for_each(|(to, from)| *to = from);
    id
}

const MAGIC: [u8; 8] = *b"PESSOAVT";
const VERSION: u16 = 2;
const LOCK: u16 = 1;
/// Where the lock's parameters begin.
const BEGIN: usize = 8 + 2;
const PARAMETERS: usize = BEGIN + 12 + 16;
const WRAPPED: usize = 1 + 24 + 32 + 16;
const KEY_ID: usize = 16;
const CHECKSUM: usize = 32;
/// How long a header is.
pub(crate) const LENGTH: usize = PARAMETERS + WRAPPED + KEY_ID + CHECKSUM;
