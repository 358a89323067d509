//! The requests of a presentation.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::{Form, Json};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::skeleton::jwt::{self, Jwk, decode, encode};
use crate::skeleton::kept::name;
use crate::skeleton::{Answer, Parts, bearer, now, random, recent};

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

#[derive(Deserialize)]
struct Wish {
    policy: String,
}

#[derive(Deserialize, Serialize)]
struct Request {
    nonce: String,
    state: String,
    result_token: String,
    expires_at: i64,
}

#[derive(Deserialize, Serialize)]
struct Outcome {
    result_token: String,
    claims: Map<String, Value>,
}

/// Begins a presentation.
pub(super) async fn create(
    State(parts): State<Arc<Parts>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Json<Value>> {
    parts.admit(&headers)?;
    let Wish { policy } = serde_json::from_slice(&body).map_err(|_| BAD)?;
    if policy != "identity" {
        return Err(BAD);
    }
    let id = random().ok_or(BROKEN)?;
    let request = Request {
        nonce: random().ok_or(BROKEN)?,
        state: random().ok_or(BROKEN)?,
        result_token: random().ok_or(BROKEN)?,
        expires_at: now() + 600,
    };
    let stored = serde_json::to_vec(&request).map_err(|_| BROKEN)?;
    let add = vec![(name("request", &[&id]), stored)];
    parts.kept.commit(None, add).await.ok_or(BROKEN)?;
    let object = format!("{}/requests/{id}/object", parts.base);
    let link = url::Url::parse_with_params(
        "openid4vp://",
        [("client_id", parts.client_id()), ("request_uri", object)],
    );
    let link = link.map_err(|_| BROKEN)?;
    Ok(Json(
        json!({"id": id, "link": link, "result_token": request.result_token}),
    ))
}

/// Signs the request (OpenID4VP 1.0, section 5).
pub(super) async fn object(
    State(parts): State<Arc<Parts>>,
    Path(id): Path<String>,
) -> Answer<String> {
    let found = parts.kept.get(name("request", &[&id])).await.ok_or(BAD)?;
    let request: Request = serde_json::from_slice(&found).map_err(|_| BROKEN)?;
    let algorithms = ["ES256"];
    let paths = ["given_name", "family_name", "birth_date"].map(|name| json!({"path": [name]}));
    let claims = json!({
        "aud": "https://self-issued.me/v2", "client_id": parts.client_id(),
        "client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {
            "kb-jwt_alg_values": algorithms, "sd-jwt_alg_values": algorithms,
        }}},
        "dcql_query": {"credentials": [{
            "id": "person", "format": "dc+sd-jwt", "claims": paths,
            "meta": {"vct_values": [format!("{}/types/person", parts.base)]},
        }]},
        "exp": request.expires_at, "iat": now(), "nonce": request.nonce, "state": request.state,
        "response_mode": "direct_post", "response_type": "vp_token",
        "response_uri": format!("{}/requests/{id}/response", parts.base),
    });
    let header = json!({"alg": "ES256", "typ": "oauth-authz-req+jwt"});
    parts.key.sign(&header, &claims).ok_or(BROKEN)
}

#[derive(Deserialize)]
pub(super) struct Response {
    vp_token: String,
    state: String,
}

/// Takes the answer (section 8.2), once.
pub(super) async fn response(
    State(parts): State<Arc<Parts>>,
    Path(id): Path<String>,
    Form(response): Form<Response>,
) -> Answer<Json<Value>> {
    let asked = name("request", &[&id]);
    let found = parts.kept.get(asked).await.ok_or(BAD)?;
    let request: Request = serde_json::from_slice(&found).map_err(|_| BROKEN)?;
    if request.state != response.state || request.expires_at <= now() {
        return Err(BAD);
    }
    let tokens: BTreeMap<String, [String; 1]> =
        serde_json::from_str(&response.vp_token).map_err(|_| BAD)?;
    let [presentation] = tokens.get("person").ok_or(BAD)?;
    let claims = parts.verify(presentation, &request.nonce).ok_or(BAD)?;
    let outcome = Outcome {
        result_token: request.result_token,
        claims,
    };
    let outcome = serde_json::to_vec(&outcome).map_err(|_| BROKEN)?;
    let add = vec![(name("answer", &[&id]), outcome)];
    parts.kept.commit(Some(asked), add).await.ok_or(BAD)?;
    Ok(Json(json!({})))
}

/// Tells whoever began it.
pub(super) async fn result(
    State(parts): State<Arc<Parts>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer<Json<Value>> {
    let found = parts.kept.get(name("answer", &[&id])).await.ok_or(BAD)?;
    let outcome: Outcome = serde_json::from_slice(&found).map_err(|_| BROKEN)?;
    if bearer(&headers, "Bearer ") != Some(&outcome.result_token) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(Json(json!({"phase": "answered", "claims": outcome.claims})))
}

#[derive(Deserialize)]
struct Credential {
    exp: i64,
    cnf: Confirmation,
    #[serde(rename = "_sd")]
    digests: Vec<String>,
}

#[derive(Deserialize)]
struct Confirmation {
    jwk: Jwk,
}

#[derive(Deserialize)]
struct Binding {
    aud: String,
    iat: i64,
    nonce: String,
    sd_hash: String,
}

impl Parts {
    fn client_id(&self) -> String {
        format!("redirect_uri:{}", self.base)
    }

    /// Verifies an SD-JWT with key binding (RFC 9901, section 7.3), and says what it shows.
    fn verify(&self, presentation: &str, nonce: &str) -> Option<Map<String, Value>> {
        let (shown, binding) = presentation.split_at_checked(presentation.rfind('~')? + 1)?;
        let mut parts = shown.split_terminator('~');
        let issued = parts.next()?;
        let credential: Credential = jwt::open_under(issued, "dc+sd-jwt", &self.key.public)?;
        let binding: Binding = jwt::open_under(binding, "kb+jwt", &credential.cnf.jwk)?;
        let mut claims = Map::new();
        for disclosure in parts {
            let hash = encode(digest(&SHA256, disclosure.as_bytes()));
            let (_, name, value): (String, String, Value) =
                serde_json::from_slice(&decode(disclosure)?).ok()?;
            if !credential.digests.contains(&hash) || claims.insert(name, value).is_some() {
                return None;
            }
        }
        let good = credential.exp > now()
            && binding.aud == self.client_id()
            && binding.nonce == nonce
            && binding.sd_hash == encode(digest(&SHA256, shown.as_bytes()))
            && recent(binding.iat);
        good.then_some(claims)
    }
}
