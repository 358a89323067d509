use inspect::{Code, Hidden, Kind, Severity, Shown, Verdict};
use keys::base64url;
use serde_json::{Value, json};

use crate::fixture::{codes, did, explain, key, method, now};

const CODE: &str = "SplxlOBeZQQYbYS6WxSbIA-and-more";

fn offer(tx_code: bool) -> Value {
    let mut grant = json!({"pre-authorized_code": CODE});
    if tx_code {
        grant["tx_code"] = json!({"length": 6, "input_mode": "numeric"});
    }
    json!({
        "credential_issuer": "https://id.example",
        "credential_configuration_ids": ["person"],
        "grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": grant},
    })
}

#[test]
fn an_offer_is_explained_without_its_code() {
    let mut link = url::Url::parse("openid-credential-offer://").unwrap();
    link.query_pairs_mut()
        .append_pair("credential_offer", &offer(true).to_string());
    for text in [link.to_string(), offer(true).to_string()] {
        let report = explain(&text);
        assert_eq!(
            (report.kind, report.verdict),
            (Kind::CredentialOffer, Verdict::Good)
        );
        assert!(codes(&report).contains(&Code::TransactionCode));
        let json = serde_json::to_string(&report).unwrap();
        assert!(json.contains("https://id.example") && !json.contains(CODE));
    }
    let report = explain(&offer(false).to_string());
    assert!(codes(&report).contains(&Code::SecretOffer));
}

#[test]
fn an_offer_elsewhere_is_not_fetched_and_its_address_not_repeated() {
    let link = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fid.example%2Foffers%2FtopSecret";
    let report = explain(link);
    assert_eq!(
        (report.kind, report.verdict),
        (Kind::OfferReference, Verdict::Undecided)
    );
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.contains("https://id.example") && !json.contains("topSecret"));
    assert_eq!(
        report.sections[0].entries[0].value,
        Shown::Hidden(Hidden::Address)
    );
}

fn request() -> Value {
    json!({
        "client_id": format!("decentralized_identifier:{}", did(&key(3))),
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "response_uri": "https://shop.example/oid4vp/responses/abcSession",
        "nonce": "n-0S6_WzA2Mj",
        "aud": "https://self-issued.me/v2",
        "iat": now().as_second(),
        "exp": now().as_second() + 300,
        "client_metadata": {"client_name": "Shop"},
        "dcql_query": {"credentials": [{
            "id": "person",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["https://id.example/types/person"]},
            "claims": [{"path": ["age_over_18"], "values": [true]}],
        }]},
    })
}

fn signed(request: &Value) -> String {
    let verifier = key(3);
    let header = json!({
        "alg": "EdDSA",
        "typ": "oauth-authz-req+jwt",
        "kid": method(&verifier).to_string(),
    });
    keys::jws::sign(&header, request.to_string().as_bytes(), &verifier).unwrap()
}

#[test]
fn a_request_says_who_asks_for_what() {
    let object = signed(&request());
    let client = request()["client_id"].as_str().unwrap().to_owned();
    let mut link = url::Url::parse("openid4vp://authorize").unwrap();
    link.query_pairs_mut()
        .append_pair("client_id", &client)
        .append_pair("request", &object);
    for text in [object, link.to_string()] {
        let report = explain(&text);
        assert_eq!(
            (report.kind, report.verdict),
            (Kind::PresentationRequest, Verdict::Good)
        );
        let found = codes(&report);
        assert!(found.contains(&Code::SignatureGood) && found.contains(&Code::FormGood));
        let json = serde_json::to_string(&report).unwrap();
        assert!(json.contains("age_over_18") && json.contains("https://shop.example"));
        assert!(!json.contains("abcSession"));
    }
}

#[test]
fn a_request_that_a_wallet_would_refuse_says_why() {
    let mut asks = request();
    asks["response_mode"] = json!("fragment");
    let report = explain(&signed(&asks));
    assert_eq!(report.verdict, Verdict::Bad);
    let mut old = request();
    old["exp"] = json!(now().as_second() - 300);
    assert!(codes(&explain(&signed(&old))).contains(&Code::Expired));
    let mut other = url::Url::parse("openid4vp://authorize").unwrap();
    other
        .query_pairs_mut()
        .append_pair(
            "client_id",
            "decentralized_identifier:did:web:other.example",
        )
        .append_pair("request", &signed(&request()));
    assert_eq!(explain(other.as_str()).verdict, Verdict::Bad);
}

#[test]
fn a_request_elsewhere_is_not_fetched() {
    let link = "openid4vp://?client_id=decentralized_identifier%3Adid%3Aweb%3Ashop.example&request_uri=https%3A%2F%2Fshop.example%2Frequests%2FtopSecret";
    let report = explain(link);
    assert_eq!(
        (report.kind, report.verdict),
        (Kind::RequestReference, Verdict::Undecided)
    );
    assert!(
        !serde_json::to_string(&report)
            .unwrap()
            .contains("topSecret")
    );
}

#[test]
fn a_status_list_is_counted() {
    let list = {
        let mut list = status::StatusList::new(status::Bits::from_number(1).unwrap(), 131_072);
        list.set(7, status::Status::INVALID).unwrap();
        list.set(1000, status::Status::INVALID).unwrap();
        list
    };
    let issuer = key(1);
    let uri = "https://id.example/status/0".parse().unwrap();
    let name = did(&issuer);
    let reference = credential::KeyReference::KeyId(method(&issuer).to_string());
    let publication = status::Publication {
        list: &list,
        issuer: Some(&name),
        uri: &uri,
        expires_at: None,
        time_to_live: None,
        key_reference: &reference,
    };
    let report = explain(&publication.sign(&issuer, now()).unwrap());
    assert_eq!(
        (report.kind, report.verdict),
        (Kind::StatusListToken, Verdict::Good)
    );
    let count = report
        .findings
        .iter()
        .find(|finding| finding.code == Code::StatusCount)
        .unwrap();
    assert_eq!(count.severity, Severity::Note);
    assert_eq!(count.values["set"], "2");
    assert_eq!(count.values["entries"], "131072");
}

#[test]
fn what_a_credential_can_be_made_to_say_is_shown() {
    let issuer = key(1);
    let list: url::Url = "https://id.example/status/0/message-2.jwt".parse().unwrap();
    let texts = ["none", "under review", "reported lost"].map(str::to_owned);
    let messages = status::StatusMessages::new(texts.to_vec()).unwrap();
    let told = status::BitstringEntry::message(7, list.clone(), messages, Vec::new());
    let revoked = status::BitstringEntry::bit(status::Purpose::Revocation, 7, list);
    let issuance = credential::vc_jwt::Issuance {
        credential: match serde_json::json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": did(&issuer),
            "credentialSubject": {"id": "did:example:alice"},
            "credentialStatus": [revoked.write(), told.write()],
        }) {
            serde_json::Value::Object(credential) => credential,
            other => panic!("{other}"),
        },
        holder: None,
        status: None,
        key_reference: &credential::KeyReference::KeyId(method(&issuer).to_string()),
    };
    let report = explain(&issuance.sign(&issuer).unwrap());
    let found = |code| {
        let mut findings = report.findings.iter();
        findings.find(|finding| finding.code == code).unwrap()
    };
    let place = &found(Code::StatusElsewhere).values["place"];
    assert_eq!(place, "https://id.example/status/0/message-2.jwt");
    let said = found(Code::StatusMessages);
    assert_eq!(said.severity, Severity::Open);
    assert_eq!(said.values["messages"], "none; under review; reported lost");
}

#[test]
fn what_is_encrypted_stays_closed() {
    let header = base64url::encode(br#"{"alg":"ECDH-ES","enc":"A256GCM"}"#);
    let report = explain(&format!("{header}..AAAA.AAAA.AAAA"));
    assert_eq!(
        (report.kind, report.verdict),
        (Kind::EncryptedToken, Verdict::Undecided)
    );
}
