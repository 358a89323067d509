//! Net certificates at a verifier: accounts, blocks, epochs that nobody may mark, and what is kept.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use http::Response;
use jiff::{SignedDuration, Timestamp};
use keys::base64url;
use keys::seed::Seed;
use netcert::{
    AnchorOpening, Binding, Certificate, EpochKey, EpochProfile, HolderSecret, IssuanceProof,
    NetNumber, Prepared, Schedule, Slot, SlotValue, Slots, UnverifiedCertificate,
};
use openid4vp::scopes::NumberScope;
use openid4vp::wallet::{self, Authenticated, Holding};
use serde_json::{Value, json};
use verifier::{App, Config, Created, OpenError, PolicyRefused, Wish};

use crate::harness::{Shop, json, now, open, relative, send};
use crate::issuer::Issuer;

/// The epochs of an issuer, by their keys.
pub(crate) struct Epoch {
    key: EpochKey,
    pub(crate) profile: EpochProfile,
}

impl Epoch {
    pub(crate) fn of(issuer: &Issuer, later: u64) -> Self {
        Self::number(issuer, Schedule::weekly().epoch_at(now()).unwrap() + later)
    }

    pub(crate) fn at(issuer: &Issuer, now: Timestamp) -> Self {
        Self::number(issuer, Schedule::weekly().epoch_at(now).unwrap())
    }

    fn number(issuer: &Issuer, epoch: u64) -> Self {
        let key = EpochKey::generate(&mut host::system_rng()).unwrap();
        let schedule = Schedule::weekly();
        let profile = EpochProfile::new(&issuer.base, schedule, epoch, "+00:00", &key).unwrap();
        Self { key, profile }
    }
}

impl Issuer {
    /// Offers net certificates, and publishes these profiles.
    pub(crate) fn publish_epochs(&self, epochs: &[&Epoch]) {
        let base = &self.base;
        let metadata = json!({"credential_issuer": base, "credential_configurations_supported": {
            "person": {"format": "dc+sd-jwt"},
            "net": {"format": "net_certificate", "net_certificate": {
                "profile": netcert::PROFILE, "epochs": format!("{base}/net/epochs"),
            }},
        }});
        self.publish(
            "/.well-known/openid-credential-issuer",
            metadata.to_string(),
        );
        let urls: Vec<String> = epochs
            .iter()
            .map(|epoch| {
                let path = format!("/net/epochs/{}", epoch.profile.epoch());
                self.publish(&path, epoch.profile.canonical());
                format!("{base}{path}")
            })
            .collect();
        let current = epochs[0].profile.epoch();
        let list = json!({"current": current, "profiles": urls});
        self.publish("/net/epochs", list.to_string());
    }
}

pub(crate) struct Person {
    pub(crate) certificate: Certificate,
    pub(crate) secret: HolderSecret,
}

impl Person {
    pub(crate) fn new(epoch: &Epoch) -> Self {
        let rng = &mut host::system_rng();
        let seed = Seed::generate(rng);
        let secret = HolderSecret::derive(&seed, epoch.profile.issuer(), 0);
        let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
        let prepared = Prepared::create(&secret, &opening, rng).unwrap();
        let binding = Binding {
            profile: &epoch.profile,
            c_nonce: "c",
            dpop_jkt: "k",
        };
        let proof =
            IssuanceProof::prove_first(&secret, &opening, &anchor, &prepared, &binding, rng);
        let (proven, _) = proof.unwrap().verify_first(&binding).unwrap();
        let slots = Slots::new([
            (Slot::AgeOver18, SlotValue::Flag(true)),
            (Slot::GivenName, SlotValue::Text("Zdenka".into())),
            (Slot::FamilyName, SlotValue::Text("Quastenflosser".into())),
            (Slot::BirthDate, SlotValue::Text("1974-08-12".into())),
            (Slot::DocumentNumber, SlotValue::Text("PQX7741905".into())),
        ]);
        let issued = netcert::issue(&epoch.key, &epoch.profile, &slots.unwrap(), &proven).unwrap();
        let certificate = UnverifiedCertificate::parse(&issued).unwrap();
        let certificate = certificate.finish(&epoch.profile, &secret, &opening, &anchor, &prepared);
        Self {
            certificate: certificate.unwrap(),
            secret,
        }
    }

    pub(crate) fn answer(&self, request: Authenticated) -> http::Request<Vec<u8>> {
        let candidates = [wallet::certificate_candidate("0", &self.certificate)];
        let selection = request.matches(&candidates).preferred().unwrap();
        let holding = |_: &str| {
            Some(Holding::Net {
                certificate: &self.certificate,
                secret: &self.secret,
                name_beside_number: false,
            })
        };
        let rng = &mut host::system_rng();
        let answering = request.accept(&selection, holding, rng, now()).unwrap();
        let mut request = relative(answering.request());
        let addresses = "203.0.113.9, 192.0.2.7".parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", addresses);
        request
    }
}

/// A verifier whose issuer has published an epoch.
pub(crate) struct Club {
    pub(crate) shop: Shop,
    pub(crate) epoch: Epoch,
}

impl Club {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let issuer = Issuer::start();
        let epoch = Epoch::of(&issuer, 0);
        issuer.publish_epochs(&[&epoch]);
        let shop = Shop::of(issuer, change).await;
        shop.app.refresh_due().await;
        assert_eq!(shop.app.ready().await, Ok(()));
        shop.issuer.asked();
        Self { shop, epoch }
    }

    async fn visit(&self, person: &Person) -> (Created, Response<Vec<u8>>) {
        let created = self.shop.request("login").await;
        let request = open(&self.shop.router, created.link.expose()).await;
        let reply = send(&self.shop.router, person.answer(request)).await;
        (created, reply)
    }

    async fn credential(&self, created: &Created) -> Value {
        let result = json(&self.shop.result(created).await);
        assert_eq!(result["phase"], "answered", "{result}");
        result["answer"]["credentials"][0].clone()
    }

    async fn log_in(&self, person: &Person) -> Value {
        let (created, reply) = self.visit(person).await;
        assert_eq!(reply.status(), 200, "{}", json(&reply));
        self.credential(&created).await["net_certificate"].clone()
    }

    async fn accounts(&self) -> Vec<Value> {
        let token = &self.shop.admin_token;
        let reply = self.shop.ask("GET", "/accounts", token, Value::Null).await;
        json(&reply)["accounts"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_person_logs_in_and_is_known_by_their_number_the_next_time() {
    let club = Club::open().await;
    let person = Person::new(&club.epoch);
    let (created, reply) = club.visit(&person).await;
    assert_eq!(reply.status(), 200);
    let credential = club.credential(&created).await;
    assert_eq!(credential["format"], "net_certificate");
    assert_eq!(
        credential["claims"],
        json!([{"path": ["credentialSubject", "age_over_18"], "values": [true]}])
    );
    let first = &credential["net_certificate"];
    assert_eq!(first["first_visit"], true);
    assert_eq!(first["epoch"], club.epoch.profile.epoch());
    assert_eq!(first["superseded"], false);
    let number = first["net_number"].as_str().unwrap();
    assert!(NetNumber::parse(number).is_ok());
    let again = club.log_in(&person).await;
    assert_eq!(again["first_visit"], false);
    assert_eq!(again["pseudonym"], first["pseudonym"]);
    let other = club.log_in(&Person::new(&club.epoch)).await;
    assert_eq!(other["first_visit"], true);
    assert_ne!(other["pseudonym"], first["pseudonym"]);
    assert_eq!(club.accounts().await.len(), 2);
}

/// One number here, another at the next platform, although both sit on one machine.
#[tokio::test]
async fn two_platforms_know_two_numbers() {
    let club = Club::open().await;
    let issuer = Issuer::start();
    let shop = Shop::of(issuer, |config| {
        config.service.public_url = "http://127.0.0.1:8099".parse().unwrap();
        config.verifier.issuers = vec![verifier::TrustedIssuer::new(&club.shop.issuer.base)];
    })
    .await;
    shop.app.refresh_due().await;
    let there = Club {
        epoch: Epoch::of(&club.shop.issuer, 0),
        shop,
    };
    let person = Person::new(&club.epoch);
    let (here, other) = (club.log_in(&person).await, there.log_in(&person).await);
    assert_ne!(here["pseudonym"], other["pseudonym"]);
    assert_ne!(here["context"], other["context"]);
    // Who is blocked here is not blocked there.
    let number = NetNumber::parse(here["net_number"].as_str().unwrap()).unwrap();
    club.shop.app.block_account(&number, true).await.unwrap();
    assert_eq!(club.visit(&person).await.1.status(), 403);
    assert_eq!(there.visit(&person).await.1.status(), 200);
}

#[tokio::test]
async fn a_blocked_number_is_refused_as_such_and_may_come_back() {
    let club = Club::open().await;
    let person = Person::new(&club.epoch);
    let number = club.log_in(&person).await["net_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = &club.shop.admin_token;
    let change = async |what: &str| {
        let path = format!("/accounts/{number}/{what}");
        let reply = club.shop.ask("POST", &path, token, Value::Null).await;
        assert_eq!(reply.status(), 200);
        json(&reply)["accounts"][0].clone()
    };
    assert_eq!(change("block").await["blocked_since"], "2026-11-21");
    assert_eq!(club.accounts().await[0]["blocked_since"], "2026-11-21");
    let (created, reply) = club.visit(&person).await;
    assert_eq!(reply.status(), 403);
    assert_eq!(json(&reply), json!({"error": "access_denied"}));
    let result = json(&club.shop.result(&created).await);
    assert_eq!(result, json!({"phase": "failed", "failure": "blocked"}));
    // Everybody else comes in.
    assert_eq!(
        club.log_in(&Person::new(&club.epoch)).await["first_visit"],
        true
    );
    assert!(change("unblock").await.get("blocked_since").is_none());
    assert_eq!(club.log_in(&person).await["first_visit"], false);
}

#[tokio::test]
async fn numbers_are_typed_by_people() {
    let club = Club::open().await;
    let token = &club.shop.admin_token;
    let shown = club.log_in(&Person::new(&club.epoch)).await;
    let number = NetNumber::parse(shown["net_number"].as_str().unwrap()).unwrap();
    let ask = async |typed: &str| {
        let path = format!("/accounts/{}/block", typed.replace(' ', "%20"));
        club.shop.ask("POST", &path, token, Value::Null).await
    };
    let mut wrong = number.to_string();
    wrong.replace_range(5..6, if &wrong[5..6] == "q" { "p" } else { "q" });
    let refused = ask(&wrong).await;
    assert_eq!(refused.status(), 400);
    assert!(
        json(&refused).to_string().contains("character 6"),
        "{}",
        json(&refused)
    );
    assert_eq!(ask("nn1qqqqqqqqqqqqqqqqqqqqqqqqqqqqq").await.status(), 400);
    let nobody = Person::new(&club.epoch);
    let did = did::Did::parse(club.shop.app.did()).unwrap();
    let context = netcert::PseudonymContext::of_did_web(&did, netcert::Loopback::Allowed).unwrap();
    let nobody = nobody
        .certificate
        .pseudonym(&nobody.secret, &context)
        .unwrap();
    let nobody = NetNumber::of(&nobody);
    assert_eq!(ask(&nobody.grouped()).await.status(), 404);
    assert_eq!(ask(&number.grouped().to_uppercase()).await.status(), 200);
    let stranger = club
        .shop
        .ask("GET", "/accounts", "wrong", Value::Null)
        .await;
    assert_eq!(stranger.status(), 401);
}

/// *Attack*: one person, two processes, at the same instant: two accounts.
#[tokio::test]
async fn two_processes_make_one_account_of_one_person_sqlite() {
    race(|_| {}).await;
}

#[tokio::test]
async fn two_processes_make_one_account_of_one_person_postgres() {
    race(|config| config.service.database = crate::once::given().into()).await;
}

async fn race(change: fn(&mut Config)) {
    let club = Club::with(change).await;
    let (_, second) = club.shop.second(change).await;
    for _ in 0..4 {
        let person = Person::new(&club.epoch);
        let mut sent = tokio::task::JoinSet::new();
        for router in [&club.shop.router, &second, &club.shop.router, &second] {
            let created = club.shop.request("login").await;
            let answer = person.answer(open(router, created.link.expose()).await);
            let router = router.clone();
            sent.spawn(async move { (created, send(&router, answer).await.status()) });
        }
        let (mut firsts, mut numbers) = (0, BTreeSet::new());
        for (created, status) in sent.join_all().await {
            assert_eq!(status, 200);
            let shown = club.credential(&created).await["net_certificate"].clone();
            firsts += usize::from(shown["first_visit"] == true);
            numbers.insert(shown["net_number"].as_str().unwrap().to_owned());
        }
        assert_eq!(firsts, 1, "one visit is the first");
        let [number] = numbers.iter().collect::<Vec<_>>()[..] else {
            panic!("{numbers:?}")
        };
        let number = NetNumber::parse(number).unwrap();
        let accounts = club.shop.app.block_account(&number, false).await.unwrap();
        assert_eq!(accounts.len(), 1, "one person has one account");
    }
}

/// *Attack*: an answer that is on its way while its number is blocked.
#[tokio::test]
async fn a_block_counts_at_once_in_every_process() {
    let club = Club::open().await;
    let (other, second) = club.shop.second(|_| {}).await;
    let person = Person::new(&club.epoch);
    let number = club.log_in(&person).await["net_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let number = NetNumber::parse(&number).unwrap();
    other.block_account(&number, true).await.unwrap();
    assert_eq!(club.visit(&person).await.1.status(), 403);
    let created = other.request("login", &Wish::default()).await.unwrap();
    let request = open(&second, created.link.expose()).await;
    assert_eq!(send(&second, person.answer(request)).await.status(), 403);
    assert_eq!(other.accounts(None, 10).await.unwrap().accounts.len(), 1);
}

/// Invariant 1: whoever watches the issuer's door learns nothing of who presents.
#[tokio::test]
async fn presentations_cause_no_request_to_the_issuer_whatever_they_name() {
    let club = Club::open().await;
    let tagged = Epoch::of(&club.shop.issuer, 0);
    let next = Epoch::of(&club.shop.issuer, 1);
    for (epoch, status) in [(&club.epoch, 200), (&tagged, 503), (&next, 503)] {
        for _ in 0..2 {
            let (_, reply) = club.visit(&Person::new(epoch)).await;
            assert_eq!(reply.status(), status);
        }
    }
    assert_eq!(club.shop.issuer.asked(), Vec::<String>::new());
    // The schedule asks, the same as if nobody had come.
    club.shop.clock.advance(SignedDuration::from_mins(11));
    club.shop.app.refresh_due().await;
    let asked = club.shop.issuer.asked();
    assert!(asked.contains(&"/net/epochs".to_owned()), "{asked:?}");
}

/// *Attack*: the issuer publishes a second profile for an epoch, to find those who hold it.
#[tokio::test]
async fn a_second_profile_for_an_epoch_is_refused_and_shown() {
    let club = Club::open().await;
    let marked = Epoch::of(&club.shop.issuer, 0);
    club.shop.issuer.publish_epochs(&[&marked]);
    club.shop.app.refresh().await;
    let (_, reply) = club.visit(&Person::new(&marked)).await;
    assert_eq!(reply.status(), 503);
    assert_eq!(
        club.log_in(&Person::new(&club.epoch)).await["first_visit"],
        true
    );
    let get = http::Request::get("/net/profiles")
        .body(Vec::new())
        .unwrap();
    let published = json(&send(&club.shop.router, get).await);
    let [used, refused] = published["profiles"].as_array().unwrap().as_slice() else {
        panic!("{published}")
    };
    assert_eq!(used["hash"], base64url::encode(club.epoch.profile.hash()));
    assert!(used.get("refused").is_none());
    assert_eq!(refused["hash"], base64url::encode(marked.profile.hash()));
    assert!(refused["refused"].is_string());
    // A process that starts later, and sees the second one first, knows better.
    let (later, router) = club.shop.second(|_| {}).await;
    let created = later.request("login", &Wish::default()).await.unwrap();
    let request = open(&router, created.link.expose()).await;
    let reply = send(&router, Person::new(&marked).answer(request)).await;
    assert_eq!(reply.status(), 503);
}

/// What was fetched once is there after a restart, before anybody was asked.
#[tokio::test]
async fn epochs_outlast_a_restart() {
    let club = Club::open().await;
    club.shop.issuer.withdraw("/net/epochs");
    let config = Config::read(club.shop.place.path()).unwrap();
    let clock = Arc::new(club.shop.clock.clone());
    let app = App::open(config, clock).await.unwrap();
    let router = verifier::router(app.clone());
    let created = app.request("login", &Wish::default()).await.unwrap();
    let request = open(&router, created.link.expose()).await;
    let reply = send(&router, Person::new(&club.epoch).answer(request)).await;
    assert_eq!(reply.status(), 200);
}

#[tokio::test]
async fn an_issuer_that_offers_certificates_and_publishes_no_epoch_is_missing_something() {
    let issuer = Issuer::start();
    let later = Epoch::of(&issuer, 1);
    issuer.publish_epochs(&[&later]);
    let shop = Shop::of(issuer, |_| {}).await;
    shop.app.refresh_due().await;
    let why = shop.app.ready().await.unwrap_err();
    assert!(why.contains("the epoch profiles of"), "{why}");
    // The next epoch is kept already: it is there when it begins.
    shop.clock.advance(SignedDuration::from_hours(24 * 7));
    assert_eq!(shop.app.ready().await, Ok(()));
}

/// *Attack*: another issuer's profile, or one with a mark, in the place of the right one.
#[tokio::test]
async fn a_profile_is_the_issuers_own_and_canonical() {
    let issuer = Issuer::start();
    let epoch = Epoch::of(&issuer, 0);
    let foreign = Epoch::of(&Issuer::named("http://127.0.0.1:9"), 0);
    issuer.publish_epochs(&[&epoch]);
    let path = format!("/net/epochs/{}", epoch.profile.epoch());
    let marked = String::from_utf8(epoch.profile.canonical().to_vec()).unwrap();
    let marked = marked.replacen('{', "{ ", 1).into_bytes();
    for wrong in [foreign.profile.canonical().to_vec(), marked, b"{}".to_vec()] {
        issuer.publish(&path, wrong);
        let shop = Shop::of(Issuer::named(&issuer.base), |_| {}).await;
        shop.app.refresh_due().await;
        let get = http::Request::get("/net/profiles")
            .body(Vec::new())
            .unwrap();
        let published = json(&send(&shop.router, get).await);
        assert_eq!(published, json!({"profiles": []}));
    }
}

#[tokio::test]
async fn scopes_are_published_and_give_numbers_of_their_own() {
    let vote = |config: &mut Config| {
        config.verifier.scopes = vec![NumberScope {
            name: "vote".into(),
            purpose: "vote".into(),
            period: Some("2026".into()),
        }];
        let mut policy = config.verifier.policies[0].clone();
        policy.name = "vote".into();
        let query = serde_json::to_string(&policy.query.0).unwrap();
        let query = query.replace(r#""pseudonym":{}"#, r#""pseudonym":{"scope":"vote"}"#);
        policy.query.0 = serde_json::from_str(&query).unwrap();
        config.verifier.policies.push(policy);
    };
    let club = Club::with(vote).await;
    let get = http::Request::get("/.well-known/net-number-scopes").body(Vec::new());
    let list = send(&club.shop.router, get.unwrap()).await;
    assert_eq!(
        list.headers()["content-type"],
        "application/net-number-scopes+jwt"
    );
    let person = Person::new(&club.epoch);
    let plain = club.log_in(&person).await;
    let created = club.shop.request("vote").await;
    let request = open(&club.shop.router, created.link.expose()).await;
    assert_eq!(
        request.pseudonym().unwrap().scope().unwrap().purpose,
        "vote"
    );
    assert_eq!(
        send(&club.shop.router, person.answer(request))
            .await
            .status(),
        200
    );
    let voter = club.credential(&created).await["net_certificate"].clone();
    assert_eq!(
        (&voter["scope"], &voter["first_visit"]),
        (&json!("vote"), &json!(true))
    );
    assert_ne!(voter["pseudonym"], plain["pseudonym"]);
    assert_eq!(club.accounts().await.len(), 2);
    // Each can be blocked by its own number.
    let number = NetNumber::parse(voter["net_number"].as_str().unwrap()).unwrap();
    club.shop.app.block_account(&number, true).await.unwrap();
    assert_eq!(club.visit(&person).await.1.status(), 200);
    let created = club.shop.request("vote").await;
    let request = open(&club.shop.router, created.link.expose()).await;
    assert_eq!(
        send(&club.shop.router, person.answer(request))
            .await
            .status(),
        403
    );
}

#[tokio::test]
async fn a_policy_that_cannot_ask_for_a_number_stops_the_service() {
    let refused = async |change: fn(&mut Config)| {
        let place = tempfile::tempdir().unwrap();
        verifier::init(place.path(), &verifier::InitOptions::default()).unwrap();
        let mut config = Config::read(place.path()).unwrap();
        change(&mut config);
        let clock = Arc::new(host::SystemClock);
        match App::open(config, clock).await.unwrap_err() {
            OpenError::Policy {
                source: PolicyRefused::Policy(error),
                ..
            } => error.to_string(),
            other => panic!("{other}"),
        }
    };
    let unsigned = refused(|config| {
        let policy = &mut config.verifier.policies[0];
        policy.client_id_prefix = verifier::ClientIdPrefix::RedirectUri;
    });
    assert!(unsigned.await.contains("cannot ask for a number"));
    let unknown = refused(|config| {
        let policy = &mut config.verifier.policies[0];
        let query = serde_json::to_string(&policy.query.0).unwrap();
        let query = query.replace(r#""pseudonym":{}"#, r#""pseudonym":{"scope":"vote"}"#);
        policy.query.0 = serde_json::from_str(&query).unwrap();
    });
    assert!(unknown.await.contains("a scope that is not published"));
}

/// Invariant 5: a login leaves a number and a day, in no encoding more.
#[tokio::test]
async fn a_login_leaves_a_number_and_nothing_else_of_the_person() {
    let log = crate::privacy::Log::start();
    let club = Club::open().await;
    let person = Person::new(&club.epoch);
    let (created, reply) = club.visit(&person).await;
    assert_eq!(reply.status(), 200);
    // One that is refused, and so has a reason in the log.
    let tagged = Person::new(&Epoch::of(&club.shop.issuer, 0));
    assert_eq!(club.visit(&tagged).await.1.status(), 503);
    let kept = crate::privacy::scan(club.shop.place.path());
    for planted in [
        "Zdenka",
        "Quastenflosser",
        "1974-08-12",
        "PQX7741905",
        "203.0.113",
        "192.0.2.7",
    ] {
        assert!(
            !crate::privacy::found_anyhow(&kept, planted),
            "{planted} is kept"
        );
        let logged = log.read();
        assert!(
            !crate::privacy::found_anyhow(&logged, planted),
            "{planted} is logged"
        );
    }
    let number = club.credential(&created).await["net_certificate"]["net_number"].clone();
    let kept = crate::privacy::scan(club.shop.place.path());
    let (number, logged) = (number.as_str().unwrap(), log.read());
    assert!(
        crate::privacy::found_anyhow(&kept, number),
        "the scan sees the number"
    );
    assert!(crate::privacy::found_anyhow(&logged, "answer refused"));
    assert!(
        !crate::privacy::found_anyhow(&logged, number),
        "the number is logged"
    );
}

/// A login that is judged slowly does not keep others waiting: on the only thread there is,
/// something else is answered between the beginning and the end of every judgement.
#[tokio::test(flavor = "current_thread")]
async fn slow_proofs_are_judged_elsewhere() {
    let club = Club::open().await;
    let person = Person::new(&club.epoch);
    let created = club.shop.request("login").await;
    let request = open(&club.shop.router, created.link.expose()).await;
    let answer = person.answer(request);
    let router = club.shop.router.clone();
    let judged = tokio::spawn(async move { send(&router, answer).await });
    let mut answered = 0;
    while !judged.is_finished() {
        let get = http::Request::get("/healthz").body(Vec::new()).unwrap();
        assert_eq!(send(&club.shop.router, get).await.status(), 200);
        answered += 1;
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
    assert_eq!(judged.await.unwrap().status(), 200);
    assert!(answered > 1, "{answered}");
}

/// A measurement, not a test of any machine: how long `/healthz` takes while both processors judge.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: it takes some seconds, and nothing else may run"]
async fn healthz_under_full_load() {
    let club = Club::open().await;
    let people: Vec<Person> = (0..8).map(|_| Person::new(&club.epoch)).collect();
    let mut answers = Vec::new();
    for round in 0..512 {
        let created = club.shop.request("login").await;
        let request = open(&club.shop.router, created.link.expose()).await;
        answers.push(people[round % people.len()].answer(request));
    }
    let begun = std::time::Instant::now();
    let mut load = tokio::task::JoinSet::new();
    for answer in answers {
        let router = club.shop.router.clone();
        load.spawn(async move { send(&router, answer).await.status() });
    }
    let mut times = Vec::new();
    while load.try_join_next().is_some() || !load.is_empty() {
        let get = http::Request::get("/healthz").body(Vec::new()).unwrap();
        let asked = std::time::Instant::now();
        let router = club.shop.router.clone();
        let status = tokio::spawn(async move { send(&router, get).await.status() });
        assert_eq!(status.await.unwrap(), 200);
        times.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    println!(
        "512 logins in {:?}; {} times /healthz: p99 {p99:?}",
        begun.elapsed(),
        times.len()
    );
    assert!(p99 < Duration::from_millis(50), "{p99:?}");
}
