/// Why bytes that came in are not the value they claim to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// The point is the identity, which would make any equation hold.
    #[error("the point is the identity")]
    Identity,
    /// Too few or too many bytes.
    #[error("the length does not fit")]
    Length,
    /// No canonical encoding of a point of the prime-order subgroup.
    #[error("the bytes are no point of the group")]
    Point,
    /// Zero, or not below the order of the group.
    #[error("the scalar is out of range")]
    Scalar,
}

/// Why an operation was refused. No variant carries a secret, a message or an index.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// The commitment's proof of correctness does not hold.
    #[error("the commitment is not proven")]
    Commitment,
    /// Another number of messages, nyms or responses than the caller's profile says.
    #[error("the number of messages is not the expected one")]
    Count,
    /// A computation met the identity or a zero divisor: no honest run does.
    #[error("the input is degenerate")]
    Degenerate,
    /// An index is out of range, repeated or out of order.
    #[error("the disclosed indexes are not ascending and in range")]
    Index,
    /// The key material is too short, or the key information too long.
    #[error("the key material does not fit")]
    KeyMaterial,
    /// The proof does not hold for this key, header and disclosed messages.
    #[error("the proof does not verify")]
    Proof,
    /// The signature does not belong to this key, header and messages.
    #[error("the signature does not verify")]
    Signature,
}
