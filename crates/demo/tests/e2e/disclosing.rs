//! W3C credentials of which the wallet shows a part: `ecdsa-sd-2023` and `bbs-2023`, issued,
//! presented and judged over real HTTP.

use credential::Format;
use credential::data_integrity::Cryptosuite;
use demo::stage::Holder;
use issuer::{ClaimName, CredentialType, Enrolled, Identification, Suite};
use openid4vp::verifier::{Answer, Failure};
use serde_json::{Value, json};
use verifier::{NamedPolicy, Outcome, TrustedIssuer, Wish};
use wallet::{Event, Wallet};

use crate::harness::{Town, claims, code};
use crate::tap::Tapped;

const SUITES: [(Suite, Cryptosuite); 2] = [
    (Suite::EcdsaSd2023, Cryptosuite::EcdsaSd2023),
    (Suite::Bbs2023, Cryptosuite::Bbs2023),
];

#[tokio::test]
async fn a_part_is_shown_and_the_rest_stays() {
    for (suite, name) in SUITES {
        let town = town(suite).await;
        let platform = platform(&town, name).await;
        let (enrolled, mut holder) = holder(&town).await;
        let wallet = &mut holder.wallet;
        let mut held = wallet.credentials().iter();
        let held = held.find(|one| one.format == Format::LdpVc).unwrap();
        assert!(held.is_selective());
        let (id, copies) = (held.id.clone(), held.copies_left());

        // The holder is told claim by claim, and it is so.
        let created = request(&platform, "adult").await;
        let review = wallet.review_request(&created.0).await.unwrap();
        let option = &review.asks()[0].options[0];
        assert!(option.id == id && !option.whole);
        let pair = |name: &str, value: Value| (name.to_owned(), value);
        let shared = [
            pair("age_over_18", json!(true)),
            pair("nationality", json!("UTO")),
        ];
        assert_eq!(option.shared, shared);
        assert_eq!(option.identifiers, []);
        assert_eq!(option.hidden, ["birth_date", "family_name", "given_name"]);
        drop(platform.tap.take());
        wallet.present(review, None).await.unwrap();
        let answer = taken(&platform, &created).await.unwrap();
        assert_eq!(claims(&answer), ["credentialSubject.age_over_18=true"]);
        assert_eq!(answer.credentials[0].issuer, town.office.app.did());
        let Event::Presented { shared, .. } = &wallet.history().last().unwrap().event else {
            panic!("another event")
        };
        assert_eq!(shared[0].claims, ["age_over_18", "nationality"]);
        assert_eq!(wallet.credential(&id).unwrap().copies_left(), copies - 1);

        // What went is what the holder was told, and the name of a key that nobody saw before.
        let first = sent(&platform);
        let inner = &first["verifiableCredential"][0];
        assert_eq!(inner["proof"]["cryptosuite"], name.name());
        let subject = inner["credentialSubject"].as_object().unwrap();
        let names: Vec<_> = subject.keys().map(String::as_str).collect();
        assert_eq!(names, ["age_over_18", "id", "nationality"]);
        let text = first.to_string();
        assert!(
            !text.contains("ERIKSSON") && !text.contains("1974"),
            "{text}"
        );

        // Another time, all is different that could be one holder's alone.
        answered(&platform, "adult", wallet).await;
        let second = sent(&platform);
        assert_eq!(differing(&first, &second), OWN);

        town.office.app.revoke(&enrolled.handle).await.unwrap();
        assert_eq!(platform.app.refresh().await.failed, [""; 0]);
        let created = request(&platform, "adult").await;
        let review = wallet.review_request(&created.0).await.unwrap();
        assert!(wallet.present(review, None).await.is_err());
        assert_eq!(taken(&platform, &created).await, Err(Failure::Revoked));
    }
}

/// Whoever asks for another suite is told nothing, and the holder that nothing answers.
#[tokio::test]
async fn another_suite_is_no_answer() {
    for (suite, name) in SUITES {
        let town = town(suite).await;
        let platform = platform(&town, name).await;
        let (_, holder) = holder(&town).await;
        let (link, ..) = request(&platform, "adult-otherwise").await;
        let review = holder.wallet.review_request(&link).await.unwrap();
        assert!(review.asks()[0].options.is_empty());
        assert_eq!(review.missing(), Some(vec!["adult".to_owned()]));
    }
}

/// A town whose issuer has a DID, and gives a credential that is disclosed in part.
async fn town(suite: Suite) -> Town {
    let citizen = CredentialType {
        id: "citizen".to_owned(),
        format: Format::LdpVc,
        name: "CitizenCredential".to_owned(),
        cryptosuite: suite,
        claims: vec![
            ClaimName::GivenName,
            ClaimName::FamilyName,
            ClaimName::BirthDate,
            ClaimName::Nationality,
            ClaimName::AgeOver18,
        ],
        mandatory: vec![ClaimName::Nationality],
        ..CredentialType::defaults().remove(1)
    };
    Town::with(|config| {
        config.issuer.identification = Identification::Did;
        config.issuer.credentials.push(citizen);
    })
    .await
}

async fn platform(town: &Town, suite: Cryptosuite) -> Tapped {
    let trusted = TrustedIssuer::new(town.office.app.did());
    let other = SUITES.iter().find(|(_, other)| *other != suite).unwrap().1;
    Tapped::open_with(town, "agora", |config| {
        config.verifier.issuers = vec![trusted];
        config.verifier.policies = vec![policy("adult", suite), policy("adult-otherwise", other)];
    })
    .await
}

fn policy(name: &str, suite: Cryptosuite) -> NamedPolicy {
    let query = json!({"credentials": [{
        "id": "adult",
        "format": "ldp_vc",
        "meta": {"type_values": [["CitizenCredential"]]},
        "claims": [{"path": ["credentialSubject", "age_over_18"], "values": [true]}],
    }]});
    let policy = json!({"name": name, "cryptosuites": [suite], "query": query.to_string()});
    serde_json::from_value(policy).unwrap()
}

async fn holder(town: &Town) -> (Enrolled, Holder) {
    let enrolled = town.enrol().await;
    let mut holder = town.holder("holder");
    let review = holder.wallet.review_offer(enrolled.link.expose()).await;
    let received = holder.wallet.accept_offer(review.unwrap(), code(&enrolled));
    assert_eq!(received.await.unwrap().len(), 4);
    (enrolled, holder)
}

/// The link, and what the result is taken with.
async fn request(platform: &Tapped, policy: &str) -> (String, verifier::Created) {
    let created = platform
        .app
        .request(policy, &Wish::default())
        .await
        .unwrap();
    (created.link.expose().to_owned(), created)
}

async fn taken(
    platform: &Tapped,
    (_, created): &(String, verifier::Created),
) -> Result<Answer, Failure> {
    let outcome = platform.app.result(&created.id, &created.token, None).await;
    match outcome.unwrap() {
        Outcome::Answered(answer) => Ok(answer),
        Outcome::Failed(failure) => Err(failure),
    }
}

async fn answered(platform: &Tapped, policy: &str, wallet: &mut Wallet) {
    let created = request(platform, policy).await;
    let review = wallet.review_request(&created.0).await.unwrap();
    wallet.present(review, None).await.unwrap();
    assert_eq!(taken(platform, &created).await.unwrap().unasked, 0);
}

/// The presentation that was sent last.
fn sent(platform: &Tapped) -> Value {
    let requests = platform.tap.take();
    let (_, body) = requests
        .iter()
        .rfind(|(head, _)| head.contains("/responses/"))
        .unwrap();
    let mut form = url::form_urlencoded::parse(body);
    let (_, token) = form.find(|(name, _)| name == "vp_token").unwrap();
    let token: Value = serde_json::from_str(&token).unwrap();
    token["adult"][0].clone()
}

/// The places at which two presentations differ.
fn differing(one: &Value, other: &Value) -> Vec<String> {
    let [mut leaves, mut others] = [Vec::new(), Vec::new()];
    flatten(one, "", &mut leaves);
    flatten(other, "", &mut others);
    assert_eq!(leaves.len(), others.len());
    let pairs = leaves.into_iter().zip(others);
    let different = pairs.filter(|(one, other)| one != other);
    different.map(|((place, _), _)| place).collect()
}

fn flatten(value: &Value, place: &str, leaves: &mut Vec<(String, Value)>) {
    match value {
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                flatten(element, &format!("{place}/{index}"), leaves);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                flatten(member, &format!("{place}/{name}"), leaves);
            }
        }
        leaf => leaves.push((place.to_owned(), leaf.clone())),
    }
}

/// What is each presentation's own: the holder's key, the place in the status lists, and proofs. All
/// else is the same for everybody's copies of a day, or is what was asked for.
const OWN: [&str; 8] = [
    "/holder",
    "/proof/challenge",
    "/proof/proofValue",
    "/proof/verificationMethod",
    "/verifiableCredential/0/credentialStatus/0/statusListIndex",
    "/verifiableCredential/0/credentialStatus/1/statusListIndex",
    "/verifiableCredential/0/credentialSubject/id",
    "/verifiableCredential/0/proof/proofValue",
];
