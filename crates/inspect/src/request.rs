//! Presentation Requests (OpenID4VP 1.0, section 5), also those of doors.

use credential::KeySource;
use did::{DidDocument, DidUrl, Relationship};
use keys::jws::JwsError;
use openid4vp::messages::{AuthorizationRequest, Parameters};
use openid4vp::request::Request;
use openid4vp::{ClientId, Prefix};
use serde_json::{Map, Value, json};
use url::Url;

use crate::code::{Code, Kind, Title};
use crate::draft::Draft;
use crate::judge;
use crate::jwt::Jwt;
use crate::known::Known;
use crate::listing::origin;
use crate::report::{Hidden, Report};
use crate::sd_jwt::seconds;

/// Explains a link, if it is one of these.
pub(crate) fn link(url: &Url, known: &Known<'_>) -> Option<Report> {
    let parameters = match Parameters::parse(url.query().unwrap_or_default().as_bytes()) {
        Ok(parameters) => parameters,
        Err(_) if url.scheme() != "openid4vp" => return None,
        Err(error) => {
            let mut draft = Draft::new(Kind::PresentationRequest);
            draft.find_with(Code::Refused, [("reason", &error.to_string())]);
            return Some(draft.finish());
        }
    };
    let asks = ["request_uri", "request", "dcql_query", "response_type"]
        .iter()
        .any(|name| parameters.get(name).is_some());
    if url.scheme() != "openid4vp" && !(asks && parameters.get("client_id").is_some()) {
        return None;
    }
    if let Some(place) = parameters.get("request_uri") {
        return Some(reference(&parameters, place));
    }
    if let Some(object) = parameters.get("request") {
        let stated = parameters.get("client_id");
        return Some(match Jwt::read(object) {
            Some(jwt) => token(&jwt, stated, known),
            None => {
                let mut draft = Draft::new(Kind::PresentationRequest);
                draft.find_with(Code::Refused, [("reason", "the request is no JWT")]);
                draft.finish()
            }
        });
    }
    let mut draft = Draft::new(Kind::PresentationRequest);
    match AuthorizationRequest::from_parameters(&parameters) {
        Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
        Ok(wire) => {
            draft.find(Code::Anybody);
            explain(&mut draft, wire);
        }
    }
    Some(draft.finish())
}

/// Explains a Request Object.
pub(crate) fn token(jwt: &Jwt<'_>, stated: Option<&str>, known: &Known<'_>) -> Report {
    let mut draft = Draft::new(Kind::PresentationRequest);
    let payload = match &jwt.payload {
        Ok(payload) => payload,
        Err(reason) => {
            draft.find_with(Code::Refused, [("reason", reason)]);
            return draft.finish();
        }
    };
    let named = payload.get("client_id").and_then(Value::as_str);
    if stated.is_some() && stated != named {
        let reason = "the link and the request name different verifiers";
        draft.find_at(Code::Refused, reason, "/client_id");
    }
    signature(&mut draft, jwt, named.unwrap_or_default(), known);
    let at = |name: &str| seconds(payload.get(name));
    draft.dates(at("nbf").or_else(|| at("iat")), at("exp"), known.now);
    match serde_json::from_value(Value::Object(payload.clone())) {
        Ok(wire) => explain(&mut draft, wire),
        Err(_) => {
            let reason = "a parameter has another form than it should";
            draft.find_with(Code::Refused, [("reason", reason)]);
            draft.show(Title::Request, payload);
        }
    }
    draft.show(Title::Header, &jwt.header);
    draft.finish()
}

/// Explains the parameters as an object.
pub(crate) fn object(members: &Map<String, Value>) -> Report {
    let mut draft = Draft::new(Kind::PresentationRequest);
    draft.find(Code::Anybody);
    match serde_json::from_value(Value::Object(members.clone())) {
        Ok(wire) => explain(&mut draft, wire),
        Err(_) => draft.show(Title::Request, members),
    }
    draft.finish()
}

/// Explains a query that stands alone.
pub(crate) fn query(members: &Map<String, Value>) -> Report {
    let mut draft = Draft::new(Kind::DcqlQuery);
    match serde_json::from_value(Value::Object(members.clone())) {
        Ok(query) => asked(&mut draft, query),
        Err(_) => {
            let reason = "a member has another form than it should";
            draft.find_with(Code::Refused, [("reason", reason)]);
            draft.show(Title::Asked, members);
        }
    }
    draft.finish()
}

fn reference(parameters: &Parameters, place: &str) -> Report {
    let mut draft = Draft::new(Kind::RequestReference);
    draft.find_with(Code::Reference, [("place", &origin(place))]);
    let client = parameters.get("client_id").unwrap_or_default();
    let mut shown = vec![draft.listing().entry("client_id", &json!(client))];
    let hidden = draft.listing().hide(Hidden::Address);
    let mut address = draft.listing().entry("request_uri", &Value::Null);
    address.value = hidden;
    shown.push(address);
    draft.section(Title::Request, shown);
    if let Err(error) = ClientId::parse(client) {
        draft.find_at(Code::Refused, &error.to_string(), "/client_id");
    }
    draft.finish()
}

fn explain(draft: &mut Draft, wire: AuthorizationRequest) {
    let at_door = wire.response_mode.as_deref() == Some(openid4vp::door::RESPONSE_MODE);
    if at_door {
        draft.is(Kind::DoorRequest);
    }
    if let Some(query) = wire.dcql_query.clone() {
        asked(draft, query);
    }
    let mut members = match serde_json::to_value(&wire) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    members.remove("dcql_query");
    for address in ["response_uri", "redirect_uri"] {
        if let Some(Value::String(url)) = members.get_mut(address) {
            // What follows the place names the session.
            *url = origin(url);
        }
    }
    draft.show(Title::Request, &members);
    if !at_door {
        match Request::parse(wire, true) {
            Ok(_) => draft.find(Code::FormGood),
            Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
        }
    }
}

/// Shows what is asked for, one entry for each query.
fn asked(draft: &mut Draft, query: dcql::messages::DcqlQuery) {
    if let Ok(Value::Object(members)) = serde_json::to_value(&query) {
        draft.show(Title::Asked, &members);
    }
    if let Err(error) = dcql::DcqlQuery::try_from(query) {
        draft.find_with(Code::Refused, [("reason", &error.to_string())]);
    }
}

fn signature(draft: &mut Draft, jwt: &Jwt<'_>, client_id: &str, known: &Known<'_>) {
    let Some(jws) = jwt.signed(draft) else { return };
    let client = match ClientId::parse(client_id) {
        Ok(client) => client,
        Err(error) => {
            draft.find_at(Code::Refused, &error.to_string(), "/client_id");
            return;
        }
    };
    let Prefix::DecentralizedIdentifier(did) = client.prefix() else {
        draft.find(Code::Anybody);
        return;
    };
    let kid = jwt.header_text("kid").and_then(|kid| did.join(kid).ok());
    let Some(kid) = kid.filter(|kid| kid.did() == did) else {
        let reason = "the request is not signed with a key of the verifier";
        draft.find_with(Code::Refused, [("reason", reason)]);
        return;
    };
    let Some(document) = known.resolve(did) else {
        draft.find_with(Code::KeyElsewhere, [("place", did.as_str())]);
        return;
    };
    match signing_key(&document, &kid) {
        None => {
            let reason = "the DID document has no such verification method";
            draft.find_with(Code::Refused, [("reason", reason)]);
        }
        Some(key) => match jws.verify(&key, &["oauth-authz-req+jwt"]) {
            Ok(_) => {
                let named = judge::named(&KeySource::Did(kid));
                draft.find_with(Code::SignatureGood, [("key", &named)]);
            }
            Err(JwsError::Signature) => draft.find(Code::SignatureBad),
            Err(error) => draft.find_with(Code::Refused, [("reason", &error.to_string())]),
        },
    }
}

fn signing_key(document: &DidDocument, kid: &DidUrl) -> Option<keys::PublicKey> {
    let roles = [Relationship::Authentication, Relationship::Assertion];
    roles
        .into_iter()
        .find_map(|role| document.key(kid, role).ok())
}
