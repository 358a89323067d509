//! Orders that are refused: another secret, another commitment, another shape.

use http::Request;
use netcert::{Binding, IssuanceProof};
use openid4vci::wallet::IssuanceError;
use serde_json::{Value, json};

use super::{document, first_grant};
use crate::harness::{Office, Wallet, json, now, send};
use crate::net_wallet::{Form, NetWallet, epochs, ticket};

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
