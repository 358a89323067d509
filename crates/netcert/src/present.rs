use rand_core::CryptoRng;

use crate::{
    Certificate, CertificateError, HolderSecret, PresentationHeader, Pseudonym, PseudonymContext,
    Shown, ShownSlots, Slot, SlotError,
};

/// What a Holder agreed to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disclosure<'a> {
    /// The slots, in any order.
    pub slots: &'a [Slot],
    /// The context of the pseudonym, if one is shown.
    pub context: Option<&'a PseudonymContext>,
    /// Whether the Holder, asked for it by itself, lets a name, birth date or document number go
    /// with a pseudonym.
    pub name_beside_number: bool,
}

impl Certificate {
    /// Shows the certificate: what is not disclosed stays hidden, and no two presentations without
    /// pseudonym have anything in common.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn present(
        &self,
        secret: &HolderSecret,
        disclosure: &Disclosure<'_>,
        header: &PresentationHeader<'_>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Shown, PresentError> {
        let mut slots = ShownSlots::default();
        for slot in disclosure.slots {
            slots.insert(*slot, self.slots.get(*slot).clone())?;
            let names = slot.is_identifying() && disclosure.context.is_some();
            if names && !disclosure.name_beside_number {
                return Err(PresentError::NameBesideNumber(*slot));
            }
        }
        let indexes: Vec<usize> = slots.iter().map(|(slot, _)| slot.index()).collect();
        let shown = bbs::Disclosure {
            messages: &indexes,
            committed_messages: &[],
        };
        let ph = header.bytes(disclosure.context);
        let (proof, pseudonym) =
            self.with_signed(secret, |signed, nyms| match disclosure.context {
                None => bbs::proof_gen_hiding_nym(signed, nyms, &ph, &shown, rng)
                    .map(|proof| (proof, None)),
                Some(context) => {
                    bbs::proof_gen_with_nym(signed, nyms, &context.id(), &ph, &shown, rng)
                        .map(|(proof, pseudonym)| (proof, Some(Pseudonym::of(&pseudonym))))
                }
            })??;
        Ok(Shown::new(&self.profile, slots, pseudonym, &proof))
    }

    /// The pseudonym in a context, for the Holder's own eyes.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn pseudonym(
        &self,
        secret: &HolderSecret,
        context: &PseudonymContext,
    ) -> Result<Pseudonym, PresentError> {
        let pseudonym = self.with_signed(secret, |_, nyms| {
            bbs::calculate_pseudonym(&context.id(), nyms)
        })??;
        Ok(Pseudonym::of(&pseudonym))
    }
}

/// Why nothing is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PresentError {
    /// A computation failed; no honest run does.
    #[error(transparent)]
    Bbs(#[from] bbs::Error),
    /// The certificate does not belong to this secret.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The number would be known by its owner's name from then on.
    #[error("{0} beside a pseudonym would put a name to the number")]
    NameBesideNumber(Slot),
    /// The slot is absent, a false flag, or named twice.
    #[error(transparent)]
    Slot(#[from] SlotError),
}
