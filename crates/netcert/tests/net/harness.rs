//! An Issuer, a Wallet and a Verifier, as small as can be.

use getrandom::SysRng;
use jiff::Timestamp;
use keys::seed::Seed;
use netcert::{
    Anchor, AnchorBox, AnchorOpening, Binding, Certificate, CertificateError, Disclosure, EpochKey,
    EpochProfile, HolderSecret, IssuanceProof, Loopback, Prepared, PresentationHeader, Pseudonym,
    PseudonymContext, Schedule, Shown, ShownError, Slot, SlotValue, Slots, UnverifiedCertificate,
    VerifiedShowing, issue,
};
use rand_core::UnwrapErr;
use serde_json::Value;

pub(crate) const ISSUER: &str = "did:web:issuer.example";
pub(crate) const NONCE: &str = "c-nonce-1";
pub(crate) const JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
/// 46 weeks after 5 January 2026.
pub(crate) const EPOCH: u64 = 46;

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// Within the epoch.
pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(crate) struct Issuer {
    pub(crate) key: EpochKey,
    pub(crate) profile: EpochProfile,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        Self::at(EPOCH)
    }

    pub(crate) fn at(epoch: u64) -> Self {
        let key = EpochKey::generate(&mut rng()).unwrap();
        let profile = EpochProfile::new(ISSUER, Schedule::weekly(), epoch, "+00:00", &key).unwrap();
        Self { key, profile }
    }

    pub(crate) fn binding(&self) -> Binding<'_> {
        Binding {
            profile: &self.profile,
            c_nonce: NONCE,
            dpop_jkt: JKT,
        }
    }
}

pub(crate) struct Wallet {
    pub(crate) seed: Seed,
    pub(crate) secret: HolderSecret,
    pub(crate) anchor: Anchor,
    pub(crate) opening: AnchorOpening,
}

impl Wallet {
    pub(crate) fn new() -> Self {
        let seed = Seed::generate(&mut rng());
        let secret = HolderSecret::derive(&seed, ISSUER, 0);
        let (anchor, opening) = AnchorOpening::create(&secret, &mut rng()).unwrap();
        Self {
            seed,
            secret,
            anchor,
            opening,
        }
    }

    pub(crate) fn prepared(&self) -> Prepared {
        Prepared::create(&self.secret, &self.opening, &mut rng()).unwrap()
    }

    pub(crate) fn first(&self, prepared: &Prepared, binding: &Binding<'_>) -> IssuanceProof {
        IssuanceProof::prove_first(
            &self.secret,
            &self.opening,
            &self.anchor,
            prepared,
            binding,
            &mut rng(),
        )
        .unwrap()
    }

    pub(crate) fn renewal(&self, prepared: &Prepared, binding: &Binding<'_>) -> IssuanceProof {
        IssuanceProof::prove_renewal(&self.anchor, prepared, binding, &mut rng()).unwrap()
    }

    pub(crate) fn finish(
        &self,
        document: &Value,
        profile: &EpochProfile,
        prepared: &Prepared,
    ) -> Result<Certificate, CertificateError> {
        UnverifiedCertificate::parse(document)?.finish(
            profile,
            &self.secret,
            &self.opening,
            &self.anchor,
            prepared,
        )
    }

    /// Enrols for the first time.
    pub(crate) fn enrol(&self, issuer: &Issuer) -> (Certificate, AnchorBox) {
        let prepared = self.prepared();
        let proof = self.first(&prepared, &issuer.binding());
        let (proven, sealed) = proof.verify_first(&issuer.binding()).unwrap();
        let document = issue(&issuer.key, &issuer.profile, &person(), &proven).unwrap();
        let certificate = self.finish(&document, &issuer.profile, &prepared).unwrap();
        (certificate, sealed)
    }

    /// Renews: without the secret until the end.
    pub(crate) fn renew(&self, issuer: &Issuer) -> Certificate {
        let (document, prepared) = self.issued(issuer, &person());
        self.finish(&document, &issuer.profile, &prepared).unwrap()
    }

    pub(crate) fn issued(&self, issuer: &Issuer, slots: &Slots) -> (Value, Prepared) {
        let prepared = self.prepared();
        let proof = self.renewal(&prepared, &issuer.binding());
        let proven = proof
            .verify_renewal(&self.anchor, &issuer.binding())
            .unwrap();
        let document = issue(&issuer.key, &issuer.profile, slots, &proven).unwrap();
        (document, prepared)
    }

    pub(crate) fn show(
        &self,
        certificate: &Certificate,
        slots: &[Slot],
        context: Option<&PseudonymContext>,
    ) -> Shown {
        let disclosure = Disclosure {
            slots,
            context,
            name_beside_number: true,
        };
        certificate
            .present(&self.secret, &disclosure, &header(), &mut rng())
            .unwrap()
    }
}

pub(crate) fn text(text: &str) -> SlotValue {
    SlotValue::Text(text.to_owned())
}

pub(crate) fn person() -> Slots {
    Slots::new([
        (Slot::AgeOver14, SlotValue::Flag(true)),
        (Slot::AgeOver16, SlotValue::Flag(true)),
        (Slot::AgeOver18, SlotValue::Flag(true)),
        (Slot::AgeOver21, SlotValue::Flag(true)),
        (Slot::AgeOver60, SlotValue::Flag(false)),
        (Slot::Nationality, text("UTO")),
        (Slot::DocumentType, text("passport")),
        (Slot::Assurance, text("substantial")),
        (Slot::Stable12Months, SlotValue::Flag(false)),
        (Slot::GivenName, text("ANNA MARIA")),
        (Slot::FamilyName, text("ERIKSSON")),
        (Slot::NativeName, text("Анна Мария Эрикссон")),
        (Slot::BirthDate, text("1974-08-12")),
        (Slot::DocumentNumber, text("L898902C3")),
    ])
    .unwrap()
}

pub(crate) fn context(host: &str) -> PseudonymContext {
    let client_id = format!("decentralized_identifier:did:web:{host}");
    PseudonymContext::of_client_id(&client_id, "https://any.example/", Loopback::Refused).unwrap()
}

pub(crate) fn header() -> PresentationHeader<'static> {
    PresentationHeader {
        nonce: "n-0S6_WzA2Mj",
        client_id: "decentralized_identifier:did:web:shop.example",
        response_uri: "https://shop.example/response",
        request_digest: [7; 32],
    }
}

pub(crate) fn verify(
    shown: &Shown,
    issuer: &Issuer,
    context: Option<&PseudonymContext>,
) -> Result<VerifiedShowing, ShownError> {
    shown.verify(&issuer.profile, context, &header(), now())
}

pub(crate) fn number(showing: &VerifiedShowing) -> Pseudonym {
    *showing.pseudonym().unwrap()
}
