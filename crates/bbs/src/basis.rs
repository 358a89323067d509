//! What a vector of messages is signed over: generators, in the drafts' order, and the domain.

use crate::generators::{Interface, MAX_MESSAGES, p1};
use crate::keys::PublicKey;
use crate::msm::{self, Generator};
use crate::point::{POINT_LENGTH, Point};
use crate::suite::{hash_to_scalar, octets};
use crate::{Error, Scalar};

/// `Q_1` and a generator per message.
pub(crate) struct Basis {
    pub(crate) interface: Interface,
    pub(crate) q1: &'static Generator,
    pub(crate) h: Vec<&'static Generator>,
}

impl Basis {
    /// `Q_1, H_1, …, H_L`.
    pub(crate) fn new(interface: Interface, messages: usize) -> Result<Self, Error> {
        if messages > MAX_MESSAGES {
            return Err(Error::Count);
        }
        let mut h = interface.generators(messages + 1)?;
        Ok(Self {
            interface,
            q1: h.remove(0),
            h,
        })
    }

    /// `Q_1, H_1, …, H_L, Q_2, J_1, …, J_M`.
    pub(crate) fn blind(
        interface: Interface,
        messages: usize,
        committed: usize,
    ) -> Result<Self, Error> {
        if messages.saturating_add(committed) > MAX_MESSAGES {
            return Err(Error::Count);
        }
        let mut basis = Self::new(interface, messages)?;
        basis.h.extend(interface.blind_generators(committed + 1)?);
        Ok(basis)
    }

    /// `calculate_domain`. The header comes in parts.
    pub(crate) fn domain(&self, public: &PublicKey, header: &[&[u8]]) -> Scalar {
        let api_id = self.interface.api_id();
        let length: usize = header.iter().map(|part| part.len()).sum();
        let mut input = Vec::with_capacity(512 + POINT_LENGTH * (self.h.len() + 1) + length);
        input.extend_from_slice(public.encoded());
        input.extend_from_slice(&octets(self.h.len()));
        input.extend_from_slice(&self.q1.encoded);
        for generator in &self.h {
            input.extend_from_slice(&generator.encoded);
        }
        input.extend_from_slice(api_id);
        input.extend_from_slice(&octets(length));
        for part in header {
            input.extend_from_slice(part);
        }
        hash_to_scalar(&input, api_id, b"H2S_")
    }

    /// `B = P1 + Q_1 * domain + H_1 * msg_1 + … + H_L * msg_L`.
    ///
    /// Messages beyond the given ones count as zero: the rest comes in as a commitment.
    pub(crate) fn b(&self, domain: Scalar, messages: &[Scalar]) -> Point {
        let mut terms = Vec::with_capacity(messages.len() + 1);
        terms.push((self.q1, domain));
        terms.extend(self.h.iter().copied().zip(messages.iter().copied()));
        p1().point + msm::sum(&terms)
    }
}
