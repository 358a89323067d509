//! Plays games and keeps the score.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use keys::sha256;

use crate::algebra;
use crate::attack::{self, Attack};
use crate::chance::Chance;
use crate::kinds::{self, FieldType, Typed};
use crate::line::{self, Caller};
use crate::mutant::Mutant;
use crate::numbers::Numbers;
use crate::side::{Kind, Table};
use crate::world::{Trace, World};

/// How much is played.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What all chance comes from.
    pub seed: [u8; 32],
    /// How many games.
    pub games: usize,
    /// How many people play in each.
    pub people: usize,
}

/// What came out, for the system as it is and for each defect.
#[derive(Debug)]
pub struct Report {
    /// The system as it is.
    pub honest: BTreeMap<Kind, Outcome>,
    /// The system with a defect.
    pub mutants: Vec<(Mutant, BTreeMap<Kind, Outcome>)>,
    /// The project's client over real sockets: who called twice?
    pub line: Outcome,
    /// A client that resumes sessions, in its place.
    pub resuming: Outcome,
}

/// What came out of one kind of game.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How often each attack was right, over all games.
    pub matches: BTreeMap<Attack, usize>,
    /// Fields that are neither constant, fresh nor disclosed, over all games.
    pub marks: BTreeSet<String>,
    /// How many fields have each type, in the last game.
    pub fields: BTreeMap<FieldType, usize>,
    /// Differences of numbers that a scalar of the Issuer explains, over all games.
    pub explained: usize,
    /// People in all games.
    pub people: usize,
    chance: Option<Chance>,
}

/// Why an outcome is a break.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A difference of numbers is a multiple of a scalar that the Issuer knows.
    Explained(usize),
    /// A field marks people.
    Mark(String),
    /// An attack is right more often than chance would have it.
    Matches {
        /// Which.
        attack: Attack,
        /// How often it was right.
        matches: usize,
        /// How likely that is by chance.
        probability: f64,
    },
}

impl Report {
    /// Plays the games, and each again with every defect.
    #[must_use]
    pub fn play(settings: &Settings) -> Self {
        let next = AtomicUsize::new(0);
        let played = Mutex::new(BTreeMap::new());
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let game = next.fetch_add(1, Ordering::Relaxed);
                        if game >= settings.games {
                            break;
                        }
                        let outcomes = Played::new(settings, game);
                        let mut played = played.lock().expect("no game broke off");
                        played.insert(game, outcomes);
                    }
                });
            }
        });
        let mut report = Self {
            honest: BTreeMap::new(),
            mutants: Mutant::ALL.map(|mutant| (mutant, BTreeMap::new())).into(),
            line: line(Caller::Own, settings),
            resuming: line(Caller::Resuming, settings),
        };
        for game in played
            .into_inner()
            .expect("no game broke off")
            .into_values()
        {
            add(&mut report.honest, game.honest);
            for ((_, sum), one) in report.mutants.iter_mut().zip(game.mutants) {
                add(sum, one);
            }
        }
        report
    }

    /// Whether nothing was found in the system as it is, and something in every other.
    #[must_use]
    pub fn passes(&self) -> bool {
        let found = |outcomes: &BTreeMap<Kind, Outcome>| outcomes.values().any(Outcome::is_break);
        let defects = self.mutants.iter().all(|(_, outcomes)| found(outcomes));
        !found(&self.honest) && !self.line.is_break() && defects && self.resuming.is_break()
    }
}

impl Outcome {
    /// What is expected of somebody who knows nothing but what was disclosed.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.chance.as_ref().map_or(0.0, Chance::mean)
    }

    /// How likely so many matches are by chance.
    #[must_use]
    pub fn probability(&self, matches: usize) -> f64 {
        self.chance
            .as_ref()
            .map_or(1.0, |chance| chance.at_least(matches))
    }

    /// Whether anything is wrong.
    #[must_use]
    pub fn is_break(&self) -> bool {
        !self.findings().is_empty()
    }

    /// All that is wrong.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.marks.iter().cloned().map(Finding::Mark).collect();
        if self.explained > 0 {
            findings.push(Finding::Explained(self.explained));
        }
        for (attack, matches) in &self.matches {
            let probability = self.probability(*matches);
            if probability < SIGNIFICANT {
                findings.push(Finding::Matches {
                    attack: *attack,
                    matches: *matches,
                    probability,
                });
            }
        }
        findings
    }
}

/// One game, in all its versions.
struct Played {
    honest: BTreeMap<Kind, Outcome>,
    mutants: Vec<BTreeMap<Kind, Outcome>>,
}

impl Played {
    fn new(settings: &Settings, game: usize) -> Self {
        let number = u64::try_from(game).unwrap_or(u64::MAX).to_be_bytes();
        let seed = sha256(&[settings.seed.as_slice(), &number].concat());
        let mut world = World::new(seed, settings.people, game == 0);
        let honest = score(&world, &world.traces);
        let mutants = Mutant::ALL.map(|mutant| {
            let traces = mutant.traces(&mut world);
            score(&world, &traces)
        });
        Self {
            honest,
            mutants: mutants.into(),
        }
    }
}

fn score(world: &World, traces: &[Trace]) -> BTreeMap<Kind, Outcome> {
    Kind::ALL
        .map(|kind| {
            let table = Table::of(kind, world, traces);
            (kind, outcome(kind, &table, world, traces))
        })
        .into()
}

fn line(caller: Caller, settings: &Settings) -> Outcome {
    let mut numbers = Numbers::of(&settings.seed, "line");
    let table = line::table(caller, settings.people, &mut numbers);
    let shared = attack::matches(&table, attack::shared_values(&table));
    let mut chance = Chance::none();
    chance.group(settings.people);
    let Typed { fields, marks } = kinds::derive(&table);
    Outcome {
        matches: BTreeMap::from([(Attack::SharedValues, shared)]),
        marks,
        fields: count(&fields),
        explained: 0,
        people: settings.people,
        chance: Some(chance),
    }
}

fn count(fields: &BTreeMap<FieldType, BTreeSet<String>>) -> BTreeMap<FieldType, usize> {
    let counted = fields.iter().map(|(kind, names)| (*kind, names.len()));
    counted.collect()
}

fn outcome(kind: Kind, table: &Table, world: &World, traces: &[Trace]) -> Outcome {
    let Typed { fields, marks } = kinds::derive(table);
    let mut matches = BTreeMap::from([
        (
            Attack::SharedValues,
            attack::matches(table, attack::shared_values(table)),
        ),
        (
            Attack::Timing,
            attack::matches(table, attack::timing(table)),
        ),
    ]);
    let mut explained = Vec::new();
    if kind == Kind::IssuerVerifier {
        explained = algebra::explained(world, traces);
        let likeness = algebra::likeness(table, &explained);
        matches.insert(Attack::Algebra, attack::matches(table, likeness));
    }
    let mut groups: BTreeMap<_, usize> = BTreeMap::new();
    for unit in &table.left {
        *groups.entry(table.common(unit)).or_default() += 1;
    }
    let mut chance = Chance::none();
    groups.into_values().for_each(|people| chance.group(people));
    Outcome {
        matches,
        marks,
        fields: count(&fields),
        explained: explained.len(),
        people: traces.len(),
        chance: Some(chance),
    }
}

fn add(sum: &mut BTreeMap<Kind, Outcome>, game: BTreeMap<Kind, Outcome>) {
    for (kind, one) in game {
        let sum = sum.entry(kind).or_default();
        for (attack, matches) in one.matches {
            *sum.matches.entry(attack).or_default() += matches;
        }
        sum.marks.extend(one.marks);
        sum.fields = one.fields;
        sum.explained += one.explained;
        sum.people += one.people;
        sum.chance = match (sum.chance.take(), one.chance) {
            (Some(mut all), Some(one)) => {
                all.join(&one);
                Some(all)
            }
            (all, one) => all.or(one),
        };
    }
}

/// What chance does not explain any more.
const SIGNIFICANT: f64 = 1e-6;
