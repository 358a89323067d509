//! How many matches chance alone makes.
//!
//! Who knows nothing but what was disclosed to both sides can do no better than to pair people at
//! random among those who disclosed the same. In a group of `k` the chance of `j` matches is that
//! of `j` fixed points in a random permutation; groups and games are independent.
#![expect(clippy::indexing_slicing, reason = "sums over lists of known length")]

/// The chances of 0, 1, 2, … matches.
#[derive(Clone, Debug)]
pub(crate) struct Chance(Vec<f64>);

impl Chance {
    /// Of no groups at all.
    pub(crate) fn none() -> Self {
        Self(vec![1.0])
    }

    /// Adds a group of people who disclosed the same.
    pub(crate) fn group(&mut self, people: usize) {
        // The chance of no fixed point in a permutation of n: the sum of (-1)^i / i! up to n.
        let mut deranged = vec![1.0];
        let mut term = 1.0;
        for i in 1..=people {
            term /= -(i as f64);
            deranged.push(deranged[i - 1] + term);
        }
        let mut inverse_factorial = 1.0;
        let mut fixed = Vec::with_capacity(people + 1);
        for j in 0..=people.min(MOST) {
            if j > 0 {
                inverse_factorial /= j as f64;
            }
            fixed.push(inverse_factorial * deranged[people - j]);
        }
        self.join(&Self(fixed));
    }

    /// Adds what is independent.
    pub(crate) fn join(&mut self, other: &Self) {
        let mut sum = vec![0.0; self.0.len() + other.0.len() - 1];
        for (a, left) in self.0.iter().enumerate() {
            for (b, right) in other.0.iter().enumerate() {
                sum[a + b] += left * right;
            }
        }
        // Far out there is nothing left to add up.
        while sum.len() > 1 && sum.last().is_some_and(|chance| *chance < LEAST) {
            sum.pop();
        }
        self.0 = sum;
    }

    /// What is expected.
    pub(crate) fn mean(&self) -> f64 {
        (self.0.iter().enumerate())
            .map(|(matches, chance)| matches as f64 * chance)
            .sum()
    }

    /// The chance of so many matches or more.
    pub(crate) fn at_least(&self, matches: usize) -> f64 {
        let tail: f64 = self.0.iter().skip(matches).rev().sum();
        // What is left out is smaller than this, and not nothing.
        tail.max(LEAST)
    }
}

/// What counts as nothing.
const LEAST: f64 = 1e-300;
/// More fixed points than this have a chance below 1e-40.
const MOST: usize = 34;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_groups_are_as_counted() {
        let mut three = Chance::none();
        three.group(3);
        let expected = [2.0 / 6.0, 3.0 / 6.0, 0.0, 1.0 / 6.0];
        for (found, expected) in three.0.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12);
        }
        let mut certain = Chance::none();
        certain.group(1);
        assert_eq!((certain.mean(), certain.at_least(1)), (1.0, 1.0));
    }

    #[test]
    fn one_match_is_expected_in_each_group_however_large() {
        let mut games = Chance::none();
        for _ in 0..64 {
            games.group(64);
        }
        assert!((games.mean() - 64.0).abs() < 1e-6);
        assert!(games.at_least(64) > 0.4);
        // One wallet more in each game is seen.
        assert!(games.at_least(128) < 1e-6);
        assert!(games.at_least(90) > 1e-6);
    }
}
