use credential::{IssuerKey, KeySource};
use jiff::Timestamp;

use super::{ResolveError, Resolver};

impl Resolver {
    /// Finds the keys of did:web issuers among these: for whoever handles what strangers hand over,
    /// as far as so many documents say. Other keys are contained in what names them, or are for a
    /// Verifier that trusts somebody.
    pub async fn web_keys(
        &self,
        sources: Vec<KeySource>,
        most: usize,
        now: Timestamp,
    ) -> Vec<Result<IssuerKey, ResolveError>> {
        let is_web = |source: &KeySource| match source {
            KeySource::Did(url) => url.did().method() == did::Method::Web,
            KeySource::WellKnown { .. } | KeySource::X509 { .. } => false,
        };
        let mut keys = Vec::new();
        for source in sources.into_iter().filter(is_web).take(most) {
            keys.push(self.issuer_key(&source, now).await);
        }
        keys
    }
}
