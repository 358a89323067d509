//! What can be tried to tell who is who: each attack says how alike two units are.

use std::collections::HashMap;

use crate::assignment;
use crate::side::{Table, Unit};

/// An attack.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Attack {
    /// Differences of pseudonyms, held against every scalar that the Issuer knows.
    Algebra,
    /// Values that both saw, the rarer the better.
    SharedValues,
    /// Moments that lie close to one another.
    Timing,
}

impl Attack {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Algebra => "differences of numbers",
            Self::SharedValues => "shared values",
            Self::Timing => "timing",
        }
    }
}

/// How alike left and right are.
pub(crate) type Likeness = Vec<Vec<f64>>;

/// Pairs the two sides in the best way and counts how often that is right.
///
/// Nobody pairs people who disclosed different things.
pub(crate) fn matches(table: &Table, mut likeness: Likeness) -> usize {
    let right: Vec<_> = table.right.iter().map(|unit| table.common(unit)).collect();
    for (row, unit) in likeness.iter_mut().zip(&table.left) {
        let own = table.common(unit);
        for (gain, other) in row.iter_mut().zip(&right) {
            if own != *other {
                *gain -= IMPOSSIBLE;
            }
        }
    }
    let paired = assignment::best(&likeness);
    let right = |at: &usize| table.right.get(*at);
    let rights = paired.iter().map(right).zip(&table.left);
    rights
        .filter(|(right, left)| right.is_some_and(|right| right.person == left.person))
        .count()
}

/// Values that occur on both sides. One that everybody has says nothing; one that a single unit
/// on each side has says all.
pub(crate) fn shared_values(table: &Table) -> Likeness {
    let mut owners: HashMap<String, [Vec<usize>; 2]> = HashMap::new();
    for (side, units) in [&table.left, &table.right].into_iter().enumerate() {
        for (place, unit) in units.iter().enumerate() {
            for leaf in &unit.leaves {
                let owners = owners.entry(token(&leaf.path, &leaf.value)).or_default();
                if let Some(own) = owners.get_mut(side)
                    && own.last() != Some(&place)
                {
                    own.push(place);
                }
            }
        }
    }
    let everybody = (table.left.len() + table.right.len()) as f64;
    let mut likeness = nothing(table);
    let mut tokens: Vec<_> = owners.into_iter().collect();
    // Sums of floats depend on their order.
    tokens.sort();
    for (_, [mut left, mut right]) in tokens {
        for own in [&mut left, &mut right] {
            own.sort_unstable();
            own.dedup();
        }
        let rarity = (everybody / (left.len() + right.len()) as f64).log2();
        for row in &left {
            for column in &right {
                add(&mut likeness, *row, *column, rarity);
            }
        }
    }
    likeness
}

/// The less time between two messages, the more alike.
pub(crate) fn timing(table: &Table) -> Likeness {
    let apart = |left: &Unit, right: &Unit| {
        let pairs = left
            .times
            .iter()
            .flat_map(|a| right.times.iter().map(move |b| a.abs_diff(*b)));
        // A minute is as good as a second, and a day as bad as a week.
        -(1.0 + pairs.min().unwrap_or(u64::MAX) as f64).ln()
    };
    table
        .left
        .iter()
        .map(|left| table.right.iter().map(|right| apart(left, right)).collect())
        .collect()
}

/// Nobody is like anybody.
pub(crate) fn nothing(table: &Table) -> Likeness {
    vec![vec![0.0; table.right.len()]; table.left.len()]
}

pub(crate) fn add(likeness: &mut Likeness, row: usize, column: usize, gain: f64) {
    if let Some(cell) = likeness.get_mut(row).and_then(|row| row.get_mut(column)) {
        *cell += gain;
    }
}

/// Short values mean something under their own name only.
fn token(path: &str, value: &str) -> String {
    match value.len() {
        0..=SHORT => {
            let name = path.rsplit(['.', '/', ' ']).next().unwrap_or(path);
            format!("{name}={value}")
        }
        _ => value.to_owned(),
    }
}

const SHORT: usize = 5;
const IMPOSSIBLE: f64 = 1e9;
