//! Every parser of bytes from strangers, as a function of bytes alone.
//!
//! The fuzzer (`cargo xtask fuzz`) throws mutations at these functions; the tests run them once
//! over the seeds, so that they do not rot in between. Each states what must hold whatever the
//! bytes are: what was read is written and read again as the same, what a wallet selects answers
//! the query, no signature is believed under a key that did not make it. Where a signature would
//! keep mutations out, there is a second target whose bytes are signed here.
//!
//! Knows no clock and no randomness: the same bytes always take the same path.
#![expect(
    clippy::expect_used,
    reason = "a promise that is broken has to stop the run"
)]

use std::fs;
use std::path::Path;

mod bbs_values;
mod credentials;
mod doors;
mod fixture;
mod formats;
mod holding;
mod hosts;
mod inspection;
mod issuance;
mod key_proofs;
mod net_answers;
mod net_certificates;
mod net_requests;
mod presentation;
mod queries;
mod w3c;

/// A parser under fire.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Parses and checks; `None` for bytes that are refused. Panics when a promise is broken.
    pub run: fn(&[u8]) -> Option<()>,
    made: fn() -> Vec<Vec<u8>>,
    vectors: &'static [&'static str],
}

impl Target {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            formats::TARGETS,
            holding::TARGETS,
            bbs_values::TARGETS,
            credentials::TARGETS,
            doors::TARGETS,
            queries::TARGETS,
            issuance::TARGETS,
            key_proofs::TARGETS,
            net_certificates::TARGETS,
            net_requests::TARGETS,
            net_answers::TARGETS,
            presentation::TARGETS,
            hosts::TARGETS,
            inspection::TARGETS,
            w3c::TARGETS,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// Finds one by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|target| target.name == name)
    }

    /// What mutations start from: good inputs made here, and the files of vector sets as they lie
    /// in `crates/*/tests/vectors`.
    #[must_use]
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut seeds = (self.made)();
        for folder in self.vectors {
            collect(&crates.join(folder), &mut seeds);
        }
        seeds
    }

    const fn new(
        name: &'static str,
        run: fn(&[u8]) -> Option<()>,
        made: fn() -> Vec<Vec<u8>>,
    ) -> Self {
        Self {
            name,
            run,
            made,
            vectors: &[],
        }
    }

    const fn vectors(mut self, folders: &'static [&'static str]) -> Self {
        self.vectors = folders;
        self
    }
}

/// Takes the files of a folder and of the folders in it.
fn collect(folder: &Path, seeds: &mut Vec<Vec<u8>>) {
    let entries = fs::read_dir(folder).expect("a vector set");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            collect(&path, seeds);
        } else if path.extension().is_some_and(|kind| kind != "md") {
            seeds.push(fs::read(path).expect("a vector"));
        }
    }
}
