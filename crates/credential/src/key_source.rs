use did::{Did, DidUrl, Method};
use keys::PublicKey;
use keys::jws::Header;
use url::Url;

use crate::error::PeerFault;
use crate::x509;

/// Where the key of a Credential must come from (SD-JWT VC, section 3.5).
///
/// It is read from unverified bytes: it says whom to ask, and proves nothing.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum KeySource {
    /// A verification method of the Issuer's DID (an extension that peers use).
    Did(DidUrl),
    /// JWT VC Issuer Metadata (section 5), at [`KeySource::metadata_url`].
    WellKnown {
        /// The `iss` value, unchanged: the metadata must repeat it to the letter.
        issuer: String,
        /// Which key of the key set.
        kid: Option<String>,
    },
    /// The certificate chain in `x5c`.
    X509 {
        /// The `iss` value, or the subject of the first certificate if there is none.
        issuer: String,
        /// The DER certificates, the signer's first.
        chain: Vec<Vec<u8>>,
    },
}

impl KeySource {
    /// Reads it from the Issuer's identifier and the JOSE header.
    ///
    /// # Errors
    /// If neither identifies an Issuer, or `kid` belongs to somebody else.
    pub fn read(issuer: Option<&str>, header: &Header) -> Result<Self, PeerFault> {
        if let Some(chain) = &header.x5c {
            let issuer = match issuer {
                Some(issuer) => issuer.to_owned(),
                None => x509::subject(chain).ok_or(PeerFault::KeyEvidence)?,
            };
            let chain = chain.clone();
            return Ok(Self::X509 { issuer, chain });
        }
        let issuer = issuer.ok_or(PeerFault::KeyEvidence)?;
        if issuer.starts_with("did:") {
            return verification_method(issuer, header.kid.as_deref())
                .map(Self::Did)
                .ok_or(PeerFault::KeyEvidence);
        }
        if !is_issuer_url(issuer) {
            return Err(PeerFault::KeyEvidence);
        }
        Ok(Self::WellKnown {
            issuer: issuer.to_owned(),
            kid: header.kid.clone(),
        })
    }

    /// The identifier of the Issuer.
    #[must_use]
    pub fn issuer(&self) -> String {
        match self {
            Self::Did(url) => url.did().to_string(),
            Self::WellKnown { issuer, .. } | Self::X509 { issuer, .. } => issuer.clone(),
        }
    }

    /// Where the JWT VC Issuer Metadata is (section 5.1), for [`KeySource::WellKnown`].
    #[must_use]
    pub fn metadata_url(&self) -> Option<Url> {
        let Self::WellKnown { issuer, .. } = self else {
            return None;
        };
        let mut url = Url::parse(issuer).ok()?;
        let path = format!("{WELL_KNOWN}{}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Some(url)
    }
}

/// The only key of a DID that holds its own document (did:key, did:jwk).
pub(crate) fn own_key(did: &Did) -> Option<PublicKey> {
    match did.method() {
        Method::Jwk => did::jwk::public_key(did).ok(),
        Method::Key => did::key::public_key(did).ok(),
        Method::Web => None,
    }
}

/// Scheme, host, port and path only (SD-JWT VC, section 5).
fn is_issuer_url(issuer: &str) -> bool {
    Url::parse(issuer).is_ok_and(|url| {
        web_address::is_secure(&url, true) && url.query().is_none() && url.fragment().is_none()
    })
}

/// The verification method of the Issuer that `kid` names, absolutely or by its fragment.
fn verification_method(issuer: &str, kid: Option<&str>) -> Option<DidUrl> {
    let did = Did::parse(issuer).ok()?;
    let method = match kid {
        None => own_method(&did)?,
        Some(kid) => did.join(kid).ok()?,
    };
    (*method.did() == did).then_some(method)
}

/// The only verification method of a DID that holds its own document.
pub(crate) fn own_method(did: &Did) -> Option<DidUrl> {
    match did.method() {
        Method::Jwk => did.url("0").ok(),
        Method::Key => did.url(did.as_str().strip_prefix("did:key:")?).ok(),
        Method::Web => None,
    }
}

/// What is inserted between host and path (SD-JWT VC, section 5).
const WELL_KNOWN: &str = "/.well-known/jwt-vc-issuer";
