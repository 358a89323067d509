//! Foreign bytes never panic, and what is written is read back.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::Response;
use keys::Algorithm;
use openid4vp::ClientId;
use openid4vp::messages::{AuthorizationResponse, ErrorCode, Parameters, VpToken};
use openid4vp::verifier::{Created, WalletQuestion};
use openid4vp::wallet::{self, Step};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::parties::*;

/// One session is enough: nothing here changes it.
static CREATED: LazyLock<(Verifier, String, String)> = LazyLock::new(|| {
    let verifier = Verifier::new();
    let created: Created = verifier.create(adults(&Issuer::new(Algorithm::EdDsa)));
    let state = serde_json::to_value(&created.session).unwrap();
    let state = state
        .pointer("/requested/state")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    (
        verifier,
        serde_json::to_string(&created.session).unwrap(),
        state,
    )
});

fn values(texts: Vec<String>) -> Vec<Value> {
    texts.into_iter().map(Value::from).collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        Just(json!("https://verifier.example/post")),
        Just(json!("vp_token")),
        Just(json!("direct_post")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const NAMES: [&str; 16] = [
    "aud",
    "client_id",
    "client_metadata",
    "dcql_query",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "purpose",
    "redirect_uri",
    "response_mode",
    "response_type",
    "response_uri",
    "scope",
    "state",
    "transaction_data",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn links_of_anything(link in ".{0,200}") {
        let _ = wallet::open(&link, SETTINGS, &mut rng(), now());
    }

    #[test]
    fn links_with_any_parameters(
        parameters in prop::collection::vec((prop::sample::select(NAMES.to_vec()), ".{0,40}"), 0..8),
        prefix in prop::sample::select(vec!["redirect_uri:", "decentralized_identifier:", "", "x:"]),
        rest in ".{0,20}",
    ) {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &format!("{prefix}{rest}"))
            .extend_pairs(parameters)
            .finish();
        let _ = wallet::open(&format!("openid4vp://?{query}"), SETTINGS, &mut rng(), now());
    }

    #[test]
    fn client_ids_of_anything(text in ".{0,60}") {
        if let Ok(id) = ClientId::parse(&text) {
            prop_assert_eq!(id.as_str(), text);
        }
    }

    /// A member of a signed request is replaced by anything.
    #[test]
    fn request_objects_with_anything_in_them(
        name in prop::sample::select(NAMES.to_vec()),
        value in any_json(),
    ) {
        let (verifier, session, _) = &*CREATED;
        let session = serde_json::from_str(session).unwrap();
        let link = requested(&session).link();
        let Ok(Step::Fetch(fetching)) = wallet::open(&link, SETTINGS, &mut rng(), now()) else {
            panic!("the link is good")
        };
        let response = verifier.hand_out(requested(&session), &fetching.request());
        let text = String::from_utf8(response.into_body()).unwrap();
        let payload = text.split('.').nth(1).unwrap();
        let mut payload: Value =
            serde_json::from_slice(&keys::base64url::decode(payload).unwrap()).unwrap();
        payload.as_object_mut().unwrap().insert(name.to_owned(), value);
        let header = json!({
            "alg": "EdDSA", "typ": "oauth-authz-req+jwt", "kid": verifier.method,
        });
        let text = keys::jws::sign(&header, payload.to_string().as_bytes(), &verifier.key).unwrap();
        let _ = fetching.receive(&request_object(text), now());
    }

    #[test]
    fn request_objects_of_anything(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let (_, session, _) = &*CREATED;
        let session = serde_json::from_str(session).unwrap();
        let link = requested(&session).link();
        let Ok(Step::Fetch(fetching)) = wallet::open(&link, SETTINGS, &mut rng(), now()) else {
            panic!("the link is good")
        };
        let mut response: Response<Vec<u8>> = request_object(String::new());
        *response.body_mut() = body;
        prop_assert!(fetching.receive(&response, now()).is_err());
    }

    #[test]
    fn questions_and_responses_of_anything(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = WalletQuestion::parse(&body);
        let _ = Parameters::parse(&body);
        let _ = AuthorizationResponse::parse(&body);
    }

    /// Whatever is presented with the right `state`, the Verifier refuses without a panic.
    #[test]
    fn presentations_of_anything(
        texts in prop::collection::vec("[ -~]{0,60}|[A-Za-z0-9_-]{4,20}\\.[A-Za-z0-9_-]{4,20}\\.[A-Za-z0-9_-]{86}~", 1..3),
        query in prop::sample::select(vec!["person", "other"]),
    ) {
        let (_, session, state) = &*CREATED;
        let session = serde_json::from_str(session).unwrap();
        let response = AuthorizationResponse::Presentation {
            state: Some(state.clone()),
            vp_token: VpToken([(query.to_owned(), values(texts))].into()),
        };
        let step = receive(&session, response.encode().as_bytes(), now());
        prop_assert!(step.reply.is_err());
    }

    #[test]
    fn responses_are_read_as_they_are_written(
        state in prop::option::of(".{1,20}".prop_filter("it marks bad text", |text| !text.contains('\u{fffd}'))),
        texts in prop::collection::btree_map("[a-z]{1,5}", prop::collection::vec("[!-~]{1,20}", 1..3), 1..3),
    ) {
        let entries: BTreeMap<_, _> =
            texts.into_iter().map(|(query, texts)| (query, values(texts))).collect();
        let response = AuthorizationResponse::Presentation {
            state: state.clone(),
            vp_token: VpToken(entries.clone()),
        };
        let AuthorizationResponse::Presentation { state: read, vp_token } =
            AuthorizationResponse::parse(response.encode().as_bytes()).unwrap()
        else {
            panic!("no presentation")
        };
        prop_assert_eq!(&read, &state);
        prop_assert_eq!(vp_token.0, entries);
        let response = AuthorizationResponse::Error {
            error: Some(ErrorCode::AccessDenied),
            state: state.clone(),
        };
        let AuthorizationResponse::Error { error, state: read } =
            AuthorizationResponse::parse(response.encode().as_bytes()).unwrap()
        else {
            panic!("no error")
        };
        prop_assert_eq!(error, Some(ErrorCode::AccessDenied));
        prop_assert_eq!(read, state);
    }
}
