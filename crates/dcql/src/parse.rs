use serde_json::{Map, Value};

use crate::{
    ClaimPath, ClaimQuery, Component, CredentialQuery, CredentialSet, DcqlQuery, Meta, PathError,
    PseudonymQuery, TrustedAuthority, formats, messages,
};

/// Why a query is refused at the door: the verifier has to ask differently.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum UnsupportedQuery {
    /// `claim_sets` with a Net Certificate: which of them is answered would tell what the Holder
    /// is not.
    #[error("a net certificate is asked for in alternatives")]
    Alternatives,
    /// Something else beside a number: an answer would show whose the number is, or that two
    /// numbers are one person's.
    #[error("something else is asked for beside a net number")]
    BesideNumber,
    /// `claim_sets` without `claims` (section 6.4.1).
    #[error("claim_sets is present without claims")]
    ClaimSetsWithoutClaims,
    /// A claim without an identifier beside `claim_sets` (section 6.3).
    #[error("a claim has no id although claim_sets is present")]
    ClaimWithoutId,
    /// Two credential queries, or two claims of one, share an identifier.
    #[error("an id occurs twice in {0}")]
    DuplicateId(Part),
    /// An array that has to hold something is empty.
    #[error("{0} is empty")]
    Empty(Part),
    /// An identifier is not `[A-Za-z0-9_-]+`.
    #[error("an id in {0} is not made of letters, digits, hyphens and underscores")]
    Id(Part),
    /// `meta` lacks the constraint of its format, or has it in the wrong form (appendix B).
    #[error("meta does not hold the constraint that its format requires")]
    Meta,
    /// `multiple` with a Net Certificate: one person has one.
    #[error("several net certificates of one person are asked for")]
    Multiple,
    /// A `path` is not a claims path pointer (section 7).
    #[error("a claim's path is refused: {0}")]
    Path(#[from] PathError),
    /// A claim of a Net Certificate is not one slot: `["credentialSubject", "<slot>"]`.
    #[error("a claim of a net certificate is not a slot of it")]
    Slot,
    /// An array is longer, or a text larger, than any honest query needs.
    #[error("{0} is too large")]
    TooLarge(Part),
    /// `claim_sets` or `credential_sets` names something that the query does not have.
    #[error("{0} refers to an id that does not exist")]
    UnknownId(Part),
    /// A value is not a non-empty string, an integer or a boolean (section 6.3).
    #[error("a claim's values hold something else than strings, integers and booleans")]
    Value,
}

/// A part of a query.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// `claim_sets`.
    ClaimSets,
    /// `claims`.
    Claims,
    /// `credential_sets`.
    CredentialSets,
    /// `credentials`.
    Credentials,
    /// `meta`.
    Meta,
    /// `trusted_authorities`.
    TrustedAuthorities,
    /// `values`.
    Values,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ClaimSets => "claim_sets",
            Self::Claims => "claims",
            Self::CredentialSets => "credential_sets",
            Self::Credentials => "credentials",
            Self::Meta => "meta",
            Self::TrustedAuthorities => "trusted_authorities",
            Self::Values => "values",
        })
    }
}

impl TryFrom<messages::DcqlQuery> for DcqlQuery {
    type Error = UnsupportedQuery;

    fn try_from(wire: messages::DcqlQuery) -> Result<Self, UnsupportedQuery> {
        sized(&wire.credentials, Part::Credentials)?;
        let credentials: Vec<CredentialQuery> = wire
            .credentials
            .into_iter()
            .map(CredentialQuery::try_from)
            .collect::<Result<_, _>>()?;
        unique(
            credentials.iter().map(CredentialQuery::id),
            Part::Credentials,
        )?;
        let sets = wire.credential_sets.map_or_else(
            || Ok(Vec::new()),
            |sets| {
                sized(&sets, Part::CredentialSets)?;
                sets.into_iter()
                    .map(|set| credential_set(set, &credentials))
                    .collect()
            },
        )?;
        let numbered = credentials.iter().any(|one| one.meta.pseudonym().is_some());
        if numbered && credentials.len() > 1 {
            return Err(UnsupportedQuery::BesideNumber);
        }
        Ok(Self { credentials, sets })
    }
}

impl TryFrom<messages::CredentialQuery> for CredentialQuery {
    type Error = UnsupportedQuery;

    fn try_from(wire: messages::CredentialQuery) -> Result<Self, UnsupportedQuery> {
        identifier(&wire.id, Part::Credentials)?;
        let meta = meta(wire.format, wire.meta)?;
        let trusted_authorities = wire.trusted_authorities.map_or_else(
            || Ok(Vec::new()),
            |list| {
                sized(&list, Part::TrustedAuthorities)?;
                list.into_iter().map(TrustedAuthority::try_from).collect()
            },
        )?;
        let (claims, claim_sets) = claims(wire.claims, wire.claim_sets)?;
        if matches!(meta, Meta::NetCertificate { .. }) {
            if wire.multiple == Some(true) {
                return Err(UnsupportedQuery::Multiple);
            }
            if !claim_sets.is_empty() {
                return Err(UnsupportedQuery::Alternatives);
            }
            if !claims.iter().all(|claim| is_slot(&claim.path)) {
                return Err(UnsupportedQuery::Slot);
            }
        }
        Ok(Self {
            id: wire.id,
            meta,
            multiple: wire.multiple.unwrap_or(false),
            trusted_authorities,
            holder_binding: wire.require_cryptographic_holder_binding.unwrap_or(true),
            claims,
            claim_sets,
        })
    }
}

impl TryFrom<messages::TrustedAuthoritiesQuery> for TrustedAuthority {
    type Error = UnsupportedQuery;

    fn try_from(wire: messages::TrustedAuthoritiesQuery) -> Result<Self, UnsupportedQuery> {
        let messages::TrustedAuthoritiesQuery { type_, values } = wire;
        texts(&values, Part::TrustedAuthorities)?;
        text(&type_, Part::TrustedAuthorities)?;
        Ok(match type_.as_str() {
            "aki" => Self::AuthorityKeyIdentifier(values),
            _ => Self::Other { type_, values },
        })
    }
}

impl TryFrom<messages::ClaimsQuery> for ClaimQuery {
    type Error = UnsupportedQuery;

    fn try_from(wire: messages::ClaimsQuery) -> Result<Self, UnsupportedQuery> {
        if let Some(id) = &wire.id {
            identifier(id, Part::Claims)?;
        }
        let path = ClaimPath::try_from(wire.path)?;
        let values = match wire.values {
            None => Vec::new(),
            Some(values) => {
                sized(&values, Part::Values)?;
                values.iter().try_for_each(|value| match value {
                    Value::Bool(_) => Ok(()),
                    Value::Number(number) if number.is_i64() || number.is_u64() => Ok(()),
                    Value::String(text) if text.is_empty() => Err(UnsupportedQuery::Value),
                    Value::String(text) => self::text(text, Part::Values),
                    Value::Array(_) | Value::Null | Value::Number(_) | Value::Object(_) => {
                        Err(UnsupportedQuery::Value)
                    }
                })?;
                values
            }
        };
        Ok(Self {
            id: wire.id,
            path,
            values,
        })
    }
}

/// Reads `meta` by its format (appendix B): the constraint is required, and not empty.
fn meta(format: String, meta: Map<String, Value>) -> Result<Meta, UnsupportedQuery> {
    let texts_of = |value: Option<&Value>| -> Result<Vec<String>, UnsupportedQuery> {
        let list = value
            .and_then(Value::as_array)
            .ok_or(UnsupportedQuery::Meta)?;
        let list = list
            .iter()
            .map(|text| {
                text.as_str()
                    .map(str::to_owned)
                    .ok_or(UnsupportedQuery::Meta)
            })
            .collect::<Result<Vec<_>, _>>()?;
        texts(&list, Part::Meta)?;
        Ok(list)
    };
    let type_values = || -> Result<Vec<Vec<String>>, UnsupportedQuery> {
        let alternatives = meta
            .get("type_values")
            .and_then(Value::as_array)
            .ok_or(UnsupportedQuery::Meta)?;
        sized(alternatives, Part::Meta)?;
        alternatives
            .iter()
            .map(|list| texts_of(Some(list)))
            .collect()
    };
    match format.as_str() {
        formats::JWT_VC_JSON => Ok(Meta::JwtVcJson {
            type_values: type_values()?,
        }),
        formats::LDP_VC => Ok(Meta::LdpVc {
            type_values: type_values()?,
        }),
        "mso_mdoc" => {
            let doctype = meta.get("doctype_value").and_then(Value::as_str);
            let doctype = doctype.ok_or(UnsupportedQuery::Meta)?;
            text(doctype, Part::Meta)?;
            Ok(Meta::MsoMdoc {
                doctype_value: doctype.to_owned(),
            })
        }
        formats::NET_CERTIFICATE => Ok(Meta::NetCertificate {
            pseudonym: pseudonym(meta)?,
        }),
        formats::SD_JWT_VC => Ok(Meta::SdJwtVc {
            vct_values: texts_of(meta.get("vct_values"))?,
        }),
        _ => {
            text(&format, Part::Meta)?;
            Ok(Meta::Other { format, meta })
        }
    }
}

/// Reads the `meta` of a Net Certificate. Unknown members are refused, here alone: what a wallet
/// overlooked, a Holder would not be told.
fn pseudonym(mut meta: Map<String, Value>) -> Result<Option<PseudonymQuery>, UnsupportedQuery> {
    let asked = meta.remove("pseudonym");
    if !meta.is_empty() {
        return Err(UnsupportedQuery::Meta);
    }
    let mut asked = match asked {
        None => return Ok(None),
        Some(Value::Object(asked)) => asked,
        Some(_) => return Err(UnsupportedQuery::Meta),
    };
    let scope = match asked.remove("scope") {
        None => None,
        Some(Value::String(scope)) => {
            identifier(&scope, Part::Meta)?;
            Some(scope)
        }
        Some(_) => return Err(UnsupportedQuery::Meta),
    };
    match asked.is_empty() {
        true => Ok(Some(PseudonymQuery { scope })),
        false => Err(UnsupportedQuery::Meta),
    }
}

/// A pointer at the whole subject would show every slot.
fn is_slot(path: &ClaimPath) -> bool {
    matches!(
        path.components(),
        [Component::Key(subject), Component::Key(_)] if subject == "credentialSubject"
    )
}

/// Reads `claims` and `claim_sets`. A claim whose path occurred before is ignored (section 6.1):
/// a claim set that names it means the first one.
fn claims(
    claims: Option<Vec<messages::ClaimsQuery>>,
    claim_sets: Option<Vec<Vec<String>>>,
) -> Result<(Vec<ClaimQuery>, Vec<Vec<usize>>), UnsupportedQuery> {
    let Some(claims) = claims else {
        return match claim_sets {
            None => Ok((Vec::new(), Vec::new())),
            Some(_) => Err(UnsupportedQuery::ClaimSetsWithoutClaims),
        };
    };
    sized(&claims, Part::Claims)?;
    let mut kept: Vec<ClaimQuery> = Vec::with_capacity(claims.len());
    let mut named: Vec<(String, usize)> = Vec::new();
    for claim in claims {
        let claim = ClaimQuery::try_from(claim)?;
        let known = kept.iter().position(|earlier| earlier.path == claim.path);
        let position = known.unwrap_or(kept.len());
        match &claim.id {
            Some(id) => named.push((id.clone(), position)),
            None if claim_sets.is_some() => return Err(UnsupportedQuery::ClaimWithoutId),
            None => {}
        }
        if known.is_none() {
            kept.push(claim);
        }
    }
    unique(named.iter().map(|(id, _)| id.as_str()), Part::Claims)?;
    let Some(claim_sets) = claim_sets else {
        return Ok((kept, Vec::new()));
    };
    sized(&claim_sets, Part::ClaimSets)?;
    let claim_sets = claim_sets
        .into_iter()
        .map(|set| {
            sized(&set, Part::ClaimSets)?;
            let mut positions = Vec::with_capacity(set.len());
            for id in set {
                let position = named
                    .iter()
                    .find(|(name, _)| *name == id)
                    .map(|(_, position)| *position)
                    .ok_or(UnsupportedQuery::UnknownId(Part::ClaimSets))?;
                if !positions.contains(&position) {
                    positions.push(position);
                }
            }
            Ok(positions)
        })
        .collect::<Result<_, UnsupportedQuery>>()?;
    Ok((kept, claim_sets))
}

fn credential_set(
    wire: messages::CredentialSetQuery,
    credentials: &[CredentialQuery],
) -> Result<CredentialSet, UnsupportedQuery> {
    sized(&wire.options, Part::CredentialSets)?;
    for option in &wire.options {
        sized(option, Part::CredentialSets)?;
        if let Some(unknown) = option
            .iter()
            .find(|id| !credentials.iter().any(|query| query.id == **id))
        {
            identifier(unknown, Part::CredentialSets)?;
            return Err(UnsupportedQuery::UnknownId(Part::CredentialSets));
        }
    }
    Ok(CredentialSet {
        options: wire.options,
        required: wire.required.unwrap_or(true),
    })
}

fn identifier(id: &str, part: Part) -> Result<(), UnsupportedQuery> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if id.is_empty() || !id.bytes().all(allowed) {
        return Err(UnsupportedQuery::Id(part));
    }
    if id.len() > MAX_ID {
        return Err(UnsupportedQuery::TooLarge(part));
    }
    Ok(())
}

fn unique<'a>(ids: impl Iterator<Item = &'a str>, part: Part) -> Result<(), UnsupportedQuery> {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    if ids.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(UnsupportedQuery::DuplicateId(part))
    }
}

fn sized<T>(list: &[T], part: Part) -> Result<(), UnsupportedQuery> {
    match list.len() {
        0 => Err(UnsupportedQuery::Empty(part)),
        length if length > MAX_ENTRIES => Err(UnsupportedQuery::TooLarge(part)),
        _ => Ok(()),
    }
}

fn texts(list: &[String], part: Part) -> Result<(), UnsupportedQuery> {
    sized(list, part)?;
    list.iter().try_for_each(|entry| text(entry, part))
}

fn text(text: &str, part: Part) -> Result<(), UnsupportedQuery> {
    match text.len() {
        0 => Err(UnsupportedQuery::Empty(part)),
        length if length > MAX_TEXT => Err(UnsupportedQuery::TooLarge(part)),
        _ => Ok(()),
    }
}

/// The longest array, at any level.
const MAX_ENTRIES: usize = 64;
const MAX_ID: usize = 128;
const MAX_TEXT: usize = 2048;
