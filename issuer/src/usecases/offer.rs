use openid4vci::messages::CredentialOffer;
use store::StoreError;

use crate::app::App;
use crate::records::OpenOffer;

impl App {
    /// The offer that a link refers to (OpenID4VCI 1.0, section 4.1.3); `None` if there is none, or
    /// no longer.
    ///
    /// # Errors
    /// [`StoreError`] if the database does not answer.
    pub(crate) async fn offer_message(
        &self,
        reference: &str,
    ) -> Result<Option<CredentialOffer>, StoreError> {
        let protocol = &self.parts().protocol;
        let Some(id) = protocol.offer_id(reference) else {
            return Ok(None);
        };
        let (now, parts) = (self.now(), self.parts());
        let recent = parts.recent.offers.find(id.as_bytes());
        if let Some(recent) = recent.filter(|recent| recent.value.0.expires_at() > now) {
            return Ok(recent.value.0.message(protocol, reference));
        }
        let offer = parts.store.load::<OpenOffer>(id.as_bytes(), now).await?;
        Ok(offer.and_then(|offer| offer.value.0.message(protocol, reference)))
    }
}
