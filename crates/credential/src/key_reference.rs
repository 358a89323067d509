use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// How the Issuer tells Verifiers which key it signed with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyReference {
    /// `kid`: a DID URL, or the `kid` of a key in the JWT VC Issuer Metadata.
    KeyId(String),
    /// `x5c`: DER certificates, the signer's first, without the trust anchor.
    X5c(Vec<Vec<u8>>),
}

impl KeyReference {
    /// The protected header of a token signed with that key.
    #[must_use]
    pub fn header(&self, alg: &'static str, typ: &'static str) -> impl Serialize + use<> {
        let (kid, x5c) = match self {
            Self::KeyId(kid) => (Some(kid.clone()), None),
            Self::X5c(chain) => {
                let encoded = chain.iter().map(|der| STANDARD.encode(der)).collect();
                (None, Some(encoded))
            }
        };
        JoseHeader { alg, typ, kid, x5c }
    }
}

#[derive(Serialize)]
struct JoseHeader {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x5c: Option<Vec<String>>,
}
