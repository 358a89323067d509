//! Wire messages of OpenID4VCI 1.0 and of the OAuth texts under it.
//!
//! The structs mirror the texts' names. They say what was written, not whether it is to be believed:
//! the modules `issuer` and `wallet` turn them into something of their own at the door.
//! Members that the texts do not name are ignored, as the texts demand.

mod bearer;
mod claims;
mod credential;
mod error;
mod issuer_metadata;
mod net_certificate;
mod offer;
mod server_metadata;
mod token;

pub use claims::{ClaimDescription, ClaimDisplay, PathSegment, consistent};
pub use credential::{
    CredentialRequest, CredentialResponse, Encryption, IssuedCredential, NonceResponse,
    NotificationEvent, NotificationRequest, Proofs,
};
pub use error::{ErrorCode, ErrorResponse};
pub use issuer_metadata::{
    BatchCredentialIssuance, CredentialConfiguration, CredentialDefinition, CredentialDisplay,
    CredentialIssuerMetadata, CredentialMetadata, CredentialRequestEncryption,
    CredentialResponseEncryption, Image, IssuerDisplay, JwkSet, ProofType,
};
pub use net_certificate::{AnchorResponse, EpochList, NetAnchorProof, NetCertificateMetadata};
pub use offer::{
    AuthorizationCodeGrant, CredentialOffer, Grants, InputMode, OfferLink, OfferLinkError,
    PreAuthorizedCodeGrant, TxCodeDescription,
};
pub use server_metadata::AuthorizationServerMetadata;
pub use token::{
    AuthorizationDetail, RefreshBinding, TokenRequest, TokenRequestError, TokenResponse, TokenType,
};

/// The grant type of the Pre-Authorized Code Flow (OpenID4VCI 1.0, section 6.1).
pub const PRE_AUTHORIZED_CODE: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// The grant type of a refresh (RFC 6749, section 6).
pub const REFRESH_TOKEN: &str = "refresh_token";

/// The one authorization details type that OpenID4VCI defines (section 5.1.1).
pub const OPENID_CREDENTIAL: &str = "openid_credential";
