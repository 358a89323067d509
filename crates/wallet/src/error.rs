use credential::VerificationError;
use fetch::{FetchError, resolve::ResolveError};
use keys::KeyError;
use openid4vci::wallet::{
    AnchorFailure, DiscoveryError, EpochError, ForeignKey, IssuanceError, RedemptionError,
};
use openid4vp::door::DoorFault;
use openid4vp::wallet::{Error as PresentationError, HoldingFault};

use crate::net::{DOOR_MEMORY, NetFault};
use crate::wallet::WalletError;

/// Why Credentials could not be received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// What the Issuer keeps of the person's anchor is not known.
    #[error(transparent)]
    Anchor(#[from] AnchorFailure),
    /// The Issuer knows this person by the secret of another wallet: the Holder must restore that
    /// one, from its 24 words.
    #[error("the issuer knows this person by another wallet's secret")]
    AnotherSecret,
    /// The Issuer's copies of one Credential say different things: they could mark the Holder.
    #[error("the issuer sent copies that say different things")]
    CopiesDiffer,
    /// The offer cannot be taken.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The Issuer's epoch profiles are not as they have to be.
    #[error(transparent)]
    Epochs(#[from] EpochError),
    /// Nobody answered, or the address is refused.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The Issuer bound a copy to a key that is not the wallet's.
    #[error(transparent)]
    ForeignKey(#[from] ForeignKey),
    /// The Issuer's Credential Endpoint did not deliver.
    #[error(transparent)]
    Issuance(#[from] IssuanceError),
    /// A key in the vault cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The Issuer's key cannot be found.
    #[error(transparent)]
    KeyNotFound(#[from] ResolveError),
    /// A Net Certificate or its profile is not everybody's: it could mark the Holder.
    #[error(transparent)]
    NetFault(#[from] NetFault),
    /// The Issuer gave no ticket with which the certificate could be renewed.
    #[error("the issuer does not renew this certificate")]
    NotRenewable,
    /// The Issuer sent nothing.
    #[error("the issuer sent no credential")]
    Nothing,
    /// The Issuer gave nothing with which fresh copies could be fetched.
    #[error("the issuer does not offer fresh copies of this credential")]
    NotRefillable,
    /// All commitments that were made beforehand are used: the Holder must open the wallet.
    #[error("the wallet was locked for so long that nothing is prepared for a renewal")]
    NothingPrepared,
    /// Fresh copies have another type, or another signer, than the Credential that is held.
    #[error("the issuer sent another credential than the one that is held")]
    NotTheSame,
    /// A Credential has another type than the one that was offered.
    #[error("the issuer sent another credential than it offered")]
    OtherType,
    /// A proof cannot be made. No honest run ends so.
    #[error("the nym anchor could not be proven")]
    Proof,
    /// The Issuer's Token Endpoint did not give access.
    #[error(transparent)]
    Redemption(#[from] RedemptionError),
    /// The Issuer holds out an older anchor of the same secret: with two, it could find the numbers
    /// of one person by what they differ in.
    #[error("the issuer shows a second anchor of this wallet's secret: it could link numbers")]
    SecondAnchor,
    /// The offered Credential is not bound to a key: anybody who sees it could show it.
    #[error("the offered credential is not bound to a key of the holder")]
    Unbound,
    /// A Credential did not verify.
    #[error(transparent)]
    Verification(#[from] VerificationError),
    /// The wallet itself failed.
    #[error(transparent)]
    Wallet(#[from] WalletError),
}

/// Why a Presentation Request could not be reviewed, or answered.
#[derive(Debug, thiserror::Error)]
pub enum PresentError {
    /// What was read at a door is no request, or is refused.
    #[error(transparent)]
    Door(#[from] DoorFault),
    /// The DID document by which the door would be known is older than [`crate::DOOR_MEMORY`]: the
    /// key in it may have been replaced, because somebody else has it.
    #[error("the door's identity was seen last at {seen_at}, and is good for {} days", DOOR_MEMORY.as_hours() / 24)]
    DoorOutdated {
        /// When it was fetched.
        seen_at: jiff::Timestamp,
    },
    /// Nobody can tell whose door it is: its DID document was never seen.
    #[error("the door's identity is not known to this wallet")]
    DoorUnknown,
    /// The chosen Credential has expired: the Verifier would refuse it, and a copy would be lost.
    #[error("the credential has expired")]
    Expired {
        /// The Credential's identifier.
        id: String,
    },
    /// Nobody answered, or the address is refused.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A nationality that few people share, or nobody knows how many, would go with a number. The
    /// Holder has to allow that by itself.
    #[error("a nationality that few share would go with the number")]
    FewBesideNumber,
    /// What was chosen cannot be presented.
    #[error(transparent)]
    Holding(#[from] HoldingFault),
    /// A key in the vault cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A name, birth date or document number would go with a number, and so put a name to it. The
    /// Holder has to allow that by itself.
    #[error("a claim that names the holder would go with the number")]
    NameBesideNumber,
    /// All copies of the chosen Credential were shown. To show one twice would link two visits.
    #[error("every copy of this credential was used")]
    NoCopies {
        /// The Credential's identifier.
        id: String,
    },
    /// The chosen Credential is no answer to anything that is asked.
    #[error("the credential does not answer the request")]
    NotAnAnswer {
        /// The Credential's identifier.
        id: String,
    },
    /// The number cannot be computed. No honest run ends so.
    #[error("the net number cannot be computed")]
    Number,
    /// The request was refused, or the answer was.
    #[error(transparent)]
    Presentation(#[from] PresentationError),
    /// The choice does not answer the request.
    #[error(transparent)]
    Selection(#[from] dcql::SelectionError),
    /// The Verifier's DID does not resolve.
    #[error(transparent)]
    Verifier(#[from] ResolveError),
    /// The wallet itself failed.
    #[error(transparent)]
    Wallet(#[from] WalletError),
}
