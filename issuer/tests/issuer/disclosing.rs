//! Credentials of which their holders show a part: `ecdsa-sd-2023` and `bbs-2023`.

use std::sync::Arc;

use credential::data_integrity::ProofFault;
use credential::data_integrity::selective::Held;
use credential::{Format, UnverifiedCredential};
use issuer::{ClaimName, CredentialType, Identification, OpenError, Suite};
use serde_json::Value;
use status::Status;

use crate::harness::{self, Office, Wallet, json, now};

const SUITES: [(Suite, &str, &str); 2] = [
    (Suite::EcdsaSd2023, "ecdsa-sd-2023", "signing-ecdsa-sd.key"),
    (Suite::Bbs2023, "bbs-2023", "signing-bbs.key"),
];

#[tokio::test]
async fn copies_are_good_whole_to_their_holder_and_in_part_to_others() {
    for (suite, name, _) in SUITES {
        let office = Office::with(|config| offer(config, suite)).await;
        let metadata = json(&office.get("/.well-known/openid-credential-issuer").await);
        let told = &metadata["credential_configurations_supported"]["citizen"];
        let suites = &told["credential_signing_alg_values_supported"];
        assert_eq!(*suites, serde_json::json!([name]));
        let wallet = Wallet::new(now());
        let enrolled = office.enrol().await;
        let grant = wallet.redeem(&office.router, &enrolled).await;
        let received = wallet.order(&office.router, &grant, "citizen", 2).await;
        let mut seen = Vec::new();
        for text in &received.credentials {
            let unverified = UnverifiedCredential::parse(Format::LdpVc, text).unwrap();
            let key = office.issuer_key(&unverified.key_source().unwrap()).await;
            let copy = unverified.verify_as_holder(&key, office.now()).unwrap();
            let copy = copy.into_inner();
            assert_eq!(copy.issuer, office.app.did());
            assert_eq!(copy.claims["credentialSubject"]["given_name"], "ANNA MARIA");
            let status = office.status(&copy.status, &copy.issuer).await;
            assert_eq!(status, Status::VALID);
            let again = UnverifiedCredential::parse(Format::LdpVc, text).unwrap();
            let refused = again.verify(&key, office.now()).unwrap_err();
            assert_eq!(refused, ProofFault::BaseProof.into());

            // Without a wish, what is always shown: whose word it is, since and until when, its
            // status, the holder's key, and what the operator chose.
            let held = Held::parse(text).unwrap().unwrap();
            let selected = held.select(&[]).unwrap();
            let members: Vec<&str> = selected.claims().keys().map(String::as_str).collect();
            assert_eq!(
                members,
                [
                    "@context",
                    "credentialStatus",
                    "credentialSubject",
                    "issuer",
                    "type",
                    "validFrom",
                    "validUntil",
                ]
            );
            let subject = selected.claims()["credentialSubject"].as_object().unwrap();
            let names: Vec<&str> = subject.keys().map(String::as_str).collect();
            assert_eq!(names, ["id", "nationality"]);
            let derived = selected.derive(b"once", &mut host::system_rng()).unwrap();
            let derived = Value::Object(derived).to_string();
            let shown = office.verify(Format::LdpVc, &derived).await.into_inner();
            assert_eq!(shown.status, copy.status);
            seen.push((copy.claims["credentialSubject"]["id"].clone(), shown.status));
        }
        // Every copy has a key and a place of its own.
        assert_ne!(seen[0].0, seen[1].0);
        assert_ne!(seen[0].1, seen[1].1);
    }
}

#[tokio::test]
async fn a_key_that_is_missing_is_told_before_anybody_asks() {
    for (suite, _, file) in SUITES {
        let place = tempfile::tempdir().unwrap();
        let clock = host::ManualClock::at(now());
        issuer::init(place.path(), &issuer::InitOptions::default(), &clock).unwrap();
        std::fs::remove_file(place.path().join("keys").join(file)).unwrap();
        // An issuer of an earlier release opens, as long as it does not need the key.
        let open = |change: fn(&mut issuer::Config)| {
            let mut config = harness::read(place.path());
            offer(&mut config, suite);
            change(&mut config);
            issuer::App::open(config, Arc::new(clock.clone()))
        };
        let without = open(|config| config.issuer.credentials.truncate(2)).await;
        without.unwrap().close().await;
        let refused = open(|_| {}).await;
        assert!(matches!(refused, Err(OpenError::NoKey(id)) if id == "citizen"));
    }
}

#[tokio::test]
async fn what_cannot_be_mandatory_is_refused() {
    let office = Office::open().await;
    for change in [
        (|kind: &mut CredentialType| kind.mandatory = vec![ClaimName::DocumentNumber])
            as fn(&mut CredentialType),
        |kind| kind.cryptosuite = Suite::EddsaRdfc2022,
        |kind| kind.format = Format::JwtVcJson,
    ] {
        let mut config = harness::read(office.place.path());
        offer(&mut config, Suite::Bbs2023);
        change(config.issuer.credentials.last_mut().unwrap());
        let refused = issuer::App::open(config, Arc::new(office.clock.clone())).await;
        assert!(matches!(refused, Err(OpenError::Mandatory(id)) if id == "citizen"));
    }
}

fn offer(config: &mut issuer::Config, suite: Suite) {
    config.issuer.identification = Identification::Did;
    config.issuer.credentials.push(CredentialType {
        id: "citizen".to_owned(),
        format: Format::LdpVc,
        name: "CitizenCredential".to_owned(),
        cryptosuite: suite,
        claims: vec![
            ClaimName::GivenName,
            ClaimName::BirthDate,
            ClaimName::Nationality,
            ClaimName::AgeOver18,
        ],
        mandatory: vec![ClaimName::Nationality],
        ..CredentialType::defaults().remove(1)
    });
}
