//! What judging by a schema costs, told before it is paid: `allOf` with the same `$ref` twice, thirty
//! levels deep, would take longer than anybody lives.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use strict_json::pointer_token;

use super::SchemaFault;

/// The subschemas that judging may lead to, and from where. The first is the schema itself.
#[derive(Debug)]
pub(super) struct Outline {
    nodes: Vec<Node>,
}

/// The Credential is too large for the schema.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Costly;

#[derive(Debug, Default)]
struct Node {
    /// Are held against the same value.
    here: Vec<usize>,
    /// Are held against the member of this name.
    named: BTreeMap<String, usize>,
    /// Are held against every member or element, at the most.
    each: Vec<usize>,
    /// Are held against every name of a member.
    names: Vec<usize>,
    /// With how many values the value is compared, and names with how many patterns.
    own: usize,
    /// What it costs on a value without members: with all that [`Self::here`] leads to.
    alone: usize,
    /// How far [`Self::here`] leads.
    depth: usize,
}

impl Outline {
    /// Reads the keywords of all drafts at once: at worst it costs less than it seems.
    pub(super) fn read(schema: &Value) -> Result<Self, SchemaFault> {
        let draft = schema.get("$schema").and_then(Value::as_str);
        let identifier = match draft.is_some_and(|draft| draft.contains("draft-04")) {
            true => "id",
            false => "$id",
        };
        let id = schema.get(identifier).and_then(Value::as_str);
        let mut reader = Reader {
            schema,
            identifier,
            id: id.map(|id| id.trim_end_matches('#')),
            places: BTreeMap::new(),
            waiting: Vec::new(),
        };
        reader.place(String::new());
        let mut nodes: Vec<Node> = Vec::new();
        while let Some(place) = reader.waiting.get(nodes.len()).cloned() {
            nodes.push(reader.node(&place)?);
        }
        let mut outline = Self { nodes };
        let mut state = vec![State::New; outline.nodes.len()];
        for index in 0..outline.nodes.len() {
            outline.settle(index, &mut state, 0)?;
        }
        Ok(outline)
    }

    /// Tells whether a document can be judged within bounds of time and depth.
    pub(super) fn check_cost(&self, document: &Value) -> Result<(), Costly> {
        let mut estimate = Estimate {
            outline: self,
            known: HashMap::new(),
        };
        estimate.cost(0, document, 0).map(drop)
    }

    /// Computes [`Node::alone`] and [`Node::depth`], and finds schemas that lead to themselves
    /// without a step into the value.
    fn settle(
        &mut self,
        index: usize,
        state: &mut [State],
        depth: usize,
    ) -> Result<(), SchemaFault> {
        match state.get(index) {
            Some(State::Done) | None => return Ok(()),
            Some(State::Begun) => return Err(SchemaFault::Malformed),
            Some(State::New) if depth > DEEPEST => return Err(SchemaFault::Costly),
            Some(State::New) => {}
        }
        mark(state, index, State::Begun);
        let here = match self.nodes.get(index) {
            Some(node) => node.here.clone(),
            None => Vec::new(),
        };
        let (mut alone, mut deepest) = (1_usize, 0);
        for next in here {
            self.settle(next, state, depth + 1)?;
            if let Some(next) = self.nodes.get(next) {
                alone = alone.saturating_add(next.alone);
                deepest = deepest.max(next.depth + 1);
            }
        }
        if let Some(node) = self.nodes.get_mut(index) {
            node.alone = alone.saturating_add(node.own);
            node.depth = deepest;
        }
        mark(state, index, State::Done);
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum State {
    New,
    Begun,
    Done,
}

fn mark(state: &mut [State], index: usize, value: State) {
    if let Some(place) = state.get_mut(index) {
        *place = value;
    }
}

/// Finds the subschemas that count, each by its JSON pointer.
struct Reader<'a> {
    schema: &'a Value,
    /// The keyword of [`Self::id`].
    identifier: &'static str,
    id: Option<&'a str>,
    places: BTreeMap<String, usize>,
    waiting: Vec<String>,
}

impl Reader<'_> {
    fn place(&mut self, pointer: String) -> usize {
        let next = self.waiting.len();
        let index = *self.places.entry(pointer.clone()).or_insert(next);
        if index == next {
            self.waiting.push(pointer);
        }
        index
    }

    fn node(&mut self, place: &str) -> Result<Node, SchemaFault> {
        let members = match self.schema.pointer(place) {
            Some(Value::Bool(_)) => return Ok(Node::default()),
            Some(Value::Object(members)) => members,
            _ => return Err(SchemaFault::Malformed),
        };
        // A base of its own would turn the references in it elsewhere.
        let own = members.get(self.identifier).and_then(Value::as_str);
        if !place.is_empty() && own.is_some_and(|own| !own.starts_with('#')) {
            return Err(SchemaFault::Unsupported);
        }
        let mut node = Node::default();
        for (name, value) in members {
            let at = format!("{place}/{}", pointer_token(name));
            match (name.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    let target = self.target(reference)?;
                    node.here.push(self.place(target));
                }
                // Where these lead depends on the way that led here.
                ("$dynamicRef" | "$recursiveRef", _) => return Err(SchemaFault::Unsupported),
                ("not" | "if" | "then" | "else", _) => node.here.push(self.place(at)),
                ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => {
                    node.here.extend(self.elements(&at, all.len()));
                }
                ("dependentSchemas" | "dependencies", Value::Object(all)) => {
                    let schemas = all.iter().filter(|(_, value)| !value.is_array());
                    let names = schemas.map(|(name, _)| name.as_str());
                    node.here.extend(self.members(&at, names));
                }
                ("properties", Value::Object(all)) => {
                    let indexes = self.members(&at, all.keys().map(String::as_str));
                    node.named.extend(all.keys().cloned().zip(indexes));
                }
                ("patternProperties", Value::Object(all)) => {
                    node.own += all.len();
                    let indexes = self.members(&at, all.keys().map(String::as_str));
                    node.each.extend(indexes);
                }
                ("items" | "prefixItems", Value::Array(all)) => {
                    node.each.extend(self.elements(&at, all.len()));
                }
                (
                    "additionalItems"
                    | "additionalProperties"
                    | "contains"
                    | "items"
                    | "unevaluatedItems"
                    | "unevaluatedProperties",
                    _,
                ) => node.each.push(self.place(at)),
                ("propertyNames", _) => node.names.push(self.place(at)),
                ("enum", Value::Array(all)) => node.own += all.iter().map(size).sum::<usize>(),
                ("const", value) => node.own += size(value),
                ("uniqueItems", _) => node.own += 1,
                _ => {}
            }
        }
        Ok(node)
    }

    fn elements(&mut self, at: &str, count: usize) -> Vec<usize> {
        let pointers = (0..count).map(|index| format!("{at}/{index}"));
        pointers.map(|pointer| self.place(pointer)).collect()
    }

    fn members<'n>(&mut self, at: &str, names: impl Iterator<Item = &'n str>) -> Vec<usize> {
        let pointers = names.map(|name| format!("{at}/{}", pointer_token(name)));
        pointers.map(|pointer| self.place(pointer)).collect()
    }

    /// The place in this document that a reference means.
    fn target(&self, reference: &str) -> Result<String, SchemaFault> {
        let own = self.id.and_then(|id| reference.strip_prefix(id));
        let fragment = match own.unwrap_or(reference).strip_prefix('#') {
            Some(fragment) => fragment,
            None if own == Some("") => "",
            None => return Err(SchemaFault::Unsupported),
        };
        let is_pointer = fragment.is_empty() || fragment.starts_with('/');
        if !is_pointer || fragment.contains('%') {
            return Err(SchemaFault::Unsupported);
        }
        match self.schema.pointer(fragment) {
            Some(_) => Ok(fragment.to_owned()),
            None => Err(SchemaFault::Malformed),
        }
    }
}

/// How many values there are in a value, itself included.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(all) => 1 + all.iter().map(size).sum::<usize>(),
        Value::Object(all) => 1 + all.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// What is known of the cost of one document.
struct Estimate<'a> {
    outline: &'a Outline,
    /// By subschema, and by the address of the value.
    known: HashMap<(usize, usize), usize>,
}

impl Estimate<'_> {
    /// How many times a subschema would be held against a value, with all that follows from it.
    fn cost(&mut self, index: usize, value: &Value, depth: usize) -> Result<usize, Costly> {
        let outline = self.outline;
        let node = outline.nodes.get(index).ok_or(Costly)?;
        if depth + node.depth > DEEPEST {
            return Err(Costly);
        }
        match value {
            Value::Array(_) | Value::Object(_) => {}
            Value::String(text) => return within(node.alone.saturating_mul(weight(text))),
            _ => return within(node.alone),
        }
        let key = (index, std::ptr::from_ref(value).addr());
        if let Some(cost) = self.known.get(&key) {
            return Ok(*cost);
        }
        let children: Vec<(Option<&str>, &Value)> = match value {
            Value::Object(all) => all
                .iter()
                .map(|(name, one)| (Some(name.as_str()), one))
                .collect(),
            Value::Array(all) => all.iter().map(|one| (None, one)).collect(),
            _ => Vec::new(),
        };
        let names = children.iter().filter_map(|(name, _)| *name);
        let weights: usize = names.map(weight).sum();
        let mut sum = 1 + children.len();
        if node.own > 0 {
            // Comparing looks at all that is in the value.
            let compared = node.own.saturating_mul(1 + weights);
            sum = within(compared.saturating_add(sum + size(value)))?;
        }
        for name in &node.names {
            let node = outline.nodes.get(*name).ok_or(Costly)?;
            sum = within(sum.saturating_add(node.alone.saturating_mul(weights)))?;
        }
        for next in &node.here {
            sum = within(sum.saturating_add(self.cost(*next, value, depth + 1)?))?;
        }
        for (name, child) in children {
            let named = name.and_then(|name| node.named.get(name));
            for next in named.into_iter().chain(&node.each) {
                sum = within(sum.saturating_add(self.cost(*next, child, depth + 1)?))?;
            }
        }
        if self.known.len() >= MOST {
            return Err(Costly);
        }
        self.known.insert(key, sum);
        Ok(sum)
    }
}

/// What it costs to search a text, beside looking at a value.
const fn weight(text: &str) -> usize {
    1 + text.len() / 16
}

const fn within(cost: usize) -> Result<usize, Costly> {
    match cost > MOST {
        true => Err(Costly),
        false => Ok(cost),
    }
}

/// How many subschemas may be in one another while one value is judged: each takes a piece of the
/// stack.
const DEEPEST: usize = 96;
/// How often a subschema may be held against a value: some tenths of a second at the most.
const MOST: usize = 1 << 16;
