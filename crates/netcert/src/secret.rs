use std::fmt;

use bbs::{ProverNyms, Scalar};
use keys::seal::SealingKey;
use keys::seed::Seed;
use zeroize::Zeroizing;

use crate::{NYMS, PROFILE};

/// The Holder's 16 secret scalars (`prover_nyms`), from which every number comes.
///
/// They derive from the wallet's seed and nothing else, one set for each uniqueness domain and
/// generation: two domains with one set could be linked by their Issuers. A new generation means
/// new numbers everywhere. Never from a PIN or a document: a pseudonym would tell a guess.
pub struct HolderSecret {
    nyms: ProverNyms,
    domain: String,
    generation: u32,
    box_key: SealingKey,
}

impl HolderSecret {
    /// Derives the secret of a uniqueness domain.
    #[must_use]
    pub fn derive(seed: &Seed, domain: &str, generation: u32) -> Self {
        let material = seed.derive(&format!("{NYMS_DOMAIN}{domain}"), generation);
        let mut scalars = Zeroizing::new(Vec::with_capacity(NYMS));
        let mut input = Zeroizing::new([0; 33]);
        for index in 0..NYMS {
            let index = u8::try_from(index).unwrap_or(u8::MAX);
            for (to, from) in input.iter_mut().zip(material.iter().chain([&index])) {
                *to = *from;
            }
            scalars.push(Scalar::hash(input.as_slice(), &dst()));
        }
        #[expect(clippy::expect_used, reason = "there are 16")]
        let nyms = ProverNyms::new(scalars).expect("16 scalars");
        Self {
            nyms,
            domain: domain.to_owned(),
            generation,
            box_key: box_key(seed, domain),
        }
    }

    /// The uniqueness domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Which secret of the domain this is, from 0.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    pub(crate) fn nyms(&self) -> &ProverNyms {
        &self.nyms
    }

    pub(crate) fn box_key(&self) -> &SealingKey {
        &self.box_key
    }
}

impl fmt::Debug for HolderSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HolderSecret([REDACTED])")
    }
}

/// The key of a domain's anchor boxes, for all generations: a box is opened to learn which.
pub(crate) fn box_key(seed: &Seed, domain: &str) -> SealingKey {
    SealingKey::new(&seed.derive(&format!("{BOX_DOMAIN}{domain}"), 0))
}

fn dst() -> Vec<u8> {
    [PROFILE.as_bytes(), b"_PROVER_NYMS_"].concat()
}

const NYMS_DOMAIN: &str = "net-certificate/v1/prover-nyms/";
const BOX_DOMAIN: &str = "net-certificate/v1/anchor-box/";
