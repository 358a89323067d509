//! Presentations that are SD-JWTs, and envelopes in those that are objects.

use credential::data_integrity::{self, Cryptosuite, ProofFault, ProofOptions, issue};
use credential::sd_jwt::{self, ClaimPath, Held};
use credential::vc_sd_jwt::{PresentError, present};
use credential::{
    Challenge, Enveloped, Format, PeerFault, UnverifiedCredential, UnverifiedPresentation, vc_jwt,
};
use keys::jws::JwsError;
use keys::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use super::{ALGORITHMS, issued, path, verify_presentation};
use crate::parties::{self, Parties, challenge, evidence, key, now, object, rng};

#[test]
fn a_presentation_is_an_sd_jwt_itself() {
    for algorithm in ALGORITHMS {
        let parties = Parties::new(algorithm);
        let held = Held::parse(&issued(&parties)).unwrap();
        let selected = held
            .select(&[path(&["credentialSubject", "givenName"])])
            .unwrap()
            .into_unbound();
        let token = parties.issue_vc(parties.credential());
        let both = [selected.as_str(), token.as_str()];
        let holder = &parties.holder;
        let hidden = [path(&["holder"])];
        let presented = present(&both, &hidden, holder, &challenge(), now(), &mut rng()).unwrap();
        let believed = verify_presentation(&presented, &challenge(), now()).unwrap();
        assert_eq!(believed.credentials.len(), 2);
        assert_eq!(believed.holder.as_ref(), Some(holder.public()));
        // What is withheld from the next is not seen by them.
        let held = Held::parse(&presented).unwrap();
        let passed_on = held.select(&[]).unwrap().into_unbound();
        assert!(passed_on.len() < presented.len());
        assert!(verify_presentation(&passed_on, &challenge(), now()).is_ok());
        // It is an answer like any other.
        let other = Challenge {
            nonce: "other".to_owned(),
            ..challenge()
        };
        let error = verify_presentation(&presented, &other, now()).unwrap_err();
        assert_eq!(error, PeerFault::Nonce.into());
        let thief = key(algorithm, 9);
        let stolen = present(&both, &[], &thief, &challenge(), now(), &mut rng()).unwrap();
        let error = verify_presentation(&stolen, &challenge(), now()).unwrap_err();
        assert_eq!(error, JwsError::Signature.into());
        for name in ["nonce", "aud", "type"] {
            let error = present(
                &both,
                &[path(&[name])],
                holder,
                &challenge(),
                now(),
                &mut rng(),
            );
            let expected = PresentError::SdJwt(sd_jwt::IssueError::MustBePlain);
            assert_eq!(error.unwrap_err(), expected);
        }
        // A Presentation with no Credential left says nothing.
        let all = [ClaimPath::new(vec!["verifiableCredential".into()]).unwrap()];
        let hidden = present(&both, &all, holder, &challenge(), now(), &mut rng()).unwrap();
        let nothing = Held::parse(&hidden).unwrap().select(&[]).unwrap();
        let error = verify_presentation(&nothing.into_unbound(), &challenge(), now());
        assert_eq!(error.unwrap_err(), PeerFault::Format.into());
    }
}

#[test]
fn envelopes_hold_what_they_say() {
    let parties = Parties::new(Algorithm::EdDsa);
    let sd_jwt = issued(&parties);
    let token = parties.issue_vc(parties.credential());
    let holder = &parties.holder;
    let vp = vc_jwt::present(&[&token], holder, &challenge(), now()).unwrap();
    let vp_sd = present(&[&sd_jwt], &[], holder, &challenge(), now(), &mut rng()).unwrap();
    let good = [
        ("EnvelopedVerifiableCredential", "vc+jwt", &token),
        ("EnvelopedVerifiableCredential", "vc+sd-jwt", &sd_jwt),
        ("EnvelopedVerifiablePresentation", "vp+jwt", &vp),
        ("EnvelopedVerifiablePresentation", "vp+sd-jwt", &vp_sd),
    ];
    for (kind, media_type, text) in good {
        let sealed = envelope(kind, &format!("data:application/{media_type},{text}"));
        match Enveloped::open(&sealed).unwrap() {
            Enveloped::VcJwt(inner) | Enveloped::VcSdJwt(inner) => {
                assert_eq!(inner, text);
                let unverified = UnverifiedCredential::open(&sealed).unwrap();
                let issuer = evidence(&unverified.key_source().unwrap());
                assert!(unverified.verify(&issuer, now()).is_ok());
                assert!(UnverifiedPresentation::open(&sealed).is_err());
            }
            Enveloped::VpJwt(inner) | Enveloped::VpSdJwt(inner) => {
                assert_eq!(inner, text);
                let unverified = UnverifiedPresentation::open(&sealed).unwrap();
                let sources = unverified.key_sources().unwrap();
                let issuers: Vec<_> = sources.iter().map(evidence).collect();
                assert!(unverified.verify(&issuers, &challenge(), now()).is_ok());
                assert!(UnverifiedCredential::open(&sealed).is_err());
            }
        }
        // The other kind of envelope, another type of content, another kind of URL.
        let other = match kind {
            "EnvelopedVerifiableCredential" => "EnvelopedVerifiablePresentation",
            _ => "EnvelopedVerifiableCredential",
        };
        for (kind, url) in [
            (other, format!("data:application/{media_type},{text}")),
            (
                "VerifiableCredential",
                format!("data:application/{media_type},{text}"),
            ),
            (kind, format!("data:application/jwt,{text}")),
            (kind, format!("data:application/vc+cose,{text}")),
            (kind, format!("data:application/{media_type};base64,{text}")),
            (kind, format!("data:application/{media_type}{text}")),
            (kind, format!("https://a.example/{media_type},{text}")),
        ] {
            let refused = Enveloped::open(&envelope(kind, &url)).unwrap_err();
            assert_eq!(refused, PeerFault::Format, "{kind} {url}");
        }
        let mut contexts = envelope(kind, &format!("data:application/{media_type},{text}"));
        contexts.remove("@context");
        assert!(Enveloped::open(&contexts).is_err());
    }
    // A vp+jwt takes Credentials in envelopes only, whichever they are.
    let both = vc_jwt::present(&[&token, &sd_jwt], holder, &challenge(), now()).unwrap();
    let shown = parties::verify_presentation(Format::JwtVcJson, &both).unwrap();
    assert_eq!(shown.credentials.len(), 2);
    // With a key binding of its own, an enclosed Credential would answer another challenge.
    let bound = Held::parse(&sd_jwt).unwrap().select(&[]).unwrap();
    let bound = bound.bind(holder, &challenge(), now()).unwrap();
    let sealed = envelope(
        "EnvelopedVerifiableCredential",
        &format!("data:application/vc+sd-jwt,{bound}"),
    );
    assert_eq!(
        UnverifiedCredential::open(&sealed).err(),
        Some(PeerFault::Format.into())
    );
}

#[test]
fn an_object_presents_envelopes_beside_proofs() {
    let parties = Parties::new(Algorithm::EdDsa);
    let holder = &parties.holder;
    let did = did::key::did(holder.public());
    let method = did::key::verification_method(parties.issuer.public());
    let mut own = parties.credential();
    own["credentialSubject"]["id"] = json!(did);
    own["type"] = json!(["VerifiableCredential"]);
    own["issuer"] = json!(parties.iss);
    own["credentialSubject"] = json!({ "id": did, "givenName": "Ada" });
    let options = ProofOptions::assertion(Cryptosuite::EddsaRdfc2022, &method, now());
    let proven = issue(own, &options, &parties.issuer).unwrap();
    let token = parties.issue_vc(parties.credential());
    let sd_jwt = issued(&parties);
    let sealed = |kind: &str, text: &str| {
        let url = format!("data:application/{kind},{text}");
        Value::Object(envelope("EnvelopedVerifiableCredential", &url))
    };
    let presentation = object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": did,
        "verifiableCredential": [proven, sealed("vc+jwt", &token), sealed("vc+sd-jwt", &sd_jwt)],
    }));
    for suite in [Cryptosuite::EddsaRdfc2022, Cryptosuite::EddsaJcs2022] {
        let signed = answer(presentation.clone(), suite, holder);
        let shown = parties::verify_presentation(Format::LdpVc, &signed).unwrap();
        let formats: Vec<Format> = shown.credentials.iter().map(|one| one.format).collect();
        assert_eq!(
            formats,
            [Format::LdpVc, Format::JwtVcJson, Format::JwtVcJson]
        );
        // An envelope cannot be exchanged for another, nor opened wrongly.
        for (from, to) in [
            (sd_jwt.as_str(), issued(&parties)),
            (token.as_str(), parties.issue_vc(parties.credential())),
            ("application/vc+jwt", "application/vc+sd-jwt".to_owned()),
            (
                "EnvelopedVerifiableCredential",
                "VerifiableCredential".to_owned(),
            ),
        ] {
            let changed = signed.replacen(from, &to, 1);
            if changed != signed {
                let refused = parties::verify_presentation(Format::LdpVc, &changed);
                assert!(refused.is_err(), "{from}");
            }
        }
    }
    // A Credential of somebody else's.
    let stranger = Parties {
        holder: key(Algorithm::EdDsa, 7),
        ..Parties::new(Algorithm::EdDsa)
    };
    let mut foreign = presentation.clone();
    foreign["verifiableCredential"] = json!([sealed("vc+sd-jwt", &issued(&stranger))]);
    let signed = answer(foreign, Cryptosuite::EddsaRdfc2022, holder);
    let error = parties::verify_presentation(Format::LdpVc, &signed).unwrap_err();
    assert_eq!(error, PeerFault::HolderMismatch.into());
    // Without any securing.
    let mut bare = presentation;
    let mut unsigned = parties.credential();
    unsigned.remove("proof");
    bare["verifiableCredential"] = json!([unsigned]);
    let signed = answer(bare, Cryptosuite::EddsaRdfc2022, holder);
    let error = parties::verify_presentation(Format::LdpVc, &signed).unwrap_err();
    assert_eq!(error, ProofFault::Missing("proof").into());
}

fn envelope(kind: &str, url: &str) -> Map<String, Value> {
    object(json!({
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": url,
        "type": kind,
    }))
}

fn answer(presentation: Map<String, Value>, suite: Cryptosuite, holder: &SigningKey) -> String {
    let method = did::key::verification_method(holder.public());
    let challenge = challenge();
    let options = ProofOptions {
        purpose: data_integrity::Purpose::Authentication,
        challenge: Some(&challenge.nonce),
        domain: Some(&challenge.audience),
        ..ProofOptions::assertion(suite, &method, now())
    };
    let signed = data_integrity::secure(presentation, &options, holder).unwrap();
    Value::Object(signed).to_string()
}
