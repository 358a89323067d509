//! What a Bitstring Status List is about.

use std::fmt;

use status::Purpose;

/// What a list is about. Lists of messages differ in the size of their entries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Topic {
    /// Messages, of so many bits.
    Message(u8),
    /// Whether a credential is revoked.
    Revocation,
    /// Whether a credential is on hold.
    Suspension,
}

impl Topic {
    /// The lists without which no credential is issued.
    pub(crate) const OF_ALL: [Self; 2] = [Self::Revocation, Self::Suspension];

    /// Reads the name.
    #[must_use]
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let messages = (1..=MOST_BITS).map(Self::Message);
        let mut known = Self::OF_ALL.into_iter().chain(messages);
        known.find(|topic| topic.to_string() == name)
    }

    /// The value of `statusPurpose`.
    #[must_use]
    pub(crate) const fn purpose(self) -> Purpose {
        match self {
            Self::Message(_) => Purpose::Message,
            Self::Revocation => Purpose::Revocation,
            Self::Suspension => Purpose::Suspension,
        }
    }

    /// How many bits an entry has.
    #[must_use]
    pub(crate) const fn size(self) -> u8 {
        match self {
            Self::Message(bits) => bits,
            Self::Revocation | Self::Suspension => 1,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(bits) => write!(f, "message-{bits}"),
            Self::Revocation => f.write_str("revocation"),
            Self::Suspension => f.write_str("suspension"),
        }
    }
}

const MOST_BITS: u8 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for topic in [Topic::Message(1), Topic::Message(8), Topic::Revocation] {
            assert_eq!(Topic::parse(&topic.to_string()), Some(topic));
        }
        for name in [
            "message",
            "message-0",
            "message-9",
            "message-02",
            "refresh",
            "",
        ] {
            assert_eq!(Topic::parse(name), None, "{name}");
        }
    }
}
