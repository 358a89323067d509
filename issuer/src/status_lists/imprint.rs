//! What a list says, written and signed in each of its forms.

use credential::data_integrity::{self, Cryptosuite, ProofOptions};
use credential::{KeyReference, vc_jwt};
use did::DidUrl;
use jiff::{SignedDuration, Timestamp};
use keys::Algorithm;
use serde_json::Value;
use status::{
    Bits, Bitstring, BitstringPublication, Publication, Status, StatusList, StatusMessages,
};
use url::Url;

use crate::identity::Identity;
use crate::keyring::SigningKeys;
use crate::records::ToldCopy;
use crate::status_files::Form;
use crate::status_lists::StatusListsError;
use crate::topic::Topic;

/// The places in a list that say something.
pub(super) struct Marked {
    pub(super) revoked: Vec<u64>,
    pub(super) suspended: Vec<u64>,
    /// With what is told there, and in how many bits.
    pub(super) told: Vec<(u64, ToldCopy)>,
}

impl Marked {
    /// The values that are not zero in the list of a topic.
    fn values(&self, topic: Topic) -> Vec<(u64, u8)> {
        let set = |places: &[u64]| places.iter().map(|place| (*place, 1)).collect();
        match topic {
            Topic::Message(bits) => {
                let told = self.told.iter().filter(|(_, told)| told.bits == bits);
                told.map(|(place, told)| (*place, told.value)).collect()
            }
            Topic::Revocation => set(&self.revoked),
            Topic::Suspension => set(&self.suspended),
        }
    }
}

/// Whose lists they are, where, and how they are signed.
pub(super) struct Imprint {
    /// How many places a list has.
    pub(super) entries: u64,
    /// How long a reader may keep a list.
    pub(super) time_to_live: SignedDuration,
    base: Url,
    issuer: String,
    token_key: KeyReference,
    credential_key: KeyReference,
    /// The name of the key for Data Integrity proofs, if they are made.
    method: Option<DidUrl>,
}

impl Imprint {
    pub(super) fn new(
        entries: u64,
        time_to_live: SignedDuration,
        base: Url,
        identity: &Identity,
    ) -> Self {
        let (issuer, token_key) = identity.names(Algorithm::Es256);
        let (_, credential_key) = identity.names(Algorithm::EdDsa);
        Self {
            entries,
            time_to_live,
            base,
            issuer,
            token_key,
            credential_key,
            method: identity.method(Algorithm::EdDsa),
        }
    }

    /// Writes the Status List Token.
    ///
    /// # Errors
    /// [`StatusListsError`] if it cannot be signed.
    pub(super) fn token(
        &self,
        list: u32,
        marked: &Marked,
        keys: &SigningKeys,
        now: Timestamp,
    ) -> Result<String, StatusListsError> {
        let mut content = StatusList::new(Bits::Two, self.length());
        for index in &marked.suspended {
            content.set(*index, Status::SUSPENDED)?;
        }
        // What is revoked stays so, suspended or not.
        for index in &marked.revoked {
            content.set(*index, Status::INVALID)?;
        }
        let publication = Publication {
            list: &content,
            issuer: Some(&self.issuer),
            uri: &self.uri(list, Form::Token),
            expires_at: Some(now + self.expiry()),
            time_to_live: Some(self.time_to_live),
            key_reference: &self.token_key,
        };
        Ok(publication.sign(&keys.es256, now)?)
    }

    /// Writes a Bitstring Status List Credential.
    ///
    /// # Errors
    /// As [`Imprint::token`].
    pub(super) fn list_credential(
        &self,
        list: u32,
        (form, topic): (Form, Topic),
        marked: &Marked,
        messages: Option<&StatusMessages>,
        keys: &SigningKeys,
        now: Timestamp,
    ) -> Result<String, StatusListsError> {
        let mut content = Bitstring::new(topic.size(), self.length())?;
        for (index, value) in marked.values(topic) {
            content.set(index, value)?;
        }
        let publication = BitstringPublication {
            list: &content,
            purpose: topic.purpose(),
            messages,
            issuer: &self.issuer,
            uri: &self.uri(list, form),
            valid_from: now,
            valid_until: now + self.expiry(),
            time_to_live: self.time_to_live,
        };
        let credential = publication.credential();
        match (form, &self.method) {
            (Form::LdpVc(_), Some(method)) => {
                let suite = Cryptosuite::EddsaRdfc2022;
                let options = ProofOptions::assertion(suite, method, now);
                let secured = data_integrity::issue(credential, &options, &keys.eddsa)?;
                Ok(Value::Object(secured).to_string())
            }
            _ => {
                let issuance = vc_jwt::Issuance {
                    credential,
                    holder: None,
                    status: None,
                    key_reference: &self.credential_key,
                };
                Ok(issuance.sign(&keys.eddsa)?)
            }
        }
    }

    fn length(&self) -> usize {
        usize::try_from(self.entries).unwrap_or(usize::MAX)
    }

    /// Where a list is served.
    pub(super) fn uri(&self, list: u32, form: Form) -> Url {
        let mut uri = self.base.clone();
        let path = uri.path().trim_end_matches('/').to_owned();
        uri.set_path(&match form.name() {
            Some(name) => format!("{path}/status/{list}/{name}"),
            None => format!("{path}/status/{list}"),
        });
        uri
    }

    /// In what list credentials a topic is published.
    pub(super) fn forms(&self, topic: Topic) -> impl Iterator<Item = Form> + use<> {
        let proven = self.method.is_some().then_some(Form::LdpVc(topic));
        [Form::JwtVcJson(topic)].into_iter().chain(proven)
    }

    /// How long a list is good.
    fn expiry(&self) -> SignedDuration {
        (self.time_to_live * 4).max(SHORTEST_EXPIRY)
    }
}

const SHORTEST_EXPIRY: SignedDuration = SignedDuration::from_hours(1);
