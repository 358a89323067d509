//! Privacy invariants 1 and 6 (`docs/threat-model.md`).

use std::collections::BTreeSet;

use demo::passport::Specimen;
use demo::traces;
use keys::base64url;
use serde_json::Value;

use crate::harness::{Town, log_in};
use crate::tap::Tapped;

#[tokio::test]
async fn invariant_1_presentations_cause_no_request_to_the_issuer() {
    let town = Town::open().await;
    let platforms = [town.platform("agora").await, town.platform("bazaar").await];
    let (_, mut holder) = town.enrolled_holder().await;
    let before = town.office.log.take();
    assert!(before.contains(&"POST /token".to_owned()), "{before:?}");
    for platform in &platforms {
        for policy in ["login", "age-over-18", "identity", "adult-jwt"] {
            log_in(platform, policy, &mut holder.wallet).await;
        }
    }
    assert_eq!(town.office.log.take(), [""; 0]);
}

/// A request that the log does not know would find nobody.
#[tokio::test]
async fn invariant_1_presentations_succeed_while_the_issuer_is_off() {
    let town = Town::open().await;
    let platform = town.platform("agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    town.office.close().await.unwrap();
    for policy in ["login", "age-over-18", "adult-jwt"] {
        log_in(&platform, policy, &mut holder.wallet).await;
    }
}

#[tokio::test]
async fn invariant_6_an_sd_jwt_vc_tells_the_verifier_what_was_consented_to_and_no_more() {
    let town = Town::open().await;
    let verifier = Tapped::open(&town, "agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let sent = answer(&verifier, "age-over-18", &mut holder.wallet).await;
    let (shared, presentation) = (&sent.shared, sent.presentation("person"));
    assert_eq!(shared.len(), 1);

    let (credential, rest) = presentation.split_once('~').unwrap();
    let (disclosures, binding) = rest.rsplit_once('~').unwrap();
    let disclosed: Vec<(String, Value)> = disclosures
        .split('~')
        .map(|one| serde_json::from_slice(&base64url::decode(one).unwrap()).unwrap())
        .map(|(_salt, name, value): (String, String, Value)| (name, value))
        .collect();
    assert_eq!(&disclosed, shared);
    let technical = [
        "_sd", "_sd_alg", "cnf", "exp", "iat", "iss", "nbf", "status", "vct",
    ];
    let payload = jwt_payload(credential);
    for name in payload.as_object().unwrap().keys() {
        assert!(technical.contains(&name.as_str()), "{name}");
    }
    let bound: BTreeSet<String> = keys_of(&jwt_payload(binding));
    assert_eq!(
        bound,
        ["aud", "iat", "nonce", "sd_hash"].map(str::to_owned).into()
    );
    sent.does_not_name_the_person();
    stores_no_person(&town, "agora");
}

#[tokio::test]
async fn invariant_6_a_w3c_credential_tells_the_verifier_what_was_consented_to_and_no_more() {
    let town = Town::open().await;
    let verifier = Tapped::open(&town, "agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let sent = answer(&verifier, "adult-jwt", &mut holder.wallet).await;
    let names: Vec<&str> = sent.shared.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["age_over_18"]);
    let presentation = jwt_payload(&sent.presentation("adult"));
    let enveloped = presentation["verifiableCredential"][0]["id"]
        .as_str()
        .unwrap();
    let credential = enveloped.split_once(',').unwrap().1;
    let credential = jwt_payload(credential);
    let mut subject = keys_of(&credential["credentialSubject"]);
    // The key that the copy is bound to, which no other copy has.
    subject.remove("id");
    assert_eq!(subject, ["age_over_18".to_owned()].into());
    sent.does_not_name_the_person();
    stores_no_person(&town, "agora");
}

#[tokio::test]
async fn invariant_6_the_wallet_says_nothing_of_itself() {
    let town = Town::open().await;
    let verifier = Tapped::open(&town, "agora").await;
    let (_, mut holder) = town.enrolled_holder().await;
    let sent = answer(&verifier, "age-over-18", &mut holder.wallet).await;
    for (head, _) in &sent.requests {
        for header in head.lines().skip(1) {
            let (name, _) = header.split_once(':').unwrap();
            let usual = [
                "accept",
                "content-length",
                "content-type",
                "host",
                "user-agent",
            ];
            assert!(usual.contains(&name), "{header}");
        }
        assert!(head.contains("\nuser-agent: "), "{head}");
    }
}

/// Two platforms compare everything that the wallet sent to them.
#[tokio::test]
async fn two_platforms_receive_nothing_by_which_they_could_recognize_a_holder() {
    let town = Town::open().await;
    let verifiers = [
        Tapped::open(&town, "agora").await,
        Tapped::open(&town, "bazaar").await,
    ];
    let (_, mut holder) = town.enrolled_holder().await;
    for (policy, query) in [("age-over-18", "person"), ("adult-jwt", "adult")] {
        let mut received = Vec::new();
        for verifier in &verifiers {
            let sent = answer(verifier, policy, &mut holder.wallet).await;
            received.push(leaves(&sent.presentation(query)));
            town.clock.advance(jiff::SignedDuration::from_secs(61));
        }
        let equal = &received[0] & &received[1];
        for leaf in &equal {
            let (path, _) = leaf.split_once('=').unwrap();
            let mut names = path.rsplit('.');
            let name = names.find(|part| part.parse::<usize>().is_err());
            assert!(EVERYBODYS.contains(&name.unwrap()), "both received {leaf}");
        }
        assert!(equal.len() > 3, "the comparison sees something: {equal:?}");
        assert!(received[0].len() > equal.len() + 3, "{:?}", received[0]);
    }
}

struct Sent {
    /// What the consent screen had shown.
    shared: Vec<(String, Value)>,
    requests: Vec<(String, axum::body::Bytes)>,
}

async fn answer(verifier: &Tapped, policy: &str, wallet: &mut wallet::Wallet) -> Sent {
    let created = verifier
        .app
        .request(policy, &verifier::Wish::default())
        .await
        .unwrap();
    drop(verifier.tap.take());
    let review = wallet.review_request(created.link.expose()).await.unwrap();
    let chosen = review.chosen(None).unwrap();
    let shared = chosen
        .iter()
        .flat_map(|option| option.shared.clone())
        .collect();
    wallet.present(review, None).await.unwrap();
    let outcome = verifier
        .app
        .result(&created.id, &created.token, None)
        .await
        .unwrap();
    assert!(matches!(outcome, verifier::Outcome::Answered(answer) if answer.unasked == 0));
    Sent {
        shared,
        requests: verifier.tap.take(),
    }
}

impl Sent {
    /// The one presentation under a query.
    fn presentation(&self, query: &str) -> String {
        let (_, body) = self
            .requests
            .iter()
            .find(|(head, _)| head.contains("/responses/"))
            .unwrap();
        let form: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
        let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
        assert!(
            names
                .iter()
                .all(|name| ["state", "vp_token"].contains(name)),
            "{names:?}"
        );
        let token = &form.iter().find(|(name, _)| name == "vp_token").unwrap().1;
        let token: Value = serde_json::from_str(token).unwrap();
        assert_eq!(keys_of(&token), [query.to_owned()].into());
        let presentations = token[query].as_array().unwrap();
        assert_eq!(presentations.len(), 1);
        presentations[0].as_str().unwrap().to_owned()
    }

    /// Neither as it is, nor in what base64url hides.
    fn does_not_name_the_person(&self) {
        let specimen = Specimen::of_doc_9303(crate::harness::DAY.parse().unwrap()).unwrap();
        for (head, body) in &self.requests {
            let text = format!("{head}\n{}", String::from_utf8_lossy(body));
            let decoded = text
                .split(|one: char| !(one.is_ascii_alphanumeric() || one == '-' || one == '_'))
                .filter_map(|part| base64url::decode(part).ok())
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            for text in decoded.chain([text.clone()]) {
                for mark in specimen.recognizable() {
                    assert!(!text.to_uppercase().contains(mark), "{mark} in {text}");
                }
            }
        }
    }
}

fn stores_no_person(town: &Town, name: &str) {
    let specimen = Specimen::of_doc_9303(crate::harness::DAY.parse().unwrap()).unwrap();
    let folder = town.place.path().join(name);
    let search = traces::search(&folder, &specimen.recognizable()).unwrap();
    assert!(search.files > 1 && search.found.is_empty(), "{search:?}");
}

pub(crate) fn jwt_payload(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
}

fn keys_of(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// Everything in a presentation, as `path=value`: what is encoded inside is opened.
fn leaves(presentation: &str) -> BTreeSet<String> {
    let mut leaves = BTreeSet::new();
    let mut places = vec![(String::new(), Value::from(presentation))];
    while let Some((path, value)) = places.pop() {
        match value {
            Value::Object(members) => {
                let members = members.into_iter();
                places.extend(members.map(|(name, value)| (format!("{path}.{name}"), value)));
            }
            Value::Array(elements) => {
                let elements = elements.into_iter().enumerate();
                places.extend(elements.map(|(at, value)| (format!("{path}.{at}"), value)));
            }
            Value::String(text) if text.split(PARTS).any(|part| open(part).is_some()) => {
                for part in text.split(PARTS) {
                    let secret = || serde_json::json!({"signature": part});
                    places.push((path.clone(), open(part).unwrap_or_else(secret)));
                }
            }
            leaf => {
                leaves.insert(format!("{path}={leaf}"));
            }
        }
    }
    leaves.retain(|leaf| !leaf.ends_with("signature=\"\"") && !leaf.contains("\"data:"));
    leaves
}

/// A part of a JWT that is JSON, or a disclosure.
fn open(part: &str) -> Option<Value> {
    let value: Value = serde_json::from_slice(&base64url::decode(part).ok()?).ok()?;
    match value.as_array().map(Vec::as_slice) {
        Some([salt, name, value]) => {
            let name = name.as_str()?;
            Some(serde_json::json!({"salt": salt, name: value}))
        }
        Some(_) => None,
        None => value.is_object().then_some(value),
    }
}

const PARTS: [char; 3] = ['~', '.', ','];

/// What is the same for everybody: in what form the credential and its binding are, who issued it,
/// of what type, from which to which day; and what is asked for is true.
const EVERYBODYS: [&str; 22] = [
    "@context",
    "_sd_alg",
    "age_over_18",
    "alg",
    "crv",
    "cty",
    "exp",
    "iat",
    "iss",
    "issuer",
    "kid",
    "kty",
    "nbf",
    "statusListCredential",
    "statusPurpose",
    "typ",
    "type",
    "uri",
    "use",
    "validFrom",
    "validUntil",
    "vct",
];
