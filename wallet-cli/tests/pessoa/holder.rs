use std::path::PathBuf;
use std::sync::Arc;

use credential::sd_jwt::{self, ClaimPath};
use credential::{KeyReference, vc_jwt};
use host::ManualClock;
use jiff::Timestamp;
use keys::{Algorithm, SigningKey, base64url};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use vault::{Cost, Passphrase, Vault};
use wallet_cli::Machine;
use zeroize::Zeroizing;

use crate::script::{Ran, Script};

pub(crate) const PASSPHRASE: &str = "open sesame, please";

/// A person with a machine of their own.
pub(crate) struct Holder {
    folder: TempDir,
    pub(crate) clock: ManualClock,
    pub(crate) machine: Machine,
}

impl Holder {
    /// Somebody who has no wallet yet.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join("run");
        std::fs::create_dir(&runtime).unwrap();
        let clock = ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap());
        let machine = Machine {
            clock: Arc::new(clock.clone()),
            cost: Cost::insecure_for_tests(),
            config_folder: Some(folder.path().join("config")),
            data_folder: Some(folder.path().join("pessoa")),
            program: Some("/usr/bin/pessoa".into()),
            runtime_folder: Some(runtime),
            locale: Some("en_GB.UTF-8".to_owned()),
        };
        Self {
            folder,
            clock,
            machine,
        }
    }

    /// Somebody with an empty wallet, for trying things out.
    pub(crate) fn with_wallet() -> Self {
        let holder = Self::new();
        let made = holder.piped(&[PASSPHRASE], &["init", "--dev"]);
        assert_eq!(made.code, 0, "{}", made.said);
        holder
    }

    /// Somebody with two credentials from Utopia.
    pub(crate) fn with_credentials() -> Self {
        let holder = Self::new();
        holder.keep(json!([
            person("3k9xm", &["2026-11-20T10:00:00Z"; 3]),
            adult("7q2ab", &["2026-11-20T10:00:00Z"; 2])
        ]));
        holder
    }

    /// Somebody with a net certificate from Utopia.
    pub(crate) fn with_net_certificate() -> Self {
        let holder = Self::new();
        holder.keep_all(json!([]), json!([crate::certificate::net("n3t0x")]));
        holder
    }

    /// Writes a vault in the form in which earlier programs kept it, with these credentials.
    pub(crate) fn keep(&self, credentials: Value) {
        self.keep_all(credentials, Value::Null);
    }

    fn keep_all(&self, credentials: Value, net: Value) {
        std::fs::create_dir_all(self.wallet_folder()).unwrap();
        let version = if net.is_null() { 1 } else { 2 };
        let mut contents = json!({
            "version": version,
            "seed": base64url::encode([7; 32]),
            "credentials": credentials,
            "history": [
                {"at": "2026-11-20T10:00:00Z", "event": {"event": "received", "issuer": "Utopia",
                    "credential": "Person", "copies": 3}},
                {"at": "2026-11-21T09:30:00Z", "event": {"event": "presented",
                    "verifier": "decentralized_identifier:did:web:shop.example",
                    "shared": [{"credential": "Person", "claims": ["age_over_18"]}],
                    "outcome": "unknown"}},
                {"at": "2026-11-21T09:31:00Z", "event": {"event": "declined",
                    "verifier": "redirect_uri:https://shop.example/r\u{1b}[2J"}},
                {"at": "2026-11-21T09:32:00Z", "event": {"event": "forgot", "credential": "Card"}}
            ],
            "pending": [],
        });
        if let (Value::Object(contents), false) = (&mut contents, net.is_null()) {
            contents.insert("net".to_owned(), net);
        }
        let bytes = Zeroizing::new(serde_json::to_vec(&contents).unwrap());
        Vault::create_at_cost(
            &self.wallet_folder().join("wallet.vault"),
            &Passphrase::from(PASSPHRASE.to_owned()),
            Cost::insecure_for_tests(),
            bytes,
            &mut host::system_rng(),
        )
        .unwrap();
        self.configure("dev = true\n");
    }

    pub(crate) fn configure(&self, text: &str) {
        std::fs::write(self.wallet_folder().join("wallet.toml"), text).unwrap();
    }

    pub(crate) fn wallet_folder(&self) -> PathBuf {
        self.folder.path().join("pessoa")
    }

    /// Runs a command for a person who gives these answers.
    pub(crate) fn person(&self, answers: &[&str], arguments: &[&str]) -> Ran {
        self.run(Script::person(answers), arguments)
    }

    /// Runs a command for a person whose wallet is unlocked.
    pub(crate) fn unlocked(&self, answers: &[&str], arguments: &[&str]) -> Ran {
        let unlocked = self.piped(&[PASSPHRASE], &["unlock", "--for", "1h"]);
        assert_eq!(unlocked.code, 0, "{}", unlocked.said);
        self.person(answers, arguments)
    }

    /// Runs a command from a script, with these lines on standard input.
    pub(crate) fn piped(&self, lines: &[&str], arguments: &[&str]) -> Ran {
        self.run(Script::piped(lines), arguments)
    }

    fn run(&self, mut script: Script, arguments: &[&str]) -> Ran {
        let arguments = std::iter::once("pessoa").chain(arguments.iter().copied());
        let arguments = arguments.map(std::ffi::OsString::from);
        let code = wallet_cli::run_with(arguments, &mut script, &self.machine);
        let folder = self.folder.path().display().to_string();
        let mut ran = script.finish(code);
        ran.data = ran.data.replace(&folder, "HOME");
        ran.said = ran.said.replace(&folder, "HOME");
        ran
    }
}

/// A person's credential, as SD-JWT VC; one copy for each time.
pub(crate) fn person(id: &str, copies: &[&str]) -> Value {
    let claims = map(json!({
        "given_name": "Anna", "family_name": "Eriksson", "birth_date": "1974-08-12",
        "age_over_18": true, "address": {"country": "UTO", "locality": "Nowhere"},
    }));
    let copies: Vec<Value> = copies.iter().map(|at| sd_jwt_copy(&claims, at)).collect();
    let mut kept = claims;
    kept.insert("iss".to_owned(), "https://id.utopia.example".into());
    kept.insert("vct".to_owned(), "urn:example:person".into());
    held(
        id,
        "Person",
        "dc+sd-jwt",
        &["urn:example:person"],
        kept,
        copies,
    )
}

/// A proof of majority, as W3C credential.
pub(crate) fn adult(id: &str, copies: &[&str]) -> Value {
    let credential = map(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "AdultCredential"],
        "issuer": "https://id.utopia.example",
        "credentialSubject": {"age_over_18": true},
    }));
    let copies = copies
        .iter()
        .map(|_| {
            let (issuer, holder) = (key(), key());
            let text = vc_jwt::Issuance {
                credential: credential.clone(),
                holder: Some(holder.public()),
                status: None,
                key_reference: &KeyReference::KeyId("key-1".to_owned()),
            }
            .sign(&issuer)
            .unwrap();
            copy(&text, &holder)
        })
        .collect();
    let types = ["VerifiableCredential", "AdultCredential"];
    held(
        id,
        "Proof of majority",
        "jwt_vc_json",
        &types,
        credential,
        copies,
    )
}

fn held(
    id: &str,
    name: &str,
    format: &str,
    types: &[&str],
    claims: Map<String, Value>,
    copies: Vec<Value>,
) -> Value {
    let format = match format {
        "dc+sd-jwt" => credential::Format::SdJwtVc,
        _ => credential::Format::JwtVcJson,
    };
    json!({
        "id": id, "name": name,
        "issuer": "https://id.utopia.example", "issuer_name": "Utopia",
        "signed_by": "https://id.utopia.example", "configuration": "person",
        "format": format, "types": types, "claims": claims, "authority_key_ids": [],
        "received_at": "2026-11-20T10:00:00Z", "valid_until": "2026-12-04T00:00:00Z",
        "copies": copies,
        "grant": {"authorization_server": "https://id.utopia.example", "refresh_token": "ticket", "dpop": stored(&key())},
    })
}

fn sd_jwt_copy(claims: &Map<String, Value>, at: &str) -> Value {
    let (issuer, holder) = (key(), key());
    let mut all = claims.clone();
    all.insert("iss".to_owned(), "https://id.utopia.example".into());
    all.insert("vct".to_owned(), "urn:example:person".into());
    let at: Timestamp = at.parse().unwrap();
    all.insert("iat".to_owned(), at.as_second().into());
    let disclosable: Vec<ClaimPath> = claims.keys().map(|name| name.as_str().into()).collect();
    let text = sd_jwt::Issuance {
        claims: all,
        disclosable: &disclosable,
        pad_digests_to: 8,
        holder: Some(holder.public()),
        key_reference: &KeyReference::KeyId("key-1".to_owned()),
    }
    .sign(&issuer, &mut host::system_rng())
    .unwrap();
    copy(&text, &holder)
}

fn copy(text: &str, key: &SigningKey) -> Value {
    json!({"credential": text, "key": stored(key)})
}

pub(crate) fn stored(key: &SigningKey) -> Value {
    let secret = base64url::encode(key.expose_secret().as_slice());
    json!({"algorithm": key.algorithm().name(), "secret": secret})
}

pub(crate) fn key() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut host::system_rng())
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}
