//! Status lists: what verifiers fetch.

use credential::Format;
use http::Request;
use jiff::SignedDuration;
use status::Status;

use crate::harness::{Office, Wallet, json, now, send};

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
