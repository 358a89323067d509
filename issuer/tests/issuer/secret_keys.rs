//! The key of tokens and tickets is changed, and no wallet loses its ticket by it.

use std::sync::Arc;

use axum::Router;
use host::secret_line;
use issuer::{App, Change, KeyState, OpenError, SecretKeysError};
use jiff::SignedDuration;
use openid4vci::wallet::RedemptionError;

use crate::harness::{Office, passport, read};
use crate::net_wallet::{Form, NetWallet, number, ticket};
use crate::once::{Schema, postgres, sqlite};

type Offices = (Office, App, Router);

const LEAD: SignedDuration = SignedDuration::from_mins(60);

/// The service, started anew on the same folder and database.
async fn restarted(office: &Office) -> Result<(App, Router), OpenError> {
    let mut config = read(office.place.path());
    if let Some(address) = &office.address {
        config.service.database = address.clone().into();
    }
    let app = App::open(config, Arc::new(office.clock.clone())).await?;
    Ok((app.clone(), issuer::router(app)))
}

async fn restart(office: Office) -> Office {
    let (app, router) = restarted(&office).await.unwrap();
    Office {
        app,
        router,
        ..office
    }
}

async fn states(office: &Office) -> Vec<KeyState> {
    let keys = office.app.secret_keys().await.unwrap();
    keys.iter().map(|key| key.state).collect()
}

async fn a_ticket_outlives_its_key((office, behind, router): Offices) {
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let (old, known) = (ticket(&grant), number(&wallet, &certificates[0]));
    // Open while the key changes.
    let open = office.app.enrol(&passport("OPEN")).await.unwrap();

    let made = office
        .app
        .rotate_secrets(Change::After(LEAD))
        .await
        .unwrap();
    assert_eq!(made.key, "secrets.1.key");
    let waiting = office.app.rotate_secrets(Change::After(LEAD)).await;
    assert!(matches!(waiting, Err(SecretKeysError::Waiting(_))));
    assert!(!behind.has_all_secrets().await.unwrap());
    let office = restart(office).await;
    assert!(office.app.has_all_secrets().await.unwrap());
    assert_eq!(
        states(&office).await,
        [KeyState::Current, KeyState::Waiting]
    );
    // Before it begins, what is made here is read by a process that does not have it.
    let grant = wallet.refresh(&office, &old).await.unwrap();
    let elsewhere = Office {
        app: behind,
        router,
        place: tempfile::tempdir().unwrap(),
        address: None,
        clock: office.clock.clone(),
        admin_token: String::new(),
    };
    assert!(wallet.look_up(&elsewhere, &grant).await.is_ok());

    office.clock.advance(LEAD);
    assert_eq!(
        states(&office).await,
        [KeyState::Readable, KeyState::Current]
    );
    let grant = wallet.refresh(&office, &old).await.unwrap();
    assert!(wallet.look_up(&office, &grant).await.is_ok());
    assert!(wallet.look_up(&elsewhere, &grant).await.is_err());
    // The open offer is redeemed, by reference and transaction code.
    let other = NetWallet::new(&office);
    let (grant, _) = other.receive(&office, &open, Form::First).await.unwrap();
    let new = ticket(&grant);
    assert!(other.refresh(&office, &new).await.is_ok());

    // The file of a key that is read is needed; that of a retired one is not.
    let path = office.place.path().join("keys/secrets.key");
    let kept = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let Err(OpenError::SecretKeys(SecretKeysError::Missing { file })) = restarted(&office).await
    else {
        panic!("it starts without a key that is in use")
    };
    assert_eq!(file, "secrets.key");
    std::fs::write(&path, secret_line(&[7; 32]).as_bytes()).unwrap();
    let Err(OpenError::SecretKeys(error @ SecretKeysError::Differs { .. })) =
        restarted(&office).await
    else {
        panic!("it starts with another key")
    };
    assert!(error.to_string().contains("must copy secrets.key"));
    std::fs::write(&path, kept).unwrap();
    office.clock.set(made.before_until.parse().unwrap());
    assert_eq!(
        states(&office).await,
        [KeyState::Retired, KeyState::Current]
    );
    std::fs::remove_file(&path).unwrap();
    let office = restart(office).await;
    let refused = wallet.refresh(&office, &old).await.unwrap_err();
    assert_eq!(refused, RedemptionError::InvalidGrant);
    let offer = office.enrol().await;
    let (_, certificates) = wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    assert_eq!(number(&wallet, &certificates[0]), known);
}

#[tokio::test]
async fn a_ticket_outlives_its_key_on_sqlite() {
    a_ticket_outlives_its_key(sqlite().await).await;
}

#[tokio::test]
async fn a_ticket_outlives_its_key_on_postgres() {
    let schema = Schema::fresh().await;
    a_ticket_outlives_its_key(postgres(&schema).await).await;
    schema.remove().await;
}

/// Whoever has the stolen key makes tickets: none of them is good any more, nor is anybody else's.
#[tokio::test]
async fn a_stolen_key_is_refused_at_once() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let known = number(&wallet, &certificates[0]);
    office.app.rotate_secrets(Change::AtOnce).await.unwrap();
    let office = restart(office).await;
    assert_eq!(
        states(&office).await,
        [KeyState::Retired, KeyState::Current]
    );
    let refused = wallet.refresh(&office, &ticket(&grant)).await.unwrap_err();
    assert_eq!(refused, RedemptionError::InvalidGrant);
    assert!(wallet.look_up(&office, &grant).await.is_err());
    let offer = office.enrol().await;
    let (_, certificates) = wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    assert_eq!(number(&wallet, &certificates[0]), known);
}

/// Two machines that make a key at the same moment: one of them counts.
#[tokio::test]
async fn one_of_two_new_keys_counts() {
    let office = Office::open().await;
    let (other, _) = office.second(|_| {}).await;
    let change = Change::After(LEAD);
    let (one, two) = tokio::join!(
        office.app.rotate_secrets(change),
        other.rotate_secrets(change)
    );
    let made = [one, two].into_iter().filter(Result::is_ok).count();
    assert_eq!(made, 1);
    assert_eq!(states(&office).await.len(), 2);
    restart(office).await;
}
