//! Every field of a transcript has a type: constant, fresh or disclosed.
//!
//! The list of what is allowed is not written down but derived, from the transcripts and from what
//! Holders agreed to show. A field is *constant* when everybody sends the same; *fresh* when it has
//! room for chance and no value of it comes back anywhere outside its own unit, or has little room
//! and values come back no more often than chance lets them; *disclosed* when it is the same for all
//! who agreed to show the same. What is none of them is a mark.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::capture::Leaf;
use crate::side::{Table, Unit};

/// The type of a field.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum FieldType {
    /// Everybody sends the same.
    Constant,
    /// It follows from what the Holder agreed to show.
    Disclosed,
    /// It never comes back.
    Fresh,
}

/// Fields by type, and those that have none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    pub(crate) fields: BTreeMap<FieldType, BTreeSet<String>>,
    pub(crate) marks: BTreeSet<String>,
}

/// Derives the type of every field on both sides.
pub(crate) fn derive(table: &Table) -> Typed {
    let mut seen: HashMap<&str, (usize, bool)> = HashMap::new();
    for (number, unit) in table.left.iter().chain(&table.right).enumerate() {
        for leaf in &unit.leaves {
            let (owner, elsewhere) = seen.entry(&leaf.value).or_insert((number, false));
            *elsewhere |= *owner != number;
        }
    }
    let mut drawn: HashMap<&str, Vec<&Leaf>> = HashMap::new();
    for leaf in table
        .left
        .iter()
        .chain(&table.right)
        .flat_map(|unit| &unit.leaves)
    {
        drawn.entry(&leaf.path).or_default().push(leaf);
    }
    let comes_back = |value: &str| seen.get(value).is_some_and(|(_, elsewhere)| *elsewhere);
    let mut typed = Typed::default();
    for (side, units) in [("left", &table.left), ("right", &table.right)] {
        let mut fields: BTreeMap<&str, Vec<(&Unit, &Leaf)>> = BTreeMap::new();
        for unit in units {
            for leaf in &unit.leaves {
                fields.entry(&leaf.path).or_default().push((unit, leaf));
            }
        }
        for (path, leaves) in fields {
            let everywhere = leaves.len() == units.len();
            let name = format!("{side} {path}");
            let unheard = leaves
                .iter()
                .all(|(_, leaf)| leaf.room >= ROOM && !comes_back(&leaf.value));
            let fresh = unheard || drawn.get(path).is_some_and(|all| are_chance(all));
            let found = if everywhere && same(&leaves) {
                FieldType::Constant
            } else if everywhere && fresh {
                FieldType::Fresh
            } else if follows(&leaves, units) {
                FieldType::Disclosed
            } else {
                typed.marks.insert(name);
                continue;
            };
            typed.fields.entry(found).or_default().insert(name);
        }
    }
    typed
}

fn same(leaves: &[(&Unit, &Leaf)]) -> bool {
    let mut values = leaves.iter().map(|(_, leaf)| &leaf.value);
    let first = values.next();
    values.all(|value| Some(value) == first)
}

/// Whether values of few bits are equal no more often than where each is drawn anew: more often
/// one time in 2^20.
fn are_chance(leaves: &[&Leaf]) -> bool {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for leaf in leaves {
        *counts.entry(&leaf.value).or_default() += 1;
    }
    let pairs = |count: usize| count * count.saturating_sub(1) / 2;
    let equal: usize = counts.values().map(|count| pairs(*count)).sum();
    let bits = leaves
        .iter()
        .map(|leaf| leaf.room)
        .min()
        .unwrap_or_default();
    let expected =
        pairs(leaves.len()) as f64 * 0.5_f64.powi(i32::try_from(bits).unwrap_or(i32::MAX));
    let mut exactly = (-expected).exp();
    let mut more = 1.0 - exactly;
    for count in 1..=equal {
        exactly *= expected / count as f64;
        // Before it is subtracted, this is the chance of at least so many.
        if more < RARE {
            return false;
        }
        more -= exactly;
    }
    true
}

/// Whether the value, or that there is none, follows from what was agreed.
fn follows(leaves: &[(&Unit, &Leaf)], units: &[Unit]) -> bool {
    let mut by_agreement = BTreeMap::new();
    units.iter().all(|unit| {
        let own = leaves
            .iter()
            .find(|(other, _)| std::ptr::eq(*other, unit))
            .map(|(_, leaf)| &leaf.value);
        *by_agreement.entry(&unit.agreed).or_insert(own) == own
    })
}

/// Bits of chance below which a value may come back by chance.
const ROOM: usize = 96;
/// One time in 2^20.
const RARE: f64 = 1.0 / 1_048_576.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(room: usize, values: impl IntoIterator<Item = usize>) -> Vec<Leaf> {
        let leaf = |value: usize| Leaf {
            path: "line/order".to_owned(),
            value: value.to_string(),
            room,
        };
        values.into_iter().map(leaf).collect()
    }

    #[test]
    fn few_bits_come_back_by_chance_and_people_do_not() {
        let are = |leaves: &[Leaf]| are_chance(&leaves.iter().collect::<Vec<_>>());
        assert!(are(&leaves(16, 0..20)));
        // One order of 65,536, met by two connections of twenty.
        assert!(are(&leaves(16, (0..19).chain([0]))));
        // Ten people, each with an order of their own; then three of them.
        assert!(!are(&leaves(16, (0..10).chain(0..10))));
        assert!(!are(&leaves(16, (0..17).chain(0..3))));
        // With more room, nothing comes back.
        assert!(!are(&leaves(40, (0..19).chain([0]))));
        // Everybody but one.
        assert!(!are(&leaves(16, (0..19).map(|_| 0).chain([1]))));
    }
}
