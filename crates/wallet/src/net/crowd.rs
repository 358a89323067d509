//! Among how many people somebody can hide who shows a nationality or a kind of document.

use netcert::{Slot, SlotValue, Slots};
use serde::Serialize;

mod residents;

/// Among how many people somebody can hide who shows what was chosen: the anonymity set, as an
/// upper bound.
///
/// The bound is the power of ten above the number of people who live in the state, at most half of
/// whom are over 60. Nationals who live elsewhere are not counted, and in some states most residents
/// are nationals of others. Those who hold a certificate of the same Issuer are fewer, those of one
/// epoch and at one platform fewer still, and a kind of document makes them fewer by nobody knows
/// how many: a large bound promises nothing, and a small one is a warning.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Crowd {
    /// Fewer than so many people, a power of ten.
    FewerThan(u64),
    /// A kind of document and no nationality: people of any state may show that.
    Unbounded,
    /// The nationality is no state of the table: to be treated as identifying.
    Unknown,
}

impl Crowd {
    /// Estimates the crowd of who shows these slots; `None` when neither nationality nor kind of
    /// document is among them.
    #[must_use]
    pub fn of(shown: &[Slot], values: &Slots) -> Option<Self> {
        if shown.contains(&Slot::Nationality) {
            let SlotValue::Text(code) = values.get(Slot::Nationality) else {
                return Some(Self::Unknown);
            };
            let Some(residents) = residents::of(code) else {
                return Some(Self::Unknown);
            };
            // Of flags, only true ones are ever shown. The other ages are those of nearly everybody.
            let people = match shown.contains(&Slot::AgeOver60) {
                true => residents / 2,
                false => residents,
            };
            return Some(Self::FewerThan(power_above(people)));
        }
        shown
            .contains(&Slot::DocumentType)
            .then_some(Self::Unbounded)
    }

    /// Whether the crowd is so small, or so little known, that what is shown may tell who the
    /// Holder is. It goes with no number then unless the Holder allows that by itself.
    #[must_use]
    pub const fn is_small(self) -> bool {
        match self {
            Self::FewerThan(bound) => bound <= SMALLEST,
            Self::Unbounded => false,
            Self::Unknown => true,
        }
    }
}

/// The smallest power of ten above a number.
fn power_above(number: u64) -> u64 {
    std::iter::successors(Some(1_u64), |power| power.checked_mul(10))
        .find(|power| *power > number)
        .unwrap_or(u64::MAX)
}

/// Fewer people than these are no crowd.
const SMALLEST: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(code: &str, shown: &[Slot]) -> Option<Crowd> {
        let values = Slots::new([
            (Slot::AgeOver18, SlotValue::Flag(true)),
            (Slot::AgeOver60, SlotValue::Flag(true)),
            (Slot::DocumentType, SlotValue::Text("passport".to_owned())),
            (Slot::Nationality, SlotValue::Text(code.to_owned())),
        ]);
        Crowd::of(shown, &values.unwrap())
    }

    #[test]
    fn the_table_is_sorted_and_rounded() {
        let table = residents::RESIDENTS;
        assert!(table.is_sorted_by(|(one, _), (next, _)| one < next));
        assert_eq!(table.len(), 197);
        for (code, residents) in table {
            assert!(code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()));
            assert!((500..2_000_000_000).contains(residents), "{code}");
            let digits = residents.to_string();
            assert_eq!(digits.trim_end_matches('0').len().max(2), 2, "{code}");
            assert_eq!(residents::of(code), Some(*residents));
        }
    }

    /// Five years lie between the two: no state has become half as large again, or lost a half.
    #[test]
    fn the_table_is_that_of_the_world_bank_give_or_take_five_years() {
        let mut compared = 0;
        for line in PUBLISHED.lines().skip(1) {
            let (code, published) = line.split_once(',').unwrap();
            let code = if code == "XKX" { "RKS" } else { code };
            let published: u64 = published.parse().unwrap();
            let ours = residents::of(code).unwrap_or_else(|| panic!("{code} is missing"));
            let near = published / 2..published + published / 2;
            assert!(near.contains(&ours), "{code}: {ours}, not {published}");
            compared += 1;
        }
        assert_eq!(compared, residents::RESIDENTS.len() - NOT_PUBLISHED.len());
        let here = |code: &&str| residents::of(code).is_some();
        assert!(NOT_PUBLISHED.iter().all(here));
    }

    #[test]
    fn the_bound_is_the_next_power_of_ten() {
        let of = |code| crowd(code, &[Slot::Nationality]).unwrap();
        for (code, bound) in [
            ("VAT", 1_000),
            ("TUV", 10_000),
            ("NRU", 100_000),
            ("TON", 1_000_000),
            ("DEU", 100_000_000),
            ("VNM", 1_000_000_000),
            ("CHN", 10_000_000_000),
        ] {
            assert_eq!(of(code), Crowd::FewerThan(bound), "{code}");
            assert_eq!(of(code).is_small(), ["VAT", "TUV"].contains(&code));
        }
    }

    #[test]
    fn more_that_is_shown_leaves_fewer_and_never_more() {
        let alone = crowd("NRU", &[Slot::Nationality]).unwrap();
        assert!(!alone.is_small());
        let adult = crowd("NRU", &[Slot::AgeOver18, Slot::Nationality]);
        assert_eq!(adult, Some(alone));
        let passport = crowd("NRU", &[Slot::Nationality, Slot::DocumentType]);
        assert_eq!(passport, Some(alone));
        let old = crowd("NRU", &[Slot::AgeOver60, Slot::Nationality]).unwrap();
        assert_eq!(old, Crowd::FewerThan(10_000));
        assert!(old.is_small());
    }

    #[test]
    fn what_is_no_state_of_the_table_is_unknown() {
        for code in ["UTO", "XXA", "GBN", "ZZZ"] {
            let unknown = crowd(code, &[Slot::Nationality]).unwrap();
            assert_eq!(unknown, Crowd::Unknown, "{code}");
            assert!(unknown.is_small());
        }
        let absent = Crowd::of(&[Slot::Nationality], &Slots::new([]).unwrap());
        assert_eq!(absent, Some(Crowd::Unknown));
    }

    #[test]
    fn without_a_nationality_there_is_no_bound_and_without_both_no_estimate() {
        let document = crowd("VAT", &[Slot::DocumentType, Slot::AgeOver60]);
        assert_eq!(document, Some(Crowd::Unbounded));
        assert!(!Crowd::Unbounded.is_small());
        assert_eq!(crowd("VAT", &[Slot::AgeOver18]), None);
    }

    const PUBLISHED: &str = include_str!("../../tests/vectors/residents/world-bank-2019.csv");
    /// States of which the World Bank has no figure.
    const NOT_PUBLISHED: [&str; 2] = ["TWN", "VAT"];
}
