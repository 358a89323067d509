//! The data model (VCDM 2.0, sections 4 and 5), as far as it can be checked without JSON-LD.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::IssuerFault;

pub(crate) mod properties;
mod time;

/// The two data models.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum DataModel {
    /// VCDM 1.1: the Credential is the claim `vc`.
    V1,
    /// VCDM 2.0: the Credential is the payload.
    V2,
}

impl DataModel {
    /// The model that the first context names; the newer one, if none does.
    pub(crate) fn of(object: &Map<String, Value>) -> Self {
        let first = match object.get("@context") {
            Some(Value::Array(contexts)) => contexts.first(),
            context => context,
        };
        match first.and_then(Value::as_str) == Some(Self::V1.context()) {
            true => Self::V1,
            false => Self::V2,
        }
    }

    /// What `@context` must begin with.
    pub(crate) const fn context(self) -> &'static str {
        match self {
            Self::V1 => "https://www.w3.org/2018/credentials/v1",
            Self::V2 => "https://www.w3.org/ns/credentials/v2",
        }
    }
}

/// What the data model says about a Credential, once it is well-formed.
pub(crate) struct Model {
    pub(crate) issuer: String,
    pub(crate) subject: Option<String>,
    pub(crate) types: Vec<String>,
    pub(crate) valid_from: Option<Timestamp>,
    pub(crate) valid_until: Option<Timestamp>,
}

impl Model {
    pub(crate) fn read(model: DataModel, object: &Map<String, Value>) -> Result<Self, IssuerFault> {
        check_context(model, object)?;
        let (valid_from, valid_until) = validity(model, object)?;
        if object.get("id").is_some_and(|id| !is_url(id)) {
            return Err(IssuerFault::Claim("id"));
        }
        properties::check(model, object)?;
        Ok(Self {
            issuer: issuer(object)
                .ok_or(IssuerFault::Claim("issuer"))?
                .to_owned(),
            subject: subject(object)?.map(str::to_owned),
            types: types(object, "VerifiableCredential")?,
            valid_from,
            valid_until,
        })
    }

    /// As [`Self::read`], of what is to be issued: what is only understood so that others are
    /// tolerated is refused.
    pub(crate) fn read_to_issue(
        model: DataModel,
        object: &Map<String, Value>,
    ) -> Result<Self, IssuerFault> {
        for name in TIMES {
            let text = object.get(name).and_then(Value::as_str);
            if text.is_some_and(|text| !time::has_offset(text)) {
                return Err(IssuerFault::Claim(name));
            }
        }
        Self::read(model, object)
    }
}

/// From when and until when, by the names of the model.
fn validity(
    model: DataModel,
    object: &Map<String, Value>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), IssuerFault> {
    let [issuance, expiration, from, until] = TIMES;
    let valid_from = date_time(object, from)?;
    let valid_until = date_time(object, until)?;
    if let (Some(start), Some(end)) = (valid_from, valid_until)
        && start > end
    {
        return Err(IssuerFault::Contradiction(from, until));
    }
    let issued = date_time(object, issuance)?;
    let expires = date_time(object, expiration)?;
    match model {
        // Whoever reads the older names would find times that nobody judged.
        DataModel::V2 if issued.is_some() => Err(IssuerFault::Claim(issuance)),
        DataModel::V2 if expires.is_some() => Err(IssuerFault::Claim(expiration)),
        DataModel::V2 => Ok((valid_from, valid_until)),
        DataModel::V1 => {
            if let (Some(start), Some(end)) = (issued, expires)
                && start > end
            {
                return Err(IssuerFault::Contradiction(issuance, expiration));
            }
            // Its context knows the newer names as well.
            let ends = [valid_until, expires].into_iter().flatten().min();
            Ok((valid_from.max(issued), ends))
        }
    }
}

/// `@context`: an array that begins with the data model's own (VCDM 2.0, section 4.3).
pub(crate) fn check_context(
    model: DataModel,
    object: &Map<String, Value>,
) -> Result<(), IssuerFault> {
    let fault = IssuerFault::Claim("@context");
    match object.get("@context") {
        Some(Value::Array(contexts)) => {
            let first = contexts.first().and_then(Value::as_str);
            let formed = contexts
                .iter()
                .all(|context| is_url(context) || context.is_object());
            let mut rest = contexts.iter();
            let ordered_set = loop {
                match rest.next() {
                    None => break true,
                    Some(one) if rest.as_slice().contains(one) => break false,
                    Some(_) => {}
                }
            };
            if first == Some(model.context()) && formed && ordered_set {
                Ok(())
            } else {
                Err(fault)
            }
        }
        Some(Value::String(context)) if context == model.context() => Ok(()),
        Some(_) => Err(fault),
        None => Err(IssuerFault::Missing("@context")),
    }
}

/// `type`: a string or an array of strings, with this one among them (VCDM 2.0, section 4.5).
pub(crate) fn types(
    object: &Map<String, Value>,
    required: &str,
) -> Result<Vec<String>, IssuerFault> {
    let fault = IssuerFault::Claim("type");
    let types: Vec<String> = match object.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => several
            .iter()
            .map(|one| one.as_str().map(str::to_owned).ok_or(fault))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(fault),
        None => return Err(IssuerFault::Missing("type")),
    };
    if types.iter().any(|one| one == required) {
        Ok(types)
    } else {
        Err(fault)
    }
}

/// What a member holds that is one value or an array of several; nothing if it is not there.
pub(crate) fn several(held: Option<&Value>) -> &[Value] {
    match held {
        None => &[],
        Some(Value::Array(several)) => several,
        Some(one) => std::slice::from_ref(one),
    }
}

/// `issuer`: a URL, or an object with one as `id` (VCDM 2.0, section 4.7).
pub(crate) fn issuer(object: &Map<String, Value>) -> Option<&str> {
    let issuer = object.get("issuer")?;
    let id = if issuer.is_object() {
        issuer.get("id")?
    } else {
        issuer
    };
    id.as_str().filter(|_| is_url(id))
}

/// The `id` of the only subject. With several subjects, none of them is the Holder.
fn subject(object: &Map<String, Value>) -> Result<Option<&str>, IssuerFault> {
    let fault = IssuerFault::Claim("credentialSubject");
    let subject = match object.get("credentialSubject") {
        Some(Value::Object(subject)) => subject,
        Some(Value::Array(subjects)) => match subjects.as_slice() {
            [Value::Object(subject)] => subject,
            [_, _, ..] if subjects.iter().all(is_subject) => return Ok(None),
            _ => return Err(fault),
        },
        Some(_) => return Err(fault),
        None => return Err(IssuerFault::Missing("credentialSubject")),
    };
    match has_claims(subject) {
        true => Ok(subject.get("id").and_then(Value::as_str)),
        false => Err(fault),
    }
}

fn is_subject(value: &Value) -> bool {
    value.as_object().is_some_and(has_claims)
}

/// Something is said, and about something that can be named (VCDM 2.0, section 4.8).
fn has_claims(subject: &Map<String, Value>) -> bool {
    !subject.is_empty() && subject.get("id").is_none_or(is_url)
}

/// A `dateTimeStamp` of XML Schema (VCDM 2.0, section 4.9).
pub(crate) fn date_time(
    object: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<Timestamp>, IssuerFault> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => time::read(text).map(Some).ok_or(IssuerFault::Claim(name)),
        Some(_) => Err(IssuerFault::Claim(name)),
    }
}

/// A scheme and something after it (RFC 3986, section 3). Nothing is fetched from it, so what the
/// scheme demands besides does not matter here.
pub(crate) fn is_url(value: &Value) -> bool {
    let Some((scheme, rest)) = value.as_str().and_then(|text| text.split_once(':')) else {
        return false;
    };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.is_empty()
        && (rest.bytes().all(is_plain_in_url) || !rest.chars().any(is_barred_from_url))
}

/// Whether a byte is an ASCII character that is not barred: most URLs have no others, and that is
/// told without reading characters.
const fn is_plain_in_url(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~')
}

fn is_barred_from_url(one: char) -> bool {
    one.is_whitespace()
        || one.is_control()
        || matches!(one, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
}

/// The names of times: those of data model 1.1, and those of 2.0.
const TIMES: [&str; 4] = ["issuanceDate", "expirationDate", "validFrom", "validUntil"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_plain_in_a_url_when_its_character_is_not_barred() {
        for byte in 0..0x80 {
            let barred = is_barred_from_url(char::from(byte));
            assert_eq!(is_plain_in_url(byte), !barred, "{byte}");
        }
        assert!((0x80..=u8::MAX).all(|byte| !is_plain_in_url(byte)));
    }
}
