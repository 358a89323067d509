//! What the proofs of net certificates cost alone.

use std::hint::black_box;

use jiff::Timestamp;
use keys::seed::Seed;
use netcert::{
    AnchorOpening, Binding, Disclosure, EpochKey, EpochProfile, HolderSecret, IssuanceProof,
    Loopback, Prepared, PresentationHeader, PseudonymContext, Schedule, Shown, Slot, SlotValue,
    Slots, UnverifiedCertificate,
};

use crate::issuance::now;
use crate::signatures::{SignaturesError, micros};

/// The computing time, in microseconds, of what an issuer and a verifier do for net certificates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetProofs {
    /// Judging a first proof and a renewal's, and signing a certificate for each.
    pub(crate) issuance: f64,
    /// Verifying a certificate that is shown with a number.
    pub(crate) presentation: f64,
}

impl NetProofs {
    /// Measures them on this thread.
    ///
    /// # Errors
    /// [`SignaturesError`]
    pub(crate) fn measure() -> Result<Self, SignaturesError> {
        let parts = Parts::make().ok_or(SignaturesError::Net)?;
        if !parts.issue() || !parts.verify() {
            return Err(SignaturesError::Net);
        }
        Ok(Self {
            issuance: micros(|| black_box(&parts).issue()),
            presentation: micros(|| black_box(&parts).verify()),
        })
    }
}

/// A person, an issuer, and what they say to one another.
struct Parts {
    key: EpochKey,
    profile: EpochProfile,
    slots: Slots,
    anchor: netcert::Anchor,
    first: IssuanceProof,
    renewal: IssuanceProof,
    context: PseudonymContext,
    shown: Shown,
    now: Timestamp,
}

impl Parts {
    fn make() -> Option<Self> {
        let rng = &mut host::system_rng();
        let (key, schedule, now) = (EpochKey::generate(rng).ok()?, Schedule::weekly(), now());
        let epoch = schedule.epoch_at(now)?;
        let profile = EpochProfile::new(ISSUER, schedule, epoch, "+00:00", &key).ok()?;
        let secret = HolderSecret::derive(&Seed::generate(rng), ISSUER, 0);
        let (anchor, opening) = AnchorOpening::create(&secret, rng).ok()?;
        let prepared = Prepared::create(&secret, &opening, rng).ok()?;
        let bound = binding(&profile);
        let first =
            IssuanceProof::prove_first(&secret, &opening, &anchor, &prepared, &bound, rng).ok()?;
        let renewal = IssuanceProof::prove_renewal(&anchor, &prepared, &bound, rng).ok()?;
        let slots = Slots::new([
            (Slot::AgeOver18, SlotValue::Flag(true)),
            (Slot::Nationality, SlotValue::Text("UTO".to_owned())),
            (Slot::GivenName, SlotValue::Text("ANNA".to_owned())),
        ]);
        let slots = slots.ok()?;
        let (proven, _) = first.verify_first(&bound).ok()?;
        let issued = netcert::issue(&key, &profile, &slots, &proven).ok()?;
        let certificate = UnverifiedCertificate::parse(&issued)
            .and_then(|one| one.finish(&profile, &secret, &opening, &anchor, &prepared));
        let origin = "https://shop.example";
        let context = PseudonymContext::of_origin(origin, Loopback::Refused).ok()?;
        let disclosure = Disclosure {
            slots: &[Slot::AgeOver18],
            context: Some(&context),
            name_beside_number: false,
        };
        let shown = certificate
            .ok()?
            .present(&secret, &disclosure, &HEADER, rng);
        Some(Self {
            shown: shown.ok()?,
            key,
            profile,
            slots,
            anchor,
            first,
            renewal,
            context,
            now,
        })
    }

    fn issue(&self) -> bool {
        let bound = binding(&self.profile);
        let first = self.first.verify_first(&bound).map(|(proven, _)| proven);
        let renewal = self.renewal.verify_renewal(&self.anchor, &bound);
        [first, renewal].into_iter().all(|proven| {
            proven.is_ok_and(|proven| {
                netcert::issue(&self.key, &self.profile, &self.slots, &proven).is_ok()
            })
        })
    }

    fn verify(&self) -> bool {
        let (profile, context) = (&self.profile, Some(&self.context));
        let verified = self.shown.verify(profile, context, &HEADER, self.now);
        verified.is_ok()
    }
}

fn binding(profile: &EpochProfile) -> Binding<'_> {
    Binding {
        profile,
        c_nonce: "nonce",
        dpop_jkt: "thumbprint",
    }
}

const ISSUER: &str = "https://issuer.example";
const HEADER: PresentationHeader<'static> = PresentationHeader {
    nonce: "nonce",
    client_id: "x509_san_dns:shop.example",
    response_uri: "https://shop.example/response",
    request_digest: [7; 32],
};
