//! Measures closures in turns, by the CPU time of this thread, and prints ratios.

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};

/// One operation of ours, with what it is held against.
pub struct Row {
    /// What is measured.
    pub name: &'static str,
    /// Ours.
    pub ours: Work,
    /// The primitive that no implementation can do without.
    pub raw: Option<Against>,
    /// Other implementations of the same work.
    pub peers: Vec<Against>,
}

/// What an operation is held against.
pub struct Against {
    /// Its name.
    pub name: &'static str,
    /// The same work, or the primitives in it.
    pub work: Work,
    /// The least ratio that we want: their time over ours.
    pub target: Option<f64>,
}

/// One run of a piece of work.
pub type Work = Box<dyn FnMut()>;

/// Boxes a closure whose result is not to be optimized away.
pub fn work<R>(mut run: impl FnMut() -> R + 'static) -> Work {
    Box::new(move || {
        black_box(run());
    })
}

/// A primitive or peer without a target.
pub fn against<R>(name: &'static str, run: impl FnMut() -> R + 'static) -> Against {
    Against {
        name,
        work: work(run),
        target: None,
    }
}

impl Against {
    /// Sets the least ratio that we want.
    pub fn at_least(self, ratio: f64) -> Self {
        Self {
            target: Some(ratio),
            ..self
        }
    }
}

/// Measures a row and prints a line for each comparison.
pub fn measure(mut row: Row) {
    let mut rivals: Vec<Against> = row.raw.take().into_iter().chain(row.peers).collect();
    let turns = runs_in_a_turn(&mut row.ours);
    let rival_turns: Vec<u32> = rivals
        .iter_mut()
        .map(|one| runs_in_a_turn(&mut one.work))
        .collect();
    let mut ours = Vec::new();
    let mut theirs = vec![Vec::new(); rivals.len()];
    for _ in 0..ROUNDS {
        ours.push(turn(&mut row.ours, turns));
        for ((rival, runs), times) in rivals.iter_mut().zip(&rival_turns).zip(&mut theirs) {
            times.push(turn(&mut rival.work, *runs));
        }
    }
    let own = Spread::of(ours.clone());
    if rivals.is_empty() {
        println!("| {} | {} | | | | |", row.name, own.micros());
    }
    for (rival, times) in rivals.iter().zip(&theirs) {
        // Both sides of a ratio are of one round: a slower machine slows both.
        let ratios = times
            .iter()
            .zip(&ours)
            .map(|(theirs, ours)| theirs / ours)
            .collect();
        let ratio = Spread::of(ratios);
        let verdict = match rival.target {
            None => String::new(),
            Some(target) if ratio.median >= target => format!("≥ {target:.2}: met"),
            Some(target) => format!("≥ {target:.2}: MISSED"),
        };
        println!(
            "| {} | {} | {} | {} | {:.2} ({:.2} to {:.2}) | {verdict} |",
            row.name,
            own.micros(),
            rival.name,
            Spread::of(times.clone()).micros(),
            ratio.median,
            ratio.low,
            ratio.high,
        );
    }
}

/// Prints the head of the table.
pub fn head() {
    println!(
        "| operation | ours µs | against | its µs | its time over ours: median (quartiles) | target |"
    );
    println!("|---|---|---|---|---|---|");
}

/// The median and the quartiles.
struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
        Self {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }

    fn micros(&self) -> String {
        let micros = self.median / 1e3;
        if micros < 1.0 {
            format!("{micros:.4}")
        } else {
            format!("{micros:.1}")
        }
    }
}

/// Nanoseconds of CPU time for one run, averaged over a turn.
fn turn(work: &mut Work, runs: u32) -> f64 {
    let start = thread_nanos();
    for _ in 0..runs {
        work();
    }
    (thread_nanos() - start) / f64::from(runs)
}

/// How often a piece of work fits into a turn.
fn runs_in_a_turn(work: &mut Work) -> u32 {
    let mut runs = 1;
    loop {
        let start = thread_nanos();
        for _ in 0..runs {
            work();
        }
        let spent = thread_nanos() - start;
        if spent >= TURN_NANOS / 4.0 {
            let fitting = TURN_NANOS / (spent / f64::from(runs));
            return (fitting as u32).max(1);
        }
        runs *= 2;
    }
}

fn thread_nanos() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

const ROUNDS: usize = 21;
const TURN_NANOS: f64 = 2e7;
