use jiff::Timestamp;
use keys::base64url;
use netcert::{NetNumber, Pseudonym, PseudonymContext};
use serde::{Deserialize, Serialize};

use super::held::NetCertificate;

/// A net number that a platform has seen.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KnownNumber {
    /// The platform: its host as DNS has it, and what follows in its identifier.
    pub platform: String,
    /// The purpose, where the platform has several.
    pub scope: Option<String>,
    /// When it was first shown.
    pub first_shown: Timestamp,
    /// When it was last shown.
    pub last_shown: Timestamp,
    /// The context's identifier: what the number is bound to.
    context: String,
    pseudonym: Pseudonym,
}

impl KnownNumber {
    /// The number.
    #[must_use]
    pub fn number(&self) -> NetNumber {
        NetNumber::of(&self.pseudonym)
    }
}

/// What the Holder is told of a number before it is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Acquaintance {
    /// The platform has seen another number of this Holder: whoever has both may be two people.
    Another {
        /// When.
        last_shown: Timestamp,
    },
    /// This wallet has shown it here no number yet.
    First,
    /// The platform has seen this very number.
    Same {
        /// When it saw it last.
        last_shown: Timestamp,
    },
}

impl NetCertificate {
    /// Tells whether a platform has seen a number already.
    pub(crate) fn acquaintance(
        &self,
        context: &PseudonymContext,
        pseudonym: &Pseudonym,
    ) -> Acquaintance {
        let context = base64url::encode(context.id());
        let known = self.numbers.iter().filter(|one| one.context == context);
        match known.max_by_key(|one| one.last_shown) {
            None => Acquaintance::First,
            Some(one) if one.pseudonym == *pseudonym => Acquaintance::Same {
                last_shown: one.last_shown,
            },
            Some(one) => Acquaintance::Another {
                last_shown: one.last_shown,
            },
        }
    }

    /// Writes down that a platform is shown a number.
    pub(crate) fn note_number(
        &mut self,
        context: &PseudonymContext,
        pseudonym: Pseudonym,
        now: Timestamp,
    ) {
        let id = base64url::encode(context.id());
        let known = self
            .numbers
            .iter_mut()
            .find(|one| one.context == id && one.pseudonym == pseudonym);
        match known {
            Some(known) => known.last_shown = now,
            None => self.numbers.push(KnownNumber {
                platform: context.to_string(),
                scope: context.scope().map(|scope| scope.purpose().to_owned()),
                first_shown: now,
                last_shown: now,
                context: id,
                pseudonym,
            }),
        }
    }
}
