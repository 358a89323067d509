//! The net certificate: one person, one anchor, and what attackers do to get a second.

use std::sync::Arc;

use evidence::CurrentDocument;
use http::Request;
use issuer::{App, Config, EnrolError, EpochsError, Likeness, OpenError};
use jiff::SignedDuration;
use keys::seed::Seed;
use netcert::{AnchorOpening, Binding, IssuanceProof, PinError, ProfilePins, Slot, SlotValue};
use openid4vci::messages::ErrorCode;
use openid4vci::wallet::{IssuanceError, Progress, RedemptionError, ResponseFault};
use serde_json::{Value, json};

use crate::harness::{Office, Wallet, json, now, read, send};
use crate::net_wallet::{Form, NetWallet, epochs, next_epoch, number, ticket};

/// A passport of the same person, of the same state unless changed.
fn document(change: &Value) -> CurrentDocument {
    let mut record = json!({
        "issuing_state": "UTO", "number": "L898902C3", "surname": "Eriksson",
        "given_names": "Anna Maria", "nationality": "UTO", "birth_date": "1974-08-12",
        "sex": "F", "expires_on": "2032-04-15",
    });
    for (name, value) in change.as_object().unwrap() {
        record[name] = value.clone();
    }
    let record = serde_json::from_value(record).unwrap();
    let document = evidence::IdentityDocument::from_record(&record).unwrap();
    document.judge(now()).unwrap()
}

fn flag(certificate: &netcert::Certificate, slot: Slot) -> bool {
    certificate.slots().get(slot) == &SlotValue::Flag(true)
}

/// Epochs of another length have other numbers, so that none is published twice; wallets refuse them
/// all the same.
#[tokio::test]
async fn the_calendar_of_epochs_holds_for_good() {
    let office = Office::open().await;
    let changes: [fn(&mut Config); 3] = [
        |config| config.issuer.net_certificate.epoch_days = 14,
        |config| config.issuer.net_certificate.epoch_days = 1,
        |config| config.issuer.net_certificate.time_zone = "+01:00".to_owned(),
    ];
    for change in changes {
        let mut config = read(office.place.path());
        change(&mut config);
        let refused = App::open(config, Arc::new(office.clock.clone())).await;
        assert!(matches!(
            refused,
            Err(OpenError::Epochs(EpochsError::Calendar(_)))
        ));
    }
    let _again = office.second(|_| {}).await;
}

#[tokio::test]
async fn a_person_receives_two_epochs_and_renews_to_the_same_number() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    assert!(!offer.anchored);
    let (grant, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let [this, next] = &certificates[..] else {
        panic!("two epochs")
    };
    assert_eq!(this.profile().epoch() + 1, next.profile().epoch());
    assert!(flag(this, Slot::AgeOver18) && !flag(this, Slot::AgeOver60));
    assert!(!flag(this, Slot::Stable12Months));
    assert_eq!(
        this.slots().get(Slot::FamilyName),
        &SlotValue::Text("ERIKSSON".to_owned())
    );
    let known = number(&wallet, this);
    assert_eq!(number(&wallet, next), known);

    // Time passes; a compartment renews with ticket and key, and without the secret.
    let ticket = ticket(&grant);
    for _ in 0..3 {
        let listed = epochs(&office, &grant).await;
        office.clock.set(next_epoch(&listed.current));
        let grant = wallet.refresh(&office, &ticket).await.unwrap();
        assert_eq!(self::ticket(&grant), ticket, "the ticket is not rotated");
        let listed = epochs(&office, &grant).await;
        let ahead = wallet.order(&office, &grant, Form::Renewal, vec![listed.next.clone()]);
        let ahead = ahead.await.unwrap();
        assert_eq!(ahead[0].profile(), &listed.next);
        assert_eq!(number(&wallet, &ahead[0]), known);
    }
    // The other credentials are there beside it.
    let mut other = Wallet::new(office.now());
    other.dpop = wallet.dpop;
    let grant = grant_of(&office, &other, &ticket).await;
    other.order(&office.router, &grant, "person", 1).await;
}

async fn grant_of(
    office: &Office,
    wallet: &Wallet,
    ticket: &str,
) -> openid4vci::wallet::AccessGrant {
    let identifier = office.app.identifier();
    let ids = vec!["person".to_owned()];
    let options = crate::net_wallet::OPTIONS;
    let mut stage =
        openid4vci::wallet::Refill::start(identifier, identifier, ids, ticket.into(), options)
            .unwrap();
    loop {
        let rng = &mut host::system_rng();
        let request = stage.request(&wallet.dpop, office.now(), rng).unwrap();
        let response = send(&office.router, request).await;
        match stage.receive(&response, office.now()).unwrap() {
            Progress::Done(grant) => return grant,
            Progress::More(next) => stage = next,
        }
    }
}

#[tokio::test]
async fn a_second_secret_for_the_same_person_is_refused_by_name() {
    let office = Office::open().await;
    let first = NetWallet::new(&office);
    first
        .receive(&office, &office.enrol().await, Form::First)
        .await
        .unwrap();
    let offer = office.enrol().await;
    assert!(offer.again && offer.anchored);
    let second = NetWallet::new(&office);
    let grant = second.redeem(&office, &offer).await;
    // The wallet can find out before it asks: there is an anchor, and its box does not open.
    let stored = second.look_up(&office, &grant).await.unwrap().unwrap();
    assert_eq!(stored.anchor, first.anchor);
    let domain = office.app.identifier();
    let sealed = stored.sealed.unwrap();
    assert!(sealed.open(&second.seed, domain, &stored.anchor).is_err());
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    for form in [Form::First, Form::Renewal] {
        let refused = second.order(&office, &grant, form, profiles.clone()).await;
        assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    }
    // Nor does the offer give the other credentials to who has not proven the anchor.
    let mut other = Wallet::new(now());
    other.dpop = second.dpop;
    let keys = [crate::harness::holder_key()];
    let request = other
        .credential_request(&office.router, &grant, "person", &keys)
        .await;
    let refused = send(&office.router, request).await;
    assert_eq!(json(&refused)["error"], "credential_request_denied");
    // The first wallet is not disturbed.
    let renewed = first
        .refresh(&office, &ticket(&first_grant(&office, &first).await))
        .await;
    assert!(renewed.is_ok());
}

/// A grant of the wallet that has the anchor, by a new offer.
async fn first_grant(office: &Office, wallet: &NetWallet) -> openid4vci::wallet::AccessGrant {
    let offer = office.enrol().await;
    let received = wallet.receive(office, &offer, Form::Renewal).await;
    received.unwrap().0
}

#[tokio::test]
async fn words_and_document_restore_the_same_number() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (_, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let known = number(&wallet, &certificates[0]);

    let words = wallet.seed.words();
    let mut restored = NetWallet::of(&office, Seed::from_words(&words).unwrap());
    let offer = office.enrol().await;
    let grant = restored.redeem(&office, &offer).await;
    let stored = restored.look_up(&office, &grant).await.unwrap().unwrap();
    let (secret, opening) = stored
        .sealed
        .unwrap()
        .open(&restored.seed, office.app.identifier(), &stored.anchor)
        .unwrap();
    (restored.secret, restored.opening, restored.anchor) = (secret, opening, stored.anchor);
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    let ordered = restored
        .order(&office, &grant, Form::Renewal, profiles)
        .await;
    assert_eq!(number(&restored, &ordered.unwrap()[0]), known);
}

#[tokio::test]
async fn words_and_backup_bind_the_ticket_to_a_new_key() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let ticket = ticket(&grant);
    let wallet = wallet.on_new_device();
    // Without a proof, the new key gets nothing.
    let refused = wallet.refresh(&office, &ticket).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    // Nor does another's secret.
    let thief = NetWallet::new(&office);
    let RedemptionError::Response(refused) = thief.rebind(&office, &ticket).await.unwrap_err()
    else {
        panic!("a refusal")
    };
    assert_eq!(
        refused.fault,
        ResponseFault::Refused(ErrorCode::InvalidProof)
    );
    let grant = wallet.rebind(&office, &ticket).await.unwrap();
    let bound = self::ticket(&grant);
    assert_ne!(bound, ticket);
    assert_eq!(bound.len(), ticket.len());
    let grant = wallet.refresh(&office, &bound).await.unwrap();
    let listed = epochs(&office, &grant).await;
    let renewed = wallet.order(&office, &grant, Form::Renewal, vec![listed.next]);
    assert_eq!(renewed.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_sniffed_commitment_cannot_be_enrolled_beside_another_document() {
    let office = Office::open().await;
    let victim = NetWallet::new(&office);
    let offer = office.enrol().await;
    let grant = victim.redeem(&office, &offer).await;
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current.clone(), listed.next.clone()];
    // The attacker sees the victim's whole first request, and uses it for a document of their own.
    let seen = victim.request(&office, &grant, Form::First, profiles.clone());
    let seen: Value = serde_json::from_slice(seen.await.body()).unwrap();
    let attacker = NetWallet::new(&office);
    let other = document(&json!({"number": "ATTACK", "surname": "Mallory"}));
    let other = office.app.enrol(&other).await.unwrap();
    let theirs = attacker.redeem(&office, &other).await;
    let with = |body: &Value, request: &Request<Vec<u8>>| {
        let (head, _) = request.clone().into_parts();
        Request::from_parts(head, serde_json::to_vec(body).unwrap())
    };
    let mut own = attacker
        .request(&office, &theirs, Form::First, profiles.clone())
        .await;
    for adopt_nonce in [false, true] {
        let mut body = seen.clone();
        if adopt_nonce {
            // With a challenge of their own, the proofs do not hold either.
            let mine: Value = serde_json::from_slice(own.body()).unwrap();
            for proof in body["proofs"]["net_anchor"].as_array_mut().unwrap() {
                proof["c_nonce"] = mine["proofs"]["net_anchor"][0]["c_nonce"].clone();
            }
        }
        let refused = send(&office.router, with(&body, &own)).await;
        assert_eq!(json(&refused)["error"], "invalid_proof");
        own = attacker
            .request(&office, &theirs, Form::First, profiles.clone())
            .await;
    }
    // Nor the bare commitment with proofs of their own.
    let stage = attacker
        .challenged(&office, &theirs, vec![listed.current])
        .await;
    let forged = stage.request(
        |_, binding: &Binding<'_>| {
            let rng = &mut host::system_rng();
            let (secret, opening) = (&attacker.secret, &attacker.opening);
            let prepared = netcert::Prepared::create(secret, opening, rng)?;
            IssuanceProof::prove_first(secret, opening, &victim.anchor, &prepared, binding, rng)
        },
        &attacker.dpop,
        now(),
        &mut host::system_rng(),
    );
    let refused = send(&office.router, forged.unwrap()).await;
    assert_eq!(json(&refused)["error"], "invalid_proof");
    // The owner is not locked out.
    let received = victim.order(&office, &grant, Form::First, profiles).await;
    assert!(received.is_ok());
}

#[tokio::test]
async fn one_secret_is_one_persons() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    wallet.receive(&office, &offer, Form::First).await.unwrap();
    let other = document(&json!({"number": "OTHER", "surname": "Mallory"}));
    let other = office.app.enrol(&other).await.unwrap();
    let refused = wallet.receive(&office, &other, Form::First).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
}

#[tokio::test]
async fn a_replayed_request_and_another_key_are_refused() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &office.enrol().await).await;
    let listed = epochs(&office, &grant).await;
    let request = wallet
        .request(&office, &grant, Form::First, vec![listed.current.clone()])
        .await;
    let proof_of = |key, request: &Request<Vec<u8>>| {
        let token = request.headers()["authorization"].to_str().unwrap();
        let token = keys::token::BearerToken::from(token.strip_prefix("DPoP ").unwrap());
        let url = "http://127.0.0.1:8001/credential".parse().unwrap();
        let method = http::Method::POST;
        let rng = &mut host::system_rng();
        openid4vci::oauth::dpop::prove(key, &method, &url, Some(&token), None, now(), rng).unwrap()
    };
    // Another key: the token is not its.
    let thief = crate::harness::holder_key();
    let mut stolen = request.clone();
    let proof = proof_of(&thief, &request).parse().unwrap();
    stolen.headers_mut().insert("dpop", proof);
    assert_eq!(send(&office.router, stolen).await.status(), 401);
    assert_eq!(send(&office.router, request.clone()).await.status(), 200);
    // The same request, and the same proofs under a fresh DPoP proof.
    assert_eq!(send(&office.router, request.clone()).await.status(), 401);
    let mut again = request.clone();
    let proof = proof_of(&wallet.dpop, &request).parse().unwrap();
    again.headers_mut().insert("dpop", proof);
    let refused = send(&office.router, again).await;
    assert_eq!(json(&refused)["error"], "invalid_nonce");
    // A lost answer is asked for again with fresh proofs, in either form.
    for form in [Form::First, Form::Renewal] {
        let profiles = vec![listed.current.clone(), listed.next.clone()];
        assert!(wallet.order(&office, &grant, form, profiles).await.is_ok());
    }
}

/// NetCertificate.md: the draft's signer reads lengths from the commitment; here they come from the
/// profile.
#[tokio::test]
async fn requests_of_other_lengths_epochs_and_shapes_are_refused() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &office.enrol().await).await;
    let listed = epochs(&office, &grant).await;
    let current = vec![listed.current.clone()];
    let change = async |change: &dyn Fn(&mut Value)| {
        let request = wallet
            .request(&office, &grant, Form::First, current.clone())
            .await;
        let (head, body) = request.into_parts();
        let mut body: Value = serde_json::from_slice(&body).unwrap();
        change(&mut body);
        let request = Request::from_parts(head, serde_json::to_vec(&body).unwrap());
        let refused = send(&office.router, request).await;
        assert_eq!(refused.status(), 400);
        json(&refused)["error"].as_str().unwrap().to_owned()
    };
    let cut = |body: &mut Value, member: &str, scalars: i64| {
        let proof = &mut body["proofs"]["net_anchor"][0][member];
        let mut bytes = keys::base64url::decode(proof.as_str().unwrap()).unwrap();
        let length = i64::try_from(bytes.len()).unwrap() + 32 * scalars;
        bytes.resize(usize::try_from(length).unwrap(), 1);
        *proof = keys::base64url::encode(bytes).into();
    };
    for scalars in [-1, 1, 2] {
        let error = change(&|body| cut(body, "commitment", scalars)).await;
        assert_eq!(error, "invalid_proof");
    }
    for (member, scalars) in [
        ("delta_proof", 1),
        ("opening_proof", -1),
        ("opening_proof", 1),
    ] {
        let error = change(&|body| cut(body, member, scalars)).await;
        assert_eq!(error, "invalid_proof");
    }
    let unissued = listed.next.epoch() + 1;
    for epoch in [0, unissued, u64::MAX] {
        let error = change(&|body| body["proofs"]["net_anchor"][0]["epoch"] = epoch.into()).await;
        assert_eq!(error, "invalid_credential_request");
    }
    let next = listed.next.epoch();
    let error = change(&|body| body["proofs"]["net_anchor"][0]["epoch"] = next.into()).await;
    assert_eq!(error, "invalid_proof");
    for (change_it, expected) in [
        (json!({"net_anchor": []}), "invalid_proof"),
        (json!({"jwt": ["a.b.c"]}), "invalid_proof"),
        (json!({"net_anchor": [], "jwt": []}), "invalid_proof"),
        (
            json!({"net_anchor": [{"c_nonce": "x"}]}),
            "invalid_credential_request",
        ),
    ] {
        let error = change(&|body| body["proofs"] = change_it.clone()).await;
        assert_eq!(error, expected, "{change_it}");
    }
    let error = change(&|body| {
        let proofs = body["proofs"]["net_anchor"].as_array_mut().unwrap();
        let proof = proofs[0].clone();
        proofs.push(proof);
    });
    assert_eq!(error.await, "invalid_credential_request");
    let error = change(&|body| body["proofs"]["net_anchor"][0]["anchor_box"] = Value::Null);
    assert_eq!(error.await, "invalid_proof");
    let error = change(&|body| body["proofs"]["net_anchor"][0]["extra"] = 1.into());
    assert_eq!(error.await, "invalid_credential_request");
    let profiles = vec![listed.current, listed.next];
    assert!(
        wallet
            .order(&office, &grant, Form::First, profiles)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn revoking_is_refusing_to_renew() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let ticket = ticket(&grant);
    office.app.revoke(&offer.handle).await.unwrap();
    let refused = wallet.refresh(&office, &ticket).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    let listed = epochs(&office, &grant).await;
    let next = vec![listed.next];
    let refused = wallet
        .order(&office, &grant, Form::Renewal, next.clone())
        .await;
    assert_eq!(refused.unwrap_err(), IssuanceError::Denied);
    // Showing the document opens it again, for the same secret alone, and with the same number.
    let offer = office.enrol().await;
    let thief = NetWallet::new(&office);
    let refused = thief.receive(&office, &offer, Form::First).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments[0].state, "revoked");
    let offer = office.enrol().await;
    wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    let page = office.app.enrolments(None, 10).await.unwrap();
    assert_eq!(page.enrolments[0].state, "active");
    // Tokens from before stay refused.
    let refused = wallet.refresh(&office, &ticket).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    // An offer that would open a revoked enrolment again is closed by revoking once more.
    office.app.revoke(&offer.handle).await.unwrap();
    let open = office.enrol().await;
    let grant = wallet.redeem(&office, &open).await;
    assert!(!office.app.revoke(&offer.handle).await.unwrap().already);
    let refused = wallet.order(&office, &grant, Form::Renewal, next).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::Denied);
}

#[tokio::test]
async fn tickets_with_older_claims_are_refused_once_newer_ones_took_effect() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let old = ticket(&grant);
    // The name changed; until the new offer is redeemed with the anchor, the old ticket is good.
    let offer = office.enrol().await;
    assert!(wallet.refresh(&office, &old).await.is_ok());
    let (grant, _) = wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    let refused = wallet.refresh(&office, &old).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    let refused = wallet.rebind(&office, &old).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    assert!(wallet.refresh(&office, &ticket(&grant)).await.is_ok());
}

#[tokio::test]
async fn tampered_tickets_and_those_of_a_retired_key_are_refused_and_all_are_of_one_size() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &office.enrol().await).await;
    let good = ticket(&grant);
    let long = document(&json!({
        "number": "LONG", "surname": "N".repeat(190), "given_names": "G".repeat(190)
    }));
    let long = office.app.enrol(&long).await.unwrap();
    let other = wallet.redeem(&office, &long).await;
    assert_eq!(ticket(&other).len(), good.len());
    let mut bytes = good.clone().into_bytes();
    for place in [0, 40, bytes.len() / 2, bytes.len() - 3] {
        let kept = bytes[place];
        bytes[place] = if kept == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(bytes.clone()).unwrap();
        let refused = wallet.refresh(&office, &tampered).await;
        assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
        bytes[place] = kept;
    }
    // The key of the tickets was stolen, and is replaced: what it sealed opens no more.
    let replaced = office.app.rotate_secrets(issuer::Change::AtOnce).await;
    replaced.unwrap();
    let (_, router) = office.second(|_| {}).await;
    let office = Office { router, ..office };
    let refused = wallet.refresh(&office, &good).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
}

#[tokio::test]
async fn a_new_document_of_somebody_alike_needs_the_anchor() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let first = office.enrol().await;
    let (_, certificates) = wallet.receive(&office, &first, Form::First).await.unwrap();
    let known = number(&wallet, &certificates[0]);
    let renewed = document(&json!({"number": "NEW1"}));
    let offer = office.app.enrol(&renewed).await.unwrap();
    assert_eq!(offer.handle, first.handle);
    assert!(offer.anchored);
    // Another wallet does not get it, and the new document is not theirs.
    let stranger = NetWallet::new(&office);
    let refused = stranger.receive(&office, &offer, Form::First).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    assert!(matches!(
        office.app.holder(renewed.get()).await,
        Err(issuer::RevokeError::Unknown)
    ));
    // The wallet with the anchor does: the number stays, and the document is known from now on.
    let offer = office.app.enrol(&renewed).await.unwrap();
    let (_, certificates) = wallet
        .receive(&office, &offer, Form::Renewal)
        .await
        .unwrap();
    assert_eq!(number(&wallet, &certificates[0]), known);
    assert_eq!(
        office.app.holder(renewed.get()).await.unwrap(),
        first.handle
    );
    assert_eq!(
        certificates[0].slots().get(Slot::DocumentNumber),
        &SlotValue::Text("NEW1".to_owned())
    );
    // Another person who only looks alike: the desk says so, and there are two from then on.
    let twin = document(&json!({"number": "TWIN"}));
    let other = office
        .app
        .enrol_as(&twin, &Likeness::Different)
        .await
        .unwrap();
    assert_ne!(other.handle, first.handle);
    let own = NetWallet::new(&office);
    let received = own.receive(&office, &other, Form::First).await;
    assert_ne!(number(&own, &received.unwrap().1[0]), known);
    // A third document could be either's: only the desk knows.
    let third = document(&json!({"number": "THIRD"}));
    let Err(EnrolError::Alike(both)) = office.app.enrol(&third).await else {
        panic!("ambiguous")
    };
    assert_eq!(both.len(), 2);
    let same = Likeness::Same(other.handle.clone());
    let offer = office.app.enrol_as(&third, &same).await.unwrap();
    assert_eq!(offer.handle, other.handle);
    // What the desk says does not make up for the anchor.
    let refused = wallet.receive(&office, &offer, Form::Renewal).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    let offer = office.app.enrol_as(&third, &same).await.unwrap();
    assert!(own.receive(&office, &offer, Form::Renewal).await.is_ok());
}

#[tokio::test]
async fn somebody_alike_without_an_anchor_is_for_the_desk_to_decide() {
    let office = Office::open().await;
    let first = office.enrol().await;
    let renewed = document(&json!({"number": "NEW1"}));
    let Err(EnrolError::Alike(alike)) = office.app.enrol(&renewed).await else {
        panic!("ambiguous")
    };
    assert_eq!(alike, std::slice::from_ref(&first.handle));
    let same = Likeness::Same(first.handle.clone());
    let offer = office.app.enrol_as(&renewed, &same).await.unwrap();
    assert_eq!(offer.handle, first.handle);
    let wallet = NetWallet::new(&office);
    wallet.receive(&office, &offer, Form::First).await.unwrap();
    assert_eq!(
        office.app.holder(renewed.get()).await.unwrap(),
        first.handle
    );
}

#[tokio::test]
async fn the_number_of_the_person_finds_a_renewed_passport_for_certain() {
    let office = Office::open().await;
    let old = document(&json!({"personal_number": "ZE184226B"}));
    let new = document(&json!({"personal_number": "ZE184226B", "number": "NEW1",
        "surname": "Silva", "given_names": "Joana"}));
    let first = office.app.enrol(&old).await.unwrap();
    let again = office.app.enrol(&new).await.unwrap();
    assert_eq!((again.handle, again.again), (first.handle, true));
    // A document that is one person's by its number and another's by theirs is nobody's.
    let other = document(&json!({"number": "OTHER", "surname": "Mallory"}));
    office.app.enrol(&other).await.unwrap();
    let mixed = document(&json!({"number": "OTHER", "personal_number": "ZE184226B"}));
    let refused = office.app.enrol(&mixed).await;
    assert!(matches!(refused, Err(EnrolError::TwoEnrolments)));
}

#[tokio::test]
async fn whoever_withdraws_is_known_again() {
    let office = Office::with(|config| config.issuer.withdrawal_days = 30).await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let known = number(&wallet, &certificates[0]);
    let left = office.app.withdraw(&offer.handle).await.unwrap();
    assert_eq!((left.until.as_str(), left.already), ("2026-12-21", false));
    assert!(office.app.withdraw(&offer.handle).await.unwrap().already);
    let refused = wallet.refresh(&office, &ticket(&grant)).await;
    assert_eq!(refused.unwrap_err(), RedemptionError::InvalidGrant);
    let listed = office.app.enrolments(None, 10).await.unwrap().enrolments;
    assert_eq!(
        (listed[0].state, &listed[0].enrolled_on),
        ("withdrawn", &None)
    );
    // Neither at once, nor with another document, nor with another secret.
    for number in ["L898902C3", "NEW1"] {
        let refused = office
            .app
            .enrol(&document(&json!({"number": number})))
            .await;
        assert!(
            matches!(refused, Err(EnrolError::CoolingDown(_))),
            "{number}"
        );
    }
    office.clock.advance(SignedDuration::from_hours(30 * 24));
    let offer = office.enrol().await;
    let second = NetWallet::new(&office);
    let refused = second.receive(&office, &offer, Form::First).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    // The box is gone; who has kept the opening comes back to the same number.
    let offer = office.enrol().await;
    let grant = wallet.redeem(&office, &offer).await;
    let stored = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    assert!(stored.anchor == wallet.anchor && stored.sealed.is_none());
    let listed = epochs(&office, &grant).await;
    let back = wallet
        .order(&office, &grant, Form::First, vec![listed.current])
        .await;
    assert_eq!(number(&wallet, &back.unwrap()[0]), known);
    let stored = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    assert!(stored.sealed.is_some(), "the box is kept again");
}

#[tokio::test]
async fn flags_are_those_of_the_epochs_beginning_in_legal_time() {
    // The epoch after the next begins on 2026-11-30T00:00Z, in Kiribati's legal time the same day
    // at 14:00; a child completes 14 years on 30 November.
    let child = document(&json!({"number": "CHILD", "birth_date": "2012-11-30"}));
    for (zone, [this, next]) in [("+00:00", [false, true]), ("-01:00", [false, false])] {
        let office = Office::with(|config| {
            config.issuer.net_certificate.time_zone = zone.to_owned();
        })
        .await;
        office.clock.set("2026-11-23T10:00:00Z".parse().unwrap());
        let wallet = NetWallet::new(&office);
        let offer = office.app.enrol(&child).await.unwrap();
        let (_, certificates) = wallet.receive(&office, &offer, Form::First).await.unwrap();
        let flags = [&certificates[0], &certificates[1]].map(|one| flag(one, Slot::AgeOver14));
        assert_eq!(flags, [this, next], "{zone}");
    }
}

#[tokio::test]
async fn a_number_is_stable_after_twelve_months() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    office.clock.advance(SignedDuration::from_hours(24 * 364));
    let grant = wallet.refresh(&office, &ticket(&grant)).await.unwrap();
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    let renewed = wallet.order(&office, &grant, Form::Renewal, profiles).await;
    let flags: Vec<bool> = renewed
        .unwrap()
        .iter()
        .map(|one| flag(one, Slot::Stable12Months))
        .collect();
    // Enrolled on 21 November 2026; these epochs begin on 15 and 22 November 2027.
    assert_eq!(flags, [false, true]);
}

#[tokio::test]
async fn a_profile_is_published_once_and_one_epoch_ahead() {
    let office = Office::open().await;
    let list = office.get("/net/epochs").await;
    assert_eq!(list.headers()["cache-control"], "public, max-age=300");
    let list = json(&list);
    let current = list["current"].as_u64().unwrap();
    let paths: Vec<String> = list["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|url| {
            url.as_str()
                .unwrap()
                .strip_prefix("http://127.0.0.1:8001")
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected = [current, current + 1].map(|epoch| format!("/net/epochs/{epoch}"));
    assert_eq!(paths, expected);
    let mut pins = ProfilePins::default();
    let mut seen = Vec::new();
    for path in &paths {
        let answer = office.get(path).await;
        assert!(
            answer.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let profile = netcert::EpochProfile::parse(answer.body()).unwrap();
        pins.accept(&profile, office.now()).unwrap();
        seen.push(answer.into_body());
    }
    let beyond = format!("/net/epochs/{}", current + 2);
    assert_eq!(office.get(&beyond).await.status(), 404);
    assert_eq!(office.get("/net/epochs/-1").await.status(), 400);
    // Another process, and a restart, publish the same.
    let (other, router) = office.second(|_| {}).await;
    for (path, known) in paths.iter().zip(&seen) {
        let request = Request::get(path).body(Vec::new()).unwrap();
        assert_eq!(send(&router, request).await.body(), known);
    }
    other.close().await;
    // A configuration that would make a second profile is refused when the issuer starts.
    let mut config = crate::harness::read(office.place.path());
    config.issuer.net_certificate.time_zone = "+01:00".to_owned();
    let refused = App::open(config, std::sync::Arc::new(office.clock.clone())).await;
    assert!(refused.unwrap_err().to_string().contains("is published"));
    // And one from an issuer that equivocates, by the wallet.
    let key = netcert::EpochKey::generate(&mut host::system_rng()).unwrap();
    let first = netcert::EpochProfile::parse(&seen[0]).unwrap();
    let second =
        netcert::EpochProfile::new(first.issuer(), first.schedule(), current, "+00:00", &key);
    assert_eq!(
        pins.accept(&second.unwrap(), office.now()),
        Err(PinError::SecondProfile)
    );
    let context = office.get("/contexts/net-certificate/v1").await;
    assert_eq!(context.body(), netcert::CONTEXT_DOCUMENT.as_bytes());
}

#[tokio::test]
async fn metadata_offer_the_net_certificate_first() {
    let office = Office::open().await;
    let metadata = json(&office.get("/.well-known/openid-credential-issuer").await);
    let net = &metadata["credential_configurations_supported"]["net"];
    assert_eq!(net["format"], "net_certificate");
    assert_eq!(
        net["cryptographic_binding_methods_supported"],
        json!(["net_anchor"])
    );
    assert_eq!(
        net["proof_types_supported"],
        json!({"net_anchor": {"proof_signing_alg_values_supported": ["BBS_BLS12381_SHA256"]}})
    );
    assert_eq!(
        net["credential_definition"],
        json!({"type": ["VerifiableCredential", "NetCertificate"]})
    );
    assert_eq!(
        net["net_certificate"],
        json!({"profile": netcert::PROFILE, "epochs": "http://127.0.0.1:8001/net/epochs"})
    );
    let offer = office.enrol().await;
    let link = offer.link_by_value.expose();
    let (net, person) = (
        link.find("%22net%22").unwrap(),
        link.find("%22person%22").unwrap(),
    );
    assert!(net < person);
    let without = Office::with(|config| config.issuer.net_certificate.enabled = false).await;
    assert_eq!(without.get("/net/epochs").await.status(), 404);
    let metadata = json(&without.get("/.well-known/openid-credential-issuer").await);
    assert!(
        metadata["credential_configurations_supported"]
            .get("net")
            .is_none()
    );
}

#[tokio::test]
async fn the_anchor_is_given_to_the_token_of_its_enrolment_alone() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let grant = wallet.redeem(&office, &offer).await;
    assert!(wallet.look_up(&office, &grant).await.unwrap().is_none());
    let request = Request::get("/net/anchor").body(Vec::new()).unwrap();
    assert_eq!(send(&office.router, request).await.status(), 401);
    let stage = grant.anchor();
    let request = stage
        .request(&wallet.dpop, now(), &mut host::system_rng())
        .unwrap();
    assert_eq!(send(&office.router, request.clone()).await.status(), 404);
    let replayed = send(&office.router, request).await;
    assert_eq!(json(&replayed)["error"], "invalid_dpop_proof");
    office.app.revoke(&offer.handle).await.unwrap();
    assert!(wallet.look_up(&office, &grant).await.is_err());
}

/// A kill between redeeming and ordering loses nothing: the token is still good, and the first
/// order can be repeated.
#[tokio::test]
async fn what_was_begun_is_finished_by_another_process() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let grant = wallet.redeem(&office, &office.enrol().await).await;
    let listed = epochs(&office, &grant).await;
    let profiles = vec![listed.current, listed.next];
    let request = wallet
        .request(&office, &grant, Form::First, profiles.clone())
        .await;
    office.app.close().await;
    assert_eq!(send(&office.router, request).await.status(), 503);
    let (app, router) = office.second(|_| {}).await;
    let office = Office {
        app,
        router,
        ..office
    };
    let first = wallet
        .order(&office, &grant, Form::First, profiles.clone())
        .await
        .unwrap();
    office.app.close().await;
    let (app, router) = office.second(|_| {}).await;
    let office = Office {
        app,
        router,
        ..office
    };
    let again = wallet
        .order(&office, &grant, Form::First, profiles)
        .await
        .unwrap();
    assert_eq!(number(&wallet, &first[0]), number(&wallet, &again[0]));
}

/// The opening must not be replaced by one that fits another anchor: the box of the first stays.
#[tokio::test]
async fn the_sealed_opening_of_the_first_enrolment_stays() {
    let office = Office::open().await;
    let wallet = NetWallet::new(&office);
    let offer = office.enrol().await;
    let (grant, _) = wallet.receive(&office, &offer, Form::First).await.unwrap();
    let before = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    let listed = epochs(&office, &grant).await;
    let again = wallet.order(&office, &grant, Form::First, vec![listed.current]);
    again.await.unwrap();
    let after = wallet.look_up(&office, &grant).await.unwrap().unwrap();
    assert_eq!(before.sealed, after.sealed);
    let (_, opening): (_, AnchorOpening) = after
        .sealed
        .unwrap()
        .open(&wallet.seed, office.app.identifier(), &after.anchor)
        .unwrap();
    assert!(opening.opens(&wallet.secret, &wallet.anchor));
}
