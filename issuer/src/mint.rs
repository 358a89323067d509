//! Making credentials: what a type says about a person, signed for one key.

use std::collections::BTreeMap;

use credential::data_integrity::{self, Cryptosuite, ProofOptions, SecureError};
use credential::mechanism::{IssueOptions, Mechanism, MechanismError};
use credential::sd_jwt::{self, ClaimPath};
use credential::{BitstringEntry, Format, KeyReference, StatusReference, vc_jwt};
use did::DidUrl;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use keys::Algorithm;
use openid4vci::issuer::HolderKey;
use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::credential_type::{CONTEXTS, CredentialType, Signer};
use crate::identity::Identity;
use crate::keyring::SigningKeys;
use crate::person::Person;
use crate::records::Position;
use crate::status_files::Form;
use crate::status_lists::StatusLists;

/// One press for each credential type, made ready once.
#[derive(Debug)]
pub(crate) struct Mint {
    presses: BTreeMap<String, Press>,
}

impl Mint {
    /// Prepares all types.
    #[must_use]
    pub(crate) fn new(types: &[CredentialType], public_base: &str, identity: &Identity) -> Self {
        let press = |kind: &CredentialType| {
            let (named, method) = match kind.signer() {
                Signer::Whole(algorithm) => (algorithm, identity.method(algorithm)),
                // Under a DID, as which key does not matter to the issuer's name.
                Signer::Disclosing(mechanism) => {
                    (Algorithm::Es256, identity.disclosing_method(mechanism))
                }
            };
            let (issuer, key_reference) = identity.names(named);
            let press = Press {
                kind: kind.clone(),
                types: kind.types(public_base),
                issuer,
                key_reference,
                method,
            };
            (kind.id.clone(), press)
        };
        Self {
            presses: types.iter().map(press).collect(),
        }
    }

    /// Whether striking a copy takes milliseconds.
    #[must_use]
    pub(crate) fn is_slow(&self, type_id: &str) -> bool {
        let press = self.presses.get(type_id);
        press.is_some_and(|press| matches!(press.kind.signer(), Signer::Disclosing(_)))
    }

    /// Sets a press up for one person on one day.
    ///
    /// # Errors
    /// [`MintError::UnknownType`] if the type is no longer configured.
    pub(crate) fn plate(
        &self,
        type_id: &str,
        person: &Person,
        now: Timestamp,
    ) -> Result<Plate<'_>, MintError> {
        let press = self.presses.get(type_id).ok_or(MintError::UnknownType)?;
        let today = now.to_zoned(TimeZone::UTC).date();
        let from = midnight(today)?;
        let until = today
            .checked_add(i64::from(press.kind.valid_days).days())
            .map_err(|_| MintError::Calendar)
            .and_then(midnight)?;
        let claims = press
            .kind
            .claims
            .iter()
            .filter_map(|name| Some((name.as_str().to_owned(), person.claim(*name, today)?)))
            .collect();
        Ok(Plate {
            press,
            claims,
            from,
            until,
        })
    }
}

/// A press set up for one person: strikes any number of copies that differ in key, status index
/// and salts alone.
#[derive(Debug)]
pub(crate) struct Plate<'m> {
    press: &'m Press,
    claims: Map<String, Value>,
    from: Timestamp,
    until: Timestamp,
}

impl Plate<'_> {
    /// When the copies expire.
    #[must_use]
    pub(crate) fn until(&self) -> Timestamp {
        self.until
    }

    /// In how many bits the copies can be made to say something; zero if they cannot. SD-JWT VCs
    /// have a Status List Token, which has no messages.
    #[must_use]
    pub(crate) fn message_bits(&self, lists: &StatusLists) -> u8 {
        match self.press.kind.format {
            Format::SdJwtVc => 0,
            Format::JwtVcJson | Format::LdpVc => lists.message_bits(),
        }
    }

    /// Makes one copy, bound to the Holder's key.
    ///
    /// # Errors
    /// [`MintError`] if the configured type cannot be made.
    pub(crate) fn strike(
        &self,
        keys: &SigningKeys,
        holder: &HolderKey,
        (lists, place): (&StatusLists, Position),
        rng: &mut impl CryptoRng,
    ) -> Result<Value, MintError> {
        let algorithm = match self.press.kind.signer() {
            Signer::Disclosing(mechanism) => {
                return self.strike_disclosing(keys, mechanism, holder, (lists, place), rng);
            }
            Signer::Whole(algorithm) => algorithm,
        };
        let key = keys.of(algorithm).ok_or(MintError::NotOffered)?;
        match self.press.kind.format {
            Format::SdJwtVc => {
                let disclosable: Vec<ClaimPath> = self
                    .claims
                    .keys()
                    .map(|name| name.as_str().into())
                    .collect();
                let issuance = sd_jwt::Issuance {
                    claims: self.sd_jwt_claims(&lists.reference(place)),
                    disclosable: &disclosable,
                    pad_digests_to: self.press.digests(),
                    holder: Some(&holder.key),
                    key_reference: &self.press.key_reference,
                };
                Ok(issuance.sign(key, rng)?.into())
            }
            Format::LdpVc => {
                let method = self.press.method.as_ref().ok_or(MintError::NotOffered)?;
                let suite = Cryptosuite::over_statements(key.algorithm());
                // The day, as everything else in it: a time of its own would tell copies apart.
                let options = ProofOptions::assertion(suite, method, self.from);
                let mut credential =
                    self.w3c_credential(holder, &lists.entries(place, Form::LdpVc));
                name_holder(&mut credential, holder);
                let secured = data_integrity::issue(credential, &options, key)?;
                Ok(Value::Object(secured))
            }
            Format::JwtVcJson => {
                let issuance = vc_jwt::Issuance {
                    credential: self.w3c_credential(holder, &lists.entries(place, Form::JwtVcJson)),
                    holder: Some(&holder.key),
                    status: None,
                    key_reference: &self.press.key_reference,
                };
                Ok(issuance.sign(key)?.into())
            }
        }
    }

    /// Makes one copy of which its Holder shows a part.
    fn strike_disclosing(
        &self,
        keys: &SigningKeys,
        mechanism: Mechanism,
        holder: &HolderKey,
        (lists, place): (&StatusLists, Position),
        rng: &mut impl CryptoRng,
    ) -> Result<Value, MintError> {
        let key = keys.disclosing.of(mechanism);
        let key = key.ok_or(MintError::NotOffered)?;
        let method = self.press.method.as_ref().ok_or(MintError::NotOffered)?;
        let mut credential = self.w3c_credential(holder, &lists.entries(place, Form::LdpVc));
        name_holder(&mut credential, holder);
        let options = IssueOptions {
            verification_method: method,
            created: Some(self.from),
            mandatory: &self.mandatory(),
        };
        let secured = mechanism.issue(credential, key, &options, rng)?;
        Ok(secured.into_value())
    }

    /// Where stands what every derived credential discloses: without it, nobody could judge the
    /// rest. A claim that the document leaves open is not there.
    fn mandatory(&self) -> Vec<String> {
        let claims = self.press.kind.mandatory.iter().map(|name| name.as_str());
        let claims = claims.filter(|name| self.claims.contains_key(*name));
        let claims = claims.map(|name| format!("/credentialSubject/{name}"));
        MANDATORY
            .map(str::to_owned)
            .into_iter()
            .chain(claims)
            .collect()
    }

    fn sd_jwt_claims(&self, status: &StatusReference) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        say("iss", self.press.issuer.as_str().into());
        say(
            "vct",
            self.press.types.first().map_or("", String::as_str).into(),
        );
        say("iat", self.from.as_second().into());
        say("nbf", self.from.as_second().into());
        say("exp", self.until.as_second().into());
        say(
            "status",
            json!({"status_list": {"idx": status.index, "uri": status.uri}}),
        );
        claims
    }

    fn w3c_credential(&self, holder: &HolderKey, places: &[BitstringEntry]) -> Map<String, Value> {
        let places = places.iter().map(BitstringEntry::write);
        let mut subject = self.claims.clone();
        if let Some(named) = &holder.did {
            subject.insert("id".to_owned(), named.did().as_str().into());
        }
        let mut credential = Map::new();
        let mut say = |name: &str, value: Value| credential.insert(name.to_owned(), value);
        say("@context", json!(CONTEXTS));
        say("type", json!(self.press.types));
        say("issuer", self.press.issuer.as_str().into());
        say("validFrom", self.from.to_string().into());
        say("validUntil", self.until.to_string().into());
        say("credentialSubject", subject.into());
        say("credentialStatus", places.collect());
        credential
    }
}

/// Why a credential cannot be made. The operator must act.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MintError {
    /// The validity ends after the end of time.
    #[error("the validity does not end in the calendar")]
    Calendar,
    /// The credential that is disclosed in part cannot be made.
    #[error(transparent)]
    Disclosing(#[from] MechanismError),
    /// There is no key for it.
    #[error("the issuer has no key for this format")]
    NotOffered,
    /// The credential cannot be given a Data Integrity proof.
    #[error(transparent)]
    Proof(#[from] SecureError),
    /// The SD-JWT VC cannot be made.
    #[error(transparent)]
    SdJwt(#[from] sd_jwt::IssueError),
    /// The type is not configured.
    #[error("the credential type is not configured any more")]
    UnknownType,
    /// The W3C credential cannot be made.
    #[error(transparent)]
    VcJwt(#[from] vc_jwt::IssueError),
}

#[derive(Debug)]
struct Press {
    kind: CredentialType,
    types: Vec<String>,
    issuer: String,
    key_reference: KeyReference,
    /// The name of the key for Data Integrity proofs, if there is one.
    method: Option<DidUrl>,
}

impl Press {
    /// How many digests every copy has, whatever the document leaves open: the claims of the type
    /// and some decoys, rounded so that the number says little of the configuration either.
    fn digests(&self) -> usize {
        (self.kind.claims.len() + DECOYS).next_multiple_of(DECOYS)
    }
}

/// Binds a credential to the Holder's key by its did:key, unless the Holder named a DID.
fn name_holder(credential: &mut Map<String, Value>, holder: &HolderKey) {
    if let Some(Value::Object(subject)) = credential.get_mut("credentialSubject") {
        let own = || did::key::did(&holder.key).to_string().into();
        subject.entry("id").or_insert_with(own);
    }
}

/// The beginning of a day: all copies that anybody gets on it say the same.
fn midnight(day: Date) -> Result<Timestamp, MintError> {
    let midnight = day
        .to_zoned(TimeZone::UTC)
        .map_err(|_| MintError::Calendar)?;
    Ok(midnight.timestamp())
}

const DECOYS: usize = 4;
/// Without these nobody knows whose word it is, about whom, from when on, and whether it still stands.
const MANDATORY: [&str; 6] = [
    "/type",
    "/issuer",
    "/validFrom",
    "/validUntil",
    "/credentialStatus",
    "/credentialSubject/id",
];
