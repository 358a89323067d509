//! Wallets and Issuers with a defect: the same program has to catch each of them.

use http::Request;
use jiff::SignedDuration;
use keys::base64url;
use netcert::Schedule;
use url::form_urlencoded;

use crate::algebra;
use crate::capture::{Captured, record};
use crate::numbers::Numbers;
use crate::tree::Tree;
use crate::wallet::Visit;
use crate::world::{Renewal, Stop, Trace, World};

/// A defect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mutant {
    /// At the renewal the Issuer adds another entropy, and the wallet does not recompute it.
    ChangedEntropy,
    /// Each wallet writes the members of its JSON in an order of its own.
    JsonOrder,
    /// Wallets renew when they need the certificate, not at a random moment.
    RenewThenPresent,
    /// Wallets keep a randomized signature "to be faster".
    ReusedBlinding,
    /// Wallets keep their ephemeral key.
    ReusedEphemeralKey,
    /// The number of the Issuer's row lies in a slot that is always shown.
    SlotIndex,
    /// Certificates have a place in a status list of 2^20, and show it.
    StatusIndex,
    /// The Issuer signs one person's certificates with a key of their own.
    TaggedKey,
    /// Wallets resume TLS sessions.
    TlsResumption,
    /// One person's certificates are valid for one second more.
    ValidUntil,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ChangedEntropy,
        Self::JsonOrder,
        Self::RenewThenPresent,
        Self::ReusedBlinding,
        Self::ReusedEphemeralKey,
        Self::SlotIndex,
        Self::StatusIndex,
        Self::TaggedKey,
        Self::TlsResumption,
        Self::ValidUntil,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangedEntropy => "changed entropy",
            Self::JsonOrder => "JSON order",
            Self::RenewThenPresent => "renew, then present",
            Self::ReusedBlinding => "reused blinding",
            Self::ReusedEphemeralKey => "reused ephemeral key",
            Self::SlotIndex => "slot index",
            Self::StatusIndex => "20-bit status index",
            Self::TaggedKey => "one tagged key",
            Self::TlsResumption => "TLS resumption",
            Self::ValidUntil => "validUntil + 1 s for one person",
        }
    }

    /// Plays the game with the defect.
    pub(crate) fn traces(self, world: &mut World) -> Vec<Trace> {
        let mut numbers = Numbers::of(&world.seed, self.name());
        match self {
            Self::RenewThenPresent => {
                let people = 0..world.traces.len();
                return people
                    .map(|person| world.live(person, None, Renewal::BeforePresenting))
                    .collect();
            }
            Self::TaggedKey => return marked(world, Schedule::weekly(), true, &mut numbers),
            Self::ValidUntil => return marked(world, longer(), false, &mut numbers),
            _ => {}
        }
        let mut traces = world.traces.clone();
        for (person, trace) in traces.iter_mut().enumerate() {
            match self {
                Self::ChangedEntropy => change_entropy(world, trace, &mut numbers),
                Self::JsonOrder => {
                    let turn = numbers.below(ORDERS);
                    answers(trace, |tree| reorder(tree, turn));
                }
                Self::ReusedBlinding => reuse_blinding(trace),
                Self::ReusedEphemeralKey => {
                    let key = numbers.bytes();
                    every_message(trace, |message| message.hello.key_share = key);
                }
                Self::SlotIndex => show(trace, "spare", &format!("{person:04}")),
                Self::StatusIndex => {
                    let index = numbers.below(1 << 20);
                    show(trace, "statusListIndex", &format!("{index:07}"));
                }
                Self::TlsResumption => resume(trace),
                Self::RenewThenPresent | Self::TaggedKey | Self::ValidUntil => {}
            }
        }
        traces
    }
}

/// One person lives at an Issuer that shows it other profiles.
fn marked(world: &mut World, schedule: Schedule, keys: bool, numbers: &mut Numbers) -> Vec<Trace> {
    let mut issuer = world.issuer.marking(schedule, keys, numbers);
    let person = usize::try_from(numbers.below(world.traces.len() as u64)).unwrap_or(0);
    let trace = world.live(person, Some(&mut issuer), Renewal::AsScheduled);
    let mut traces = world.traces.clone();
    if let Some(place) = traces.get_mut(person) {
        *place = trace;
    }
    traces
}

/// As everybody's, but good for a second more.
fn longer() -> Schedule {
    let hours = SignedDuration::from_hours;
    let overlap = hours(24) + SignedDuration::from_secs(1);
    let origin = Schedule::weekly().begins(0).expect("the origin");
    let switch = SignedDuration::from_mins(10);
    Schedule::new(origin, hours(7 * 24), overlap, switch).expect("lawful")
}

/// After the renewal the number is moved by the difference of the entropies.
fn change_entropy(world: &World, trace: &mut Trace, numbers: &mut Numbers) {
    let (Some(first), Ok(other)) = (
        trace.entropies.first().copied(),
        bbs::Scalar::from_bytes(&small(numbers.bytes())),
    ) else {
        return;
    };
    trace.entropies.push(other);
    let moved = algebra::moved(world, other - first);
    let Some(visit) = trace.visits.get_mut(&Stop::AAgain) else {
        return;
    };
    let number = visit
        .pseudonym
        .and_then(|number| bbs::Point::from_bytes(&number).ok());
    let number = (number.expect("a number") + moved).to_bytes();
    visit.pseudonym = Some(number);
    proof_value(visit, |bytes| {
        if let Some(place) = bytes.get_mut(NUMBER) {
            place.copy_from_slice(&number);
        }
    });
}

/// The points of a first proof serve for later ones.
fn reuse_blinding(trace: &mut Trace) {
    for (first, later) in [(Stop::AFirst, Stop::B), (Stop::CFirst, Stop::CAgain)] {
        let mut points = Vec::new();
        let after = |bytes: &[u8]| {
            if bytes.len() > WITH_NUMBER {
                NUMBER.end
            } else {
                NO_NUMBER
            }
        };
        if let Some(visit) = trace.visits.get_mut(&first) {
            proof_value(visit, |bytes| {
                let from = after(bytes) + PROOF_HEAD;
                points = bytes.get(from..from + POINTS).unwrap_or_default().to_vec();
            });
        }
        if let Some(visit) = trace.visits.get_mut(&later) {
            proof_value(visit, |bytes| {
                let from = after(bytes) + PROOF_HEAD;
                if let Some(place) = bytes.get_mut(from..from + POINTS) {
                    place.copy_from_slice(&points);
                }
            });
        }
    }
}

fn resume(trace: &mut Trace) {
    let ticket = |trace: &Trace, stop| {
        let visit: Option<&Visit> = trace.visits.get(&stop);
        visit.and_then(|visit| visit.captured.first().map(|message| message.hello.ticket))
    };
    for (first, later) in [(Stop::AFirst, Stop::AAgain), (Stop::CFirst, Stop::CAgain)] {
        let ticket = ticket(trace, first);
        if let Some(visit) = trace.visits.get_mut(&later) {
            for message in &mut visit.captured {
                message.hello.resumed = ticket;
            }
        }
    }
}

/// Every answer shows one more member, and the Issuer knows what it is.
fn show(trace: &mut Trace, name: &str, value: &str) {
    trace.rows.extend(record(&format!("row.{name}"), value));
    answers(trace, |tree| {
        if let Some(Tree::Object(members)) = tree.find("credentialSubject") {
            members.push((name.to_owned(), Tree::Text(value.to_owned())));
        }
    });
}

/// Turns the members of the presentation about.
fn reorder(tree: &mut Tree, turn: u64) {
    if let Tree::Object(queries) = tree
        && let Some((_, Tree::List(entries))) = queries.first_mut()
        && let Some(Tree::Object(members)) = entries.first_mut()
    {
        let mut turn = turn;
        for end in (1..members.len()).rev() {
            let choices = end as u64 + 1;
            members.swap(end, usize::try_from(turn % choices).unwrap_or(end));
            turn /= choices;
        }
    }
}

fn every_message(trace: &mut Trace, mut change: impl FnMut(&mut Captured)) {
    trace.issuance.iter_mut().for_each(&mut change);
    for visit in trace.visits.values_mut() {
        visit.captured.iter_mut().for_each(&mut change);
    }
}

fn answers(trace: &mut Trace, mut change: impl FnMut(&mut Tree)) {
    for visit in trace.visits.values_mut() {
        answer(visit, &mut change);
    }
}

/// Changes the `vp_token` of an answer.
fn answer(visit: &mut Visit, mut change: impl FnMut(&mut Tree)) {
    let Some(message) = visit.captured.last_mut() else {
        return;
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(message.request.body()) {
        match Tree::read(&value) {
            Some(mut tree) if name == "vp_token" => {
                change(&mut tree);
                form.append_pair(&name, &tree.write());
            }
            _ => {
                form.append_pair(&name, &value);
            }
        }
    }
    let (parts, _) = message.request.clone().into_parts();
    message.request = Request::from_parts(parts, form.finish().into_bytes());
}

/// Changes the bytes of a `proofValue`.
fn proof_value(visit: &mut Visit, mut change: impl FnMut(&mut [u8])) {
    answer(visit, |tree| {
        let Some(Tree::Text(text)) = tree.find("proofValue") else {
            unreachable!("a presentation has a proof")
        };
        let digits = text.strip_prefix('u').unwrap_or_default();
        let mut bytes = base64url::decode(digits).expect("base64url");
        change(&mut bytes);
        *text = format!("u{}", base64url::encode(bytes));
    });
}

/// A canonical scalar.
fn small(mut bytes: [u8; 32]) -> [u8; 32] {
    let [first, ..] = &mut bytes;
    *first &= 0x3f;
    bytes
}

/// Two bytes of kind, an array's head, 2 + 32 bytes of hash, 2 bytes of head.
const NUMBER: std::ops::Range<usize> = 39..87;
/// Two bytes of kind, an array's head, 2 + 32 bytes of hash, `null`.
const NO_NUMBER: usize = 38;
const PROOF_HEAD: usize = 3;
const POINTS: usize = 3 * 48;
/// More bytes than a proof without a number has.
const WITH_NUMBER: usize = 1250;
/// 7!: as many orders as seven members have.
const ORDERS: u64 = 5040;
