//! Credentials, presentations, status lists, and whose keys they are signed with.

use std::sync::LazyLock;

use credential::sd_jwt::{self, ClaimPath, Held};
use credential::{
    Credential, Format, IssuerKey, IssuerKeyError, KeyReference, KeySource, UnverifiedCredential,
    UnverifiedPresentation, vc_jwt,
};
use keys::{SigningKey, base64url, sha256};
use serde_json::{Value, json};
use status::{Bits, Publication, Status, StatusList, UnverifiedStatusListToken};
use url::Url;

use crate::Target;
use crate::fixture::{
    Numbers, challenge, evidence, holder, issuer, method, now, object, reference, stranger, text,
};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("sd_jwt", sd_jwt_text, || {
        vec![
            SD_JWT.as_bytes().to_vec(),
            bound(&SD_JWT, &holder()).into_bytes(),
        ]
    })
    .vectors(&["credential/tests/vectors"]),
    Target::new("sd_jwt_signed", sd_jwt_signed, sd_jwt_contents),
    Target::new("vc_jwt", vc_jwt_text, || {
        vec![VC_JWT.as_bytes().to_vec(), vp_jwt().into_bytes()]
    }),
    Target::new("vc_jwt_signed", vc_jwt_signed, vc_jwt_contents),
    Target::new("vp_jwt_signed", vp_jwt_signed, vp_jwt_contents),
    Target::new("issuer_metadata", issuer_metadata, || {
        vec![
            metadata().into_bytes(),
            metadata().replace("jwks", "jwks_uri").into_bytes(),
        ]
    }),
    Target::new("x5c", x5c, || vec![LEAF.to_vec(), [LEAF, ANCHOR].concat()]),
    Target::new("status_list", status_list, status_lists).vectors(&["status/tests/vectors"]),
    Target::new("status_token", status_token, || {
        vec![status_token_text().into_bytes()]
    }),
    Target::new("status_token_signed", status_token_signed, || {
        vec![payload_of(&status_token_text())]
    }),
];

fn sd_jwt_text(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    hold(text);
    let credential = judge(Format::SdJwtVc, text).map(|_| ());
    credential.or(judge_presentation(Format::SdJwtVc, text))
}

/// Bytes to be signed here: one Disclosure in each line and the Issuer's payload in the last.
/// `#2` stands for the digest of the second Disclosure.
fn sd_jwt_signed(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let mut lines: Vec<&str> = text.split('\n').collect();
    let payload = lines.pop().unwrap_or_default();
    let mut digests: Vec<String> = Vec::new();
    let mut tail = "~".to_owned();
    let fill = |line: &str, digests: &[String]| {
        let mut line = line.to_owned();
        for (number, digest) in digests.iter().enumerate().rev() {
            line = line.replace(&format!("#{}", number + 1), digest);
        }
        line
    };
    for line in lines {
        let disclosure = base64url::encode(fill(line, &digests));
        digests.push(base64url::encode(sha256(disclosure.as_bytes())));
        tail.push_str(&disclosure);
        tail.push('~');
    }
    let signed = sign("dc+sd-jwt", fill(payload, &digests).as_bytes(), &issuer()) + &tail;
    hold(&signed);
    let credential = judge(Format::SdJwtVc, &signed)?;
    let held = Held::parse(&signed).expect("a verified credential can be held");
    assert_eq!(held.claims(), &credential.claims);
    let everything: Vec<ClaimPath> = held.disclosable().cloned().collect();
    let shown = held.select(&everything).expect("its own claims");
    let presented = shown.bind(&holder(), &challenge(), now()).expect("signed");
    let verified = present(Format::SdJwtVc, &presented);
    if credential.holder() == Some(holder().public()) {
        let [shown] = verified
            .expect("the holder presents it")
            .try_into()
            .expect("one");
        assert_eq!(shown.claims, credential.claims);
    } else {
        assert!(verified.is_none());
    }
    Some(())
}

/// What a Holder may do with any credential that their wallet took.
fn hold(text: &str) {
    let Ok(held) = Held::parse(text) else { return };
    let nothing = held.select(&[]).expect("nothing is always there");
    let _ = nothing.claims().expect("our own selection");
    let paths: Vec<ClaimPath> = held.disclosable().cloned().collect();
    for path in paths.iter().take(8) {
        let one = held
            .select(std::slice::from_ref(path))
            .expect("its own claim");
        let _ = one.claims().expect("our own selection");
    }
    let all = held.select(&paths).expect("its own claims");
    assert_eq!(&all.claims().expect("our own selection"), held.claims());
}

fn sd_jwt_contents() -> Vec<Vec<u8>> {
    let cnf = json!({"jwk": holder().public().jwk()});
    let iss = method(&issuer()).did().to_string();
    let plain = json!({"iss": iss, "vct": "urn:t", "cnf": cnf, "a": 1});
    let deep = json!({
        "iss": iss, "vct": "urn:t", "cnf": cnf, "_sd_alg": "sha-256", "exp": 1_900_000_000,
        "_sd": ["#2", "#1"], "list": [{"...": "#3"}, 2], "in": {"_sd": ["#4"]},
        "status": {"status_list": {"idx": 7, "uri": "https://issuer.example/list"}},
    });
    let lines = [
        r#"["s","given_name","Ada"]"#,
        r##"["s","family",{"_sd":["#1"],"x":[null]}]"##,
        r#"["s",{"element":true}]"#,
        r#"["s","n",1.5e3]"#,
        &deep.to_string(),
    ];
    vec![
        plain.to_string().into_bytes(),
        lines.join("\n").into_bytes(),
        payload_of(&SD_JWT),
    ]
}

fn vc_jwt_text(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let credential = judge(Format::JwtVcJson, text).map(|_| ());
    credential.or(judge_presentation(Format::JwtVcJson, text))
}

/// A payload to be signed here as a credential, in the type that its first byte chooses.
fn vc_jwt_signed(bytes: &[u8]) -> Option<()> {
    let (typ, payload) = bytes.split_first()?;
    let signed = sign(
        if *typ == b'1' { "JWT" } else { "vc+jwt" },
        payload,
        &issuer(),
    );
    let credential = judge(Format::JwtVcJson, &signed)?;
    let presented = vc_jwt::present(&[&signed], &holder(), &challenge(), now());
    let verified = presented
        .ok()
        .and_then(|text| present(Format::JwtVcJson, &text));
    if credential.holder() == Some(holder().public()) {
        let [shown] = verified
            .expect("the holder presents it")
            .try_into()
            .expect("one");
        assert_eq!(shown.claims, credential.claims);
    } else {
        assert!(verified.is_none());
    }
    Some(())
}

fn vc_jwt_contents() -> Vec<Vec<u8>> {
    let iss = method(&issuer()).did().to_string();
    let subject = did::key::did(holder().public()).to_string();
    let first = json!({
        "iss": iss, "sub": subject, "jti": "urn:uuid:1", "nbf": 1_700_000_000,
        "exp": 1_900_000_000,
        "vc": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential", "PersonCredential"],
            "credentialSubject": {"id": subject, "given_name": "Ada"},
        },
    });
    let second = [b"2", payload_of(&VC_JWT).as_slice()].concat();
    vec![format!("1{first}").into_bytes(), second]
}

/// A payload to be signed here by the Holder, as a presentation.
fn vp_jwt_signed(bytes: &[u8]) -> Option<()> {
    let (typ, payload) = bytes.split_first()?;
    let typ = if *typ == b'1' { "JWT" } else { "vp+jwt" };
    judge_presentation(Format::JwtVcJson, &sign(typ, payload, &holder()))
}

fn vp_jwt_contents() -> Vec<Vec<u8>> {
    let second = [b"2", payload_of(&vp_jwt()).as_slice()].concat();
    let did = did::key::did(holder().public()).to_string();
    let first = json!({
        "iss": did, "aud": challenge().audience, "nonce": challenge().nonce,
        "iat": now().as_second(),
        "vp": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiablePresentation"],
            "holder": did,
            "verifiableCredential": [VC_JWT.as_str()],
        },
    });
    vec![second, format!("1{first}").into_bytes()]
}

/// Judges a credential; a stranger's key must never do.
fn judge(format: Format, text: &str) -> Option<Credential> {
    let parse = || UnverifiedCredential::parse(format, text).ok();
    let source = parse()?.key_source().ok()?;
    if let Some(wrong) = evidence(&source, &stranger()) {
        assert!(parse()?.verify(&wrong, now()).is_err());
    }
    let key = evidence(&source, &issuer())?;
    let credential = parse()?.verify(&key, now()).ok()?.into_inner();
    assert_eq!(credential.issuer, key.issuer());
    assert_eq!(credential.format, format);
    let _ = format!("{credential:?}");
    Some(credential)
}

fn judge_presentation(format: Format, text: &str) -> Option<()> {
    let parse = || UnverifiedPresentation::parse(format, text).ok();
    let presentation = parse()?;
    let sources = presentation.key_sources().ok()?;
    assert!(
        parse()
            .expect("as before")
            .verify(&[], &challenge(), now())
            .is_err()
    );
    let keys = |key: &SigningKey| -> Vec<IssuerKey> {
        let keys = sources.iter().filter_map(|source| evidence(source, key));
        keys.collect()
    };
    // A presentation may hold no credential at all; else a stranger's key never does.
    let wrong = parse()
        .expect("as before")
        .verify(&keys(&stranger()), &challenge(), now());
    assert!(wrong.is_err());
    let _ = parse()?.verify_unbound(&keys(&issuer()), now());
    let verified = presentation.verify(&keys(&issuer()), &challenge(), now());
    verified.ok().map(|_| ())
}

fn present(format: Format, text: &str) -> Option<Vec<Credential>> {
    let presentation = UnverifiedPresentation::parse(format, text).ok()?;
    let sources = presentation.key_sources().ok()?;
    let keys: Vec<IssuerKey> = sources
        .iter()
        .filter_map(|source| evidence(source, &issuer()))
        .collect();
    let verified = presentation.verify(&keys, &challenge(), now()).ok()?;
    let presentation = verified.into_inner();
    assert!(presentation.holder.is_some());
    Some(presentation.credentials)
}

fn issuer_metadata(bytes: &[u8]) -> Option<()> {
    let mut found = None;
    for kid in [None, Some("key-1".to_owned())] {
        let source = KeySource::WellKnown {
            issuer: "https://issuer.example".parse().expect("a URL"),
            kid,
        };
        match IssuerKey::from_issuer_metadata(&source, bytes) {
            Ok(key) => {
                assert_eq!(key.issuer(), source.issuer());
                found = Some(());
            }
            Err(IssuerKeyError::KeysElsewhere(reference)) => {
                assert!(matches!(reference.url().scheme(), "https" | "http"));
                let _ = IssuerKey::from_key_set(&source, &reference, bytes);
                found = Some(());
            }
            Err(_) => {}
        }
    }
    found
}

fn metadata() -> String {
    let mut jwk = serde_json::to_value(issuer().public().jwk()).expect("a JWK");
    if let Some(jwk) = jwk.as_object_mut() {
        jwk.insert("kid".to_owned(), "key-1".into());
    }
    json!({"issuer": "https://issuer.example", "jwks": {"keys": [jwk]}}).to_string()
}

/// Certificates one after another, each with its DER length.
fn x5c(bytes: &[u8]) -> Option<()> {
    let mut chain = Vec::new();
    let mut rest = bytes;
    while let [0x30, 0x82, high, low, ..] = rest {
        let length = 4 + usize::from(u16::from_be_bytes([*high, *low]));
        let (one, others) = rest.split_at(length.min(rest.len()));
        chain.push(one.to_vec());
        rest = others;
    }
    if !rest.is_empty() {
        chain.push(rest.to_vec());
    }
    let mut trusted = None;
    for issuer in ["https://issuer.example", "did:web:issuer.example", ""] {
        let source = KeySource::X509 {
            issuer: issuer.to_owned(),
            chain: chain.clone(),
        };
        assert!(IssuerKey::from_x509(&source, &[], now()).is_err());
        if IssuerKey::from_x509(&source, &[ANCHOR.to_vec()], now()).is_ok() {
            assert_eq!(
                chain.first().map(Vec::as_slice),
                Some(LEAF),
                "a forged certificate"
            );
            trusted = Some(());
        }
        // A stranger's anchor could be no certificate at all.
        let _ = IssuerKey::from_x509(&source, &[bytes.to_vec()], now());
    }
    trusted
}

/// A list that was unfolded folds into the same, and never outgrows its bound.
fn status_list(bytes: &[u8]) -> Option<()> {
    let (bits, lst) = bytes.split_first()?;
    let lst = text(lst)?;
    let bits = Bits::from_number(u64::from(bits & 15)).unwrap_or(Bits::One);
    let list = StatusList::decode(bits, lst, MOST).ok()?;
    let entries = list.entries();
    assert!(entries <= MOST * 8 / usize::from(bits.number()));
    let folded = StatusList::decode(bits, &list.encode(), MOST).expect("our own list");
    assert_eq!(folded.entries(), entries);
    let last = entries as u64;
    assert_eq!(list.get(last), None);
    for index in (0..last).step_by(97) {
        assert!(list.get(index).is_some());
        assert_eq!(list.get(index), folded.get(index));
    }
    Some(())
}

/// Bytes of an unfolded list: room for the smallest with eight bits for each entry.
const MOST: usize = 128 * 1024;

fn status_lists() -> Vec<Vec<u8>> {
    [Bits::One, Bits::Two, Bits::Four, Bits::Eight]
        .map(|bits| [&[bits.number()], some_list(bits).encode().as_bytes()].concat())
        .to_vec()
}

fn some_list(bits: Bits) -> StatusList {
    let mut list = StatusList::new(bits, 1000);
    for index in (0..1000).step_by(7) {
        list.set(index, Status::INVALID).expect("an entry");
    }
    list
}

fn status_token(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    judge_list(text)
}

/// Claims to be signed here as a Status List Token.
fn status_token_signed(bytes: &[u8]) -> Option<()> {
    judge_list(&sign("statuslist+jwt", bytes, &issuer()))
}

fn judge_list(text: &str) -> Option<()> {
    let parse = || UnverifiedStatusListToken::parse(text, 64 * 1024).ok();
    let iss = method(&issuer()).did().to_string();
    let source = parse().and_then(|token| token.key_source(&iss).ok())?;
    if let Some(wrong) = evidence(&source, &stranger()) {
        let token = parse().expect("as before");
        assert!(token.verify(&list_uri(), &wrong, now()).is_err());
    }
    let key = evidence(&source, &issuer())?;
    let token = parse()?.verify(&list_uri(), &key, now()).ok()?;
    assert!(
        token
            .expires_at()
            .is_none_or(|expires_at| now() < expires_at)
    );
    let _ = token.list().get(7);
    Some(())
}

fn status_token_text() -> String {
    let publication = Publication {
        list: &some_list(Bits::One),
        issuer: Some(&method(&issuer()).did().to_string()),
        uri: &list_uri(),
        expires_at: Some(now() + jiff::SignedDuration::from_hours(24)),
        time_to_live: Some(jiff::SignedDuration::from_hours(1)),
        key_reference: &reference(&issuer()),
    };
    publication.sign(&issuer(), now()).expect("signed")
}

fn list_uri() -> Url {
    "https://issuer.example/list".parse().expect("a URL")
}

/// Signs any payload, without the care of the makers.
pub(crate) fn sign(typ: &str, payload: &[u8], key: &SigningKey) -> String {
    let KeyReference::KeyId(kid) = reference(key) else {
        return String::new();
    };
    let header = json!({"alg": key.algorithm().name(), "typ": typ, "kid": kid});
    keys::jws::sign(&header, payload, key).expect("signed")
}

pub(crate) fn payload_of(token: &str) -> Vec<u8> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    base64url::decode(payload).expect("our own token")
}

fn bound(issued: &str, holder: &SigningKey) -> String {
    let held = Held::parse(issued).expect("our own credential");
    let shown = held.select(&["given_name".into()]).expect("its own claim");
    shown.bind(holder, &challenge(), now()).expect("signed")
}

fn vp_jwt() -> String {
    vc_jwt::present(&[VC_JWT.as_str()], &holder(), &challenge(), now()).expect("signed")
}

/// A credential with claims of every kind.
pub(crate) static SD_JWT: LazyLock<String> = LazyLock::new(|| {
    let holder = holder();
    let claims = json!({
        "iss": method(&issuer()).did(),
        "vct": "urn:example:person",
        "iat": now().as_second() - 60,
        "exp": now().as_second() + 86_400,
        "given_name": "Ada",
        "age_over_18": true,
        "nationalities": ["GB", "FR"],
        "address": { "country": "GB", "locality": "London" },
    });
    let paths: [Value; 5] = [
        json!(["given_name"]),
        json!(["age_over_18"]),
        json!(["nationalities", null]),
        json!(["address"]),
        json!(["address", "country"]),
    ];
    let disclosable = paths.map(|path| serde_json::from_value(path).expect("a path"));
    let issuance = sd_jwt::Issuance {
        claims: object(claims),
        disclosable: &disclosable,
        pad_digests_to: 4,
        holder: Some(holder.public()),
        key_reference: &reference(&issuer()),
    };
    issuance
        .sign(&issuer(), &mut Numbers::default())
        .expect("signed")
});

pub(crate) static VC_JWT: LazyLock<String> = LazyLock::new(|| {
    let holder = holder();
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "PersonCredential"],
        "issuer": {"id": method(&issuer()).did(), "name": "Example"},
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00+01:00",
        "credentialSubject": {"given_name": "Ada", "age_over_18": true},
    });
    let issuance = vc_jwt::Issuance {
        credential: object(credential),
        holder: Some(holder.public()),
        status: None,
        key_reference: &reference(&issuer()),
    };
    issuance.sign(&issuer()).expect("signed")
});

/// A self-signed P-256 certificate, and one under it for `https://issuer.example`. Their private
/// keys are forgotten.
const ANCHOR: &[u8] = include_bytes!("../seeds/x509/anchor.der");
const LEAF: &[u8] = include_bytes!("../seeds/x509/leaf.der");
