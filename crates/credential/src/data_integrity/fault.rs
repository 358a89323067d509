use linked_data::{CanonicalizationError, ExpansionError};

/// Why a Data Integrity proof was refused (VC Data Integrity 1.0, section 4.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofFault {
    /// The proof is a base proof, with which all can be shown: its Holder derives another from it,
    /// and keeps it.
    #[error("the proof is a base proof, which its holder keeps")]
    BaseProof,
    /// Telling the blank nodes of the document apart would cost too much.
    #[error(transparent)]
    Canonicalization(#[from] CanonicalizationError),
    /// The proof was made for other contexts than the document has.
    #[error("the proof was made for other contexts")]
    Context,
    /// The verification method is not the signer's own, or is none that is known here.
    #[error("the verification method does not belong to the signer")]
    Controller,
    /// The cryptographic suite is not known here, or takes another kind of key.
    #[error("the cryptosuite is not supported")]
    Cryptosuite,
    /// The proof is a derived one, where a Holder needs the base proof.
    #[error("the proof is a derived proof, and no base proof")]
    DerivedProof,
    /// What the document says is not plain.
    #[error("the document is not plain linked data: {0}")]
    Document(#[from] ExpansionError),
    /// The proof says that it is no longer good.
    #[error("the proof has expired")]
    Expired,
    /// A member of the proof is malformed.
    #[error("the proof's {0} is malformed")]
    Malformed(&'static str),
    /// The document has no proof, or the proof lacks a member.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// The proof was made in the future.
    #[error("the proof was made in the future")]
    NotYetValid,
    /// A number of the document cannot be told from others.
    #[error("a number cannot be represented as a double")]
    Number,
    /// A JSON pointer leads nowhere.
    #[error("a pointer leads nowhere")]
    Pointer,
    /// `previousProof` names no proof of the document, or several.
    #[error("the previous proof is not there")]
    PreviousProof,
    /// The proof was made for another purpose.
    #[error("the proof was made for another purpose")]
    Purpose,
    /// The signature is wrong.
    #[error("the proof does not verify")]
    Signature,
    /// There are more proofs than the limit.
    #[error("there are too many proofs")]
    TooMany,
}
