//! What a resolver answers (DID Resolution 1.0), for whoever serves it: what was asked for, what of a
//! document that names, and how answer or refusal is written. Fetches nothing.

use serde_json::{Map, Value, json};
use strict_json::Limits;
use url::Url;

use crate::{Did, DidDocument, DidError, Method, Resolution};

/// A DID, or a DID URL (DID Core 1.0, section 3.2): with a query and a fragment, without a path.
///
/// At any time (`versionTime`, DID Resolution 1.0, section 3), the document of a did:key or did:jwk
/// is the same: naming a time asks for nothing else.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    did: Did,
    query: Vec<(String, String)>,
    fragment: Option<String>,
}

impl Asked {
    /// Reads an identifier; `query` is what stood behind it in the address that was asked.
    ///
    /// # Errors
    /// [`Failure::InvalidDid`], [`Failure::InvalidDidUrl`], [`Failure::MethodNotSupported`], for a
    /// path [`Failure::NotFound`] or, for a time at which the document may have been another,
    /// [`Failure::FeatureNotSupported`].
    pub fn parse(identifier: &str, query: Option<&str>) -> Result<Self, Failure> {
        let (rest, fragment) = match identifier.split_once('#') {
            None => (identifier, None),
            Some((rest, fragment)) => (rest, Some(fragment)),
        };
        let (rest, own_query) = match rest.split_once('?') {
            None => (rest, None),
            Some((rest, query)) => (rest, Some(query)),
        };
        let (text, path) = match rest.split_once('/') {
            None => (rest, None),
            Some((text, path)) => (text, Some(path)),
        };
        let did = Did::parse(text).map_err(|error| match error {
            DidError::Unsupported => Failure::MethodNotSupported,
            _ => Failure::InvalidDid,
        })?;
        if path.is_some() {
            return Err(Failure::NotFound);
        }
        if let Some(fragment) = fragment {
            did.url(fragment).map_err(|_| Failure::InvalidDidUrl)?;
        }
        let query = own_query.or(query).unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let (times, query): (Vec<_>, Vec<_>) = query.partition(|(name, _)| name == "versionTime");
        if !times.iter().all(|(_, time)| is_datetime(time)) {
            return Err(Failure::InvalidDidUrl);
        }
        if !times.is_empty() && did.method() == Method::Web {
            return Err(Failure::FeatureNotSupported);
        }
        Ok(Self {
            did,
            query,
            fragment: fragment.map(str::to_owned),
        })
    }

    /// The DID to resolve.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// Whether the whole document is asked for.
    #[must_use]
    pub fn is_did(&self) -> bool {
        self.query.is_empty() && self.fragment.is_none()
    }

    /// Finds in the document what is asked for (section 5): the document, one of its members by
    /// fragment, or where a service is (`service`, `relativeRef`).
    ///
    /// # Errors
    /// [`Failure::NotFound`], or [`Failure::FeatureNotSupported`] for other parameters: our methods
    /// keep no versions of their documents.
    pub fn dereference(&self, document: &Value) -> Result<Content, Failure> {
        let mut service = None;
        let mut relative = None;
        for (name, value) in &self.query {
            match name.as_str() {
                "service" => service = Some(value.as_str()),
                "relativeRef" => relative = Some(value.as_str()),
                _ => return Err(Failure::FeatureNotSupported),
            }
        }
        match (service, &self.fragment) {
            (None, _) if relative.is_some() => Err(Failure::InvalidDidUrl),
            (None, None) => Ok(Content::Document(document.clone())),
            (None, Some(fragment)) => self
                .member(document, fragment)
                .map(|member| Content::Member(member.clone()))
                .ok_or(Failure::NotFound),
            (Some(name), fragment) => {
                let mut url = self.endpoint(document, name)?;
                if let Some(relative) = relative {
                    url = url.join(relative).map_err(|_| Failure::InvalidDidUrl)?;
                }
                if let Some(fragment) = fragment {
                    url.set_fragment(Some(fragment));
                }
                Ok(Content::Endpoint(url))
            }
        }
    }

    fn member<'d>(&self, document: &'d Value, fragment: &str) -> Option<&'d Value> {
        let arrays = ["verificationMethod", "service"].into_iter().chain(ROLES);
        let members = arrays
            .filter_map(|name| document.get(name)?.as_array())
            .flatten();
        let mut named = members.filter(|member| self.names(member, fragment));
        named.next()
    }

    fn endpoint(&self, document: &Value, name: &str) -> Result<Url, Failure> {
        let services = document.get("service").and_then(Value::as_array);
        let mut services = services.into_iter().flatten();
        let service = services.find(|service| self.names(service, name));
        match service.ok_or(Failure::NotFound)?.get("serviceEndpoint") {
            Some(Value::String(url)) => url.parse().map_err(|_| Failure::InvalidDidDocument),
            Some(_) => Err(Failure::FeatureNotSupported),
            None => Err(Failure::InvalidDidDocument),
        }
    }

    /// Whether a member's `id` is this DID's fragment, written out or alone.
    fn names(&self, member: &Value, fragment: &str) -> bool {
        let id = member.get("id").and_then(Value::as_str);
        let found = id.and_then(|id| id.strip_prefix(self.did.as_str()).or(Some(id)));
        found.and_then(|id| id.strip_prefix('#')) == Some(fragment)
    }
}

/// A time in UTC, to the second (DID Resolution 1.0, section 3.1).
fn is_datetime(text: &str) -> bool {
    let form = b"0000-00-00T00:00:00Z";
    let formed = text.len() == form.len()
        && text.bytes().zip(form).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *like,
        });
    let number = |at: std::ops::Range<usize>| text.get(at)?.parse::<u32>().ok();
    let within = |at, least: u32, most: u32| {
        number(at).is_some_and(|number| (least..=most).contains(&number))
    };
    let days = match (number(0..4), number(5..7)) {
        (Some(year), Some(2)) if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        (_, Some(2)) => 28,
        (_, Some(4 | 6 | 9 | 11)) => 30,
        _ => 31,
    };
    formed
        && within(5..7, 1, 12)
        && within(8..10, 1, days)
        && within(11..13, 0, 23)
        && within(14..16, 0, 59)
        && within(17..19, 0, 59)
}

/// What a DID URL leads to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// The whole document.
    Document(Value),
    /// An address elsewhere.
    Endpoint(Url),
    /// A verification method or a service.
    Member(Value),
}

/// How the document of a DID is had.
///
/// # Errors
/// A [`Failure`] if the DID cannot have one.
pub fn begin(did: &Did, allow_http_loopback: bool) -> Result<Begun, Failure> {
    match crate::resolve(did, allow_http_loopback) {
        Ok(Resolution::Here(document)) => serde_json::to_value(document)
            .map(Begun::Here)
            .map_err(|_| Failure::InternalError),
        Ok(Resolution::Fetch(url)) => Ok(Begun::Fetch(url)),
        Err(DidError::Host) => Err(Failure::NotFound),
        Err(DidError::Key(keys::KeyError::Unsupported)) => Err(Failure::FeatureNotSupported),
        Err(_) => Err(Failure::InvalidDid),
    }
}

/// A document, or where it is.
#[derive(Clone, Debug)]
pub enum Begun {
    /// The host fetches this URL and passes the body to [`read`].
    Fetch(Url),
    /// The document.
    Here(Value),
}

/// Reads a document that was fetched, with all its members.
///
/// # Errors
/// [`Failure::InvalidDidDocument`] if it is none, or that of another DID.
pub fn read(json: &[u8], did: &Did) -> Result<Value, Failure> {
    DidDocument::parse(json, did).map_err(|_| Failure::InvalidDidDocument)?;
    strict_json::parse(json, Limits::default()).map_err(|_| Failure::InvalidDidDocument)
}

/// Why there is no answer (section 11).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The DID's controller has given it up.
    #[error("the DID is deactivated")]
    Deactivated,
    /// A kind of key or a parameter is not supported.
    #[error("the resolver does not support this feature")]
    FeatureNotSupported,
    /// The document could not be fetched.
    #[error("the document could not be had")]
    InternalError,
    /// Not a DID, or its identifier is none of its method.
    #[error("the DID is invalid")]
    InvalidDid,
    /// The document is not that of the DID.
    #[error("the DID document is invalid")]
    InvalidDidDocument,
    /// Not a DID URL.
    #[error("the DID URL is invalid")]
    InvalidDidUrl,
    /// Another DID method.
    #[error("the DID method is not supported")]
    MethodNotSupported,
    /// There is no such document, or nothing of that name in it.
    #[error("nothing was found")]
    NotFound,
    /// The caller accepts no form that is spoken here.
    #[error("the representation is not supported")]
    RepresentationNotSupported,
}

impl Failure {
    /// The HTTP status (section 10.1).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidDid | Self::InvalidDidUrl => 400,
            Self::NotFound => 404,
            Self::RepresentationNotSupported => 406,
            Self::Deactivated => 410,
            Self::InternalError | Self::InvalidDidDocument => 500,
            Self::FeatureNotSupported | Self::MethodNotSupported => 501,
        }
    }

    /// The type of the error; being deactivated is none.
    const fn names(self) -> Option<[&'static str; 2]> {
        Some(match self {
            Self::Deactivated => return None,
            Self::FeatureNotSupported => ["FEATURE_NOT_SUPPORTED", "featureNotSupported"],
            Self::InternalError => ["INTERNAL_ERROR", "internalError"],
            Self::InvalidDid => ["INVALID_DID", "invalidDid"],
            Self::InvalidDidDocument => ["INVALID_DID_DOCUMENT", "invalidDidDocument"],
            Self::InvalidDidUrl => ["INVALID_DID_URL", "invalidDidUrl"],
            Self::MethodNotSupported => ["METHOD_NOT_SUPPORTED", "methodNotSupported"],
            Self::NotFound => ["NOT_FOUND", "notFound"],
            Self::RepresentationNotSupported => {
                ["REPRESENTATION_NOT_SUPPORTED", "representationNotSupported"]
            }
        })
    }
}

/// The form in which a caller wants the answer (section 10.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Representation {
    /// The document or member alone, as this media type.
    Plain(&'static str),
    /// A result object, with typed errors.
    Result(&'static str),
    /// A result object as older resolvers write it, with errors by name.
    OlderResult,
}

impl Representation {
    /// Chooses by the field `Accept` (RFC 9110, section 12.5.1): the caller's dearest form, and of
    /// several the one named first. A caller that does not mind is given a result object.
    ///
    /// # Errors
    /// [`Failure::RepresentationNotSupported`] if none is spoken here.
    pub fn negotiate(accept: Option<&str>) -> Result<Self, Failure> {
        let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
            return Ok(Self::Result(RESULT));
        };
        let mut best: Option<(u16, Self)> = None;
        for range in accept.split(',').take(MOST_RANGES) {
            let (weight, form) = Self::of(range);
            if let Some(form) = form
                && weight > best.map_or(0, |(weight, _)| weight)
            {
                best = Some((weight, form));
            }
        }
        best.map(|(_, form)| form)
            .ok_or(Failure::RepresentationNotSupported)
    }

    /// The media type of the answer.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Plain(media_type) | Self::Result(media_type) => media_type,
            Self::OlderResult => OLDER_RESULT,
        }
    }

    /// Writes what was found.
    #[must_use]
    pub fn write(self, asked: &Asked, content: &Content) -> Value {
        let content = match content {
            Content::Document(value) | Content::Member(value) => value.clone(),
            Content::Endpoint(url) => url.as_str().into(),
        };
        if matches!(self, Self::Plain(_)) {
            return content;
        }
        self.result(
            Some(asked),
            content,
            json!({ "contentType": DOCUMENT }),
            json!({}),
        )
    }

    /// Writes a failure: as a result object, whatever was asked for.
    #[must_use]
    pub fn write_failure(self, asked: Option<&Asked>, failure: Failure) -> Value {
        let Some([name, older]) = failure.names() else {
            return self.result(
                asked,
                Value::Null,
                json!({}),
                json!({ "deactivated": true }),
            );
        };
        let error = match self {
            Self::OlderResult => older.into(),
            Self::Plain(_) | Self::Result(_) => json!({
                "type": format!("{ERRORS}{name}"),
                "title": failure.to_string(),
            }),
        };
        self.result(asked, Value::Null, json!({ "error": error }), json!({}))
    }

    fn result(self, asked: Option<&Asked>, content: Value, about: Value, of: Value) -> Value {
        let dereferences = asked.is_some_and(|asked| !asked.is_did());
        let names = match dereferences {
            true => ["content", "dereferencingMetadata", "contentMetadata"],
            false => [
                "didDocument",
                "didResolutionMetadata",
                "didDocumentMetadata",
            ],
        };
        let members = names
            .map(str::to_owned)
            .into_iter()
            .zip([content, about, of]);
        let mut result = Map::from_iter(members);
        if matches!(self, Self::OlderResult) {
            result.insert("@context".to_owned(), CONTEXT.into());
        }
        Value::Object(result)
    }

    /// A media range's weight in thousandths, and the form that it asks for.
    fn of(range: &str) -> (u16, Option<Self>) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let (mut weight, mut older) = (1000, false);
        for parameter in parts {
            if let Some(text) = parameter.strip_prefix("q=") {
                weight = thousandths(text);
            }
            older |= parameter
                .strip_prefix("profile=")
                .is_some_and(|profile| profile.trim_matches('"') == OLDER_PROFILE);
        }
        let form = match name.as_str() {
            "application/ld+json" if older => Some(Self::OlderResult),
            "*/*" | "application/*" => Some(Self::Result(RESULT)),
            other => FORMS.into_iter().find(|form| form.media_type() == other),
        };
        (weight, form)
    }
}

/// Reads a weight (RFC 9110, section 12.4.2); what is none weighs nothing.
fn thousandths(text: &str) -> u16 {
    let weight: f32 = text.trim().parse().unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies between 0 and 1000"
    )]
    let thousandths = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
    thousandths
}

const CONTEXT: &str = "https://w3id.org/did-resolution/v1";
const DOCUMENT: &str = "application/did";
const ERRORS: &str = "https://www.w3.org/ns/did#";
const FORMS: [Representation; 7] = [
    Representation::Result(RESULT),
    Representation::Result("application/did-url-dereferencing"),
    Representation::Plain(DOCUMENT),
    Representation::Plain("application/did+ld+json"),
    Representation::Plain("application/did+json"),
    Representation::Plain("application/ld+json"),
    Representation::Plain("application/json"),
];
const MOST_RANGES: usize = 32;
const OLDER_PROFILE: &str = "https://w3id.org/did-resolution";
const OLDER_RESULT: &str = "application/ld+json;profile=\"https://w3id.org/did-resolution\"";
const RESULT: &str = "application/did-resolution";
const ROLES: [&str; 5] = [
    "assertionMethod",
    "authentication",
    "capabilityDelegation",
    "capabilityInvocation",
    "keyAgreement",
];
