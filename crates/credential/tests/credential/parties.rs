//! An Issuer, a Holder, and the time at which the tests play.

use credential::sd_jwt::{ClaimPath, Held, Issuance};
use credential::{
    Challenge, Format, IssuerKey, KeyReference, KeySource, UnverifiedCredential,
    UnverifiedPresentation, VerificationError, vc_jwt,
};
use did::{Did, Resolution};
use jiff::Timestamp;
use keys::{Algorithm, PublicKey, SigningKey, base64url};
use rand_core::UnwrapErr;
use serde_json::{Map, Value, json};

pub(crate) fn rng() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(crate) fn challenge() -> Challenge {
    Challenge {
        audience: "x509_san_dns:verifier.example".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
    }
}

pub(crate) fn key(algorithm: Algorithm, seed: u8) -> SigningKey {
    SigningKey::from_secret(algorithm, &vec![seed; algorithm.secret_length()]).unwrap()
}

/// Signs any header text over any payload, without the care of `jws::sign`.
pub(crate) fn forge(header: &Value, payload: &[u8], key: &SigningKey) -> String {
    let signed = format!(
        "{}.{}",
        base64url::encode(header.to_string()),
        base64url::encode(payload)
    );
    let signature = base64url::encode(key.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => panic!("not an object"),
    }
}

/// An Issuer known by did:key, and a Holder.
pub(crate) struct Parties {
    pub(crate) issuer: SigningKey,
    pub(crate) holder: SigningKey,
    pub(crate) iss: String,
    pub(crate) reference: KeyReference,
}

impl Parties {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let issuer = key(algorithm, 1);
        let method = did::key::verification_method(issuer.public());
        Self {
            iss: method.did().to_string(),
            reference: KeyReference::KeyId(method.to_string()),
            holder: key(algorithm, 2),
            issuer,
        }
    }

    pub(crate) fn header(&self, typ: &str) -> Value {
        let KeyReference::KeyId(kid) = &self.reference else {
            panic!("a certificate")
        };
        json!({ "alg": self.issuer.algorithm().name(), "typ": typ, "kid": kid })
    }

    /// Claims that make a good SD-JWT VC, with these besides.
    pub(crate) fn claims(&self, more: Value) -> Map<String, Value> {
        let mut claims = object(json!({
            "iss": self.iss,
            "vct": "https://issuer.example/identity",
            "iat": now().as_second() - 3600,
            "exp": now().as_second() + 3600,
        }));
        claims.extend(object(more));
        claims
    }

    pub(crate) fn issue(&self, more: Value, disclosable: &[ClaimPath]) -> String {
        Issuance {
            claims: self.claims(more),
            disclosable,
            pad_digests_to: 6,
            holder: Some(self.holder.public()),
            key_reference: &self.reference,
        }
        .sign(&self.issuer, &mut rng())
        .unwrap()
    }

    /// An SD-JWT VC with any payload and any Disclosures, rightly signed.
    pub(crate) fn craft(&self, payload: &Value, disclosures: &[String]) -> String {
        let jwt = forge(
            &self.header("dc+sd-jwt"),
            payload.to_string().as_bytes(),
            &self.issuer,
        );
        let mut text = jwt + "~";
        for disclosure in disclosures {
            text.push_str(disclosure);
            text.push('~');
        }
        text
    }

    pub(crate) fn present(&self, issued: &str, paths: &[ClaimPath]) -> String {
        Held::parse(issued)
            .unwrap()
            .select(paths)
            .unwrap()
            .bind(&self.holder, &challenge(), now())
            .unwrap()
    }

    /// A good VCDM 2.0 Credential object.
    pub(crate) fn credential(&self) -> Map<String, Value> {
        object(json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
            "id": "https://issuer.example/credentials/1",
            "type": ["VerifiableCredential", "IdentityCredential"],
            "issuer": { "id": self.iss, "name": "Example" },
            "validFrom": "2026-01-01T00:00:00Z",
            "validUntil": "2027-01-01T00:00:00+01:00",
            "credentialSubject": { "givenName": "Ada" },
        }))
    }

    pub(crate) fn issue_vc(&self, credential: Map<String, Value>) -> String {
        vc_jwt::Issuance {
            credential,
            holder: Some(self.holder.public()),
            status: None,
            key_reference: &self.reference,
        }
        .sign(&self.issuer)
        .unwrap()
    }

    /// A `vc+jwt` with any payload, rightly signed.
    pub(crate) fn craft_vc(&self, payload: &Value) -> String {
        forge(
            &self.header("vc+jwt"),
            payload.to_string().as_bytes(),
            &self.issuer,
        )
    }
}

/// Evidence for a source whose DID holds its own document.
pub(crate) fn evidence(source: &KeySource) -> IssuerKey {
    let KeySource::Did(url) = source else {
        panic!("not a DID")
    };
    let Ok(Resolution::Here(document)) = did::resolve(url.did(), false) else {
        panic!("not here")
    };
    IssuerKey::from_did_document(source, &document).unwrap()
}

pub(crate) fn verify(
    format: Format,
    text: &str,
) -> Result<credential::Credential, VerificationError> {
    let credential = UnverifiedCredential::parse(format, text)?;
    let issuer = evidence(&credential.key_source()?);
    Ok(credential.verify(&issuer, now())?.into_inner())
}

pub(crate) fn verify_presentation(
    format: Format,
    text: &str,
) -> Result<credential::Presentation, VerificationError> {
    verify_at(format, text, &challenge(), now())
}

pub(crate) fn verify_at(
    format: Format,
    text: &str,
    challenge: &Challenge,
    now: Timestamp,
) -> Result<credential::Presentation, VerificationError> {
    let presentation = UnverifiedPresentation::parse(format, text)?;
    let issuers: Vec<_> = presentation.key_sources()?.iter().map(evidence).collect();
    Ok(presentation.verify(&issuers, challenge, now)?.into_inner())
}

/// A Disclosure as an Issuer makes it, and its digest.
pub(crate) fn disclosure(content: &Value) -> (String, String) {
    let encoded = base64url::encode(content.to_string());
    let digest = base64url::encode(keys::sha256(encoded.as_bytes()));
    (encoded, digest)
}

pub(crate) fn did_jwk(key: &PublicKey) -> Did {
    did::jwk::did(key)
}
