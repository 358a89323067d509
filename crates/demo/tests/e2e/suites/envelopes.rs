//! VCDM 2.0, sections 4.13 and 4.14, and VC-JOSE-COSE: what is secured by an envelope.

use credential::mechanism::Mechanism;
use keys::base64url;
use serde_json::{Value, json};

use crate::suites::{EXAMPLES, Services, Stranger, V2, credential, presentation, without};

const JOSE: [&str; 6] = [
    "vc-jose-eddsa",
    "vc-jose-es256",
    "vc-jose-es384",
    "vc-sd-jwt-eddsa",
    "vc-sd-jwt-es256",
    "vc-sd-jwt-es384",
];

#[tokio::test]
async fn vcdm_4_13_an_enveloped_credential_has_context_data_url_and_type() {
    let services = Services::open().await;
    for mechanism in JOSE {
        let enveloped = services.issued(mechanism, &credential(json!({}))).await;
        assert_eq!(enveloped["@context"], json!([V2]));
        assert_eq!(enveloped["type"], "EnvelopedVerifiableCredential");
        assert!(
            enveloped["id"]
                .as_str()
                .unwrap()
                .starts_with("data:application/vc+")
        );
        services.believed(mechanism, &enveloped).await;
        let inside = payload(&enveloped);
        for name in ["@context", "type", "issuer", "credentialSubject"] {
            assert!(inside.get(name).is_some(), "{mechanism}: {name}");
        }
        let token = enveloped["id"].as_str().unwrap().split(',').next_back();
        for (why, name, value) in [
            ("no contexts", "@context", json!([])),
            ("another context", "@context", json!(EXAMPLES)),
            ("no data URL", "id", json!(token)),
            ("another type", "type", json!("VerifiableCredential")),
        ] {
            let mut wrong = enveloped.clone();
            wrong[name] = value;
            services.refused(why, &wrong).await;
        }
        services
            .refused("no type", &without(enveloped, "type"))
            .await;
    }
}

#[tokio::test]
async fn vcdm_4_13_an_enveloped_presentation_has_context_data_url_and_type() {
    let services = Services::open().await;
    for mechanism in [
        Mechanism::VcJoseEddsa,
        Mechanism::VcJoseEs256,
        Mechanism::VcJoseEs384,
    ] {
        let holder = Stranger::new(mechanism, services.now());
        let credentials = json!([credential(json!({})), credential(json!({}))]);
        let asked = presentation(json!({"verifiableCredential": credentials}));
        let enveloped = holder.present(&asked);
        assert_eq!(enveloped["type"], "EnvelopedVerifiablePresentation");
        services.presentation_believed("whole", &enveloped).await;
        let token = enveloped["id"].as_str().unwrap().split(',').next_back();
        for (why, name, value) in [
            ("no contexts", "@context", json!([])),
            ("another context", "@context", json!([EXAMPLES])),
            ("no data URL", "id", json!(token)),
            ("another type", "type", json!(["VerifiablePresentation"])),
        ] {
            let mut wrong = enveloped.clone();
            wrong[name] = value;
            services.presentation_refused(why, &wrong).await;
        }
    }
}

#[tokio::test]
async fn vcdm_4_13_a_presentation_may_hold_enveloped_credentials() {
    let services = Services::open().await;
    let holder = Stranger::new(Mechanism::EddsaRdfc2022, services.now());
    let enveloped = services
        .issued("vc-jose-es256", &credential(json!({})))
        .await;
    let held = |credential: Value| presentation(json!({"verifiableCredential": [credential]}));
    services
        .presentation_believed("unsigned", &held(enveloped.clone()))
        .await;
    let signed = holder.present(&held(enveloped.clone()));
    services.presentation_believed("signed", &signed).await;
    services
        .presentation_refused("no type", &held(without(enveloped, "type")))
        .await;
}

/// VC-JOSE-COSE, sections 3.1 and 3.2: `typ`, `vc`, `vp`, and who says so.
#[tokio::test]
async fn vc_jose_cose_3_a_token_says_what_it_is_and_is_signed() {
    let services = Services::open().await;
    for mechanism in ["vc-jose-eddsa", "vc-jose-es256", "vc-jose-es384"] {
        let enveloped = services.issued(mechanism, &credential(json!({}))).await;
        let token = enveloped["id"].as_str().unwrap().split_once(',').unwrap().1;
        let (header, rest) = token.split_once('.').unwrap();
        let (claims, signature) = rest.split_once('.').unwrap();
        let header: Value = serde_json::from_slice(&base64url::decode(header).unwrap()).unwrap();
        assert_eq!(header["typ"], "vc+jwt");
        assert_eq!(
            header["kid"],
            services.party(mechanism)["verificationMethod"]
        );
        let inside = payload(&enveloped);
        assert!(inside.get("vc").is_none() && inside.get("vp").is_none());
        let with = |header: &Value, claims: &str, signature: &str| {
            let header = base64url::encode(header.to_string());
            let mut wrong = enveloped.clone();
            wrong["id"] = format!("data:application/vc+jwt,{header}.{claims}.{signature}").into();
            wrong
        };
        let mut typ = header.clone();
        typ["typ"] = "vp+jwt".into();
        let none = json!({"alg": "none", "typ": "vc+jwt"});
        let mut claim = inside.clone();
        claim["vc"] = inside.clone();
        let claim = base64url::encode(claim.to_string());
        let other = base64url::encode([7; 64]);
        for (why, wrong) in [
            ("another media type", with(&typ, claims, signature)),
            ("no integrity", with(&none, claims, "")),
            ("another signature", with(&header, claims, &other)),
            ("a claim `vc`", with(&header, &claim, signature)),
        ] {
            services.refused(why, &wrong).await;
        }
    }
}

/// VC-JOSE-COSE, section 3.1.3: `iss`, if it is there, is the issuer; `vc` and `vp` are not there.
#[tokio::test]
async fn vc_jose_cose_3_claims_that_contradict_the_credential_are_not_issued() {
    let services = Services::open().await;
    for (why, members) in [
        ("vc", json!({"vc": {}})),
        ("vp", json!({"vp": {}})),
        ("iss", json!({"iss": "https://another.example"})),
    ] {
        for mechanism in ["vc-jose-es256", "vc-sd-jwt-es256"] {
            let (status, answer) = services
                .issue(mechanism, &credential(members.clone()))
                .await;
            assert!(matches!(status, 400 | 422), "{mechanism}: {why}: {answer}");
        }
    }
}

/// VC-JOSE-COSE, section 1.1.2: what is not understood is ignored. Two of the suite's cases expect the
/// opposite.
#[tokio::test]
async fn vc_jose_cose_1_members_that_are_not_understood_are_ignored() {
    let services = Services::open().await;
    let members = json!({"@context": [V2, EXAMPLES], "badExtension": {"huh": "what?"}});
    for mechanism in JOSE {
        let issued = services
            .issued(mechanism, &credential(members.clone()))
            .await;
        services.believed(mechanism, &issued).await;
    }
}

/// VC-JOSE-COSE, section 3.3.2: credentials in a presentation are enveloped, and secured.
#[tokio::test]
async fn vc_jose_cose_3_a_presentation_of_unsecured_credentials_is_refused() {
    let services = Services::open().await;
    let holder = Stranger::new(Mechanism::VcJoseEs256, services.now());
    let signed = holder.sign(&presentation(json!({})));
    services.presentation_believed("empty", &signed).await;
    let secured = services
        .issued("eddsa-rdfc-2022", &credential(json!({})))
        .await;
    let nameless = json!({"@context": V2, "id": "data:application/vc+jwt,a.b.c",
        "type": "EnvelopedVerifiableCredential"});
    for (why, inside) in [("no envelope", secured), ("nothing in it", nameless)] {
        let signed = holder.sign(&presentation(json!({"verifiableCredential": [inside]})));
        services.presentation_refused(why, &signed).await;
    }
}

/// What the token in an envelope says.
fn payload(enveloped: &Value) -> Value {
    let token = enveloped["id"].as_str().unwrap().split_once(',').unwrap().1;
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(claims).unwrap()).unwrap()
}
