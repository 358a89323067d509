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
    name: &'static str,
    /// The same work, or the primitives in it; or why it is not there to be measured.
    work: Result<Runs, String>,
    /// The least ratio that we want: their time over ours.
    target: Option<f64>,
}

/// One run of a piece of work.
pub type Work = Box<dyn FnMut()>;

/// Nanoseconds of CPU time for so many runs of a piece of work.
type Runs = Box<dyn FnMut(u32) -> f64>;

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
        work: Ok(on_this_thread(work(run))),
        target: None,
    }
}

/// A peer in a process of its own, which says what so many runs cost it: nanoseconds of CPU time.
pub fn elsewhere(
    name: &'static str,
    runs: Result<impl FnMut(u32) -> f64 + 'static, String>,
) -> Against {
    Against {
        name,
        work: runs.map(|runs| Box::new(runs) as Runs),
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
pub fn measure(mut row: Row, effort: Effort) {
    let mut own = Turns::new(on_this_thread(row.ours), effort);
    let mut absent = Vec::new();
    let mut rivals = Vec::new();
    for rival in row.raw.take().into_iter().chain(row.peers) {
        match rival.work {
            Ok(work) => rivals.push((rival.name, rival.target, Turns::new(work, effort))),
            Err(reason) => absent.push((rival.name, reason)),
        }
    }
    for _ in 0..effort.rounds {
        own.take();
        for (_, _, theirs) in &mut rivals {
            theirs.take();
        }
    }
    let ours = own.times;
    let own = Spread::of(ours.clone());
    if rivals.is_empty() && absent.is_empty() {
        println!("| {} | {} | | | | |", row.name, own.micros());
    }
    for (name, reason) in absent {
        let ours = own.micros();
        println!(
            "| {} | {ours} | {name} | not measured: {reason} | | |",
            row.name
        );
    }
    for (name, target, Turns { times, .. }) in rivals {
        // Both sides of a ratio are of one round: a slower machine slows both.
        let ratios = times
            .iter()
            .zip(&ours)
            .map(|(theirs, ours)| theirs / ours)
            .collect();
        let ratio = Spread::of(ratios);
        let verdict = match target {
            None => String::new(),
            Some(target) if ratio.median >= target => format!("≥ {target:.2}: met"),
            Some(target) => format!("≥ {target:.2}: MISSED"),
        };
        println!(
            "| {} | {} | {name} | {} | {:.2} ({:.2} to {:.2}) | {verdict} |",
            row.name,
            own.micros(),
            Spread::of(times).micros(),
            ratio.median,
            ratio.low,
            ratio.high,
        );
    }
}

/// An operation on more and more claims.
pub struct Growth {
    /// What is measured.
    pub name: &'static str,
    /// The work, by the number of claims.
    pub works: Vec<(u32, Work)>,
}

/// Measures an operation on more and more claims, and prints what one claim costs.
///
/// Where the cost grows as the number of claims does, a claim among many costs no more than one
/// among few.
pub fn measure_growth(growth: Growth, effort: Effort) {
    let mut turns: Vec<(u32, Turns)> = growth
        .works
        .into_iter()
        .map(|(claims, work)| (claims, Turns::new(on_this_thread(work), effort)))
        .collect();
    for _ in 0..effort.rounds {
        for (_, one) in &mut turns {
            one.take();
        }
    }
    print!("| {} |", growth.name);
    let costs = turns.into_iter().map(|(claims, turns)| {
        let whole = Spread::of(turns.times);
        let a_claim = whole.median / f64::from(claims);
        print!(" {claims}: {} ({:.2}) |", whole.micros(), a_claim / 1e3);
        a_claim
    });
    let costs: Vec<f64> = costs.collect();
    let [.., before, last] = costs.as_slice() else {
        panic!("two sizes at least");
    };
    let verdict = match last / before <= MOST_GROWTH {
        true => "met",
        false => "MISSED",
    };
    println!(" {:.2}, ≤ {MOST_GROWTH:.2}: {verdict} |", last / before);
}

/// Prints the head of the table of growth.
pub fn growth_head() {
    println!();
    println!(
        "| operation | claims: µs (for one of them) | ten times as many | the most | one of the most over one of ten times as many |"
    );
    println!("|---|---|---|---|---|");
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

/// A piece of work, and what a run of it took in each turn.
struct Turns {
    work: Runs,
    /// How often it fits into a turn.
    runs: u32,
    times: Vec<f64>,
}

impl Turns {
    fn new(mut work: Runs, effort: Effort) -> Self {
        let mut runs = 1;
        loop {
            let spent = work(runs);
            if spent >= effort.turn_nanos / 4.0 {
                let fitting = effort.turn_nanos / (spent / f64::from(runs));
                return Self {
                    work,
                    runs: (fitting as u32).max(1),
                    times: Vec::new(),
                };
            }
            runs *= 2;
        }
    }

    fn take(&mut self) {
        let spent = (self.work)(self.runs);
        self.times.push(spent / f64::from(self.runs));
    }
}

fn on_this_thread(mut work: Work) -> Runs {
    Box::new(move |runs| {
        let start = thread_nanos();
        for _ in 0..runs {
            work();
        }
        thread_nanos() - start
    })
}

fn thread_nanos() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

/// How much is measured: medians need many turns, a look needs few.
#[derive(Clone, Copy)]
pub struct Effort {
    rounds: usize,
    turn_nanos: f64,
}

impl Effort {
    /// For figures that are to be kept.
    pub const WHOLE: Self = Self {
        rounds: 21,
        turn_nanos: 2e7,
    };
    /// For a look.
    pub const QUICK: Self = Self {
        rounds: 5,
        turn_nanos: 5e6,
    };
}

/// What a claim among ten times as many may cost more: sorting, and memory that is farther away.
const MOST_GROWTH: f64 = 1.3;
