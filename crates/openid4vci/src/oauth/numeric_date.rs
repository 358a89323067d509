//! Times in JWTs (RFC 7519, section 2).

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A NumericDate: seconds since 1970, written whole. A fraction is read and dropped.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct NumericDate(pub Timestamp);

impl Serialize for NumericDate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.0.as_second())
    }
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(from)?;
        let whole = number.as_i64().or_else(|| {
            let floor = number.as_f64()?.floor();
            // Within ±2^53 a floor converts without loss; anything larger is no date.
            (floor.abs() < 9e15).then_some(floor as i64)
        });
        whole
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not a date"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_fractional_seconds_are_read_and_whole_ones_written() {
        let whole: NumericDate = serde_json::from_str("1700000000").unwrap();
        let fraction: NumericDate = serde_json::from_str("1700000000.75").unwrap();
        assert_eq!(whole, fraction);
        assert_eq!(serde_json::to_string(&fraction).unwrap(), "1700000000");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "1e300",
            "-1e300",
            "99999999999999999999",
            "\"1700000000\"",
            "null",
        ] {
            assert!(serde_json::from_str::<NumericDate>(text).is_err(), "{text}");
        }
    }
}
