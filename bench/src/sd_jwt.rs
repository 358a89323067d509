//! SD-JWT VC with ES256: ten claims, three of them shown.

use credential::sd_jwt::{self, ClaimPath, Held};
use credential::{Challenge, Format, IssuerKey, KeyReference, KeySource, UnverifiedPresentation};
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};
use ssi::claims::jwt::JWTClaims;
use ssi::claims::sd_jwt::{JsonPointerBuf, KbJwtPayload, SdAlg, SdJwtBuf};
use ssi::claims::{JwsPayload as _, VerificationParameters};

use crate::fixture::{key, now, rng, runtime, ssi_key, ten_claims};
use crate::harness::{Against, Row, against, work};
use crate::sd_jwt_payload::{self, Signer};
use crate::vc_jwt::raw_p256;

pub fn rows() -> Vec<Row> {
    let (issuer, holder) = (key(Algorithm::Es256), key(Algorithm::Es256));
    let issued = issue(&issuer, &holder);
    let presented = present(&issued, &holder);
    let evidence = evidence(&issued, &issuer);

    let (issuer_jwk, holder_jwk) = (ssi_key(&issuer), ssi_key(&holder));
    let peer_claims = ssi_claims();
    let pointers = pointers();
    let waiting = runtime();
    let peer_issued = waiting
        .block_on(SdJwtBuf::conceal_and_sign(
            &peer_claims,
            SdAlg::Sha256,
            &pointers,
            &issuer_jwk,
        ))
        .expect("signed");
    let peer_presented = ssi_present(&waiting, &peer_issued, &holder_jwk);

    let [issue_by_payload, present_by_payload, verify_by_payload] = by_sd_jwt_payload();
    let (sign, _) = raw_p256();
    let (sign_again, _) = raw_p256();
    let (_, mut check) = raw_p256();
    let issue_row = Row {
        name: "SD-JWT VC ES256: issue 10 claims",
        ours: {
            let (issuer, holder) = (copy(&issuer), copy(&holder));
            let (claims, disclosable) = claims();
            work(move || issue_these(&claims, &disclosable, &issuer, &holder))
        },
        raw: Some(against("aws-lc-rs sign", sign)),
        peers: vec![
            {
                let (waiting, jwk) = (runtime(), issuer_jwk.clone());
                against("ssi 0.16", move || {
                    let signed =
                        SdJwtBuf::conceal_and_sign(&peer_claims, SdAlg::Sha256, &pointers, &jwk);
                    waiting.block_on(signed).expect("signed")
                })
                .at_least(5.0)
            },
            issue_by_payload,
        ],
    };
    let present_row = Row {
        name: "SD-JWT VC ES256: present 3 of 10, with key binding",
        ours: {
            let (issued, holder) = (issued, copy(&holder));
            work(move || present(&issued, &holder))
        },
        raw: Some(against("aws-lc-rs sign", sign_again)),
        peers: vec![
            {
                let (waiting, issued) = (runtime(), peer_issued);
                let jwk = holder_jwk.clone();
                against("ssi 0.16", move || ssi_present(&waiting, &issued, &jwk)).at_least(5.0)
            },
            present_by_payload,
        ],
    };
    let verify_row = Row {
        name: "SD-JWT VC ES256: verify 3 of 10, with key binding",
        ours: work(move || {
            let presentation =
                UnverifiedPresentation::parse(Format::SdJwtVc, &presented).expect("one");
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
        peers: vec![
            {
                let waiting = runtime();
                against("ssi 0.16", move || {
                    ssi_verify(&waiting, &peer_presented, &issuer_jwk, &holder_jwk)
                })
                .at_least(3.5)
            },
            verify_by_payload,
        ],
    };
    vec![issue_row, present_row, verify_row]
}

/// Issuing, presenting and verifying by the other peer.
fn by_sd_jwt_payload() -> [Against; 3] {
    let (claims, _) = claims();
    let pointers = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("/{name}"))
            .collect::<Vec<_>>()
    };
    let names = pointers(&ten_claims().keys().map(String::as_str).collect::<Vec<_>>());
    let shown = pointers(&SHOWN);
    let (issuer, holder) = (Signer::new(), Signer::new());
    let (waiting, jwk, key) = (runtime(), holder.jwk(), issuer.public());
    let issued = sd_jwt_payload::issue(&waiting, &claims, &names, &issuer, &jwk);
    let presented = sd_jwt_payload::present(&waiting, &issued, &shown, &challenge(), &holder);
    let again = runtime();
    [
        against("sd-jwt-payload 0.5 on aws-lc-rs", move || {
            sd_jwt_payload::issue(&waiting, &claims, &names, &issuer, &jwk)
        }),
        against("sd-jwt-payload 0.5 on aws-lc-rs", move || {
            sd_jwt_payload::present(&again, &issued, &shown, &challenge(), &holder)
        }),
        against("sd-jwt-payload 0.5 on aws-lc-rs", move || {
            sd_jwt_payload::verify(&presented, &key, &challenge())
        }),
    ]
}

fn copy(key: &SigningKey) -> SigningKey {
    SigningKey::from_secret(key.algorithm(), &key.expose_secret()).expect("a key")
}

fn claims() -> (Map<String, Value>, Vec<ClaimPath>) {
    let mut claims = ten_claims();
    let disclosable = claims.keys().map(|name| name.as_str().into()).collect();
    claims.insert("iss".to_owned(), ISSUER.into());
    claims.insert(
        "vct".to_owned(),
        "https://issuer.example/types/person".into(),
    );
    claims.insert("exp".to_owned(), (now().as_second() + 86_400).into());
    (claims, disclosable)
}

fn issue(issuer: &SigningKey, holder: &SigningKey) -> String {
    let (claims, disclosable) = claims();
    issue_these(&claims, &disclosable, issuer, holder)
}

fn issue_these(
    claims: &Map<String, Value>,
    disclosable: &[ClaimPath],
    issuer: &SigningKey,
    holder: &SigningKey,
) -> String {
    let issuance = sd_jwt::Issuance {
        claims: claims.clone(),
        disclosable,
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
    Challenge {
        audience: "https://verifier.example".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
    }
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

fn ssi_present(
    waiting: &tokio::runtime::Runtime,
    issued: &SdJwtBuf,
    holder: &ssi::jwk::JWK,
) -> SdJwtBuf {
    let shown: Vec<JsonPointerBuf> = SHOWN
        .iter()
        .map(|name| JsonPointerBuf::new(format!("/{name}")).expect("a pointer"))
        .collect();
    let revealed = issued.decode_reveal_any().expect("an SD-JWT");
    let mut selected = revealed.retaining(&shown).into_encoded();
    let challenge = challenge();
    let payload = KbJwtPayload::new(
        challenge.audience,
        challenge.nonce,
        SdAlg::Sha256,
        &selected,
    );
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
    assert!(
        binding
            .signing_bytes
            .payload
            .sd_hash
            .verify(SdAlg::Sha256, presented)
    );
    let parameters = VerificationParameters::from_resolver(holder);
    waiting
        .block_on(binding.verify(parameters))
        .expect("verified")
        .expect("valid");
}

const ISSUER: &str = "https://issuer.example";
const SHOWN: [&str; 3] = ["age_over_18", "nationality", "birth_date"];
