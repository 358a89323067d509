//! Data Integrity proofs by SpruceID's ssi, whose Issuer is a did:key.

use credential::mechanism::MechanismKey;
use did::DidUrl;
use serde_json::{Map, Value};
use ssi::JWK;
use ssi::claims::data_integrity::{
    AnyDataIntegrity, AnySelectionOptions, AnySignatureOptions, AnySuite, CryptographicSuite,
    ProofOptions,
};
use ssi::claims::vc::v2::JsonCredential;
use ssi::claims::{SignatureEnvironment, VerificationParameters};
use ssi::dids::{DIDKey, DIDResolver, DIDURLBuf};
use ssi::verification_methods::multikey::PublicKey;
use ssi::verification_methods::{LocalSigner, SingleSecretSigner};

use crate::fixture::{runtime, ssi_key};

/// An Issuer, a Holder and a verifier.
pub struct Ssi {
    credential: JsonCredential,
    signer: LocalSigner<SingleSecretSigner<JWK>>,
    suite: AnySuite,
    method: DIDURLBuf,
    waiting: tokio::runtime::Runtime,
}

impl Ssi {
    /// The suite is that of a credential of ours.
    pub fn new(
        document: &Map<String, Value>,
        method: &DidUrl,
        key: &MechanismKey,
        ours: &str,
    ) -> Self {
        let key = jwk(key);
        let url = DIDKey::generate_url(&key.to_public()).expect("a did:key");
        assert_eq!(url.to_string(), method.to_string());
        let document = Value::Object(document.clone());
        Self {
            credential: serde_json::from_value(document).expect("a credential"),
            signer: SingleSecretSigner::new(key).into_local(),
            suite: parse(ours).proofs.first().expect("a proof").suite().clone(),
            method: url,
            waiting: runtime(),
        }
    }

    /// Issuing; pointers lead to what is mandatory, where the suite discloses selectively.
    pub fn issue(&self, mandatory: &[&str]) -> String {
        let method = self.method.clone().into_iri().into();
        let mut selection = AnySignatureOptions::default();
        selection.mandatory_pointers = pointers(mandatory);
        let signed = self.suite.sign_with(
            SignatureEnvironment::default(),
            self.credential.clone(),
            DIDKey.into_vm_resolver(),
            &self.signer,
            ProofOptions::from_method_and_options(method, Default::default()),
            selection,
        );
        let signed = self.waiting.block_on(signed).expect("signed");
        serde_json::to_string(&signed).expect("JSON")
    }

    /// Deriving what pointers lead to.
    pub fn derive(&self, base: &AnyDataIntegrity<JsonCredential>, shown: &[&str]) -> String {
        let mut selection = AnySelectionOptions::default();
        selection.selective_pointers = pointers(shown);
        selection.presentation_header = Some(Vec::new());
        let parameters = VerificationParameters::from_resolver(DIDKey.into_vm_resolver());
        let derived = self.waiting.block_on(base.select(parameters, selection));
        serde_json::to_string(&derived.expect("derived")).expect("JSON")
    }

    pub fn verify(&self, text: &str) -> bool {
        let credential = parse(text);
        let parameters = VerificationParameters::from_resolver(DIDKey.into_vm_resolver());
        let verified = self.waiting.block_on(credential.verify(parameters));
        verified.is_ok_and(|verdict| verdict.is_ok())
    }
}

pub fn parse(text: &str) -> AnyDataIntegrity<JsonCredential> {
    ssi::claims::data_integrity::from_json_str(text).expect("a credential")
}

fn jwk(key: &MechanismKey) -> JWK {
    let secret = match key {
        MechanismKey::Signing(key) => return ssi_key(key),
        MechanismKey::Bbs(key) => key.expose_secret(),
    };
    let public: PublicKey = key.multikey().parse().expect("a multikey");
    let public = public.decode().expect("a public key").to_jwk();
    let mut jwk = serde_json::to_value(public.expect("a JWK")).expect("JSON");
    jwk["d"] = keys::base64url::encode(secret.as_slice()).into();
    serde_json::from_value(jwk).expect("a private JWK")
}

fn pointers<P: std::str::FromStr>(pointers: &[&str]) -> Vec<P> {
    let parse = |pointer: &&str| pointer.parse().ok().expect("a pointer");
    pointers.iter().map(parse).collect()
}
