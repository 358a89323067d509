//! An answer with a net certificate: an age, and a number.

use std::collections::BTreeMap;

use netcert::{Disclosure, Loopback, PresentationHeader, PseudonymContext, Slot, request_digest};
use openid4vp::messages::{AuthorizationResponse, VpToken};

use crate::net_issuance::Held;
use crate::presentation::{Answers, Asked};

impl Answers for Held {
    /// As `init` writes it.
    const POLICY: &'static str = "login";

    fn answer(&self, asked: &Asked) -> Option<AuthorizationResponse> {
        let request = &asked.request;
        let client_id = request.client_id.as_deref()?;
        let response_uri = request.response_uri.as_deref()?;
        let context = PseudonymContext::of_client_id(client_id, response_uri, Loopback::Allowed);
        let disclosure = Disclosure {
            slots: &[Slot::AgeOver18],
            context: Some(&context.ok()?),
            name_beside_number: false,
        };
        let header = PresentationHeader {
            nonce: request.nonce.as_deref()?,
            client_id,
            response_uri,
            request_digest: request_digest(&asked.parameters).ok()?,
        };
        let rng = &mut host::system_rng();
        let shown = self
            .certificate
            .present(&self.secret, &disclosure, &header, rng);
        let document = shown.ok()?.to_json(&self.profile).ok()?;
        Some(AuthorizationResponse::Presentation {
            state: request.state.clone(),
            vp_token: VpToken(BTreeMap::from([(QUERY.to_owned(), vec![document])])),
        })
    }
}

const QUERY: &str = "person";
