//! What credentials can be made to say beside whether they are good.

use credential::{Credential, CredentialStatus, Format};
use http::Request;
use issuer::{App, Config, MessageError, MessagesError, OpenError, RevokeError};
use openid4vci::wallet::AccessGrant;
use serde_json::{Value, json};
use status::Status;

use crate::harness::{Office, Wallet, json, message_of, now, send};
use crate::once::Schema;

const MESSAGES: [&str; 3] = ["none", "under review", "reported lost"];

fn saying(config: &mut Config, messages: &[&str]) {
    let messages = messages.iter().map(|&one| one.to_owned());
    config.issuer.status.messages = messages.collect();
}

async fn office() -> Office {
    Office::with(|config| {
        saying(config, &MESSAGES);
        let words = "https://registry.example/words".parse().unwrap();
        config.issuer.status.message_references = vec![words];
    })
    .await
}

async fn copy(office: &Office, wallet: &Wallet, grant: &AccessGrant) -> Credential {
    let received = wallet.order(&office.router, grant, "adult", 1).await;
    let copy = office
        .verify(Format::JwtVcJson, &received.credentials[0])
        .await;
    copy.into_inner()
}

async fn told(office: &Office, copy: &Credential) -> (u8, String) {
    let message = office.message(&copy.status, &copy.issuer).await;
    (message.status, message.message)
}

fn says(code: u8) -> (u8, String) {
    (code, MESSAGES[usize::from(code)].to_owned())
}

async fn a_message_is_told(office: Office) {
    let enrolled = office.enrol().await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &enrolled).await;
    let first = copy(&office, &wallet, &grant).await;
    wallet.order(&office.router, &grant, "person", 2).await;
    assert_eq!(first.status.len(), 3);
    let entry = message_of(&first.status).unwrap();
    assert_eq!(entry.list.path(), "/status/0/message-2.jwt");
    assert_eq!(entry.size, 2);
    assert_eq!(
        entry.references[0].as_str(),
        "https://registry.example/words"
    );
    let places: Vec<u64> = first.status.iter().map(index).collect();
    assert!(places.iter().all(|place| *place == places[0]));
    assert_eq!(told(&office, &first).await, says(0));

    let telling = office.app.tell(&enrolled.handle, 2).await.unwrap();
    assert_eq!(
        (telling.copies, telling.silent, telling.already),
        (1, 2, false)
    );
    assert_eq!(telling.message, "reported lost");
    assert_eq!(told(&office, &first).await, says(2));
    let status = office.status(&first.status, &first.issuer).await;
    assert_eq!(status, Status::VALID);

    // What is issued later says it, too, as soon as the lists are published on schedule.
    let later = copy(&office, &wallet, &grant).await;
    assert_eq!(told(&office, &later).await, says(0));
    office.app.publish_status().await.unwrap();
    assert_eq!(told(&office, &later).await, says(2));
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments[0].message, 2);

    // Another says nothing of that.
    let other = crate::harness::passport("P2");
    let other = office.app.enrol(&other).await.unwrap();
    let other = wallet.redeem(&office.router, &other).await;
    let other = copy(&office, &wallet, &other).await;
    office.app.publish_status().await.unwrap();
    assert_eq!(told(&office, &other).await, says(0));

    let again = office.app.tell(&enrolled.handle, 2).await.unwrap();
    assert!(again.already && again.copies == 2);
    for code in [1, 0] {
        office.app.tell(&enrolled.handle, code).await.unwrap();
        for copy in [&first, &later] {
            assert_eq!(told(&office, copy).await, says(code));
        }
    }
    for code in [3, 4, 255] {
        let refused = office.app.tell(&enrolled.handle, code).await;
        assert!(matches!(refused, Err(MessageError::Code(wrong)) if wrong == code));
    }
    let nobody = "0000-0000-0000-0000".parse().unwrap();
    let refused = office.app.tell(&nobody, 1).await;
    assert!(matches!(
        refused,
        Err(MessageError::Enrolment(RevokeError::Unknown))
    ));
    // Somebody who left is not spoken of.
    office.app.tell(&enrolled.handle, 1).await.unwrap();
    office.app.withdraw(&enrolled.handle).await.unwrap();
    let refused = office.app.tell(&enrolled.handle, 1).await;
    assert!(matches!(refused, Err(MessageError::Withdrawn)));
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert!(page.enrolments.iter().all(|one| one.message == 0));
}

fn index(place: &CredentialStatus) -> u64 {
    match place {
        CredentialStatus::Bitstring(entry) => entry.index,
        CredentialStatus::Token(_) => panic!("{place:?}"),
    }
}

#[tokio::test]
async fn a_message_is_told_on_sqlite() {
    a_message_is_told(office().await).await;
}

#[tokio::test]
async fn a_message_is_told_on_postgres() {
    let schema = Schema::fresh().await;
    let database = schema.address.clone();
    let office = Office::with(|config| {
        config.service.database = database.into();
        saying(config, &MESSAGES);
        let words = "https://registry.example/words".parse().unwrap();
        config.issuer.status.message_references = vec![words];
    })
    .await;
    a_message_is_told(office).await;
    schema.remove().await;
}

#[tokio::test]
async fn unless_configured_nothing_is_told() {
    let office = Office::open().await;
    let enrolled = office.enrol().await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &enrolled).await;
    let copy = copy(&office, &wallet, &grant).await;
    assert_eq!(copy.status.len(), 2);
    let refused = office.app.tell(&enrolled.handle, 0).await;
    assert!(matches!(refused, Err(MessageError::NotConfigured)));
    let lists = json(&office.get("/status").await);
    assert_eq!(lists["bitstring_status_lists"].as_array().unwrap().len(), 2);
    assert_eq!(office.get("/status/0/message-1.jwt").await.status(), 404);
}

/// Copies that were issued with fewer messages keep their list, and what they can say.
#[tokio::test]
async fn more_messages_need_another_list() {
    let office = Office::with(|config| saying(config, &MESSAGES[..2])).await;
    let enrolled = office.enrol().await;
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &enrolled).await;
    let early = copy(&office, &wallet, &grant).await;
    assert_eq!(
        message_of(&early.status).unwrap().list.path(),
        "/status/0/message-1.jwt"
    );
    let (app, router) = office.second(|config| saying(config, &MESSAGES)).await;
    let office = Office {
        app,
        router,
        ..office
    };
    let late = copy(&office, &wallet, &grant).await;
    assert_eq!(
        message_of(&late.status).unwrap().list.path(),
        "/status/0/message-2.jwt"
    );
    let lists = json(&office.get("/status").await);
    let lists = lists["bitstring_status_lists"].as_array().unwrap();
    assert_eq!(lists.len(), 4, "{lists:?}");

    let telling = office.app.tell(&enrolled.handle, 1).await.unwrap();
    assert_eq!((telling.copies, telling.silent), (2, 0));
    for copy in [&early, &late] {
        assert_eq!(told(&office, copy).await, says(1));
    }
    let telling = office.app.tell(&enrolled.handle, 2).await.unwrap();
    assert_eq!((telling.copies, telling.silent), (1, 1));
    assert_eq!(told(&office, &late).await, says(2));
    // What it cannot say, it does not: and what it said is not true any more.
    assert_eq!(told(&office, &early).await, says(0));
    let telling = office.app.tell(&enrolled.handle, 0).await.unwrap();
    assert_eq!((telling.copies, telling.silent), (2, 0));

    // Without the configuration, the lists of those that there are go on.
    let telling = office.app.tell(&enrolled.handle, 1).await.unwrap();
    assert_eq!(telling.copies, 2);
    let (app, router) = office.second(|_| {}).await;
    app.publish_status().await.unwrap();
    let office = Office {
        app,
        router,
        ..office
    };
    for copy in [&early, &late] {
        assert_eq!(told(&office, copy).await, says(1));
    }
    let list = office.get("/status/0/message-2.jwt").await.into_body();
    let list = String::from_utf8(list).unwrap();
    let payload = keys::base64url::decode(list.split('.').nth(1).unwrap()).unwrap();
    let list: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(list["credentialSubject"]["statusSize"], 2);
    assert_eq!(
        list["credentialSubject"]["statusMessages"][3],
        json!({"status": "0x3", "message": "undefined"})
    );
}

#[tokio::test]
async fn what_a_code_means_does_not_change() {
    let office = office().await;
    let open = async |messages: &[&str]| {
        let mut config = Config::read(office.place.path()).unwrap();
        saying(&mut config, messages);
        App::open(config, std::sync::Arc::new(office.clock.clone())).await
    };
    let refused = open(&["none", "in order", "reported lost"]).await;
    assert!(matches!(
        refused,
        Err(OpenError::Messages(MessagesError::Meaning { code: 1, .. }))
    ));
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("under review"), "{words}");
    for fine in [
        &["none", "undefined", "reported lost"][..],
        &["none"],
        &[],
        &[
            "none",
            "under review",
            "reported lost",
            "undefined",
            "found",
        ],
        &["none", "under review", "reported lost", "on paper", "found"],
    ] {
        assert!(open(fine).await.is_ok(), "{fine:?}");
    }
    let taken = open(&["none", "under review", "reported lost", "on wax"]).await;
    assert!(matches!(
        taken,
        Err(OpenError::Messages(MessagesError::Meaning { code: 3, .. }))
    ));
    let long = "x".repeat(257);
    for wrong in ["", long.as_str()] {
        let refused = open(&["none", wrong]).await;
        assert!(matches!(
            refused,
            Err(OpenError::Messages(MessagesError::Text(1)))
        ));
    }
    let refused = open(&["x"; 257]).await;
    assert!(matches!(
        refused,
        Err(OpenError::Messages(MessagesError::TooMany))
    ));
}

#[tokio::test]
async fn operators_tell_over_the_admin_api() {
    let office = office().await;
    let handle = office.enrol().await.handle;
    let ask = async |name: &str, body: &str| {
        let request = Request::post(format!("/admin/enrolments/{name}/message"))
            .header("authorization", format!("Bearer {}", office.admin_token))
            .body(body.as_bytes().to_vec());
        send(&office.router, request.unwrap()).await
    };
    let name = handle.to_string();
    let answer = ask(&name, r#"{"code": 1}"#).await;
    assert_eq!(
        json(&answer),
        json!({"handle": name, "code": 1, "message": "under review", "copies": 0, "silent": 0,
            "already": false})
    );
    for (name, body, status) in [
        (name.as_str(), r#"{"code": 3}"#, 422),
        (&name, r#"{"code": 256}"#, 400),
        (&name, r#"{"code": 1, "more": 1}"#, 400),
        (&name, "", 400),
        ("0000-0000-0000-0000", r#"{"code": 1}"#, 404),
        ("nobody", r#"{"code": 1}"#, 404),
    ] {
        assert_eq!(ask(name, body).await.status(), status, "{name} {body}");
    }
    let request = Request::post(format!("/admin/enrolments/{name}/message")).body(Vec::new());
    let refused = send(&office.router, request.unwrap()).await;
    assert_eq!(refused.status(), 401);
}
