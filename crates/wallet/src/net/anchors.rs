use keys::base64url;
use keys::seed::Seed;
use netcert::{Anchor, AnchorOpening, HolderSecret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::contents::{Contents, ContentsError};
use crate::held::Sealed;

/// An anchor that an Issuer may hold of one of this wallet's secrets.
///
/// It is kept before the Issuer can see it, and for ever: of two anchors of one secret, the Issuer
/// could find two numbers of one person by what they differ in. So what an interrupted receipt has
/// begun, the next one goes on with, and what was forgotten comes back as it was.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownAnchor {
    pub(crate) domain: String,
    pub(crate) generation: u32,
    pub(crate) anchor: Anchor,
    opening: Sealed,
}

impl KnownAnchor {
    pub(crate) fn secret(&self, seed: &Seed) -> HolderSecret {
        HolderSecret::derive(seed, &self.domain, self.generation)
    }

    pub(crate) fn opening(&self) -> Result<AnchorOpening, ContentsError> {
        open(&self.opening)
    }
}

impl Contents {
    /// The anchors of a uniqueness domain, the newest secret's first.
    pub(crate) fn anchors_in(&self, domain: &str) -> Vec<&KnownAnchor> {
        let mut known: Vec<_> = self.anchors.iter().collect();
        known.retain(|one| one.domain == domain);
        known.sort_by_key(|one| std::cmp::Reverse(one.generation));
        known
    }

    /// Keeps an anchor; tells whether it was not kept before.
    pub(crate) fn note_anchor(
        &mut self,
        secret: &HolderSecret,
        anchor: Anchor,
        opening: &AnchorOpening,
    ) -> bool {
        let (domain, generation) = (secret.domain(), secret.generation());
        self.note(domain, generation, anchor, seal(opening))
    }

    /// Keeps the anchors of what is held: an earlier program did not.
    pub(crate) fn note_held_anchors(&mut self) {
        let held = self.net.iter();
        let anchors: Vec<_> = held
            .map(|one| {
                (
                    one.domain.clone(),
                    one.generation,
                    one.anchor,
                    one.opening.copy(),
                )
            })
            .collect();
        for (domain, generation, anchor, opening) in anchors {
            self.note(&domain, generation, anchor, opening);
        }
    }

    fn note(&mut self, domain: &str, generation: u32, anchor: Anchor, opening: Sealed) -> bool {
        let known = |one: &KnownAnchor| one.domain == domain && one.anchor == anchor;
        if self.anchors.iter().any(known) {
            return false;
        }
        self.anchors.push(KnownAnchor {
            domain: domain.to_owned(),
            generation,
            anchor,
            opening,
        });
        true
    }
}

/// Writes an opening as the vault keeps it.
pub(crate) fn seal(opening: &AnchorOpening) -> Sealed {
    let text = Zeroizing::new(base64url::encode(opening.expose_secret().as_slice()));
    Sealed::from(text.as_str())
}

/// Reads what [`seal`] wrote.
pub(crate) fn open(sealed: &Sealed) -> Result<AnchorOpening, ContentsError> {
    let bytes = base64url::decode_array::<32>(sealed.expose())
        .map(Zeroizing::new)
        .map_err(|_| ContentsError::Malformed)?;
    AnchorOpening::from_bytes(&bytes).map_err(|_| ContentsError::Malformed)
}
