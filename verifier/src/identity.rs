//! Who the verifier is: the key that signs requests, and the document in which wallets look it up.

use std::path::{Path, PathBuf};

use did::{Did, DidError, DidUrl};
use host::{Access, Folder, FolderError, KeyFileError};
use keys::mac::MacKey;
use keys::{Algorithm, SigningKey, sha256};
use openid4vp::door::DoorNonces;
use openid4vp::request::Signer;
use rand_core::CryptoRng;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

/// The verifier's did:web and its key. Made once.
#[derive(Debug)]
pub(crate) struct Identity {
    method: DidUrl,
    key: SigningKey,
    /// The did:web document, as it is sent.
    pub(crate) document: Vec<u8>,
    /// Where the document is served.
    pub(crate) document_path: String,
    /// Where the scopes for numbers are served: beside it.
    pub(crate) scopes_path: String,
}

impl Identity {
    /// Makes the key in a new folder, readable by its owner only (0600).
    ///
    /// # Errors
    /// [`FolderError`] if there is a key already: none is ever overwritten.
    pub(crate) fn create(folder: &Path, rng: &mut impl CryptoRng) -> Result<(), FolderError> {
        let key = SigningKey::generate(ALGORITHM, rng);
        let line = host::secret_line(&key.expose_secret());
        Folder::create(folder)?.write_new(&[(FILE, line.as_bytes(), Access::Private)])?;
        Ok(())
    }

    /// Reads the key and puts the names together.
    ///
    /// # Errors
    /// [`KeyError`] names what the operator must look at.
    pub(crate) fn load(folder: &Path, public_url: &Url) -> Result<Self, KeyError> {
        let path = folder.join(FILE);
        let unusable = |source| KeyError::Unusable {
            path: path.clone(),
            source,
        };
        let key = SigningKey::from_secret(ALGORITHM, &*host::read_secret(&path)?);
        let key = key.map_err(unusable)?;
        // Before the first wallet waits for the machine's generator to seed itself.
        key.sign(&[]).map_err(unusable)?;
        let did = did::web::did(public_url)?;
        let fragment = key.public().thumbprint();
        let document = did::web::document(&did, &[(&fragment, key.public().clone())])?;
        Ok(Self {
            method: did.url(&fragment)?,
            key,
            document: json!(document).to_string().into_bytes(),
            document_path: did::web::url(&did, true)?.path().to_owned(),
            scopes_path: openid4vp::scopes::scopes_url(&did, true)
                .ok_or(DidError::Syntax)?
                .path()
                .to_owned(),
        })
    }

    /// Returns the DID.
    pub(crate) fn did(&self) -> &Did {
        self.method.did()
    }

    /// Returns what makes the nonces of the verifier's doors: the same in every process that has the
    /// key, so that one shows and another judges.
    pub(crate) fn door_nonces(&self) -> DoorNonces {
        let secret = self.key.expose_secret();
        let secret = Zeroizing::new(sha256(&secret));
        DoorNonces::new(MacKey::new(&secret).derive("verifier/door"))
    }

    /// Returns what signs requests.
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            key: &self.key,
            method: &self.method,
        }
    }
}

/// Why the verifier's key or identity cannot be used. The operator must act.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The public address cannot be a did:web.
    #[error("the public address cannot be a did:web: {0}")]
    Did(#[from] DidError),
    /// The file is missing, or is not in the form in which `init` writes it.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The file holds no key of this kind.
    #[error("{} holds no usable key", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: keys::KeyError,
    },
}

/// What wallets read everywhere.
const ALGORITHM: Algorithm = Algorithm::Es256;
const FILE: &str = "request-signing.key";

#[cfg(test)]
mod tests {
    use did::DidDocument;

    use super::*;

    #[test]
    fn the_document_is_where_the_did_says_and_has_the_key() {
        let place = tempfile::tempdir().unwrap();
        Identity::create(place.path(), &mut host::system_rng()).unwrap();
        for (url, path) in [
            ("https://shop.example", "/.well-known/did.json"),
            ("http://127.0.0.1:8002", "/.well-known/did.json"),
            ("https://shop.example/login", "/login/did.json"),
        ] {
            let identity = Identity::load(place.path(), &url.parse().unwrap()).unwrap();
            assert_eq!(identity.document_path, path);
            let document = DidDocument::parse(&identity.document, identity.did()).unwrap();
            let role = did::Relationship::Authentication;
            let key = document.key(identity.signer().method, role).unwrap();
            assert_eq!(&key, identity.key.public());
        }
    }

    #[test]
    fn a_key_is_never_overwritten_and_a_broken_one_is_told() {
        let place = tempfile::tempdir().unwrap();
        let make = || Identity::create(place.path(), &mut host::system_rng());
        make().unwrap();
        assert!(matches!(make(), Err(FolderError::Exists { .. })));
        std::fs::write(place.path().join(FILE), "short\n").unwrap();
        let url: Url = "https://shop.example".parse().unwrap();
        let refused = Identity::load(place.path(), &url).unwrap_err();
        let KeyError::File(KeyFileError::NotASecret { path }) = refused else {
            panic!("another error")
        };
        assert!(path.ends_with(FILE));
    }
}
