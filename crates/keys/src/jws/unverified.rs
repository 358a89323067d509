use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{Header, JwsError};
use crate::{Algorithm, PublicKey, SignatureBatch, base64url};

/// A JWS that was read and not yet verified. `Debug` shows nothing of its payload.
#[derive(Clone)]
pub struct UnverifiedJws {
    header: Header,
    payload: Vec<u8>,
    /// Begins with the compact form.
    text: Arc<str>,
    /// How long the first two parts are with their dot: what was signed.
    signed: usize,
    /// Begins with the signature, as long as those of the algorithm are.
    signature: [u8; LONGEST_SIGNATURE],
}

impl UnverifiedJws {
    /// Reads the compact form.
    ///
    /// # Errors
    /// A [`JwsError`] other than [`JwsError::Signature`], [`JwsError::Type`] and
    /// [`JwsError::AlgorithmMismatch`].
    pub fn parse(text: &str, max_bytes: usize) -> Result<Self, JwsError> {
        if text.len() > max_bytes {
            return Err(JwsError::Size);
        }
        Self::parse_start(&text.into(), text.len())
    }

    /// Reads the compact form that the first so many bytes of a text are, and shares that text.
    ///
    /// # Errors
    /// As [`Self::parse`], but for the size: that of the text is the caller's business.
    pub fn parse_start(text: &Arc<str>, length: usize) -> Result<Self, JwsError> {
        let (compact, _) = text.split_at_checked(length).ok_or(JwsError::Malformed)?;
        let (signed, signature) = compact.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        let header = base64url::decode(header).map_err(|_| JwsError::Malformed)?;
        let header = Header::parse(&header)?;
        let mut bytes = [0; LONGEST_SIGNATURE];
        let (place, _) = bytes.split_at_mut(header.alg.signature_length());
        base64url::decode_into(signature, place).map_err(|_| JwsError::Malformed)?;
        Ok(Self {
            header,
            // A fourth part would leave a dot in the payload, which is not base64url.
            payload: base64url::decode(payload).map_err(|_| JwsError::Malformed)?,
            signature: bytes,
            signed: signed.len(),
            text: Arc::clone(text),
        })
    }

    /// The header, which may lie.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, which may lie: good for finding the key, and for nothing else.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies the signature, and that `typ` is one of those expected.
    ///
    /// An empty list stands for a profile that sets no `typ`: any is accepted then, and none.
    ///
    /// # Errors
    /// [`JwsError::Type`], [`JwsError::AlgorithmMismatch`] or [`JwsError::Signature`].
    pub fn verify(self, key: &PublicKey, types: &[&str]) -> Result<VerifiedJws, JwsError> {
        self.check_header(key, types)?;
        key.verify(self.signed(), self.signature())
            .map_err(|_| JwsError::Signature)?;
        Ok(VerifiedJws {
            header: self.header,
            payload: self.payload,
        })
    }

    /// As [`Self::verify`], and takes the SHA-256 of the whole text that the JWS begins
    /// ([`Self::parse_start`]): what was signed is hashed once for both, where the algorithm hashes
    /// so too.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_hashing(
        self,
        key: &PublicKey,
        types: &[&str],
    ) -> Result<(VerifiedJws, [u8; 32]), JwsError> {
        self.check_header(key, types)?;
        let (signed, rest) = self.text.as_bytes().split_at(self.signed);
        let mut state = Sha256::new_with_prefix(signed);
        key.verify_hashed(signed, &state, self.signature())
            .map_err(|_| JwsError::Signature)?;
        state.update(rest);
        let verified = VerifiedJws {
            header: self.header,
            payload: self.payload,
        };
        Ok((verified, state.finalize().into()))
    }

    /// As [`Self::verify`], but leaves the signature to a batch: nothing is verified before that
    /// is.
    ///
    /// # Errors
    /// As [`Self::verify`], as far as that is known already.
    pub fn verify_later(
        self,
        key: &PublicKey,
        types: &[&str],
        batch: &mut SignatureBatch,
    ) -> Result<(), JwsError> {
        self.check_header(key, types)?;
        batch
            .add(key, self.signed(), self.signature())
            .map_err(|_| JwsError::Signature)
    }

    fn signed(&self) -> &[u8] {
        self.text.as_bytes().split_at(self.signed).0
    }

    fn signature(&self) -> &[u8] {
        let length = self.header.alg.signature_length();
        self.signature.split_at(length).0
    }

    fn check_header(&self, key: &PublicKey, types: &[&str]) -> Result<(), JwsError> {
        if !types.is_empty() && !types.iter().any(|expected| self.header.is_type(expected)) {
            return Err(JwsError::Type);
        }
        if self.header.alg != key.algorithm() {
            return Err(JwsError::AlgorithmMismatch);
        }
        Ok(())
    }
}

impl fmt::Debug for UnverifiedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedJws")
            .field("alg", &self.header.alg)
            .finish_non_exhaustive()
    }
}

/// Evidence that a key signed this payload under this header.
#[derive(Clone)]
pub struct VerifiedJws {
    header: Header,
    payload: Vec<u8>,
}

impl VerifiedJws {
    /// The header that was signed.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload that was signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Gives up the evidence for its contents.
    #[must_use]
    pub fn into_parts(self) -> (Header, Vec<u8>) {
        (self.header, self.payload)
    }
}

impl fmt::Debug for VerifiedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedJws")
            .field("alg", &self.header.alg)
            .finish_non_exhaustive()
    }
}

const LONGEST_SIGNATURE: usize = Algorithm::Es384.signature_length();
