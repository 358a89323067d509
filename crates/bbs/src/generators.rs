//! Generators (BBS draft, "Generators Calculation"), computed once per process.

use std::sync::{OnceLock, PoisonError, RwLock};

use crate::Error;
use crate::msm::Generator;
use crate::point::Point;
use crate::suite::{API_ID, BLIND_API_ID, NYM_API_ID, expand_message, hash_to_curve_g1, octets};

/// The most messages of one signature, of all kinds together: bounds what a caller's mistake costs.
pub const MAX_MESSAGES: usize = 1024;

/// The interfaces of the drafts, told apart by `api_id`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Interface {
    Blind,
    Nym,
    Plain,
}

impl Interface {
    pub(crate) const fn api_id(self) -> &'static [u8] {
        match self {
            Self::Blind => BLIND_API_ID,
            Self::Nym => NYM_API_ID,
            Self::Plain => API_ID,
        }
    }

    /// `create_generators(count, api_id)`.
    pub(crate) fn generators(self, count: usize) -> Result<Vec<&'static Generator>, Error> {
        static PLAIN: Sequence = Sequence::new();
        static BLIND: Sequence = Sequence::new();
        static NYM: Sequence = Sequence::new();
        match self {
            Self::Blind => BLIND.take(count, &[self.api_id()]),
            Self::Nym => NYM.take(count, &[self.api_id()]),
            Self::Plain => PLAIN.take(count, &[self.api_id()]),
        }
    }

    /// `create_generators(count, "BLIND_" || api_id)`.
    pub(crate) fn blind_generators(self, count: usize) -> Result<Vec<&'static Generator>, Error> {
        static PLAIN: Sequence = Sequence::new();
        static BLIND: Sequence = Sequence::new();
        static NYM: Sequence = Sequence::new();
        let api_id = [b"BLIND_", self.api_id()];
        match self {
            Self::Blind => BLIND.take(count, &api_id),
            Self::Nym => NYM.take(count, &api_id),
            Self::Plain => PLAIN.take(count, &api_id),
        }
    }
}

/// The fixed point `P1` of the ciphersuite.
pub(crate) fn p1() -> &'static Generator {
    static P1: OnceLock<Generator> = OnceLock::new();
    P1.get_or_init(|| {
        // The constant is a point; the test below says so.
        Generator::new(Point::from_bytes(&P1_OCTETS).unwrap_or(Point::identity()))
    })
}

/// One endless sequence of generators: the first `n` are the same for every count.
struct Sequence(RwLock<State>);

struct State {
    generators: Vec<&'static Generator>,
    /// `v` of the procedure.
    v: [u8; EXPAND_LENGTH],
}

impl Sequence {
    const fn new() -> Self {
        Self(RwLock::new(State {
            generators: Vec::new(),
            v: [0; EXPAND_LENGTH],
        }))
    }

    fn take(&self, count: usize, api_id: &[&[u8]]) -> Result<Vec<&'static Generator>, Error> {
        if count > MAX_MESSAGES + 2 {
            return Err(Error::Count);
        }
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(generators) = known.generators.get(..count) {
            return Ok(generators.to_vec());
        }
        drop(known);
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        state.extend(count, &api_id.concat());
        Ok(state.generators.iter().take(count).copied().collect())
    }
}

impl State {
    fn extend(&mut self, count: usize, api_id: &[u8]) {
        let seed_dst: [&[u8]; 2] = [api_id, b"SIG_GENERATOR_SEED_"];
        if self.generators.is_empty() {
            let seed = [api_id, b"MESSAGE_GENERATOR_SEED"].concat();
            expand_message(&seed, &seed_dst, &mut self.v);
        }
        while self.generators.len() < count {
            let index = octets(self.generators.len() + 1);
            let message = [self.v.as_slice(), &index].concat();
            expand_message(&message, &seed_dst, &mut self.v);
            let point = hash_to_curve_g1(&self.v, api_id, b"SIG_GENERATOR_DST_");
            // Never freed: the sequence is as long as the process lives, and bounded.
            self.generators
                .push(Box::leak(Box::new(Generator::new(point))));
        }
    }
}

const EXPAND_LENGTH: usize = 48;

const P1_OCTETS: [u8; 48] = [
    0xa8, 0xce, 0x25, 0x61, 0x02, 0x84, 0x08, 0x21, 0xa3, 0xe9, 0x4e, 0xa9, 0x02, 0x5e, 0x46, 0x62,
    0xb2, 0x05, 0x76, 0x2f, 0x97, 0x76, 0xb3, 0xa7, 0x66, 0xc8, 0x72, 0xb9, 0x48, 0xf1, 0xfd, 0x22,
    0x5e, 0x7c, 0x59, 0x69, 0x85, 0x88, 0xe7, 0x0d, 0x11, 0x40, 0x6d, 0x16, 0x1b, 0x4e, 0x28, 0xc9,
];
