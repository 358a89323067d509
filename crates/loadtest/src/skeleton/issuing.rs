//! The requests of an issuance.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::{hmac, rand};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::{Form, Json};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::skeleton::jwt::{self, Jwk, decode, encode};
use crate::skeleton::kept::name;
use crate::skeleton::{Answer, Parts, bearer, now, random, recent};

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

#[derive(Deserialize)]
struct Enrolment {
    record: Person,
}

/// What the desk wrote down.
#[derive(Deserialize, Serialize)]
struct Person {
    issuing_state: String,
    number: String,
    surname: String,
    given_names: String,
    nationality: String,
    birth_date: String,
    sex: String,
    expires_on: String,
}

#[derive(Deserialize, Serialize)]
struct Offer {
    person: Person,
    tx_code: String,
    expires_at: i64,
}

#[derive(Deserialize, Serialize)]
struct Grant {
    person: Person,
    jkt: String,
    expires_at: i64,
}

/// Says whose key signs (SD-JWT VC, section 5).
pub(super) async fn metadata(State(parts): State<Arc<Parts>>) -> Json<Value> {
    Json(json!({"issuer": parts.base, "jwks": {"keys": [parts.key.public]}}))
}

/// Writes a person down, once, and an offer.
pub(super) async fn enrol(
    State(parts): State<Arc<Parts>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Json<Value>> {
    parts.admit(&headers)?;
    let Enrolment { record: person } = serde_json::from_slice(&body).map_err(|_| BAD)?;
    let document = name("document", &[&person.issuing_state, &person.number]);
    let code = random().ok_or(BROKEN)?;
    let mut digits = [0; 8];
    rand::fill(&mut digits).map_err(|_| BROKEN)?;
    let offer = Offer {
        person,
        tx_code: format!("{:06}", u64::from_be_bytes(digits) % 1_000_000),
        expires_at: now() + 600,
    };
    let stored = serde_json::to_vec(&offer).map_err(|_| BROKEN)?;
    let add = vec![(document, Vec::new()), (name("offer", &[&code]), stored)];
    parts.kept.commit(None, add).await.ok_or(BAD)?;
    let reference = format!("{}/offers/{code}", parts.base);
    let link = url::Url::parse_with_params(
        "openid-credential-offer://",
        [("credential_offer_uri", reference)],
    );
    let link = link.map_err(|_| BROKEN)?;
    Ok(Json(
        json!({"offer": link, "transaction_code": offer.tx_code}),
    ))
}

/// Says what is offered (OpenID4VCI 1.0, section 4.1.3).
pub(super) async fn offer(
    State(parts): State<Arc<Parts>>,
    Path(code): Path<String>,
) -> Answer<Json<Value>> {
    let found = parts.kept.get(name("offer", &[&code])).await.ok_or(BAD)?;
    let offer: Offer = serde_json::from_slice(&found).map_err(|_| BROKEN)?;
    Ok(Json(json!({
        "credential_issuer": parts.base, "credential_configuration_ids": ["person"],
        "grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {
            "pre-authorized_code": code,
            "tx_code": {"input_mode": "numeric", "length": offer.tx_code.len()},
        }},
    })))
}

#[derive(Deserialize)]
pub(super) struct Redemption {
    grant_type: String,
    #[serde(rename = "pre-authorized_code")]
    code: String,
    tx_code: String,
}

/// Redeems an offer (section 6), once.
pub(super) async fn token(
    State(parts): State<Arc<Parts>>,
    headers: HeaderMap,
    Form(redemption): Form<Redemption>,
) -> Answer<Json<Value>> {
    let (jkt, proof) = parts.possession(&headers, "/token", None).ok_or(BAD)?;
    let id = name("offer", &[&redemption.code]);
    let found = parts.kept.get(id).await.ok_or(BAD)?;
    let offer: Offer = serde_json::from_slice(&found).map_err(|_| BROKEN)?;
    let type_ = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    if redemption.grant_type != type_
        || redemption.tx_code != offer.tx_code
        || offer.expires_at <= now()
    {
        return Err(BAD);
    }
    let token = random().ok_or(BROKEN)?;
    let grant = Grant {
        person: offer.person,
        jkt,
        expires_at: now() + 600,
    };
    let grant = serde_json::to_vec(&grant).map_err(|_| BROKEN)?;
    let add = vec![(name("token", &[&token]), grant), (proof, Vec::new())];
    parts.kept.commit(Some(id), add).await.ok_or(BAD)?;
    Ok(Json(json!({
        "access_token": token, "token_type": "DPoP", "expires_in": 600,
    })))
}

/// Gives out a `c_nonce` (section 7): an end, chance, and a MAC.
pub(super) async fn nonce(State(parts): State<Arc<Parts>>) -> Answer<Json<Value>> {
    let mut nonce = (now() + 600).to_be_bytes().to_vec();
    let mut chance = [0; 16];
    rand::fill(&mut chance).map_err(|_| BROKEN)?;
    nonce.extend(chance);
    let tag = hmac::sign(&parts.nonces, &nonce);
    nonce.extend(tag.as_ref());
    Ok(Json(json!({"c_nonce": encode(nonce)})))
}

#[derive(Deserialize)]
pub(super) struct Order {
    credential_configuration_id: String,
    proofs: Proofs,
}

#[derive(Deserialize)]
struct Proofs {
    jwt: [String; 1],
}

/// Issues (section 8) one copy for one proof, each of which is used once.
pub(super) async fn credential(
    State(parts): State<Arc<Parts>>,
    headers: HeaderMap,
    Json(order): Json<Order>,
) -> Answer<Json<Value>> {
    let token = bearer(&headers, "DPoP ").ok_or(StatusCode::UNAUTHORIZED)?;
    let possession = parts.possession(&headers, "/credential", Some(token));
    let (jkt, proof) = possession.ok_or(StatusCode::UNAUTHORIZED)?;
    let found = parts.kept.get(name("token", &[token])).await.ok_or(BAD)?;
    let grant: Grant = serde_json::from_slice(&found).map_err(|_| BROKEN)?;
    let known = order.credential_configuration_id == "person";
    if !known || grant.jkt != jkt || grant.expires_at <= now() {
        return Err(BAD);
    }
    let [wish] = &order.proofs.jwt;
    let (holder, c_nonce) = parts.wish(wish).ok_or(BAD)?;
    let copy = parts.copies.fetch_add(1, Ordering::Relaxed);
    let credential = parts.mint(&grant.person, &holder, copy).ok_or(BROKEN)?;
    let add = vec![
        (proof, Vec::new()),
        (name("c_nonce", &[&c_nonce]), Vec::new()),
        (name("copy", &[&copy.to_string()]), jkt.into_bytes()),
    ];
    parts.kept.commit(None, add).await.ok_or(BAD)?;
    Ok(Json(json!({"credentials": [{"credential": credential}]})))
}

impl Parts {
    /// Judges a key proof (appendix F.1): whose it is, and the `c_nonce` that it uses.
    fn wish(&self, proof: &str) -> Option<(Jwk, String)> {
        #[derive(Deserialize)]
        struct Claims {
            aud: String,
            iat: i64,
            nonce: String,
        }
        let (holder, claims): (Jwk, Claims) = jwt::open(proof, "openid4vci-proof+jwt")?;
        let nonce = decode(&claims.nonce)?;
        let (made, tag) = nonce.split_at_checked(24)?;
        hmac::verify(&self.nonces, made, tag).ok()?;
        let end = i64::from_be_bytes(*made.first_chunk()?);
        let good = claims.aud == self.base && recent(claims.iat) && end > now();
        good.then_some((holder, claims.nonce))
    }

    /// Makes an SD-JWT VC: twelve claims and four decoys.
    fn mint(&self, person: &Person, holder: &Jwk, copy: u64) -> Option<String> {
        let (mut chance, mut disclosures) = ([0; 256], Vec::new());
        rand::fill(&mut chance).ok()?;
        let (mut salts, _) = chance.as_chunks::<16>();
        let mut salt = || {
            let (salt, rest) = salts.split_first()?;
            salts = rest;
            Some(encode(salt))
        };
        let mut digests = Vec::with_capacity(16);
        for (name, value) in person.claims() {
            let disclosure = encode(serde_json::to_vec(&(salt()?, name, value)).ok()?);
            digests.push(encode(digest(&SHA256, disclosure.as_bytes())));
            disclosures.push(disclosure);
        }
        while digests.len() < 16 {
            digests.push(encode(digest(&SHA256, salt()?.as_bytes())));
        }
        digests.sort_unstable();
        let today = now() / 86_400 * 86_400;
        let claims = json!({
            "iss": self.base, "vct": format!("{}/types/person", self.base),
            "iat": today, "nbf": today, "exp": today + 90 * 86_400,
            "status": {"status_list": {"idx": copy, "uri": format!("{}/status/0", self.base)}},
            "cnf": {"jwk": holder}, "_sd": digests, "_sd_alg": "sha-256",
        });
        let header = json!({"alg": "ES256", "typ": "dc+sd-jwt"});
        let mut text = self.key.sign(&header, &claims)?;
        for disclosure in &disclosures {
            text.push('~');
            text.push_str(disclosure);
        }
        text.push('~');
        Some(text)
    }
}

impl Person {
    fn claims(&self) -> [(&'static str, Value); 12] {
        let today = crate::issuance::now().to_string();
        let (year, day) = today.split_at_checked(4).unwrap_or_default();
        let year: u16 = year.parse().unwrap_or_default();
        let day = day.get(..6).unwrap_or_default();
        let over =
            |age| Value::from(self.birth_date <= format!("{}{day}", year.saturating_sub(age)));
        [
            ("given_name", self.given_names.as_str().into()),
            ("family_name", self.surname.as_str().into()),
            ("birth_date", self.birth_date.as_str().into()),
            ("nationality", self.nationality.as_str().into()),
            ("document_type", "passport".into()),
            ("issuing_state", self.issuing_state.as_str().into()),
            ("document_number", self.number.as_str().into()),
            ("age_over_14", over(14)),
            ("age_over_16", over(16)),
            ("age_over_18", over(18)),
            ("age_over_21", over(21)),
            ("age_over_60", over(60)),
        ]
    }
}
