//! Net certificates at a verifier: accounts, blocks, epochs that nobody may mark, and what is kept.

mod accounts;
mod epochs;
mod load;

use std::sync::Arc;

use http::Response;
use jiff::{SignedDuration, Timestamp};
use keys::seed::Seed;
use netcert::{
    AnchorOpening, Binding, Certificate, EpochKey, EpochProfile, HolderSecret, IssuanceProof,
    NetNumber, Prepared, Schedule, Slot, SlotValue, Slots, UnverifiedCertificate,
};
use openid4vp::scopes::NumberScope;
use openid4vp::wallet::{self, Authenticated, Holding};
use serde_json::{Value, json};
use verifier::{App, Config, Created, OpenError, PolicyRefused};

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
