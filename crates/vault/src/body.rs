//! What stands behind the header: the contents, which are opened at once, and the annex, which is
//! opened when somebody asks for it.
//!
//! They are cut into chunks of one length, so that one can be opened without the other, and so that
//! the file does not tell where one ends.

use std::ops::Range;
use std::path::Path;

use keys::Wiped;
use keys::seal::SealingKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::files::Files;
use crate::header::{self, Header};
use crate::padding::{SMALLEST, contents_in, pad};

/// Seals both under the data key. No chunk opens in another place, in another file, or among
/// chunks that were written at another time.
pub(crate) fn seal(
    header: &Header,
    key: &SealingKey,
    contents: &[u8],
    annex: &[u8],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Vec<u8> {
    let mut id = [0; ID];
    rng.fill_bytes(&mut id);
    let length = (contents.len() as u64).to_be_bytes();
    let padded = pad(&[&length, contents, annex]);
    let chunks = padded.chunks(CHUNK);
    let count = chunks.len();
    let context = [header.bytes(), &id].concat();
    let mut sealed = Vec::with_capacity(ID + count * SEALED);
    sealed.extend_from_slice(&id);
    for (number, chunk) in chunks.enumerate() {
        let context = context_of(&context, count, number);
        sealed.extend_from_slice(&key.seal(&context, chunk, rng));
    }
    sealed
}

/// Opens what format 1 has behind the header: contents without an annex, sealed as one.
pub(crate) fn open_whole(file: Vec<u8>, header: &Header, key: &SealingKey) -> Option<Opened> {
    let mut around = Wiped::from(file);
    let start = header.bytes().len();
    let body = around.get_mut(start..)?;
    let padded = key.open_in_place(header.bytes(), body).ok()?;
    let contents = contents_in(body.get(padded.clone())?)?;
    let start = start + padded.start;
    Some(Opened {
        around,
        place: start + contents.start..start + contents.end,
    })
}

/// A plaintext, and what stands around it: what is large is opened where it was read.
#[derive(Default)]
pub(crate) struct Opened {
    around: Wiped,
    place: Range<usize>,
}

impl Opened {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.around.get(self.place.clone()).unwrap_or_default()
    }
}

impl From<Zeroizing<Vec<u8>>> for Opened {
    fn from(mut contents: Zeroizing<Vec<u8>>) -> Self {
        let around = Wiped::from(std::mem::take(&mut *contents));
        let place = 0..around.len();
        Self { around, place }
    }
}

/// The chunks as they were written together, of which some are still to be opened.
pub(crate) struct Chunks {
    /// The header, and the id of this writing.
    context: Vec<u8>,
    count: usize,
    /// Where the annex is in the plaintext of all chunks.
    annex: Range<usize>,
}

impl Chunks {
    /// Opens the contents, and says how the annex is opened. `head` is the beginning of the file, as
    /// far as the first chunk.
    ///
    /// # Errors
    /// When the machine refuses, or the file is damaged: that bytes were lost or added is always
    /// noticed here, that bytes of the annex were changed by [`Self::open_annex`].
    pub(crate) fn open(
        files: &dyn Files,
        path: &Path,
        head: &[u8],
        key: &SealingKey,
    ) -> Result<(Self, Opened), VaultError> {
        let damaged = || VaultError::Damaged {
            path: path.to_owned(),
        };
        let length = files.length(path).map_err(VaultError::io("read", path))?;
        let sealed = usize::try_from(length).ok();
        let sealed = sealed.and_then(|length| length.checked_sub(header::LENGTH + ID));
        let sealed = sealed.filter(|sealed| sealed % SEALED == 0);
        let (context, first) = head
            .split_at_checked(header::LENGTH + ID)
            .ok_or_else(damaged)?;
        let mut chunks = Self {
            context: context.to_vec(),
            count: sealed.ok_or_else(damaged)? / SEALED,
            annex: 0..0,
        };
        let mut opened = chunks
            .unseal(first.to_vec(), key, 0..1)
            .ok_or_else(damaged)?;
        chunks.annex = chunks.lengths(opened.bytes()).ok_or_else(damaged)?;
        let contents = LENGTHS..chunks.annex.start;
        if contents.end > CHUNK {
            let needed = 0..contents.end.div_ceil(CHUNK);
            opened = chunks.open_some(files, path, key, needed)?;
        }
        opened.place = contents;
        Ok((chunks, opened))
    }

    /// Opens the annex, and all that is behind it.
    ///
    /// # Errors
    /// When the machine refuses, or the file is damaged, or another by now.
    pub(crate) fn open_annex(
        &self,
        files: &dyn Files,
        path: &Path,
        key: &SealingKey,
    ) -> Result<Opened, VaultError> {
        let first = self.annex.start / CHUNK;
        let mut opened = self.open_some(files, path, key, first..self.count)?;
        let skipped = first * CHUNK;
        opened.place = self.annex.start - skipped..self.annex.end - skipped;
        Ok(opened)
    }

    fn open_some(
        &self,
        files: &dyn Files,
        path: &Path,
        key: &SealingKey,
        numbers: Range<usize>,
    ) -> Result<Opened, VaultError> {
        let at = self.context.len() + numbers.start * SEALED;
        let sealed = files.read_part(path, at as u64, numbers.len() * SEALED);
        let sealed = sealed.map_err(VaultError::io("read", path))?;
        self.unseal(sealed, key, numbers)
            .ok_or_else(|| VaultError::Damaged {
                path: path.to_owned(),
            })
    }

    /// Opens chunks where they stand, and puts the plaintexts together.
    fn unseal(&self, sealed: Vec<u8>, key: &SealingKey, numbers: Range<usize>) -> Option<Opened> {
        let mut around = Wiped::from(sealed);
        let mut end = 0;
        for (place, number) in numbers.enumerate() {
            let start = place * SEALED;
            let chunk = around.get_mut(start..start + SEALED)?;
            let context = context_of(&self.context, self.count, number);
            let text = key.open_in_place(&context, chunk).ok()?;
            around.copy_within(start + text.start..start + text.end, end);
            end += text.len();
        }
        Some(Opened {
            around,
            place: 0..end,
        })
    }

    /// Reads from the first chunk where the annex is.
    fn lengths(&self, first: &[u8]) -> Option<Range<usize>> {
        let (whole, rest) = first.split_first_chunk()?;
        let (contents, _) = rest.split_first_chunk()?;
        let length = |length: [u8; 8]| usize::try_from(u64::from_be_bytes(length)).ok();
        let start = LENGTHS.checked_add(length(*contents)?)?;
        let end = WHOLE.checked_add(length(*whole)?)?;
        (start <= end && end <= self.count * CHUNK).then_some(start..end)
    }
}

fn context_of(writing: &[u8], count: usize, number: usize) -> Vec<u8> {
    let [count, number] = [count, number].map(|number| (number as u64).to_be_bytes());
    [writing, &count, &number].concat()
}

/// How much of the file is read to see what it is, and where its contents end.
pub(crate) const HEAD: usize = header::LENGTH + ID + SEALED;
const ID: usize = 16;
/// What is padded is never shorter, and always a multiple of it.
const CHUNK: usize = SMALLEST;
const SEALED: usize = 1 + 24 + CHUNK + 16;
/// The length of all that is behind it.
const WHOLE: usize = 8;
/// That, and the length of the contents.
const LENGTHS: usize = WHOLE + 8;
