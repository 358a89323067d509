//! Status lists: fetched, believed, renewed and kept.

use credential::data_integrity::{self, Cryptosuite, ProofOptions};
use credential::{
    BitstringEntry, CredentialStatus, KeyReference, Purpose, StatusReference, vc_jwt,
};
use did::DidUrl;
use fetch::resolve::ResolveError;
use jiff::SignedDuration;
use keys::SigningKey;
use status::{Answer, Bitstring, BitstringPublication, EntryFault, Status, StatusError};
use url::Url;

use super::{DID, Issuer, LIST, key, minutes, resolver, start};

#[tokio::test]
async fn a_list_is_renewed_on_demand_however_fresh() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    issuer.publish_list(&issuer.key, &[], start());
    let (resolver, name) = (resolver(), issuer.did().to_string());
    let uri = issuer.list_uri();
    resolver.prefetch_list(&uri, &name, start()).await.unwrap();
    issuer.publish_list(&issuer.key, &[7], start());
    resolver.renew_list(&uri, &name, start()).await.unwrap();
    assert_eq!(
        resolver.status(&issuer.reference(7), &name, start()),
        Answer::Fresh(Status::INVALID)
    );
}

#[tokio::test]
async fn looking_up_a_status_asks_nobody() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    issuer.publish_list(&issuer.key, &[7], start());
    let (resolver, name) = (resolver(), issuer.did().to_string());
    assert_eq!(
        resolver.status(&issuer.reference(7), &name, start()),
        Answer::Unknown
    );
    for _ in 0..3 {
        resolver
            .prefetch_list(&issuer.list_uri(), &name, start())
            .await
            .unwrap();
    }
    assert_eq!(issuer.asked(LIST), 1);
    for index in 0..100 {
        let expected = if index == 7 {
            Status::INVALID
        } else {
            Status::VALID
        };
        let answer = resolver.status(&issuer.reference(index), &name, minutes(9));
        assert_eq!(answer, Answer::Fresh(expected));
    }
    let other = resolver.status(&issuer.reference(7), "did:web:other.example", start());
    assert_eq!(other, Answer::Unknown);
    assert_eq!((issuer.asked(LIST), issuer.asked(DID)), (1, 1));
}

#[tokio::test]
async fn lists_and_documents_are_renewed_when_due_and_kept_when_that_fails() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    issuer.publish_list(&issuer.key, &[], start());
    let (resolver, name) = (resolver(), issuer.did().to_string());
    resolver
        .prefetch_list(&issuer.list_uri(), &name, start())
        .await
        .unwrap();
    assert_eq!(resolver.refresh_due(minutes(9)).await.renewed, 0);

    issuer.publish_list(&issuer.key, &[7], minutes(10));
    assert_eq!(
        resolver.status(&issuer.reference(7), &name, minutes(10)),
        Answer::Stale(Status::VALID)
    );
    assert_eq!(resolver.refresh_due(minutes(10)).await.renewed, 1);
    assert_eq!(
        resolver.status(&issuer.reference(7), &name, minutes(11)),
        Answer::Fresh(Status::INVALID)
    );
    assert_eq!(issuer.asked(LIST), 2);

    issuer.withdraw(LIST);
    let refreshed = resolver.refresh_due(minutes(60)).await;
    assert_eq!(
        (refreshed.renewed, refreshed.failed.len()),
        (1, 1),
        "{refreshed:?}"
    );
    assert_eq!(issuer.asked(DID), 2);
    assert_eq!(
        resolver.status(&issuer.reference(7), &name, minutes(61)),
        Answer::Stale(Status::INVALID)
    );
    assert_eq!(
        resolver.status(&issuer.reference(7), &name, minutes(200)),
        Answer::Unknown
    );
}

#[tokio::test]
async fn a_list_signed_by_somebody_else_is_refused() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    issuer.publish_list(&key(9), &[], start());
    let (resolver, name) = (resolver(), issuer.did().to_string());
    let refused = resolver
        .prefetch_list(&issuer.list_uri(), &name, start())
        .await;
    assert!(
        matches!(refused, Err(ResolveError::Status(StatusError::Jws(_)))),
        "{refused:?}"
    );
    assert_eq!(
        resolver.status(&issuer.reference(7), &name, start()),
        Answer::Unknown
    );
}

#[tokio::test]
async fn lists_of_another_issuer_are_believed_where_that_is_configured() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    issuer.publish_list(&issuer.key, &[7], start());
    let (signer, name) = (issuer.did().to_string(), "https://other.example");
    let uri = issuer.list_uri();
    let strict = resolver().prefetch_list(&uri, name, start()).await;
    assert!(strict.is_err());
    let resolver = resolver().with_status_issuer(Some(signer.clone()));
    resolver.prefetch_list(&uri, name, start()).await.unwrap();
    let told = |issuer| resolver.status(&seventh_place(&uri), issuer, start());
    assert_eq!(told(name), Answer::Fresh(Status::INVALID));
    // It says nothing about credentials of who signed it.
    assert_eq!(told(&signer), Answer::Unknown);
}

fn seventh_place(uri: &Url) -> CredentialStatus {
    CredentialStatus::Token(StatusReference {
        uri: uri.clone(),
        index: 7,
    })
}

/// Bitstring Status Lists are Credentials: fetched, verified and kept like the others.
#[tokio::test]
async fn a_list_is_a_credential_secured_in_either_way() {
    let issuer = Issuer::start();
    issuer.publish_did("key", &issuer.key);
    let (resolver, name) = (resolver(), issuer.did().to_string());
    let entry = |uri: &Url, index| {
        let entry = BitstringEntry::bit(Purpose::Suspension, index, uri.clone());
        CredentialStatus::Bitstring(entry)
    };
    for (path, secured) in [("/status/1/a.json", true), ("/status/1/a.jwt", false)] {
        let uri = Url::parse(&format!("{}{path}", issuer.base)).unwrap();
        let publish = |signer: &SigningKey, suspended: u64| {
            let mut list = Bitstring::new(1, 0).unwrap();
            list.set(suspended, 1).unwrap();
            let publication = BitstringPublication {
                list: &list,
                purpose: Purpose::Suspension,
                messages: None,
                issuer: &name,
                uri: &uri,
                valid_from: start(),
                valid_until: minutes(60),
                time_to_live: SignedDuration::from_mins(10),
            };
            let credential = publication.credential();
            let method = format!("{name}#key");
            let body = if secured {
                let method = DidUrl::parse(&method).unwrap();
                let suite = Cryptosuite::EddsaRdfc2022;
                let options = ProofOptions::assertion(suite, &method, start());
                let secured = data_integrity::issue(credential, &options, signer).unwrap();
                serde_json::to_string(&secured).unwrap()
            } else {
                let issuance = vc_jwt::Issuance {
                    credential,
                    holder: None,
                    status: None,
                    key_reference: &KeyReference::KeyId(method),
                };
                issuance.sign(signer).unwrap()
            };
            issuer.publish(path, body);
        };
        publish(&key(9), 7);
        let forged = resolver.prefetch_list(&uri, &name, start()).await;
        assert!(
            matches!(
                forged,
                Err(ResolveError::Status(StatusError::Credential(_)))
            ),
            "{forged:?}"
        );
        publish(&issuer.key, 7);
        let other = resolver.prefetch_list(&uri, "did:web:a.example", start());
        assert!(matches!(
            other.await,
            Err(ResolveError::Status(StatusError::Issuer(_)))
        ));
        resolver.prefetch_list(&uri, &name, start()).await.unwrap();
        let suspended = Answer::Fresh(Status::SUSPENDED);
        let told = |index, minute| resolver.status(&entry(&uri, index), &name, minutes(minute));
        assert_eq!(told(7, 9), suspended);
        assert_eq!(told(8, 9), Answer::Fresh(Status::VALID));
        assert_eq!(told(7, 10), Answer::Stale(Status::SUSPENDED));
        assert_eq!(told(7, 60), Answer::Unknown);
        // A token's reference does not find an entry of a list credential.
        let reference = StatusReference {
            uri: uri.clone(),
            index: 7,
        };
        let told = resolver.status(&CredentialStatus::Token(reference), &name, start());
        assert_eq!(told, Answer::NoEntry(EntryFault::Kind));
        assert_eq!(issuer.asked(path), 3);
    }
}
