//! One game's world: people enrol, visit Platforms, renew, and come again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use keys::base64url;
use netcert::{Schedule, Slot, SlotValue, Slots};
use serde_json::json;

use crate::algebra::Multiples;
use crate::capture::{Captured, Leaf, record};
use crate::issuer::Issuer;
use crate::numbers::Numbers;
use crate::platform::{Platform, Wanted};
use crate::wallet::{Visit, Wallet};

/// Everybody, and what was seen of them.
pub(crate) struct World {
    pub(crate) seed: [u8; 32],
    pub(crate) issuer: Issuer,
    pub(crate) platforms: [Platform; 3],
    pub(crate) traces: Vec<Trace>,
    /// What the attackers have computed before.
    pub(crate) multiples: Multiples,
    people: usize,
    judging: bool,
}

/// A visit of the game.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Stop {
    /// Platform A asks for a number.
    AFirst,
    /// Again, after the renewal.
    AAgain,
    /// Platform B asks for a number too.
    B,
    /// Platform C asks for none.
    CFirst,
    /// Again, in the same epoch.
    CAgain,
}

/// What one person left behind.
#[derive(Clone)]
pub(crate) struct Trace {
    pub(crate) slots: Slots,
    pub(crate) issuance: Vec<Captured>,
    /// What else the Issuer has of the person: its row, and what it sent.
    pub(crate) rows: Vec<Leaf>,
    /// The numbers that the Issuer knows, its own and those that it was sent.
    pub(crate) scalars: Vec<bbs::Scalar>,
    pub(crate) entropies: Vec<bbs::Scalar>,
    pub(crate) visits: BTreeMap<Stop, Visit>,
}

/// When somebody renews.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Renewal {
    /// At a random moment, whatever else happens.
    AsScheduled,
    /// Just before the certificate is needed at Platform A.
    BeforePresenting,
}

impl World {
    /// Plays a game. With `judging`, Platforms verify what they get.
    pub(crate) fn new(seed: [u8; 32], people: usize, judging: bool) -> Self {
        let mut numbers = Numbers::of(&seed, "world");
        let epochs = [EPOCH - 1, EPOCH, EPOCH + 1];
        let mut world = Self {
            seed,
            issuer: Issuer::new(Schedule::weekly(), &epochs, &mut numbers),
            platforms: [
                "https://a.example",
                "https://b.example",
                "https://c.example",
            ]
            .map(|url| Platform::at(url, &mut numbers)),
            traces: Vec::new(),
            multiples: Multiples::default(),
            people,
            judging,
        };
        world.traces = (0..people)
            .map(|person| world.live(person, None, Renewal::AsScheduled))
            .collect();
        world
    }

    /// Lives one person's part: at another Issuer, if one is given.
    pub(crate) fn live(
        &mut self,
        person: usize,
        issuer: Option<&mut Issuer>,
        renewal: Renewal,
    ) -> Trace {
        let numbers = |purpose: &str| Numbers::of(&self.seed, &format!("{purpose} {person}"));
        let mut times = numbers("times");
        let mut within = |from: Timestamp, to: Timestamp| {
            let span = u64::try_from(to.as_second() - from.as_second()).unwrap_or(1);
            let second = i64::try_from(times.below(span)).unwrap_or(0);
            Timestamp::from_second(from.as_second() + second).expect("in the calendar")
        };
        let schedule = Schedule::weekly();
        let begins = |epoch| schedule.begins(epoch).expect("in the calendar");
        let shown = |epoch| schedule.switches(epoch).expect("in the calendar");
        let enrolled = within(begins(EPOCH - 1), shown(EPOCH - 1));
        let middle = (shown(EPOCH).as_second() + begins(EPOCH + 1).as_second()) / 2;
        let middle = Timestamp::from_second(middle).expect("in the calendar");
        let stops = [
            (Stop::AFirst, within(shown(EPOCH), begins(EPOCH + 1))),
            (Stop::AAgain, within(shown(EPOCH + 1), begins(EPOCH + 2))),
            (Stop::B, within(shown(EPOCH), begins(EPOCH + 1))),
            (Stop::CFirst, within(shown(EPOCH), middle)),
            (Stop::CAgain, within(middle, begins(EPOCH + 1))),
        ];
        let renewed = match renewal {
            Renewal::AsScheduled => schedule.renewal(EPOCH + 1, &mut numbers("renewal")),
            Renewal::BeforePresenting => {
                let first = stops.first().map_or(0, |(_, at)| at.as_second());
                Ok(Timestamp::from_second(first - 20).expect("in the calendar"))
            }
        };
        let renewed = renewed.expect("in the calendar");

        let slots = self.slots(person);
        let handle = base64url::encode(numbers("handle").bytes::<16>());
        let issuer = match issuer {
            Some(issuer) => issuer,
            None => &mut self.issuer,
        };
        let mut wallet = Wallet::new(numbers("wallet"));
        wallet.enrol(issuer, &handle, slots.clone(), enrolled);
        wallet.renew(issuer, renewed);
        let mut visiting = numbers("visits");
        let visits = stops.map(|(stop, at)| {
            let (platform, wanted, epoch) = stop.place();
            let platform = self.platforms.get(platform).expect("a platform");
            let choice = (&mut visiting, self.judging);
            (stop, wallet.visit(platform, &wanted, epoch, at, choice))
        });
        Trace {
            slots,
            rows: rows(&handle, &wallet, issuer),
            scalars: known_scalars(&wallet),
            entropies: vec![wallet.anchor().entropy()],
            issuance: wallet.issuance,
            visits: visits.into_iter().collect(),
        }
    }

    /// An adult of one of two nations. Groups are of about the same size.
    fn slots(&self, person: usize) -> Slots {
        let mut order: Vec<usize> = (0..self.people).collect();
        Numbers::of(&self.seed, "nations").shuffle(&mut order);
        let drawn = order.get(person).copied().unwrap_or(person);
        let nation = NATIONS.get(drawn % NATIONS.len()).copied();
        let flags = [
            Slot::AgeOver14,
            Slot::AgeOver16,
            Slot::AgeOver18,
            Slot::AgeOver21,
        ];
        let flags = flags.map(|slot| (slot, SlotValue::Flag(true)));
        let texts = [
            (Slot::Nationality, nation.unwrap_or_default().to_owned()),
            (Slot::BirthDate, format!("19{:02}-05-17", 40 + person % 60)),
            (Slot::GivenName, format!("PERSON {person}")),
            (Slot::DocumentNumber, format!("C{person:08}")),
        ];
        let texts = texts.map(|(slot, text)| (slot, SlotValue::Text(text)));
        Slots::new(flags.into_iter().chain(texts)).expect("lawful slots")
    }
}

impl Stop {
    /// Which Platform, what it asks for, and in which epoch.
    fn place(self) -> (usize, Wanted, u64) {
        let numbered = Wanted {
            slots: &[Slot::AgeOver18, Slot::Nationality],
            number: true,
        };
        let plain = Wanted {
            slots: &[Slot::AgeOver18],
            number: false,
        };
        match self {
            Self::AFirst => (0, numbered, EPOCH),
            Self::AAgain => (0, numbered, EPOCH + 1),
            Self::B => (1, numbered, EPOCH),
            Self::CFirst | Self::CAgain => (2, plain, EPOCH),
        }
    }
}

/// The Issuer's row of a person, and what it signed.
fn rows(handle: &str, wallet: &Wallet, issuer: &Issuer) -> Vec<Leaf> {
    let (anchor, sealed) = issuer.row(handle).anchor.as_ref().expect("enrolled");
    let row = json!({"handle": handle, "anchor": anchor, "anchor_box": sealed});
    let mut leaves = record("row", &row.to_string());
    for (place, certificate) in wallet.issued.iter().enumerate() {
        let mut shared = certificate.clone();
        if let Some(members) = shared.as_object_mut() {
            // The claims are the Issuer's own words.
            members.remove("credentialSubject");
        }
        leaves.extend(record(&format!("issued[{place}]"), &shared.to_string()));
    }
    leaves
}

/// All scalars that the Issuer was sent, and that it made.
fn known_scalars(wallet: &Wallet) -> Vec<bbs::Scalar> {
    let mut found = Vec::new();
    let mut read = |bytes: &[u8]| {
        let (scalars, _) = bytes.as_chunks::<32>();
        found.extend(
            scalars
                .iter()
                .filter_map(|bytes| bbs::Scalar::from_bytes(bytes).ok()),
        );
    };
    for message in &wallet.issuance {
        let body: serde_json::Value =
            serde_json::from_slice(message.request.body()).unwrap_or_default();
        let proofs = body.pointer("/proofs/net_anchor");
        for proof in proofs
            .and_then(|list| list.as_array())
            .into_iter()
            .flatten()
        {
            for (member, points) in [("commitment", 48), ("delta_proof", 0), ("opening_proof", 0)] {
                let text = proof.get(member).and_then(|text| text.as_str());
                let bytes = text.and_then(|text| base64url::decode(text).ok());
                read(
                    bytes
                        .as_deref()
                        .and_then(|bytes| bytes.get(points..))
                        .unwrap_or_default(),
                );
            }
        }
    }
    for certificate in &wallet.issued {
        let value = certificate
            .pointer("/proof/proofValue")
            .and_then(|text| text.as_str());
        let bytes = value.and_then(|text| base64url::decode(text.get(1..)?).ok());
        let bytes = bytes.unwrap_or_default();
        // The signature ends with `e`.
        read(bytes.last_chunk::<32>().map_or(&[], |e| e.as_slice()));
    }
    found
}

/// The epoch of the game.
const EPOCH: u64 = 47;
const NATIONS: [&str; 2] = ["DEU", "UTO"];
