//! Status lists: what verifiers fetch.

use credential::{CredentialStatus, Format};
use http::Request;
use issuer::Identification;
use jiff::SignedDuration;
use status::{Purpose, Status};

use crate::harness::{self, Office, Wallet, json, now, send};

async fn one_copy(office: &Office) -> (issuer::Handle, credential::Credential) {
    let wallet = Wallet::new(now());
    let enrolled = office.enrol().await;
    let grant = wallet.redeem(&office.router, &enrolled).await;
    let received = wallet.order(&office.router, &grant, "person", 1).await;
    let copy = office
        .verify(Format::SdJwtVc, &received.credentials[0])
        .await;
    (enrolled.handle, copy.into_inner())
}

#[tokio::test]
async fn a_revocation_by_another_process_is_published_at_once() {
    let office = Office::open().await;
    let (handle, copy) = one_copy(&office).await;
    let status = copy.status;
    assert_eq!(office.status(&status, &copy.issuer).await, Status::VALID);
    let (other, _) = office.second(|_| {}).await;
    assert_eq!(other.revoke(&handle).await.unwrap().copies, 1);
    assert_eq!(office.status(&status, &copy.issuer).await, Status::INVALID);
}

/// A verifier whose clock is behind would take the copy again.
#[tokio::test]
async fn a_revocation_outlives_the_copy() {
    let office = Office::open().await;
    let (handle, copy) = one_copy(&office).await;
    office.app.revoke(&handle).await.unwrap();
    let expired = copy.valid_until.unwrap().duration_since(office.now());
    office.clock.advance(expired + SignedDuration::from_mins(5));
    office.app.purge().await.unwrap();
    office.app.publish_status().await.unwrap();
    let status = office.status(&copy.status, &copy.issuer).await;
    assert_eq!(status, Status::INVALID);
}

#[tokio::test]
async fn a_service_elsewhere_sees_the_revocation_on_its_next_round() {
    let office = Office::open().await;
    let (handle, copy) = one_copy(&office).await;
    let status = copy.status;
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path().to_owned();
    let (other, _) = office
        .second(|config| config.issuer.status.folder = folder)
        .await;
    other.revoke(&handle).await.unwrap();
    assert_eq!(office.status(&status, &copy.issuer).await, Status::VALID);
    office.app.publish_status().await.unwrap();
    assert_eq!(office.status(&status, &copy.issuer).await, Status::INVALID);
}

#[tokio::test]
async fn a_list_is_signed_anew_before_readers_find_it_old() {
    let office = Office::open().await;
    let tag = |response: http::Response<Vec<u8>>| response.headers()["etag"].clone();
    let first = tag(office.get("/status/0").await);
    office.app.publish_status().await.unwrap();
    assert_eq!(tag(office.get("/status/0").await), first);
    office.clock.advance(SignedDuration::from_secs(150));
    office.app.publish_status().await.unwrap();
    assert_ne!(tag(office.get("/status/0").await), first);
}

#[tokio::test]
async fn a_list_is_a_cacheable_file() {
    let office = Office::open().await;
    let plain = office.get("/status/0").await;
    assert_eq!(
        plain.headers()["content-type"],
        "application/statuslist+jwt"
    );
    assert_eq!(plain.headers()["cache-control"], "public, max-age=300");
    let tag = plain.headers()["etag"].clone();
    let conditional = Request::get("/status/0").header("if-none-match", &tag);
    let unchanged = send(&office.router, conditional.body(Vec::new()).unwrap()).await;
    assert_eq!(unchanged.status(), 304);
    assert!(unchanged.body().is_empty());
    let asked = Request::get("/status/0").header("accept-encoding", "gzip");
    let packed = send(&office.router, asked.body(Vec::new()).unwrap()).await;
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_ne!(packed.headers()["etag"], tag);
    let mut unpacked = Vec::new();
    let mut gzip = flate2::read::GzDecoder::new(packed.body().as_slice());
    std::io::Read::read_to_end(&mut gzip, &mut unpacked).unwrap();
    assert_eq!(&unpacked, plain.body());
}

#[tokio::test]
async fn the_metadata_leads_to_all_lists_before_anybody_presents() {
    let office = Office::open().await;
    let metadata = office.get("/.well-known/oauth-authorization-server").await;
    let endpoint = json(&metadata)["status_list_aggregation_endpoint"].clone();
    assert_eq!(endpoint, "http://127.0.0.1:8001/status");
    let (_, copy) = one_copy(&office).await;
    let lists = json(&office.get("/status").await)["status_lists"].clone();
    assert_eq!(lists, serde_json::json!([copy.status[0].list()]));
}

async fn two_copies(office: &Office) -> (issuer::Handle, [credential::Credential; 2]) {
    let wallet = Wallet::new(now());
    let enrolled = office.enrol().await;
    let grant = wallet.redeem(&office.router, &enrolled).await;
    let person = wallet.order(&office.router, &grant, "person", 1).await;
    let person = office.verify(Format::SdJwtVc, &person.credentials[0]).await;
    let adult = wallet.order(&office.router, &grant, "adult", 1).await;
    let adult = office
        .verify(Format::JwtVcJson, &adult.credentials[0])
        .await;
    (enrolled.handle, [person.into_inner(), adult.into_inner()])
}

#[tokio::test]
async fn each_format_has_its_own_kind_of_list() {
    let office = Office::open().await;
    let (handle, [person, adult]) = two_copies(&office).await;
    assert!(matches!(
        person.status.as_slice(),
        [CredentialStatus::Token(_)]
    ));
    let names: Vec<_> = adult
        .status
        .iter()
        .map(|place| match place {
            CredentialStatus::Bitstring(entry) => (entry.purpose, entry.list.path()),
            CredentialStatus::Token(_) => panic!("{place:?}"),
        })
        .collect();
    let expected = [
        (Purpose::Revocation, "/status/0/revocation.jwt"),
        (Purpose::Suspension, "/status/0/suspension.jwt"),
    ];
    assert_eq!(names, expected);
    let answer = office.get("/status/0/revocation.jwt").await;
    assert_eq!(answer.headers()["content-type"], "application/vc+jwt");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
    for nothing in [
        "/status/0/revocation.json",
        "/status/0/message.jwt",
        "/status/7/revocation.jwt",
    ] {
        assert_eq!(office.get(nothing).await.status(), 404, "{nothing}");
    }
    office.app.revoke(&handle).await.unwrap();
    for copy in [person, adult] {
        assert_eq!(
            office.status(&copy.status, &copy.issuer).await,
            Status::INVALID
        );
    }
}

#[tokio::test]
async fn an_enrolment_is_put_on_hold_and_resumed() {
    let office = Office::open().await;
    let (handle, copies) = two_copies(&office).await;
    let told = async |expected| {
        for copy in &copies {
            assert_eq!(office.status(&copy.status, &copy.issuer).await, expected);
        }
    };
    let suspended = office.app.suspend(&handle).await.unwrap();
    assert!(suspended.suspended && suspended.copies == 2 && !suspended.already);
    told(Status::SUSPENDED).await;
    assert!(office.app.suspend(&handle).await.unwrap().already);
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments[0].state, "suspended");

    // Nothing is issued meanwhile, whoever shows the document again.
    let wallet = Wallet::new(now());
    let grant = wallet.redeem(&office.router, &office.enrol().await).await;
    let keys = [harness::holder_key()];
    let request = wallet
        .credential_request(&office.router, &grant, "person", &keys)
        .await;
    let refused = send(&office.router, request).await;
    assert_eq!(json(&refused)["error"], "credential_request_denied");

    let resumed = office.app.resume(&handle).await.unwrap();
    assert!(!resumed.suspended && resumed.copies == 2);
    told(Status::VALID).await;
    assert!(office.app.resume(&handle).await.unwrap().already);
    wallet.order(&office.router, &grant, "person", 1).await;
}

#[tokio::test]
async fn what_is_revoked_while_on_hold_stays_so() {
    let office = Office::open().await;
    let (handle, copies) = two_copies(&office).await;
    office.app.suspend(&handle).await.unwrap();
    office.app.revoke(&handle).await.unwrap();
    office.app.resume(&handle).await.unwrap();
    let [person, adult] = copies;
    assert_eq!(
        office.status(&person.status, &person.issuer).await,
        Status::INVALID
    );
    let revocation = &adult.status[..1];
    assert_eq!(
        office.status(revocation, &adult.issuer).await,
        Status::INVALID
    );
}

/// Whoever leaves and comes back is still on hold.
#[tokio::test]
async fn leaving_ends_no_hold() {
    let office = Office::open().await;
    let (handle, _) = two_copies(&office).await;
    office.app.suspend(&handle).await.unwrap();
    office.app.withdraw(&handle).await.unwrap();
    assert!(office.app.suspend(&handle).await.unwrap().already);
}

#[tokio::test]
async fn data_integrity_needs_an_issuer_with_a_did() {
    let place = tempfile::tempdir().unwrap();
    let clock = host::ManualClock::at(now());
    issuer::init(place.path(), &issuer::InitOptions::default(), &clock).unwrap();
    let mut config = harness::read(place.path());
    config.issuer.credentials[1].format = Format::LdpVc;
    let refused = issuer::App::open(config, std::sync::Arc::new(clock)).await;
    assert!(matches!(refused, Err(issuer::OpenError::Identification(id)) if id == "adult"));
}

#[tokio::test]
async fn lists_with_a_data_integrity_proof_are_published_too() {
    let office = Office::with(|config| {
        config.issuer.identification = Identification::Did;
        config.issuer.credentials[1].format = Format::LdpVc;
    })
    .await;
    let wallet = Wallet::new(now());
    let enrolled = office.enrol().await;
    let grant = wallet.redeem(&office.router, &enrolled).await;
    let received = wallet.order(&office.router, &grant, "adult", 2).await;
    let copy = office.verify(Format::LdpVc, &received.credentials[0]).await;
    let copy = copy.into_inner();
    assert_eq!(copy.issuer, office.app.did());
    assert!(copy.holder().is_some());
    assert_eq!(copy.status[0].list().path(), "/status/0/revocation.json");
    let answer = office.get("/status/0/revocation.json").await;
    assert_eq!(answer.headers()["content-type"], "application/vc");
    assert_eq!(
        office.status(&copy.status, &copy.issuer).await,
        Status::VALID
    );
    office.app.revoke(&enrolled.handle).await.unwrap();
    assert_eq!(
        office.status(&copy.status, &copy.issuer).await,
        Status::INVALID
    );
    // Copies of a day differ in holder, place and proof alone.
    let mut copies = Vec::new();
    for text in &received.credentials {
        let mut object: serde_json::Value = serde_json::from_str(text).unwrap();
        for (member, name) in [
            ("", "credentialStatus"),
            ("/credentialSubject", "id"),
            ("/proof", "proofValue"),
        ] {
            let members = object.pointer_mut(member).unwrap().as_object_mut().unwrap();
            assert!(members.remove(name).is_some(), "{name}");
        }
        copies.push(object);
    }
    assert_eq!(copies[0], copies[1]);
    assert_eq!(copies[0]["proof"]["created"], "2026-11-21T00:00:00Z");
    let named = json(&office.get("/status").await);
    assert_eq!(named["bitstring_status_lists"].as_array().unwrap().len(), 4);
}
