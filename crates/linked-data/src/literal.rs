//! JSON values as RDF literals (JSON-LD 1.1 API, section 8.2).

use serde_json::{Map, Number, Value};

use crate::context::{ActiveContext, Direction, Iri, Keyword, Meaning, language_tag};
use crate::error::ExpansionError;
use crate::rdf::Term;

/// Text, with its language and base direction.
pub(crate) fn text(value: &str, language: Option<&str>, direction: Option<Direction>) -> Term {
    match (language, direction) {
        (None, None) => Term::literal(value, None),
        (Some(language), None) => Term::language(value, language),
        (language, Some(direction)) => {
            let language = language.unwrap_or_default();
            let datatype = format!("{I18N}{language}_{}", direction.name());
            Term::literal(value, Some(&datatype))
        }
    }
}

/// A boolean or number without a datatype of its own.
pub(crate) fn native(value: &Value) -> Result<Term, ExpansionError> {
    let (text, datatype) = match value {
        Value::Bool(truth) => (truth.to_string(), XSD_BOOLEAN),
        Value::Number(one) => number(one, None)?,
        _ => return Err(ExpansionError::Value),
    };
    Ok(Term::literal(&text, Some(datatype)))
}

/// A scalar of a datatype.
pub(crate) fn typed(value: &Value, datatype: &str) -> Result<Term, ExpansionError> {
    let datatype = Some(datatype).filter(|datatype| *datatype != XSD_STRING);
    let text = match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Number(one) => number(one, datatype)?.0,
        Value::String(text) => return Ok(Term::literal(text, datatype)),
        _ => return Err(ExpansionError::Value),
    };
    Ok(Term::literal(&text, datatype))
}

/// A JSON literal, in its canonical text (RFC 8785).
pub(crate) fn json(value: &Value) -> Result<Term, ExpansionError> {
    let text = strict_json::canonicalize(value).map_err(|_| ExpansionError::Number)?;
    Ok(Term::literal(&text, Some(RDF_JSON)))
}

/// An object with `@value`.
pub(crate) fn value_object(
    object: &Map<String, Value>,
    active: &ActiveContext,
    word: impl Fn(&str) -> Result<Iri, ExpansionError>,
) -> Result<Term, ExpansionError> {
    let (mut value, mut kind, mut language, mut direction) = (None, None, None, None);
    for (name, member) in object {
        let keyword = match active.terms.get(name.as_str()).map(|term| &term.meaning) {
            Some(Meaning::Keyword(keyword)) => Some(*keyword),
            Some(_) => None,
            None => Keyword::parse(name),
        };
        let slot = match keyword {
            Some(Keyword::Value) => &mut value,
            Some(Keyword::Type) => &mut kind,
            Some(Keyword::Language) => &mut language,
            Some(Keyword::Direction) => &mut direction,
            _ => return Err(ExpansionError::Unsupported),
        };
        if slot.replace(member).is_some() {
            return Err(ExpansionError::Keyword);
        }
    }
    let value = value.ok_or(ExpansionError::Keyword)?;
    match (kind, language, direction) {
        (None, None, None) => match value {
            Value::String(text) => Ok(Term::literal(text, None)),
            value => native(value),
        },
        (Some(Value::String(kind)), None, None) if kind == "@json" => json(value),
        (Some(Value::String(kind)), None, None) => typed(value, word(kind)?.as_str()),
        (None, language, direction) => {
            let value = value.as_str().ok_or(ExpansionError::Value)?;
            let fault = ExpansionError::Language;
            let language = match language {
                None => None,
                Some(tag) => Some(tag.as_str().and_then(language_tag).ok_or(fault)?),
            };
            let direction = match direction {
                None => None,
                Some(name) => Some(name.as_str().and_then(Direction::parse).ok_or(fault)?),
            };
            Ok(text(value, language.as_deref(), direction))
        }
        _ => Err(ExpansionError::Keyword),
    }
}

/// The canonical text of a number, and its datatype if it has no other one.
fn number(
    number: &Number,
    datatype: Option<&str>,
) -> Result<(String, &'static str), ExpansionError> {
    let as_double = datatype == Some(XSD_DOUBLE);
    let double = match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) if integer.unsigned_abs() > LARGEST_EXACT => {
            return Err(ExpansionError::Number);
        }
        (Some(integer), _) if !as_double => return Ok((integer.to_string(), XSD_INTEGER)),
        (_, Some(double)) if number.is_f64() || number.is_i64() => double,
        _ => return Err(ExpansionError::Number),
    };
    if !as_double && double.fract() == 0.0 && double.abs() < LARGEST_INTEGER {
        if double == 0.0 && double.is_sign_negative() {
            return Err(ExpansionError::Number);
        }
        return Ok((format!("{double:.0}"), XSD_INTEGER));
    }
    // `%1.15E`, without the zeros at the end; one decimal stays.
    let printed = format!("{double:.15E}");
    if printed.parse() != Ok(double) {
        return Err(ExpansionError::Number);
    }
    let (mantissa, exponent) = printed.split_once('E').unwrap_or((&printed, "0"));
    let mantissa = mantissa.trim_end_matches('0');
    let zero = if mantissa.ends_with('.') { "0" } else { "" };
    Ok((format!("{mantissa}{zero}E{exponent}"), XSD_DOUBLE))
}

const I18N: &str = "https://www.w3.org/ns/i18n#";
const RDF_JSON: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
const XSD_BOOLEAN: &str = "http://www.w3.org/2001/XMLSchema#boolean";
const XSD_DOUBLE: &str = "http://www.w3.org/2001/XMLSchema#double";
const XSD_INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";
const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
/// 2⁵³: every integer up to here is a double of its own.
const LARGEST_EXACT: u64 = 1 << 53;
/// From here on, JSON-LD writes integers as doubles.
const LARGEST_INTEGER: f64 = 1e21;
