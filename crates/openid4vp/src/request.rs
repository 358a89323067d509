//! The Authorization Request behind its door (OpenID4VP 1.0, sections 5 and 8.2).

use std::fmt;

use dcql::DcqlQuery;
use jiff::Timestamp;
use keys::{NamedKey, SigningKey};
use netcert::Loopback;
use serde_json::{Map, Number, Value};
use url::Url;

use crate::messages::{AuthorizationRequest, ClientMetadata};
use crate::{ClientId, Prefix, endpoint};

mod fault;
mod object;

pub use fault::RequestFault;
pub use object::{REQUEST_OBJECT_MEDIA_TYPE, RequestObject, Signer};
pub(crate) use object::{STATIC_AUDIENCE, signing_key};

/// A request that this suite can answer. What it says of the Verifier is as true as the way in
/// which it came: see [`crate::wallet::Authenticated`].
#[derive(Clone)]
pub struct Request {
    client_id: ClientId,
    client_name: Option<String>,
    formats: Option<Map<String, Value>>,
    nonce: String,
    purpose: Option<String>,
    query: DcqlQuery,
    response_uri: Url,
    state: Option<String>,
}

impl Request {
    /// Parses the parameters, wherever they came from.
    ///
    /// # Errors
    /// [`RequestFault`], one variant per feature that is refused.
    pub fn parse(wire: AuthorizationRequest, dev_loopback: bool) -> Result<Self, RequestFault> {
        let client_id = ClientId::try_from(wire.client_id.unwrap_or_default())?;
        if wire.transaction_data.is_some() {
            return Err(RequestFault::TransactionData);
        }
        if wire.response_type.as_deref() != Some("vp_token") {
            return Err(RequestFault::ResponseType);
        }
        if wire.response_mode.as_deref() != Some("direct_post") {
            return Err(RequestFault::ResponseMode);
        }
        if wire.redirect_uri.is_some() {
            return Err(RequestFault::RedirectUri);
        }
        let response_uri = response_uri(&client_id, wire.response_uri.as_deref(), dev_loopback)?;
        let nonce = wire.nonce.filter(|nonce| is_url_safe(nonce));
        let nonce = nonce.ok_or(RequestFault::Nonce)?;
        if wire.state.as_ref().is_some_and(|state| !is_url_safe(state)) {
            return Err(RequestFault::State);
        }
        let query = match (wire.dcql_query, wire.scope) {
            (Some(_), Some(_)) => return Err(RequestFault::QueryAndScope),
            (Some(query), None) => DcqlQuery::try_from(query)?,
            (None, Some(_)) => return Err(RequestFault::Scope),
            (None, None) => return Err(RequestFault::QueryMissing),
        };
        let unbound = |query: &dcql::CredentialQuery| !query.requires_holder_binding();
        if wire.state.is_none() && query.credentials().iter().any(unbound) {
            return Err(RequestFault::StateMissing);
        }
        let ClientMetadata {
            client_name,
            vp_formats_supported,
        } = wire.client_metadata.unwrap_or_default();
        Ok(Self {
            client_id,
            client_name: client_name.as_deref().and_then(legible),
            formats: vp_formats_supported,
            nonce,
            purpose: wire.purpose.as_deref().and_then(legible),
            query,
            response_uri,
            state: wire.state,
        })
    }

    /// Returns who asks.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Returns what the Verifier calls itself: its own word.
    #[must_use]
    pub fn client_name(&self) -> Option<&str> {
        self.client_name.as_deref()
    }

    /// Returns what binds presentations to this request.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Returns why the Verifier asks: its own word.
    #[must_use]
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// Returns what is asked for.
    #[must_use]
    pub fn query(&self) -> &DcqlQuery {
        &self.query
    }

    /// Returns where the answer goes.
    #[must_use]
    pub fn response_uri(&self) -> &Url {
        &self.response_uri
    }

    /// Returns what goes along with the answer.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Says whether the Verifier reads presentations in a format whose parameter, a list of
    /// algorithms, allows this one (appendix B). A Verifier that says nothing reads everything.
    #[must_use]
    pub fn reads(&self, format: &str, parameter: &str, algorithm: keys::Algorithm) -> bool {
        let names = algorithm.names();
        self.allows(format, parameter, |listed| names.contains(&listed))
    }

    /// Says whether the Verifier reads Data Integrity proofs of a type and, if it has one, of a
    /// cryptosuite (appendix B.1.3.2).
    #[must_use]
    pub fn reads_proof(&self, proof: &str, cryptosuite: Option<&str>) -> bool {
        let format = dcql::formats::LDP_VC;
        let suite = |suite| self.allows(format, "cryptosuite_values", |listed| listed == suite);
        self.allows(format, "proof_type_values", |listed| listed == proof)
            && cryptosuite.is_none_or(suite)
    }

    /// The key under the name by which the Verifier reads what it signs, where [`Self::reads`]
    /// says that it does.
    pub(crate) fn known<'k>(
        &self,
        format: &str,
        parameter: &str,
        key: &'k SigningKey,
    ) -> Option<NamedKey<'k>> {
        NamedKey::known_as(key, |name| {
            self.allows(format, parameter, |listed| listed == name)
        })
    }

    /// Says whether a Net Certificate is asked for.
    pub(crate) fn asks_for_net(&self) -> bool {
        let mut asked = self.query.credentials().iter();
        asked.any(|query| matches!(query.meta(), dcql::Meta::NetCertificate { .. }))
    }

    /// Says whether the Verifier reads Net Certificates of a profile version.
    #[must_use]
    pub fn reads_profile(&self, profile: &str) -> bool {
        let format = dcql::formats::NET_CERTIFICATE;
        self.allows(format, "profile_values", |name| name == profile)
    }

    fn allows(&self, format: &str, parameter: &str, fits: impl Fn(&str) -> bool) -> bool {
        let Some(formats) = &self.formats else {
            return true;
        };
        let Some(format) = formats.get(format) else {
            return false;
        };
        match format.get(parameter) {
            None => true,
            Some(Value::Array(names)) => {
                let mut names = names.iter().filter_map(Value::as_str);
                names.any(fits)
            }
            Some(_) => false,
        }
    }
}

impl fmt::Debug for Request {
    /// Leaves out what whoever knows it could answer with: address, nonce and state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("client_name", &self.client_name)
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

/// Checks the times of a Request Object (RFC 7519, section 4.1), with a minute of leeway.
pub(crate) fn check_times(wire: &AuthorizationRequest, now: Timestamp) -> Result<(), RequestFault> {
    // Dates at which a float loses seconds are far away.
    #[expect(clippy::cast_precision_loss, reason = "seconds are below 2^53")]
    let now = now.as_second() as f64;
    let past = |time: f64| time + LEEWAY <= now;
    if wire.exp.as_ref().and_then(Number::as_f64).is_some_and(past) {
        return Err(RequestFault::Expired);
    }
    let future = |time: f64| time - LEEWAY > now;
    for time in [&wire.iat, &wire.nbf] {
        if time.as_ref().and_then(Number::as_f64).is_some_and(future) {
            return Err(RequestFault::NotYetValid);
        }
    }
    Ok(())
}

/// Finds where the answer goes (sections 5.9.3 and 8.2).
pub(crate) fn response_uri(
    client_id: &ClientId,
    wire: Option<&str>,
    dev_loopback: bool,
) -> Result<Url, RequestFault> {
    let text = match client_id.prefix() {
        Prefix::DecentralizedIdentifier(_) => wire.ok_or(RequestFault::ResponseUri)?,
        Prefix::RedirectUri(_) => {
            let own = client_id.as_str().strip_prefix("redirect_uri:");
            let own = own.unwrap_or_default();
            if wire.is_some_and(|wire| wire != own) {
                return Err(RequestFault::ResponseUriMismatch);
            }
            own
        }
    };
    endpoint::parse(text, dev_loopback).ok_or(RequestFault::ResponseUri)
}

/// Whether loopback addresses have numbers: in development alone.
pub(crate) fn loopback(dev_loopback: bool) -> Loopback {
    match dev_loopback {
        true => Loopback::Allowed,
        false => Loopback::Refused,
    }
}

/// The characters of `nonce` and `state` (section 5.2).
fn is_url_safe(text: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !text.is_empty() && text.len() <= MAX_OPAQUE && text.bytes().all(safe)
}

/// Makes a Verifier's own words fit to be shown: one line, no characters that hide or reorder
/// others, not long. Nothing remains of a text without a letter.
pub(crate) fn legible(text: &str) -> Option<String> {
    let hidden = |char: char| {
        char.is_control()
            || matches!(char,
                '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    let shown: String = text
        .chars()
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .filter(|char| !hidden(*char))
        .take(MAX_SHOWN)
        .collect();
    let shown = shown.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

const LEEWAY: f64 = 60.0;
const MAX_OPAQUE: usize = 4096;
const MAX_SHOWN: usize = 200;

#[cfg(test)]
mod tests;
