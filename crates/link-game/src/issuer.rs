//! The Issuer's service, as it is: the project's own issuer, and the least that a host adds.

use std::collections::BTreeMap;

use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use netcert::{Anchor, AnchorBox, EpochKey, EpochProfile, Schedule, Slots};
use openid4vci::issuer::{
    CredentialCall, CredentialIssuer, IssuerSecrets, Lifetimes, NetAccepted, NetCertificateKind,
    NewOffer, Offer, OfferState, OfferTerms, Settings, TokenCall, json_response,
};
use openid4vci::messages::EpochList;

use crate::numbers::Numbers;

/// The Issuer, with the epochs that the game spans.
pub(crate) struct Issuer {
    core: CredentialIssuer,
    epochs: BTreeMap<u64, (EpochKey, EpochProfile)>,
    schedule: Schedule,
    offers: BTreeMap<[u8; 32], Offer>,
    rows: BTreeMap<String, Row>,
}

/// What the Issuer remembers of a person. The claims are not in it: the wallet keeps them, sealed.
pub(crate) struct Row {
    pub(crate) slots: Slots,
    pub(crate) anchor: Option<(Anchor, AnchorBox)>,
}

impl Issuer {
    /// Sets up an Issuer with a key for each of some epochs.
    pub(crate) fn new(schedule: Schedule, epochs: &[u64], numbers: &mut Numbers) -> Self {
        let settings = Settings {
            identifier: ISSUER.parse().expect("a URL"),
            display: Vec::new(),
            kinds: Vec::new(),
            net_certificate: Some(NetCertificateKind {
                id: CONFIGURATION.to_owned(),
                scope: None,
                display: Vec::new(),
                claims: Vec::new(),
            }),
            batch_size: 1,
            tx_code_attempts: 3,
            lifetimes: Lifetimes::default(),
            secrets: IssuerSecrets::new(&numbers.bytes()),
        };
        let epoch = |epoch: &u64| {
            let key = EpochKey::generate(numbers).expect("a key");
            let profile = EpochProfile::new(ISSUER, schedule, *epoch, "+00:00", &key);
            (*epoch, (key, profile.expect("a profile")))
        };
        Self {
            core: CredentialIssuer::new(settings).expect("lawful settings"),
            epochs: epochs.iter().map(epoch).collect(),
            schedule,
            offers: BTreeMap::new(),
            rows: BTreeMap::new(),
        }
    }

    /// The same with another profile for every epoch, of the schedule that is given: what an
    /// Issuer shows to somebody whom it marks. `keys` says whether keys are others too.
    pub(crate) fn marking(&self, schedule: Schedule, keys: bool, numbers: &mut Numbers) -> Self {
        let epochs: Vec<u64> = self.epochs.keys().copied().collect();
        let mut marking = Self::new(schedule, &epochs, numbers);
        if !keys {
            for (epoch, (key, profile)) in &mut marking.epochs {
                let (own, _) = self.epochs.get(epoch).expect("the same epochs");
                *key = EpochKey::from_bytes(&own.expose_secret()).expect("a key");
                let same = EpochProfile::new(ISSUER, schedule, *epoch, "+00:00", key);
                *profile = same.expect("a profile");
            }
        }
        marking
    }

    /// A person was seen at the desk; gets a link.
    pub(crate) fn enrol(
        &mut self,
        handle: &str,
        slots: Slots,
        now: Timestamp,
        numbers: &mut Numbers,
    ) -> NewOffer {
        let terms = OfferTerms {
            handle: handle.to_owned(),
            claims: handle.as_bytes().to_vec().into(),
            claims_version: 0,
            configuration_ids: vec![CONFIGURATION.to_owned()],
            tx_code: None,
        };
        let new = self.core.offer(terms, now, numbers).expect("an offer");
        let offer = serde_json::to_string(&new.offer).expect("JSON");
        let offer = serde_json::from_str(&offer).expect("an offer");
        self.offers.insert(*new.id.as_bytes(), offer);
        self.rows.insert(
            handle.to_owned(),
            Row {
                slots,
                anchor: None,
            },
        );
        new
    }

    pub(crate) fn row(&self, handle: &str) -> &Row {
        self.rows.get(handle).expect("a row")
    }

    pub(crate) fn profiles(&self) -> impl Iterator<Item = &EpochProfile> {
        self.epochs.values().map(|(_, profile)| profile)
    }

    /// Answers a request.
    pub(crate) fn answer(
        &mut self,
        request: &Request<Vec<u8>>,
        now: Timestamp,
        numbers: &mut Numbers,
    ) -> Response<Vec<u8>> {
        let url = request.uri().to_string();
        let at = self.core.endpoints().clone();
        if url == at.issuer_metadata.as_str() {
            return json_response(StatusCode::OK, &self.core.metadata());
        }
        if url == at.server_metadata.as_str() {
            return json_response(StatusCode::OK, &self.core.server_metadata());
        }
        if url == at.nonce.as_str() {
            return json_response(StatusCode::OK, &self.core.nonce(now, numbers));
        }
        if url == at.token.as_str() {
            return self.token(request, now, numbers);
        }
        if url == at.credential.as_str() {
            return self.credential(request, now);
        }
        if url == at.epochs.as_str() {
            return json_response(StatusCode::OK, &self.list(now));
        }
        if let Some(reference) = url.strip_prefix(&format!("{}/", at.offers)) {
            let id = self.core.offer_id(reference).expect("a reference");
            let offer = self.offers.get(id.as_bytes()).expect("an open offer");
            let message = offer.message(&self.core, reference).expect("its own");
            return json_response(StatusCode::OK, &message);
        }
        let epoch = url
            .strip_prefix(&format!("{}/", at.epochs))
            .and_then(|epoch| epoch.parse().ok());
        let (_, profile) = epoch
            .and_then(|epoch: u64| self.epochs.get(&epoch))
            .expect("an address of this issuer");
        Response::builder()
            .header("content-type", "application/json")
            .body(profile.canonical().to_vec())
            .expect("a response")
    }

    fn list(&self, now: Timestamp) -> EpochList {
        let current = self.schedule.epoch_at(now).expect("after the origin");
        let base = &self.core.endpoints().epochs;
        let address = |epoch: &u64| format!("{base}/{epoch}").parse().expect("a URL");
        EpochList {
            current,
            profiles: self.epochs.keys().map(address).collect(),
        }
    }

    fn token(
        &mut self,
        request: &Request<Vec<u8>>,
        now: Timestamp,
        numbers: &mut Numbers,
    ) -> Response<Vec<u8>> {
        let call = self
            .core
            .token_call(request.headers(), request.body(), now)
            .expect("a good request");
        let reply = match call {
            TokenCall::PreAuthorizedCode(call) => {
                let id = *call.offer_id().as_bytes();
                let offer = self.offers.remove(&id).expect("an open offer");
                let step = offer.redeem(&self.core, call, now, numbers);
                if let OfferState::Open(offer) = step.next {
                    self.offers.insert(id, *Box::new(offer));
                }
                step.reply.expect("tokens")
            }
            TokenCall::RefreshToken(call) => call.answer(&self.core, now, numbers).reply,
            TokenCall::Rebinding(_) => unreachable!("nobody restores in this game"),
        };
        json_response(StatusCode::OK, &reply)
    }

    fn credential(&mut self, request: &Request<Vec<u8>>, now: Timestamp) -> Response<Vec<u8>> {
        let call = self
            .core
            .credential_call(request.headers(), request.body(), now)
            .expect("a good request");
        let CredentialCall::NetCertificate(call) = call else {
            unreachable!("nothing else is offered")
        };
        let profiles: Vec<EpochProfile> = self.profiles().cloned().collect();
        let row = self.rows.get_mut(call.handle()).expect("a row");
        let enrolled = row.anchor.as_ref().map(|(anchor, _)| *anchor);
        let accepted = call.verify(enrolled.as_ref(), &profiles);
        let accepted = accepted.expect("proofs that hold");
        if let Some(sealed) = accepted.anchor_box {
            row.anchor = Some((accepted.anchor, sealed));
        }
        let sign = |order: &openid4vci::issuer::NetOrder| {
            let (key, profile) = self.epochs.get(&order.profile.epoch()).expect("an epoch");
            netcert::issue(key, profile, &row.slots, &order.commitment).expect("signed")
        };
        let certificates = accepted.orders.iter().map(sign).collect();
        json_response(StatusCode::OK, &NetAccepted::response(certificates))
    }
}

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const CONFIGURATION: &str = "net-certificate";
