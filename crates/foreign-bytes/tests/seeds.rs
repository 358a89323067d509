//! What the fuzzer starts from is sound, and leads past the door.
#![expect(clippy::expect_used, reason = "tests")]

use foreign_bytes::Target;

/// Runs a target over its seeds, and over each with its end cut off and a bit turned. The first
/// seed is a good one: it must be taken, or its mutations would all stop at the door.
fn run(name: &str) {
    let target = Target::named(name).expect("a target");
    let seeds = target.seeds();
    let first = seeds.first().expect("a seed");
    assert_eq!((target.run)(first), Some(()));
    for seed in seeds {
        let _ = (target.run)(&seed);
        let middle = seed.len() / 2;
        let _ = (target.run)(seed.get(..middle).unwrap_or_default());
        let mut turned = seed.clone();
        if let Some(byte) = turned.get_mut(middle) {
            *byte ^= 1;
        }
        let _ = (target.run)(&turned);
    }
    let _ = (target.run)(b"");
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { run(stringify!($name)); })*

        #[test]
        fn every_target_is_tested() {
            let tested = [$(stringify!($name)),*];
            for target in Target::all() {
                assert!(tested.contains(&target.name), "{}", target.name);
            }
        }
    };
}

targets! {
    admin_tokens any_list any_list_signed authorization_response base64url base_proof base_proof_signed bbs_commitment bbs_key bbs_proof bbs_pseudonym
    bbs_scalar bbs_signature client_id configuration credential_request dcql
    derived_proof did did_document direct_post_reply document_record door_answer door_request dpop_claims envelope inspected issuer_metadata
    issuer_metadata_oid4vci json json_schema jwk jws multikey net_anchor_box net_authorization_response
    net_certificate net_context net_credential_request net_issuance_proof net_number net_profile net_shown_cbor
    net_shown_json net_token_binding net_token_request network notification_request number_scopes number_scopes_signed offer_link picture
    proof_claims proof_presentation request_claims request_link request_object sd_jwt sd_jwt_signed sealed seed_words
    spki status_list status_token status_token_signed td3 token_request vault vc_jwt vc_jwt_signed
    vc_sd_jwt vc_sd_jwt_signed vp_jwt_signed wallet_question wallet_receives x5c
}
