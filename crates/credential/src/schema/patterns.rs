use regex::RegexBuilder;
use serde_json::Value;

use super::SchemaFault;

/// Compiles every regular expression with a bound of our own: the validator's would take some
/// megabytes for each.
///
/// They are looked for at every place, also where none would be used: whether the schema is one is
/// judged by them, too.
pub(super) fn check(schema: &Value) -> Result<(), SchemaFault> {
    let mut patterns = Vec::new();
    collect(schema, &mut patterns)?;
    if patterns.len() > MOST {
        return Err(SchemaFault::Costly);
    }
    patterns.into_iter().try_for_each(check_one)
}

fn collect<'a>(value: &'a Value, patterns: &mut Vec<&'a str>) -> Result<(), SchemaFault> {
    match value {
        Value::Array(all) => all.iter().try_for_each(|one| collect(one, patterns)),
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            match (name.as_str(), member) {
                ("pattern", Value::String(pattern)) => patterns.push(pattern),
                ("patternProperties", Value::Object(by_pattern)) => {
                    patterns.extend(by_pattern.keys().map(String::as_str));
                }
                // The Credential would bring the regular expression.
                ("format", Value::String(format)) if format == "regex" => {
                    return Err(SchemaFault::Unsupported);
                }
                _ => {}
            }
            collect(member, patterns)
        }),
        _ => Ok(()),
    }
}

fn check_one(pattern: &str) -> Result<(), SchemaFault> {
    if pattern.len() > LONGEST {
        return Err(SchemaFault::Costly);
    }
    match RegexBuilder::new(pattern).size_limit(LARGEST).build() {
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => Err(SchemaFault::Costly),
        Err(_) => Err(SchemaFault::Unsupported),
    }
}

/// How many bytes one takes when it is compiled.
const LARGEST: usize = 64 * 1024;
const LONGEST: usize = 512;
const MOST: usize = 64;
