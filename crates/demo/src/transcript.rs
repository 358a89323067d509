//! The story as a program reads it.

use serde::Serialize;

use crate::broken::{Broken, Step};
use crate::told::Told;

/// What `pessoa-demo --json` prints. Members may be added; a change of those that are here is a
/// new version.
#[derive(Debug, Serialize)]
pub struct Transcript<'a> {
    /// The version of this form.
    pub transcript: u32,
    /// Whether every step held.
    pub held: bool,
    /// How long it took.
    pub seconds: f64,
    /// The steps that held, in their order.
    pub steps: &'a [Told],
    /// The step that did not hold.
    pub failure: Option<Failure>,
}

/// The step that did not hold.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// Which.
    pub step: Step,
    /// Its number.
    pub number: u8,
    /// Why, with all causes.
    pub reasons: Vec<String>,
}

impl From<&Broken> for Failure {
    fn from(broken: &Broken) -> Self {
        let said = broken.why.to_string();
        let causes = host::causes(&said, std::error::Error::source(&broken.why));
        Self {
            step: broken.step,
            number: broken.step.number(),
            reasons: [vec![said], causes].concat(),
        }
    }
}

/// The version of [`Transcript`].
pub const TRANSCRIPT: u32 = 2;
