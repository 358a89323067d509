//! Key proofs, and the challenge in them.

use jiff::SignedDuration;
use keys::{Algorithm, base64url};
use openid4vci::issuer::{CredentialError, NonceError, ProofError};
use openid4vci::messages::ErrorCode;
use serde_json::{Value, json};

use super::{Rogue, code_of, keyed, signed};
use crate::harness::key;

#[test]
fn proofs_name_a_key_in_three_ways() {
    let mut rogue = Rogue::new();
    let by_jwk = rogue.key_proof(|_, _| {});
    assert_eq!(rogue.with_proof(&by_jwk), Ok(1));
    let now = rogue.host.now;
    for method in [did::key::verification_method, did::jwk::verification_method] {
        let holder = key(Algorithm::Es256);
        let header = json!({
            "typ": "openid4vci-proof+jwt",
            "alg": "ES256",
            "kid": method(holder.public()).to_string(),
        });
        let claims = json!({
            "aud": "https://issuer.example/tenant",
            "iat": now.as_second(),
            "nonce": rogue.c_nonce(),
        });
        let proof = signed(&header, &claims, &holder);
        assert_eq!(rogue.with_proof(&proof), Ok(1), "{header}");
    }
}

#[test]
fn proofs_that_break_a_rule_are_refused() {
    type Change = fn(&mut Value, &mut Value);
    let cases: [(&str, Change, CredentialError); 17] = [
        (
            "aud",
            |_, c| c["aud"] = "https://issuer.example".into(),
            CredentialError::Proof(ProofError::Audience),
        ),
        (
            "aud list",
            |_, c| c["aud"] = json!(["https://issuer.example/tenant"]),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "typ",
            |h, _| h["typ"] = "JWT".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "no typ",
            |h, _| {
                h.as_object_mut().unwrap().remove("typ");
            },
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "alg none",
            |h, _| h["alg"] = "none".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "alg HS256",
            |h, _| h["alg"] = "HS256".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "key confusion",
            |h, _| h["alg"] = "ES256".into(),
            CredentialError::Proof(ProofError::Signature),
        ),
        (
            "crit",
            |h, _| h["crit"] = json!(["exp"]),
            CredentialError::Proof(ProofError::Malformed),
        ),
        (
            "no key",
            |h, _| {
                h.as_object_mut().unwrap().remove("jwk");
            },
            CredentialError::Proof(ProofError::Key),
        ),
        (
            "two keys",
            |h, _| {
                h["kid"] = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK".into()
            },
            CredentialError::Proof(ProofError::Key),
        ),
        (
            "fetched key",
            |h, _| {
                h.as_object_mut().unwrap().remove("jwk");
                h["kid"] = "did:web:127.0.0.1#key".into();
            },
            CredentialError::Proof(ProofError::Key),
        ),
        (
            "foreign key",
            |h, _| h["jwk"] = serde_json::to_value(key(Algorithm::EdDsa).public().jwk()).unwrap(),
            CredentialError::Proof(ProofError::Signature),
        ),
        (
            "old",
            |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() - 601),
            CredentialError::Proof(ProofError::Time),
        ),
        (
            "future",
            |_, c| c["iat"] = json!(c["iat"].as_i64().unwrap() + 61),
            CredentialError::Proof(ProofError::Time),
        ),
        (
            "no nonce",
            |_, c| {
                c.as_object_mut().unwrap().remove("nonce");
            },
            CredentialError::Proof(ProofError::NonceMissing),
        ),
        (
            "foreign nonce",
            |_, c| c["nonce"] = "wKI4LT17ac15ES9bw8ac4".into(),
            CredentialError::Nonce(NonceError::Unknown),
        ),
        (
            "private key",
            |h, _| h["jwk"]["d"] = "AAAA".into(),
            CredentialError::Proof(ProofError::Malformed),
        ),
    ];
    let mut rogue = Rogue::new();
    for (name, change, error) in cases {
        let proof = rogue.key_proof(change);
        assert_eq!(rogue.with_proof(&proof), Err(error), "{name}");
        let expected = match error {
            CredentialError::Nonce(_) => ErrorCode::InvalidNonce,
            _ => ErrorCode::InvalidProof,
        };
        assert_eq!(code_of(error), (400, Some(expected)), "{name}");
    }
}

#[test]
fn every_byte_of_a_proof_counts() {
    let mut rogue = Rogue::new();
    let proof = rogue.key_proof(|_, _| {});
    for at in (0..proof.len()).step_by(7) {
        let mut bytes = proof.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(bytes).unwrap();
        assert!(rogue.with_proof(&tampered).is_err(), "byte {at}");
    }
}

#[test]
fn nonces_expire_and_cannot_be_stretched() {
    let mut rogue = Rogue::new();
    let proof = rogue.key_proof(|_, _| {});
    rogue.host.wait(300);
    assert_eq!(
        rogue.with_proof(&proof),
        Err(CredentialError::Nonce(NonceError::Expired))
    );
    let stretched = |nonce: &str| {
        let mut bytes = base64url::decode(nonce).unwrap();
        bytes[7] ^= 0xff;
        base64url::encode(bytes)
    };
    let proof = rogue.key_proof(|_, claims| {
        claims["nonce"] = stretched(claims["nonce"].as_str().unwrap()).into();
    });
    assert_eq!(
        rogue.with_proof(&proof),
        Err(CredentialError::Nonce(NonceError::Unknown))
    );
}

/// Of two processes, one may forget by its clock what the other still takes by its own.
#[test]
fn what_was_spent_is_remembered_longer_than_it_is_good() {
    let mut rogue = Rogue::new();
    let tokens = rogue.tokens(&["pid"]);
    let url = &rogue.host.issuer.endpoints().credential;
    let headers = rogue.headers(url, Some(&tokens.access_token));
    let proof = rogue.key_proof(|_, _| {});
    let body = json!({"credential_configuration_id": "pid", "proofs": {"jwt": [proof]}});
    let body = serde_json::to_vec(&body).unwrap();
    let call = |now| rogue.host.issuer.credential_call(&headers, &body, now);
    let accepted = keyed(call(rogue.host.now).unwrap());
    assert_eq!(accepted.spends.len(), 2);
    for spend in accepted.spends {
        let behind = spend.expires_at - SignedDuration::from_secs(60);
        assert!(call(behind).is_err(), "{}", spend.kind);
    }
}
