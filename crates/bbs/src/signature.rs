//! Signatures: Sign and Verify (BBS draft, sections 3.5.1, 3.5.2 and 3.6).

use zeroize::Zeroizing;

use crate::basis::Basis;
use crate::generators::Interface;
use crate::keys::{PublicKey, SecretKey};
use crate::point::{POINT_LENGTH, Point, to_affine};
use crate::scalar::SCALAR_LENGTH;
use crate::suite::{hash_to_scalar, message_to_scalar};
use crate::{DecodeError, Error, Scalar};

/// The octets of a signature.
pub const SIGNATURE_LENGTH: usize = POINT_LENGTH + SCALAR_LENGTH;

/// A signature `(A, e)`.
///
/// It is the holder's: who sees it can link it to its issuance.
#[derive(Clone)]
pub struct Signature {
    pub(crate) a: Point,
    pub(crate) e: Scalar,
}

impl Signature {
    /// Reads a signature (`octets_to_signature`).
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (point, rest) = bytes.split_first_chunk().ok_or(DecodeError::Length)?;
        let scalar = rest.try_into().map_err(|_| DecodeError::Length)?;
        Ok(Self {
            a: Point::from_bytes(point)?,
            e: Scalar::from_bytes(scalar)?,
        })
    }

    /// Writes the signature (`signature_to_octets`).
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SIGNATURE_LENGTH] {
        let mut bytes = [0; SIGNATURE_LENGTH];
        let octets = self.a.to_bytes().into_iter().chain(self.e.to_bytes());
        for (to, from) in bytes.iter_mut().zip(octets) {
            *to = from;
        }
        bytes
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signature([REDACTED])")
    }
}

/// Signs a header and messages (Sign).
///
/// # Errors
/// [`Error::Count`] above [`crate::MAX_MESSAGES`] messages; [`Error::Degenerate`] never in
/// practice.
pub fn sign(
    secret: &SecretKey,
    header: &[u8],
    messages: &[impl AsRef<[u8]>],
) -> Result<Signature, Error> {
    let basis = Basis::new(Interface::Plain, messages.len())?;
    let messages = messages_to_scalars(messages, basis.interface);
    let domain = basis.domain(secret.public(), &[header]);
    let b = basis.b(domain, &messages);
    let signed: Vec<u8> = messages
        .iter()
        .chain([&domain])
        .flat_map(Scalar::to_bytes)
        .collect();
    finalize(secret, basis.interface, b, &signed)
}

/// Verifies a signature over a header and messages (Verify).
///
/// # Errors
/// [`Error::Signature`] when it does not belong to them; [`Error::Count`].
pub fn verify(
    public: &PublicKey,
    signature: &Signature,
    header: &[u8],
    messages: &[impl AsRef<[u8]>],
) -> Result<(), Error> {
    let basis = Basis::new(Interface::Plain, messages.len())?;
    let messages = messages_to_scalars(messages, basis.interface);
    core_verify(public, signature, &basis, &[header], &messages)
}

/// CoreVerify.
pub(crate) fn core_verify(
    public: &PublicKey,
    signature: &Signature,
    basis: &Basis,
    header: &[&[u8]],
    messages: &[Scalar],
) -> Result<(), Error> {
    if messages.len() != basis.h.len() {
        return Err(Error::Count);
    }
    let b = basis.b(basis.domain(public, header), messages);
    // e(A, W + BP2 * e) * e(B, -BP2), with the multiple moved to G1.
    let right = b - signature.a * signature.e;
    if right.is_identity() {
        return Err(Error::Signature);
    }
    match to_affine(&[signature.a, right]).as_slice() {
        [left, right] if public.pairs(left, right) => Ok(()),
        _ => Err(Error::Signature),
    }
}

/// Ends CoreSign and FinalizeBlindSign: `e` from the secret key and what is signed, then `A`.
pub(crate) fn finalize(
    secret: &SecretKey,
    interface: Interface,
    b: Point,
    signed: &[u8],
) -> Result<Signature, Error> {
    let input = Zeroizing::new([secret.expose_secret().as_slice(), signed].concat());
    let e = hash_to_scalar(&input, interface.api_id(), b"H2S_");
    let inverse = (*secret.scalar() + e).invert().ok_or(Error::Degenerate)?;
    let a = b * inverse;
    if a.is_identity() {
        return Err(Error::Degenerate);
    }
    Ok(Signature { a, e })
}

/// `messages_to_scalars`.
pub(crate) fn messages_to_scalars(
    messages: &[impl AsRef<[u8]>],
    interface: Interface,
) -> Vec<Scalar> {
    let api_id = interface.api_id();
    messages
        .iter()
        .map(|message| message_to_scalar(message.as_ref(), api_id))
        .collect()
}
