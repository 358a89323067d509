//! The JSON Canonicalization Scheme (RFC 8785): one text for one value.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

/// Why a value has no canonical text that tells it from others.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CanonicalError {
    /// An integer beyond 2⁵³: as a double, which all numbers are here, it would become a neighbour.
    #[error("a number cannot be represented as a double")]
    Number,
}

/// Writes a value canonically (RFC 8785, section 3.2): no blanks, members sorted by their UTF-16
/// code units, numbers as ECMAScript prints them.
///
/// # Errors
/// [`CanonicalError::Number`]: rounding would let two values share a text.
pub fn canonicalize(value: &Value) -> Result<String, CanonicalError> {
    let mut text = String::with_capacity(ENOUGH);
    write_value(&mut text, value)?;
    Ok(text)
}

/// Writes an object canonically, as [`canonicalize`] does.
///
/// # Errors
/// As [`canonicalize`].
pub fn canonicalize_object(members: &Map<String, Value>) -> Result<String, CanonicalError> {
    let mut text = String::with_capacity(ENOUGH);
    write_members(&mut text, members.iter().collect())?;
    Ok(text)
}

/// Writes an object canonically, as if it had no member of that name.
///
/// # Errors
/// As [`canonicalize`].
pub fn canonicalize_object_without(
    members: &Map<String, Value>,
    name: &str,
) -> Result<String, CanonicalError> {
    let mut text = String::with_capacity(ENOUGH);
    let others = members.iter().filter(|(other, _)| *other != name);
    write_members(&mut text, others.collect())?;
    Ok(text)
}

fn write_value(text: &mut String, value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => write_number(text, number)?,
        Value::String(string) => write_string(text, string),
        Value::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_value(text, element)?;
            }
            text.push(']');
        }
        Value::Object(members) => write_members(text, members.iter().collect())?,
    }
    Ok(())
}

fn write_members(
    text: &mut String,
    mut members: Vec<(&String, &Value)>,
) -> Result<(), CanonicalError> {
    members.sort_unstable_by(|(left, _), (right, _)| by_code_units(left, right));
    text.push('{');
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_string(text, name);
        text.push(':');
        write_value(text, value)?;
    }
    text.push('}');
    Ok(())
}

/// Bytes of UTF-8 sort as UTF-16 does, unless a surrogate meets what lies above the surrogates.
fn by_code_units(left: &str, right: &str) -> Ordering {
    if left.is_ascii() || right.is_ascii() {
        left.cmp(right)
    } else {
        left.encode_utf16().cmp(right.encode_utf16())
    }
}

fn write_string(text: &mut String, string: &str) {
    text.push('"');
    let is_special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    // Most texts have nothing special: to look at every byte, several at once, is faster than to
    // stop at one.
    if !string
        .bytes()
        .fold(false, |any, byte| any | is_special(byte))
    {
        text.push_str(string);
        text.push('"');
        return;
    }
    let mut rest = string;
    while let Some(at) = rest.bytes().position(is_special) {
        let (plain, special) = rest.split_at(at);
        text.push_str(plain);
        let mut special = special.chars();
        match special.next() {
            Some('\u{8}') => text.push_str("\\b"),
            Some('\t') => text.push_str("\\t"),
            Some('\n') => text.push_str("\\n"),
            Some('\u{c}') => text.push_str("\\f"),
            Some('\r') => text.push_str("\\r"),
            Some(control) if control < ' ' => {
                let _infallible = write!(text, "\\u{:04x}", u32::from(control));
            }
            Some(escaped) => text.extend(['\\', escaped]),
            None => {}
        }
        rest = special.as_str();
    }
    text.push_str(rest);
    text.push('"');
}

fn write_number(text: &mut String, number: &Number) -> Result<(), CanonicalError> {
    if let Some(integer) = number.as_i64() {
        if integer.unsigned_abs() > LARGEST_EXACT {
            return Err(CanonicalError::Number);
        }
        let _infallible = write!(text, "{integer}");
        return Ok(());
    }
    match number.as_f64() {
        Some(double) if number.is_f64() && double.is_finite() => {
            write_double(text, double);
            Ok(())
        }
        _ => Err(CanonicalError::Number),
    }
}

/// `Number::toString` of ECMAScript (ECMA-262, section 6.1.6.1.20).
fn write_double(text: &mut String, double: f64) {
    if double == 0.0 {
        text.push('0');
        return;
    }
    if double < 0.0 {
        text.push('-');
    }
    let (digits, point) = shortest(double.abs());
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    let split = |at: i32| digits.split_at_checked(usize::try_from(at).unwrap_or_default());
    match (split(point), split(1)) {
        _ if count <= point && point <= 21 => {
            text.push_str(&digits);
            text.push_str(&zeros(point - count));
        }
        (Some((whole, fraction)), _) if 0 < point && point <= 21 => {
            text.extend([whole, ".", fraction]);
        }
        _ if -6 < point && point <= 0 => {
            text.extend(["0.", &zeros(-point), &digits]);
        }
        (_, Some((first, rest))) => {
            text.push_str(first);
            if !rest.is_empty() {
                text.extend([".", rest]);
            }
            let _infallible = write!(text, "e{:+}", point - 1);
        }
        (_, None) => {}
    }
}

/// The shortest digits that read as this positive double, the even ones of two equally near, and
/// where the point stands among them. serde_json finds them so; the standard library's `{:e}`
/// rounds ties up.
fn shortest(double: f64) -> (String, i32) {
    let printed = serde_json::to_string(&double).unwrap_or_default();
    let (mantissa, exponent) = printed.split_once('e').unwrap_or((&printed, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let leading = i32::try_from(all.len() - digits.len()).unwrap_or_default();
    let whole = i32::try_from(whole.len()).unwrap_or_default();
    let point = whole - leading + exponent;
    (digits.trim_end_matches('0').to_owned(), point)
}

/// What most Credentials take without growing: of twice as much, allocators make a business.
const ENOUGH: usize = 1024;
/// 2⁵³: every integer up to here is a double of its own.
const LARGEST_EXACT: u64 = 1 << 53;
