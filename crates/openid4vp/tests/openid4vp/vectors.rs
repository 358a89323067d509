//! The messages among the examples of OpenID4VP 1.0. Many use what is refused here, on purpose:
//! then the test says by which name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use credential::{Format, UnverifiedPresentation};
use keys::jws::{JwsError, UnverifiedJws};
use keys::{Algorithm, base64url};
use openid4vp::messages::{AuthorizationRequest, ClientMetadata, ErrorCode, ErrorReply};
use openid4vp::request::{Request, RequestFault};
use openid4vp::{ClientId, ClientIdError};
use serde_json::{Value, json};

/// Every file is named by one test below.
const RUN: [&str; 11] = [
    "client_metadata/mso_mdoc_verifier_metadata.json",
    "client_metadata/sd_jwt_vc_verifier_metadata.json",
    "client_metadata/w3c_jwt_verifier_metadata.json",
    "client_metadata/w3c_ldp_verifier_metadata.json",
    "digital_credentials_api/error_invalid_request.json",
    "digital_credentials_api/signed_request_payload.json",
    "digital_credentials_api/signed_request_payload_compact.json",
    "request/request_header_client_id_did.json",
    "request/request_object_client_id_did.json",
    "response/jwt_vc.json",
    "response/kb_jwt_unsecured.json",
];

#[test]
fn every_file_is_run() {
    let mut found = BTreeSet::new();
    for folder in std::fs::read_dir(root()).unwrap() {
        let folder = folder.unwrap();
        if folder.file_type().unwrap().is_dir() {
            let name = folder.file_name().into_string().unwrap();
            for entry in std::fs::read_dir(folder.path()).unwrap() {
                let entry = entry.unwrap().file_name().into_string().unwrap();
                found.insert(format!("{name}/{entry}"));
            }
        }
    }
    assert_eq!(found, RUN.map(str::to_owned).into());
    let source = include_str!("vectors.rs");
    for name in RUN {
        assert!(source.contains(&format!("load(\"{name}\")")), "{name}");
    }
}

#[test]
fn mso_mdoc_verifier_metadata() {
    let request = asking(load("client_metadata/mso_mdoc_verifier_metadata.json"));
    assert!(!request.reads("dc+sd-jwt", "kb-jwt_alg_values", Algorithm::Es256));
}

#[test]
fn sd_jwt_vc_verifier_metadata() {
    let request = asking(load("client_metadata/sd_jwt_vc_verifier_metadata.json"));
    assert!(request.reads("dc+sd-jwt", "kb-jwt_alg_values", Algorithm::Es256));
    assert!(!request.reads("dc+sd-jwt", "kb-jwt_alg_values", Algorithm::EdDsa));
    assert!(!request.reads("jwt_vc_json", "alg_values", Algorithm::Es256));
}

#[test]
fn w3c_jwt_verifier_metadata() {
    let request = asking(load("client_metadata/w3c_jwt_verifier_metadata.json"));
    assert!(request.reads("jwt_vc_json", "alg_values", Algorithm::Es256));
    assert!(!request.reads("jwt_vc_json", "alg_values", Algorithm::EdDsa));
}

#[test]
fn w3c_ldp_verifier_metadata() {
    let request = asking(load("client_metadata/w3c_ldp_verifier_metadata.json"));
    assert!(!request.reads("jwt_vc_json", "alg_values", Algorithm::Es256));
    let reads = |suite| request.reads_proof("DataIntegrityProof", suite);
    assert!(reads(Some("ecdsa-rdfc-2019")) && reads(Some("bbs-2023")));
    assert!(!reads(Some("eddsa-rdfc-2022")));
    assert!(request.reads_proof("Ed25519Signature2020", None));
    assert!(!request.reads_proof("Ed25519Signature2018", None));
}

#[test]
fn error_invalid_request() {
    let wire = load("digital_credentials_api/error_invalid_request.json");
    let reply: ErrorReply = serde_json::from_value(wire).unwrap();
    assert_eq!(
        ErrorCode::parse(&reply.error),
        Some(ErrorCode::InvalidRequest)
    );
}

#[test]
fn signed_request_payload() {
    // The client stands in a header of the JSON serialization.
    let wire = load("digital_credentials_api/signed_request_payload.json");
    let fault = RequestFault::ClientId(ClientIdError::PreRegistered);
    assert_eq!(refused(wire), fault);
}

#[test]
fn signed_request_payload_compact() {
    let mut wire = load("digital_credentials_api/signed_request_payload_compact.json");
    let fault = RequestFault::ClientId(ClientIdError::X509SanDns);
    assert_eq!(refused(wire.clone()), fault);
    wire["client_id"] = json!("redirect_uri:https://rp.example.com/post");
    assert_eq!(refused(wire), RequestFault::ResponseMode);
}

#[test]
fn request_header_client_id_did() {
    let header = load("request/request_header_client_id_did.json");
    assert_eq!(header["typ"], "oauth-authz-req+jwt");
    let parts = [header.to_string(), "{}".into(), "x".repeat(64)].map(base64url::encode);
    let refused = UnverifiedJws::parse(&parts.join("."), 65_536).unwrap_err();
    assert_eq!(refused, JwsError::AlgorithmUnsupported);
}

#[test]
fn request_object_client_id_did() {
    let mut wire = load("request/request_object_client_id_did.json");
    let fault = RequestFault::ClientId(ClientIdError::Did(did::DidError::Unsupported));
    assert_eq!(refused(wire.clone()), fault);
    wire["client_id"] = json!("decentralized_identifier:did:web:client.example.org");
    assert_eq!(refused(wire.clone()), RequestFault::ResponseMode);
    wire["response_mode"] = json!("direct_post");
    assert_eq!(refused(wire.clone()), RequestFault::RedirectUri);
    wire["response_uri"] = wire["redirect_uri"].take();
    let request = parse(wire).unwrap();
    assert_eq!(request.nonce(), "n-0S6_WzA2Mj");
    assert!(request.reads("dc+sd-jwt", "kb-jwt_alg_values", Algorithm::Es256));
}

/// The audience is a whole Client Identifier; the credential in it is abridged, so that the
/// presentation is refused for that and nothing else can be tested with it.
#[test]
fn jwt_vc() {
    let payload = load("response/jwt_vc.json");
    let audience = payload["aud"].as_str().unwrap();
    assert_eq!(ClientId::parse(audience), Err(ClientIdError::X509SanDns));
    let header = json!({ "alg": "ES256", "typ": "JWT" }).to_string();
    let parts = [header, payload.to_string(), "x".repeat(64)].map(base64url::encode);
    assert!(UnverifiedPresentation::parse(Format::JwtVcJson, &parts.join(".")).is_err());
}

/// What our wallet signs has the same members, `transaction_data_hashes` aside: a request with
/// `transaction_data` is refused.
#[test]
fn kb_jwt_unsecured() {
    let payload = load("response/kb_jwt_unsecured.json");
    let names: BTreeSet<&str> = payload
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = ["aud", "iat", "nonce", "sd_hash", "transaction_data_hashes"];
    assert_eq!(names, expected.into());
    let key = keys::SigningKey::from_secret(Algorithm::EdDsa, &[7; 32]).unwrap();
    let method = did::key::verification_method(key.public());
    let issued = credential::sd_jwt::Issuance {
        claims: json!({ "iss": method.did(), "vct": "urn:a" })
            .as_object()
            .unwrap()
            .clone(),
        disclosable: &[],
        pad_digests_to: 0,
        holder: Some(key.public()),
        key_reference: &credential::KeyReference::KeyId(method.to_string()),
    };
    let rng = &mut rand_core::UnwrapErr(getrandom::SysRng);
    let held = credential::sd_jwt::Held::parse(&issued.sign(&key, rng).unwrap()).unwrap();
    let challenge = credential::Challenge {
        audience: payload["aud"].as_str().unwrap().into(),
        nonce: payload["nonce"].as_str().unwrap().into(),
    };
    let made_at = jiff::Timestamp::from_second(payload["iat"].as_i64().unwrap()).unwrap();
    let presented = held
        .select(&[])
        .unwrap()
        .bind(&key, &challenge, made_at)
        .unwrap();
    let binding = presented.rsplit('~').next().unwrap();
    let ours = base64url::decode(binding.split('.').nth(1).unwrap()).unwrap();
    let ours: Value = serde_json::from_slice(&ours).unwrap();
    for name in ["aud", "iat", "nonce"] {
        assert_eq!(ours[name], payload[name]);
    }
    assert_eq!(ours.as_object().unwrap().len(), 4);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/openid4vp-1.0-examples")
}

/// Reads a file, with a query where one was left out.
fn load(name: &str) -> Value {
    let query = r#"{"credentials":[
        {"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["urn:a"]}}
    ]}"#;
    let text = std::fs::read_to_string(root().join(name)).unwrap();
    let text = text.replace("{ ... }", query).replace("{...}", query);
    serde_json::from_str(&text).unwrap()
}

fn parse(wire: Value) -> Result<Request, RequestFault> {
    let wire: AuthorizationRequest = serde_json::from_value(wire).unwrap();
    Request::parse(wire, false)
}

fn refused(wire: Value) -> RequestFault {
    parse(wire).unwrap_err()
}

/// A request with this metadata, written and read as in a link.
fn asking(metadata: Value) -> Request {
    let read: ClientMetadata = serde_json::from_value(metadata.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), metadata);
    let mut wire = load("request/request_object_client_id_did.json");
    wire["client_id"] = json!("redirect_uri:https://client.example.org/callback");
    wire["response_mode"] = json!("direct_post");
    wire["client_metadata"] = metadata;
    wire.as_object_mut().unwrap().remove("redirect_uri");
    let wire: AuthorizationRequest = serde_json::from_value(wire).unwrap();
    let wire = AuthorizationRequest::from_parameters(&wire.into_parameters()).unwrap();
    Request::parse(wire, false).unwrap()
}
