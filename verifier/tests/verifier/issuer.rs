//! An issuer whose web server counts who asks for what.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use credential::sd_jwt::{self, ClaimPath};
use credential::{Format, IssuerKey, KeyReference, KeySource, UnverifiedCredential, vc_jwt};
use jiff::{SignedDuration, Timestamp};
use keys::{Algorithm, Jwk, SigningKey, base64url};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData, SanType,
    SignatureAlgorithm,
};
use serde_json::{Map, Value, json};
use status::{Bits, Publication, Status, StatusList};
use url::Url;

use crate::harness::now;

/// Pages by path, and the paths that were asked for.
#[derive(Default)]
struct Web {
    pages: BTreeMap<String, Vec<u8>>,
    asked: Vec<String>,
}

pub(crate) struct Issuer {
    pub(crate) base: String,
    pub(crate) key: SigningKey,
    /// The certificate that its credentials carry, if any.
    pub(crate) certificate: Option<Vec<u8>>,
    web: Arc<Mutex<Web>>,
}

impl Issuer {
    /// Starts the web server, and publishes keys, metadata and an empty list.
    pub(crate) fn start() -> Self {
        let issuer = Self::silent();
        issuer.publish_keys();
        issuer.publish_names(&[0]);
        issuer.publish_list(0, &[], now());
        issuer
    }

    /// Starts the web server with nothing on it.
    pub(crate) fn silent() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let web = Arc::new(Mutex::new(Web::default()));
        let served = Arc::clone(&web);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                let mut web = served.lock().unwrap();
                let (status, body) = match web.pages.get(&path) {
                    Some(body) => ("200 OK", body.clone()),
                    None => ("404 Not Found", Vec::new()),
                };
                web.asked.push(path);
                drop(web);
                let head = format!(
                    "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(&body);
            }
        });
        Self {
            base,
            key: SigningKey::generate(Algorithm::Es256, &mut host::system_rng()),
            certificate: None,
            web,
        }
    }

    /// Somebody who signs in this name, without a web server.
    pub(crate) fn named(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            key: SigningKey::generate(Algorithm::Es256, &mut host::system_rng()),
            certificate: None,
            web: Arc::default(),
        }
    }

    /// What was asked for since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.web.lock().unwrap().asked)
    }

    pub(crate) fn publish(&self, path: &str, body: impl Into<Vec<u8>>) {
        let mut web = self.web.lock().unwrap();
        web.pages.insert(path.to_owned(), body.into());
    }

    pub(crate) fn withdraw(&self, path: &str) {
        self.web.lock().unwrap().pages.remove(path);
    }

    pub(crate) fn publish_keys(&self) {
        self.publish("/.well-known/jwt-vc-issuer", self.metadata().to_string());
    }

    /// Says where the lists are named, and names these.
    pub(crate) fn publish_names(&self, lists: &[u32]) {
        let server = json!({
            "issuer": self.base,
            "status_list_aggregation_endpoint": format!("{}/status", self.base),
        });
        self.publish(
            "/.well-known/oauth-authorization-server",
            server.to_string(),
        );
        let lists: Vec<Url> = lists.iter().map(|list| self.list_uri(*list)).collect();
        self.publish("/status", json!({ "status_lists": lists }).to_string());
    }

    pub(crate) fn publish_list(&self, list: u32, revoked: &[u64], at: Timestamp) {
        let mut content = StatusList::new(Bits::One, 1 << 17);
        for index in revoked {
            content.set(*index, Status::INVALID).unwrap();
        }
        let publication = Publication {
            list: &content,
            issuer: Some(&self.base),
            uri: &self.list_uri(list),
            expires_at: Some(at + SignedDuration::from_hours(2)),
            time_to_live: Some(SignedDuration::from_mins(5)),
            key_reference: &self.key_reference(),
        };
        let token = publication.sign(&self.key, at).unwrap();
        self.publish(&format!("/status/{list}"), token);
    }

    pub(crate) fn list_uri(&self, list: u32) -> Url {
        format!("{}/status/{list}", self.base).parse().unwrap()
    }

    pub(crate) fn person(&self) -> String {
        format!("{}/types/person", self.base)
    }

    /// A person as SD-JWT VC, bound to a key, at this place of a list.
    pub(crate) fn sd_jwt(&self, holder: &SigningKey, place: (u32, u64), extra: Value) -> String {
        let mut claims = map(json!({
            "iss": self.base,
            "vct": self.person(),
            "iat": now().as_second() - 60,
            "exp": now().as_second() + 14 * 86_400,
            "status": {"status_list": {"uri": self.list_uri(place.0), "idx": place.1}},
            "given_name": "Zdenka",
            "family_name": "Quastenflosser",
            "birth_date": "1974-08-12",
            "age_over_18": true,
        }));
        claims.extend(map(extra));
        let names = ["given_name", "family_name", "birth_date", "age_over_18"];
        let disclosable = names.map(|name| ClaimPath::of(name, []));
        sd_jwt::Issuance {
            claims,
            disclosable: &disclosable,
            pad_digests_to: 8,
            holder: Some(holder.public()),
            key_reference: &self.key_reference(),
        }
        .sign(&self.key, &mut host::system_rng())
        .unwrap()
    }

    /// The fact of being 18 as W3C credential.
    pub(crate) fn vc_jwt(&self, holder: &SigningKey) -> String {
        let credential = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential", "AdultCredential"],
            "issuer": self.base,
            "credentialSubject": {"age_over_18": true},
        });
        vc_jwt::Issuance {
            credential: map(credential),
            holder: Some(holder.public()),
            status: None,
            key_reference: &self.key_reference(),
        }
        .sign(&self.key)
        .unwrap()
    }

    /// What a wallet makes of a credential that it has just got.
    pub(crate) fn verified(&self, format: Format, text: &str) -> credential::Credential {
        let credential = UnverifiedCredential::parse(format, text).unwrap();
        let source = credential.key_source().unwrap();
        assert!(matches!(source, KeySource::WellKnown { .. }));
        let metadata = self.metadata().to_string();
        let key = IssuerKey::from_issuer_metadata(&source, metadata.as_bytes()).unwrap();
        credential.verify(&key, now()).unwrap().into_inner()
    }

    /// Has its key certified, carries the certificate from now on, and returns the authority's.
    pub(crate) fn certify(&mut self) -> String {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let mut leaf = CertificateParams::default();
        let name = self.base.as_str().try_into().unwrap();
        leaf.subject_alt_names = vec![SanType::URI(name)];
        let leaf = leaf.signed_by(&Point::of(&self.key), &authority).unwrap();
        self.certificate = Some(leaf.der().to_vec());
        authority.pem()
    }

    fn key_reference(&self) -> KeyReference {
        match &self.certificate {
            None => KeyReference::KeyId(self.key.public().thumbprint()),
            Some(certificate) => KeyReference::X5c(vec![certificate.clone()]),
        }
    }

    fn metadata(&self) -> Value {
        let other = SigningKey::from_secret(Algorithm::EdDsa, &[7; 32]).unwrap();
        let keys = [self.key.public(), other.public()].map(|key| Jwk {
            kid: Some(key.thumbprint()),
            ..key.jwk()
        });
        json!({"issuer": self.base, "jwks": {"keys": keys}})
    }
}

/// An uncompressed point (SEC 1, section 2.3.3).
struct Point(Vec<u8>);

impl Point {
    fn of(key: &SigningKey) -> Self {
        let jwk = key.public().jwk();
        let [x, y] = [jwk.x, jwk.y.unwrap()].map(|one| base64url::decode(&one).unwrap());
        Self([vec![4], x, y].concat())
    }
}

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}
