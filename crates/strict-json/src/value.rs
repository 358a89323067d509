use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a value in one pass, or gives up without saying why: the scan that then follows does.
///
/// It gives up on everything that the scan refuses, and on numbers that another crate of the
/// program had serde_json keep as text.
pub(crate) fn read(text: &str, max_depth: usize) -> Option<Value> {
    let mut input = serde_json::Deserializer::from_str(text);
    let value = Document {
        depth_left: max_depth,
    }
    .deserialize(&mut input)
    .ok()?;
    input.end().ok()?;
    Some(value)
}

/// A value, and how deep it may be.
#[derive(Clone, Copy)]
struct Document {
    depth_left: usize,
}

impl Document {
    fn inner<E: Error>(self) -> Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1);
        let depth_left = depth_left.ok_or_else(|| E::custom("too deep"))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Document {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut elements = Vec::new();
        while let Some(element) = input.next_element_seed(inner)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut members = Map::new();
        while let Some(name) = input.next_key::<String>()? {
            if name == NUMBER_AS_TEXT {
                return Err(A::Error::custom("perhaps a number"));
            }
            if members
                .insert(name, input.next_value_seed(inner)?)
                .is_some()
            {
                return Err(A::Error::custom("a duplicate"));
            }
        }
        Ok(Value::Object(members))
    }
}

/// How serde_json passes on a number under its feature `arbitrary_precision`.
const NUMBER_AS_TEXT: &str = "$serde_json::private::Number";
