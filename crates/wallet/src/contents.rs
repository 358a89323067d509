use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use keys::{base64url, seed::Seed};
use netcert::ProfilePins;
use openid4vp::scopes::SignedScopes;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::held::{HeldCredential, RefillGrant, Sealed};
use crate::history::{Event, HistoryEntry};
use crate::net::{KnownAnchor, KnownVerifier, NetCertificate};

/// Everything that the vault keeps, in the form in which it keeps it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    version: u32,
    pub(crate) seed: Sealed,
    pub(crate) credentials: Vec<HeldCredential>,
    pub(crate) history: Vec<HistoryEntry>,
    /// What was granted and not yet received.
    pub(crate) pending: Vec<Pending>,
    /// From format 2 on.
    #[serde(default)]
    pub(crate) net: Vec<NetCertificate>,
    /// The epoch profiles that were seen, from format 2 on.
    #[serde(default)]
    pub(crate) pins: ProfilePins,
    /// The DID documents of Verifiers that were answered, from format 2 on.
    #[serde(default)]
    pub(crate) verifiers: Vec<KnownVerifier>,
    /// Every anchor that an Issuer may hold of this wallet's secrets, from format 2 on.
    #[serde(default)]
    pub(crate) anchors: Vec<KnownAnchor>,
    /// The lists of scopes in which numbers were shown, by the Verifier's DID, from format 2 on.
    #[serde(default)]
    pub(crate) scopes: BTreeMap<String, SignedScopes>,
}

/// Credentials that an Issuer has granted, and that did not arrive yet.
#[derive(Deserialize, Serialize)]
pub(crate) struct Pending {
    pub(crate) id: String,
    pub(crate) issuer: String,
    pub(crate) issuer_name: String,
    pub(crate) configurations: Vec<String>,
    pub(crate) grant: RefillGrant,
}

impl Contents {
    /// Begins a wallet with nothing in it but its seed.
    pub(crate) fn new(seed: &Seed) -> Self {
        let entropy = Zeroizing::new(base64url::encode(seed.expose_entropy()));
        Self {
            version: VERSION,
            seed: Sealed::from(entropy.as_str()),
            credentials: Vec::new(),
            history: Vec::new(),
            pending: Vec::new(),
            net: Vec::new(),
            pins: ProfilePins::default(),
            verifiers: Vec::new(),
            anchors: Vec::new(),
            scopes: BTreeMap::new(),
        }
    }

    /// Reads what [`Self::to_bytes`] wrote, in this format or an earlier one. What is saved next is
    /// in this format.
    ///
    /// # Errors
    /// When a later program wrote it, or when it is not a wallet's contents.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, ContentsError> {
        // One pass over what may be large; another only to say why it is refused.
        match serde_json::from_slice::<Self>(bytes) {
            Ok(mut contents) => {
                contents.current()?;
                contents.place_copies();
                Ok(contents)
            }
            Err(_) => Err(refusal(bytes)),
        }
    }

    /// Brings contents of an earlier format into this one.
    pub(crate) fn current(&mut self) -> Result<(), ContentsError> {
        if !(OLDEST..=VERSION).contains(&self.version) {
            return Err(ContentsError::Version(self.version));
        }
        self.version = VERSION;
        self.note_held_anchors();
        Ok(())
    }

    /// Writes the contents as the vault shall seal them.
    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, ContentsError> {
        to_bytes(self)
    }

    /// Writes the annex of these contents, with the help of the one that the vault has now.
    pub(crate) fn to_annex(&self, kept: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentsError> {
        let length = self.credentials.iter().map(|held| held.copies.length());
        // Reserved at once: growing would leave copies behind that nobody wipes.
        let mut annex = Zeroizing::new(Vec::with_capacity(length.sum()));
        for held in &self.credentials {
            held.copies.write(kept, &mut annex)?;
        }
        Ok(annex)
    }

    /// Notes that the vault has what was written last.
    pub(crate) fn note_saved(&mut self) {
        for held in &mut self.credentials {
            held.copies.note_kept();
        }
        self.place_copies();
    }

    fn place_copies(&mut self) {
        let mut at = 0;
        for held in &mut self.credentials {
            held.copies.place(&mut at);
        }
    }

    /// The seed of this wallet.
    pub(crate) fn seed(&self) -> Result<Seed, ContentsError> {
        let entropy = base64url::decode_array::<32>(self.seed.expose())
            .map(Zeroizing::new)
            .map_err(|_| ContentsError::Malformed)?;
        Ok(Seed::from_entropy(&entropy))
    }

    /// Draws an identifier that no Credential here has: short enough to type, and meaningless.
    pub(crate) fn fresh_id(&self, rng: &mut impl CryptoRng) -> String {
        loop {
            let draw = rng.next_u32();
            let id: String = (0..ID_LENGTH)
                .map(|place| letter(draw >> (5 * place)))
                .collect();
            let held = self.credentials.iter().map(|one| &one.id);
            if held
                .chain(self.pending.iter().map(|one| &one.id))
                .chain(self.net.iter().map(|one| &one.id))
                .all(|other| *other != id)
            {
                return id;
            }
        }
    }

    /// Writes into the Holder's history.
    pub(crate) fn remember(&mut self, at: Timestamp, event: Event) {
        self.history.push(HistoryEntry { at, event });
    }
}

/// Writes secrets as JSON.
pub(crate) fn to_bytes(secrets: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, ContentsError> {
    // Measured first: growing would leave copies behind that nobody wipes.
    let mut length = Length(0);
    serde_json::to_writer(&mut length, secrets).map_err(|_| ContentsError::Malformed)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, secrets).map_err(|_| ContentsError::Malformed)?;
    Ok(bytes)
}

/// Why the vault's contents could not be read or written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ContentsError {
    /// They are not what this program writes.
    #[error("the vault does not hold a wallet")]
    Malformed,
    /// Another version of this program wrote them.
    #[error("the wallet was written in format {0}, which this program does not know")]
    Version(u32),
}

/// Says why [`Contents::from_bytes`] does not read this.
fn refusal(bytes: &[u8]) -> ContentsError {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    match serde_json::from_slice(bytes) {
        Ok(Versioned { version }) if !(OLDEST..=VERSION).contains(&version) => {
            ContentsError::Version(version)
        }
        _ => ContentsError::Malformed,
    }
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Crockford's alphabet: no letter that is easily taken for another.
fn letter(bits: u32) -> char {
    char::from(*LETTERS.get((bits & 31) as usize).unwrap_or(&b'0'))
}

/// 1: credentials alone; 2: net certificates beside them; 3: one-time copies in the annex.
const VERSION: u32 = 3;
const OLDEST: u32 = 1;
const ID_LENGTH: u32 = 5;
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_survive_the_vault() {
        let seed = Seed::generate(&mut host::system_rng());
        let bytes = Contents::new(&seed).to_bytes().unwrap();
        let back = Contents::from_bytes(&bytes).unwrap();
        assert_eq!(back.seed().unwrap().expose_entropy(), seed.expose_entropy());
    }

    #[test]
    fn what_a_later_program_wrote_is_left_alone() {
        let later =
            br#"{"version":4,"seed":"x","credentials":[],"history":[],"pending":[],"more":1}"#;
        assert_eq!(
            Contents::from_bytes(later).err(),
            Some(ContentsError::Version(4))
        );
        assert_eq!(
            Contents::from_bytes(b"[]").err(),
            Some(ContentsError::Malformed)
        );
    }

    #[test]
    fn what_an_earlier_program_wrote_opens_and_is_written_anew() {
        let entropy = base64url::encode([7; 32]);
        let earlier = format!(
            r#"{{"version":1,"seed":"{entropy}","credentials":[],"history":[],"pending":[]}}"#
        );
        let contents = Contents::from_bytes(earlier.as_bytes()).unwrap();
        assert!(contents.net.is_empty());
        let again = contents.to_bytes().unwrap();
        let text = std::str::from_utf8(&again).unwrap();
        assert!(text.starts_with(r#"{"version":3,"#), "{text}");
        assert!(Contents::from_bytes(&again).is_ok());
    }

    #[test]
    fn identifiers_are_short_and_unlike() {
        let contents = Contents::new(&Seed::generate(&mut host::system_rng()));
        let id = contents.fresh_id(&mut host::system_rng());
        assert_eq!(id.len(), 5);
        assert_ne!(id, contents.fresh_id(&mut host::system_rng()));
    }
}
