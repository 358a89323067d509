use std::collections::BTreeMap;
use std::mem;

use serde_json::{Map, Value};

use crate::error::{IssuerFault, PeerFault, StructureFault, VerificationError};
use crate::sd_jwt::disclosure::{Content, Disclosure};
use crate::sd_jwt::{DIGEST_ALGORITHM, DIGESTS, ELEMENT_DIGEST, SHA_256};

/// Learns where the processing is, for those who must know which Disclosure stands where.
pub(super) trait Observer {
    /// Steps into the member of an object.
    fn enter_claim(&mut self, name: &str);
    /// Steps into the element of an array, counted among those that remain.
    fn enter_element(&mut self, index: usize);
    /// The member with this name, of the object stepped into last, comes from the Disclosure with
    /// this number.
    fn disclosed_claim(&mut self, disclosure: usize, name: &str);
    /// The element stepped into last comes from the Disclosure with this number.
    fn disclosed_element(&mut self, disclosure: usize);
    /// Steps out of the last member or element.
    fn leave(&mut self);
}

impl Observer for () {
    fn enter_claim(&mut self, _: &str) {}
    fn enter_element(&mut self, _: usize) {}
    fn disclosed_claim(&mut self, _: usize, _: &str) {}
    fn disclosed_element(&mut self, _: usize) {}
    fn leave(&mut self) {}
}

/// Puts every Disclosure in its place and removes what remains of digests
/// (RFC 9901, section 7.1, steps 3 to 5).
pub(super) fn process(
    payload: &mut Map<String, Value>,
    disclosures: Vec<Disclosure>,
    observer: &mut impl Observer,
) -> Result<(), VerificationError> {
    match payload.remove(DIGEST_ALGORITHM) {
        None => {}
        Some(Value::String(name)) if name == SHA_256 => {}
        Some(_) => return Err(IssuerFault::DigestAlgorithm.into()),
    }
    let mut processor = Processor::new(disclosures, observer)?;
    processor.object(payload, 1)?;
    processor.finish()
}

/// Whether there is a digest anywhere in the value.
pub(super) fn has_digests(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(has_digests),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| is_reserved(name) || has_digests(value)),
        _ => false,
    }
}

/// Names that no claim may have (RFC 9901, section 7.1, step 3.c.ii.2).
pub(super) fn is_reserved(name: &str) -> bool {
    name == DIGESTS || name == ELEMENT_DIGEST
}

struct Processor<'o, O> {
    /// The Disclosures that no digest has called for yet, by digest.
    waiting: BTreeMap<String, (usize, Content)>,
    /// The digests met so far, in any order.
    met: Vec<String>,
    observer: &'o mut O,
}

impl<'o, O: Observer> Processor<'o, O> {
    fn new(disclosures: Vec<Disclosure>, observer: &'o mut O) -> Result<Self, VerificationError> {
        let mut waiting = BTreeMap::new();
        for (number, Disclosure { digest, content }) in disclosures.into_iter().enumerate() {
            if waiting.insert(digest, (number, content)).is_some() {
                return Err(PeerFault::UnreferencedDisclosure.into());
            }
        }
        Ok(Self {
            waiting,
            met: Vec::new(),
            observer,
        })
    }

    /// Refuses a digest that was met twice, and a Disclosure that was not called for.
    fn finish(mut self) -> Result<(), VerificationError> {
        self.met.sort_unstable();
        if self
            .met
            .windows(2)
            .any(|pair| matches!(pair, [one, next] if one == next))
        {
            return Err(IssuerFault::DuplicateDigest.into());
        }
        if self.waiting.is_empty() {
            Ok(())
        } else {
            Err(PeerFault::UnreferencedDisclosure.into())
        }
    }

    fn value(&mut self, value: &mut Value, depth: usize) -> Result<(), VerificationError> {
        match value {
            Value::Array(elements) => self.array(elements, depth),
            Value::Object(members) => self.object(members, depth),
            _ => Ok(()),
        }
    }

    /// The value of a member of an object at this depth.
    fn claim(
        &mut self,
        name: &str,
        value: &mut Value,
        depth: usize,
    ) -> Result<(), VerificationError> {
        if value.is_array() || value.is_object() {
            self.observer.enter_claim(name);
            self.value(value, depth + 1)?;
            self.observer.leave();
        }
        Ok(())
    }

    fn object(
        &mut self,
        members: &mut Map<String, Value>,
        depth: usize,
    ) -> Result<(), VerificationError> {
        // A Disclosure starts a document of its own: only this bounds a chain of them.
        if depth > MAX_DEPTH {
            return Err(StructureFault::Depth.into());
        }
        if members.contains_key(ELEMENT_DIGEST) {
            return Err(StructureFault::Digest.into());
        }
        let digests = match members.remove(DIGESTS) {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(StructureFault::Digest.into()),
        };
        for (name, value) in members.iter_mut() {
            self.claim(name, value, depth)?;
        }
        self.met.reserve(digests.len());
        for digest in digests {
            let Value::String(digest) = digest else {
                return Err(StructureFault::Digest.into());
            };
            if let Some((number, content)) = self.meet(digest) {
                let Content::Claim(name, mut value) = content else {
                    return Err(StructureFault::Arity.into());
                };
                if is_reserved(&name) {
                    return Err(StructureFault::ReservedName.into());
                }
                if members.contains_key(&name) {
                    return Err(StructureFault::Collision.into());
                }
                self.observer.disclosed_claim(number, &name);
                self.claim(&name, &mut value, depth)?;
                members.insert(name, value);
            }
        }
        Ok(())
    }

    fn array(&mut self, elements: &mut Vec<Value>, depth: usize) -> Result<(), VerificationError> {
        if depth > MAX_DEPTH {
            return Err(StructureFault::Depth.into());
        }
        if !elements.iter().any(|e| e.is_array() || e.is_object()) {
            return Ok(());
        }
        let all = mem::take(elements);
        elements.reserve(all.len());
        for element in all {
            self.observer.enter_element(elements.len());
            if let Some(element) = self.element(element, depth)? {
                elements.push(element);
            }
            self.observer.leave();
        }
        Ok(())
    }

    /// The element, or what its digest stands for, or nothing.
    fn element(
        &mut self,
        mut element: Value,
        depth: usize,
    ) -> Result<Option<Value>, VerificationError> {
        let Value::Object(members) = &mut element else {
            self.value(&mut element, depth + 1)?;
            return Ok(Some(element));
        };
        let digest = match (members.len(), members.get_mut(ELEMENT_DIGEST)) {
            (1, Some(Value::String(digest))) => mem::take(digest),
            (_, Some(_)) => return Err(StructureFault::Digest.into()),
            (_, None) => {
                self.object(members, depth + 1)?;
                return Ok(Some(element));
            }
        };
        match self.meet(digest) {
            None => Ok(None),
            Some((_, Content::Claim(..))) => Err(StructureFault::Arity.into()),
            Some((number, Content::Element(mut value))) => {
                self.observer.disclosed_element(number);
                self.value(&mut value, depth + 1)?;
                Ok(Some(value))
            }
        }
    }

    /// Notes a digest, and hands out the Disclosure that it stands for.
    fn meet(&mut self, digest: String) -> Option<(usize, Content)> {
        let disclosure = self.waiting.remove(&digest);
        self.met.push(digest);
        disclosure
    }
}

/// How deep the processed payload may be, as the JSON limits have it for one document.
const MAX_DEPTH: usize = 32;
