//! Numbers of one Platform, held against all that the Issuer knows.
//!
//! A pseudonym is `OP * (n_1 + n_2 z + … + n_16 z^15)`. Whoever adds `s` to the last scalar of
//! somebody's secret moves the number by `OP * s * z^15`; so an Issuer that chose `s` finds the
//! person by the difference of two numbers. Every difference is looked up among the multiples of
//! all scalars that the Issuer was sent, made or computed.

use std::cell::RefCell;
use std::collections::HashMap;

use bbs::{NymSecrets, Point, ProverNyms, Scalar};
use netcert::{Loopback, NYMS, PseudonymContext};
use zeroize::Zeroizing;

use crate::attack::{Likeness, add, nothing};
use crate::side::Table;
use crate::world::{Stop, Trace, World};

/// A difference of two numbers that a scalar explains.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Explained {
    /// Whose scalar it is.
    pub(crate) row: usize,
    /// Whose number it is.
    pub(crate) account: usize,
}

/// Finds all differences of numbers at Platform A that are multiples of a scalar of the Issuer.
pub(crate) fn explained(world: &World, traces: &[Trace]) -> Vec<Explained> {
    let base = last_power(world);
    let mut multiples: HashMap<[u8; 48], usize> = HashMap::new();
    let mut learn = |row: usize, scalar: Scalar| {
        multiples.insert(world.multiples.of(base, scalar), row);
    };
    for (row, trace) in traces.iter().enumerate() {
        for scalar in trace.scalars.iter().chain(&trace.entropies) {
            learn(row, *scalar);
        }
        for (place, one) in trace.entropies.iter().enumerate() {
            for other in trace.entropies.iter().skip(place + 1) {
                learn(row, *one - *other);
            }
        }
        let firsts = traces
            .iter()
            .take(row)
            .filter_map(|other| other.entropies.first());
        if let Some(own) = trace.entropies.first() {
            for other in firsts {
                learn(row, *own - *other);
            }
        }
    }

    let mut numbers: Vec<(usize, [u8; 48])> = Vec::new();
    for (account, trace) in traces.iter().enumerate() {
        for stop in [Stop::AFirst, Stop::AAgain] {
            let number = trace.visits.get(&stop).and_then(|visit| visit.pseudonym);
            numbers.extend(number.map(|number| (account, number)));
        }
    }
    numbers.dedup();
    let points: Vec<(usize, Point)> = numbers
        .iter()
        .filter_map(|(account, number)| Some((*account, Point::from_bytes(number).ok()?)))
        .collect();
    let mut found = Vec::new();
    let mut look = |account: usize, point: Point| {
        if !point.is_identity()
            && let Some(row) = multiples.get(&unsigned(point.to_bytes()))
        {
            found.push(Explained { row: *row, account });
        }
    };
    for (place, (account, point)) in points.iter().enumerate() {
        look(*account, *point);
        for (_, other) in points.iter().skip(place + 1) {
            look(*account, *point - *other);
        }
    }
    found
}

/// What the explained differences say about rows and accounts.
pub(crate) fn likeness(table: &Table, found: &[Explained]) -> Likeness {
    let mut likeness = nothing(table);
    for one in found {
        // The row and the account are known to the attacker by their content; here, by their person.
        let row = table.left.iter().position(|unit| unit.person == one.row);
        let column = table
            .right
            .iter()
            .position(|unit| unit.person == one.account);
        if let (Some(row), Some(column)) = (row, column) {
            add(&mut likeness, row, column, 1.0);
        }
    }
    likeness
}

/// `OP * s * z^15` of Platform A: how far a number moves when `s` is added to the last scalar.
pub(crate) fn moved(world: &World, scalar: Scalar) -> Point {
    last_power(world) * scalar
}

fn last_power(world: &World) -> Point {
    let [platform, ..] = &world.platforms;
    let context = PseudonymContext::of_did_web(platform.did(), Loopback::Refused);
    let nyms = ProverNyms::new(Zeroizing::new(vec![Scalar::ZERO; NYMS])).expect("scalars");
    let secrets = NymSecrets::new(&nyms, Scalar::ONE);
    let number = bbs::calculate_pseudonym(&context.expect("a context").id(), &secrets);
    Point::from_bytes(&number.expect("a number").to_bytes()).expect("a point")
}

/// Multiples of one point, each computed once: the same scalars come back with every defect.
#[derive(Default)]
pub(crate) struct Multiples(RefCell<HashMap<[u8; 32], [u8; 48]>>);

impl Multiples {
    fn of(&self, base: Point, scalar: Scalar) -> [u8; 48] {
        *self
            .0
            .borrow_mut()
            .entry(scalar.to_bytes())
            .or_insert_with(|| unsigned((base * scalar).to_bytes()))
    }
}

/// A point and its negative are written alike, but for one bit.
fn unsigned(mut bytes: [u8; 48]) -> [u8; 48] {
    let [first, ..] = &mut bytes;
    *first &= 0xdf;
    bytes
}
