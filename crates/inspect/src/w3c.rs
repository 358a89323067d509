//! W3C Credentials and Presentations: as JWT, with Data Integrity proofs, in envelopes, or bare.

use credential::data_integrity::Leniency;
use credential::mechanism::{Expected, ProblemKind, Unverified};
use credential::{Format, IssuerKey, KeySource};
use did::DidUrl;
use jiff::Timestamp;
use serde_json::{Map, Value};
use status::{Bitstring, BitstringEntry, Purpose, StatusMessages};

use crate::code::{Code, Kind, Title};
use crate::draft::Draft;
use crate::judge;
use crate::jwt::Jwt;
use crate::known::Known;
use crate::net;
use crate::recognise::{self, Depth};
use crate::report::Report;
use crate::sd_jwt;

/// Explains a Credential as a JWT.
pub(crate) fn credential_token(
    jwt: &Jwt<'_>,
    payload: &Map<String, Value>,
    known: &Known<'_>,
) -> Report {
    let mut draft = Draft::new(Kind::VcJwt);
    judge::credential(&mut draft, Format::JwtVcJson, jwt.text, known);
    let inner = payload.get("vc").and_then(Value::as_object);
    let credential = inner.unwrap_or(payload);
    show_credential(&mut draft, credential);
    references(&mut draft, credential, known);
    if inner.is_some() {
        draft.show_some(Title::Frame, payload, |name| name != "vc");
        let at = |name: &str| sd_jwt::seconds(payload.get(name));
        draft.dates(at("nbf"), at("exp"), known.now);
    } else {
        dates(&mut draft, credential, known);
    }
    status(&mut draft, payload);
    draft.show(Title::Header, &jwt.header);
    draft.finish()
}

/// Explains a Presentation as a JWT.
pub(crate) fn presentation_token(
    jwt: &Jwt<'_>,
    payload: &Map<String, Value>,
    known: &Known<'_>,
    depth: Depth,
) -> Report {
    let mut draft = Draft::new(Kind::VpJwt);
    token_signature(&mut draft, jwt, payload, known);
    let inner = payload.get("vp").and_then(Value::as_object);
    show_presentation(&mut draft, inner.unwrap_or(payload), known, depth);
    let at = |name: &str| sd_jwt::seconds(payload.get(name));
    draft.dates(at("nbf").or_else(|| at("iat")), at("exp"), known.now);
    let to = payload.get("aud").and_then(Value::as_str).unwrap_or("?");
    let made = at("iat").map_or_else(|| "?".to_owned(), crate::draft::moment);
    draft.find_with(Code::Challenge, [("audience", to), ("at", &made)]);
    draft.show(Title::Header, &jwt.header);
    draft.finish()
}

/// Explains a Credential that is a JSON object.
pub(crate) fn credential_object(
    credential: &Map<String, Value>,
    text: &str,
    known: &Known<'_>,
) -> Report {
    if let Some(report) = net::certificate(credential, known) {
        return report;
    }
    let mut draft = Draft::new(Kind::LdpVc);
    if credential.contains_key("proof") {
        judge::credential(&mut draft, Format::LdpVc, text, known);
    } else {
        draft.is(Kind::UnsignedCredential);
        draft.find(Code::NotSigned);
    }
    show_credential(&mut draft, credential);
    references(&mut draft, credential, known);
    show_proofs(&mut draft, credential);
    dates(&mut draft, credential, known);
    status(&mut draft, credential);
    draft.finish()
}

/// Explains a Presentation that is a JSON object.
pub(crate) fn presentation_object(
    presentation: &Map<String, Value>,
    known: &Known<'_>,
    depth: Depth,
) -> Report {
    let mut draft = Draft::new(Kind::LdpVp);
    match presentation.get("proof") {
        None => {
            draft.is(Kind::UnsignedPresentation);
            draft.find(Code::NotSigned);
        }
        Some(_) => judge_presentation(&mut draft, presentation, known),
    }
    show_presentation(&mut draft, presentation, known, depth);
    show_proofs(&mut draft, presentation);
    draft.finish()
}

/// Judges the Holder's proof. What is inside is judged by itself.
fn judge_presentation(draft: &mut Draft, presentation: &Map<String, Value>, known: &Known<'_>) {
    let proof = match presentation.get("proof") {
        Some(Value::Array(several)) => several.first(),
        proof => proof,
    };
    let method = proof.and_then(|proof| proof.get("verificationMethod"));
    let method = method.and_then(Value::as_str).unwrap_or("?").to_owned();
    if method.starts_with("did:web:") {
        let did = method.split('#').next().unwrap_or_default();
        draft.find_with(Code::KeyElsewhere, [("place", did)]);
        return;
    }
    let judgement = match Unverified::from_value(Value::Object(presentation.clone())) {
        Err(problem) => {
            draft.find_with(Code::Refused, [("reason", &problem.detail)]);
            return;
        }
        Ok(unverified) => {
            let expected = Expected::default();
            unverified.verify(&[], &expected, Leniency::None, known.now)
        }
    };
    for problem in &judgement.problems {
        match problem.kind {
            ProblemKind::CryptographicSecurity => draft.find(Code::SignatureBad),
            ProblemKind::MalformedValue => {
                draft.find_with(Code::DataModel, [("reason", &problem.detail)]);
            }
            _ => draft.find_with(Code::Refused, [("reason", &problem.detail)]),
        }
    }
    if judgement.problems.is_empty() {
        let url = DidUrl::parse(&method).map(KeySource::Did);
        let named = url.map_or(method, |source| judge::named(&source));
        draft.find_with(Code::SignatureGood, [("key", &named)]);
    }
}

/// Explains an object whose `id` is a `data:` URL with what it stands for.
pub(crate) fn envelope(envelope: &Map<String, Value>, known: &Known<'_>, depth: Depth) -> Report {
    let url = envelope.get("id").and_then(Value::as_str);
    data_url(url.unwrap_or_default(), known, depth)
}

/// Explains a `data:` URL.
pub(crate) fn data_url(url: &str, known: &Known<'_>, depth: Depth) -> Report {
    let mut draft = Draft::new(Kind::CredentialEnvelope);
    let content = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(','));
    match content {
        Some((media_type, content)) if !media_type.ends_with(";base64") => {
            draft.contain(recognise::text(content, known, depth));
        }
        _ => draft.find(Code::Unsupported),
    }
    draft.finish()
}

/// Judges when a Credential is good.
pub(crate) fn dates(draft: &mut Draft, credential: &Map<String, Value>, known: &Known<'_>) {
    let at = |name: &str| -> Option<Timestamp> { credential.get(name)?.as_str()?.parse().ok() };
    let from = at("validFrom").or_else(|| at("issuanceDate"));
    let until = at("validUntil").or_else(|| at("expirationDate"));
    draft.dates(from, until, known.now);
}

/// Holds a Credential against what it refers to, and names what is not at hand.
pub(crate) fn references(draft: &mut Draft, credential: &Map<String, Value>, known: &Known<'_>) {
    match known.resources.judge(credential) {
        Err(fault) => draft.find_with(Code::Refused, [("reason", &fault.to_string())]),
        Ok(unknown) => {
            for id in unknown.iter().take(MOST_INSIDE) {
                draft.find_with(Code::RefersTo, [("id", id)]);
            }
            if unknown.len() > MOST_INSIDE {
                draft.find(Code::More);
            }
        }
    }
}

/// Judges the signature of a token by the key that its signer's identifier leads to.
pub(crate) fn token_signature(
    draft: &mut Draft,
    jwt: &Jwt<'_>,
    payload: &Map<String, Value>,
    known: &Known<'_>,
) {
    let Some(jws) = jwt.signed(draft) else { return };
    let names = ["iss", "issuer", "holder", "client_id"];
    let named = names.iter().find_map(|name| id(payload.get(*name)?));
    let named = named.or_else(|| id(payload.get("vp")?.get("holder")?));
    // A DID as the name of the key names its owner.
    let of_kid = || {
        let kid = jwt.header_text("kid")?;
        Some(kid.split('#').next()?.to_owned())
    };
    let signer = named.or_else(of_kid);
    let source = match KeySource::read(signer.as_deref(), jws.header()) {
        Ok(source) => source,
        Err(error) => {
            draft.find_with(Code::Refused, [("reason", &error.to_string())]);
            return;
        }
    };
    let Some(keys) = judge::evidence(draft, std::slice::from_ref(&source), known) else {
        return;
    };
    let Some(Ok(key)) = keys.first().map(IssuerKey::signature_key) else {
        draft.find(Code::Unsupported);
        return;
    };
    match jws.verify(key, &[]) {
        Ok(_) => draft.find_with(Code::SignatureGood, [("key", &judge::named(&source))]),
        Err(keys::jws::JwsError::Signature) => draft.find(Code::SignatureBad),
        Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
    }
}

fn show_credential(draft: &mut Draft, credential: &Map<String, Value>) {
    draft.show_some(Title::Claims, credential, |name| {
        name == "credentialSubject"
    });
    draft.show_some(Title::Frame, credential, |name| {
        name != "credentialSubject" && name != "proof"
    });
    list(draft, credential);
}

fn show_presentation(
    draft: &mut Draft,
    presentation: &Map<String, Value>,
    known: &Known<'_>,
    depth: Depth,
) {
    draft.show_some(Title::Frame, presentation, |name| {
        !matches!(name, "verifiableCredential" | "proof" | "vp")
    });
    let credentials = match presentation.get("verifiableCredential") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for credential in credentials.iter().take(MOST_INSIDE) {
        draft.contain(recognise::value(credential, known, depth));
    }
    if credentials.len() > MOST_INSIDE {
        draft.find(Code::More);
    }
}

fn show_proofs(draft: &mut Draft, document: &Map<String, Value>) {
    draft.show_some(Title::Proofs, document, |name| name == "proof");
    let proof = match document.get("proof") {
        Some(Value::Array(several)) => several.first(),
        proof => proof,
    };
    let purpose = proof.and_then(|proof| proof.get("proofPurpose"));
    if purpose.and_then(Value::as_str) == Some("authentication") {
        let member = |name: &str| {
            let value = proof.and_then(|proof| proof.get(name));
            value.and_then(Value::as_str).unwrap_or("?").to_owned()
        };
        let (to, at) = (member("domain"), member("created"));
        let at = at.parse().map_or(at, crate::draft::moment);
        draft.find_with(Code::Challenge, [("audience", &to), ("at", &at)]);
    }
}

/// Says where the status is published, by either mechanism.
fn status(draft: &mut Draft, credential: &Map<String, Value>) {
    let entries = match credential.get("credentialStatus") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => return sd_jwt::status(draft, credential),
    };
    for entry in entries.iter().take(MOST_INSIDE) {
        let list = entry.get("statusListCredential").and_then(Value::as_str);
        let list = list.unwrap_or("?");
        let read = BitstringEntry::read_all(entry).unwrap_or_default().pop();
        match read.filter(|entry| entry.purpose == Purpose::Message) {
            Some(entry) => {
                let messages = told(&entry);
                draft.find_with(
                    Code::StatusMessages,
                    [("place", list), ("messages", &messages)],
                );
            }
            None => draft.find_with(Code::StatusElsewhere, [("place", list)]),
        }
    }
}

/// What an entry can be made to say.
fn told(entry: &BitstringEntry) -> String {
    let Some(messages) = &entry.messages else {
        return "unset; set".to_owned();
    };
    let texts = (0..=u8::MAX).map_while(|value| messages.get(value));
    let defined = texts.filter(|text| *text != StatusMessages::UNDEFINED);
    let defined: Vec<&str> = defined.take(MOST_INSIDE).collect();
    defined.join("; ")
}

/// Counts a Bitstring Status List, if the Credential is one.
fn list(draft: &mut Draft, credential: &Map<String, Value>) {
    let Some(subject) = credential.get("credentialSubject") else {
        return;
    };
    let Some(encoded) = subject.get("encodedList").and_then(Value::as_str) else {
        return;
    };
    let size = subject.get("statusSize").and_then(Value::as_u64);
    let size = u8::try_from(size.unwrap_or(1)).unwrap_or(0);
    match Bitstring::decode(size, encoded, LONGEST_LIST) {
        Err(error) => {
            let pointer = "/credentialSubject/encodedList";
            draft.find_at(Code::DataModel, &error.to_string(), pointer);
        }
        Ok(list) => {
            let entries = list.entries();
            let set = (0_u64..)
                .take(entries)
                .filter(|index| list.get(*index).is_some_and(|value| value != 0))
                .count();
            let (entries, set) = (entries.to_string(), set.to_string());
            draft.find_with(Code::StatusCount, [("entries", &entries), ("set", &set)]);
        }
    }
}

fn id(value: &Value) -> Option<String> {
    let id = value.as_str().or_else(|| value.get("id")?.as_str())?;
    Some(id.to_owned())
}

/// How many Credentials of a Presentation are looked at.
const MOST_INSIDE: usize = 16;
/// What a list may unfold to: eight million entries, each of which is looked at.
const LONGEST_LIST: usize = 1024 * 1024;
