//! What the Holder of a derived Credential chose to show.

use claim_path::{ClaimPath, Component};
use linked_data::Inline;
use serde_json::{Map, Value};

use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::selective::groups::{Statements, number};
use crate::data_integrity::selective::held::pointer;
use crate::data_integrity::selective::{bbs, ecdsa_sd};
use crate::data_integrity::suite::Cryptosuite;

/// What a derived proof, once verified, says of what is mandatory.
#[derive(Clone)]
pub(crate) struct Choice {
    suite: Cryptosuite,
    value: String,
    inline: Inline,
}

impl Choice {
    pub(in crate::data_integrity) fn new(
        suite: Cryptosuite,
        value: String,
        inline: Inline,
    ) -> Self {
        Self {
            suite,
            value,
            inline,
        }
    }

    /// Of these places of the Credential, those that the Holder could have withheld: they make a
    /// statement that is not mandatory.
    pub(crate) fn among(
        &self,
        credential: &Map<String, Value>,
        places: &[ClaimPath],
    ) -> Result<Vec<ClaimPath>, ProofFault> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let (labels, mandatory) = match self.suite {
            Cryptosuite::Bbs2023 => {
                let derived = bbs::Derived::decode(&self.value)?;
                (derived.labels, derived.mandatory)
            }
            _ => {
                let derived = ecdsa_sd::Derived::decode(&self.value)?;
                (derived.labels, derived.mandatory)
            }
        };
        let statements = Statements::new(credential, self.inline, |canonical| {
            let label = |label: &String| labels.get(&number(label)?).cloned();
            let own = canonical.iter().map(|one| label(one).unwrap_or_default());
            own.collect()
        })?;
        let mut chosen = Vec::new();
        for place in places {
            let made = statements.indexes(&[pointer(place).ok_or(ProofFault::Pointer)?])?;
            if made.iter().any(|one| mandatory.binary_search(one).is_err()) {
                chosen.push(place.clone());
            }
        }
        Ok(chosen)
    }
}

/// Where something is said of the subject: every value but names and types, which come along with
/// whatever is shown.
pub(crate) fn said(credential: &Map<String, Value>) -> Vec<ClaimPath> {
    let mut found = Vec::new();
    if let Some(subject) = credential.get(SUBJECT) {
        collect(subject, &mut vec![SUBJECT.into()], &mut found);
    }
    found
}

fn collect(value: &Value, place: &mut Vec<Component>, found: &mut Vec<ClaimPath>) {
    let mut step = |component: Component, value: &Value| {
        place.push(component);
        collect(value, place, found);
        place.pop();
    };
    match value {
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                step(Component::Index(index), element);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                if name != "id" && name != "type" {
                    step(name.as_str().into(), value);
                }
            }
        }
        _ => found.extend(ClaimPath::new(place.clone()).ok()),
    }
}

const SUBJECT: &str = "credentialSubject";
