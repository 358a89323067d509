use keys::base64url;
use keys::seed::Seed;
use netcert::{
    AnchorOpening, Binding, EpochKey, EpochProfile, HolderSecret, IssuanceProof, Prepared,
    Schedule, Slot, SlotValue, Slots, UnverifiedCertificate,
};
use serde_json::{Value, json};

use crate::holder::{key, stored};

pub(crate) const ISSUER: &str = "https://id.utopia.example";

/// A net certificate as a vault keeps it, of the epoch of 22 November 2026 and the next, for the seed
/// that the tests' vaults have.
pub(crate) fn net(id: &str) -> Value {
    let rng = &mut host::system_rng();
    let seed = Seed::from_entropy(&[7; 32]);
    let secret = HolderSecret::derive(&seed, ISSUER, 0);
    let (anchor, opening) = AnchorOpening::create(&secret, rng).unwrap();
    let schedule = Schedule::weekly();
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let current = schedule.epoch_at(now).unwrap();
    let slots = Slots::new([
        (Slot::AgeOver14, SlotValue::Flag(true)),
        (Slot::AgeOver18, SlotValue::Flag(true)),
        (Slot::AgeOver60, SlotValue::Flag(false)),
        (Slot::Nationality, SlotValue::Text("UTO".to_owned())),
        (Slot::GivenName, SlotValue::Text("ANNA".to_owned())),
    ])
    .unwrap();
    let epochs: Vec<Value> = [current, current + 1]
        .into_iter()
        .map(|epoch| {
            let key = EpochKey::generate(rng).unwrap();
            let profile = EpochProfile::new(ISSUER, schedule, epoch, "+00:00", &key).unwrap();
            let binding = Binding {
                profile: &profile,
                c_nonce: "c",
                dpop_jkt: "j",
            };
            let prepared = Prepared::create(&secret, &opening, rng).unwrap();
            let proof = IssuanceProof::prove_renewal(&anchor, &prepared, &binding, rng).unwrap();
            let proven = proof.verify_renewal(&anchor, &binding).unwrap();
            let document = netcert::issue(&key, &profile, &slots, &proven).unwrap();
            let certificate = UnverifiedCertificate::parse(&document)
                .unwrap()
                .finish(&profile, &secret, &opening, &anchor, &prepared)
                .unwrap();
            json!({
                "epoch": epoch,
                "valid_from": profile.valid_from(),
                "shown_from": profile.switch_at().unwrap(),
                "valid_until": profile.valid_until(),
                "record": certificate.to_record(),
            })
        })
        .collect();
    json!({
        "id": id, "name": "Person", "issuer": ISSUER, "issuer_name": "Utopia",
        "configuration": "net", "received_at": "2026-11-20T10:00:00Z",
        "renewal_due": "2026-11-26T03:04:05Z", "refused_at": null,
        "domain": ISSUER, "generation": 0, "anchor": anchor,
        "opening": base64url::encode(opening.expose_secret().as_slice()),
        "ticket": {"authorization_server": ISSUER, "refresh_token": "ticket", "dpop": stored(&key())},
        "rebind": false, "epochs": epochs,
        "resting": {"age_over_14": "2026-12-01T00:00:00Z"}, "numbers": [],
    })
}
