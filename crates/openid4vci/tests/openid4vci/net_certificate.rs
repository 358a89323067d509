//! Net certificates between wallet and issuer, without a service around them.

mod refused;

use http::{Request, Response, StatusCode};
use keys::seed::Seed;
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use netcert::{
    Anchor, AnchorOpening, EpochKey, EpochProfile, HolderSecret, IssuanceProof, Prepared, Schedule,
    Slot, SlotValue, Slots, TokenBinding, UnverifiedCertificate,
};
use openid4vci::issuer::{
    AnchorCall, CredentialCall, CredentialError, CredentialIssuer, CredentialKind, NetAccepted,
    NetCertificateKind, Offer, OfferTerms, Settings, TokenCall, TokenError, WireError,
    json_response,
};
use openid4vci::messages::{EpochList, NetAnchorProof};
use openid4vci::wallet::{
    AccessGrant, Discovery, DiscoveryError, EpochError, EpochLookup, Epochs, IssuanceError,
    Options, Progress, Rebinding, ReceivedNet, RedemptionError,
};
use serde_json::{Value, json};

use crate::harness::{key, rng, settings, start};

const ISSUER: &str = "https://issuer.example/tenant";

/// Changes an answer, by its path.
type Twist = fn(&str, &mut Value);

/// An issuer of net certificates, which remembers one enrolment.
struct Desk {
    issuer: CredentialIssuer,
    epochs: Vec<(EpochKey, EpochProfile)>,
    offer: String,
    anchor: Option<(Anchor, netcert::AnchorBox)>,
    spent: Vec<openid4vci::oauth::Spend>,
    last: Option<String>,
    twist: Twist,
}

impl Desk {
    fn open() -> (Self, BearerToken) {
        let issuer = CredentialIssuer::new(Settings {
            net_certificate: Some(NetCertificateKind {
                id: "net".to_owned(),
                scope: None,
                display: Vec::new(),
                claims: Vec::new(),
            }),
            ..settings(ISSUER)
        })
        .unwrap();
        let now = Schedule::weekly().epoch_at(start()).unwrap();
        let epochs = [now, now + 1].map(|epoch| {
            let key = EpochKey::generate(&mut rng()).unwrap();
            let profile =
                EpochProfile::new(ISSUER, Schedule::weekly(), epoch, "+00:00", &key).unwrap();
            (key, profile)
        });
        let terms = OfferTerms {
            handle: "handle-1".to_owned(),
            claims: b"{}".to_vec().into(),
            claims_version: 7,
            configuration_ids: issuer.configuration_ids(),
            tx_code: None,
        };
        let new = issuer.offer(terms, start(), &mut rng()).unwrap();
        let desk = Self {
            issuer,
            epochs: epochs.into(),
            offer: serde_json::to_string(&new.offer).unwrap(),
            anchor: None,
            spent: Vec::new(),
            last: None,
            twist: |_, _| {},
        };
        (desk, new.link_by_value)
    }

    fn send(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let path = request.uri().path().to_owned();
        let answer = self.answer(&path, request);
        let response = answer.unwrap_or_else(WireError::response);
        let Ok(mut body) = serde_json::from_slice(response.body()) else {
            return response;
        };
        let before: Value = body;
        body = before.clone();
        (self.twist)(&path, &mut body);
        match body == before {
            true => response,
            false => json_response(response.status(), &body),
        }
    }

    fn answer(
        &mut self,
        path: &str,
        request: &Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, WireError> {
        let (headers, body) = (request.headers(), request.body());
        let ok = |body: Value| json_response(StatusCode::OK, &body);
        let value = |body: &dyn erased::Body| body.value();
        match path {
            "/.well-known/openid-credential-issuer/tenant" => {
                Ok(ok(value(&self.issuer.metadata())))
            }
            "/.well-known/oauth-authorization-server/tenant" => {
                Ok(ok(value(&self.issuer.server_metadata())))
            }
            "/tenant/net/epochs" => {
                let epochs = &self.issuer.endpoints().epochs;
                let list = EpochList {
                    current: self.epochs[0].1.epoch(),
                    profiles: self
                        .epochs
                        .iter()
                        .map(|(_, profile)| {
                            format!("{epochs}/{}", profile.epoch()).parse().unwrap()
                        })
                        .collect(),
                };
                Ok(ok(value(&list)))
            }
            "/tenant/nonce" => Ok(ok(value(&self.issuer.nonce(start(), &mut rng())))),
            "/tenant/token" => self.token(request),
            "/tenant/credential" => {
                let call = self.issuer.credential_call(headers, body, start());
                let CredentialCall::NetCertificate(call) = self.noted(call)? else {
                    panic!("a net certificate")
                };
                assert_eq!((call.handle(), call.claims_version()), ("handle-1", 7));
                let profiles: Vec<_> = self.epochs.iter().map(|(_, one)| one.clone()).collect();
                let anchor = self.anchor.map(|(anchor, _)| anchor);
                let judged = call.verify(anchor.as_ref(), &profiles);
                let accepted = self.noted(judged)?;
                if self.anchor.is_none() {
                    self.anchor = Some((accepted.anchor, accepted.anchor_box.unwrap()));
                }
                let slots = Slots::new([(Slot::AgeOver18, SlotValue::Flag(true))]).unwrap();
                let certificates = accepted.orders.iter().map(|order| {
                    let mut epochs = self.epochs.iter();
                    let epoch = epochs.find(|(_, one)| *one == order.profile).unwrap();
                    netcert::issue(&epoch.0, &epoch.1, &slots, &order.commitment).unwrap()
                });
                let reply = NetAccepted::response(certificates.collect());
                assert!(reply.notification_id.is_none());
                self.spent.extend(accepted.spends);
                Ok(ok(value(&reply)))
            }
            "/tenant/net/anchor" => {
                let call = self
                    .issuer
                    .anchor_call(headers, start())
                    .map_err(WireError::from)?;
                assert_eq!((call.handle.as_str(), call.claims_version), ("handle-1", 7));
                match &self.anchor {
                    None => Ok(json_response(StatusCode::NOT_FOUND, &json!({}))),
                    Some((anchor, sealed)) => {
                        Ok(ok(value(&AnchorCall::response(anchor, Some(sealed)))))
                    }
                }
            }
            other => {
                let epoch = other.strip_prefix("/tenant/net/epochs/").unwrap();
                let mut profiles = self.epochs.iter().map(|(_, profile)| profile);
                let profile = profiles
                    .find(|one| one.epoch().to_string() == epoch)
                    .unwrap();
                let mut response = ok(Value::Null);
                *response.body_mut() = profile.canonical().to_vec();
                Ok(response)
            }
        }
    }

    fn token(&mut self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, WireError> {
        let call = self
            .issuer
            .token_call(request.headers(), request.body(), start());
        let reply = match self.noted(call)? {
            TokenCall::PreAuthorizedCode(call) => {
                let offer: Offer = serde_json::from_str(&self.offer).unwrap();
                let step = offer.redeem(&self.issuer, call, start(), &mut rng());
                self.noted(step.reply)?
            }
            TokenCall::Rebinding(call) => {
                assert_eq!((call.handle(), call.claims_version()), ("handle-1", 7));
                let anchor = self.anchor.unwrap().0;
                let bound = call.verify(&self.issuer, &anchor);
                let step = self.noted(bound)?.answer(&self.issuer, start(), &mut rng());
                assert_eq!(step.spends.len(), 2);
                step.reply
            }
            TokenCall::RefreshToken(call) => call.answer(&self.issuer, start(), &mut rng()).reply,
        };
        Ok(json_response(StatusCode::OK, &reply))
    }

    fn noted<T, E: std::fmt::Debug + Into<WireError>>(
        &mut self,
        result: Result<T, E>,
    ) -> Result<T, WireError> {
        result.map_err(|error| {
            self.last = Some(format!("{error:?}"));
            error.into()
        })
    }
}

/// Messages of several types, as one.
mod erased {
    use serde::Serialize;
    use serde_json::Value;

    pub(super) trait Body {
        fn value(&self) -> Value;
    }

    impl<T: Serialize> Body for T {
        fn value(&self) -> Value {
            serde_json::to_value(self).unwrap()
        }
    }
}

struct Holder {
    seed: Seed,
    secret: HolderSecret,
    anchor: Anchor,
    opening: AnchorOpening,
    dpop: SigningKey,
}

impl Holder {
    fn new() -> Self {
        let seed = Seed::generate(&mut rng());
        let secret = HolderSecret::derive(&seed, ISSUER, 0);
        let (anchor, opening) = AnchorOpening::create(&secret, &mut rng()).unwrap();
        Self {
            seed,
            secret,
            anchor,
            opening,
            dpop: key(Algorithm::Es256),
        }
    }

    fn access(&self, desk: &mut Desk, link: &BearerToken) -> Result<AccessGrant, DiscoveryError> {
        let mut stage = Discovery::start(link.expose(), Options::default())?;
        let review = loop {
            let response = desk.send(&stage.request());
            match stage.receive(&response)? {
                Progress::More(next) => stage = next,
                Progress::Done(review) => break review,
            }
        };
        let mut stage = review.accept(None).unwrap();
        loop {
            let request = stage.request(&self.dpop, start(), &mut rng()).unwrap();
            let response = desk.send(&request);
            match stage.receive(&response, start()).unwrap() {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => return Ok(grant),
            }
        }
    }

    fn order(
        &self,
        desk: &mut Desk,
        grant: &AccessGrant,
        first: bool,
        profiles: Vec<EpochProfile>,
    ) -> Result<(ReceivedNet, Vec<Prepared>), IssuanceError> {
        let prepare = |_: &EpochProfile| Prepared::create(&self.secret, &self.opening, &mut rng());
        let prepared: Vec<_> = profiles.iter().map(prepare).map(Result::unwrap).collect();
        let mut stage = grant.order_net(profiles)?;
        loop {
            let prove = |place: usize, binding: &netcert::Binding<'_>| {
                let (anchor, prepared) = (&self.anchor, &prepared[place]);
                if first && place == 0 {
                    let (secret, opening) = (&self.secret, &self.opening);
                    IssuanceProof::prove_first(
                        secret,
                        opening,
                        anchor,
                        prepared,
                        binding,
                        &mut rng(),
                    )
                } else {
                    IssuanceProof::prove_renewal(anchor, prepared, binding, &mut rng())
                }
            };
            let request = stage.request(prove, &self.dpop, start(), &mut rng())?;
            let response = desk.send(&request);
            match stage.receive(&response)? {
                Progress::More(next) => stage = next,
                Progress::Done(received) => return Ok((received, prepared)),
            }
        }
    }
}

fn epochs(desk: &mut Desk, grant: &AccessGrant) -> Result<Epochs, EpochError> {
    epochs_at(desk, grant, start())
}

/// By a wallet's clock.
fn epochs_at(
    desk: &mut Desk,
    grant: &AccessGrant,
    now: jiff::Timestamp,
) -> Result<Epochs, EpochError> {
    let mut stage = EpochLookup::start(grant.issuer()).unwrap();
    loop {
        let response = desk.send(&stage.request());
        match stage.receive(&response, now)? {
            Progress::More(next) => stage = next,
            Progress::Done(epochs) => return Ok(epochs),
        }
    }
}

#[test]
fn a_first_enrolment_a_renewal_and_a_restored_key() {
    let (mut desk, link) = Desk::open();
    let holder = Holder::new();
    let grant = holder.access(&mut desk, &link).unwrap();
    let Epochs { current, next } = epochs(&mut desk, &grant).unwrap();
    let profiles = vec![current, next.clone()];
    let (received, prepared) = holder.order(&mut desk, &grant, true, profiles).unwrap();
    assert!(!format!("{received:?}").contains("proofValue"));
    for ((document, profile), prepared) in received
        .certificates
        .iter()
        .zip(&received.profiles)
        .zip(&prepared)
    {
        let certificate = UnverifiedCertificate::parse(document).unwrap();
        let (secret, opening) = (&holder.secret, &holder.opening);
        certificate
            .finish(profile, secret, opening, &holder.anchor, prepared)
            .unwrap();
    }
    // The c_nonce and the DPoP proof are spent, and nothing else.
    let kinds: Vec<_> = desk.spent.iter().map(|spend| spend.kind).collect();
    assert_eq!(kinds, ["dpop_jti", "c_nonce"]);
    // A renewal needs no secret; a lost answer may be asked for again.
    for first in [false, true] {
        let order = holder.order(&mut desk, &grant, first, vec![next.clone()]);
        assert_eq!(order.unwrap().0.certificates.len(), 1);
    }
    // Another secret is refused by name.
    let mut other = Holder::new();
    std::mem::swap(&mut other.dpop, &mut Holder::new().dpop);
    let dpop = SigningKey::from_secret(Algorithm::Es256, &holder.dpop.expose_secret()).unwrap();
    let other = Holder { dpop, ..other };
    for first in [true, false] {
        let refused = other.order(&mut desk, &grant, first, vec![next.clone()]);
        assert_eq!(refused.unwrap_err(), IssuanceError::AnotherAnchor);
    }
    // The anchor comes back, and opens with the seed alone.
    let stage = grant.anchor();
    let request = stage.request(&holder.dpop, start(), &mut rng()).unwrap();
    let Progress::Done(Some(stored)) = stage.receive(&desk.send(&request)).unwrap() else {
        panic!("an anchor")
    };
    let sealed = stored.sealed.unwrap();
    assert!(sealed.open(&holder.seed, ISSUER, &stored.anchor).is_ok());
    assert!(sealed.open(&other.seed, ISSUER, &stored.anchor).is_err());
    // A new key gets the ticket by proving the anchor.
    let ticket = grant.refresh_token().unwrap().expose();
    let restored = Holder {
        dpop: key(Algorithm::Es256),
        ..holder
    };
    let rebound = rebind(&restored, &mut desk, ticket).unwrap();
    assert_ne!(rebound.refresh_token().unwrap().expose(), ticket);
    let order = restored.order(&mut desk, &rebound, false, vec![next]);
    assert!(order.is_ok());
    // With another secret it does not.
    assert!(rebind(&other, &mut desk, ticket).is_err());
    assert!(desk.last.unwrap().contains("Opening"));
}

fn rebind(holder: &Holder, desk: &mut Desk, ticket: &str) -> Result<AccessGrant, RedemptionError> {
    let ids = vec!["net".to_owned()];
    let options = Options::default();
    let mut stage = Rebinding::start(ISSUER, ISSUER, ids, ticket.into(), options)?;
    loop {
        let prove = |session: &netcert::TokenSession<'_>| {
            let (secret, opening) = (&holder.secret, &holder.opening);
            TokenBinding::prove(secret, opening, &holder.anchor, session, &mut rng())
        };
        let request = stage.request(prove, &holder.dpop, start(), &mut rng())?;
        let response = desk.send(&request);
        match stage.receive(&response, start())? {
            Progress::More(next) => stage = next,
            Progress::Done(grant) => return Ok(grant),
        }
    }
}

fn net(body: &mut Value, member: &str, value: Value) {
    if let Some(configuration) = body.pointer_mut("/credential_configurations_supported/net") {
        configuration["net_certificate"][member] = value;
    }
}

#[test]
fn a_proof_is_written_with_its_challenge_and_read_back() {
    let (mut desk, link) = Desk::open();
    let holder = Holder::new();
    let grant = holder.access(&mut desk, &link).unwrap();
    let Epochs { current, .. } = epochs(&mut desk, &grant).unwrap();
    let prepared = Prepared::create(&holder.secret, &holder.opening, &mut rng()).unwrap();
    let binding = netcert::Binding {
        profile: &current,
        c_nonce: "challenge",
        dpop_jkt: "key",
    };
    let proof = IssuanceProof::prove_renewal(&holder.anchor, &prepared, &binding, &mut rng());
    let written = NetAnchorProof::new(&proof.unwrap(), "challenge");
    let (proof, c_nonce) = written.clone().read().unwrap().unwrap();
    assert_eq!(
        (c_nonce.as_str(), proof.epoch()),
        ("challenge", current.epoch())
    );
    let mut members = serde_json::to_value(&written).unwrap();
    members["anchor"] = json!("%");
    let spoilt: NetAnchorProof = serde_json::from_value(members.clone()).unwrap();
    assert!(spoilt.read().is_err());
    members.as_object_mut().unwrap().remove("c_nonce");
    let spoilt: NetAnchorProof = serde_json::from_value(members).unwrap();
    assert!(spoilt.read().unwrap().is_none());
    // Kinds of errors that the wire tells apart.
    let codes = [CredentialError::AnotherAnchor, CredentialError::Epoch].map(WireError::from);
    let codes = codes.map(|error| error.code.unwrap().as_str());
    assert_eq!(codes, ["net_anchor_mismatch", "invalid_credential_request"]);
    assert_eq!(
        WireError::from(TokenError::Stale).code.unwrap().as_str(),
        "invalid_grant"
    );
    let kinds: Vec<CredentialKind> = Vec::new();
    let alone = Settings {
        kinds,
        net_certificate: Some(NetCertificateKind {
            id: "net".to_owned(),
            scope: None,
            display: Vec::new(),
            claims: Vec::new(),
        }),
        ..settings(ISSUER)
    };
    assert!(CredentialIssuer::new(alone).is_ok());
}
