//! Every field of a transcript has a type: constant, fresh or disclosed.
//!
//! The list of what is allowed is not written down but derived, from the transcripts and from what
//! Holders agreed to show. A field is *constant* when everybody sends the same; *fresh* when it has
//! room for chance and no value of it comes back anywhere outside its own unit; *disclosed* when it
//! is the same for all who agreed to show the same. What is none of them is a mark.

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
            let found = if everywhere && same(&leaves) {
                FieldType::Constant
            } else if leaves
                .iter()
                .all(|(_, leaf)| leaf.room >= ROOM && !comes_back(&leaf.value))
                && everywhere
            {
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
