//! W3C credentials of which the Holder shows a part (`ecdsa-sd-2023`, `bbs-2023`), from the request to
//! the Verifier's judgement.

use credential::data_integrity::{Cryptosuite, ProofFault, present, selective};
use credential::mechanism::{IssueOptions, Mechanism, MechanismKey, Secured};
use credential::{Challenge, Format, PeerFault, UnverifiedCredential, VerificationError};
use dcql::ClaimPath;
use did::DidUrl;
use keys::{Algorithm, SigningKey};
use openid4vp::messages::AuthorizationResponse;
use openid4vp::verifier::{Created, Error, Identity, Policy, PolicyError, Requested, Step};
use openid4vp::wallet::{Authenticated, Error as WalletError, Holding, HoldingFault};
use serde_json::{Value, json};

use crate::parties::{
    Held, Issuer, Verifier, accept, adults, candidates, endpoints, issuer_key, map, now, receive,
    rng,
};

const SUITES: [Mechanism; 2] = [Mechanism::EcdsaSd2023, Mechanism::Bbs2023];

#[test]
fn what_was_asked_for_is_shown_and_the_rest_stays() {
    for mechanism in SUITES {
        let (office, verifier) = (Office::new(mechanism), Verifier::new());
        let created = verifier.create(office.policy(json!({"claims": [age()]})));
        let held = [office.issue()];
        let request = verifier.open(&created);
        let matches = request.matches(&candidates(&held));
        assert!(!matches.queries()[0].answers()[0].whole());
        let sent = accept(request, &held);
        let shown = entry(sent.body());
        assert_eq!(shown["proof"]["challenge"], requested_nonce(&created));
        let client_id = format!("decentralized_identifier:{}", verifier.method.did());
        assert_eq!(shown["proof"]["domain"], client_id);
        let inner = &shown["verifiableCredential"][0];
        assert_eq!(inner["proof"]["cryptosuite"], mechanism.name());
        let subject = inner["credentialSubject"].as_object().unwrap();
        let names: Vec<_> = subject.keys().map(String::as_str).collect();
        assert_eq!(names, ["age_over_18", "id"]);
        assert!(inner["validUntil"].is_string());
        assert!(!shown.to_string().contains("Ada"));

        let step = receive(&created.session, sent.body(), now());
        assert!(step.reply.is_ok(), "{:?}", step.reply);
        let session = step.next.unwrap();
        let answer = session.take(&created.token, None, now()).unwrap();
        let answer = answer.result.unwrap();
        assert_eq!(answer.credentials[0].format, "ldp_vc");
        assert_eq!(answer.credentials[0].issuer, office.did());
        assert_eq!(answer.credentials[0].claims.len(), 1);
        assert_eq!(answer.unasked, 0);
    }
}

/// What a Holder shows beyond what was asked is counted, and what the Issuer made mandatory is not:
/// nobody could have withheld it.
#[test]
fn what_was_shown_and_not_asked_for_is_counted() {
    for mechanism in SUITES {
        let verifier = Verifier::new();
        for (mandatory, shown, unasked) in [
            (vec![], vec!["age_over_18"], 0),
            (vec![], vec!["age_over_18", "given_name"], 1),
            (
                vec!["/credentialSubject/given_name"],
                vec!["age_over_18"],
                0,
            ),
            (
                vec!["/credentialSubject/given_name"],
                vec!["age_over_18", "home"],
                2,
            ),
            (vec![], vec!["age_over_18", "given_name", "home"], 3),
        ] {
            let office = Office::new(mechanism);
            let created = verifier.create(office.policy(json!({"claims": [age()]})));
            let base = office.issue_with(&mandatory);
            let held = selective::Held::parse(&base.text).unwrap().unwrap();
            let place = |name: &&str| ClaimPath::of("credentialSubject", [*name]);
            let places: Vec<_> = shown.iter().map(place).collect();
            let selected = held.select(&places).unwrap();
            let derived = selected.derive(requested_nonce(&created).as_bytes(), &mut rng());
            let derived = Value::Object(derived.unwrap()).to_string();
            let key = base.key.as_ref().unwrap();
            let presentation = show(&derived, key, &created, &verifier);
            let step = sent(&created, presentation);
            assert!(step.reply.is_ok(), "{:?}", step.reply);
            let answer = step
                .next
                .unwrap()
                .take(&created.token, None, now())
                .unwrap();
            let answer = answer.result.unwrap();
            assert_eq!(
                answer.unasked, unasked,
                "{mechanism} {mandatory:?} {shown:?}"
            );
            assert_eq!(answer.credentials[0].claims.len(), 1);
        }
    }
}

/// Without a word of what is asked for, nothing goes but what always does; and without a proof of
/// binding, the derived credential goes alone.
#[test]
fn what_is_mandatory_can_go_alone_and_unbound() {
    for mechanism in SUITES {
        let (office, verifier) = (Office::new(mechanism), Verifier::new());
        for (asked, alone) in [
            (json!({}), false),
            (json!({"require_cryptographic_holder_binding": false}), true),
        ] {
            let created = verifier.create(office.policy(asked));
            let sent = accept(verifier.open(&created), &[office.issue()]);
            let shown = entry(sent.body());
            let inner = match alone {
                true => &shown,
                false => &shown["verifiableCredential"][0],
            };
            assert_eq!(inner["proof"]["cryptosuite"], mechanism.name());
            let subject = inner["credentialSubject"].as_object().unwrap();
            assert_eq!(subject.len(), 1, "the name of the key, and no claim");
            let step = receive(&created.session, sent.body(), now());
            assert!(step.reply.is_ok(), "{:?}", step.reply);
        }
    }
}

#[test]
fn a_base_proof_is_refused_by_name() {
    for mechanism in SUITES {
        let (office, verifier) = (Office::new(mechanism), Verifier::new());
        let base = office.issue();
        let refused: VerificationError = ProofFault::BaseProof.into();
        for (asked, bound) in [
            (json!({"claims": [age()]}), true),
            (
                json!({"require_cryptographic_holder_binding": false}),
                false,
            ),
        ] {
            let created = verifier.create(office.policy(asked));
            let shown = match bound {
                true => show(&base.text, base.key.as_ref().unwrap(), &created, &verifier),
                false => serde_json::from_str(&base.text).unwrap(),
            };
            assert_eq!(answer(&created, shown), Some(refused.clone().into()));
        }
    }
}

#[test]
fn what_was_changed_or_made_for_others_is_refused() {
    for mechanism in SUITES {
        let (office, verifier) = (Office::new(mechanism), Verifier::new());
        let asked = json!({"claims": [age()]});
        let created = verifier.create(office.policy(asked.clone()));
        let held = [office.issue()];
        let shown = entry(accept(verifier.open(&created), &held).body());
        let derived = shown["verifiableCredential"][0].clone();
        let key = held[0].key.as_ref().unwrap();
        let changed = |place: &str, value: Value| {
            let mut derived = derived.clone();
            *derived.pointer_mut(place).unwrap() = value;
            let shown = show(&derived.to_string(), key, &created, &verifier);
            answer(&created, shown)
        };
        let peer = |fault: PeerFault| Some(VerificationError::from(fault).into());
        let signature = peer(ProofFault::Signature.into());
        // Proven anew by its Holder, who must not be able to change a word.
        for (place, value) in [
            ("/credentialSubject/age_over_18", json!(false)),
            ("/validUntil", json!("2039-01-01T00:00:00Z")),
            ("/proof/created", json!("2027-01-15T08:00:01Z")),
        ] {
            assert_eq!(changed(place, value), signature, "{mechanism} {place}");
        }
        let mut added = derived.clone();
        added["credentialSubject"]["given_name"] = "Eve".into();
        let added = show(&added.to_string(), key, &created, &verifier);
        assert!(answer(&created, added).is_some());

        let mut without = shown.clone();
        without["proof"]
            .as_object_mut()
            .unwrap()
            .remove("challenge");
        assert_eq!(answer(&created, without), peer(PeerFault::Nonce));
        let mut moved = shown.clone();
        moved["proof"]["challenge"] = "another".into();
        assert_eq!(answer(&created, moved), peer(PeerFault::Nonce));
        let elsewhere = Challenge {
            audience: "decentralized_identifier:did:web:other.example".to_owned(),
            nonce: requested_nonce(&created),
        };
        let text = derived.to_string();
        let relayed = present(&[&text], key, &elsewhere, now()).unwrap();
        let relayed = serde_json::from_str(&relayed).unwrap();
        assert_eq!(answer(&created, relayed), peer(PeerFault::Audience));
        // Whoever finds the derived credential cannot show it as theirs.
        let unbound = answer(&created, derived);
        assert_eq!(unbound, peer(PeerFault::HolderBindingMissing));
        assert_eq!(answer(&created, shown), None);
    }
}

/// A policy names the suites that it takes, and the request says so: a wallet with another
/// credential has none that answers.
#[test]
fn a_policy_takes_the_suites_that_it_names() {
    let verifier = Verifier::new();
    for (mechanism, taken, other) in [
        (
            Mechanism::Bbs2023,
            Cryptosuite::Bbs2023,
            Cryptosuite::EcdsaSd2023,
        ),
        (
            Mechanism::EcdsaSd2023,
            Cryptosuite::EcdsaSd2023,
            Cryptosuite::Bbs2023,
        ),
    ] {
        let office = Office::new(mechanism);
        let asking = |suite| {
            verifier.create(Policy {
                cryptosuites: vec![suite],
                ..office.policy(json!({"claims": [age()]}))
            })
        };
        let held = [office.issue()];
        let created = asking(taken);
        let request = verifier.open(&created);
        assert!(request.reads_proofs(&held[0].credential.cryptosuites));
        let sent = accept(request, &held);
        assert!(receive(&created.session, sent.body(), now()).reply.is_ok());

        let created = asking(other);
        let request = verifier.open(&created);
        assert!(!request.reads_proofs(&held[0].credential.cryptosuites));
        let unread = WalletError::Holding(HoldingFault::Unread);
        assert_eq!(refused(request, &held), unread);
        // A wallet that does not listen gets nowhere.
        let base = &held[0];
        let derived = entry(
            accept(
                verifier.open(&verifier.create(office.policy(json!({})))),
                &held,
            )
            .body(),
        );
        let derived = derived["verifiableCredential"][0].to_string();
        let shown = show(&derived, base.key.as_ref().unwrap(), &created, &verifier);
        assert_eq!(answer(&created, shown), Some(Error::CryptosuiteNotTaken));
    }
    // There is nothing to choose between where no such credential is asked for.
    let issuer = Issuer::new(Algorithm::EdDsa);
    let policy = Policy {
        cryptosuites: vec![Cryptosuite::Bbs2023],
        ..adults(&issuer)
    };
    let identity = Identity::Did(verifier.method.did());
    let created = Requested::create(policy, identity, &endpoints(), &mut rng(), now());
    assert_eq!(created.err(), Some(PolicyError::Cryptosuites));
}

/// An Issuer of credentials that are disclosed in part.
struct Office {
    mechanism: Mechanism,
    key: MechanismKey,
    method: DidUrl,
}

impl Office {
    fn new(mechanism: Mechanism) -> Self {
        let key = MechanismKey::generate(mechanism.key_kind(), &mut rng()).unwrap();
        Self {
            mechanism,
            method: key.verification_method().unwrap(),
            key,
        }
    }

    fn did(&self) -> String {
        self.method.did().to_string()
    }

    fn issue(&self) -> Held {
        self.issue_with(&[])
    }

    /// Issues a credential of which this is mandatory, too.
    fn issue_with(&self, mandatory: &[&str]) -> Held {
        let holder = SigningKey::generate(Algorithm::EdDsa, &mut rng());
        let credential = map(json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/undefined-terms/v2",
            ],
            "type": ["VerifiableCredential", "PersonCredential"],
            "issuer": self.did(),
            "validUntil": "2038-01-01T00:00:00Z",
            "credentialSubject": {
                "id": did::key::did(holder.public()).as_str(),
                "given_name": "Ada",
                "age_over_18": true,
                "home": {"type": "Address", "street": "Rua do Ouro", "number": 7},
            },
        }));
        let always = ["/validUntil", "/credentialSubject/id"];
        let mandatory = always.iter().chain(mandatory).map(|one| (*one).to_owned());
        let mandatory: Vec<String> = mandatory.collect();
        let options = IssueOptions {
            verification_method: &self.method,
            created: Some(now()),
            mandatory: &mandatory,
        };
        let secured = self
            .mechanism
            .issue(credential, &self.key, &options, &mut rng());
        let Ok(Secured::Object(base)) = secured else {
            panic!("{secured:?}")
        };
        let text = Value::Object(base).to_string();
        let unverified = UnverifiedCredential::parse(Format::LdpVc, &text).unwrap();
        let source = unverified.key_source().unwrap();
        let verified = unverified.verify_as_holder(&issuer_key(&source), now());
        Held {
            text,
            key: Some(holder),
            credential: verified.unwrap().into_inner(),
        }
    }

    fn policy(&self, more: Value) -> Policy {
        let mut credential = json!({
            "id": "person",
            "format": "ldp_vc",
            "meta": { "type_values": [["PersonCredential"]] },
        });
        credential.as_object_mut().unwrap().extend(map(more));
        Policy {
            query: serde_json::from_value(json!({ "credentials": [credential] })).unwrap(),
            issuers: vec![self.did()],
            ..adults(&Issuer::new(Algorithm::EdDsa))
        }
    }
}

fn age() -> Value {
    json!({"path": ["credentialSubject", "age_over_18"], "values": [true]})
}

fn requested_nonce(created: &Created) -> String {
    let session = serde_json::to_value(&created.session).unwrap();
    session["requested"]["nonce"].as_str().unwrap().to_owned()
}

/// Proves what a wallet would not show, for this request.
fn show(text: &str, key: &SigningKey, created: &Created, verifier: &Verifier) -> Value {
    let challenge = Challenge {
        audience: format!("decentralized_identifier:{}", verifier.method.did()),
        nonce: requested_nonce(created),
    };
    serde_json::from_str(&present(&[text], key, &challenge, now()).unwrap()).unwrap()
}

/// Sends a presentation, and returns why it was refused.
fn answer(created: &Created, shown: Value) -> Option<Error> {
    sent(created, shown).reply.err()
}

fn sent(created: &Created, shown: Value) -> Step {
    let state = serde_json::to_value(&created.session).unwrap()["requested"]["state"].clone();
    let mut vp_token = openid4vp::messages::VpToken::default();
    vp_token.0.insert("person".to_owned(), vec![shown]);
    let response = AuthorizationResponse::Presentation {
        vp_token,
        state: state.as_str().map(str::to_owned),
    };
    receive(&created.session, response.encode().as_bytes(), now())
}

fn refused(request: Authenticated, held: &[Held]) -> WalletError {
    let selection = request.matches(&candidates(held)).preferred().unwrap();
    let holdings = |_: &str| {
        let one = &held[0];
        Some(Holding::Signed {
            credential: &one.text,
            key: one.key.as_ref(),
        })
    };
    request
        .accept(&selection, holdings, &mut rng(), now())
        .unwrap_err()
}

/// What was sent for the only query.
fn entry(body: &[u8]) -> Value {
    match AuthorizationResponse::parse(body) {
        Ok(AuthorizationResponse::Presentation { vp_token, .. }) => vp_token.0["person"][0].clone(),
        _ => panic!("no presentation"),
    }
}
