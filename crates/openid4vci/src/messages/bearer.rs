//! Bearer values cross the wire here and nowhere else: the type itself has no `Serialize`.

use keys::token::BearerToken;
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(token: &BearerToken, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(token.expose())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BearerToken, D::Error> {
    String::deserialize(from).map(BearerToken::from)
}

/// The same for a member that may be absent.
pub(super) mod optional {
    use serde::{Deserialize, Deserializer, Serializer};

    use keys::token::BearerToken;

    pub(in super::super) fn serialize<S: Serializer>(
        token: &Option<BearerToken>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match token {
            Some(token) => to.serialize_some(token.expose()),
            None => to.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<BearerToken>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(BearerToken::from))
    }
}
