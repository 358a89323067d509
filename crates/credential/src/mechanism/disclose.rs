//! Which members of a Credential its Holder may withhold, where SD-JWT secures it.

use claim_path::{ClaimPath, Component};
use serde_json::{Map, Value};
use strict_json::member_name;

use crate::data_integrity::ProofFault;
use crate::envelope::seal;
use crate::error::VerificationError;
use crate::issuer_key::IssuerKey;
use crate::mechanism::MechanismError;
use crate::mechanism::unverified::evidence_for;
use crate::sd_jwt::{Held, UnverifiedSdJwt};
use crate::vc_sd_jwt::{CREDENTIAL_TYPE, UnverifiedVcSdJwt};

/// The places that are disclosed one by one: every member of a subject but its identifier, and but
/// what is mandatory.
pub(super) fn disclosable(
    credential: &Map<String, Value>,
    mandatory: &[String],
) -> Result<Vec<ClaimPath>, ProofFault> {
    let plain = places(credential, mandatory)?;
    let subject = || vec![Component::from(SUBJECT)];
    let mut all = Vec::new();
    match credential.get(SUBJECT) {
        Some(Value::Object(one)) => members(&subject(), one, &mut all),
        Some(Value::Array(several)) => {
            for (index, one) in several.iter().enumerate() {
                let place = [subject(), vec![Component::Index(index)]].concat();
                if let Some(one) = one.as_object() {
                    members(&place, one, &mut all);
                }
            }
        }
        _ => {}
    }
    all.retain(|path| !plain.iter().any(|place| place.is_related(path)));
    Ok(all)
}

/// Discloses what the pointers lead to, and what always is. The Issuer's signature is verified on
/// the way.
pub(super) fn disclose(
    text: &str,
    selective: &[String],
    evidence: &[IssuerKey],
) -> Result<Map<String, Value>, MechanismError> {
    let malformed = |_: VerificationError| ProofFault::Malformed("credential");
    let credential = UnverifiedVcSdJwt::parse(text).map_err(malformed)?;
    let source = credential
        .key_source()
        .map_err(|_| ProofFault::Controller)?;
    let issuer = evidence_for(source, evidence).ok_or(ProofFault::Controller)?;
    let key = issuer.signature_key().map_err(|_| ProofFault::Controller)?;
    UnverifiedSdJwt::parse(text)
        .and_then(|sd_jwt| sd_jwt.verify(key, &[CREDENTIAL_TYPE]))
        .map_err(|_| ProofFault::Signature)?;
    let held = Held::parse(text).map_err(malformed)?;
    let whole = selective.iter().any(String::is_empty);
    let paths = match whole {
        true => held.disclosable().cloned().collect(),
        false => places(held.claims(), selective)?,
    };
    let selected = held.select(&paths).map_err(|_| ProofFault::Pointer)?;
    match seal(&selected.into_unbound()) {
        Value::Object(envelope) => Ok(envelope),
        _ => Err(MechanismError::Unsupported),
    }
}

fn members(place: &[Component], subject: &Map<String, Value>, all: &mut Vec<ClaimPath>) {
    for name in subject.keys().filter(|name| *name != "id") {
        let path = [place, &[Component::from(name.as_str())]].concat();
        all.extend(ClaimPath::new(path));
    }
}

/// The places to which JSON pointers (RFC 6901) lead.
fn places(
    document: &Map<String, Value>,
    pointers: &[String],
) -> Result<Vec<ClaimPath>, ProofFault> {
    let place = |pointer: &String| place(document, pointer).ok_or(ProofFault::Pointer);
    pointers.iter().map(place).collect()
}

fn place(document: &Map<String, Value>, pointer: &str) -> Option<ClaimPath> {
    let mut names = pointer.strip_prefix('/')?.split('/').map(member_name);
    let first = names.next()?;
    let mut value = document.get(&first)?;
    let mut path = vec![Component::from(first.as_str())];
    for name in names {
        let (component, inner) = match value {
            Value::Array(several) => {
                let index: usize = name.parse().ok()?;
                (Component::Index(index), several.get(index)?)
            }
            Value::Object(members) => (Component::from(name.as_str()), members.get(&name)?),
            _ => return None,
        };
        path.push(component);
        value = inner;
    }
    ClaimPath::new(path).ok()
}

const SUBJECT: &str = "credentialSubject";
