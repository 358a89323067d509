//! Files that a host reads: vaults, configurations, hashes of admin tokens, pictures.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::LazyLock;

use fast_qr::QRBuilder;
use host::config::Sources;
use image::{GrayImage, ImageFormat, Luma};
use serde::Deserialize;
use service::{AdminTokens, Config, Network};
use tempfile::TempDir;
use vault::{Cost, Passphrase, Vault};
use zeroize::Zeroizing;

use crate::Target;
use crate::fixture::{Numbers, text};

pub(crate) const TARGETS: &[Target] = &[
    Target::new("vault", vault_file, || vec![VAULT.clone()]),
    Target::new("configuration", configuration, || {
        vec![CONFIGURATION.as_bytes().to_vec()]
    }),
    Target::new("admin_tokens", admin_tokens, || {
        vec![b"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU # of nothing\n\n".to_vec()]
    }),
    Target::new("picture", picture, pictures),
    Target::new("network", network, || {
        vec![b"10.0.0.0/8".to_vec(), b"2001:db8::/32".to_vec()]
    }),
];

/// Only the file that was written opens: every byte of it counts.
fn vault_file(bytes: &[u8]) -> Option<()> {
    let path = folder("vault");
    fs::write(&path, bytes).expect("a file");
    let opened = Vault::open(&path, &passphrase()).and_then(|vault| {
        let annex = vault.annex()?.to_vec();
        Ok((vault.contents().to_vec(), annex))
    });
    match opened {
        Ok((contents, annex)) => {
            assert_eq!(bytes, VAULT.as_slice());
            assert_eq!((contents.as_slice(), annex.as_slice()), (CONTENTS, ANNEX));
            Some(())
        }
        Err(error) => {
            let _ = error.to_string();
            None
        }
    }
}

/// A configuration file, read as a service reads its part.
fn configuration(bytes: &[u8]) -> Option<()> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Own {
        #[serde(rename = "name")]
        _name: Option<String>,
    }
    let path = folder("configuration.toml");
    fs::write(&path, bytes).expect("a file");
    let sources = Sources::with_environment("PESSOA_TEST", &[], []).file(&path);
    let mut document = match sources.read() {
        Ok(document) => document,
        Err(error) => {
            let _ = error.to_string();
            return None;
        }
    };
    let place = document.folder();
    match document.take::<Config>(Config::KEYS) {
        Ok(config) => {
            let _ = config
                .checked(&place)
                .map(|config| config.public_base().to_owned());
        }
        Err(error) => {
            let _ = error.to_string();
        }
    }
    let rest = document.finish::<Own>();
    rest.map_err(|error| error.to_string()).ok().map(|_| ())
}

fn admin_tokens(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let tokens = AdminTokens::parse(text).ok()?;
    assert!(!tokens.accept(&"nobody's token".into()));
    Some(())
}

fn network(bytes: &[u8]) -> Option<()> {
    let text = text(bytes)?;
    let network: Network = text.parse().ok()?;
    let _ = network.contains([127, 0, 0, 1].into());
    let _ = network.contains([0, 0, 0, 0, 0, 0, 0, 1].into());
    Some(())
}

/// A picture of a QR code, whose link a wallet would open.
fn picture(bytes: &[u8]) -> Option<()> {
    let link = wallet_cli::link_in_picture(bytes)?;
    assert!(!link.is_empty());
    Some(())
}

fn pictures() -> Vec<Vec<u8>> {
    [ImageFormat::Png, ImageFormat::Jpeg]
        .map(|format| {
            let code = QRBuilder::new(LINK).build().expect("a code");
            let side = u32::try_from(code.size).expect("a small code") + 8;
            let picture = GrayImage::from_fn(side * 4, side * 4, |x, y| {
                let module = |at: u32| usize::try_from(at / 4).ok()?.checked_sub(4);
                let inside = |at: &usize| *at < code.size;
                let place = module(x).filter(inside).zip(module(y).filter(inside));
                let dark = place
                    .and_then(|(x, y)| code.data.get(y * code.size + x))
                    .is_some_and(|module| module.value());
                Luma([if dark { 0 } else { u8::MAX }])
            });
            let mut bytes = Cursor::new(Vec::new());
            picture.write_to(&mut bytes, format).expect("a picture");
            bytes.into_inner()
        })
        .to_vec()
}

fn passphrase() -> Passphrase {
    Passphrase::from("a passphrase".to_owned())
}

static VAULT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = folder("new-vault");
    // Left by a run that was killed.
    let _ = fs::remove_file(&path);
    let contents = Zeroizing::new(CONTENTS.to_vec());
    let numbers = &mut Numbers::default();
    let cost = Cost::insecure_for_tests();
    let made = Vault::create_at_cost(&path, &passphrase(), cost, contents, numbers);
    let (contents, annex) = (CONTENTS.to_vec().into(), ANNEX.to_vec().into());
    let saved = made.expect("a vault").save(contents, annex, numbers);
    saved.expect("a vault");
    fs::read(&path).expect("a vault")
});

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fn folder(name: &str) -> PathBuf {
    FOLDER.path().join(name)
}

const LINK: &str = "openid4vp://?client_id=x&request_uri=https%3A%2F%2Fverifier.example%2Fr";
const CONTENTS: &[u8] = b"what a wallet holds";
/// Too long for the chunk that the contents are in.
const ANNEX: &[u8] = &[7; 17_000];
const CONFIGURATION: &str = r#"
listen = "127.0.0.1:8080"
public_url = "https://issuer.example"
database = "sqlite://issuer.sqlite"
dev = false
metrics_from = ["127.0.0.0/8"]
trusted_proxies = ["10.0.0.0/8", "::1"]
name = "x"
[limits]
[log]
[tls]
certificate = "cert.pem"
key = "key.pem"
"#;
