//! The published examples and the conformance suite's schemas: one test for each file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use http::Response;
use keys::{Algorithm, Jwk, PublicKey};
use openid4vci::messages::{
    AuthorizationDetail, AuthorizationServerMetadata, CredentialConfiguration,
    CredentialIssuerMetadata, CredentialOffer, CredentialRequest, CredentialResponse, OfferLink,
};
use openid4vci::wallet::{
    Discovery, DiscoveryError, IssuerProfile, Options, Progress, ResponseFault,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::harness::{Host, Wallet, key, rng};
use crate::schema::satisfies;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn text(set: &str, file: &str) -> String {
    std::fs::read_to_string(root().join(set).join(file)).unwrap()
}

/// Declares one test for each file of a set, and one that fails if a file is not run.
macro_rules! files {
    ($module:ident, $set:literal, $folder:literal, not_run: [$($unused:literal),*], $($name:ident: $file:literal => $judge:expr,)*) => {
        mod $module {
            use super::*;
            $(
                #[test]
                fn $name() {
                    let judge: fn(&str) = $judge;
                    judge(&text(concat!($set, "/", $folder), $file));
                }
            )*

            #[test]
            fn every_file_is_run() {
                let listed: BTreeSet<String> =
                    [$($file,)* $($unused,)* "README.md"].map(str::to_owned).into();
                let present: BTreeSet<String> = std::fs::read_dir(root().join($set).join($folder))
                    .unwrap()
                    .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                    .chain(["README.md".to_owned()])
                    .collect();
                assert_eq!(listed, present);
                let papers = text($set, "README.md");
                let not_run: &[&str] = &[$($unused,)*];
                for unused in not_run {
                    assert!(papers.contains(*unused), "{unused} needs a reason");
                }
            }
        }
    };
}

files! {
    examples, "openid4vci-1.0-examples", "", not_run: ["wallet_attestation.jwt.txt"],
    authorization_details: "authorization_details.json" => authorization_details_of,
    authorization_details_jwt_vc_json: "authorization_details_jwt_vc_json.json" => authorization_details_of,
    authorization_details_ldp_vc: "authorization_details_ldp_vc.json" => authorization_details_of,
    authorization_details_mso_doc: "authorization_details_mso_doc.json" => authorization_details_of,
    authorization_details_multiple_credentials: "authorization_details_multiple_credentials.json" => authorization_details_of,
    authorization_details_sd_jwt_vc: "authorization_details_sd_jwt_vc.json" => authorization_details_of,
    authorization_details_with_as: "authorization_details_with_as.json" => authorization_details_of,
    credential_issuer_metadata_sd_jwt_jwt: "credential_issuer_metadata_sd_jwt_jwt.txt" => |text| {
        // Signed metadata: this wallet asks for JSON, and takes nothing else.
        let jwt = text.replace('\n', "");
        let payload = keys::base64url::decode(jwt.split('.').nth(1).unwrap()).unwrap();
        let mut metadata: Value = serde_json::from_slice(&payload).unwrap();
        assert!(serde_json::from_value::<CredentialIssuerMetadata>(metadata.take()).is_ok());
        let signed = Response::builder()
            .header("content-type", "application/jwt")
            .body(jwt.into_bytes())
            .unwrap();
        let stage = Discovery::start(&link("https://credential-issuer.example.com", "x"), Options::default());
        match stage.unwrap().receive(&signed).unwrap_err() {
            DiscoveryError::Response(error) => assert_eq!(error.fault, ResponseFault::ContentType),
            other => panic!("{other}"),
        }
    },
    credential_issuer_metadata_sd_jwt_long: "credential_issuer_metadata_sd_jwt_long.json" => |text| {
        let metadata: CredentialIssuerMetadata = lossless(text);
        assert!(suits("oid4vci/credential_issuer_metadata-1_0.json", &serde_json::from_str(text).unwrap(), true));
        // It demands encryption.
        let error = discover(&metadata, "SD_JWT_VC_example_in_OpenID4VCI").unwrap_err();
        assert_eq!(error, DiscoveryError::Encryption);
    },
    credential_metadata_jwt_vc_json: "credential_metadata_jwt_vc_json.json" => |text| {
        // Its binding method `did:example` is none that this wallet has; with a real one it is taken.
        configuration(text, "UniversityDegreeCredential", Err(DiscoveryError::Unsupported));
        let real = text.replace("did:example", "did:key");
        configuration(&real, "UniversityDegreeCredential", Ok(4));
    },
    credential_metadata_ldp_vc: "credential_metadata_ldp_vc.json" => |text| {
        configuration(text, "UniversityDegree_LDP_VC", Err(DiscoveryError::Unsupported));
    },
    credential_metadata_mso_mdoc: "credential_metadata_mso_mdoc.json" => |text| {
        configuration(text, "org.iso.18013.5.1.mDL", Err(DiscoveryError::Unsupported));
    },
    credential_metadata_sd_jwt_vc: "credential_metadata_sd_jwt_vc.json" => |text| {
        // It demands a key attestation; without that demand it is taken.
        let id = "SD_JWT_VC_example_in_OpenID4VCI";
        configuration(text, id, Err(DiscoveryError::Unsupported));
        let mut value: Value = serde_json::from_str(text).unwrap();
        let proof = &mut value["credential_configurations_supported"][id]["proof_types_supported"]["jwt"];
        proof.as_object_mut().unwrap().remove("key_attestations_required").unwrap();
        configuration(&value.to_string(), id, Ok(13));
    },
    credential_offer_authz_code: "credential_offer_authz_code.txt" => |text| {
        let offer: CredentialOffer = lossless(&body(text));
        assert!(offer.grants.unwrap().authorization_code.unwrap().issuer_state.is_some());
        assert_eq!(offered(&body(text)).unwrap_err(), DiscoveryError::NoPreAuthorizedCode);
    },
    credential_offer_by_reference: "credential_offer_by_reference.json" => |text| {
        let offer: CredentialOffer = lossless(text);
        let grant = offer.grants.unwrap().pre_authorized_code.unwrap();
        assert_eq!(grant.pre_authorized_code.expose(), "adhjhdjajkdkhjhdj");
        assert!(grant.tx_code.is_some(), "present, even if empty");
        assert!(offered(text).is_ok());
    },
    credential_offer_multiple_credentials: "credential_offer_multiple_credentials.json" => |text| {
        let offer: CredentialOffer = lossless(text);
        assert_eq!(offer.credential_configuration_ids.len(), 2);
        assert_eq!(offer.grants.unwrap().pre_authorized_code.unwrap().tx_code.unwrap().length, Some(4));
        assert!(offered(text).is_ok());
    },
    credential_offer_pre_authz_code: "credential_offer_pre-authz_code.json" => |text| {
        let _: CredentialOffer = lossless(text);
        assert!(suits("oid4vci/credential_offer-1_0.json", &serde_json::from_str(text).unwrap(), true));
        assert!(offered(text).is_ok());
    },
    credential_request_iso_mdl: "credential_request_iso_mdl.json" => |text| {
        // A form of an earlier draft: it names neither a configuration nor an identifier.
        let request: CredentialRequest = serde_json::from_str(text).unwrap();
        assert_eq!(request.credential_configuration_id, None);
        assert_eq!(request.proofs.unwrap().jwt.unwrap().len(), 1);
        assert!(!suits("oid4vci/credential_request-1_0.json", &serde_json::from_str(text).unwrap(), true));
    },
    credential_response_jwt_vc_json: "credential_response_jwt_vc_json.txt" => response,
    credential_response_ldp_vc: "credential_response_ldp_vc.txt" => response,
    credential_response_mso_mdoc: "credential_response_mso_mdoc.txt" => response,
    credential_response_sd_jwt_vc: "credential_response_sd_jwt_vc.txt" => response,
    issuer_jwks: "issuer_jwks.json" => |text| {
        let value: Value = serde_json::from_str(&joined(text)).unwrap();
        let jwk: Jwk = serde_json::from_value(value["jwks"]["keys"][0].clone()).unwrap();
        assert_eq!(PublicKey::from_jwk(&jwk).unwrap().algorithm(), Algorithm::Es256);
    },
}

files! {
    metadata, "oidf-schemas", "metadata/openid4vci-1_0", not_run: [],
    dresden_komm_pass: "credential-issuer-metadata-dresden-komm-pass.json" => issuer_metadata,
    server_multiple_errors: "invalid-oauth-authorization-server-metadata-multiple-errors.json" => |text| {
        assert!(serde_json::from_str::<AuthorizationServerMetadata>(text).is_err());
        assert!(!suits("rfc8414/oauth_authorization_server_metadata.json", &serde_json::from_str(text).unwrap(), false));
    },
    bdr_example1: "invalid-openid-credential-issuer-metadata-bdr-example1.json" => |text| {
        assert!(serde_json::from_str::<CredentialIssuerMetadata>(text).is_ok());
        assert!(!suits("oid4vci/credential_issuer_metadata-1_0.json", &serde_json::from_str(text).unwrap(), false));
    },
    ebsi: "invalid-openid-credential-issuer-metadata-ebsi.json" => no_issuer_metadata,
    invalid_type_for_authorization_servers: "invalid-openid-credential-issuer-metadata-invalid-type-for-authorization-servers.json" => no_issuer_metadata,
    missing_required_property_in_optional_property: "invalid-openid-credential-issuer-metadata-missing-required-property-in-optional-property.json" => no_issuer_metadata,
    missing_required_property: "invalid-openid-credential-issuer-metadata-missing-required-property.json" => no_issuer_metadata,
    request_encryption_jwks_as_array: "invalid-openid-credential-issuer-metadata-request-encryption-jwks-as-array.json" => no_issuer_metadata,
    server_mock_full: "valid-oauth-authorization-server-metadata-mock-full.json" => server_metadata,
    server_mock: "valid-oauth-authorization-server-metadata-mock.json" => server_metadata,
    claims_path_pointer_null: "valid-openid-credential-issuer-metadata-claims-path-pointer-null.json" => issuer_metadata,
    eudiw: "valid-openid-credential-issuer-metadata-eudiw.json" => |text| {
        issuer_metadata(text);
        // The longest metadata known: they pass the wallet's limits.
        let metadata: CredentialIssuerMetadata = serde_json::from_str(text).unwrap();
        let id = metadata.credential_configurations_supported.keys().next().unwrap().clone();
        let error = discover_with(text.as_bytes(), &metadata.credential_issuer, &id).unwrap_err();
        assert!(!matches!(error, DiscoveryError::Response(_)), "{error}");
    },
    mock_full: "valid-openid-credential-issuer-metadata-mock-full.json" => issuer_metadata,
    mock_minimal: "valid-openid-credential-issuer-metadata-mock-minimal.json" => issuer_metadata,
    dc_sd_jwt_claims: "valid-openid-credential-issuer-metadata-spec-DcSdJwt-claims-example.json" => issuer_metadata,
    dc_sd_jwt_claims_missing_vct: "valid-openid-credential-issuer-metadata-spec-DcSdJwt-claims-missing-vct-example.json" => |text| {
        // Called valid by its name alone: the suite's own schema requires `vct`, and so do we.
        let metadata: CredentialIssuerMetadata = serde_json::from_str(text).unwrap();
        assert!(!suits("oid4vci/credential_issuer_metadata-1_0.json", &serde_json::from_str(text).unwrap(), false));
        let id = metadata.credential_configurations_supported.keys().next().unwrap().clone();
        assert_eq!(discover(&metadata, &id).unwrap_err(), DiscoveryError::Metadata);
    },
    spec_appendix_example: "valid-openid-credential-issuer-metadata-spec-appendix-example.json" => issuer_metadata,
}

mod schemas {
    use super::*;

    #[test]
    fn our_issuer_metadata_suit_the_schema() {
        let value = serde_json::to_value(Host::new().issuer.metadata()).unwrap();
        assert!(suits(
            "oid4vci/credential_issuer_metadata-1_0.json",
            &value,
            true
        ));
    }

    #[test]
    fn our_server_metadata_suit_the_schema() {
        let value = serde_json::to_value(Host::new().issuer.server_metadata()).unwrap();
        assert!(suits(
            "rfc8414/oauth_authorization_server_metadata.json",
            &value,
            true
        ));
    }

    #[test]
    fn our_offers_suit_the_schema() {
        let mut host = Host::new();
        for tx_code in [true, false] {
            let offer = host.offer(&["pid", "pid-w3c"], tx_code);
            let OfferLink::ByValue(offer) = OfferLink::parse(offer.link_by_value.expose()).unwrap()
            else {
                panic!("an offer by value")
            };
            let value = serde_json::to_value(&offer).unwrap();
            assert!(
                suits("oid4vci/credential_offer-1_0.json", &value, true),
                "{value}"
            );
        }
    }

    #[test]
    fn our_credential_requests_suit_the_schema() {
        let (mut host, wallet) = (Host::new(), Wallet::new());
        let grant = wallet.access(&mut host, &["pid"]);
        let holder = key(Algorithm::EdDsa);
        let stage = grant.order("pid", vec![holder.public().clone()]).unwrap();
        let nonce = stage
            .request(&[&holder], &wallet.dpop, host.now, &mut rng())
            .unwrap();
        let Ok(Progress::More(stage)) = stage.receive(&host.send(nonce)) else {
            panic!("a nonce")
        };
        let request = stage
            .request(&[&holder], &wallet.dpop, host.now, &mut rng())
            .unwrap();
        let value: Value = serde_json::from_slice(request.body()).unwrap();
        assert!(
            suits("oid4vci/credential_request-1_0.json", &value, true),
            "{value}"
        );
    }

    #[test]
    fn every_schema_is_run() {
        let folders = BTreeMap::from([
            (
                "oid4vci",
                BTreeSet::from([
                    "credential_issuer_metadata-1_0.json".to_owned(),
                    "credential_offer-1_0.json".to_owned(),
                    "credential_request-1_0.json".to_owned(),
                ]),
            ),
            (
                "rfc8414",
                BTreeSet::from(["oauth_authorization_server_metadata.json".to_owned()]),
            ),
        ]);
        for (folder, files) in folders {
            let present: BTreeSet<String> =
                std::fs::read_dir(root().join("oidf-schemas/schemas").join(folder))
                    .unwrap()
                    .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                    .collect();
            assert_eq!(files, present);
        }
    }
}

fn suits(file: &str, value: &Value, closed: bool) -> bool {
    let schema = serde_json::from_str(&text("oidf-schemas/schemas", file)).unwrap();
    satisfies(&schema, value, closed)
}

/// Reads a message and writes it again: nothing may be lost.
fn lossless<T: DeserializeOwned + Serialize>(text: &str) -> T {
    let message: T = serde_json::from_str(text).unwrap();
    let written = serde_json::to_value(&message).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(text).unwrap());
    message
}

fn authorization_details_of(text: &str) {
    let details: Vec<AuthorizationDetail> = lossless(text);
    assert!(
        details
            .iter()
            .all(|detail| detail.kind == "openid_credential")
    );
}

fn issuer_metadata(text: &str) {
    assert!(serde_json::from_str::<CredentialIssuerMetadata>(text).is_ok());
    let value = serde_json::from_str(text).unwrap();
    assert!(suits(
        "oid4vci/credential_issuer_metadata-1_0.json",
        &value,
        false
    ));
}

fn no_issuer_metadata(text: &str) {
    assert!(serde_json::from_str::<CredentialIssuerMetadata>(text).is_err());
    let value = serde_json::from_str(text).unwrap();
    assert!(!suits(
        "oid4vci/credential_issuer_metadata-1_0.json",
        &value,
        false
    ));
}

fn server_metadata(text: &str) {
    assert!(serde_json::from_str::<AuthorizationServerMetadata>(text).is_ok());
    let value = serde_json::from_str(text).unwrap();
    assert!(suits(
        "rfc8414/oauth_authorization_server_metadata.json",
        &value,
        false
    ));
}

fn response(text: &str) {
    let response: CredentialResponse = lossless(&joined(&body(text)));
    assert_eq!(response.credentials.unwrap().len(), 1);
}

/// The body of an example HTTP message.
fn body(text: &str) -> String {
    text.split_at(text.find('{').unwrap()).1.to_owned()
}

/// Joins JSON strings that are broken over lines for display.
fn joined(text: &str) -> String {
    let mut inside = false;
    let mut at_line_start = false;
    text.chars()
        .filter(|character| {
            inside ^= *character == '"';
            at_line_start = match character {
                '\n' => true,
                ' ' => at_line_start,
                _ => false,
            };
            !(inside && (*character == '\n' || at_line_start))
        })
        .collect()
}

fn link(issuer: &str, id: &str) -> String {
    let offer = json!({
        "credential_issuer": issuer,
        "credential_configuration_ids": [id],
        "grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {"pre-authorized_code": "x"}}
    });
    offer_link(&offer.to_string())
}

fn offer_link(offer: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!(
        "openid-credential-offer://?{}",
        query.append_pair("credential_offer", offer).finish()
    )
}

fn offered(offer: &str) -> Result<Discovery, DiscoveryError> {
    Discovery::start(&offer_link(offer), Options::default())
}

fn json_response(body: &[u8]) -> Response<Vec<u8>> {
    Response::builder()
        .header("content-type", "application/json")
        .body(body.to_vec())
        .unwrap()
}

/// Has the wallet look up one Credential of an Issuer with these metadata.
fn discover(
    metadata: &CredentialIssuerMetadata,
    id: &str,
) -> Result<IssuerProfile, DiscoveryError> {
    let body = serde_json::to_vec(metadata).unwrap();
    discover_with(&body, &metadata.credential_issuer, id)
}

fn discover_with(metadata: &[u8], issuer: &str, id: &str) -> Result<IssuerProfile, DiscoveryError> {
    let stage = Discovery::start(&link(issuer, id), Options::default())?;
    let Progress::More(stage) = stage.receive(&json_response(metadata))? else {
        panic!("the server's metadata come next")
    };
    let asked = stage.request().uri().to_string();
    let server = asked.replace("/.well-known/oauth-authorization-server", "");
    let server = server.trim_end_matches('/');
    let server = json!({"issuer": server, "token_endpoint": format!("{server}/token")});
    match stage.receive(&json_response(server.to_string().as_bytes()))? {
        Progress::Done(review) => Ok(review.issuer().clone()),
        Progress::More(_) => panic!("nothing more is asked"),
    }
}

/// Judges a fragment of metadata: how many claims the wallet would show, or why it refuses.
fn configuration(text: &str, id: &str, expected: Result<usize, DiscoveryError>) {
    let value: Value = serde_json::from_str(text).unwrap();
    let map: BTreeMap<String, CredentialConfiguration> =
        lossless(&value["credential_configurations_supported"].to_string());
    let issuer = "https://credential-issuer.example.com";
    let metadata: CredentialIssuerMetadata = serde_json::from_value(json!({
        "credential_issuer": issuer,
        "credential_endpoint": format!("{issuer}/credential"),
        "credential_configurations_supported": map,
    }))
    .unwrap();
    let found = discover(&metadata, id).map(|profile| profile.credentials[0].claims.len());
    assert_eq!(found, expected);
}
