//! The wallet, as it is: the project's own conversation with an Issuer and with Platforms.

use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use keys::seed::Seed;
use keys::token::BearerToken;
use keys::{Algorithm, SigningKey};
use netcert::{
    Anchor, AnchorOpening, Binding, Certificate, EpochProfile, HolderSecret, IssuanceProof,
    Prepared, ProfilePins, Shown, Slot, Slots, UnverifiedCertificate,
};
use openid4vci::wallet::{AccessGrant, Discovery, EpochLookup, Options, Progress, Refill};
use openid4vp::messages::AuthorizationResponse;
use openid4vp::wallet::{self, Holding, Step};
use serde_json::Value;

use crate::capture::{Captured, Hello};
use crate::issuer::{CONFIGURATION, ISSUER, Issuer};
use crate::numbers::Numbers;
use crate::platform::{Platform, Wanted};

/// A person's wallet, and all that others saw of it.
pub(crate) struct Wallet {
    secret: HolderSecret,
    anchor: Anchor,
    opening: AnchorOpening,
    dpop: SigningKey,
    ticket: Option<BearerToken>,
    pins: ProfilePins,
    certificates: Vec<Certificate>,
    /// The issuer's side of the conversations: requests, and what it answered.
    pub(crate) issuance: Vec<Captured>,
    pub(crate) issued: Vec<Value>,
    numbers: Numbers,
}

/// A visit to a Platform, as the Platform saw it.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) captured: Vec<Captured>,
    /// What the Holder agreed to show.
    pub(crate) shown: &'static [Slot],
    /// The Holder's number there, if one was asked for.
    pub(crate) pseudonym: Option<[u8; 48]>,
}

impl Wallet {
    pub(crate) fn new(mut numbers: Numbers) -> Self {
        let seed = Seed::from_entropy(&numbers.bytes());
        let secret = HolderSecret::derive(&seed, ISSUER, 0);
        let (anchor, opening) = AnchorOpening::create(&secret, &mut numbers).expect("an anchor");
        Self {
            secret,
            anchor,
            opening,
            // Its signatures are the same again with the same seed.
            dpop: SigningKey::generate(Algorithm::EdDsa, &mut numbers),
            ticket: None,
            pins: ProfilePins::default(),
            certificates: Vec::new(),
            issuance: Vec::new(),
            issued: Vec::new(),
            numbers,
        }
    }

    pub(crate) fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// The certificate of an epoch.
    pub(crate) fn certificate(&self, epoch: u64) -> &Certificate {
        let of = |one: &&Certificate| one.profile().epoch() == epoch;
        self.certificates.iter().find(of).expect("a certificate")
    }

    /// Enrols: certificates of this epoch and of the next.
    pub(crate) fn enrol(&mut self, issuer: &mut Issuer, handle: &str, slots: Slots, at: Timestamp) {
        let mut clock = at;
        let link = issuer.enrol(handle, slots, at, &mut self.numbers).link;
        let mut line = Line::new(&mut self.numbers);
        let mut stage = Discovery::start(link.expose(), OPTIONS).expect("an offer");
        let review = loop {
            let response = line.send(issuer, "discovery", stage.request(), &mut clock);
            match stage.receive(&response).expect("an issuer") {
                Progress::More(next) => stage = next,
                Progress::Done(review) => break review,
            }
        };
        let mut stage = review.accept(None).expect("no code is asked for");
        let grant = loop {
            let request = stage.request(&self.dpop, clock, &mut line.numbers);
            let request = request.expect("a request");
            let response = line.send(issuer, "token", request, &mut clock);
            match stage.receive(&response, clock).expect("access") {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => break grant,
            }
        };
        let [current, next] = self.epochs(issuer, &grant, &mut line, &mut clock);
        self.order(issuer, &grant, vec![current, next], line, clock, true);
        self.ticket = grant
            .refresh_token()
            .map(|ticket| BearerToken::from(ticket.expose()));
    }

    /// Renews: a certificate of the next epoch.
    pub(crate) fn renew(&mut self, issuer: &mut Issuer, at: Timestamp) {
        let mut clock = at;
        let mut line = Line::new(&mut self.numbers);
        let ticket = self.ticket.as_ref().expect("a ticket").expose();
        let mut stage = Refill::start(
            ISSUER,
            ISSUER,
            vec![CONFIGURATION.to_owned()],
            BearerToken::from(ticket),
            OPTIONS,
        )
        .expect("a refill");
        let grant = loop {
            let request = stage.request(&self.dpop, clock, &mut line.numbers);
            let request = request.expect("a request");
            let response = line.send(issuer, "renewal", request, &mut clock);
            match stage.receive(&response, clock).expect("access") {
                Progress::More(next) => stage = next,
                Progress::Done(grant) => break grant,
            }
        };
        let [_, next] = self.epochs(issuer, &grant, &mut line, &mut clock);
        self.order(issuer, &grant, vec![next], line, clock, false);
    }

    /// The profiles of the current epoch and of the next, held to those that were seen before.
    fn epochs(
        &mut self,
        issuer: &mut Issuer,
        grant: &AccessGrant,
        line: &mut Line,
        clock: &mut Timestamp,
    ) -> [EpochProfile; 2] {
        let mut stage = EpochLookup::start(grant.issuer()).expect("net certificates");
        let epochs = loop {
            let response = line.send(issuer, "epochs", stage.request(), clock);
            match stage.receive(&response, *clock).expect("profiles") {
                Progress::More(next) => stage = next,
                Progress::Done(epochs) => break epochs,
            }
        };
        for profile in [&epochs.current, &epochs.next] {
            self.pins.accept(profile, *clock).expect("the same as ever");
        }
        [epochs.current, epochs.next]
    }

    fn order(
        &mut self,
        issuer: &mut Issuer,
        grant: &AccessGrant,
        profiles: Vec<EpochProfile>,
        mut line: Line,
        mut clock: Timestamp,
        first: bool,
    ) {
        let prepared: Vec<Prepared> = profiles
            .iter()
            .map(|_| Prepared::create(&self.secret, &self.opening, &mut line.numbers))
            .map(|prepared| prepared.expect("prepared"))
            .collect();
        let mut stage = grant.order_net(profiles).expect("granted");
        let received = loop {
            let mut proving = line.numbers.clone();
            let prove = |place: usize, binding: &Binding<'_>| {
                let prepared = prepared.get(place).expect("one for each profile");
                let rng = &mut proving;
                match (first, place) {
                    (true, 0) => IssuanceProof::prove_first(
                        &self.secret,
                        &self.opening,
                        &self.anchor,
                        prepared,
                        binding,
                        rng,
                    ),
                    _ => IssuanceProof::prove_renewal(&self.anchor, prepared, binding, rng),
                }
            };
            // Numbers are drawn for the proofs and for DPoP apart from one another.
            let mut dpop = Numbers::of(&line.numbers.bytes(), "dpop");
            let request = stage.request(prove, &self.dpop, clock, &mut dpop);
            let request = request.expect("a request");
            let response = line.send(issuer, "credential", request, &mut clock);
            match stage.receive(&response).expect("certificates") {
                Progress::More(next) => stage = next,
                Progress::Done(received) => break received,
            }
        };
        let arrived = received.certificates.iter().zip(&received.profiles);
        for ((document, profile), prepared) in arrived.zip(&prepared) {
            let certificate = UnverifiedCertificate::parse(document).expect("a certificate");
            let certificate =
                certificate.finish(profile, &self.secret, &self.opening, &self.anchor, prepared);
            self.certificates.push(certificate.expect("all in order"));
        }
        self.issued.extend(received.certificates);
        self.issuance.append(&mut line.captured);
    }

    /// Visits a Platform and shows what it asks for.
    pub(crate) fn visit(
        &self,
        platform: &Platform,
        wanted: &Wanted,
        epoch: u64,
        at: Timestamp,
        (numbers, judging): (&mut Numbers, bool),
    ) -> Visit {
        let (created, requested) = platform.ask(wanted, at, numbers);
        let mut step = wallet::open(&created.link, SETTINGS, numbers, at).expect("a request");
        let hello = Hello::fresh(numbers);
        let mut captured = Vec::new();
        let mut capture = |step, request: &Request<Vec<u8>>| {
            captured.push(Captured {
                step,
                at,
                request: request.clone(),
                hello: hello.clone(),
            });
        };
        let request = loop {
            step = match step {
                Step::Consent(request) => break *request,
                Step::Fetch(state) => {
                    let request = state.request();
                    capture("question", &request);
                    let response = platform.hand_out(&requested, request.body(), at);
                    state.receive(&response, at).expect("a signed request")
                }
                Step::Resolve(state) => state
                    .receive(platform.document(), at)
                    .expect("the platform's key"),
                Step::Scopes(_) => unreachable!("no scope is named"),
            };
        };
        let certificate = self.certificate(epoch);
        let candidate = wallet::certificate_candidate("0", certificate);
        let selection = request
            .matches(&[candidate])
            .preferred()
            .expect("an answer");
        let holdings = |_: &str| {
            Some(Holding::Net {
                certificate,
                secret: &self.secret,
                name_beside_number: false,
            })
        };
        let answering = request.accept(&selection, holdings, numbers, at);
        let request = answering.expect("presented").request();
        capture("answer", &request);
        let pseudonym = pseudonym(request.body());
        if judging {
            let profile = [certificate.profile().clone()];
            let believed = Platform::believes(requested, request.body(), &profile, at, numbers);
            assert!(believed, "the platform believes its visitor");
        }
        Visit {
            captured,
            shown: wanted.slots,
            pseudonym,
        }
    }
}

/// One transaction with the Issuer: one connection, made for it.
struct Line {
    numbers: Numbers,
    hello: Hello,
    captured: Vec<Captured>,
}

impl Line {
    fn new(numbers: &mut Numbers) -> Self {
        let mut numbers = Numbers::of(&numbers.bytes(), "transaction");
        Self {
            hello: Hello::fresh(&mut numbers),
            numbers,
            captured: Vec::new(),
        }
    }

    /// Sends a request and waits a second.
    fn send(
        &mut self,
        issuer: &mut Issuer,
        step: &'static str,
        request: Request<Vec<u8>>,
        clock: &mut Timestamp,
    ) -> Response<Vec<u8>> {
        let response = issuer.answer(&request, *clock, &mut self.numbers);
        self.captured.push(Captured {
            step,
            at: *clock,
            request,
            hello: self.hello.clone(),
        });
        *clock += SignedDuration::from_secs(1);
        response
    }
}

impl Hello {
    pub(crate) fn fresh(numbers: &mut Numbers) -> Self {
        Self {
            random: numbers.bytes(),
            key_share: numbers.bytes(),
            resumed: None,
            ticket: numbers.bytes(),
        }
    }
}

/// Finds the number in an answer.
fn pseudonym(answer: &[u8]) -> Option<[u8; 48]> {
    let Ok(AuthorizationResponse::Presentation { vp_token, .. }) =
        AuthorizationResponse::parse(answer)
    else {
        return None;
    };
    let presentation = vp_token.0.values().flatten().next()?;
    let shown = Shown::from_json(presentation).ok()?;
    shown
        .unverified_pseudonym()
        .map(|number| *number.as_bytes())
}

const OPTIONS: Options = Options {
    allow_http_loopback: false,
};
const SETTINGS: wallet::Settings = wallet::Settings {
    dev_loopback: false,
};
