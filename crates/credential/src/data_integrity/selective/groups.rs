//! Statements under private labels, and which of them a selection makes (vc-di-ecdsa, sections
//! 3.4.9 and 3.5.2).

use std::collections::{BTreeMap, HashSet};

use keys::base64url;
use keys::mac::MacKey;
use linked_data::{Contexts, Dataset, Hash, Inline, Skolemized};
use serde_json::{Map, Value};

use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::selective::selection::select;

/// The statements of a whole document, under private labels.
pub(super) struct Statements {
    whole: Skolemized,
    inline: Inline,
    /// The label of each blank node.
    labels: Vec<String>,
    /// The statements as N-Quads, sorted.
    pub(super) lines: Vec<String>,
}

impl Statements {
    /// The statements, with labels that this function makes of the canonical ones.
    pub(super) fn new(
        document: &Map<String, Value>,
        inline: Inline,
        relabel: impl Fn(&[String]) -> Vec<String>,
    ) -> Result<Self, ProofFault> {
        let whole = Contexts::established().skolemize(document, inline)?;
        let canonical = whole.statements.canonicalize(Hash::Sha256)?;
        let labels = relabel(&canonical.labels);
        let lines = sorted(&whole.statements, &labels);
        Ok(Self {
            whole,
            inline,
            labels,
            lines,
        })
    }

    /// The indexes of the statements that the pointers select.
    pub(super) fn indexes(&self, pointers: &[String]) -> Result<Vec<usize>, ProofFault> {
        let Some(part) = select(&self.whole.document, pointers)? else {
            return Ok(Vec::new());
        };
        let statements = self.part(&part)?;
        let made: HashSet<String> = statements.lines(&self.labels).into_iter().collect();
        let lines = self.lines.iter().enumerate();
        Ok(lines
            .filter(|(_, line)| made.contains(*line))
            .map(|(index, _)| index)
            .collect())
    }

    /// The private label of each blank node of a selection, by the number in its canonical label:
    /// what a verifier needs to label them as here.
    pub(super) fn label_map(
        &self,
        pointers: &[String],
    ) -> Result<BTreeMap<usize, String>, ProofFault> {
        let Some(part) = select(&self.whole.document, pointers)? else {
            return Ok(BTreeMap::new());
        };
        let canonical = self.part(&part)?.canonicalize(Hash::Sha256)?;
        let numbers = canonical.labels.iter().zip(&self.labels);
        Ok(numbers
            .filter_map(|(label, own)| Some((number(label)?, own.clone())))
            .collect())
    }

    /// What a derived proof shows besides the mandatory statements, by places.
    pub(super) fn shown(
        &self,
        mandatory: &[usize],
        pointers: &[String],
    ) -> Result<Shown, ProofFault> {
        let is_other = |index: &usize| mandatory.binary_search(index).is_err();
        let combined = self.indexes(pointers)?;
        let others: Vec<usize> = (0..self.lines.len()).filter(is_other).collect();
        let disclosed: Vec<usize> = combined.iter().copied().filter(is_other).collect();
        Ok(Shown {
            mandatory: places(mandatory, &combined),
            disclosed: places(&disclosed, &others),
        })
    }

    fn part(&self, part: &Map<String, Value>) -> Result<Dataset, ProofFault> {
        Ok(Contexts::established().expand_part(part, self.inline, &self.whole)?)
    }
}

/// Which statements a derived proof shows.
pub(super) struct Shown {
    /// The places of the mandatory statements among those shown.
    pub(super) mandatory: Vec<usize>,
    /// The places of the others shown, among all that are not mandatory.
    pub(super) disclosed: Vec<usize>,
}

/// The statements of a revealed document, under the labels that came with its proof.
pub(super) fn relabelled(
    document: &Map<String, Value>,
    inline: Inline,
    labels: &BTreeMap<usize, String>,
) -> Result<Vec<String>, ProofFault> {
    let statements = Contexts::established().expand(document, inline)?;
    let canonical = statements.canonicalize(Hash::Sha256)?;
    let named: Vec<String> = canonical
        .labels
        .iter()
        .map(|label| {
            number(label)
                .and_then(|number| labels.get(&number))
                .cloned()
        })
        .collect::<Option<_>>()
        .ok_or(ProofFault::Malformed("proofValue"))?;
    // A label for nobody, or one for two, is a lie.
    let different: HashSet<&String> = named.iter().collect();
    if named.len() != labels.len() || different.len() != named.len() {
        return Err(ProofFault::Malformed("proofValue"));
    }
    Ok(sorted(&statements, &named))
}

/// Labels that are keyed hashes of the canonical ones (vc-di-ecdsa, section 3.4.4).
pub(super) fn hmac_labels(key: &MacKey, canonical: &[String]) -> Vec<String> {
    canonical
        .iter()
        .map(|label| format!("u{}", base64url::encode(key.tag(label.as_bytes()))))
        .collect()
}

/// The SHA-256 hash of the lines in a row.
pub(super) fn hash<'l>(lines: impl IntoIterator<Item = &'l String>) -> Vec<u8> {
    let all: String = lines.into_iter().map(String::as_str).collect();
    Hash::Sha256.digest(&all)
}

/// Checks that the lines have all ascending indexes that a proof names.
pub(super) fn check_within(indexes: &[usize], lines: &[String]) -> Result<(), ProofFault> {
    match indexes.last() {
        Some(last) if *last >= lines.len() => Err(ProofFault::Malformed("proofValue")),
        _ => Ok(()),
    }
}

/// Splits lines at ascending indexes: those, and the rest.
pub(super) fn split<'l>(
    lines: &'l [String],
    indexes: &[usize],
) -> (Vec<&'l String>, Vec<&'l String>) {
    let (chosen, rest): (Vec<_>, Vec<_>) = lines
        .iter()
        .enumerate()
        .partition(|(index, _)| indexes.binary_search(index).is_ok());
    let lines = |all: Vec<(usize, &'l String)>| all.into_iter().map(|(_, line)| line).collect();
    (lines(chosen), lines(rest))
}

/// The places of `wanted` among `all`, both ascending.
pub(super) fn places(wanted: &[usize], all: &[usize]) -> Vec<usize> {
    wanted
        .iter()
        .filter_map(|index| all.binary_search(index).ok())
        .collect()
}

fn sorted(statements: &Dataset, labels: &[String]) -> Vec<String> {
    let mut lines = statements.lines(labels);
    lines.sort_unstable();
    lines
}

/// The number in a canonical label.
pub(super) fn number(label: &str) -> Option<usize> {
    label.strip_prefix("c14n")?.parse().ok()
}
