//! W3C Credentials secured by SD-JWT: issued, held, presented, in envelopes, and refused by name.

mod presentations;

use credential::sd_jwt::{self, ClaimPath, Held};
use credential::vc_sd_jwt::{Issuance, IssueError, present};
use credential::{
    Challenge, Credential, Format, HolderFault, IssuerFault, PeerFault, Presentation,
    UnverifiedCredential, UnverifiedPresentation, VerificationError,
};
use jiff::{SignedDuration, Timestamp};
use keys::Algorithm;
use keys::jws::JwsError;
use serde_json::{Map, Value, json};

use crate::parties::{Parties, challenge, disclosure, evidence, forge, key, now, rng};

const ALGORITHMS: [Algorithm; 3] = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384];

#[test]
fn what_is_selected_is_believed_and_the_rest_unseen() {
    for algorithm in ALGORITHMS {
        let parties = Parties::new(algorithm);
        let issued = issued(&parties);
        let whole = verify(&issued, now()).unwrap();
        assert_eq!(whole.format, Format::JwtVcJson);
        assert_eq!(whole.issuer, parties.iss);
        assert_eq!(whole.types, ["VerifiableCredential", "IdentityCredential"]);
        assert_eq!(whole.holder(), Some(parties.holder.public()));
        assert_eq!(whole.claims["credentialSubject"], subject());
        assert_eq!(whole.disclosed.len(), 3);

        let held = Held::parse(&issued).unwrap();
        let selected = held.select(&[path(&["credentialSubject", "givenName"])]);
        let bound = selected
            .unwrap()
            .bind(&parties.holder, &challenge(), now())
            .unwrap();
        let shown = verify_presentation(&bound, &challenge(), now()).unwrap();
        assert_eq!(shown.holder.as_ref(), Some(parties.holder.public()));
        let claims = &shown.credentials[0].claims;
        assert_eq!(
            claims["credentialSubject"],
            json!({ "givenName": "Ada", "address": {} })
        );
        // The door for Credentials takes none with a key binding.
        assert_eq!(verify(&bound, now()).unwrap_err(), PeerFault::Format.into());
    }
}

#[test]
fn a_presentation_is_answered_once_by_its_holder() {
    let parties = Parties::new(Algorithm::EdDsa);
    let issued = issued(&parties);
    let select = || {
        let held = Held::parse(&issued).unwrap();
        held.select(&[path(&["credentialSubject", "givenName"])])
            .unwrap()
    };
    let good = select().bind(&parties.holder, &challenge(), now()).unwrap();
    let other = Challenge {
        nonce: "other".to_owned(),
        ..challenge()
    };
    let elsewhere = Challenge {
        audience: "elsewhere".to_owned(),
        ..challenge()
    };
    let later = now() + SignedDuration::from_mins(11);
    for (answer, at, fault) in [
        (&other, now(), PeerFault::Nonce),
        (&elsewhere, now(), PeerFault::Audience),
        (&challenge(), later, PeerFault::Freshness),
    ] {
        let error = verify_presentation(&good, answer, at).unwrap_err();
        assert_eq!(error, fault.into());
    }
    let thief = key(Algorithm::EdDsa, 9);
    let stolen = select().bind(&thief, &challenge(), now()).unwrap();
    let error = verify_presentation(&stolen, &challenge(), now()).unwrap_err();
    assert_eq!(error, JwsError::Signature.into());
    let unbound = select().into_unbound();
    let error = verify_presentation(&unbound, &challenge(), now()).unwrap_err();
    assert_eq!(error, PeerFault::HolderBindingMissing.into());
    let presentation = UnverifiedPresentation::parse_sd_jwt(&unbound).unwrap();
    let issuers: Vec<_> = presentation
        .key_sources()
        .unwrap()
        .iter()
        .map(evidence)
        .collect();
    assert!(presentation.verify_unbound(&issuers, now()).is_ok());
}

#[test]
fn what_a_verifier_must_see_cannot_be_withheld() {
    let parties = Parties::new(Algorithm::EdDsa);
    for name in ["@context", "type", "issuer", "validUntil", "validFrom"] {
        let error = issue_with(&parties, parties.credential(), &[path(&[name])]).unwrap_err();
        assert_eq!(error, IssueError::SdJwt(sd_jwt::IssueError::MustBePlain));
        // An Issuer who does so nevertheless is not believed.
        let mut payload = parties.credential();
        let value = payload.remove(name).unwrap();
        let (encoded, digest) = disclosure(&json!(["salt", name, value]));
        payload.insert("_sd".to_owned(), json!([digest]));
        let text = craft(&parties, &payload, &[encoded]);
        let error = verify(&text, now()).unwrap_err();
        let expected = match name {
            "issuer" => PeerFault::KeyEvidence.into(),
            _ => VerificationError::Issuer(IssuerFault::MustBePlain(match name {
                "@context" => "@context",
                "type" => "type",
                "validUntil" => "validUntil",
                _ => "validFrom",
            })),
        };
        assert_eq!(error, expected, "{name}");
    }
    let mut schema = parties.credential();
    let (encoded, digest) = disclosure(&json!(["salt", "id", "https://a.example/"]));
    schema.insert(
        "credentialSchema".to_owned(),
        json!({ "type": "JsonSchema", "_sd": [digest] }),
    );
    let error = verify(&craft(&parties, &schema, &[encoded]), now()).unwrap_err();
    assert_eq!(error, IssuerFault::MustBePlain("credentialSchema").into());
}

#[test]
fn tokens_of_other_kinds_are_refused() {
    let parties = Parties::new(Algorithm::EdDsa);
    let credential = parties.credential();
    // The same text is no SD-JWT VC, and an SD-JWT VC is none of these.
    let issued = issued(&parties);
    let as_vc = UnverifiedCredential::parse(Format::SdJwtVc, &issued).unwrap();
    assert!(as_vc.key_source().is_err());
    let sd_jwt_vc = parties.issue(json!({}), &[]);
    assert!(verify(&sd_jwt_vc, now()).is_err());
    for typ in ["vc+jwt", "dc+sd-jwt", "vp+sd-jwt", "JWT", "kb+jwt"] {
        let payload = Value::Object(credential.clone()).to_string();
        let token = forge(&parties.header(typ), payload.as_bytes(), &parties.issuer);
        let error = verify(&format!("{token}~"), now()).unwrap_err();
        assert_eq!(error, JwsError::Type.into(), "{typ}");
    }
    // As in a vc+jwt: claims that contradict the Credential, or belong to the older model.
    for (name, value, fault) in [
        (
            "iss",
            json!("urn:x:y"),
            IssuerFault::Contradiction("iss", "issuer"),
        ),
        (
            "jti",
            json!("urn:x:y"),
            IssuerFault::Contradiction("jti", "id"),
        ),
        ("vc", json!({}), IssuerFault::Claim("vc")),
        ("vp", json!("x"), IssuerFault::Claim("vp")),
        ("iat", json!(true), IssuerFault::Claim("iat")),
        ("iat", json!("yesterday"), IssuerFault::Claim("iat")),
        ("type", json!("Other"), IssuerFault::Claim("type")),
        ("_sd_alg", json!("md5"), IssuerFault::DigestAlgorithm),
    ] {
        let mut payload = credential.clone();
        payload.insert(name.to_owned(), value);
        let error = verify(&craft(&parties, &payload, &[]), now()).unwrap_err();
        assert_eq!(error, fault.into(), "{name}");
    }
    let mut signed_later = credential;
    signed_later.insert("iat".to_owned(), json!("2026-11-23T12:00:00Z"));
    let error = verify(&craft(&parties, &signed_later, &[]), now()).unwrap_err();
    assert_eq!(error, HolderFault::NotYetValid.into());
    let later = now() + SignedDuration::from_hours(24 * 100);
    assert_eq!(
        verify(&issued, later).unwrap_err(),
        HolderFault::Expired.into()
    );
}

#[test]
fn no_changed_byte_is_believed() {
    let parties = Parties::new(Algorithm::EdDsa);
    let issued = issued(&parties);
    let whole = verify(&issued, now()).unwrap().claims;
    let presented = present(
        &[&issued],
        &[],
        &parties.holder,
        &challenge(),
        now(),
        &mut rng(),
    );
    let presented = presented.unwrap();
    for bit in [0x01, 0x02, 0x10, 0x20] {
        for at in 0..issued.len() {
            let mut bytes = issued.clone().into_bytes();
            bytes[at] ^= bit;
            if let Ok(changed) = String::from_utf8(bytes)
                && let Ok(believed) = verify(&changed, now())
            {
                assert_eq!(believed.claims, whole, "{at}");
            }
        }
    }
    for at in 0..presented.len() {
        let mut bytes = presented.clone().into_bytes();
        bytes[at] ^= 1;
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(
                verify_presentation(&changed, &challenge(), now()).is_err(),
                "{at}"
            );
        }
    }
    // Disclosures are dropped, doubled, made up, put into another order.
    let (token, disclosures) = issued.split_once('~').unwrap();
    let mut all: Vec<&str> = disclosures.split_terminator('~').collect();
    all.reverse();
    let reversed = format!("{token}~{}~", all.join("~"));
    assert_eq!(verify(&reversed, now()).unwrap().claims, whole);
    let doubled = format!("{issued}{}~", all[0]);
    assert!(verify(&doubled, now()).is_err());
    let (foreign, _) = disclosure(&json!(["salt", "familyName", "Byron"]));
    let error = verify(&format!("{issued}{foreign}~"), now()).unwrap_err();
    assert_eq!(error, PeerFault::UnreferencedDisclosure.into());
    for text in [
        "",
        "~",
        "~~",
        &issued[..issued.len() - 1],
        &"~".repeat(70_000),
    ] {
        assert!(verify(text, now()).is_err());
    }
}

#[test]
fn an_issuer_makes_no_nonsense() {
    let parties = Parties::new(Algorithm::EdDsa);
    let credential = parties.credential();
    let error = issue_with(&parties, credential.clone(), &[path(&["nowhere"])]).unwrap_err();
    assert_eq!(error, IssueError::SdJwt(sd_jwt::IssueError::NoSuchClaim));
    let mut malformed = credential.clone();
    malformed.remove("type");
    let error = issue_with(&parties, malformed, &[]).unwrap_err();
    assert_eq!(error, IssueError::Model(IssuerFault::Missing("type")));
    let mut reserved = credential;
    reserved.insert("cnf".to_owned(), json!({}));
    let error = issue_with(&parties, reserved, &[]).unwrap_err();
    assert_eq!(error, IssueError::SdJwt(sd_jwt::IssueError::ReservedName));
}

fn subject() -> Value {
    json!({ "givenName": "Ada", "familyName": "Lovelace", "address": { "city": "London" } })
}

fn issued(parties: &Parties) -> String {
    let mut credential = parties.credential();
    credential.insert("credentialSubject".to_owned(), subject());
    let disclosable = [
        path(&["credentialSubject", "givenName"]),
        path(&["credentialSubject", "familyName"]),
        path(&["credentialSubject", "address", "city"]),
    ];
    issue_with(parties, credential, &disclosable).unwrap()
}

fn issue_with(
    parties: &Parties,
    credential: Map<String, Value>,
    disclosable: &[ClaimPath],
) -> Result<String, IssueError> {
    Issuance {
        credential,
        disclosable,
        pad_digests_to: 4,
        holder: Some(parties.holder.public()),
        key_reference: &parties.reference,
    }
    .sign(&parties.issuer, &mut rng())
}

/// A `vc+sd-jwt` with any payload and any Disclosures, rightly signed.
fn craft(parties: &Parties, payload: &Map<String, Value>, disclosures: &[String]) -> String {
    let payload = Value::Object(payload.clone()).to_string();
    let header = parties.header("vc+sd-jwt");
    let mut text = forge(&header, payload.as_bytes(), &parties.issuer) + "~";
    for disclosure in disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    text
}

fn verify(text: &str, at: Timestamp) -> Result<Credential, VerificationError> {
    let unverified = UnverifiedCredential::parse_sd_jwt(text)?;
    let issuer = known(&unverified.key_source()?)?;
    Ok(unverified.verify(&issuer, at)?.into_inner())
}

fn verify_presentation(
    text: &str,
    challenge: &Challenge,
    at: Timestamp,
) -> Result<Presentation, VerificationError> {
    let unverified = UnverifiedPresentation::parse_sd_jwt(text)?;
    let sources = unverified.key_sources()?;
    let issuers = sources.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    Ok(unverified.verify(&issuers, challenge, at)?.into_inner())
}

/// Evidence, unless a change has made another source of it.
fn known(source: &credential::KeySource) -> Result<credential::IssuerKey, PeerFault> {
    let did = did::Did::parse(&source.issuer()).map_err(|_| PeerFault::KeyEvidence)?;
    let document = did::key::document(&did).map_err(|_| PeerFault::KeyEvidence)?;
    credential::IssuerKey::from_did_document(source, &document).map_err(|_| PeerFault::KeyEvidence)
}

fn path(names: &[&str]) -> ClaimPath {
    ClaimPath::new(names.iter().map(|name| (*name).into()).collect()).unwrap()
}
