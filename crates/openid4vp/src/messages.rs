//! What is on the wire: the specification's names, nothing checked beyond the form.

mod error;
mod form;
mod metadata;
mod reply;
mod request;
mod response;

pub use error::{ErrorCode, ErrorReply};
pub use form::{FormError, Parameters};
pub use metadata::{ClientMetadata, WalletMetadata};
pub use reply::DirectPostReply;
pub use request::AuthorizationRequest;
pub use response::{AuthorizationResponse, ResponseError, VpToken};
