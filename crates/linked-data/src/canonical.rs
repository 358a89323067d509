//! RDF Dataset Canonicalization (RDFC-1.0, W3C Recommendation of 21 May 2024).

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use sha2::{Sha256, Sha384};

use crate::error::CanonicalizationError;
use crate::rdf::{Dataset, Quad, Term};

/// The hash that tells blank nodes apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Hash {
    /// The hash of a text.
    #[must_use]
    pub fn digest(self, text: &str) -> Vec<u8> {
        match self {
            Self::Sha256 => hash::<Sha256>([text]).to_vec(),
            Self::Sha384 => hash::<Sha384>([text]).to_vec(),
        }
    }

    /// The hash of the parts in a row, in hexadecimal.
    fn hex<'a>(self, parts: impl IntoIterator<Item = &'a str>) -> String {
        match self {
            Self::Sha256 => hex(&hash::<Sha256>(parts)),
            Self::Sha384 => hex(&hash::<Sha384>(parts)),
        }
    }
}

/// A dataset in its one form.
#[derive(Clone, Debug)]
pub struct Canonical {
    /// The statements as canonical N-Quads, sorted, each with its line end.
    pub lines: Vec<String>,
    /// The canonical label of each blank node, without `_:`, by its number in the dataset.
    pub labels: Vec<String>,
}

impl Canonical {
    /// The canonical form: all lines.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.concat()
    }
}

impl Dataset {
    /// Canonicalizes (RDFC-1.0, section 4.4).
    ///
    /// # Errors
    /// [`CanonicalizationError::Poison`] if blank nodes are so much alike that telling them apart
    /// costs more than a fixed number of steps (section 7.1). No credential comes near.
    pub fn canonicalize(&self, hash: Hash) -> Result<Canonical, CanonicalizationError> {
        let labels = Canonicalization::new(self, hash).run()?;
        let mut lines = self.lines(&labels);
        lines.sort_unstable();
        Ok(Canonical { lines, labels })
    }

    /// The statements as N-Quads in their own order, with these labels for the blank nodes.
    #[must_use]
    pub fn lines(&self, labels: &[String]) -> Vec<String> {
        let label = |number: usize| labels.get(number).map_or("", String::as_str);
        self.quads.iter().map(|quad| line(quad, label)).collect()
    }
}

/// The state of section 4.3.
struct Canonicalization<'d> {
    quads: &'d [Quad],
    hash: Hash,
    /// Blank node to quads map.
    mentions: Vec<Vec<usize>>,
    first_degree: Vec<String>,
    canonical: Issuer,
    steps_left: usize,
}

impl<'d> Canonicalization<'d> {
    fn new(dataset: &'d Dataset, hash: Hash) -> Self {
        let mut mentions = vec![Vec::new(); dataset.blanks];
        for (index, quad) in dataset.quads.iter().enumerate() {
            for number in blanks(quad) {
                if let Some(quads) = mentions.get_mut(number)
                    && quads.last() != Some(&index)
                {
                    quads.push(index);
                }
            }
        }
        Self {
            quads: &dataset.quads,
            hash,
            mentions,
            first_degree: Vec::new(),
            canonical: Issuer::new("c14n"),
            steps_left: MOST_STEPS,
        }
    }

    /// Gives every blank node its canonical label.
    fn run(mut self) -> Result<Vec<String>, CanonicalizationError> {
        let count = self.mentions.len();
        self.first_degree = (0..count)
            .map(|node| self.hash_first_degree(node))
            .collect();
        let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mentioned = |node: usize| self.mentions.get(node).is_some_and(|all| !all.is_empty());
        for (node, hash) in self.first_degree.iter().enumerate() {
            if !mentioned(node) {
                continue;
            }
            alike.entry(hash).or_default().push(node);
        }
        let (unique, shared): (Vec<_>, Vec<_>) =
            alike.into_values().partition(|nodes| nodes.len() == 1);
        for node in unique.into_iter().flatten() {
            self.canonical.issue(node);
        }
        for nodes in shared {
            let mut paths = Vec::with_capacity(nodes.len());
            for node in nodes {
                if !self.canonical.knows(node) {
                    let mut issuer = Issuer::new("b");
                    issuer.issue(node);
                    paths.push(self.hash_n_degree(node, issuer)?);
                }
            }
            paths.sort_by(|left, right| left.hash.cmp(&right.hash));
            for node in paths.into_iter().flat_map(|path| path.issuer.order) {
                self.canonical.issue(node);
            }
        }
        Ok((0..count)
            .map(|node| self.canonical.label(node).unwrap_or_default())
            .collect())
    }

    /// Hash First Degree Quads (section 4.6).
    fn hash_first_degree(&self, node: usize) -> String {
        let mut lines: Vec<String> = self
            .quads_of(node)
            .map(|quad| line(quad, |other| if other == node { "a" } else { "z" }))
            .collect();
        lines.sort_unstable();
        self.hash.hex(lines.iter().map(String::as_str))
    }

    /// Hash Related Blank Node (section 4.7).
    fn hash_related(&self, related: usize, quad: &Quad, issuer: &Issuer, position: &str) -> String {
        let label = self
            .canonical
            .label(related)
            .or_else(|| issuer.label(related))
            .map(|label| format!("_:{label}"));
        let own = self.first_degree.get(related).map_or("", String::as_str);
        let predicate = if position == "g" { "" } else { &quad.predicate };
        let identifier = label.as_deref().unwrap_or(own);
        self.hash.hex([position, predicate, identifier])
    }

    /// Hash N-Degree Quads (section 4.8).
    fn hash_n_degree(
        &mut self,
        node: usize,
        mut issuer: Issuer,
    ) -> Result<Path, CanonicalizationError> {
        let mut related: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for quad in self.quads_of(node) {
            let positions = [
                (Some(&quad.subject), "s"),
                (Some(&quad.object), "o"),
                (quad.graph.as_ref(), "g"),
            ];
            for (term, position) in positions {
                if let Some(Term::Blank(other)) = term
                    && *other != node
                {
                    let hash = self.hash_related(*other, quad, &issuer, position);
                    related.entry(hash).or_default().push(*other);
                }
            }
        }
        let mut data = String::new();
        for (hash, nodes) in related {
            data.push_str(&hash);
            let chosen = self.shortest(nodes, &issuer)?;
            data.push_str(&chosen.hash);
            issuer = chosen.issuer;
        }
        Ok(Path {
            hash: self.hash.hex([data.as_str()]),
            issuer,
        })
    }

    /// The least path through nodes that look alike, over all their orders (step 5).
    fn shortest(
        &mut self,
        mut nodes: Vec<usize>,
        issuer: &Issuer,
    ) -> Result<Path, CanonicalizationError> {
        let mut chosen: Option<Path> = None;
        nodes.sort_unstable();
        loop {
            self.step()?;
            let best = chosen.as_ref().map(|path| path.hash.as_str());
            if let Some(path) = self.walk(&nodes, issuer.clone(), best)? {
                chosen = Some(path);
            }
            if !next_permutation(&mut nodes) {
                break;
            }
        }
        Ok(chosen.unwrap_or_else(|| Path {
            hash: String::new(),
            issuer: issuer.clone(),
        }))
    }

    /// The path of one order, unless it is no better than the best one.
    fn walk(
        &mut self,
        nodes: &[usize],
        mut issuer: Issuer,
        best: Option<&str>,
    ) -> Result<Option<Path>, CanonicalizationError> {
        let is_worse =
            |path: &str| best.is_some_and(|best| path.len() >= best.len() && path > best);
        let mut path = String::new();
        let mut unvisited = Vec::new();
        for node in nodes {
            if let Some(label) = self.canonical.label(*node) {
                path.extend(["_:", &label]);
            } else {
                if !issuer.knows(*node) {
                    unvisited.push(*node);
                }
                path.extend(["_:", &issuer.issue(*node)]);
            }
            if is_worse(&path) {
                return Ok(None);
            }
        }
        for node in unvisited {
            self.step()?;
            let result = self.hash_n_degree(node, issuer.clone())?;
            path.extend(["_:", &issuer.issue(node), "<", &result.hash, ">"]);
            issuer = result.issuer;
            if is_worse(&path) {
                return Ok(None);
            }
        }
        if best.is_some_and(|best| path.as_str() >= best) {
            return Ok(None);
        }
        Ok(Some(Path { hash: path, issuer }))
    }

    fn quads_of(&self, node: usize) -> impl Iterator<Item = &'d Quad> + use<'d, '_> {
        let quads = self.quads;
        let mentions = self.mentions.get(node).map_or(&[][..], Vec::as_slice);
        mentions.iter().filter_map(move |index| quads.get(*index))
    }

    fn step(&mut self) -> Result<(), CanonicalizationError> {
        self.steps_left = self
            .steps_left
            .checked_sub(1)
            .ok_or(CanonicalizationError::Poison)?;
        Ok(())
    }
}

/// What Hash N-Degree Quads gives, or a path on the way there.
struct Path {
    hash: String,
    issuer: Issuer,
}

/// Issues labels in a row (section 4.5).
#[derive(Clone)]
struct Issuer {
    prefix: &'static str,
    order: Vec<usize>,
    numbers: HashMap<usize, usize>,
}

impl Issuer {
    fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            order: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    fn issue(&mut self, node: usize) -> String {
        let next = self.order.len();
        let number = *self.numbers.entry(node).or_insert(next);
        if number == next {
            self.order.push(node);
        }
        format!("{}{number}", self.prefix)
    }

    fn knows(&self, node: usize) -> bool {
        self.numbers.contains_key(&node)
    }

    fn label(&self, node: usize) -> Option<String> {
        let number = self.numbers.get(&node)?;
        Some(format!("{}{number}", self.prefix))
    }
}

/// A statement as canonical N-Quads (section 5).
fn line<'l>(quad: &Quad, label: impl Fn(usize) -> &'l str) -> String {
    let mut line = String::with_capacity(256);
    let mut write = |term: &Term| match term {
        Term::Blank(number) => line.extend(["_:", label(*number), " "]),
        Term::Text(text) => line.extend([text, " "]),
    };
    write(&quad.subject);
    write(&Term::Text(quad.predicate.clone()));
    write(&quad.object);
    if let Some(graph) = &quad.graph {
        write(graph);
    }
    line.push_str(".\n");
    line
}

fn blanks(quad: &Quad) -> impl Iterator<Item = usize> {
    [Some(&quad.subject), Some(&quad.object), quad.graph.as_ref()]
        .into_iter()
        .filter_map(|term| match term {
            Some(Term::Blank(number)) => Some(*number),
            _ => None,
        })
}

/// Steps to the next order of the elements, if there is one.
fn next_permutation(elements: &mut [usize]) -> bool {
    let Some(pivot) = elements
        .windows(2)
        .rposition(|pair| pair.first() < pair.last())
    else {
        return false;
    };
    let (head, tail) = elements.split_at_mut(pivot + 1);
    if let Some(last) = head.last_mut()
        && let Some(greater) = tail.iter_mut().rev().find(|one| **one > *last)
    {
        std::mem::swap(last, greater);
    }
    tail.reverse();
    true
}

fn hash<'a, D: sha2::Digest>(parts: impl IntoIterator<Item = &'a str>) -> sha2::digest::Output<D> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

/// Orders and paths that are tried before a dataset counts as poison.
const MOST_STEPS: usize = 8192;
