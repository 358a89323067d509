//! SD-JWT VC with ES256: ten claims, three of them shown.

use credential::sd_jwt::{self, ClaimPath, Held};
use credential::{Challenge, Format, IssuerKey, KeyReference, KeySource, UnverifiedPresentation};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};
use ssi::claims::jwt::JWTClaims;
use ssi::claims::sd_jwt::{JsonPointerBuf, KbJwtPayload, SdAlg, SdJwtBuf};
use ssi::claims::{JwsPayload as _, VerificationParameters};


use crate::fixture::{key, now, rng, runtime, ssi_key, ten_claims};
use crate::harness::{Row, against, work};
use crate::vc_jwt::raw_p256;

pub fn rows() -> Vec<Row> {
    let (issuer, holder) = (key(Algorithm::Es256), key(Algorithm::Es256));
    let issued = issue(&issuer, &holder);
    let presented = present(&issued, &holder);
    let evidence = evidence(&issued, &issuer);

    let (issuer_jwk, holder_jwk) = (ssi_key(&issuer), ssi_key(&holder));
    let claims = ssi_claims();
    let pointers = pointers();
    let waiting = runtime();
    let peer_issued = waiting
        .block_on(SdJwtBuf::conceal_and_sign(&claims, SdAlg::Sha256, &pointers, &issuer_jwk))
        .expect("signed");
    let peer_presented = ssi_present(&waiting, &peer_issued, &holder_jwk);

    let (sign, _) = raw_p256();
    let (sign_again, _) = raw_p256();
    let (_, mut check) = raw_p256();
    let issue_row = Row {
        name: "SD-JWT VC ES256: issue 10 claims",
        ours: {
            let (issuer, holder) = (copy(&issuer), copy(&holder));
            work(move || issue(&issuer, &holder))
        },
        raw: Some(against("aws-lc-rs sign", sign)),
        peers: vec![
            {
                let (waiting, jwk) = (runtime(), issuer_jwk.clone());
                against("ssi 0.16", move || {
                    let signed = SdJwtBuf::conceal_and_sign(&claims, SdAlg::Sha256, &pointers, &jwk);
                    waiting.block_on(signed).expect("signed")
                })
                .at_least(5.0)
            },
        ],
    };
    let present_row = Row {
        name: "SD-JWT VC ES256: present 3 of 10, with key binding",
        ours: {
            let (issued, holder) = (issued, copy(&holder));
            work(move || present(&issued, &holder))
        },
        raw: Some(against("aws-lc-rs sign", sign_again)),
        peers: vec![{
            let (waiting, issued) = (runtime(), peer_issued);
            let jwk = holder_jwk.clone();
            against("ssi 0.16", move || ssi_present(&waiting, &issued, &jwk)).at_least(5.0)
        }],
    };
    let verify_row = Row {
        name: "SD-JWT VC ES256: verify 3 of 10, with key binding",
        ours: work(move || {
            let presentation = UnverifiedPresentation::parse(Format::SdJwtVc, &presented).expect("one");
            let sources = presentation.key_sources().expect("a source");
            assert_eq!(sources.len(), 1);
            presentation
                .verify(std::slice::from_ref(&evidence), &challenge(), now())
                .expect("valid")
        }),
        raw: Some(
            against("two aws-lc-rs verifications", move || {
                check();
                check();
            })
            .at_least(0.7),
        ),
        peers: vec![{
            let waiting = runtime();
            against("ssi 0.16", move || ssi_verify(&waiting, &peer_presented, &issuer_jwk, &holder_jwk))
                .at_least(3.5)
        }],
    };
    vec![issue_row, present_row, verify_row]
}

fn copy(key: &SigningKey) -> SigningKey {
    SigningKey::from_secret(key.algorithm(), &key.expose_secret()).expect("a key")
}

fn issue(issuer: &SigningKey, holder: &SigningKey) -> String {
    let mut claims = ten_claims();
    let disclosable: Vec<ClaimPath> = claims.keys().map(|name| name.as_str().into()).collect();
    claims.insert("iss".to_owned(), ISSUER.into());
    claims.insert("vct".to_owned(), "https://issuer.example/types/person".into());
    claims.insert("exp".to_owned(), (now().as_second() + 86_400).into());
    let issuance = sd_jwt::Issuance {
        claims,
        disclosable: &disclosable,
        pad_digests_to: 0,
        holder: Some(holder.public()),
        key_reference: &KeyReference::KeyId("key-1".to_owned()),
    };
    issuance.sign(issuer, &mut rng()).expect("signed")
}

fn present(issued: &str, holder: &SigningKey) -> String {
    let shown: Vec<ClaimPath> = SHOWN.into_iter().map(ClaimPath::from).collect();
    let held = Held::parse(issued).expect("an SD-JWT");
    let selected = held.select(&shown).expect("claims");
    selected.bind(holder, &challenge(), now()).expect("signed")
}

fn challenge() -> Challenge {
    Challenge { audience: "https://verifier.example".to_owned(), nonce: "n-0S6_WzA2Mj".to_owned() }
}

/// The issuer's key, as a verifier keeps it between presentations.
fn evidence(issued: &str, issuer: &SigningKey) -> IssuerKey {
    let unverified = credential::UnverifiedCredential::parse(Format::SdJwtVc, issued).expect("one");
    let source = unverified.key_source().expect("a source");
    assert!(matches!(source, KeySource::WellKnown { .. }));
    let mut jwk = serde_json::to_value(issuer.public().jwk()).expect("a JWK");
    jwk["kid"] = "key-1".into();
    let metadata = json!({"issuer": ISSUER, "jwks": {"keys": [jwk]}});
    IssuerKey::from_issuer_metadata(&source, metadata.to_string().as_bytes()).expect("a key")
}

fn ssi_claims() -> JWTClaims<Map<String, Value>> {
    JWTClaims::builder()
        .iss(ISSUER)
        .with_private_claims(ten_claims())
        .expect("claims")
}

fn pointers() -> Vec<JsonPointerBuf> {
    let pointer = |name: &String| JsonPointerBuf::new(format!("/{name}")).expect("a pointer");
    ten_claims().keys().map(pointer).collect()
}

fn ssi_present(waiting: &tokio::runtime::Runtime, issued: &SdJwtBuf, holder: &ssi::jwk::JWK) -> SdJwtBuf {
    let shown: Vec<JsonPointerBuf> =
        SHOWN.iter().map(|name| JsonPointerBuf::new(format!("/{name}")).expect("a pointer")).collect();
    let revealed = issued.decode_reveal_any().expect("an SD-JWT");
    let mut selected = revealed.retaining(&shown).into_encoded();
    let challenge = challenge();
    let payload = KbJwtPayload::new(challenge.audience, challenge.nonce, SdAlg::Sha256, &selected);
    let binding = waiting.block_on(payload.sign(holder)).expect("signed");
    selected.set_kb(&binding);
    selected
}

fn ssi_verify(
    waiting: &tokio::runtime::Runtime,
    presented: &SdJwtBuf,
    issuer: &ssi::jwk::JWK,
    holder: &ssi::jwk::JWK,
) {
    let parameters = VerificationParameters::from_resolver(issuer);
    let (revealed, verified) = waiting
        .block_on(presented.decode_reveal_verify_any(parameters))
        .expect("verified");
    verified.expect("valid");
    assert!(revealed.claims().private.get(SHOWN[0]).is_some());
    let binding = presented.decode_kb().expect("a KB-JWT").expect("a KB-JWT");
    assert!(binding.signing_bytes.payload.sd_hash.verify(SdAlg::Sha256, presented));
    let parameters = VerificationParameters::from_resolver(holder);
    waiting.block_on(binding.verify(parameters)).expect("verified").expect("valid");
}

const ISSUER: &str = "https://issuer.example";
const SHOWN: [&str; 3] = ["age_over_18", "nationality", "birth_date"];
