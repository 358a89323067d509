//! Who the issuer is, and the documents in which others look it up.

use credential::KeyReference;
use credential::mechanism::Mechanism;
use did::{Did, DidError, DidUrl};
use keys::{Algorithm, Jwk};
use serde_json::json;
use url::Url;

use crate::credential_type::Identification;
use crate::keyring::SigningKeys;

/// The issuer's names, and what stands behind them. Made once.
#[derive(Debug)]
pub(crate) struct Identity {
    identification: Identification,
    base: String,
    did: Did,
    fragments: [(Algorithm, String); 2],
    chain: Vec<Vec<u8>>,
    /// The Multikeys that sign what is disclosed in part, each its own name.
    disclosing: Vec<(Mechanism, String)>,
    /// `/.well-known/jwt-vc-issuer`, as it is sent.
    pub jwt_vc_issuer: Vec<u8>,
    /// The did:web document, as it is sent.
    pub did_document: Vec<u8>,
    /// Where that is served.
    pub did_path: String,
}

impl Identity {
    /// Puts the names together.
    ///
    /// # Errors
    /// [`DidError`] if the address cannot be a did:web.
    pub(crate) fn new(
        identification: Identification,
        public_url: &Url,
        keys: &SigningKeys,
    ) -> Result<Self, DidError> {
        let base = public_url.as_str().trim_end_matches('/').to_owned();
        let did = did::web::did(public_url)?;
        let publics = [&keys.es256, &keys.eddsa].map(|key| key.public().clone());
        let fragments = publics
            .each_ref()
            .map(|public| (public.algorithm(), public.thumbprint()));
        let named: Vec<_> = fragments
            .iter()
            .zip(&publics)
            .map(|((_, fragment), public)| (fragment.as_str(), public.clone()))
            .collect();
        let disclosing: Vec<_> = keys.disclosing.multikeys().collect();
        let multikeys: Vec<_> = disclosing.iter().map(|(_, key)| key.as_str()).collect();
        let document = did::web::document_with(&did, &named, &multikeys)?;
        let jwks = publics.each_ref().map(|public| Jwk {
            kid: Some(public.thumbprint()),
            alg: Some(public.algorithm().name().to_owned()),
            use_: Some("sig".to_owned()),
            ..public.jwk()
        });
        Ok(Self {
            identification,
            jwt_vc_issuer: json!({"issuer": base, "jwks": {"keys": jwks}})
                .to_string()
                .into_bytes(),
            did_document: json!(document).to_string().into_bytes(),
            did_path: did::web::path(&did)?,
            base,
            did,
            fragments,
            chain: keys.chain.clone(),
            disclosing,
        })
    }

    /// The DID.
    #[must_use]
    pub(crate) fn did(&self) -> &Did {
        &self.did
    }

    /// As [`Self::method`], of the key that signs what is disclosed in part with this suite.
    #[must_use]
    pub(crate) fn disclosing_method(&self, mechanism: Mechanism) -> Option<DidUrl> {
        let mut keys = self.disclosing.iter();
        let (_, multikey) = keys.find(|(known, _)| *known == mechanism)?;
        let by_did = self.identification == Identification::Did;
        by_did.then(|| self.did.url(multikey).ok()).flatten()
    }

    /// The name of the key of this algorithm, where keys are found by the DID: what Data Integrity
    /// proofs need.
    #[must_use]
    pub(crate) fn method(&self, algorithm: Algorithm) -> Option<DidUrl> {
        match (self.identification, self.names(algorithm)) {
            (Identification::Did, (_, KeyReference::KeyId(kid))) => DidUrl::parse(&kid).ok(),
            _ => None,
        }
    }

    /// What a credential signed with the key of this algorithm says of its issuer: the identifier,
    /// and the reference to the key.
    #[must_use]
    pub(crate) fn names(&self, algorithm: Algorithm) -> (String, KeyReference) {
        let fragment = self.fragments.iter().find(|(known, _)| *known == algorithm);
        let fragment = fragment.map_or("", |(_, fragment)| fragment.as_str());
        let by_metadata = || (self.base.clone(), KeyReference::KeyId(fragment.to_owned()));
        match (self.identification, algorithm) {
            (Identification::Did, _) => {
                let kid = format!("{}#{fragment}", self.did);
                (self.did.to_string(), KeyReference::KeyId(kid))
            }
            (Identification::JwtVcIssuer, _) => by_metadata(),
            (Identification::X5c, Algorithm::Es256) => {
                (self.base.clone(), KeyReference::X5c(self.chain.clone()))
            }
            // The certificate is for the other key.
            (Identification::X5c, Algorithm::EdDsa | Algorithm::Es384) => by_metadata(),
        }
    }
}
