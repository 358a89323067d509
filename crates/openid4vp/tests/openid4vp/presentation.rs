//! Whole presentations: every way to ask, every way to answer.

mod data_integrity;
mod same_device;
mod status;

use credential::Format;
use keys::Algorithm;
use keys::token::BearerToken;
use openid4vp::messages::{AuthorizationResponse, ErrorCode};
use openid4vp::verifier::{Answer, Identity, Phase, Policy, Requested, Session, respond};
use openid4vp::wallet::{self, Authentication};
use serde_json::{Value, json};

use crate::parties::*;

fn path(value: Value) -> dcql::ClaimPath {
    serde_json::from_value(value).unwrap()
}

fn taken(session: Session, token: &BearerToken) -> Answer {
    session.take(token, None, now()).unwrap().result.unwrap()
}

#[test]
fn a_signed_request_is_answered_across_devices() {
    for algorithm in Algorithm::ALL {
        let issuer = Issuer::new(algorithm);
        let verifier = Verifier::new();
        let created = verifier.create(adults(&issuer));
        assert_eq!(created.session.phase(now()), Phase::Requested);
        let request = verifier.open(&created);
        let did = verifier.method.did();
        assert_eq!(
            request.verifier().to_string(),
            format!("decentralized_identifier:{did}")
        );
        assert_eq!(request.authentication(), &Authentication::Did(did.clone()));
        assert_eq!(request.name(), Some("Example Shop"));
        assert_eq!(request.purpose(), Some("To sell you wine"));
        assert_eq!(request.response_uri().host_str(), Some("verifier.example"));

        let sent = accept(request, &[Held::sd_jwt(&issuer, json!({}))]);
        assert_eq!(sent.method(), "POST");
        let step = receive(&created.session, sent.body(), now());
        let reply = respond(&step.reply);
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.body(), b"{}");
        assert_eq!(reply.headers()["cache-control"], "no-store");
        let session = reload(&step.next.unwrap());
        assert_eq!(session.phase(now()), Phase::Answered);
        let answer = taken(session, &created.token);
        assert_eq!(
            answer.value("person", &path(json!(["age_over_18"]))),
            Some(&json!(true))
        );
        assert_eq!(answer.credentials[0].issuer, issuer.did());
        assert_eq!(answer.credentials[0].format, Format::SdJwtVc.name());
    }
}

/// A wallet that knows GET only; and a Request Object that is fetched twice.
#[test]
fn a_request_object_is_handed_out_by_get_and_as_often_as_asked() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let created = verifier.create(adults(&issuer));
    let link = created.link.replace("&request_uri_method=post", "");
    assert_ne!(link, created.link);
    for _ in 0..2 {
        let step = wallet::open(&link, SETTINGS, &mut rng(), now()).unwrap();
        let wallet::Step::Fetch(fetching) = step else {
            panic!("{step:?}")
        };
        let asked = fetching.request();
        assert_eq!(asked.method(), "GET");
        assert!(asked.body().is_empty());
        let response = verifier.hand_out(requested(&created.session), &asked);
        let step = fetching.receive(&response, now()).unwrap();
        assert!(matches!(step, wallet::Step::Consent(_)));
    }
}

#[test]
fn a_wallet_posts_its_metadata_and_nonce() {
    let verifier = Verifier::new();
    let created = verifier.create(adults(&Issuer::new(Algorithm::EdDsa)));
    let body = || {
        let step = wallet::open(&created.link, SETTINGS, &mut rng(), now()).unwrap();
        let wallet::Step::Fetch(fetching) = step else {
            panic!("{step:?}")
        };
        let asked = fetching.request();
        assert_eq!(
            asked.headers()["content-type"],
            "application/x-www-form-urlencoded"
        );
        assert_eq!(asked.headers()["accept"], "application/oauth-authz-req+jwt");
        let form: Vec<(String, String)> = url::form_urlencoded::parse(asked.body())
            .into_owned()
            .collect();
        let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["wallet_metadata", "wallet_nonce"]);
        (form[0].1.clone(), form[1].1.clone())
    };
    let (first, second) = (body(), body());
    assert_eq!(first.0, second.0, "the metadata is the same for everybody");
    assert_ne!(first.1, second.1);
    let metadata: Value = serde_json::from_str(&first.0).unwrap();
    assert!(metadata["vp_formats_supported"]["dc+sd-jwt"]["kb-jwt_alg_values"].is_array());
}

/// A link that carries the signed object itself (section 5.4).
#[test]
fn a_request_object_travels_by_value() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let created = verifier.create(adults(&issuer));
    let session = requested(&created.session);
    let object = session
        .request_object(
            verifier.signer(),
            &openid4vp::verifier::WalletQuestion::default(),
            now(),
        )
        .unwrap();
    let link = format!(
        "https://wallet.example/open?client_id=decentralized_identifier%3A{}&request={object}",
        verifier.method.did().to_string().replace(':', "%3A")
    );
    let step = wallet::open(&link, SETTINGS, &mut rng(), now()).unwrap();
    assert!(matches!(step, wallet::Step::Consent(_)));
}

#[test]
fn a_did_on_the_web_is_resolved_by_the_host() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let mut verifier = Verifier::new();
    let did = did::Did::parse("did:web:verifier.example").unwrap();
    verifier.method = did.url("k1").unwrap();
    let created = verifier.create(adults(&issuer));
    let step = wallet::open(&created.link, SETTINGS, &mut rng(), now()).unwrap();
    let wallet::Step::Fetch(fetching) = step else {
        panic!("{step:?}")
    };
    let response = verifier.hand_out(requested(&created.session), &fetching.request());
    let wallet::Step::Resolve(resolving) = fetching.receive(&response, now()).unwrap() else {
        panic!("it resolved did:web by itself")
    };
    assert_eq!(resolving.did(), &did);
    let document = json!({
        "id": did,
        "verificationMethod": [{
            "id": "did:web:verifier.example#k1",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": verifier.key.public().multikey(),
        }],
        "assertionMethod": ["#k1"],
    });
    let document = did::DidDocument::parse(document.to_string().as_bytes(), &did).unwrap();
    let step = resolving.receive(&document, now()).unwrap();
    assert!(matches!(step, wallet::Step::Consent(_)));
}

#[test]
fn an_unsigned_request_is_shown_as_unauthenticated() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let created = Requested::create(
        adults(&issuer),
        Identity::ResponseUri,
        &endpoints(),
        &mut rng(),
        now(),
    )
    .unwrap();
    let request = Verifier::new().open(&created);
    assert_eq!(request.authentication(), &Authentication::Nobody);
    let address = request.response_uri().to_string();
    assert_eq!(
        request.verifier().to_string(),
        format!("redirect_uri:{address}")
    );
    let sent = accept(request, &[Held::sd_jwt(&issuer, json!({}))]);
    assert_eq!(sent.uri().to_string(), address);
    let step = receive(&created.session, sent.body(), now());
    assert!(step.reply.is_ok(), "{:?}", step.reply);
}

#[test]
fn a_w3c_credential_is_presented() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let query = json!({ "credentials": [{
        "id": "person",
        "format": "jwt_vc_json",
        "meta": { "type_values": [["PersonCredential"]] },
        "claims": [{ "path": ["credentialSubject", "age_over_18"] }],
    }] });
    let policy = Policy {
        query: serde_json::from_value(query).unwrap(),
        ..adults(&issuer)
    };
    let created = verifier.create(policy);
    let sent = accept(verifier.open(&created), &[Held::vc_jwt(&issuer)]);
    let step = receive(&created.session, sent.body(), now());
    assert!(step.reply.is_ok(), "{:?}", step.reply);
    let answer = taken(step.next.unwrap(), &created.token);
    // The wallet had to show the whole credential; the Verifier keeps what it asked for.
    assert_eq!(answer.credentials[0].claims.len(), 1);
    assert!(!serde_json::to_string(&answer).unwrap().contains("Ada"));
}

#[test]
fn a_credential_without_holder_binding_is_presented_when_asked_so() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    for (format, meta) in [
        ("dc+sd-jwt", json!({ "vct_values": ["urn:example:person"] })),
        (
            "jwt_vc_json",
            json!({ "type_values": [["PersonCredential"]] }),
        ),
        ("ldp_vc", json!({ "type_values": [["PersonCredential"]] })),
    ] {
        let query = json!({ "credentials": [{
            "id": "person",
            "format": format,
            "meta": meta,
            "require_cryptographic_holder_binding": false,
        }] });
        let policy = Policy {
            query: serde_json::from_value(query).unwrap(),
            ..adults(&issuer)
        };
        let created = verifier.create(policy);
        let held = match format {
            "dc+sd-jwt" => Held::new(Format::SdJwtVc, issuer.sd_jwt(None, json!({})), None),
            "ldp_vc" => Held::new(Format::LdpVc, issuer.ldp_vc(None, json!({})), None),
            _ => Held::new(Format::JwtVcJson, issuer.vc_jwt(None), None),
        };
        let sent = accept(verifier.open(&created), &[held]);
        let step = receive(&created.session, sent.body(), now());
        assert!(step.reply.is_ok(), "{:?}", step.reply);
    }
}

/// Privacy invariant 6: what was not asked for never leaves.
#[test]
fn only_what_was_asked_for_leaves() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    for (claims, shown) in [
        (json!([{ "path": ["age_over_18"] }]), vec!["age_over_18"]),
        (json!([{ "path": ["address", "country"] }]), vec!["country"]),
        (
            json!([{ "path": ["address"] }]),
            vec!["country", "locality"],
        ),
        (json!([{ "path": ["nationalities", 1] }]), vec!["FR"]),
        (
            json!([{ "path": ["nationalities", null], "values": ["GB"] }]),
            vec!["GB"],
        ),
        (json!([{ "path": ["vct"] }]), vec![]),
    ] {
        let created = verifier.create(policy(&issuer, claims.clone()));
        let sent = accept(verifier.open(&created), &[Held::sd_jwt(&issuer, json!({}))]);
        let AuthorizationResponse::Presentation { vp_token, .. } =
            AuthorizationResponse::parse(sent.body()).unwrap()
        else {
            panic!("no presentation")
        };
        let presentation = &vp_token.0["person"][0];
        let mut disclosed: Vec<String> = presentation
            .as_str()
            .unwrap()
            .split('~')
            .skip(1)
            .filter(|part| !part.is_empty() && !part.contains('.'))
            .map(|part| {
                let disclosure: Vec<Value> =
                    serde_json::from_slice(&keys::base64url::decode(part).unwrap()).unwrap();
                disclosure[1].as_str().unwrap().to_owned()
            })
            .collect();
        disclosed.sort();
        assert_eq!(disclosed, shown, "{claims}");
        let step = receive(&created.session, sent.body(), now());
        assert!(step.reply.is_ok(), "{claims}: {:?}", step.reply);
    }
}

/// Each answer takes different credentials for different queries; all are judged together.
#[test]
fn several_credentials_answer_several_queries() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let verifier = Verifier::new();
    let query = json!({
        "credentials": [
            {
                "id": "person",
                "format": "dc+sd-jwt",
                "meta": { "vct_values": ["urn:example:person"] },
                "claims": [{ "path": ["age_over_18"] }],
            },
            {
                "id": "w3c",
                "format": "jwt_vc_json",
                "meta": { "type_values": [["PersonCredential"]] },
            },
            {
                "id": "licence",
                "format": "mso_mdoc",
                "meta": { "doctype_value": "org.iso.18013.5.1.mDL" },
            },
        ],
        "credential_sets": [
            { "options": [["licence"], ["person", "w3c"]] },
        ],
    });
    let policy = Policy {
        query: serde_json::from_value(query).unwrap(),
        ..adults(&issuer)
    };
    let created = verifier.create(policy);
    let held = [Held::sd_jwt(&issuer, json!({})), Held::vc_jwt(&issuer)];
    let sent = accept(verifier.open(&created), &held);
    let step = receive(&created.session, sent.body(), now());
    assert!(step.reply.is_ok(), "{:?}", step.reply);
    assert_eq!(
        taken(step.next.unwrap(), &created.token).credentials.len(),
        2
    );
}

/// Whoever knows the address, nonce and state of a request could answer it.
#[test]
fn logs_do_not_show_how_to_answer() {
    let verifier = Verifier::new();
    let created = verifier.create(adults(&Issuer::new(Algorithm::EdDsa)));
    assert_eq!(
        format!("{:?}", created.session),
        r#"Requested(Requested { policy: "adults", expires_at: 2027-01-15T08:05:00Z, .. })"#
    );
    let request = verifier.open(&created);
    let shown = format!("{request:?}");
    let answering = request.decline().unwrap();
    assert_eq!(format!("{answering:?}"), "Answering { .. }");
    let body = String::from_utf8(answering.request().into_body()).unwrap();
    let (_, state) = body.rsplit_once('=').unwrap();
    assert!(!shown.contains(state), "{shown}");
}

#[test]
fn an_error_code_is_written_as_it_is_read() {
    for name in [
        "access_denied",
        "invalid_request",
        "vp_formats_not_supported",
    ] {
        assert_eq!(ErrorCode::parse(name).unwrap().name(), name);
    }
}

/// An identifier is typed into command lines.
#[test]
fn an_identifier_does_not_look_like_an_option() {
    let verifier = Verifier::new();
    let issuer = Issuer::new(Algorithm::EdDsa);
    for _ in 0..1000 {
        assert!(!verifier.create(adults(&issuer)).id.starts_with('-'));
    }
}
