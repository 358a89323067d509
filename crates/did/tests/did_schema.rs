//! The schema to which the DID resolution test suite holds documents.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use boon::{Compiler, SchemaIndex, Schemas};
use did::{Did, DidDocument, Resolution, resolve};
use keys::{Algorithm, SigningKey};
use serde_json::{Value, json};
use url::Url;

#[test]
fn every_file_is_run() {
    let there: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        there,
        ["README.md", "did-schema.json"].map(str::to_owned).into()
    );
}

#[test]
fn documents_of_every_method_conform() {
    let schema = Schema::read();
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es384] {
        let secret = vec![7; algorithm.secret_length()];
        let key = SigningKey::from_secret(algorithm, &secret).unwrap();
        let key = key.public();
        schema.accepts(&here(&did::key::did(key)));
        schema.accepts(&here(&did::jwk::did(key)));
        let web = did::web::did(&Url::parse("https://a.example/issuer").unwrap()).unwrap();
        let document = did::web::document(&web, &[("one", key.clone()), ("two", key.clone())]);
        schema.accepts(&document.unwrap());
    }
    // Kinds of keys that do not sign.
    for text in [
        "did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F",
        "did:key:zUC7DerdEmfZ8f4pFajXgGwJoMkV1ofMTmEG5UoNvnWiPiLuGKNeqgRpLH2TV4Xe5mJ2cXV76gRN7LFQwapF1VFu6x2yrr5ci1mXqC1WNUrnHnLgvfZfMH7h6xP6qsf9EKRQrPQ",
    ] {
        schema.accepts(&here(&Did::parse(text).unwrap()));
    }
}

#[test]
fn what_does_not_conform_is_noticed() {
    let schema = Schema::read();
    let did = did::key::did(
        SigningKey::from_secret(Algorithm::EdDsa, &[7; 32])
            .unwrap()
            .public(),
    );
    for (name, value) in [
        ("id", json!(5)),
        ("authentication", json!("one")),
        ("alsoKnownAs", json!(5)),
        ("@context", json!({})),
    ] {
        let mut document = serde_json::to_value(here(&did)).unwrap();
        document[name] = value;
        assert!(!schema.fits(&document), "{name}");
    }
}

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn read() -> Self {
        let text = std::fs::read_to_string(folder().join("did-schema.json")).unwrap();
        let mut compiler = Compiler::new();
        let address = "urn:did-schema";
        let schema = serde_json::from_str(&text).unwrap();
        compiler.add_resource(address, schema).unwrap();
        let mut schemas = Schemas::new();
        let index = compiler.compile(address, &mut schemas).unwrap();
        Self { schemas, index }
    }

    fn accepts(&self, document: &DidDocument) {
        let document = serde_json::to_value(document).unwrap();
        assert!(self.fits(&document), "{document}");
    }

    fn fits(&self, document: &Value) -> bool {
        self.schemas.validate(document, self.index).is_ok()
    }
}

/// The document of a DID that holds it.
fn here(did: &Did) -> DidDocument {
    match resolve(did, false).unwrap() {
        Resolution::Here(document) => document,
        Resolution::Fetch(url) => panic!("elsewhere: {url}"),
    }
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/did-resolution"
    ))
}
