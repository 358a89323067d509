use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use host::{Clock as _, ManualClock};
use http::{HeaderMap, Response, StatusCode};
use jiff::SignedDuration;
use netcert::{Anchor, AnchorBox, EpochKey, EpochProfile, Schedule, Slot, SlotValue, Slots};
use openid4vci::issuer::{
    AnchorCall, AnchorError, CredentialCall, CredentialError, CredentialIssuer, IssuerSecrets,
    Lifetimes, NetAccepted, NetCertificateKind, Offer, OfferState, OfferTerms, Settings, TokenCall,
    TokenError, WireError, json_response,
};
use serde_json::{Value, json};

/// What an office does wrong, from the moment in which it is set.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Fault {
    /// Takes an order, lets it fail, and does not keep the anchor where it would show.
    Forgets,
    /// Takes an order, and its answer is lost.
    LosesReply,
    /// Puts a mark into certificates: a validity of their own.
    Marks,
    #[default]
    None,
    /// Has a clock that is two weeks late.
    OldClock,
    /// Shows the list of the epoch before.
    OldList,
    /// Shows a second profile for the next epoch.
    SecondNext,
    /// Shows a second profile for every epoch.
    SecondProfiles,
}

/// An issuer of net certificates on loopback, which knows each person by a handle.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) identifier: String,
    desk: Arc<Mutex<Desk>>,
}

struct Desk {
    protocol: CredentialIssuer,
    clock: ManualClock,
    offers: HashMap<[u8; 32], String>,
    people: HashMap<String, Enrolled>,
    epochs: BTreeMap<u64, (EpochKey, EpochProfile)>,
    second: BTreeMap<u64, EpochProfile>,
    fault: Fault,
    requests: Vec<String>,
    /// The anchors of all orders, in their order.
    ordered: Vec<Anchor>,
    schedule: Schedule,
}

/// What the office keeps of a person.
#[derive(Default)]
struct Enrolled {
    anchor: Option<(Anchor, AnchorBox)>,
    adult: bool,
    /// Utopia's, unless it is said.
    nationality: Option<&'static str>,
    revoked: bool,
}

impl Office {
    pub(crate) async fn open(clock: &ManualClock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let identifier = format!("http://{}", listener.local_addr().unwrap());
        let protocol = CredentialIssuer::new(Settings {
            identifier: identifier.parse().unwrap(),
            display: serde_json::from_value(json!([{"name": "Utopia", "locale": "en"}])).unwrap(),
            kinds: Vec::new(),
            net_certificate: Some(NetCertificateKind {
                id: "net".to_owned(),
                scope: None,
                display: serde_json::from_value(json!([{"name": "Person", "locale": "en"}]))
                    .unwrap(),
                claims: Vec::new(),
            }),
            batch_size: 3,
            tx_code_attempts: 3,
            lifetimes: Lifetimes::default(),
            secrets: IssuerSecrets::new(&[9; 32]),
        })
        .unwrap();
        let office = Self {
            identifier,
            desk: Arc::new(Mutex::new(Desk {
                protocol,
                clock: clock.clone(),
                offers: HashMap::new(),
                people: HashMap::new(),
                epochs: BTreeMap::new(),
                second: BTreeMap::new(),
                fault: Fault::None,
                requests: Vec::new(),
                ordered: Vec::new(),
                schedule: Schedule::weekly(),
            })),
        };
        let desk = office.clone();
        let router = Router::new().fallback(move |request: Request| {
            let desk = desk.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, 1 << 20).await.unwrap();
                let path = parts.uri.path().to_owned();
                desk.answer(&path, &parts.headers, &body)
                    .map(axum::body::Body::from)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        office
    }

    /// An offer for the person of this handle; the document says that they are of age.
    pub(crate) fn offer(&self, handle: &str) -> String {
        self.offer_for(handle, true)
    }

    pub(crate) fn offer_for(&self, handle: &str, adult: bool) -> String {
        let mut desk = self.desk();
        desk.people.entry(handle.to_owned()).or_default().adult = adult;
        let terms = OfferTerms {
            handle: handle.to_owned(),
            claims: b"{}".to_vec().into(),
            claims_version: 0,
            configuration_ids: vec!["net".to_owned()],
            tx_code: None,
        };
        let now = desk.clock.now();
        let new = desk.protocol.offer(terms, now, &mut host::system_rng());
        let new = new.unwrap();
        let stored = serde_json::to_string(&new.offer).unwrap();
        desk.offers.insert(*new.id.as_bytes(), stored);
        new.link.expose().to_owned()
    }

    /// An offer for a national of another state.
    pub(crate) fn offer_to_national(&self, handle: &str, nationality: &'static str) -> String {
        let mut desk = self.desk();
        let person = desk.people.entry(handle.to_owned()).or_default();
        person.nationality = Some(nationality);
        drop(desk);
        self.offer(handle)
    }

    /// The person comes of age.
    pub(crate) fn comes_of_age(&self, handle: &str) {
        self.desk().people.get_mut(handle).unwrap().adult = true;
    }

    pub(crate) fn revoke(&self, handle: &str) {
        self.desk().people.get_mut(handle).unwrap().revoked = true;
    }

    /// Holds out another anchor of the person's than before.
    pub(crate) fn hold_out(&self, handle: &str, anchor: Anchor, sealed: AnchorBox) {
        self.desk().people.get_mut(handle).unwrap().anchor = Some((anchor, sealed));
    }

    /// The person's row is as if they had never come.
    pub(crate) fn lose(&self, handle: &str) {
        self.desk().people.get_mut(handle).unwrap().anchor = None;
    }

    /// The anchors of all orders that came in.
    pub(crate) fn ordered(&self) -> Vec<Anchor> {
        self.desk().ordered.clone()
    }

    pub(crate) fn identifier(&self) -> &str {
        &self.identifier
    }

    pub(crate) fn err(&self, fault: Fault) {
        self.desk().fault = fault;
    }

    /// The paths that were asked for, since last time.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.desk().requests)
    }

    /// The profile that everybody gets.
    pub(crate) fn profile(&self, epoch: u64) -> EpochProfile {
        self.desk().epoch(epoch).1.clone()
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.desk().now_epoch()
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap()
    }

    fn answer(&self, path: &str, headers: &HeaderMap, body: &Bytes) -> Response<Vec<u8>> {
        let mut desk = self.desk();
        desk.requests.push(path.to_owned());
        let answer = match path {
            "/.well-known/openid-credential-issuer" => {
                Ok(json_response(StatusCode::OK, &desk.protocol.metadata()))
            }
            "/.well-known/oauth-authorization-server" => {
                let metadata = desk.protocol.server_metadata();
                Ok(json_response(StatusCode::OK, &metadata))
            }
            "/nonce" => {
                let now = desk.clock.now();
                let nonce = desk.protocol.nonce(now, &mut host::system_rng());
                Ok(json_response(StatusCode::OK, &nonce))
            }
            "/token" => desk.token(headers, body),
            "/credential" => desk.credential(headers, body),
            "/net/anchor" => desk.anchor(headers),
            "/net/epochs" => Ok(desk.list(&self.identifier)),
            other => match other.strip_prefix("/net/epochs/") {
                Some(epoch) => Ok(desk.published(epoch.parse().unwrap())),
                None => Ok(desk.offer(other)),
            },
        };
        answer.unwrap_or_else(WireError::response)
    }
}

impl Desk {
    fn now_epoch(&self) -> u64 {
        self.schedule.epoch_at(self.clock.now()).unwrap()
    }

    fn epoch(&mut self, epoch: u64) -> &(EpochKey, EpochProfile) {
        let (identifier, schedule) = (self.protocol.identifier().to_owned(), self.schedule);
        self.epochs.entry(epoch).or_insert_with(|| {
            let key = EpochKey::generate(&mut host::system_rng()).unwrap();
            let profile = EpochProfile::new(&identifier, schedule, epoch, "+00:00", &key).unwrap();
            (key, profile)
        })
    }

    fn list(&self, identifier: &str) -> Response<Vec<u8>> {
        let late = SignedDuration::from_hours(match self.fault {
            Fault::OldClock => 14 * 24,
            _ => 0,
        });
        let clock = self.clock.now() - late;
        let current = self.schedule.epoch_at(clock).unwrap();
        let current = current - u64::from(self.fault == Fault::OldList);
        let urls = [current, current + 1].map(|epoch| format!("{identifier}/net/epochs/{epoch}"));
        let list = json!({"current": current, "profiles": urls});
        let mut response = json_response(StatusCode::OK, &list);
        let date = jiff::fmt::rfc2822::DateTimePrinter::new();
        let date = date.timestamp_to_rfc9110_string(&clock).unwrap();
        response.headers_mut().insert("date", date.parse().unwrap());
        response
    }

    /// The profile that is shown for an epoch now.
    fn shown(&mut self, epoch: u64) -> EpochProfile {
        let own = self.epoch(epoch).1.clone();
        let second = match self.fault {
            Fault::SecondNext => epoch > self.now_epoch(),
            Fault::SecondProfiles => true,
            _ => false,
        };
        if !second {
            return own;
        }
        let key = EpochKey::generate(&mut host::system_rng()).unwrap();
        let other = EpochProfile::new(own.issuer(), own.schedule(), epoch, "+00:00", &key);
        self.second.entry(epoch).or_insert(other.unwrap()).clone()
    }

    fn published(&mut self, epoch: u64) -> Response<Vec<u8>> {
        let profile = self.shown(epoch);
        Response::builder()
            .header("content-type", "application/json")
            .body(profile.canonical().to_vec())
            .unwrap()
    }

    fn offer(&self, path: &str) -> Response<Vec<u8>> {
        let reference = path.strip_prefix("/offers/").unwrap_or_default();
        let id = self.protocol.offer_id(reference);
        let Some(stored) = id.and_then(|id| self.offers.get(id.as_bytes())) else {
            return Response::builder().status(404).body(Vec::new()).unwrap();
        };
        let offer: Offer = serde_json::from_str(stored).unwrap();
        let message = offer.message(&self.protocol, reference).unwrap();
        json_response(StatusCode::OK, &message)
    }

    fn token(&mut self, headers: &HeaderMap, body: &[u8]) -> Result<Response<Vec<u8>>, WireError> {
        let (now, rng) = (self.clock.now(), &mut host::system_rng());
        let reply = match self.protocol.token_call(headers, body, now)? {
            TokenCall::PreAuthorizedCode(call) => {
                let id = call.offer_id();
                let stored = self.offers.remove(id.as_bytes());
                let stored = stored.ok_or(TokenError::UnknownCode)?;
                let offer: Offer = serde_json::from_str(&stored).unwrap();
                let step = offer.redeem(&self.protocol, call, now, rng);
                if let OfferState::Open(offer) = step.next {
                    let stored = serde_json::to_string(&offer).unwrap();
                    self.offers.insert(*id.as_bytes(), stored);
                }
                step.reply?
            }
            TokenCall::Rebinding(call) => {
                let (anchor, _) = self.people[call.handle()].anchor.unwrap();
                let bound = call.verify(&self.protocol, &anchor)?;
                bound.answer(&self.protocol, now, rng).reply
            }
            TokenCall::RefreshToken(call) => {
                if self.people[call.handle()].revoked {
                    return Err(TokenError::Denied.into());
                }
                call.answer(&self.protocol, now, rng).reply
            }
        };
        let reply = serde_json::to_value(&reply).unwrap();
        Ok(json_response(StatusCode::OK, &reply))
    }

    fn anchor(&self, headers: &HeaderMap) -> Result<Response<Vec<u8>>, WireError> {
        let call = self.protocol.anchor_call(headers, self.clock.now());
        let call = call.map_err(|error: AnchorError| WireError::from(error))?;
        Ok(match &self.people[&call.handle].anchor {
            None => Response::builder().status(404).body(Vec::new()).unwrap(),
            Some((anchor, sealed)) => {
                json_response(StatusCode::OK, &AnchorCall::response(anchor, Some(sealed)))
            }
        })
    }

    fn credential(
        &mut self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Response<Vec<u8>>, WireError> {
        let now = self.clock.now();
        let CredentialCall::NetCertificate(request) =
            self.protocol.credential_call(headers, body, now)?
        else {
            panic!("another credential was asked for")
        };
        let handle = request.handle().to_owned();
        let current = self.now_epoch();
        let profiles = [current, current + 1].map(|epoch| self.shown(epoch));
        let enrolled = self.people[&handle].anchor.map(|(anchor, _)| anchor);
        let accepted = request
            .verify(enrolled.as_ref(), &profiles)
            .map_err(|error: CredentialError| WireError::from(error))?;
        self.ordered.push(accepted.anchor);
        let lost = || Ok(Response::builder().status(500).body(Vec::new()).unwrap());
        if self.fault == Fault::Forgets {
            return lost();
        }
        let person = self.people.get_mut(&handle).unwrap();
        if let Some(sealed) = accepted.anchor_box {
            person.anchor.get_or_insert((accepted.anchor, sealed));
        }
        if self.fault == Fault::LosesReply {
            return lost();
        }
        let nationality = person.nationality.unwrap_or("UTO").to_owned();
        let slots = Slots::new([
            (Slot::AgeOver14, SlotValue::Flag(true)),
            (Slot::AgeOver18, SlotValue::Flag(person.adult)),
            (Slot::Nationality, SlotValue::Text(nationality)),
            (Slot::GivenName, SlotValue::Text("ANNA MARIA".to_owned())),
            (Slot::BirthDate, SlotValue::Text("1974-08-12".to_owned())),
        ])
        .unwrap();
        let marks = self.fault == Fault::Marks;
        let certificates: Vec<Value> = accepted
            .orders
            .iter()
            .map(|order| {
                let (key, profile) = self.epoch(order.profile.epoch());
                let mut made = netcert::issue(key, profile, &slots, &order.commitment).unwrap();
                if marks {
                    let until = profile.valid_until() + SignedDuration::from_secs(1);
                    made["validUntil"] = until.to_string().into();
                }
                made
            })
            .collect();
        Ok(json_response(
            StatusCode::OK,
            &NetAccepted::response(certificates),
        ))
    }
}
