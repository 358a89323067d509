//! Which keys the tags lie under is known, and a rotation reaches every place where a tag lies.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use host::secret_line;
use issuer::{App, EnrolError, Handle, Leftovers, OpenError, RevokeError, TagsError};
use keys::base64url;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Batch, Record, Store};

use crate::harness::{Office, now, passport, read};
use crate::net_wallet::{Form, NetWallet};
use crate::once::{Schema, postgres, sqlite};

/// What the database says of the tags.
#[derive(Deserialize, Serialize)]
struct Head(Value);

impl Record for Head {
    const KIND: &'static str = "tag_head";
}

/// An enrolment, as it is stored.
#[derive(Deserialize, Serialize)]
struct Stored(Value);

impl Record for Stored {
    const KIND: &'static str = "enrolment";
}

/// A document that is known.
#[derive(Deserialize, Serialize)]
struct Known(Value);

impl Record for Known {
    const KIND: &'static str = "known_document";
}

type Offices = (Office, App, Router);

async fn head(store: &Store) -> (Value, u64) {
    let read = store.load::<Head>("current", now()).await.unwrap().unwrap();
    (read.value.0, read.version)
}

async fn set_head(store: &Store, value: Value) {
    let (_, version) = head(store).await;
    let batch = Batch::new().replace("current", version, &Head(value), None);
    store.commit(batch.unwrap(), now()).await.unwrap();
}

/// The document that waits in an enrolment: how often its tags are wrapped, and the tags.
async fn pending(store: &Store, handle: &Handle) -> Option<(u64, Vec<String>)> {
    let read = store.load::<Stored>(handle.as_str(), now()).await.unwrap();
    let pending = read.unwrap().value.0["pending"].take();
    let tags = pending["tags"].as_array()?.iter();
    let tags = tags.map(|tag| tag.as_str().unwrap().to_owned()).collect();
    Some((pending["generation"].as_u64().unwrap(), tags))
}

/// Another machine of the issuer: it has a copy of the keys, which may be changed.
struct Machine {
    keys: tempfile::TempDir,
}

impl Machine {
    fn of(office: &Office) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let machine = Self { keys };
        for file in std::fs::read_dir(office.place.path().join("keys")).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), machine.keys.path().join(file.file_name())).unwrap();
        }
        machine
    }

    fn set_key(&self, file: &str, key: [u8; 32]) {
        let line = secret_line(&key);
        std::fs::write(self.keys.path().join(file), line.as_bytes()).unwrap();
    }

    async fn start(&self, office: &Office) -> Result<App, OpenError> {
        let mut config = read(office.place.path());
        config.issuer.keys = self.keys.path().to_owned();
        if let Some(address) = &office.address {
            config.service.database = address.clone().into();
        }
        App::open(config, Arc::new(office.clock.clone())).await
    }
}

fn names(refused: &TagsError, key: &str) -> bool {
    let TagsError::KeyDiffers { file } = refused else {
        return false;
    };
    let said = refused.to_string();
    file == key && said.contains(key) && said.contains("the operator must copy")
}

/// A machine with another key of the right name would take everybody for somebody new.
async fn another_key_of_the_same_name_is_refused((office, _, _): Offices) {
    let known = office.enrol().await.handle;
    let wrong = Machine::of(&office);
    wrong.set_key("tags.key", [7; 32]);
    let Err(OpenError::Tags(refused)) = wrong.start(&office).await else {
        panic!("it starts with another key")
    };
    assert!(names(&refused, "tags.key"), "{refused}");

    // One that runs, and gets another key than the one that was made elsewhere.
    let behind = Machine::of(&office);
    let app = behind.start(&office).await.unwrap();
    office.app.rotate_tags().await.unwrap();
    behind.set_key("tags.1.key", [8; 32]);
    let refused = app.enrol(&passport("NEW")).await.unwrap_err();
    let EnrolError::Tags(refused) = refused else {
        panic!("{refused}")
    };
    assert!(names(&refused, "tags.1.key"), "{refused}");
    let refused = app.holder(passport("L898902C3").get()).await;
    assert!(matches!(refused, Err(RevokeError::Tags(error)) if names(&error, "tags.1.key")));
    let refused = app.rotate_tags().await.unwrap_err();
    assert!(names(&refused, "tags.1.key"), "{refused}");
    let store = office.store().await;
    assert_eq!(store.count::<Known>(now()).await.unwrap(), 1);

    // With the right one it knows everybody.
    let right = office.place.path().join("keys/tags.1.key");
    std::fs::copy(right, behind.keys.path().join("tags.1.key")).unwrap();
    let again = app.enrol(&passport("L898902C3")).await.unwrap();
    assert_eq!((again.handle, again.again), (known, true));
}

#[tokio::test]
async fn another_key_on_sqlite() {
    another_key_of_the_same_name_is_refused(sqlite().await).await;
}

#[tokio::test]
async fn another_key_on_postgres() {
    let schema = Schema::fresh().await;
    another_key_of_the_same_name_is_refused(postgres(&schema).await).await;
    schema.remove().await;
}

/// Two machines that begin to rotate at the same moment, each with a key of its own.
#[tokio::test]
async fn the_key_of_who_rotates_first_counts() {
    let office = Office::open().await;
    let known = office.enrol().await.handle;
    let other = Machine::of(&office);
    let app = other.start(&office).await.unwrap();
    other.set_key("tags.1.key", [9; 32]);
    assert_eq!(office.app.rotate_tags().await.unwrap().key, "tags.1.key");
    let refused = app.rotate_tags().await.unwrap_err();
    assert!(names(&refused, "tags.1.key"), "{refused}");
    assert_eq!(office.enrol().await.handle, known);
}

/// The first start after an upgrade writes down which keys there are.
async fn a_head_without_checks_gets_them((office, other, _): Offices) {
    let known = office.enrol().await.handle;
    let store = office.store().await;
    let (written, _) = head(&store).await;
    let check = written["checks"][0].as_str().unwrap();
    assert_eq!(base64url::decode(check).unwrap().len(), 32);
    let earlier = serde_json::json!({"generation": 0, "moving": false});
    set_head(&store, earlier).await;
    let machine = Machine::of(&office);
    machine.start(&office).await.unwrap();
    assert_eq!(head(&store).await.0, written);
    machine.set_key("tags.key", [7; 32]);
    assert!(machine.start(&office).await.is_err());
    // Those that run meanwhile go on.
    for (app, newcomer) in [(&office.app, "FIRST"), (&other, "SECOND")] {
        let again = app.enrol(&passport("L898902C3")).await.unwrap();
        assert_eq!(again.handle, known);
        assert!(!app.enrol(&passport(newcomer)).await.unwrap().again);
    }
    let key = std::fs::read(office.place.path().join("keys/tags.key")).unwrap();
    let secret = base64url::decode(std::str::from_utf8(&key).unwrap().trim()).unwrap();
    assert!(!written.to_string().contains(&base64url::encode(secret)));
}

#[tokio::test]
async fn a_head_without_checks_on_sqlite() {
    a_head_without_checks_gets_them(sqlite().await).await;
}

#[tokio::test]
async fn a_head_without_checks_on_postgres() {
    let schema = Schema::fresh().await;
    a_head_without_checks_gets_them(postgres(&schema).await).await;
    schema.remove().await;
}

/// A person with an anchor, whose new document waits for the wallet.
struct Waiting {
    wallet: NetWallet,
    handle: Handle,
    offer: issuer::Enrolled,
}

impl Waiting {
    async fn at(office: &Office) -> Self {
        let wallet = NetWallet::new(office);
        let first = office.enrol().await;
        wallet.receive(office, &first, Form::First).await.unwrap();
        let offer = office.app.enrol(&passport(NEW)).await.unwrap();
        assert_eq!(offer.handle, first.handle);
        Self {
            wallet,
            handle: first.handle,
            offer,
        }
    }

    /// Redeems the offer: from then on the new document is the person's, and nobody else's.
    async fn redeem(&self, office: &Office, others: &[&App]) {
        let received = self.wallet.receive(office, &self.offer, Form::Renewal);
        received.await.unwrap();
        for app in others.iter().chain([&&office.app]) {
            for number in [NEW, "L898902C3"] {
                let holder = app.holder(passport(number).get()).await;
                assert_eq!(holder.unwrap(), self.handle, "{number}");
            }
        }
        assert_eq!(pending(&office.store().await, &self.handle).await, None);
    }
}

/// A document that waits is known after a rotation as before it, and lies under the new key.
async fn a_rotation_reaches_what_waits((office, other, _): Offices) {
    let waiting = Waiting::at(&office).await;
    let store = office.store().await;
    let (generation, before) = pending(&store, &waiting.handle).await.unwrap();
    assert_eq!(generation, 0);
    let rotation = office.app.rotate_tags().await.unwrap();
    // Of the first document and the likeness, and the same two of the one that waits.
    assert_eq!(rotation.moved, 4);
    let (generation, after) = pending(&store, &waiting.handle).await.unwrap();
    assert_eq!(generation, 1);
    assert!(before.iter().all(|tag| !after.contains(tag)));
    waiting.redeem(&office, &[&other]).await;

    // Rotated first: what comes to wait afterwards, at a machine that has not looked yet.
    let machine = Machine::of(&office);
    let late = machine.start(&office).await.unwrap();
    office.app.rotate_tags().await.unwrap();
    let key = office.place.path().join("keys/tags.2.key");
    std::fs::copy(key, machine.keys.path().join("tags.2.key")).unwrap();
    let offer = late.enrol(&passport(NEW)).await.unwrap();
    assert_eq!(pending(&store, &waiting.handle).await.unwrap().0, 2);
    let waiting = Waiting { offer, ..waiting };
    waiting.redeem(&office, &[&other, &late]).await;
}

#[tokio::test]
async fn a_rotation_reaches_what_waits_on_sqlite() {
    a_rotation_reaches_what_waits(sqlite().await).await;
}

#[tokio::test]
async fn a_rotation_reaches_what_waits_on_postgres() {
    let schema = Schema::fresh().await;
    a_rotation_reaches_what_waits(postgres(&schema).await).await;
    schema.remove().await;
}

/// Ended at each of its two halves, with an offer that is redeemed before or after it goes on.
async fn a_rotation_that_was_ended_reaches_what_waits((office, other, _): Offices) {
    let store = office.store().await;
    let mut waiting = Waiting::at(&office).await;
    for (round, (moving, early)) in [(true, true), (true, false), (false, true), (false, false)]
        .into_iter()
        .enumerate()
    {
        let before = pending(&store, &waiting.handle).await.unwrap().0;
        assert_eq!(before, round as u64);
        if moving {
            let next = round + 1;
            let key = secret_line(&[u8::try_from(next).unwrap(); 32]);
            let file = format!("keys/tags.{next}.key");
            std::fs::write(office.place.path().join(file), key.as_bytes()).unwrap();
            let begun = serde_json::json!({"generation": next, "moving": true});
            set_head(&store, begun).await;
        } else {
            // All but what waits has moved: the tags are at the new place already.
            let enrolment = store.load::<Stored>(waiting.handle.as_str(), now()).await;
            let kept = enrolment.unwrap().unwrap().value;
            office.app.rotate_tags().await.unwrap();
            let moved = store.load::<Stored>(waiting.handle.as_str(), now()).await;
            let moved = moved.unwrap().unwrap();
            let undone = Batch::new().replace(waiting.handle.as_str(), moved.version, &kept, None);
            store.commit(undone.unwrap(), now()).await.unwrap();
            let (mut head, _) = head(&store).await;
            head["trailing"] = true.into();
            set_head(&store, head).await;
        }
        if early {
            waiting.redeem(&office, &[&other]).await;
        }
        let rotation = office.app.rotate_tags().await.unwrap();
        assert!(rotation.resumed);
        assert_eq!(rotation.key, format!("tags.{}.key", round + 1));
        if !early {
            let (generation, _) = pending(&store, &waiting.handle).await.unwrap();
            assert_eq!(generation, round as u64 + 1);
            waiting.redeem(&office, &[&other]).await;
        }
        let (head, _) = head(&store).await;
        assert_eq!(
            (&head["moving"], &head["trailing"]),
            (&false.into(), &false.into())
        );
        let offer = other.enrol(&passport(NEW)).await.unwrap();
        waiting = Waiting { offer, ..waiting };
    }
}

#[tokio::test]
async fn a_rotation_that_was_ended_on_sqlite() {
    a_rotation_that_was_ended_reaches_what_waits(sqlite().await).await;
}

#[tokio::test]
async fn a_rotation_that_was_ended_on_postgres() {
    let schema = Schema::fresh().await;
    a_rotation_that_was_ended_reaches_what_waits(postgres(&schema).await).await;
    schema.remove().await;
}

/// Where the bytes, or their text, lie in the database's files.
fn found(place: &Path, what: &[u8]) -> Vec<&'static str> {
    let text = base64url::encode(what);
    let mut places = Vec::new();
    for file in ["issuer.db", "issuer.db-wal"] {
        let bytes = std::fs::read(place.join(file)).unwrap();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        if holds(what) || holds(text.as_bytes()) {
            places.push(file);
        }
    }
    places
}

/// With a copy of the file and the earlier keys nobody is found: not in what SQLite left behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tags_before_a_rotation_are_in_no_file() {
    let office = Office::open().await;
    for person in 0..200 {
        office
            .app
            .enrol(&passport(&format!("P{person}")))
            .await
            .unwrap();
    }
    let waiting = Waiting::at(&office).await;
    let store = office.store().await;
    let page = store.list::<Known>(None, 1000, now()).await.unwrap();
    let mut tags: Vec<Vec<u8>> = page.entries.into_iter().map(|(id, _)| id).collect();
    assert_eq!(tags.len(), 201);
    let (_, texts) = pending(&store, &waiting.handle).await.unwrap();
    tags.extend(texts.iter().map(|text| base64url::decode(text).unwrap()));
    let place = office.place.path();
    assert!(tags.iter().all(|tag| !found(place, tag).is_empty()));
    let rotation = office.app.rotate_tags().await.unwrap();
    assert_eq!(rotation.leftovers, Leftovers::None);
    for tag in &tags {
        assert_eq!(found(place, tag), [""; 0]);
    }
    waiting.redeem(&office, &[]).await;
}

/// What a person who leaves takes along is not in the log either.
#[tokio::test]
async fn what_is_deleted_on_withdrawal_is_in_no_file() {
    let office = Office::open().await;
    let waiting = Waiting::at(&office).await;
    let grant = waiting.wallet.redeem(&office, &waiting.offer).await;
    let stored = waiting.wallet.look_up(&office, &grant).await.unwrap();
    let sealed = stored.unwrap().sealed.unwrap().to_bytes();
    let (_, tags) = pending(&office.store().await, &waiting.handle)
        .await
        .unwrap();
    let document = base64url::decode(&tags[0]).unwrap();
    let place = office.place.path();
    assert!(!found(place, &sealed).is_empty() && !found(place, &document).is_empty());
    let left = office.app.withdraw(&waiting.handle).await.unwrap();
    assert_eq!(left.leftovers, Leftovers::UntilScrub);
    assert_eq!(found(place, &sealed), [""; 0]);
    assert_eq!(found(place, &document), [""; 0]);
    assert_eq!(office.app.scrub().await.unwrap(), Leftovers::None);
    let again = office.app.withdraw(&waiting.handle).await.unwrap();
    assert!(again.already);
}

/// Nothing is promised where nothing can be done.
#[tokio::test]
async fn postgres_is_left_to_its_operator() {
    let schema = Schema::fresh().await;
    let (office, _, _) = postgres(&schema).await;
    let waiting = Waiting::at(&office).await;
    let rotation = office.app.rotate_tags().await.unwrap();
    assert_eq!(rotation.leftovers, Leftovers::UntilVacuum);
    let left = office.app.withdraw(&waiting.handle).await.unwrap();
    assert_eq!(left.leftovers, Leftovers::UntilVacuum);
    assert_eq!(office.app.scrub().await.unwrap(), Leftovers::UntilVacuum);
    schema.remove().await;
}

const NEW: &str = "PLANT3DNO";
