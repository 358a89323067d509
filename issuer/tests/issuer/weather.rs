//! Requests that are almost right: whole values, members and bytes are changed by chance, the same
//! way every time.

use serde_json::{Map, Value, json};

/// A source of changes.
pub(crate) struct Weather(u64);

impl Weather {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A body made of this one.
    pub(crate) fn change(&mut self, body: &Value) -> Vec<u8> {
        let mut body = body.clone();
        for _ in 0..=self.below(3) {
            let places = count(&body);
            let at = self.below(places);
            let new = self.value(3);
            self.change_at(&mut body, &mut { at }, new);
        }
        let mut bytes = body.to_string().into_bytes();
        if self.below(8) == 0 {
            let at = self.below(bytes.len());
            match self.below(3) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes.truncate(at),
                _ => bytes.insert(at, bytes[at]),
            }
        }
        bytes
    }

    /// Changes the value at the place that many steps from here.
    fn change_at(&mut self, value: &mut Value, steps: &mut usize, new: Value) {
        if *steps == 0 {
            self.change_here(value, new);
            *steps = usize::MAX;
            return;
        }
        *steps -= 1;
        let inner: Vec<&mut Value> = match value {
            Value::Array(several) => several.iter_mut().collect(),
            Value::Object(members) => members.values_mut().collect(),
            _ => Vec::new(),
        };
        for one in inner {
            self.change_at(one, steps, new.clone());
            if *steps == usize::MAX {
                return;
            }
        }
    }

    fn change_here(&mut self, value: &mut Value, new: Value) {
        match (self.below(4), value) {
            (0, Value::Object(members)) => {
                let name = self.name();
                members.insert(name, new);
            }
            (1, Value::Object(members)) => {
                let name = members.keys().next().cloned();
                name.map(|name| members.remove(&name));
            }
            (0, Value::Array(several)) => several.push(new),
            (1, Value::Array(several)) => {
                several.pop();
            }
            (0, Value::String(text)) => text.push('\u{0}'),
            (1, Value::String(text)) => {
                let half = text.len() / 2;
                if text.is_char_boundary(half) {
                    text.truncate(half);
                }
            }
            (_, value) => *value = new,
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 8 } else { 11 }) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(-1),
            3 => json!(1e308),
            4 => json!(18_446_744_073_709_551_615_u64),
            5 => json!("x".repeat(self.below(3000))),
            6 | 7 => {
                let texts = TEXTS;
                json!(*self.pick(texts))
            }
            8 => {
                let length = self.below(4);
                (0..length).map(|_| self.value(depth - 1)).collect()
            }
            _ => {
                let length = self.below(4);
                let members: Map<String, Value> = (0..length)
                    .map(|_| (self.name(), self.value(depth - 1)))
                    .collect();
                Value::Object(members)
            }
        }
    }

    fn name(&mut self) -> String {
        (*self.pick(NAMES)).to_owned()
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

/// How many values there are, this one included.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(several) => several.iter().map(count).sum::<usize>() + 1,
        Value::Object(members) => members.values().map(count).sum::<usize>() + 1,
        _ => 1,
    }
}

const NAMES: &[&str] = &[
    "",
    "@context",
    "@graph",
    "@id",
    "@included",
    "@type",
    "@value",
    "@vocab",
    "credentialStatus",
    "credentialSubject",
    "cryptosuite",
    "evidence",
    "holder",
    "id",
    "issuer",
    "previousProof",
    "proof",
    "proofValue",
    "relatedResource",
    "type",
    "validUntil",
    "verifiableCredential",
    "verificationMethod",
];

const TEXTS: &[&str] = &[
    "",
    "/",
    "/~",
    "/credentialSubject/0",
    "0000-00-00T00:00:00Z",
    "2026-01-01T00:00:00Z",
    "@context",
    "EnvelopedVerifiableCredential",
    "VerifiableCredential",
    "VerifiablePresentation",
    "_:b0",
    "data:application/vc+jwt,e30.e30.e30",
    "did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj",
    "did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj#z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj",
    "did:web:192.168.0.1",
    "https://www.w3.org/2018/credentials/v1",
    "https://www.w3.org/ns/credentials/v2",
    "u2V0ChVhA",
    "z",
    "\u{feff}\u{202e}",
];
