//! Who holds what against whom: two dumps, cut into what each party knows to be one person.

use std::collections::BTreeMap;

use netcert::Slot;

use crate::capture::Leaf;
use crate::numbers::Numbers;
use crate::wallet::Visit;
use crate::world::{Stop, Trace, World};

/// A game: whose dumps are joined.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// The Issuer and a Platform: which row has which account?
    IssuerVerifier,
    /// One Platform that asks for no number: who came twice?
    RepeatVisits,
    /// Two Platforms: which account here is which there?
    VerifierVerifier,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::IssuerVerifier,
        Self::RepeatVisits,
        Self::VerifierVerifier,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IssuerVerifier => "issuer and verifier",
            Self::RepeatVisits => "repeat visits without a number",
            Self::VerifierVerifier => "verifier and verifier",
        }
    }
}

/// What one party knows to be one person: a row, an account, or a single visit.
pub(crate) struct Unit {
    /// The truth, which no attack may look at.
    pub(crate) person: usize,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) times: Vec<i64>,
    /// What the Holder agreed to show this party; nothing else may depend on the person.
    pub(crate) agreed: BTreeMap<Slot, String>,
    /// What the party knows of the person's slots.
    pub(crate) known: BTreeMap<Slot, String>,
}

/// How a dump is cut into units.
type Cut = fn(usize, &Trace) -> Unit;

impl Unit {
    /// One call, of which a server knows the line alone.
    pub(crate) fn of_line(person: usize, leaves: Vec<Leaf>) -> Self {
        Self {
            person,
            leaves,
            times: Vec::new(),
            agreed: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }
}

/// Two dumps of as many people, each in an order of its own.
pub(crate) struct Table {
    pub(crate) left: Vec<Unit>,
    pub(crate) right: Vec<Unit>,
}

impl Table {
    /// Joins the dumps of a game.
    pub(crate) fn of(kind: Kind, world: &World, traces: &[Trace]) -> Self {
        let side = |unit: Cut, label: &str| {
            let units = traces.iter().enumerate();
            let mut units: Vec<Unit> = units.map(|(person, trace)| unit(person, trace)).collect();
            let purpose = format!("{} {label}", kind.name());
            Numbers::of(&world.seed, &purpose).shuffle(&mut units);
            units
        };
        let (left, right): (Cut, Cut) = match kind {
            Kind::IssuerVerifier => (row, account),
            Kind::RepeatVisits => (
                |person, trace| visits(person, trace, &[Stop::CFirst]),
                |person, trace| visits(person, trace, &[Stop::CAgain]),
            ),
            Kind::VerifierVerifier => (account, |person, trace| visits(person, trace, &[Stop::B])),
        };
        Self {
            left: side(left, "left"),
            right: side(right, "right"),
        }
    }

    /// What both sides know of a person: by that they may pair, and by nothing else.
    pub(crate) fn common(&self, unit: &Unit) -> Vec<(Slot, String)> {
        let other = match self.left.iter().any(|one| std::ptr::eq(one, unit)) {
            true => self.right.first(),
            false => self.left.first(),
        };
        let both = |slot: &Slot| other.is_some_and(|other| other.known.contains_key(slot));
        unit.known
            .iter()
            .filter(|(slot, _)| both(slot))
            .map(|(slot, value)| (*slot, value.clone()))
            .collect()
    }
}

/// All that the Issuer has of a person.
fn row(person: usize, trace: &Trace) -> Unit {
    let mut leaves = trace.rows.clone();
    for (place, message) in trace.issuance.iter().enumerate() {
        leaves.extend(message.leaves(&format!("issuance[{place}] "), true));
    }
    Unit {
        person,
        leaves,
        times: seconds(trace.issuance.iter().map(|message| message.at)),
        agreed: BTreeMap::new(),
        known: values(trace, &Slot::ALL),
    }
}

/// All visits to Platform A under one number.
fn account(person: usize, trace: &Trace) -> Unit {
    let number = |stop| {
        trace
            .visits
            .get(&stop)
            .and_then(|visit: &Visit| visit.pseudonym)
    };
    match number(Stop::AFirst) == number(Stop::AAgain) {
        true => visits(person, trace, &[Stop::AFirst, Stop::AAgain]),
        false => visits(person, trace, &[Stop::AFirst]),
    }
}

fn visits(person: usize, trace: &Trace, stops: &[Stop]) -> Unit {
    let visits: Vec<&Visit> = stops
        .iter()
        .filter_map(|stop| trace.visits.get(stop))
        .collect();
    let mut leaves = Vec::new();
    for (place, visit) in visits.iter().enumerate() {
        for message in &visit.captured {
            leaves.extend(message.leaves(&format!("visit[{place}] "), false));
        }
    }
    let shown = visits.first().map_or(&[][..], |visit| visit.shown);
    let messages = visits.iter().flat_map(|visit| &visit.captured);
    Unit {
        person,
        leaves,
        times: seconds(messages.map(|message| message.at)),
        agreed: values(trace, shown),
        known: values(trace, shown),
    }
}

fn seconds(times: impl Iterator<Item = jiff::Timestamp>) -> Vec<i64> {
    times.map(|at| at.as_second()).collect()
}

fn values(trace: &Trace, slots: &[Slot]) -> BTreeMap<Slot, String> {
    let value = |slot: &Slot| Some((*slot, trace.slots.get(*slot).to_json()?.to_string()));
    slots.iter().filter_map(value).collect()
}
