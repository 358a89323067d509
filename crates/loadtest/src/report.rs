//! What was measured, as a table and as data.

use std::fmt;

use serde::Serialize;

use crate::drive::{Seen, quantile};
use crate::signatures::Signatures;

/// All runs, and the machine they ran on.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) connections: usize,
    /// Those that a service may use.
    pub(crate) cores: usize,
    pub(crate) machine_cores: usize,
    /// Of the folder with the SQLite files.
    pub(crate) file_system: String,
    /// By which figures are scaled to the machine that the targets are of.
    pub(crate) es256_verification_micros: f64,
    pub(crate) runs: Vec<Run>,
}

/// One flow on one database.
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) flow: &'static str,
    pub(crate) store: &'static str,
    pub(crate) flows: usize,
    pub(crate) seconds: f64,
    pub(crate) flows_per_core_second: Goal,
    /// The same on a machine as fast as the one that the targets are of, which is an estimate: all
    /// of a flow is taken to be as much slower or faster here as one signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) flows_per_core_second_scaled: Option<Goal>,
    pub(crate) micros_per_flow: f64,
    /// What a server that is nothing but the flow needed, in the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skeleton: Option<Bones>,
    /// How many of its flows are reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share_of_skeleton: Option<Goal>,
    pub(crate) parts_micros: Parts,
    /// How much is reached of what the parts alone would: no server can reach all of it.
    pub(crate) share_of_parts: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: Goal,
    /// Of `/healthz` while the service had nothing but proofs to judge, where somebody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) healthz_p99_ms: Option<Goal>,
    pub(crate) peak_memory_mb: Goal,
}

/// What a flow cannot do without, each measured alone: microseconds of a core.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Parts {
    /// Its signatures and proofs made and verified.
    pub(crate) signatures: f64,
    /// Its records read and durably written.
    pub(crate) storage: f64,
    /// Its requests, empty.
    pub(crate) requests: f64,
}

impl Parts {
    fn sum(self) -> f64 {
        self.signatures + self.storage + self.requests
    }
}

/// What the skeleton needed.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Bones {
    pub(crate) flows_per_core_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) peak_memory_mb: f64,
}

impl Bones {
    /// Takes them from what was seen.
    pub(crate) fn new(seen: &Seen, peak_memory: u64) -> Self {
        Self {
            flows_per_core_second: 1e6 / seen.micros_per_flow(),
            p50_ms: seen.quantile(0.5),
            p99_ms: seen.quantile(0.99),
            peak_memory_mb: megabytes(peak_memory),
        }
    }
}

/// A number, and what it should be.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Goal {
    pub(crate) value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at_least: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at_most: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) met: Option<bool>,
}

/// What a flow should reach (docs/decisions/0018-skeleton-as-floor.md).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Targets {
    pub(crate) flows_per_core_second: Option<f64>,
    pub(crate) share_of_skeleton: Option<f64>,
    pub(crate) p99_ms: Option<f64>,
    pub(crate) healthz_p99_ms: Option<f64>,
    pub(crate) peak_memory_mb: Option<f64>,
}

impl Run {
    /// Judges what was seen.
    pub(crate) fn new(
        (flow, store): (&'static str, &'static str),
        seen: &Seen,
        parts: Parts,
        peak_memory: u64,
        targets: Targets,
    ) -> Self {
        let micros = seen.micros_per_flow();
        Self {
            flow,
            store,
            flows: seen.flows(),
            seconds: seen.wall.as_secs_f64(),
            flows_per_core_second: Goal::at_least(1e6 / micros, targets.flows_per_core_second),
            flows_per_core_second_scaled: None,
            micros_per_flow: micros,
            skeleton: None,
            share_of_skeleton: None,
            parts_micros: parts,
            share_of_parts: parts.sum() / micros,
            p50_ms: seen.quantile(0.5),
            p99_ms: Goal::at_most(seen.quantile(0.99), targets.p99_ms),
            healthz_p99_ms: (!seen.health.is_empty())
                .then(|| Goal::at_most(quantile(&seen.health, 0.99), targets.healthz_p99_ms)),
            peak_memory_mb: Goal::at_most(megabytes(peak_memory), targets.peak_memory_mb),
        }
    }

    /// Holds it against the skeleton, and against the machine that the targets are of.
    pub(crate) fn beside(self, bones: &Bones, here: Signatures, targets: Targets) -> Self {
        let flows = self.flows_per_core_second.value;
        let scaled = flows * here.micros(0, 1) / ES256_VERIFICATION_MICROS;
        let share = flows / bones.flows_per_core_second;
        Self {
            flows_per_core_second_scaled: Some(Goal::at_least(
                scaled,
                targets.flows_per_core_second,
            )),
            skeleton: Some(*bones),
            share_of_skeleton: Some(Goal::at_least(share, targets.share_of_skeleton)),
            ..self
        }
    }
}

impl Goal {
    fn at_least(value: f64, at_least: Option<f64>) -> Self {
        Self {
            value,
            at_least,
            at_most: None,
            met: at_least.map(|least| value >= least),
        }
    }

    fn at_most(value: f64, at_most: Option<f64>) -> Self {
        Self {
            value,
            at_least: None,
            at_most,
            met: at_most.map(|most| value <= most),
        }
    }

    /// The number, with its factor and unit, and how it stands to what it should be.
    fn words(self, factor: f64, unit: &str) -> String {
        let mut words = format!("{}{unit}", digits(self.value * factor));
        let aim = match (self.at_least, self.at_most) {
            (Some(least), _) => format!(">= {}", digits(least * factor)),
            (None, Some(most)) => format!("<= {}", digits(most * factor)),
            (None, None) => return words,
        };
        let met = if self.met == Some(true) {
            "met"
        } else {
            "MISSED"
        };
        words.push_str(&format!(", {aim} {met}"));
        words
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Whole flows over HTTP/1.1 on loopback: {} connections, the service on {} of {} cores, \
             files on {}.\n",
            self.connections, self.cores, self.machine_cores, self.file_system
        )?;
        for runs in self.runs.chunks(ABREAST) {
            for (label, cell) in rows() {
                if runs.iter().all(|run| cell(run).is_empty()) {
                    continue;
                }
                let mut line = format!("{label:<LABEL$}");
                for run in runs {
                    line.push_str(&format!("{:>CELL$}", cell(run)));
                }
                writeln!(f, "{}", line.trim_end())?;
            }
            writeln!(f)?;
        }
        write!(
            f,
            "CPU is that of the service alone (user and kernel, without the database server's \
             and the wallets').\nThe skeleton is a server that is nothing but the flow, asked by the \
             same wallets after the service.\nThe parts are the same signatures and proofs, storage \
             and empty requests, each measured by itself, hot: no server reaches all of that.\n\
             Scaled: one verification of ES256 takes {:.1} us here, and {ES256_VERIFICATION_MICROS} us \
             on the machine that the targets were set on.\n\
             Busy is a service whose wallets have their answers ready.",
            self.es256_verification_micros
        )
    }
}

type Cell = fn(&Run) -> String;

fn rows() -> [(&'static str, Cell); 17] {
    [
        ("", |run| format!("{}, {}", run.flow, run.store)),
        ("flows per core-second", |run| {
            run.flows_per_core_second.words(1.0, "")
        }),
        ("  scaled (see below)", |run| {
            words(run.flows_per_core_second_scaled, 1.0, "")
        }),
        ("CPU of a flow, us", |run| digits(run.micros_per_flow)),
        ("skeleton, per core-s", |run| {
            bones(run, |bones| digits(bones.flows_per_core_second))
        }),
        ("  p50 / p99, ms", |run| {
            bones(run, |bones| {
                format!("{} / {}", digits(bones.p50_ms), digits(bones.p99_ms))
            })
        }),
        ("  peak memory, MB", |run| {
            bones(run, |bones| digits(bones.peak_memory_mb))
        }),
        ("reached of the skeleton", |run| {
            words(run.share_of_skeleton, 100.0, " %")
        }),
        ("sum of the parts, us", |run| digits(run.parts_micros.sum())),
        ("  signatures, proofs", |run| {
            digits(run.parts_micros.signatures)
        }),
        ("  storage", |run| digits(run.parts_micros.storage)),
        ("  empty requests", |run| digits(run.parts_micros.requests)),
        ("reached of the sum", |run| {
            format!("{} %", digits(run.share_of_parts * 100.0))
        }),
        ("latency p50 / p99, ms", |run| {
            format!("{} / {}", digits(run.p50_ms), run.p99_ms.words(1.0, ""))
        }),
        ("/healthz p99, busy, ms", |run| {
            words(run.healthz_p99_ms, 1.0, "")
        }),
        ("peak memory, MB", |run| run.peak_memory_mb.words(1.0, "")),
        ("flows, in s", |run| {
            format!("{}, {:.1}", run.flows, run.seconds)
        }),
    ]
}

fn words(goal: Option<Goal>, factor: f64, unit: &str) -> String {
    goal.map_or_else(String::new, |goal| goal.words(factor, unit))
}

fn bones(run: &Run, say: fn(&Bones) -> String) -> String {
    run.skeleton.as_ref().map_or_else(String::new, say)
}

#[expect(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Three digits, or all before the point, with commas between thousands.
fn digits(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let whole = format!("{value:.0}");
    let mut words = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// What a raw verification took on the machine that the targets of flows were set on.
const ES256_VERIFICATION_MICROS: f64 = 37.6;
const LABEL: usize = 24;
const CELL: usize = 30;
/// Runs beside one another; those after them come below.
const ABREAST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let words = [1.234, 99.94, 999.5, 1_234.0, 1_234_567.8].map(digits);
        assert_eq!(words, ["1.23", "99.9", "1,000", "1,234", "1,234,568"]);
    }

    #[test]
    fn a_goal_says_whether_it_is_met() {
        let least = |value| Goal::at_least(value, Some(0.6)).words(100.0, " %");
        assert_eq!(least(0.61), "61.0 %, >= 60.0 met");
        assert_eq!(least(0.59), "59.0 %, >= 60.0 MISSED");
        let most = |value| Goal::at_most(value, Some(30.0)).words(1.0, "");
        assert_eq!(most(30.0), "30.0, <= 30.0 met");
        assert_eq!(most(30.5), "30.5, <= 30.0 MISSED");
        assert_eq!(Goal::at_most(5.0, None).words(1.0, ""), "5.00");
    }
}
