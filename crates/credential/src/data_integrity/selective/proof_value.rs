//! The text of a proof value: multibase base64url of a prefix and CBOR (vc-di-ecdsa, section 3.5;
//! vc-di-bbs, section 3.3).

use std::collections::BTreeMap;

use keys::base64url;

use crate::data_integrity::fault::ProofFault;
use crate::data_integrity::selective::cbor::Item;

pub(super) fn write(prefix: [u8; 3], item: &Item) -> String {
    let bytes = [prefix.as_slice(), &item.encode()].concat();
    format!("u{}", base64url::encode(bytes))
}

/// Whether a value has this prefix, whatever follows.
pub(super) fn has_prefix(prefix: [u8; 3], value: &str) -> bool {
    // Four digits are three bytes.
    let digits = value.strip_prefix('u').and_then(|digits| digits.get(..4));
    digits.is_some_and(|digits| base64url::decode(digits).is_ok_and(|bytes| bytes == prefix))
}

pub(super) fn read(prefix: [u8; 3], value: &str) -> Option<Vec<Item>> {
    let bytes = base64url::decode(value.strip_prefix('u')?).ok()?;
    Item::decode(bytes.strip_prefix(&prefix)?)?.into_array()
}

pub(super) fn byte_strings(item: Item) -> Option<Vec<Vec<u8>>> {
    item.into_array()?
        .into_iter()
        .map(Item::into_bytes)
        .collect()
}

pub(super) fn texts(item: Item) -> Option<Vec<String>> {
    item.into_array()?
        .into_iter()
        .map(Item::into_text)
        .collect()
}

/// Writes a label map, each private label as its suite does.
pub(super) fn write_labels(
    labels: &BTreeMap<usize, String>,
    own: impl Fn(&str) -> Option<Item>,
) -> Result<Item, ProofFault> {
    let pair = |(number, label): (&usize, &String)| {
        Some((Item::Number(u64::try_from(*number).ok()?), own(label)?))
    };
    let pairs = labels.iter().map(pair).collect::<Option<_>>();
    pairs
        .map(Item::Map)
        .ok_or(ProofFault::Malformed("proofValue"))
}

/// Reads a label map in which no label is named twice.
pub(super) fn read_labels(
    item: Item,
    own: impl Fn(Item) -> Option<String>,
) -> Option<BTreeMap<usize, String>> {
    let pairs = item.into_map()?;
    let count = pairs.len();
    let labels: BTreeMap<usize, String> = pairs
        .into_iter()
        .map(|(number, label)| Some((number.into_number()?, own(label)?)))
        .collect::<Option<_>>()?;
    (labels.len() == count).then_some(labels)
}
