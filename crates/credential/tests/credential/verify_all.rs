//! Many Credentials verified together: each with the result that it has alone.

use credential::data_integrity::{Cryptosuite, Leniency, ProofFault, ProofOptions, issue};
use credential::{
    Format, HolderFault, IssuerKey, PeerFault, UnverifiedCredential, VerificationError, vc_sd_jwt,
    verify_all,
};
use did::Did;
use jiff::Timestamp;
use keys::jws::JwsError;
use keys::{Algorithm, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::parties::{Parties, key, now, rng};

/// How a Credential came, as text.
#[derive(Clone)]
enum Text {
    Known(Format, String),
    W3cSdJwt(String),
}

impl Text {
    fn parse(&self) -> Option<UnverifiedCredential> {
        match self {
            Self::Known(format, text) => UnverifiedCredential::parse(*format, text).ok(),
            Self::W3cSdJwt(text) => UnverifiedCredential::parse_sd_jwt(text).ok(),
        }
    }

    fn flip(&mut self, at: &prop::sample::Index, bit: u8) {
        let (Self::Known(_, text) | Self::W3cSdJwt(text)) = self;
        let mut bytes = std::mem::take(text).into_bytes();
        // A change before made it no text at all.
        if bytes.is_empty() {
            return;
        }
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        *text = String::from_utf8(bytes).unwrap_or_default();
    }
}

fn texts(count: usize) -> Vec<Text> {
    (0..count)
        .map(|number| {
            let algorithm = match number % 11 {
                10 => Algorithm::Es256,
                _ => Algorithm::EdDsa,
            };
            let parties = Parties {
                issuer: key(algorithm, u8::try_from(number % 3 + 1).unwrap()),
                ..Parties::new(algorithm)
            };
            text(&parties, number)
        })
        .collect()
}

fn text(parties: &Parties, number: usize) -> Text {
    let method = did::key::verification_method(parties.issuer.public());
    let reference = credential::KeyReference::KeyId(method.to_string());
    let mut credential = parties.credential();
    credential.insert("issuer".to_owned(), json!(method.did()));
    credential.insert("id".to_owned(), json!(format!("urn:example:{number}")));
    if number % 13 == 12 {
        credential.insert("validUntil".to_owned(), json!("2026-11-01T00:00:00Z"));
    }
    let eddsa = parties.issuer.algorithm() == Algorithm::EdDsa;
    let suite = match (number % 4, eddsa) {
        (2, true) => Cryptosuite::EddsaJcs2022,
        (2, false) => Cryptosuite::EcdsaJcs2019,
        (_, true) => Cryptosuite::EddsaRdfc2022,
        (_, false) => Cryptosuite::EcdsaRdfc2019,
    };
    match number % 4 {
        0 => {
            let issuance = credential::vc_jwt::Issuance {
                credential,
                holder: None,
                status: None,
                key_reference: &reference,
            };
            Text::Known(Format::JwtVcJson, issuance.sign(&parties.issuer).unwrap())
        }
        1 => {
            let issuance = vc_sd_jwt::Issuance {
                credential,
                disclosable: &[],
                pad_digests_to: 0,
                holder: None,
                key_reference: &reference,
            };
            Text::W3cSdJwt(issuance.sign(&parties.issuer, &mut rng()).unwrap())
        }
        _ => {
            credential.insert("type".to_owned(), json!("VerifiableCredential"));
            let options = ProofOptions::assertion(suite, &method, now());
            let signed = issue(credential, &options, &parties.issuer).unwrap();
            Text::Known(Format::LdpVc, Value::Object(signed).to_string())
        }
    }
}

/// Evidence for all, with one issuer's missing if asked for.
fn evidence(texts: &[Text], without: Option<usize>) -> Vec<IssuerKey> {
    let mut all: Vec<IssuerKey> = Vec::new();
    for one in texts.iter().filter_map(Text::parse) {
        for source in one.key_sources().unwrap_or_default() {
            if all.iter().any(|known| *known.source() == source) {
                continue;
            }
            let document = Did::parse(&source.issuer()).and_then(|did| did::key::document(&did));
            if let Ok(document) = document
                && let Ok(issuer) = IssuerKey::from_did_document(&source, &document)
            {
                all.push(issuer);
            }
        }
    }
    if let Some(without) = without.filter(|_| !all.is_empty()) {
        all.remove(without % all.len());
    }
    all
}

type Outcome = Result<Value, VerificationError>;

fn alone(texts: &[Text], issuers: &[IssuerKey], at: Timestamp) -> Vec<Outcome> {
    let all = texts.iter().filter_map(Text::parse);
    all.map(|one| {
        let verified = one.verify_with(issuers, Leniency::None, at)?;
        Ok(Value::Object(verified.into_inner().claims))
    })
    .collect()
}

fn together(texts: &[Text], issuers: &[IssuerKey], at: Timestamp) -> Vec<Outcome> {
    let all = texts.iter().filter_map(Text::parse).collect();
    verify_all(all, issuers, Leniency::None, at, &mut rng())
        .into_iter()
        .map(|one| Ok(Value::Object(one?.into_inner().claims)))
        .collect()
}

#[test]
fn the_culprit_is_named() {
    let mut all = texts(130);
    let issuers = evidence(&all, None);
    let good = together(&all, &issuers, now());
    assert_eq!(good, alone(&all, &issuers, now()));
    assert_eq!(good[12], Err(HolderFault::Expired.into()));
    assert_eq!(good.iter().filter(|one| one.is_err()).count(), 10);
    // One signature of each kind exchanged for another's.
    for (place, fault) in [
        (0, VerificationError::from(JwsError::Signature)),
        (1, JwsError::Signature.into()),
        (2, ProofFault::Signature.into()),
        (3, ProofFault::Signature.into()),
    ] {
        let was = all[place].clone();
        all[place] = exchanged(&was, &all[place + 12]);
        let results = together(&all, &issuers, now());
        assert_eq!(results[place], Err(fault));
        let mut expected = good.clone();
        expected[place] = results[place].clone();
        assert_eq!(results, expected);
        assert_eq!(results, alone(&all, &issuers, now()));
        all[place] = was;
    }
}

/// The first Credential with the second's signature.
fn exchanged(one: &Text, other: &Text) -> Text {
    match (one, other) {
        (Text::Known(Format::LdpVc, one), Text::Known(_, other)) => {
            let mut changed: Value = serde_json::from_str(one).unwrap();
            let other: Value = serde_json::from_str(other).unwrap();
            changed["proof"]["proofValue"] = other["proof"]["proofValue"].clone();
            Text::Known(Format::LdpVc, changed.to_string())
        }
        (Text::Known(format, one), Text::Known(_, other)) => {
            let (signed, _) = one.rsplit_once('.').unwrap();
            let (_, signature) = other.rsplit_once('.').unwrap();
            Text::Known(*format, format!("{signed}.{signature}"))
        }
        (Text::W3cSdJwt(one), Text::W3cSdJwt(other)) => {
            let (signed, _) = one.rsplit_once('.').unwrap();
            let (_, signature) = other.rsplit_once('.').unwrap();
            Text::W3cSdJwt(format!("{signed}.{signature}"))
        }
        _ => panic!("of two kinds"),
    }
}

#[test]
fn a_proof_set_is_as_bad_as_its_worst() {
    let parties = Parties::new(Algorithm::EdDsa);
    let method = did::key::verification_method(parties.issuer.public());
    let mut all = texts(80);
    let Text::Known(_, one) = text(&parties, 3) else {
        panic!("not an object")
    };
    let signed: Value = serde_json::from_str(&one).unwrap();
    let options = ProofOptions::assertion(Cryptosuite::EddsaJcs2022, &method, now());
    let set = credential::data_integrity::secure(
        signed.as_object().unwrap().clone(),
        &options,
        &parties.issuer,
    );
    let mut set = Value::Object(set.unwrap());
    all.push(Text::Known(Format::LdpVc, set.to_string()));
    let second = set["proof"][1]["proofValue"].clone();
    set["proof"][1]["proofValue"] = set["proof"][0]["proofValue"].clone();
    all.push(Text::Known(Format::LdpVc, set.to_string()));
    set["proof"][0]["proofValue"] = second;
    all.push(Text::Known(Format::LdpVc, set.to_string()));
    let issuers = evidence(&all, None);
    let results = together(&all, &issuers, now());
    assert!(results[80].is_ok());
    assert_eq!(results[81], Err(ProofFault::Signature.into()));
    assert_eq!(results, alone(&all, &issuers, now()));
}

#[test]
fn nothing_and_strangers_are_judged_too() {
    assert!(verify_all(Vec::new(), &[], Leniency::None, now(), &mut rng()).is_empty());
    let all = texts(5);
    let results = together(&all, &[], now());
    assert_eq!(results, vec![Err(PeerFault::KeyEvidence.into()); 5]);
    let other = SigningKey::from_secret(Algorithm::EdDsa, &[9; 32]).unwrap();
    assert_ne!(key(Algorithm::EdDsa, 1).public(), other.public());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn together_is_as_alone(
        count in 1..110_usize,
        flips in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..8_u8),
            0..6,
        ),
        without in prop::option::of(0..3_usize),
        days in 0..400_i64,
    ) {
        let mut all = texts(count);
        for (which, at, bit) in flips {
            let which = which.index(all.len());
            all[which].flip(&at, bit);
        }
        let issuers = evidence(&all, without);
        let at = now() + jiff::SignedDuration::from_hours(24 * days);
        prop_assert_eq!(together(&all, &issuers, at), alone(&all, &issuers, at));
    }
}
