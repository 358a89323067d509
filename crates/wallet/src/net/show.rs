//! What a Verifier would see of a Net Certificate, worked out before it sees anything.

use dcql::{Answer, Candidate, Component};
use jiff::Timestamp;
use keys::seed::Seed;
use netcert::{Certificate, HolderSecret, NetNumber, PseudonymContext, Slot, SlotValue};
use openid4vp::scopes::NumberScope;
use openid4vp::wallet::{AskedPseudonym, certificate_candidate};
use serde_json::Value;

use super::asker::Asker;
use super::crowd::Crowd;
use super::held::{EpochCertificate, NetCertificate};
use super::numbers::Acquaintance;
use crate::review::ShareOption;

/// What the Holder permits beyond the rules, asked for it by itself.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Allowances {
    /// A name, birth date or document number may go with a number, which has a name then; or a
    /// nationality that few people share.
    pub name_beside_number: bool,
    /// Flags that became true lately may be shown.
    pub new_flags: bool,
}

/// What showing a Net Certificate means.
pub struct NetShare {
    /// The epoch of the certificate.
    pub epoch: u64,
    /// Whether wallets show a newer epoch by now: the Holder stands out.
    pub late: bool,
    /// The claims that would put a name to the number. They are not shown unless that is allowed.
    pub naming: Vec<String>,
    /// The claims by which the Holder may be one of few.
    pub narrowing: Vec<String>,
    /// Among how many people the Holder can hide who shows them; `None` without such claims.
    pub crowd: Option<Crowd>,
    /// The number that the platform would see; `None` if it asks for none.
    pub number: Option<NumberShare>,
    /// Whether who asks is the Issuer itself, by its DID or host: one of the same owner under another
    /// name is not known as such.
    pub to_issuer: bool,
}

/// A number that a platform would see.
pub struct NumberShare {
    /// The number.
    pub number: NetNumber,
    /// What it is bound to: the platform, by its host as DNS has it.
    pub platform: String,
    /// The purpose, and the period after which the number is another one, as the platform has
    /// published them.
    pub scope: Option<(String, Option<String>)>,
    /// What the platform has changed about its purposes since a number was shown there in one.
    pub change: Option<ScopesChange>,
    /// Whether the platform has seen it before.
    pub acquaintance: Acquaintance,
    /// Whether the platform is one of several on its host, which could pose as it.
    pub shares_host: bool,
    /// Whether this is the exception for development.
    pub is_loopback: bool,
}

/// A platform's list of purposes is another one than it was: everybody's should be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScopesChange {
    /// Purpose and period that the list gave before under the same name; `None` if it had none.
    pub before: Option<(String, Option<String>)>,
}

/// A number that is asked for.
pub(crate) struct Asked<'a> {
    context: &'a PseudonymContext,
    /// Purpose and period, as the platform has published them.
    scope: Option<(String, Option<String>)>,
    change: Option<ScopesChange>,
}

impl<'a> Asked<'a> {
    pub(crate) fn without_scope(context: &'a PseudonymContext) -> Self {
        Self {
            context,
            scope: None,
            change: None,
        }
    }
}

impl<'a> From<&'a AskedPseudonym> for Asked<'a> {
    fn from(asked: &'a AskedPseudonym) -> Self {
        let said = |scope: &NumberScope| (scope.purpose.clone(), scope.period.clone());
        let name = asked.scope().map(|scope| scope.name.as_str());
        let change = asked.published_before().map(|list| ScopesChange {
            before: name.and_then(|name| list.find(name)).map(said),
        });
        Self {
            context: asked.context(),
            scope: asked.scope().map(said),
            change,
        }
    }
}

/// A Net Certificate with all that showing it takes.
pub(crate) struct Lent {
    pub(crate) certificate: Certificate,
    pub(crate) secret: HolderSecret,
}

impl NetCertificate {
    /// Takes the certificate to show out of the vault; the newest, if none is valid.
    pub(crate) fn lend(&self, seed: &Seed, now: Timestamp) -> Option<Lent> {
        let kept: &EpochCertificate = self.shown(now).or_else(|| self.epochs.last())?;
        Some(Lent {
            certificate: Certificate::from_record(&kept.record).ok()?,
            secret: self.secret(seed),
        })
    }

    /// The certificate as far as a query may see it: no false flag, and none that rests.
    pub(crate) fn candidate(
        &self,
        lent: &Lent,
        allowances: Allowances,
        now: Timestamp,
    ) -> Candidate {
        let mut candidate = certificate_candidate(&self.id, &lent.certificate);
        if !allowances.new_flags
            && let Some(Value::Object(subject)) = candidate.claims.get_mut("credentialSubject")
        {
            for (slot, _) in self.resting(now) {
                subject.remove(slot);
            }
        }
        candidate
    }

    /// What an answer would show.
    pub(crate) fn option(
        &self,
        lent: &Lent,
        answer: &Answer,
        asked: Option<Asked<'_>>,
        asker: Asker<'_>,
        now: Timestamp,
    ) -> ShareOption {
        let slots = slots(answer);
        let value = |slot: Slot| lent.certificate.slots().get(slot);
        let name = |slot: &Slot| slot.name().to_owned();
        let hidden = Slot::ALL
            .into_iter()
            .filter(|slot| !slots.contains(slot) && !matches!(value(*slot), SlotValue::Absent));
        let schedule = lent.certificate.profile().schedule();
        let epoch = lent.certificate.profile().epoch();
        let naming = slots
            .iter()
            .filter(|slot| slot.is_identifying() && asked.is_some());
        let narrowing = [Slot::Nationality, Slot::DocumentType];
        ShareOption {
            id: self.id.clone(),
            name: self.name.clone(),
            issuer: self.issuer_name.clone(),
            shared: slots
                .iter()
                .filter_map(|slot| Some((name(slot), value(*slot).to_json()?)))
                .collect(),
            identifiers: Vec::new(),
            hidden: hidden.map(|slot| name(&slot)).collect(),
            copies_left: 0,
            expired: self.expired(now),
            whole: false,
            net: Some(NetShare {
                epoch,
                late: schedule.shown_at(now).is_some_and(|shown| epoch < shown),
                naming: naming.map(name).collect(),
                narrowing: narrowing
                    .iter()
                    .filter(|slot| slots.contains(slot))
                    .map(name)
                    .collect(),
                crowd: Crowd::of(&slots, lent.certificate.slots()),
                number: asked.and_then(|asked| self.number(lent, asked)),
                to_issuer: asker.is(&self.issuer) || asker.is(lent.certificate.profile().issuer()),
            }),
        }
    }

    fn number(&self, lent: &Lent, asked: Asked<'_>) -> Option<NumberShare> {
        let context = asked.context;
        let pseudonym = lent.certificate.pseudonym(&lent.secret, context).ok()?;
        Some(NumberShare {
            number: NetNumber::of(&pseudonym),
            platform: context.to_string(),
            scope: asked.scope,
            change: asked.change,
            acquaintance: self.acquaintance(context, &pseudonym),
            shares_host: context.shares_host(),
            is_loopback: context.is_loopback(),
        })
    }
}

/// The slots that an answer shows.
fn slots(answer: &Answer) -> Vec<Slot> {
    let slot = |components: &[Component]| match components {
        [Component::Key(_), Component::Key(name)] => Slot::named(name),
        _ => None,
    };
    let mut slots: Vec<Slot> = answer
        .places()
        .iter()
        .filter_map(|place| slot(place.components()))
        .collect();
    slots.sort();
    slots
}
