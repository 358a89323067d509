//! Presentations with a proof of their Holder.

use credential::data_integrity::{Cryptosuite, ProofFault, ProofOptions, Purpose, present, secure};
use credential::{Challenge, Format, PeerFault, UnverifiedPresentation, VerificationError};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, SigningKey};
use serde_json::json;

use super::{Party, evidence, holder, object, text};
use crate::parties::{challenge, now};

#[test]
fn a_holder_presents() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let suite = match algorithm {
            Algorithm::EdDsa => Cryptosuite::EddsaRdfc2022,
            _ => Cryptosuite::EcdsaRdfc2019,
        };
        let text = Party::new(suite).issued(json!({}));
        let other = Party::with(suite, 7).issued(json!({ "name": "Other" }));
        let presented = present(&[&text, &other], &holder(suite), &challenge(), now()).unwrap();
        let believed = verify_presentation(&presented, &challenge(), now()).unwrap();
        assert_eq!(believed, 2);

        let refused = |challenge: &Challenge, at: Timestamp| {
            verify_presentation(&presented, challenge, at).unwrap_err()
        };
        let other = Challenge {
            nonce: "other".to_owned(),
            ..challenge()
        };
        assert_eq!(refused(&other, now()), PeerFault::Nonce.into());
        let other = Challenge {
            audience: "other".to_owned(),
            ..challenge()
        };
        assert_eq!(refused(&other, now()), PeerFault::Audience.into());
        let later = now() + SignedDuration::from_mins(11);
        assert_eq!(refused(&challenge(), later), PeerFault::Freshness.into());
        // A Credential alone is no answer.
        let bare = verify_presentation(&text, &challenge(), now()).unwrap_err();
        assert_eq!(bare, PeerFault::HolderBindingMissing.into());
        // Nobody else's key signs for the Holder.
        let thief = SigningKey::from_secret(algorithm, &[77; 32]).unwrap();
        assert!(present(&[&text], &thief, &challenge(), now()).is_err());
        let method = did::key::verification_method(thief.public());
        let mut stolen = object(&presented);
        stolen.remove("proof");
        let answer = challenge();
        let options = ProofOptions {
            purpose: Purpose::Authentication,
            challenge: Some(&answer.nonce),
            domain: Some(&answer.audience),
            ..ProofOptions::assertion(suite, &method, now())
        };
        let as_holder = secure(stolen.clone(), &options, &thief).unwrap();
        let error = verify_presentation(&self::text(&as_holder), &answer, now()).unwrap_err();
        assert_eq!(error, ProofFault::Controller.into());
        stolen.insert("holder".to_owned(), method.did().as_str().into());
        let as_thief = secure(stolen, &options, &thief).unwrap();
        let error = verify_presentation(&self::text(&as_thief), &answer, now()).unwrap_err();
        assert_eq!(error, PeerFault::HolderMismatch.into());
        // An assertion is no authentication.
        let mut asserted = object(&presented);
        asserted.remove("proof");
        let key = holder(suite);
        let method = did::key::verification_method(key.public());
        let options = ProofOptions {
            purpose: Purpose::AssertionMethod,
            verification_method: &method,
            ..options
        };
        let asserted = secure(asserted, &options, &key).unwrap();
        let error = verify_presentation(&self::text(&asserted), &answer, now()).unwrap_err();
        assert_eq!(error, ProofFault::Purpose.into());
    }
}

#[test]
fn no_changed_byte_of_a_presentation_is_believed() {
    let suite = Cryptosuite::EddsaRdfc2022;
    let text = Party::new(suite).issued(json!({}));
    let presented = present(&[&text], &holder(suite), &challenge(), now()).unwrap();
    for at in 0..presented.len() {
        let mut bytes = presented.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else {
            continue;
        };
        let result = verify_presentation(&changed, &challenge(), now());
        assert!(result.is_err(), "{at}: {changed}");
    }
}

fn verify_presentation(
    text: &str,
    challenge: &Challenge,
    at: Timestamp,
) -> Result<usize, VerificationError> {
    let unverified = UnverifiedPresentation::parse(Format::LdpVc, text)?;
    let evidence = evidence(&unverified.key_sources()?);
    let believed = unverified.verify(&evidence, challenge, at)?;
    Ok(believed.get().credentials.len())
}
