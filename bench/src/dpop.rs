//! DPoP proofs, as an authorization server verifies one with each request.

use http::{HeaderMap, Method};
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use keys::Algorithm;
use keys::token::BearerToken;
use openid4vci::oauth::dpop::{self, DpopProof};
use serde_json::Value;
use url::Url;

use crate::fixture::{key, now, rng};
use crate::harness::{Row, against, work};
use crate::vc_jwt::raw_p256;

pub fn rows() -> Vec<Row> {
    let url: Url = "https://issuer.example/credential".parse().expect("a URL");
    let token = BearerToken::generate(&mut rng());
    let signing = key(Algorithm::Es256);
    let proof = dpop::prove(
        &signing,
        &Method::POST,
        &url,
        Some(&token),
        None,
        now(),
        &mut rng(),
    );
    let proof = proof.expect("a proof");
    let mut headers = HeaderMap::new();
    headers.insert(dpop::FIELD, proof.parse().expect("ASCII"));
    let made = now();
    let (_, check) = raw_p256();
    vec![Row {
        name: "DPoP ES256: verify",
        ours: work(move || {
            DpopProof::verify(&headers, &Method::POST, &url, Some(&token), made).expect("valid")
        }),
        raw: Some(against("aws-lc-rs verify", check)),
        peers: vec![against(
            "jsonwebtoken 11 (aws-lc-rs), signature alone",
            move || {
                let header = decode_header(&proof).expect("a header");
                let key = DecodingKey::from_jwk(&header.jwk.expect("a key")).expect("a key");
                let mut validation = Validation::new(jsonwebtoken::Algorithm::ES256);
                validation.required_spec_claims.clear();
                decode::<Value>(&proof, &key, &validation).expect("valid")
            },
        )],
    }]
}
